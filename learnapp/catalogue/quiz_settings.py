"""What an author may set about a quiz besides its questions: times, attempts, phases of review, sections.

Reading notes what is wrong with its line and a remedy. What equals the default for this sort of quiz (of a
lesson, or an exam) is not stored, so that versions published before a setting existed are read as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

from learnapp.catalogue.tables import Table, subtables
from learnapp.errors import N_
from learnapp.questions import LineOf

Phase: TypeAlias = Literal["during", "after", "later", "closed"]
Show: TypeAlias = Literal["answer", "mark", "correctness", "feedback", "key"]
Review: TypeAlias = Mapping[Phase, frozenset[Show]]
Counts: TypeAlias = Literal["best", "last", "first"]
LateSync: TypeAlias = Literal["accept", "ask", "refuse"]

PHASES: tuple[Phase, ...] = ("during", "after", "later", "closed")
SHOWS: tuple[Show, ...] = ("answer", "mark", "correctness", "feedback", "key")
MONTH_MINUTES = 31 * 24 * 60
WEEK_HOURS = 168
TITLE_LIMIT = 200
ID_LIMIT = 48

KEYS = frozenset(
    [
        "opens",
        "due",
        "closes",
        "wait_minutes",
        "counts",
        "practice",
        "late_sync",
        "late_hours",
        "blind",
        "leaves",
        "review",
        "section",
        "bank",
        "use",
    ]
)

_ALL: frozenset[Show] = frozenset(SHOWS)
_NONE: frozenset[Show] = frozenset()


@dataclass(frozen=True, slots=True)
class QuizSection:
    """A part of a paper that is asked before the next one, and cannot be changed once it was left."""

    id: str
    title: str
    title_en: str = ""


def review_of(exam: bool) -> Review:
    """What is shown in each phase unless the author says otherwise: of a lesson's quiz everything once it is
    handed in; of an exam the answers, later the marks, and everything after it has closed."""
    if exam:
        return _frozen(
            {"during": _NONE, "after": {"answer"}, "later": {"answer", "mark"}, "closed": _ALL},
        )
    return _frozen({"during": _NONE, "after": _ALL, "later": _ALL, "closed": _ALL})


def _frozen(shows: Mapping[Phase, Iterable[str]]) -> Review:
    made = {phase: cast("frozenset[Show]", frozenset(shows[phase])) for phase in PHASES}
    return MappingProxyType(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSettings:
    """The settings of one version. Times are local to the instance, "2026-12-01T08:00", or None.

    `uses` names the banks whose questions are among those of the quiz; a `bank` itself is never taken.
    """

    opens: str | None = None
    due: str | None = None
    closes: str | None = None
    wait_minutes: int = 0
    counts: Counts = "best"
    practice: bool = False
    late_sync: LateSync = "accept"
    late_hours: int = 24
    blind: bool = True
    leaves: bool = False
    review: Review = field(default_factory=lambda: review_of(False))
    sections: tuple[QuizSection, ...] = ()
    bank: bool = False
    uses: tuple[str, ...] = ()


def defaults(exam: bool) -> QuizSettings:
    """What holds where the author set nothing."""
    return QuizSettings(late_sync="ask" if exam else "accept", review=review_of(exam))


# As they are stored -------------------------------------------------------------------------------------


def settings_json(settings: QuizSettings, exam: bool) -> dict[str, Any]:
    """The settings as JSON without what equals the default."""
    usual = defaults(exam)
    changed = {one.name: getattr(settings, one.name) for one in fields(settings)}
    changed = {name: value for name, value in changed.items() if value != getattr(usual, name)}
    if "review" in changed:
        changed["review"] = {phase: sorted(shows) for phase, shows in settings.review.items()}
    if "sections" in changed:
        changed["sections"] = [[one.id, one.title, one.title_en] for one in settings.sections]
    return changed


def settings_of(data: Mapping[str, Any], exam: bool) -> QuizSettings:
    """The settings that `settings_json` wrote."""
    values = dict(data)
    if "review" in values:
        values["review"] = _frozen(values["review"])
    if "sections" in values:
        values["sections"] = tuple(QuizSection(*one) for one in values["sections"])
    if "uses" in values:
        values["uses"] = tuple(values["uses"])
    return replace(defaults(exam), **values)


# As an author writes them -------------------------------------------------------------------------------


def read_settings(table: Table, exam: bool, review_lines: LineOf, section_lines: LineOf) -> QuizSettings:
    """The settings at the top of a quiz file; what is wrong is noted and read as its default."""
    usual = defaults(exam)
    times = {key: _moment(table, key) for key in ("opens", "due", "closes")}
    _check_times(table, times)
    settings = QuizSettings(
        opens=_stored(times["opens"]),
        due=_stored(times["due"]),
        closes=_stored(times["closes"]),
        wait_minutes=table.whole("wait_minutes", 0, MONTH_MINUTES, 0) or 0,
        counts=cast("Counts", table.choice("counts", ("best", "last", "first"), "best")),
        practice=table.flag("practice", False),
        late_sync=cast("LateSync", table.choice("late_sync", ("accept", "ask", "refuse"), usual.late_sync)),
        late_hours=table.whole("late_hours", 1, WEEK_HOURS, 24) or 24,
        blind=table.flag("blind", True),
        leaves=table.flag("leaves", False),
        review=_review(table, exam, review_lines),
        sections=_sections(table, section_lines),
        bank=table.flag("bank", False),
        uses=_uses(table),
    )
    _check_exam(table, settings, exam, review_lines)
    _check_closing(table, settings, review_lines)
    return settings


def _moment(table: Table, key: str) -> datetime | None:
    """The local date and time under key, None when absent or wrong (noted)."""
    value = table.data.get(key)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = ""
    if value is None or (isinstance(value, datetime) and value.tzinfo is None):
        return value if value is None else value.replace(microsecond=0)
    table.error(
        "not-a-time",
        N_("“%(key)s” must be a date and a time without a zone; the zone is that of the instance."),
        N_("Write it like %(key)s = 2026-12-01T08:00:00."),
        key,
    )
    return None


def _stored(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _check_times(table: Table, times: Mapping[str, datetime | None]) -> None:
    """Opens before due and closes; due not after closes."""
    for early, late, same in (("opens", "due", False), ("opens", "closes", False), ("due", "closes", True)):
        first, second = times[early], times[late]
        if first is None or second is None or first < second or (same and first == second):
            continue
        table.error(
            "times-turned",
            N_("“%(early)s” must be before “%(late)s”."),
            N_("A quiz opens, is due, and closes, in this order."),
            late,
            early=early,
            late=late,
        )


def _review(table: Table, exam: bool, line_of: LineOf) -> Review:
    """The `[review]` table over the defaults of this sort of quiz."""
    usual = dict(review_of(exam))
    value = table.data.get("review", {})
    if not isinstance(value, dict):
        table.error(
            "not-a-table",
            N_("“%(key)s” must be a table."),
            N_("Write a line [%(key)s] and the settings below it."),
            "review",
        )
        return review_of(exam)
    written = Table(value, table.problems, line_of)
    written.known(PHASES)
    for phase in PHASES:
        if phase not in written.data:
            continue
        shows = written.texts(phase)
        for one in sorted(set(shows) - _ALL):
            written.error(
                "not-allowed",
                N_("“%(key)s” is not one of the words allowed here."),
                N_("Use one of: %(allowed)s."),
                phase,
                allowed=", ".join(SHOWS),
                word=one,
            )
        usual[phase] = cast("frozenset[Show]", frozenset(shows) & _ALL)
    return _frozen(usual)


def _sections(table: Table, line_of: LineOf) -> tuple[QuizSection, ...]:
    found: dict[str, QuizSection] = {}
    for one in subtables(table.data, "section", table.problems, line_of):
        one.known(("id", "title", "title_en"))
        ident = one.ident("id", limit=ID_LIMIT)
        title = one.text("title", limit=TITLE_LIMIT, needed=True)
        if ident in found:
            one.error(
                "same-id",
                N_("Two sections have the id “%(id)s”."),
                N_("Give each an id of its own."),
                "id",
                id=ident,
            )
        elif ident:
            found[ident] = QuizSection(ident, title, one.text("title_en", limit=TITLE_LIMIT))
    return tuple(found.values())


def _uses(table: Table) -> tuple[str, ...]:
    uses = table.texts("use")
    if len(set(uses)) < len(uses):
        table.error("same-bank", N_("A bank is named twice under “use”."), N_("Name each bank once."), "use")
    return tuple(dict.fromkeys(uses))


def _check_exam(table: Table, settings: QuizSettings, exam: bool, review_lines: LineOf) -> None:
    """What only an exam may or must have."""
    if settings.leaves and not exam:
        table.error(
            "leaves",
            N_("Only in an exam may it be written down that a page was left."),
            N_("Add exam = true, or remove “leaves”."),
            "leaves",
        )
    if exam and table.data.get("minutes") is None and not settings.bank:
        table.error(
            "exam-minutes", N_("An exam needs a time limit."), N_("Add for example minutes = 60."), "exam"
        )
    if exam and settings.review["during"] - {"answer"}:
        table.problems.error(
            "review-during",
            N_("During an exam nothing may be shown but the answers."),
            N_("Write during = [], or move it to a later phase."),
            review_lines(0, "during"),
        )
    if exam and settings.closes is None and "key" not in settings.review["later"] and not settings.bank:
        table.problems.warn(
            "keys-hidden",
            N_(
                "The keys of this exam are never shown: it has no closing time, and before that they are hidden."
            ),
            N_("Add closes = …, or “key” to “later” under [review]."),
            table.line("exam"),
        )


def _check_closing(table: Table, settings: QuizSettings, review_lines: LineOf) -> None:
    """Where a quiz has a closing time, what tells the keys stays hidden until then, whatever is written."""
    written = table.data.get("review")
    if settings.closes is None or not isinstance(written, dict):
        return
    for phase in PHASES[:-1]:
        if phase in written and settings.review[phase] & {"key", "feedback"}:
            table.problems.warn(
                "keys-wait",
                N_("Until the quiz has closed and everybody is done, “key” and “feedback” are not shown."),
                N_("Take them out of “%(phase)s”, or remove the closing time."),
                review_lines(0, phase),
                phase=phase,
            )
