"""A branch in a period: what hangs there, to look at and to print."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from learnapp import assessment, branches, guard, points
from learnapp.errors import N_, NotFound
from learnapp.web.assessment.blueprint import STATE_WORDS, bp, sentence_of, state_of, title_of
from learnapp.web.doors import may, me, today
from learnapp.web.words import title_of as thing_title


@dataclass(frozen=True)
class ActLine:
    """A posted act in words."""

    seq: int
    act: assessment.PostedAct
    thing: str
    sentence: str


def lines(period: points.PeriodInfo, member: assessment.PostedMember) -> list[ActLine]:
    """What is posted about a member, in words."""
    return [ActLine(act.seq, act, _thing(act), sentence_of(period, act.rule)) for act in member.acts]


def _thing(act: assessment.PostedAct) -> str:
    """The course or quiz that it was about; nothing for acts, whose own words stay in the branch's file."""
    kind, _, rest = act.subject.partition("/")
    if kind == "module":
        return thing_title("course", act.version, rest.partition("/")[0])
    return thing_title(kind, act.version, rest) if kind in ("course", "quiz") else ""


def within(period_id: str, branch_id: str, permission: str) -> tuple[points.PeriodInfo, branches.Unit]:
    """A period and a unit of its tree, if the asker may do that with the unit. Raises NotFound or Forbidden."""
    unit = guard.unit_for(me(), permission, branch_id)
    period = points.period(period_id)
    if period.branch_id not in branches.ancestors(branch_id) or period.state == "planned":
        raise NotFound("not-of-period", N_("This unit is not in the period."))
    return period, unit


@bp.get("/periods/<period_id>/branches/<branch_id>")
@may("assessment.names")
def branch(period_id: str, branch_id: str) -> str:
    """The secretary's page: what hangs, objections, grades."""
    period, unit = within(period_id, branch_id, "assessment.names")
    shown = assessment.posting(branch_id, period) if period.state != "open" else []
    decided = assessment.grades.decided_in(period_id, branch_id)
    return render_template(
        "assessment/branch.html",
        period=period,
        unit=unit,
        title=title_of(period),
        state=state_of(period),
        states=STATE_WORDS,
        hangs=assessment.hangs(period, today()),
        posted=len(shown),
        acts=sum(len(member.acts) for member in shown),
        objections=assessment.objections.in_branch(branch_id, period_id),
        undecided=assessment.grades.undecided(period).get(branch_id, 0),
        decided=len(decided),
        today=today(),
        outcomes=assessment.OUTCOMES,
    )


@bp.get("/periods/<period_id>/branches/<branch_id>/sheet")
@may("assessment.names")
def sheet(period_id: str, branch_id: str) -> str:
    """The sheet for the notice board, as long as the posting hangs; afterwards only that it is over."""
    period, unit = within(period_id, branch_id, "assessment.names")
    hangs = assessment.hangs(period, today())
    shown = assessment.posting(branch_id, period) if hangs else []
    return render_template(
        "assessment/sheet.html",
        period=period,
        unit=unit,
        title=title_of(period),
        hangs=hangs,
        members=[(member, lines(period, member)) for member in shown],
    )
