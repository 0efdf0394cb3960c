"""What a member sees: what hangs in their branch, their own grade, and objecting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import assessment, branches, notices, points
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, NotFound
from learnapp.web.assessment.blueprint import bp, calendar, grade_title, title_of, told
from learnapp.web.assessment.branch import ActLine, lines
from learnapp.web.doors import may, me, now, today


@dataclass(frozen=True)
class Hanging:
    """A posting as a member of the branch sees it: their own lines and sum, and what stands there of others.
    `total` is None for whoever has no sum in the period."""

    period: points.PeriodInfo
    title: str
    people: str
    total: points.Total | None
    own: Sequence[ActLine]
    others: Sequence[tuple[assessment.PostedMember, Sequence[ActLine]]]


@bp.get("/mine")
@may("assessment.own")
def mine() -> str:
    """What hangs in the asker's branch while it hangs; what they objected to; what was decided about them."""
    branch_id = me().branch_id
    above = branches.paths([branch_id])[branch_id] if branch_id else ()
    return render_template(
        "assessment/mine.html",
        postings=[_hanging(period, branch_id) for period in assessment.hanging(above, today())]
        if branch_id
        else [],
        objections=assessment.objections.raised_by(me().member_id),
        outcomes=assessment.OUTCOMES,
        grades=_grades(above),
    )


def _hanging(period: points.PeriodInfo, branch_id: str) -> Hanging:
    own: Sequence[ActLine] = ()
    others = []
    for member in assessment.posting(branch_id, period):
        if member.member_id == me().member_id:
            own = lines(period, member)
        else:
            others.append((member, lines(period, member)))
    posted = assessment.posted_branch(me().member_id, period.id)
    return Hanging(
        period=period,
        title=title_of(period),
        people=period.people,
        total=points.total(me().member_id, period) if posted else None,
        own=own,
        others=others,
    )


def _grades(above: tuple[str, ...]) -> list[tuple[str, str, assessment.Decided]]:
    """The asker's own decided grades with the titles of their periods, the newest first."""
    found = []
    for period in reversed(points.periods_for(above)):
        if decided := assessment.grades.current(me().member_id, period.id):
            found.append((title_of(period), grade_title(period, decided.grade), decided))
    return found


@bp.get("/mine/<period_id>/object")
@may("assessment.own")
def object_(period_id: str) -> str:
    """One sentence about an act that hangs, or about one's own sum."""
    return _page(points.period(period_id), "", "")


def _about(period: points.PeriodInfo) -> tuple[str, str, ActLine | None]:
    """Whom and what the objection is about: id, name, and the line, None for the sum. Raises NotFound for what does
    not hang in the asker's branch, Conflict for what hung there of others: that is not shown any more."""
    member_id = request.values.get("member") or me().member_id
    seq = request.values.get("entry", "0")
    found = assessment.posting(me().branch_id or "", period)
    member = next((one for one in found if one.member_id == member_id), None)
    if seq == "0" and member_id == me().member_id:
        return member_id, me().name, None
    line = next((one for one in lines(period, member) if str(one.seq) == seq), None) if member else None
    if member is None or line is None:
        raise NotFound("not-posted", N_("This was not posted."))
    if member_id != me().member_id and not assessment.hangs(period, today()):
        raise Conflict("posting-over", N_("The posting is over. Ask your secretary how to go on."))
    return member_id, member.name, line


def _page(period: points.PeriodInfo, text: str, error: str) -> str:
    member_id, name, line = _about(period)
    return render_template(
        "assessment/object.html",
        period=period,
        title=title_of(period),
        member_id=member_id,
        name=name,
        own=member_id == me().member_id,
        line=line,
        text=text,
        error=error,
        reply_by=calendar().last_day(today(), assessment.REPLY_DAYS),
    )


@bp.post("/mine/<period_id>/object")
@may("assessment.own")
def raise_(period_id: str) -> tuple[str, int] | Response:
    """Raises the objection, and tells whoever may decide it. Twice is once."""
    period, text = points.period(period_id), request.form.get("text", "")
    member_id, _, line = _about(period)
    try:
        with transaction():
            raised = assessment.objections.raise_objection(
                member_id,
                period,
                text,
                entry_seq=line.seq if line else 0,
                branch_of_actor=me().branch_id or "",
                actor_id=me().member_id,
                calendar=calendar(),
                today=today(),
                at=now(),
            )
    except AppError as error:
        return _page(period, text, told(error)), error.status
    _tell(assessment.objections.objection(member_id, raised))
    flash(gettext("Your objection is there. The reply will stand here and among your notices."), "success")
    return redirect(url_for("assessment.mine"), 303)


def _tell(found: assessment.ObjectionInfo) -> None:
    """Whoever may decide has a new task; each is told in a transaction of their own."""
    for decider in assessment.objections.deciders(found, today()):
        with transaction():
            notices.tell(
                decider,
                "objection-new",
                found.id,
                subject=f"objection/{found.id}",
                at=now(),
                about=found.member_id,
            )
