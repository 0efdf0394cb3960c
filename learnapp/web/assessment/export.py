"""Points and grades of a period as a table: the members of the own branch in name order; above it counts alone."""

from __future__ import annotations

from flask import Response, current_app
from flask_babel import gettext

from learnapp import assessment, audit, branches, guard, points
from learnapp.db import transaction
from learnapp.web.assessment.blueprint import bp, grade_title, title_of
from learnapp.web.assessment.branch import within
from learnapp.web.assessment.grades import rows_of
from learnapp.web.assessment.workbook import Cell, workbook
from learnapp.web.doors import may, me, now, today
from learnapp.web.points import unit_rows

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.post("/periods/<period_id>/branches/<branch_id>/export")
@may("assessment.export")
def export(period_id: str, branch_id: str) -> Response:
    """The table as .xlsx, written into the security log."""
    period, unit = within(period_id, branch_id, "assessment.export")
    path = branches.paths([branch_id])[branch_id]
    named = guard.permits(me(), "assessment.names", ancestors=path)
    heads, rows = _people(period, unit) if named else _units(period, unit, path)
    moment = current_app.jinja_env.filters["moment"]
    head = [
        [unit.name, f"{period.starts_on.isoformat()} – {period.ends_on.isoformat()}"],
        [gettext("Made by"), me().name, moment(now())],
        [_note(named)],
    ]
    data = workbook(title_of(period), head, heads, rows, at=now())
    with transaction():
        audit.write(
            "points-exported",
            member_id=me().member_id,
            actor_id=me().member_id,
            at=now(),
            subject=f"branch/{branch_id}",
            entries=len(rows),
        )
    name = f"{today().isoformat()}-points.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype=_TYPE, headers=headers)


def _note(named: bool) -> str:
    if named:
        return str(gettext("In name order; there is no ranking. Points only suggest, a meeting decides."))
    return str(
        gettext(
            "Figures about fewer than five people are not shown, nor others from which they could be worked out."
        )
    )


def _people(period: points.PeriodInfo, unit: branches.Unit) -> tuple[list[str], list[list[Cell]]]:
    heads = [
        gettext("Name"),
        gettext("Base"),
        gettext("Bonus"),
        gettext("Deduction"),
        gettext("Adjustment"),
        gettext("Sum"),
        gettext("Suggested grade"),
        gettext("Decided grade"),
        gettext("Meeting"),
        gettext("Minutes"),
    ]
    rows: list[list[Cell]] = []
    for row in rows_of(period, unit.id):
        sums, decided = row.sums, row.decided
        parts = (sums.base, sums.bonus, -sums.deduction, sums.adjustment, sums.total)
        rows.append(
            [
                row.name,
                *(part / 100 for part in parts),
                grade_title(period, row.suggested),
                grade_title(period, decided.grade) if decided else "",
                decided.meeting_on.isoformat() if decided else "",
                decided.minute if decided else "",
            ]
        )
    return heads, rows


def _units(
    period: points.PeriodInfo, unit: branches.Unit, path: tuple[str, ...]
) -> tuple[list[str], list[list[Cell]]]:
    """Of each unit below: how many members, how many gained something, how many grades were decided."""
    heads = [gettext("Unit"), gettext("Members"), gettext("Gained points"), gettext("Grades decided")]
    decided = assessment.grades.counted(period.id)
    rows: list[list[Cell]] = []
    for row in unit_rows(unit.id, path, period, named=False):
        graded = sum(decided.get(one, 0) for one in branches.subtree(row.unit.id))
        shown = [row.gained, graded] if row.gained is not None else [gettext("not shown")] * 2
        rows.append([row.unit.name, row.members if row.gained is not None else gettext("not shown"), *shown])
    return heads, rows
