"""From the TOML file of a quiz, or of the check of a module, to its definition.

The pictures of a quiz lie in a folder with its name, beside the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from learnapp import media
from learnapp.catalogue import links, pictures
from learnapp.catalogue.definition import Check, QuizDefinition, Reading
from learnapp.catalogue.quiz_draws import check_blueprint, read_draws
from learnapp.catalogue.quiz_settings import KEYS, read_settings
from learnapp.catalogue.source import Files, Source
from learnapp.catalogue.tables import Problems, Table, decoded, parsed, top_lines
from learnapp.errors import N_
from learnapp.markup import Link
from learnapp.questions import LineOf, Question, human, lines_of, parse_questions

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


def quiz_definition(name: str, data: bytes, place: str = "", folder: Source | None = None) -> Reading:
    """A quiz from the bytes of `name`.toml and the folder of its pictures, if there is one; `place` stands
    before the file's name in problems."""
    path = f"{name}.toml"
    problems = Problems(place + path)
    definition = _quiz(name, path, data, problems, folder or Files(name, {}))
    failed = any(problem.severity == "error" for problem in problems.found)
    return Reading("quiz", name, None if failed else definition, tuple(problems.found))


def _quiz(name: str, path: str, data: bytes, problems: Problems, folder: Source) -> QuizDefinition | None:
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None
    table = Table(tables, problems, top_lines(source))
    table.known(_QUIZ_KEYS)
    slug = named(table, name, N_("Write id = “%(name)s”, or rename the file."))
    questions, shown = questions_of(tables, source, problems, _beside(name, folder))
    files = {f"{name}/{one}": folder.read(one) for one in shown}
    _unused(folder, shown, problems)
    exam = table.flag("exam", False)
    settings = read_settings(table, exam, lines_of(source, "review"), lines_of(source, "section"))
    draws = read_draws(tables, source, problems)
    check_blueprint(settings, draws, questions, problems, source)
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
        files={path: data, **files},
        media={one: media.sniff(content) or "" for one, content in files.items()},
        settings=settings,
    )


def _beside(name: str, folder: Source) -> pictures.Resolve:
    """Where a picture of a quiz leads: seen from the folder with its name, or from the file beside it."""
    good, bad = pictures.sorted_out(folder)
    inside = links.Folder(name, {}, good, bad, frozenset(folder.sizes))

    def resolve(link: Link) -> links.Target:
        target = link.target.removeprefix("./")
        return inside.resolve(replace(link, target=target.removeprefix(f"{name}/")), "")

    return resolve


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


def questions_of(
    tables: dict[str, Any], source: str, problems: Problems, resolve: pictures.Resolve
) -> tuple[tuple[Question, ...], list[str]]:
    """The usable questions of a file, and the paths of the pictures they show; `resolve` says where a picture
    leads. What is wrong is noted."""
    raw = tables.get("question", [])
    items = raw if isinstance(raw, list) else [raw]
    line_of = lines_of(source)
    questions, found = parse_questions(items, problems.file, line_of)
    problems.found += found
    if not items:
        problems.error(
            "no-questions",
            N_("There are no questions in this file."),
            N_("Add at least one [[question]]."),
        )
    places = {item.get("id"): index for index, item in enumerate(items) if isinstance(item, Mapping)}
    return pictures.placed(
        questions, resolve, lambda index, key: line_of(places.get(questions[index].id, 0), key), problems
    )


def check_of(data: bytes, problems: Problems, resolve: pictures.Resolve) -> tuple[Check | None, list[str]]:
    """The check at the end of a module, or None when it cannot be used (noted); and the paths of the pictures
    it shows, where `resolve` says they lead."""
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None, []
    table = Table(tables, problems, top_lines(source))
    table.known(_CHECK_KEYS)
    questions, shown = questions_of(tables, source, problems, resolve)
    need = table.whole("need", 1, 1000, len(questions)) or 0
    if need > len(tables.get("question", [])):
        table.error(
            "need",
            N_("%(need)s right answers are needed, and there are %(count)s questions."),
            N_("Lower “need”, or write more questions."),
            "need",
            need=need,
            count=len(tables.get("question", [])),
        )
    _refuse_human(questions, tables, lines_of(source), problems)
    return Check(need, questions), shown


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
