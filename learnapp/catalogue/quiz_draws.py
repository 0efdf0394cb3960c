"""The draws of a quiz and its sections, as an author writes them and as they are stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from learnapp.catalogue.quiz_settings import QuizSettings
from learnapp.catalogue.tables import Problems, subtables
from learnapp.errors import N_
from learnapp.questions import Draw, Question, check_draws, lines_of

TITLE_LIMIT = 200


def read_draws(tables: Mapping[str, Any], source: str, problems: Problems) -> tuple[Draw, ...]:
    """The `[[draw]]` tables of a quiz file; one that cannot be used is left out (noted)."""
    draws = []
    for table in subtables(tables, "draw", problems, lines_of(source, "draw")):
        table.known(("pool", "count", "topic", "difficulty", "section"))
        pool, topic = table.text("pool", limit=TITLE_LIMIT), table.text("topic", limit=TITLE_LIMIT)
        difficulty = table.whole("difficulty", 1, 3, None)
        if not (pool or topic or difficulty):
            table.error(
                "missing",
                N_("“%(key)s” is missing."),
                N_("Say what is drawn from: a pool, a topic or a difficulty."),
                "pool",
            )
        count = table.whole("count", 1, 1000, None)
        if count is None:
            if "count" not in table.data:
                table.error(
                    "missing", N_("“%(key)s” is missing."), N_("Add how many questions are drawn."), "count"
                )
            continue
        draws.append(Draw(pool, count, topic, difficulty, table.text("section", limit=TITLE_LIMIT)))
    return tuple(draws)


def check_blueprint(
    settings: QuizSettings,
    draws: Sequence[Draw],
    questions: Sequence[Question],
    problems: Problems,
    source: str,
    own: Collection[str],
) -> None:
    """Notes draws that cannot be met, questions of this file (`own`, by id) that nobody is asked, and what is
    wrong with sections. A bank has neither draws nor sections of its own."""
    if settings.bank:
        _check_bank(settings, draws, problems, source)
        return
    line_of = lines_of(source, "draw")
    lines = [line_of(at, "") for at in range(len(draws))]
    problems.found += check_draws(questions, draws, problems.file, line_of(0, ""), lines, own)
    _check_sections(settings, draws, questions, problems, source)
    if questions and all(one.status != "active" for one in questions):
        problems.error(
            "none-active",
            N_("No question of this quiz is active."),
            N_('Set status = "active" where a question is ready to be asked.'),
        )


def _check_bank(settings: QuizSettings, draws: Sequence[Draw], problems: Problems, source: str) -> None:
    if draws or settings.sections:
        problems.error(
            "bank-blueprint",
            N_("A bank holds questions only: draws and sections belong to the quizzes that use it."),
            N_("Move them to a quiz with use = [“%(bank)s”]."),
            lines_of(source, "draw" if draws else "section")(0, ""),
            bank=problems.file.rpartition("/")[2].removesuffix(".toml"),
        )


def _check_sections(
    settings: QuizSettings,
    draws: Sequence[Draw],
    questions: Sequence[Question],
    problems: Problems,
    source: str,
) -> None:
    """Notes draws (or, where there are none, questions) of a section that is not there, or of none, and a
    section nothing belongs to."""
    lines, section_lines = lines_of(source, "draw"), lines_of(source, "section")
    known = [one.id for one in settings.sections]
    parts: list[tuple[str, str, int]]
    if draws:
        parts = [(draw.section, draw.pool or draw.topic, lines(at, "")) for at, draw in enumerate(draws)]
    else:
        parts = [(one.section, one.id, 0) for one in questions if one.status == "active"]
    for section, name, line in parts:
        if section in known or not (section or known):
            continue
        problems.error(
            "no-section",
            N_("“%(name)s” belongs to a section that is not there: “%(section)s”."),
            N_("Use the id of one of the [[section]]s: %(known)s."),
            line,
            name=name,
            section=section,
            known=", ".join(known) or "–",
        )
    for at, left in enumerate(known):
        if left in {section for section, _, _ in parts}:
            continue
        problems.error(
            "empty-section",
            N_("Nothing belongs to the section “%(section)s”."),
            N_("Add a draw or a question with section = “%(section)s”, or remove the section."),
            section_lines(at, ""),
            section=left,
        )


def draw_json(draw: Draw) -> list[Any]:
    """A draw as JSON: pool and count, and what else it asks for."""
    more = {"topic": draw.topic, "difficulty": draw.difficulty, "section": draw.section}
    kept = {name: value for name, value in more.items() if value}
    return [draw.pool, draw.count, *([kept] if kept else [])]


def draw_of(data: Sequence[Any]) -> Draw:
    """The draw that `draw_json` wrote."""
    return Draw(data[0], data[1], **(data[2] if len(data) > 2 else {}))
