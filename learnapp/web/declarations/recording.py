"""What officials of a branch record about others: it counts once a second person has confirmed it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from learnapp import branches, declarations, guard
from learnapp.db import new_id, transaction
from learnapp.errors import N_, AppError, Conflict, Invalid
from learnapp.web import offers
from learnapp.web.declarations.blueprint import bp
from learnapp.web.declarations.own import day_of
from learnapp.web.doors import follow_now, may, me, now, today

RECORD = "declarations.record"


@bp.get("/record")
@may(RECORD)
def record_where() -> Response | str:
    """The units in which the asker records; where it is one, that one."""
    found = branches.units(guard.units(me(), RECORD))
    if len(found) == 1:
        return redirect(url_for("declarations.record", branch_id=found[0].id), 303)
    return render_template(
        "declarations/units.html",
        title=gettext("Record an act"),
        rows=[(url_for("declarations.record", branch_id=unit.id), unit.name) for unit in found],
    )


def _page(unit: branches.Unit, typed: MultiDict[str, str], problem: str = "") -> str:
    people = [one for one in branches.members_of(unit.id, today()) if one.member_id != me().member_id]
    book = offers.book(unit.id)
    day = book.usual_day(today())
    return render_template(
        "declarations/record.html",
        unit=unit,
        people=people,
        acts=book.acts(day, "organised").values(),
        typed=typed,
        uid=typed.get("uid") or new_id(),
        on=typed.get("on") or day.isoformat(),
        problem=problem,
        today=today(),
        longest=declarations.LONGEST,
    )


@bp.get("/record/<branch_id>")
@may(RECORD)
def record(branch_id: str) -> str:
    """The form: what, which day, whom it concerns; a link may have filled in who, what or when."""
    filled = [
        (name, value) for name, value in request.args.items(multi=True) if name in ("member", "act", "on")
    ]
    return _page(guard.unit_for(me(), RECORD, branch_id), MultiDict(filled))


@bp.post("/record/<branch_id>")
@may(RECORD)
def record_these(branch_id: str) -> Response | tuple[str, int]:
    """Records the act for each person, one transaction each; sent twice it is once."""
    unit = guard.unit_for(me(), RECORD, branch_id)
    try:
        count = _record(unit)
    except AppError as error:
        typed = request.form.copy()
        if isinstance(error, Conflict):
            # Sending it again is then another act, as the message says.
            typed["uid"] = ""
        return _page(unit, typed, gettext(error.message, **error.params)), error.status
    text = ngettext(
        "Recorded for %(num)s person. It counts once a second person has confirmed it.",
        "Recorded for %(num)s people. It counts once a second person has confirmed it.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("declarations.record", branch_id=branch_id), 303)


def _record(unit: branches.Unit) -> int:
    on, uid = day_of(request.form.get("on", "")), request.form.get("uid", "")
    here = {one.member_id for one in branches.members_of(unit.id, today())}
    chosen = sorted(set(request.form.getlist("member")) & here)
    if not chosen:
        raise Invalid("nobody", N_("Choose whom it concerns."))
    if not request.form.get("act"):
        raise Invalid("no-act", N_("Choose what it is about."))
    allowed = offers.book(unit.id).acts(on, "organised").keys()
    for member_id in chosen:
        with transaction():
            declarations.record_act(
                member_id,
                request.form["act"],
                on=on,
                text=request.form.get("text", ""),
                recorder=me().member_id,
                allowed=allowed,
                at=now(),
                today=today(),
                uid=f"{me().member_id}/{uid}",
            )
        follow_now(member_id)
    return len(chosen)
