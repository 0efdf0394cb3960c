"""From the TOML file of a quiz, or of the check of a module, to its definition."""

from __future__ import annotations

from typing import Any

from learnapp.catalogue.definition import Check, QuizDefinition, Reading
from learnapp.catalogue.tables import Problems, Table, decoded, parsed, subtables, top_lines
from learnapp.errors import N_
from learnapp.questions import Draw, Question, check_draws, lines_of, parse_questions

SLUG_LIMIT = 48
TITLE_LIMIT = 200
TEXT_LIMIT = 2000

_QUIZ_KEYS = frozenset(
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


def quiz_definition(name: str, data: bytes, place: str = "") -> Reading:
    """A quiz from the bytes of `name`.toml; `place` stands before the file's name in problems."""
    path = f"{name}.toml"
    problems = Problems(place + path)
    definition = _quiz(name, path, data, problems)
    failed = any(problem.severity == "error" for problem in problems.found)
    return Reading("quiz", name, None if failed else definition, tuple(problems.found))


def _quiz(name: str, path: str, data: bytes, problems: Problems) -> QuizDefinition | None:
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None
    table = Table(tables, problems, top_lines(source))
    table.known(_QUIZ_KEYS)
    slug = named(table, name, N_("Write id = “%(name)s”, or rename the file."))
    questions = questions_of(tables, source, problems)
    draws = _draws(tables, source, problems)
    problems.found += check_draws(questions, draws, problems.file, lines_of(source, "draw")(0, ""))
    return QuizDefinition(
        slug=slug,
        title=table.text("title", limit=TITLE_LIMIT, needed=True),
        title_en=table.text("title_en", limit=TITLE_LIMIT),
        intro=table.text("intro", limit=TEXT_LIMIT),
        intro_en=table.text("intro_en", limit=TEXT_LIMIT),
        minutes=table.whole("minutes", 1, 600, None),
        attempts=table.whole("attempts", 1, 99, None),
        pass_percent=table.whole("pass_percent", 0, 100, 60) or 0,
        exam=table.flag("exam", False),
        shuffle=table.flag("shuffle", True),
        draws=draws,
        questions=questions,
        files={path: data},
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


def _draws(tables: dict[str, Any], source: str, problems: Problems) -> tuple[Draw, ...]:
    draws = []
    for table in subtables(tables, "draw", problems, lines_of(source, "draw")):
        table.known(("pool", "count"))
        pool = table.text("pool", limit=TITLE_LIMIT, needed=True)
        count = table.whole("count", 1, 1000, None)
        if count is None:
            if "count" not in table.data:
                table.error(
                    "missing", N_("“%(key)s” is missing."), N_("Add how many questions are drawn."), "count"
                )
            continue
        draws.append(Draw(pool, count))
    return tuple(draws)


def questions_of(tables: dict[str, Any], source: str, problems: Problems) -> tuple[Question, ...]:
    """The usable questions of a file; what is wrong with the others is noted."""
    raw = tables.get("question", [])
    items = raw if isinstance(raw, list) else [raw]
    questions, found = parse_questions(items, problems.file, lines_of(source))
    problems.found += found
    if not items:
        problems.error(
            "no-questions",
            N_("There are no questions in this file."),
            N_("Add at least one [[question]]."),
        )
    return questions


def check_of(data: bytes, problems: Problems) -> Check | None:
    """The check at the end of a module, or None when it cannot be used (noted)."""
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return None
    table = Table(tables, problems, top_lines(source))
    table.known(_CHECK_KEYS)
    questions = questions_of(tables, source, problems)
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
    return Check(need, questions)
