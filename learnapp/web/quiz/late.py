"""Answers that came late and wait for a person: what there is, what the server knows of it, the decision."""

from __future__ import annotations

from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, catalogue, guard, notices, quiz
from learnapp.db import transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.web.doors import follow_now, in_language, may, me, now, today
from learnapp.web.quiz import late_words
from learnapp.web.quiz.blueprint import bp

PERMISSION = "quiz.conduct"


def _mine() -> Any:
    """A SELECT of the members about whose attempts the asker may decide."""
    return branches.ids_below(guard.units(me(), PERMISSION), today())


def door_words() -> str:
    """What stands below the door on the work tab: how many deliveries wait for the asker or somebody like them."""
    count = quiz.lateness.waiting_count(_mine()) if me().can(PERMISSION) else 0
    if not count:
        return str(gettext("what arrived after the end of an attempt; nothing waits"))
    return str(ngettext("%(num)s waits for a decision", "%(num)s wait for a decision", count))


@bp.get("/late")
@may(PERMISSION)
def late_waiting() -> str:
    """What waits for a decision, the longest first."""
    lines = quiz.lateness.waiting(_mine())
    return render_template(
        "quiz/late.html",
        lines=[(one, catalogue.quiz_version(one.quiz_version)) for one in lines],
        names=accounts.names({one.member_id for one in lines}),
        titled=in_language,
    )


@bp.get("/late/<member_id>")
@may(PERMISSION)
def late_of(member_id: str) -> str:
    """Everything of one member that came late, what waits first, with all that the server knows of it."""
    return _page(guard.member_for(me(), PERMISSION, member_id, today()))


def _page(person: branches.Person, problem: str = "") -> str:
    late = [one for one in quiz.attempts(person.member_id) if one.late_state and not one.practice]
    cases = [
        late_words.case(found, one)
        for found in (quiz.attempt(one.member_id, one.id) for one in late)
        for one in quiz.lateness.deliveries(found.member_id, found.id)
    ]
    cases.sort(key=lambda case: (case.delivery.state != "waiting", case.delivery.received_at))
    return render_template(
        "quiz/late_of.html",
        person=person,
        cases=cases,
        own=person.member_id == me().member_id,
        problem=problem,
        given=request.form,
        titled=in_language,
    )


@bp.post("/late/<member_id>")
@may(PERMISSION)
def decide_late(member_id: str) -> str | Response | tuple[str, int]:
    """Accepts or refuses what waits; a decision that somebody took meanwhile is told."""
    person = guard.member_for(me(), PERMISSION, member_id, today())
    decision: Literal["accept", "refuse"] = "accept" if request.form.get("decision") == "accept" else "refuse"
    try:
        with transaction():
            _decide(member_id, request.form.get("attempt", ""), decision)
    except Invalid as error:
        return _page(person, gettext(error.message, **error.params)), 422
    except (Conflict, NotFound) as error:
        flash(gettext(error.message, **error.params), "warning")
    else:
        follow_now(member_id)
        flash(gettext("Accepted.") if decision == "accept" else gettext("Refused."), "success")
    return redirect(url_for("quiz.late_of", member_id=member_id), 303)


def _decide(member_id: str, attempt: str, decision: Literal["accept", "refuse"]) -> None:
    """The decision; where the ledger tells no other result, nobody but this tells the member."""
    number, reason = _whole(request.form.get("number", "")), request.form.get("reason", "")
    decided = quiz.lateness.decide(
        member_id, attempt, number, decision, reason=reason, actor_id=me().member_id, at=now()
    )
    if decided.new and not decided.moved:
        found = quiz.attempt(member_id, attempt)
        notices.tell(
            member_id,
            "late",
            f"{attempt}/{number}",
            subject=f"quiz/{found.quiz}",
            at=now(),
            version=found.quiz_version,
            attempt=attempt,
            state=f"late-{decision}",
            reply=" ".join(reason.split()),
        )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
