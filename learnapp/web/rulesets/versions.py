"""One adopted version: who, when and why, all of it in sentences, and what differs from another."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.points import drafting, trial
from learnapp.points.drafting import wording
from learnapp.web.doors import may, me, now
from learnapp.web.rulesets.blueprint import RULES, bp, file_answer, title_of, version_for
from learnapp.web.rulesets.drafts import periods_for


@bp.get("/versions/<version_id>")
@may(RULES)
def version(version_id: str) -> str:
    """A version in sentences, and what differs from the one before or from another that is named."""
    found = version_for(version_id)
    others = [one for one in drafting.versions_for([found.branch_id]) if one.id != found.id]
    wanted = request.args.get("with", "")
    other = next((one for one in others if one.id == wanted), None) or drafting.before(found)
    rules = found.rules
    return render_template(
        "rulesets/version.html",
        version=found,
        unit=branches.unit(found.branch_id),
        title=title_of(rules),
        by=accounts.names([found.made_by]).get(found.made_by, "–"),
        parts=[(key, part.pair) for key, part in wording.every(rules).items()],
        others=[(one.id, f"{title_of(one.rules)} · {one.number}") for one in others],
        other=other,
        differences=drafting.differences(other.rules, rules) if other else [],
        periods=periods_for(found.branch_id, rules.people),
    )


@bp.get("/versions/<version_id>/file")
@may(RULES)
def version_file(version_id: str) -> Response:
    """The version as the file it is."""
    found = version_for(version_id)
    return file_answer(f"{found.set_id}-{found.number}", points.source_of(found.hash))


@bp.post("/versions/<version_id>/trial")
@may(RULES)
def try_version(version_id: str) -> Response:
    """Orders a dry run of an adopted version."""
    found = version_for(version_id)
    period_id = request.form.get("period", "")
    if period_id not in dict(periods_for(found.branch_id, found.rules.people)):
        flash(gettext("Choose a period in which something can be tried."), "warning")
        return redirect(url_for("rulesets.version", version_id=version_id), 303)
    try:
        with transaction():
            source = points.source_of(found.hash)
            run_id = trial.ask(source, period_id, actor_id=me().member_id, at=now(), draft_id=found.id)
    except AppError as error:
        flash(gettext(error.message, **error.params), "warning")
        return redirect(url_for("rulesets.version", version_id=version_id), 303)
    return redirect(url_for("rulesets.run", run_id=run_id), 303)
