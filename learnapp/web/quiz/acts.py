"""The address to which a running page posts its journal: JSON in, JSON out."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import jsonify, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import quiz
from learnapp.db import transaction
from learnapp.quiz.timing import MILLISECOND
from learnapp.web.doors import follow_now, instant, may, me, now, settings
from learnapp.web.frame import csrf
from learnapp.web.quiz import tokens
from learnapp.web.quiz.blueprint import bp


@bp.post("/attempts/<attempt>/acts")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF has no types
@may("quiz.act")
def acts(attempt: str) -> Response:
    """Saves acts and tells the clock. An empty list only asks for the clock.

    Answers `{acts: [[session, number, code, text]], elsewhere, remaining_ms, open, paused, saved_at, review}`.
    """
    member_id = me().member_id
    tokens.check(member_id, attempt)
    session, batch = quiz.read_batch(_body())
    with transaction():
        saved = quiz.save(member_id, attempt, batch, at=now(), session=session)
    if saved.grew:
        follow_now(member_id)
    return jsonify(
        acts=[_words(outcome) for outcome in saved.outcomes],
        elsewhere=saved.elsewhere,
        remaining_ms=_left(saved),
        open=saved.open,
        paused=saved.paused,
        saved_at=f"{now().astimezone(ZoneInfo(settings().zone)):%H:%M}",
        review=url_for("quiz.review", attempt=attempt),
    )


def _left(saved: quiz.Saved) -> int | None:
    """The milliseconds that are left now, since the message may have waited for its turn; None without a limit."""
    if saved.remaining_ms is None or saved.paused:
        return saved.remaining_ms
    return max(0, saved.remaining_ms - (instant() - now()) // MILLISECOND)


def _body() -> object:
    """The message as JSON values; None for what is not JSON, or lies too deep to be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _words(outcome: quiz.Outcome) -> list[Any]:
    text = gettext(outcome.message, **(outcome.params or {})) if outcome.message else ""
    return [outcome.session, outcome.number, outcome.code, text]
