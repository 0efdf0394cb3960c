"""The pages of coverage."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from learnapp import audit, branches, coverage, guard
from learnapp.clock import iso
from learnapp.db import transaction
from learnapp.web.coverage.board import Board, board
from learnapp.web.coverage.sheet import board_rows, written
from learnapp.web.doors import may, me, now, today

bp = Blueprint("coverage", __name__, url_prefix="/coverage")


@bp.get("/")
@may("coverage.read")
def index() -> str | BaseResponse:
    """The units whose coverage the asker may see; a single one is opened at once."""
    found = branches.units(guard.units(me(), "coverage.read"))
    if len(found) == 1:
        return redirect(url_for("coverage.unit", branch_id=found[0].id), 303)
    return render_template("coverage/index.html", units=found, kinds=branches.KINDS)


@bp.get("/<branch_id>")
@may("coverage.read")
def unit(branch_id: str) -> str:
    """How far a unit has come, in all that is due or in one item of it."""
    found = board(branch_id, "coverage.read", request.args.get("item"))
    path = branches.ancestors(branch_id)
    return render_template(
        "coverage/unit.html",
        board=found,
        states=coverage.STATES,
        may_export=guard.permits(me(), "coverage.export", ancestors=path),
    )


@bp.post("/<branch_id>/export")
@may("coverage.export")
def export(branch_id: str) -> Response:
    """The same board as a CSV file that names who made it; the export is written into the security log."""
    found = board(branch_id, "coverage.export", request.form.get("item") or None)
    with transaction():
        audit.write(
            "exported",
            member_id=me().member_id,
            actor_id=me().member_id,
            at=now(),
            subject=f"branch/{branch_id}",
            address=request.remote_addr,
            what="coverage",
        )
    return _file(found)


def _file(found: Board) -> Response:
    as_of = iso(found.as_of) if found.as_of else ""
    data = written(board_rows(found, made_by=me().name, made_at=iso(now()), as_of=as_of))
    name = f"coverage-{today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, mimetype="text/csv", headers=headers)
