"""Grades of a branch: the suggested one beside the decided one, and deciding them all on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import accounts, assessment, branches, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.web.assessment.blueprint import bp, day_of, grade_title, title_of, told
from learnapp.web.assessment.branch import within
from learnapp.web.doors import follow_now, may, me, now, today


@dataclass(frozen=True)
class GradeRow:
    """A member with their sum, what it suggests, and what was decided; `mine` cannot be decided by the asker."""

    member_id: str
    name: str
    sums: points.Total
    suggested: str
    decided: assessment.Decided | None
    mine: bool

    @property
    def total(self) -> int:
        """The sum in hundredths."""
        return self.sums.total


def rows_of(period: points.PeriodInfo, branch_id: str) -> list[GradeRow]:
    """In name order. Whoever is above the branch sees those alone whom nobody in the branch may decide about."""
    totals = points.branch_totals(branch_id, period)
    officials = branches.officials([branch_id], today())[branch_id].secretaries
    if me().member_id not in officials and officials:
        totals = {one: found for one, found in totals.items() if one in officials}
    names = accounts.names(totals)
    classes = {one.member_id: one.member_class for one in branches.members_of(branch_id, today())}
    decided = assessment.grades.decided_in(period.id, branch_id)
    rows = [
        GradeRow(
            member_id,
            names.get(member_id, ""),
            found,
            _suggested(period, found, classes.get(member_id, "")),
            decided.get(member_id),
            member_id == me().member_id,
        )
        for member_id, found in totals.items()
    ]
    return sorted(rows, key=lambda row: (row.name, row.member_id))


def _suggested(period: points.PeriodInfo, found: points.Total, member_class: str) -> str:
    if not period.rules.scored(member_class):
        return assessment.NOT_GRADED
    grade = points.suggested(period.rules, found.total, found.veto)
    return grade.id if grade else ""


@bp.get("/periods/<period_id>/branches/<branch_id>/grades")
@may("assessment.grade")
def grades(period_id: str, branch_id: str) -> str:
    """Every member with a grade to choose, filled in with what was decided or else suggested."""
    period, unit = within(period_id, branch_id, "assessment.grade")
    return _page(period, unit, {}, [])


def _page(period: points.PeriodInfo, unit: branches.Unit, values: dict[str, str], errors: list[str]) -> str:
    rows = rows_of(period, unit.id)
    return render_template(
        "assessment/grades.html",
        period=period,
        unit=unit,
        title=title_of(period),
        rows=rows,
        values=values,
        errors=errors,
        choices=_choices(period),
        grade_title=lambda grade: grade_title(period, grade),
        over=_over(period, rows),
        today=today(),
        done=bool(rows) and all(row.decided or row.mine for row in rows),
        open=period.state in ("open", "posted") and period.closing_at is None,
    )


def _choices(period: points.PeriodInfo) -> list[tuple[str, str]]:
    codes = [one.id for one in period.rules.grades]
    return [(code, grade_title(period, code)) for code in (*codes, assessment.NOT_GRADED)]


def _over(period: points.PeriodInfo, rows: list[GradeRow]) -> list[str]:
    """For each grade that more have than the rules normally allow, a sentence."""
    standing = [row.decided.grade if row.decided else row.suggested for row in rows]
    found = []
    for one in period.rules.grades:
        if over := assessment.over_share(standing, one.id, one.share_at_most):
            found.append(
                gettext(
                    "“%(grade)s”: %(held)s of %(all)s, normally at most %(most)s. It is for the meeting to say.",
                    grade=grade_title(period, one.id),
                    held=over[0],
                    all=sum(grade not in ("", assessment.NOT_GRADED) for grade in standing),
                    most=over[1],
                )
            )
    return found


@bp.post("/periods/<period_id>/branches/<branch_id>/grades")
@may("assessment.grade")
def decide_grades(period_id: str, branch_id: str) -> tuple[str, int] | Response:
    """Decides the grades that were sent, each member in a transaction of their own. Twice is once."""
    period, unit = within(period_id, branch_id, "assessment.grade")
    values, held_on = dict(request.form), day_of(request.form.get("meeting_on", ""))
    if held_on is None or not values.get("minute", "").strip():
        error = gettext("Give the day of the meeting, and where it stands in the minutes.")
        return _page(period, unit, values, [error]), 422
    done, errors = 0, []
    for row in rows_of(period, branch_id):
        if row.mine or not (grade := values.get(f"grade-{row.member_id}", "")):
            continue
        if row.decided and row.decided.grade == grade:
            continue
        try:
            done += _decide(period, branch_id, row, grade, values, held_on)
        except AppError as error:
            errors.append(f"{row.name}: {told(error)}")
    if errors:
        return _page(period, unit, values, errors), 422
    flash(ngettext("%(num)s grade is written down.", "%(num)s grades are written down.", done), "success")
    return redirect(url_for("assessment.grades", period_id=period_id, branch_id=branch_id), 303)


def _decide(
    period: points.PeriodInfo,
    branch_id: str,
    row: GradeRow,
    grade: str,
    values: dict[str, str],
    held_on: date,
) -> bool:
    seen = values.get(f"seen-{row.member_id}", "0")
    with transaction():
        done = assessment.grades.decide(
            row.member_id,
            period,
            grade,
            branch_id=branch_id,
            seen=int(seen) if seen.isdecimal() else 0,
            suggested=row.suggested,
            meeting=assessment.Meeting(held_on, values["minute"].strip()[:120]),
            reason=values.get("reason", ""),
            actor_id=me().member_id,
            today=today(),
            at=now(),
        )
    follow_now(row.member_id)
    return done
