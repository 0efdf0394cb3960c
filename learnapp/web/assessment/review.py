"""Deciding about objections: what waits, and one of them with what was posted and who had a part in it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, assessment, branches, declarations, guard, ledger, notices, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.web.assessment.blueprint import bp, sentence_of, title_of, told
from learnapp.web.doors import follow_now, may, me, now, today
from learnapp.web.voiding import void


@bp.get("/objections")
@may("assessment.review")
def review() -> str:
    """The objections that the asker's units have to decide, by the day on which a reply is due."""
    units = guard.units(me(), "assessment.review")
    found = assessment.objections.addressed(units, open_only=False)
    names = {unit.id: unit.name for unit in branches.units({one.branch_id for one in found})}
    return render_template(
        "assessment/review.html",
        waiting=[one for one in found if not one.outcome],
        decided=[one for one in reversed(found) if one.outcome][:20],
        names=names,
        today=today(),
        outcomes=assessment.OUTCOMES,
    )


def _found(member_id: str, objection_id: str) -> assessment.ObjectionInfo:
    found = assessment.objections.objection(member_id, objection_id)
    guard.require(me(), "assessment.review", branch_id=found.unit_id)
    return found


@bp.get("/objections/<member_id>/<objection_id>")
@may("assessment.review")
def review_one(member_id: str, objection_id: str) -> str:
    """One objection."""
    return _page(_found(member_id, objection_id), {}, "")


def _page(found: assessment.ObjectionInfo, values: dict[str, str], error: str) -> str:
    period = points.period(found.period_id)
    taken_part = assessment.objections.parties(found.member_id, period, found.entry_seq)
    taken_part |= {found.member_id, found.raised_by}
    line = next((one for one in points.lines(found.member_id, period) if one.seq == found.entry_seq), None)
    above = branches.paths([found.branch_id])[found.branch_id]
    return render_template(
        "assessment/review_one.html",
        found=found,
        title=title_of(period),
        line=line,
        sentence=sentence_of(period, line.rule) if line else "",
        entry=ledger.entry(found.member_id, found.entry_seq) if found.entry_seq else None,
        total=points.total(found.member_id, period),
        names=accounts.names(taken_part),
        mine=me().member_id in taken_part,
        missing=_missing(found),
        may_record=found.member_id != me().member_id
        and guard.permits(me(), "declarations.record", ancestors=above),
        values=values,
        error=error,
        outcomes=[(code, gettext(word)) for code, word in assessment.OUTCOMES.items()],
        words=assessment.OUTCOMES,
        overdue=found.overdue(today()),
    )


def _missing(found: assessment.ObjectionInfo) -> bool:
    """Whether it was upheld and nothing was voided: then something that is not there has to be put there."""
    return found.outcome in ("upheld", "partly") and found.voided_seq is None


@bp.post("/objections/<member_id>/<objection_id>")
@may("assessment.review")
def decide(member_id: str, objection_id: str) -> tuple[str, int] | Response:
    """Decides it, with the entry voided where that follows; tells whoever raised it. Twice is once."""
    found, values = _found(member_id, objection_id), dict(request.form)
    try:
        with transaction():
            _decide(found, values)
    except AppError as error:
        return _page(found, values, told(error)), error.status
    follow_now(member_id)
    _tell(assessment.objections.objection(member_id, objection_id))
    flash(gettext("The objection is decided, and whoever raised it is told."), "success")
    return redirect(url_for("assessment.review"), 303)


def _decide(found: assessment.ObjectionInfo, values: dict[str, str]) -> None:
    """The decision, and the entry with what rests on it voided under the same trace."""
    reply, voided = values.get("reply", ""), None
    if values.get("void") == "1" and found.entry_seq and not found.outcome:
        voided = found.entry_seq
        void(found.member_id, voided, reason="entered-in-error", text=reply, act=found.id)
    assessment.objections.decide(
        found.member_id,
        found.id,
        values.get("outcome", ""),
        reply,
        period=points.period(found.period_id),
        voided_seq=voided,
        actor_id=me().member_id,
        at=now(),
    )
    if voided:
        declarations.settle(found.member_id)


def _tell(found: assessment.ObjectionInfo) -> None:
    with transaction():
        notices.tell(
            found.raised_by,
            "objection",
            found.id,
            subject=f"objection/{found.id}",
            at=now(),
            period=found.period_id,
            state=found.outcome,
            reply=found.reply,
        )
