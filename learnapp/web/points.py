"""Points: why a sum is what it is, line by line; and a unit's sums, in name order or in the tree's."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from learnapp import branches, coverage, guard, points
from learnapp.errors import N_, NotFound
from learnapp.web import points_why
from learnapp.web.doors import in_language, language, may, me, today
from learnapp.web.filters import hundredths

bp = Blueprint("points", __name__, url_prefix="/points")


def _tongue() -> Literal["zh", "en"]:
    return "en" if language() == "en" else "zh"


def _chosen(member_id: str, branch_id: str | None) -> points.PeriodInfo | None:
    """The period that is asked for, of those that the member is or was in; else the one that holds today."""
    wanted = request.args.get("period", "")
    if wanted:
        for period in points.periods_of(member_id):
            if period.id == wanted:
                return period
        raise NotFound("no-period", N_("There is no such period."))
    return points.current(branches.paths([branch_id])[branch_id] if branch_id else (), today())


def _why(member_id: str, branch_id: str | None, person: branches.Person | None) -> str:
    period = _chosen(member_id, branch_id)
    if period is None:
        return render_template("points/why.html", person=person, period=None)
    found = points_why.sum_of(member_id, period)
    return render_template(
        "points/why.html",
        person=person,
        period=period,
        work=_work(member_id, branch_id) if person is None and period.people == "members" else None,
        title=in_language(period.title, period.title_en),
        found=found,
        months=points_why.months(found, member_id, period),
        brought=points_why.brought(found, member_id),
        stretches=points_why.stretches(found, member_id, period),
        open_to_objection=person is None
        and period.state == "posted"
        and period.post_until is not None
        and today() <= period.post_until,
        rules=[
            (in_language(rule.text, rule.text_en), points.sentence(rule, period.rules, _tongue()))
            for rule in period.rules.rules
        ],
    )


def _work(member_id: str, branch_id: str | None) -> tuple[str, str] | None:
    """Where the points for work done for others stand, and how many they are; None for whoever has none."""
    above = branches.paths([branch_id])[branch_id] if branch_id else ()
    period = points.current(above, today(), "workers")
    if period is None:
        return None
    found = points.total(member_id, period)
    return (url_for("points.mine", period=period.id), hundredths(found.total)) if found.folded else None


@bp.get("/")
@may("points.read")
def mine() -> str:
    """The asker's own sum of the current period, and every line behind it."""
    return _why(me().member_id, me().branch_id, None)


@bp.get("/periods")
@may("points.read")
def periods() -> str:
    """The periods that the asker is or was in, the newest first."""
    found = [
        (period, in_language(period.title, period.title_en), points.total(me().member_id, period))
        for period in reversed(points.periods_of(me().member_id))
        if period.people == "members" or points.total(me().member_id, period).folded
    ]
    return render_template("points/periods.html", periods=found)


@bp.get("/members/<member_id>")
@may("points.read")
def of(member_id: str) -> str:
    """A member's sum for whoever may read it."""
    person = guard.member_for(me(), "points.read", member_id, today())
    return _why(member_id, person.branch_id, person)


@bp.get("/branches/")
@may("points.branch")
def units() -> str | Response:
    """The units whose points the asker may see; a single one is opened at once."""
    found = branches.units(guard.units(me(), "points.branch"))
    if len(found) == 1:
        return redirect(url_for("points.branch", branch_id=found[0].id), 303)
    return render_template("points/units.html", units=found, kinds=branches.KINDS)


@bp.get("/branches/<branch_id>")
@may("points.branch")
def branch(branch_id: str) -> str:
    """A unit: names with their sums for the own branch, in name order; units with counts for who is above."""
    unit = guard.unit_for(me(), "points.branch", branch_id)
    path = branches.paths([branch_id])[branch_id]
    named = guard.permits(me(), "points.read", ancestors=path)
    period = points.current(path, today())
    people = branches.members_of(branch_id, today()) if named else []
    totals = points.branch_totals(branch_id, period) if named and period else {}
    return render_template(
        "points/branch.html",
        unit=unit,
        above=[
            one for one in path[1:] if guard.permits(me(), "points.branch", ancestors=path[path.index(one) :])
        ],
        named=named,
        period=period,
        title=in_language(period.title, period.title_en) if period else "",
        people=[(person, totals.get(person.member_id) or points.untouched(period)) for person in people]
        if period
        else [],
        rows=unit_rows(branch_id, path, period, named) if period else [],
    )


@dataclass(frozen=True)
class UnitRow:
    """A unit below: how many members it has and how many have gained something; None where that is hidden."""

    unit: branches.Unit
    members: int
    gained: int | None


def unit_rows(branch_id: str, path: tuple[str, ...], period: points.PeriodInfo, named: bool) -> list[UnitRow]:
    """The unit's children in the tree's own order. Small ones are hidden from who is not of the branch, with
    enough others that none can be had by subtraction from a figure further up."""
    below = _Below(branch_id)
    ids = [child.id for child in below.children]
    gained = points.with_bonus(period, ids)
    concealed = not named and any(child in _Below(parent).hidden for child, parent in pairwise(path))
    return [
        UnitRow(
            child,
            below.members[child.id],
            None if concealed or (not named and child.id in below.hidden) else gained[child.id],
        )
        for child in below.children
    ]


class _Below:
    """The units below one, how many members each has, and which of them are hidden among the others."""

    def __init__(self, branch_id: str) -> None:
        self.children = branches.children(branch_id)
        self.members = branches.counts([branch_id, *(child.id for child in self.children)], today())
        sizes = {child.id: self.members[child.id] for child in self.children}
        sizes[branch_id] = self.members[branch_id] - sum(sizes.values())
        self.hidden = coverage.hidden(sizes)
