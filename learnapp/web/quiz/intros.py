"""What is said before an attempt: its rules in plain words, and whether it may begin now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext, ngettext

from learnapp import catalogue, quiz
from learnapp.quiz import AttemptInfo, Standing
from learnapp.quiz.timing import LONGER_PERCENT
from learnapp.web.doors import me, now, settings
from learnapp.web.quiz.clock import told


@dataclass(frozen=True)
class Intro:
    """The rules of a quiz for one member. `refusal` says why it cannot be started now, empty when it can;
    `longer` is the limit in minutes for whoever wants half as much time again, None where that is not offered.
    `practising` is the practice that runs, `practised` what is over, the latest first."""

    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    left: int | None
    refusal: str
    longer: str | None
    practice: bool
    practising: AttemptInfo | None
    practised: Sequence[AttemptInfo]


def intro(found: catalogue.Quiz, attempts: Sequence[AttemptInfo]) -> Intro:
    """The rules for the asker, whose attempts at this quiz are given. One statement."""
    stands = quiz.standing(me().member_id, found, attempts, at=now(), zone=settings().zone)
    verdict = stands.verdict
    longer = found.minutes is not None and not found.exam and stands.percent < LONGER_PERCENT
    practised = sorted((one for one in attempts if one.practice), key=lambda one: one.number)
    return Intro(
        facts=[*_facts(found, stands), *_window(stands)],
        notes=list(_notes(found, stands)),
        left=quiz.attempts_left(stands.terms.attempts, stands.used),
        refusal="" if verdict.may else told(quiz.refusal(verdict, stands.terms)),
        longer=_minutes(stands.terms.minutes, LONGER_PERCENT) if longer else None,
        practice=quiz.may_practise(found, now(), settings().zone),
        practising=next((one for one in practised if one.open), None),
        practised=[one for one in practised if not one.open],
    )


def _facts(found: catalogue.Quiz, stands: Standing) -> list[tuple[str, str]]:
    asked = sum(draw.count for draw in found.draws) or len(found.questions)
    worth = {question.points_hundredths for question in found.questions}
    need = quiz.needed(asked, found.pass_percent) if len(worth) == 1 else None
    left = quiz.attempts_left(stands.terms.attempts, stands.used)
    return [
        (gettext("Questions"), ngettext("%(num)s question", "%(num)s questions", asked)),
        (gettext("Time"), _time(stands)),
        (
            gettext("To pass"),
            gettext("%(percent)s %% of the points", percent=found.pass_percent)
            if need is None
            else ngettext("%(num)s right answer", "%(num)s right answers", need),
        ),
        (
            gettext("Attempts"),
            gettext("no limit")
            if left is None
            else gettext("%(left)s left of %(all)s", left=left, all=stands.terms.attempts),
        ),
    ]


def _time(stands: Standing) -> str:
    minutes = stands.terms.minutes
    if minutes is None:
        return str(gettext("No time limit"))
    if stands.percent == 100:
        return _minutes(minutes, 100)
    own = _minutes(minutes, stands.percent)
    return str(gettext("%(all)s, for you %(own)s", all=_minutes(minutes, 100), own=own))


def _minutes(minutes: int | None, percent: int) -> str:
    """So much of a limit in words; half a minute more is no promise that anybody would miss."""
    return str(ngettext("%(num)s minute", "%(num)s minutes", (minutes or 0) * percent // 100))


def _window(stands: Standing) -> list[tuple[str, str]]:
    window = stands.terms.window
    named = [
        (gettext("Opens"), window.opens),
        (gettext("Due"), window.due),
        (gettext("Closes"), window.closes),
    ]
    return [(name, _moment(at)) for name, at in named if at is not None]


def _moment(at: datetime) -> str:
    return str(current_app.jinja_env.filters["moment"](at))


def _notes(found: catalogue.Quiz, stands: Standing) -> Sequence[str]:
    local, window, attempts = found.settings, stands.terms.window, stands.terms.attempts
    said = []
    if local.sections:
        said.append(
            gettext(
                "It has %(count)s parts, answered one after the other. Whoever goes on to the next part cannot "
                "change the one before any more.",
                count=len(local.sections),
            )
        )
    if window.due is not None and now() >= window.due:
        said.append(gettext("It was due on %(at)s. It can still be taken.", at=_moment(window.due)))
    if window.closes is not None:
        said.append(gettext("At the closing time it ends for everybody who is still answering."))
    if attempts != 1 and local.wait_minutes:
        said.append(
            ngettext(
                "After an attempt the next one is possible %(num)s minute later.",
                "After an attempt the next one is possible %(num)s minutes later.",
                local.wait_minutes,
            )
        )
    if attempts != 1 and local.counts == "last":
        said.append(gettext("The last attempt counts, also where an earlier one was better."))
    if attempts != 1 and local.counts == "first":
        said.append(gettext("The first attempt counts; later ones are for learning."))
    return said
