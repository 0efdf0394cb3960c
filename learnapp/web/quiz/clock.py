"""The clock as pages tell it: asked every few seconds by a page that runs, and in words."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app, jsonify
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import quiz
from learnapp.errors import AppError
from learnapp.quiz.timing import Clock, Run
from learnapp.web.doors import instant, may, me
from learnapp.web.quiz.blueprint import bp

# Whole minutes are cut off, so that a page never promises time that is not there; the first seconds of a
# minute still count as the whole one, or a quiz of 15 minutes would begin with "14 minutes left".
_SLACK_MS = 5_000
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000


@bp.get("/attempts/<attempt>/clock")
@may("quiz.act")
def clock(attempt: str) -> Response:
    """What a running page asks for every four seconds; changes nothing, so that it costs little.

    Answers `{remaining_ms, deadline_ms, paused, open, reason}`: what was set is in it at once, whoever has yet to be
    reached. `open` false says that the page should ask for the end, by posting its acts.
    """
    found = quiz.glance(me().member_id, attempt)
    run = quiz.clocks.look(found)
    return jsonify(
        remaining_ms=run.clock.remaining_ms(instant()),
        deadline_ms=deadline_ms(run.clock),
        paused=run.clock.paused_at is not None,
        open=found.open and not run.clock.overdue(instant()),
        reason=reason_of(run),
    )


def deadline_ms(clock: Clock) -> int:
    """The deadline in milliseconds since 1970, by which a page sees that it was moved; 0 without one."""
    return 0 if clock.deadline_at is None else int(clock.deadline_at.timestamp() * 1000)


def reason_of(run: Run) -> str:
    """Why the clock stands, as whoever stopped it wrote; empty while it runs."""
    return "" if run.paused is None else run.paused.reason


def in_words(remaining_ms: int | None) -> str | None:
    """How much time is left: minutes up to three hours, then hours, then days; None without a limit."""
    if remaining_ms is None:
        return None
    left = remaining_ms + _SLACK_MS
    if left >= 2 * _DAY:
        return str(ngettext("%(num)s day left", "%(num)s days left", left // _DAY))
    if left >= 3 * _HOUR:
        return str(ngettext("%(num)s hour left", "%(num)s hours left", left // _HOUR))
    return str(ngettext("%(num)s minute left", "%(num)s minutes left", left // _MINUTE))


def told(error: AppError) -> str:
    """A refusal in the language of the request, its instants as the instance's local times."""
    moment = current_app.jinja_env.filters["moment"]
    values = {
        name: cast(str, moment(value)) if isinstance(value, datetime) else value
        for name, value in error.params.items()
    }
    return str(gettext(error.message, **values))
