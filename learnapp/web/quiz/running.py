"""A running attempt: one question a page, saved by an ordinary form; a script makes one page of it."""

from __future__ import annotations

import json
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.errors import Invalid
from learnapp.quiz import Frozen
from learnapp.web.doors import follow_now, may, me, now
from learnapp.web.quiz import shown
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.tokens import attempt_token

# Whole minutes are cut off, so that a page never promises time that is not there; the first seconds of a
# minute still count as the whole one, or a quiz of 15 minutes would begin with "14 minutes left".
_SLACK_MS = 5_000


def look_at(attempt_id: str) -> Frozen:
    """The asker's attempt; when its time is up, this very look ends it.

    Raises NotFound for an attempt that is not the asker's.
    """
    found = quiz.attempt(me().member_id, attempt_id)
    if not found.open or not found.clock.overdue(now()):
        return found
    with transaction():
        quiz.close(found.member_id, found.id, at=now())
    follow_now(found.member_id)
    return quiz.attempt(found.member_id, attempt_id)


def to_review(attempt_id: str) -> Response:
    """Where an attempt that is over is seen."""
    return redirect(url_for("quiz.review", attempt=attempt_id), 303)


def _place(count: int) -> int:
    """The number of the question asked for, kept within the paper."""
    given = request.values.get("q", "1")
    return min(max(int(given) if given.isdecimal() and len(given) < 6 else 1, 1), count)


def _page(
    found: Frozen, here: int, template: str, problem: str = "", typed: dict[str, list[str]] | None = None
) -> str:
    taps = quiz.taps(found.member_id, found.id)
    remaining = found.clock.remaining_ms(now())
    values: dict[str, Any] = {
        "attempt": found,
        "quiz": catalogue.quiz_version(found.quiz_version),
        "asked": shown.asked(found, taps, here, typed),
        "here": here,
        "remaining_ms": remaining,
        "minutes_left": None if remaining is None else (remaining + _SLACK_MS) // 60_000,
        "saved_at": shown.last_saved(taps),
        "token": attempt_token(found.member_id, found.id),
        "problem": problem,
        "titled": shown.titled,
    }
    return render_template(template, **values)


@bp.get("/attempts/<attempt>/")
@may("quiz.act")
def run(attempt: str) -> str | Response:
    """The question `?q=4`; all others of the paper travel along for the script, without their keys."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    return _page(found, _place(len(found.sheets)), "quiz/run.html")


@bp.post("/attempts/<attempt>/")
@may("quiz.act")
def answer(attempt: str) -> str | Response | tuple[str, int]:
    """Saves the answer of a form and goes where its button says."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    here = _place(len(found.sheets))
    given = quiz.form_fields(request.form.to_dict(flat=False), _field(found, here))
    try:
        _save(found, here, given)
    except Invalid as error:
        text = gettext(error.message, **error.params)
        return _page(found, here, "quiz/run.html", text, given), 422
    if request.form.get("go") == "overview":
        return redirect(url_for("quiz.overview", attempt=attempt, q=here), 303)
    step = {"next": 1, "previous": -1}.get(request.form.get("go", ""), 0)
    following = min(max(here + step, 1), len(found.sheets))
    return redirect(url_for("quiz.run", attempt=attempt, q=following), 303)


def _field(found: Frozen, here: int) -> str:
    return shown.field_name(found.sheets[here - 1].question)


def _save(found: Frozen, here: int, given: dict[str, list[str]]) -> None:
    """Keeps the answer unless it is the one that the page showed: a tab that was left open and only turns
    the page must not overwrite what another device answered since."""
    if _same(given, request.form.get("was", "")):
        return
    with transaction():
        quiz.save_form(found.member_id, found.id, found.sheets[here - 1].question, given, at=now())


def _same(given: dict[str, list[str]], was: str) -> bool:
    """Whether the fields are those of the JSON text `was`, in whatever order their parts are written."""
    try:
        return bool(json.loads(was) == given)
    except ValueError:
        return False


@bp.get("/attempts/<attempt>/overview")
@may("quiz.act")
def overview(attempt: str) -> str | Response:
    """All questions at a glance, which of them are unanswered, and the button that hands in."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    return _page(found, _place(len(found.sheets)), "quiz/overview.html")


@bp.post("/attempts/<attempt>/submit")
@may("quiz.act")
def submit(attempt: str) -> Response:
    """Hands in. A double tap, a second tab and the back button hand in once."""
    with transaction():
        ended = quiz.submit(me().member_id, attempt, at=now())
    if ended.ended_now:
        follow_now(me().member_id)
    return to_review(attempt)
