"""From the TOML file of a quiz, or of the check of a module, to its definition.

The pictures of a quiz lie in a folder with its name, beside the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from learnapp import media
from learnapp.catalogue import pictures
from learnapp.catalogue.definition import Check, QuizDefinition, Reading
from learnapp.catalogue.question_tables import beside, questions_of
from learnapp.catalogue.quiz_banks import Find, include, nowhere
from learnapp.catalogue.quiz_draws import check_blueprint, read_draws
from learnapp.catalogue.quiz_settings import KEYS, read_settings
from learnapp.catalogue.source import Files, Source
from learnapp.catalogue.tables import Problems, Table, decoded, parsed, top_lines
from learnapp.errors import N_
from learnapp.questions import LineOf, Question, human, lines_of

SLUG_LIMIT = 48
TITLE_LIMIT = 200
TEXT_LIMIT = 2000

_QUIZ_KEYS = KEYS | frozenset(
    [
        "id",
        "title",
        "title_en",
        "intro",
        "intro_en",
        "minutes",
        "attempts",
        "pass_percent",
        "exam",
        "shuffle",
        "draw",
        "question",
    ]
)
_CHECK_KEYS = frozenset(("need", "question"))


def quiz_definition(
    name: str, data: bytes, place: str = "", folder: Source | None = None, banks: Find = nowhere
) -> Reading:
    """A quiz from the bytes of `name`.toml and the folder of its pictures, if there is one; `place` stands
    before the file's name in problems, `banks` finds the banks that it uses."""
    path = f"{name}.toml"
    problems = Problems(place + path)
    definition = _quiz(name, place, data, problems, folder or Files(name, {}), banks)
    failed = any(problem.severity == "error" for problem in problems.found)
    return Reading("quiz", name, None if failed else definition, tuple(problems.found), place + path)


def _quiz(
    name: str, place: str, data: bytes, problems: Problems, folder: Source, banks: Find
) -> QuizDefinition | None:
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None
    table = Table(tables, problems, top_lines(source))
    table.known(_QUIZ_KEYS)
    slug = named(table, name, N_("Write id = “%(name)s”, or rename the file."))
    uses = table.data.get("use")
    own, shown = questions_of(tables, source, problems, beside(name, folder), needed=not uses)
    files = {f"{name}/{one}": folder.read(one) for one in shown}
    _unused(folder, shown, problems)
    exam = table.flag("exam", False)
    settings = read_settings(table, exam, lines_of(source, "review"), lines_of(source, "section"))
    included = include(settings.uses, own, banks, place, problems, table.line("use"))
    questions = (*own, *included.questions)
    pictured = {**files, **{path: included.files[path] for path in included.shown}}
    draws = read_draws(tables, source, problems)
    check_blueprint(settings, draws, questions, problems, source, {one.id for one in own})
    return QuizDefinition(
        slug=slug,
        title=table.text("title", limit=TITLE_LIMIT, needed=True),
        title_en=table.text("title_en", limit=TITLE_LIMIT),
        intro=table.text("intro", limit=TEXT_LIMIT),
        intro_en=table.text("intro_en", limit=TEXT_LIMIT),
        minutes=table.whole("minutes", 1, 600, None),
        attempts=table.whole("attempts", 1, 99, 1 if exam else None),
        pass_percent=table.whole("pass_percent", 0, 100, 60) or 0,
        exam=exam,
        shuffle=table.flag("shuffle", True),
        draws=draws,
        questions=questions,
        files={f"{name}.toml": data, **files, **included.files},
        media={one: media.sniff(content) or "" for one, content in pictured.items()},
        settings=settings,
    )


def _unused(folder: Source, shown: Collection[str], problems: Problems) -> None:
    left = [path for path in folder.sizes if path not in shown]
    if left:
        problems.warn(
            "unused-files",
            N_("%(count)s files are used by no question and stay out of the version: %(files)s"),
            N_("Show them in a question, or remove them."),
            count=len(left),
            files=", ".join(left[:5]) + (" …" if len(left) > 5 else ""),
        )


def named(table: Table, name: str, remedy: str) -> str:
    """The id of the file, which is also the name of its folder or file; another one is noted."""
    ident = table.ident("id", limit=SLUG_LIMIT)
    if ident and ident != name:
        table.error(
            "id-and-name",
            N_("The id “%(id)s” is not the name of the file or folder, “%(name)s”."),
            remedy,
            "id",
            id=ident,
            name=name,
        )
    return ident


def check_of(data: bytes, problems: Problems, resolve: pictures.Resolve) -> tuple[Check | None, list[str]]:
    """The check at the end of a module, or None when it cannot be used (noted); and the paths of the pictures
    it shows, where `resolve` says they lead. Only active questions are asked."""
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None, []
    table = Table(tables, problems, top_lines(source))
    table.known(_CHECK_KEYS)
    questions, shown = questions_of(tables, source, problems, resolve)
    asked = tuple(one for one in questions if one.status == "active")
    idle = len(questions) - len(asked)
    need = table.whole("need", 1, 1000, len(asked)) or 0
    if need > len(tables.get("question", [])) - idle:
        table.error(
            "need",
            N_("%(need)s right answers are needed, and there are %(count)s questions."),
            N_("Lower “need”, or write more questions."),
            "need",
            need=need,
            count=len(tables.get("question", [])) - idle,
        )
    _refuse_human(questions, tables, lines_of(source), problems)
    return Check(need, asked), shown


def _refuse_human(
    questions: Sequence[Question], tables: Mapping[str, Any], line_of: LineOf, problems: Problems
) -> None:
    """Notes the questions of a check that somebody would have to mark."""
    raw = tables.get("question", [])
    ids = [item.get("id") if isinstance(item, Mapping) else None for item in raw]
    for one in questions:
        if human(one):
            problems.error(
                "marked-in-check",
                N_("Question %(question)s is marked by a person, and a check has its result at once."),
                N_("Use another kind, or ask it in a quiz."),
                line_of(ids.index(one.id), "kind"),
                question=one.id,
            )
