"""Entries of the ledger in plain words, with titles as they were in the version concerned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Generic, TypeVar

from flask import url_for
from flask_babel import gettext, ngettext

from learnapp import catalogue, declarations, ledger
from learnapp.clock import local_date
from learnapp.errors import N_, NotFound
from learnapp.web import granted, offers
from learnapp.web.assessed import Assessed, assessed_words
from learnapp.web.doors import in_language, me, settings, today
from learnapp.web.filters import hundredths
from learnapp.web.moved import moved_words
from learnapp.web.worked import work_words

Row = TypeVar("Row")


@dataclass(frozen=True)
class ActWords:
    """What an entry says: a sentence, a note in smaller type, and where the version concerned can be seen,
    with the words of that link."""

    title: str
    note: str
    href: str | None = None
    link: str = ""


@dataclass(frozen=True)
class Month(Generic[Row]):
    """The rows of one calendar month of the instance's zone; `first` is its first day."""

    first: date
    rows: list[Row]


def by_month(rows: Iterable[Row], occurred: Callable[[Row], datetime]) -> list[Month[Row]]:
    """Rows that are already in the order of their days, in one group a month."""

    def first(row: Row) -> date:
        return local_date(occurred(row), settings().zone).replace(day=1)

    return [Month(day, list(found)) for day, found in groupby(rows, first)]


def title_of(kind: str, version: str, fallback: str) -> str:
    """The title of a course or quiz as it was in that version, in the language of the request."""
    try:
        thing: catalogue.Course | catalogue.Quiz = (
            catalogue.course_version(version) if kind == "course" else catalogue.quiz_version(version)
        )
    except NotFound:
        return fallback
    return in_language(thing.title, thing.title_en)


def _module_title(event: ledger.ModuleCompleted) -> str:
    try:
        modules = catalogue.course_version(event.version).modules
    except NotFound:
        return event.module
    for module in modules:
        if module.id == event.module:
            return in_language(module.title, module.title_en)
    return event.module


def act_words(entry: ledger.Entry, hidden: Collection[str] = ()) -> ActWords:
    """The entry in words, in the language of the request. `hidden` are the ids of attempts whose result is not
    shown yet."""
    event = entry.event
    if isinstance(event, ledger.ModuleCompleted):
        note = gettext("%(hours)s study hours · online self-study", hours=hundredths(event.hours))
        href = url_for("study.version", course=event.course, module=event.module, version=event.version)
        link = gettext("What was studied, in its version")
        return ActWords(gettext("Completed “%(title)s”", title=_module_title(event)), note, href, link)
    if isinstance(event, ledger.QuizEnded):
        words = _quiz_words(event, event.attempt in hidden)
        # The attempt itself stays with the account that it was made with.
        return ActWords(words.title, words.note) if entry.source == "merge" else words
    if isinstance(event, ledger.CourseCompleted):
        title = title_of("course", event.version, event.course)
        return ActWords(gettext("Completed the whole course “%(title)s”", title=title), "")
    if isinstance(event, ledger.StudyBegun):
        title = title_of("course", event.version, event.course)
        return ActWords(gettext("Began the course “%(title)s”", title=title), "")
    if isinstance(event, ledger.QuizMeasured):
        return _measure_words(event, entry.member_id)
    if isinstance(event, ledger.ActDeclared | ledger.ActRecorded | ledger.ActConfirmed | ledger.ActDeclined):
        return _declared_words(event, entry.member_id)
    if isinstance(event, ledger.QuarterSigned):
        quarter = {"year": event.quarter[:4], "number": event.quarter[-1]}
        text = gettext("Signed quarter %(number)s of %(year)s", **quarter)
        href = url_for("declarations.quarter", period_id=event.period, quarter=event.quarter)
        own = entry.member_id == me().member_id
        return ActWords(text, "", href if own else None, gettext("What was signed") if own else "")
    if isinstance(event, ledger.Merged | ledger.MergeUndone | ledger.Erased):
        return _person_words(event)
    if isinstance(event, ledger.Moved):
        return ActWords(*moved_words(event))
    if isinstance(event, ledger.Waived | ledger.EquivalenceGranted):
        return ActWords(*granted.told(event))
    if isinstance(event, Assessed):
        return ActWords(*assessed_words(event, entry.member_id))
    if isinstance(event, ledger.WorkDone):
        return ActWords(work_words(event), "")
    assert isinstance(event, ledger.Voided)
    reason = gettext(ledger.VOID_REASONS[event.reason])
    return ActWords(gettext("Entry %(seq)s was voided", seq=event.seq), reason)


def _declared_words(
    event: ledger.ActDeclared | ledger.ActRecorded | ledger.ActConfirmed | ledger.ActDeclined, member_id: str
) -> ActWords:
    """The sentence itself stands on the page of the acts, for whoever may read it."""
    told = {
        ledger.ActDeclared: N_("Declared: %(what)s"),
        ledger.ActRecorded: N_("Recorded by the branch: %(what)s"),
        ledger.ActConfirmed: N_("Confirmed by a second person: %(what)s"),
        ledger.ActDeclined: N_("Not recognised: %(what)s"),
    }
    book, note = offers.of(member_id), ""
    if isinstance(event, ledger.ActDeclined):
        note = gettext(declarations.DECLINE_REASONS.get(event.reason, event.reason))
        what = book.label(event.act, today())
    else:
        on = date.fromisoformat(event.on)
        note = gettext("of %(day)s", day=event.on)
        what = book.label(event.act, on)
    text = gettext(told[type(event)], what=what)
    if member_id != me().member_id:
        return ActWords(text, note)
    href = url_for("declarations.mine", _anchor=event.act_id)
    return ActWords(text, note, href, gettext("The act and how it stands"))


def _person_words(event: ledger.Merged | ledger.MergeUndone | ledger.Erased) -> ActWords:
    if isinstance(event, ledger.Erased):
        return ActWords(gettext("The person behind this ledger was erased"), "")
    if isinstance(event, ledger.MergeUndone):
        return ActWords(gettext("The joining of two accounts was undone"), "")
    if event.side == "kept":
        return ActWords(gettext("Another account of the same person was joined with this one"), "")
    return ActWords(gettext("This account was joined with another one of the same person"), "")


def _measure_words(event: ledger.QuizMeasured, member_id: str) -> ActWords:
    try:
        current = catalogue.quiz(event.quiz)
        title = in_language(current.title, current.title_en)
    except NotFound:
        title = event.quiz
    told = {
        "pause": N_("The quiz “%(title)s” was paused"),
        "resume": N_("The quiz “%(title)s” went on"),
        "override": N_("The time for the quiz “%(title)s” was set for this member"),
    }
    if event.measure == "extend":
        text = ngettext(
            "The time for the quiz “%(title)s” was extended by %(num)s minute",
            "The time for the quiz “%(title)s” was extended by %(num)s minutes",
            event.minutes,
            title=title,
        )
    elif event.measure == "reopen":
        text = gettext("The attempt at the quiz “%(title)s” was opened again", title=title)
    else:
        text = gettext(told[event.measure], title=title)
    reason = ledger.note_text(member_id, event.note)
    return ActWords(text, gettext("Reason: %(reason)s", reason=reason) if reason else "")


def _quiz_words(event: ledger.QuizEnded, hidden: bool) -> ActWords:
    title = title_of("quiz", event.version, event.quiz)
    if hidden:
        text = gettext("Took the quiz “%(title)s”, result not yet published", title=title)
    elif event.passed:
        text = gettext("Passed the quiz “%(title)s”", title=title)
    elif event.pending:
        text = gettext("Took the quiz “%(title)s”, being marked", title=title)
    else:
        text = gettext("Took the quiz “%(title)s”, not passed yet", title=title)
    note = gettext("Attempt %(number)s", number=event.number)
    if event.ended_by == "deadline":
        note += " · " + gettext("handed in when the time was up")
    link = gettext("The attempt and its explanations")
    return ActWords(text, note, url_for("quiz.review", attempt=event.attempt), link)
