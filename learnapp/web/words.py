"""Entries of the ledger in plain words, with titles as they were in the version concerned."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from learnapp import catalogue, ledger
from learnapp.errors import NotFound
from learnapp.web.doors import language
from learnapp.web.filters import hundredths


@dataclass(frozen=True)
class ActWords:
    """What an entry says: a sentence, a note in smaller type, and where the version concerned can be seen."""

    title: str
    note: str
    href: str | None


def title_of(kind: str, version: str, fallback: str) -> str:
    """The title of a course or quiz as it was in that version, in the language of the request."""
    try:
        thing: catalogue.Course | catalogue.Quiz = (
            catalogue.course_version(version) if kind == "course" else catalogue.quiz_version(version)
        )
    except NotFound:
        return fallback
    return thing.title_en if language() == "en" and thing.title_en else thing.title


def _module_title(event: ledger.ModuleCompleted) -> str:
    try:
        modules = catalogue.course_version(event.version).modules
    except NotFound:
        return event.module
    for module in modules:
        if module.id == event.module:
            return module.title_en if language() == "en" and module.title_en else module.title
    return event.module


def act_words(entry: ledger.Entry) -> ActWords:
    """The entry in words, in the language of the request."""
    event = entry.event
    if isinstance(event, ledger.ModuleCompleted):
        note = gettext("%(hours)s study hours · online self-study", hours=hundredths(event.hours))
        href = url_for("study.version", course=event.course, module=event.module, version=event.version)
        return ActWords(gettext("Completed “%(title)s”", title=_module_title(event)), note, href)
    if isinstance(event, ledger.QuizEnded):
        return _quiz_words(event)
    if isinstance(event, ledger.CourseCompleted):
        title = title_of("course", event.version, event.course)
        return ActWords(gettext("Completed the whole course “%(title)s”", title=title), "", None)
    if isinstance(event, ledger.StudyBegun):
        title = title_of("course", event.version, event.course)
        return ActWords(gettext("Began the course “%(title)s”", title=title), "", None)
    assert isinstance(event, ledger.Voided)
    reason = gettext(ledger.VOID_REASONS[event.reason])
    return ActWords(gettext("Entry %(seq)s was voided", seq=event.seq), reason, None)


def _quiz_words(event: ledger.QuizEnded) -> ActWords:
    title = title_of("quiz", event.version, event.quiz)
    text = (
        gettext("Passed the quiz “%(title)s”", title=title)
        if event.passed
        else gettext("Took the quiz “%(title)s”, not passed yet", title=title)
    )
    note = gettext("Attempt %(number)s", number=event.number)
    if event.ended_by == "deadline":
        note += " · " + gettext("handed in when the time was up")
    return ActWords(text, note, url_for("quiz.review", attempt=event.attempt))
