"""Amending the rules of an open period: who would move is shown first, and everyone concerned is told."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import assessment, follow, points
from learnapp.db import transaction
from learnapp.errors import AppError, NotFound
from learnapp.points import trial
from learnapp.web.assessment import periods
from learnapp.web.assessment.blueprint import bp, rules_title, title_of, told
from learnapp.web.doors import may, me, now, settings, today

# As many members are tried while somebody waits; for more there is the dry run of the editor.
MOST = 2_000


@bp.get("/periods/<period_id>/amendment")
@may("assessment.plan")
def amendment(period_id: str) -> str:
    """Choosing other rules; once chosen, how many would move and by how much."""
    return _page(periods.owned(period_id), dict(request.args), "")


def _page(period: points.PeriodInfo, values: dict[str, str], error: str) -> str:
    known = {
        one.rules.hash: rules_title(one.rules)
        for one in points.every_period()
        if one.rules.people == period.people and one.rules.hash != period.rules.hash
    }
    known |= {hash_: rules_title(points.rules_of(hash_)) for hash_ in points.adopted(period.people)}
    known.pop(period.rules.hash, None)
    chosen = values.get("rule_set", "")
    return render_template(
        "assessment/amendment.html",
        period=period,
        title=title_of(period),
        rules=rules_title(period.rules),
        rule_sets=sorted(known.items(), key=lambda pair: (pair[1], pair[0])),
        chosen=chosen,
        moves=_moves(period, chosen) if chosen in known else None,
        reason=values.get("reason", ""),
        error=error,
        open=period.state == "open",
        most=MOST,
    )


def _moves(period: points.PeriodInfo, rule_set: str) -> trial.Figures | None:
    """How many members would have another sum, and by how much; None where there are too many to wait for."""
    found = trial.Figures()
    tried = trial.begin(points.rules_of(rule_set), period, settings().zone)
    if trial.number(tried) > MOST:
        return None
    for batch in trial.batches(tried):
        found.merge(batch.figures)
    return found


@bp.post("/periods/<period_id>/amendment")
@may("assessment.plan")
def amend(period_id: str) -> tuple[str, int] | Response:
    """Amends it: everybody is folded anew and told, in batches that go on by themselves."""
    period, values = periods.owned(period_id), dict(request.form)
    try:
        with transaction():
            amended = assessment.amending.amend(
                period_id,
                values.get("rule_set", ""),
                before=values.get("before", ""),
                reason=values.get("reason", ""),
                actor_id=me().member_id,
                today=today(),
                at=now(),
            )
            if amended:
                follow.stale([period.branch_id], today())
    except NotFound:
        return _page(period, values, gettext("Choose the rules that hold from now on.")), 422
    except AppError as error:
        return _page(period, values, told(error)), error.status
    flash(gettext("The rules are amended. Everyone concerned is told."), "success")
    return redirect(url_for("assessment.period", period_id=period_id), 303)
