"""Closing a period: what stands in the way, and closing in spite of it with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import assessment, branches, declarations, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.web.assessment import periods
from learnapp.web.assessment.blueprint import bp, title_of, told
from learnapp.web.doors import may, me, now, today


@dataclass(frozen=True)
class Obstacle:
    """Something that should be done before closing, and where."""

    text: str
    note: str
    href: str


def obstacles(period: points.PeriodInfo) -> list[Obstacle]:
    """What stands in the way of closing, in words with links; nothing of it forbids anything."""
    return [*_posting(period), *_objections(period), *_acts(period), *_grades(period), *_next(period)]


def _posting(period: points.PeriodInfo) -> list[Obstacle]:
    here, found = url_for("assessment.period", period_id=period.id), []
    if period.ends_on > today():
        text = gettext("The period is not over yet")
        found.append(Obstacle(text, gettext("What happens until then counts in the next one."), here))
    if assessment.hangs(period, today()):
        found.append(Obstacle(gettext("The posting still hangs"), "", here))
    return found


def _objections(period: points.PeriodInfo) -> list[Obstacle]:
    found = assessment.objections.open_in(period.id)
    if not found:
        return []
    late = sum(today() > reply_by for _, reply_by in found)
    text = ngettext("%(num)s objection is not decided", "%(num)s objections are not decided", len(found))
    note = ngettext("%(num)s reply is overdue", "%(num)s replies are overdue", late) if late else ""
    return [Obstacle(text, note, url_for("assessment.review"))]


def _acts(period: points.PeriodInfo) -> list[Obstacle]:
    waiting = declarations.units_waiting(branches.subtree(period.branch_id))
    if not (count := sum(waiting.values())):
        return []
    text = ngettext("%(num)s act is not confirmed", "%(num)s acts are not confirmed", count)
    return [Obstacle(text, _named(waiting), url_for("branches.unit", branch_id=period.branch_id))]


def _grades(period: points.PeriodInfo) -> list[Obstacle]:
    missing = assessment.grades.undecided(period)
    names = {unit.id: unit.name for unit in branches.units(missing)}
    return [
        Obstacle(
            names.get(branch_id, ""),
            ngettext("%(num)s grade is not decided", "%(num)s grades are not decided", count),
            url_for("assessment.grades", period_id=period.id, branch_id=branch_id),
        )
        for branch_id, count in sorted(missing.items(), key=lambda pair: names.get(pair[0], ""))
    ]


def _next(period: points.PeriodInfo) -> list[Obstacle]:
    if points.next_period(period) is not None:
        return []
    text = gettext("No next period is planned")
    note = gettext("Later corrections would have no period to count in.")
    return [Obstacle(text, note, url_for("assessment.plan", branch_id=period.branch_id))]


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{unit.name} {counts[unit.id]}" for unit in branches.units(counts))


@bp.get("/periods/<period_id>/closing")
@may("assessment.plan")
def closing(period_id: str) -> str:
    """What stands in the way, and closing."""
    return _page(periods.owned(period_id), "", "")


def _page(period: points.PeriodInfo, reason: str, error: str) -> str:
    return render_template(
        "assessment/closing.html",
        period=period,
        title=title_of(period),
        obstacles=obstacles(period),
        following=points.next_period(period),
        reason=reason,
        error=error,
    )


@bp.post("/periods/<period_id>/closing")
@may("assessment.plan")
def close(period_id: str) -> tuple[str, int] | Response:
    """Begins to close; the sweeper freezes member after member. Twice is once."""
    period, reason = periods.owned(period_id), request.form.get("reason", "")
    try:
        with transaction():
            assessment.closing.begin(
                period_id,
                reason=reason,
                obstacles=len(obstacles(period)),
                actor_id=me().member_id,
                at=now(),
            )
    except AppError as error:
        return _page(period, reason, told(error)), error.status
    flash(gettext("The period is being closed. You may leave this page."), "success")
    return redirect(url_for("assessment.period", period_id=period_id), 303)
