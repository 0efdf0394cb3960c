"""A running attempt: one question a page, saved by an ordinary form; a script makes one page of it."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.errors import Invalid
from learnapp.quiz import Frozen
from learnapp.web.doors import follow_now, in_language, instant, may, me, now
from learnapp.web.quiz import shown
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.clock import deadline_ms, in_words, reason_of
from learnapp.web.quiz.stages import Stage, looks, present, stages
from learnapp.web.quiz.tokens import attempt_token


def look_at(attempt_id: str) -> Frozen:
    """The asker's attempt with every measure applied; when its time is up, this very look ends it.

    Raises NotFound for an attempt that is not the asker's.
    """
    found = quiz.attempt(me().member_id, attempt_id)
    if not found.open or not (found.behind or found.clock.overdue(now())):
        return found
    with transaction():
        ended = quiz.close(found.member_id, found.id, at=now())
    if ended:
        follow_now(found.member_id)
    return quiz.attempt(found.member_id, attempt_id)


def to_review(attempt_id: str) -> Response:
    """Where an attempt that is over is seen."""
    return redirect(url_for("quiz.review", attempt=attempt_id), 303)


def _asked_for(count: int) -> int:
    """The number of the question asked for, kept within the paper."""
    given = request.values.get("q", "1")
    return min(max(int(given) if given.isdecimal() and len(given) < 6 else 1, 1), count)


def _within(number: int, stage: Stage | None) -> int:
    """The number of a question kept within the section that is being answered."""
    return number if stage is None else min(max(number, stage.first), stage.last)


def _page(
    found: Frozen, number: int, template: str, problem: str = "", typed: dict[str, list[str]] | None = None
) -> str:
    taps = quiz.taps(found.member_id, found.id)
    staged = stages(found, taps)
    here = _within(number, present(staged))
    remaining = found.clock.remaining_ms(instant())
    values: dict[str, Any] = {
        "attempt": found,
        "quiz": catalogue.quiz_version(found.quiz_version),
        "asked": shown.asked(found, taps, here, typed, staged),
        "stages": staged,
        "stage": present(staged),
        "looks": looks(found, staged),
        "watched": quiz.leaves.kept_for(found),
        "here": here,
        "remaining_ms": remaining,
        "left": in_words(remaining),
        "deadline_ms": deadline_ms(found.clock),
        "reason": reason_of(quiz.clocks.look(found)) if found.paused_at else "",
        "saved_at": shown.last_saved(taps),
        "token": attempt_token(found.member_id, found.id),
        "problem": problem,
        "titled": in_language,
    }
    return render_template(template, **values)


@bp.get("/attempts/<attempt>/")
@may("quiz.act")
def run(attempt: str) -> str | Response:
    """The question `?q=4`; all others of the paper travel along for the script, without their keys."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    return _page(found, _asked_for(len(found.sheets)), "quiz/run.html")


@bp.post("/attempts/<attempt>/")
@may("quiz.act")
def answer(attempt: str) -> str | Response | tuple[str, int]:
    """Saves the answer of a form and goes where its button says."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    here = _asked_for(len(found.sheets))
    given = quiz.form_fields(request.form.to_dict(flat=False), _field(found, here))
    if _left(found, here):
        flash(gettext("This part has been left; its answers cannot be changed any more."), "warning")
        return redirect(url_for("quiz.run", attempt=attempt), 303)
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


def page_again(found: Frozen, problem: str) -> str:
    """The question of a form that could not be taken, with what was typed in its fields, and why."""
    here = _asked_for(len(found.sheets))
    given = quiz.form_fields(request.form.to_dict(flat=False), _field(found, here))
    return _page(found, here, "quiz/run.html", problem, given)


def _left(found: Frozen, here: int) -> bool:
    """Whether the question lies in another section than the one that is being answered."""
    if not quiz.sections(found.sheets):
        return False
    stage = present(stages(found, quiz.taps(found.member_id, found.id)))
    return _within(here, stage) != here


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
    return _page(found, _asked_for(len(found.sheets)), "quiz/overview.html")


@bp.post("/attempts/<attempt>/section")
@may("quiz.act")
def enter(attempt: str) -> Response:
    """Goes on to the next section; what lies before it is closed from then on."""
    found = look_at(attempt)
    if not found.open:
        return to_review(attempt)
    staged = stages(found, quiz.taps(found.member_id, found.id))
    wanted = next((stage for stage in staged if stage.id == request.form.get("section")), None)
    if wanted is None:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    if wanted.state == "later":
        with transaction():
            quiz.save_form(found.member_id, found.id, quiz.SECTION + wanted.id, {}, at=now())
    return redirect(url_for("quiz.run", attempt=attempt, q=wanted.first), 303)


@bp.post("/attempts/<attempt>/submit")
@may("quiz.act")
def submit(attempt: str) -> Response:
    """Hands in. A double tap, a second tab and the back button hand in once."""
    with transaction():
        ended = quiz.submit(me().member_id, attempt, at=now())
    if ended.ended_now:
        follow_now(me().member_id)
    return to_review(attempt)
