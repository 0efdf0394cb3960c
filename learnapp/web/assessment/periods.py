"""The committee's pages: every period of its units, and one with the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import assessment, branches, follow, guard, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.points import drafting
from learnapp.web.assessment import closing
from learnapp.web.assessment.blueprint import (
    PEOPLE_WORDS,
    STATE_WORDS,
    bp,
    calendar,
    day_of,
    rules_title,
    state_of,
    title_of,
    told,
    unknown_years,
)
from learnapp.web.doors import may, me, now, today


@dataclass(frozen=True)
class Row:
    """A period in a list; `href` leads to what the asker may do there."""

    period: points.PeriodInfo
    unit: str
    href: str


@bp.get("/")
@may("assessment.read")
def index() -> str:
    """The periods of the asker's units, the newest first; a secretary is led to the own branch."""
    mine = branches.units(guard.units(me(), "assessment.plan"))
    own = branches.units(guard.units(me(), "assessment.names"))
    rows = [*_planned(mine), *_of_branches(own)]
    return render_template(
        "assessment/index.html",
        rows=sorted(rows, key=lambda row: (row.period.starts_on, row.period.id), reverse=True),
        units=mine,
        state_of=state_of,
        title_of=title_of,
        states=STATE_WORDS,
    )


def _planned(units: list[branches.Unit]) -> list[Row]:
    below = {one for unit in units for one in branches.subtree(unit.id)}
    names = {unit.id: unit.name for unit in branches.units(below)}
    return [
        Row(one, names[one.branch_id], url_for("assessment.period", period_id=one.id))
        for one in points.periods_for(below)
    ]


def _of_branches(units: list[branches.Unit]) -> list[Row]:
    paths = branches.paths([unit.id for unit in units])
    return [
        Row(one, unit.name, url_for("assessment.branch", period_id=one.id, branch_id=unit.id))
        for unit in units
        for one in points.periods_for(paths[unit.id])
        if one.state != "planned"
    ]


def owned(period_id: str, permission: str = "assessment.plan") -> points.PeriodInfo:
    """The period, if the asker may do that with its unit."""
    period = points.period(period_id)
    guard.unit_for(me(), permission, period.branch_id)
    return period


@bp.get("/units/<branch_id>/plan")
@may("assessment.plan")
def plan(branch_id: str) -> str:
    """Planning a period of a unit."""
    return _plan_page(guard.unit_for(me(), "assessment.plan", branch_id), {}, "")


def _plan_page(unit: branches.Unit, values: dict[str, str], error: str) -> str:
    rule_sets = {
        one.hash: gettext("%(title)s, version %(number)s", title=rules_title(one.rules), number=one.number)
        for one in drafting.versions_for(branches.paths([unit.id])[unit.id])
    }
    for used in points.every_period():
        rule_sets.setdefault(used.rules.hash, rules_title(used.rules))
    shipped = {name: rules_title(points.parse(text).rules) for name, text in points.shipped().items()}
    return render_template(
        "assessment/plan.html",
        unit=unit,
        values=values,
        error=error,
        rule_sets=[*rule_sets.items(), *shipped.items()],
        people=[(code, gettext(word)) for code, word in PEOPLE_WORDS.items()],
    )


@bp.post("/units/<branch_id>/plan")
@may("assessment.plan")
def plan_it(branch_id: str) -> str | tuple[str, int] | Response:
    """Plans the period; a rule set that comes with the product is adopted with it."""
    unit = guard.unit_for(me(), "assessment.plan", branch_id)
    values = dict(request.form)
    first, last = day_of(values.get("starts_on", "")), day_of(values.get("ends_on", ""))
    title = values.get("title", "").strip()
    if not title or first is None or last is None:
        return _plan_page(unit, values, gettext("Give the period a name, a first and a last day.")), 422
    try:
        with transaction():
            period_id = assessment.planning.plan(
                branch_id,
                title,
                title_en=values.get("title_en", "").strip(),
                starts_on=first,
                ends_on=last,
                rule_set=_adopted(values.get("rule_set", "")),
                people=values.get("people", "members"),
                actor_id=me().member_id,
                at=now(),
            )
    except AppError as error:
        return _plan_page(unit, values, told(error)), error.status
    return redirect(url_for("assessment.period", period_id=period_id), 303)


def _adopted(rule_set: str) -> str:
    source = points.shipped().get(rule_set)
    return points.adopt(source, actor_id=me().member_id, at=now()) if source else rule_set


@bp.get("/periods/<period_id>")
@may("assessment.plan")
def period(period_id: str) -> str:
    """One period: where it stands, and the one thing to do next."""
    found = owned(period_id)
    state = state_of(found)
    return render_template(
        "assessment/period.html",
        period=found,
        state=state,
        title=title_of(found),
        rules=rules_title(found.rules),
        unit=branches.unit(found.branch_id),
        states=STATE_WORDS,
        people=PEOPLE_WORDS[found.people],
        hangs=assessment.hangs(found, today()),
        amendments=assessment.amending.amendments(period_id),
        obstacles=closing.obstacles(found) if state == "posted" else [],
        progress=assessment.closing.progress(found, today()) if state in ("closing", "closed") else None,
        following=points.next_period(found),
    )


@bp.post("/periods/<period_id>/open")
@may("assessment.plan")
def open_(period_id: str) -> Response:
    """Opens it; its rules are frozen from here on. Twice is once."""
    found = owned(period_id)
    with transaction():
        if assessment.planning.open_(period_id, actor_id=me().member_id, at=now()):
            follow.stale([found.branch_id], today())
    flash(gettext("The period is open. Its rules are frozen."), "success")
    return redirect(url_for("assessment.period", period_id=period_id), 303)


@bp.get("/periods/<period_id>/posting")
@may("assessment.plan")
def posting(period_id: str) -> str:
    """For how many working days it will hang, and until when that is."""
    return _posting_page(owned(period_id), "")


def _posting_page(found: points.PeriodInfo, error: str) -> str:
    ends = [(days, calendar().last_day(today(), days)) for days in assessment.POSTING_DAYS]
    return render_template(
        "assessment/posting.html",
        period=found,
        title=title_of(found),
        ends=ends,
        error=error,
        unknown=unknown_years(ends[-1][1]),
        runs=found.ends_on > today(),
    )


@bp.post("/periods/<period_id>/posting")
@may("assessment.plan")
def post(period_id: str) -> tuple[str, int] | Response:
    """Posts it to every branch of the unit, each its own."""
    found = owned(period_id)
    days = request.form.get("days", "")
    try:
        with transaction():
            assessment.post(
                period_id,
                days=int(days) if days.isdecimal() else 0,
                show_totals=request.form.get("show_totals") == "1",
                calendar=calendar(),
                today=today(),
                actor_id=me().member_id,
                at=now(),
            )
    except AppError as error:
        return _posting_page(found, told(error)), error.status
    flash(gettext("It is posted, to each branch its own members."), "success")
    return redirect(url_for("assessment.period", period_id=period_id), 303)
