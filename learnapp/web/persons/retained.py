"""Old data: the list with its reasons, and the confirmation that it goes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, guard
from learnapp.db import transaction
from learnapp.errors import Conflict
from learnapp.persons import retention
from learnapp.web.doors import language, may, me, now, settings
from learnapp.web.persons.blueprint import bp

# What a page waits for; the sweeper does the rest.
MOST_MEMBERS = 200
PERMISSION = "persons.retain"


@bp.get("/old")
@may(PERMISSION)
def old() -> str:
    """What has become old, by rule; nothing is deleted by looking."""
    guard.whole_house(me(), PERMISSION)
    found, digest = retention.list_old(settings().data_dir, at=now(), zone=settings().zone)
    zh = language() == "zh"
    lines = [
        (one, one.rule.what_zh if zh else one.rule.what, one.rule.why_zh if zh else one.rule.why)
        for one in found
    ]
    runs = retention.runs()
    names = accounts.names({one.set_by for one in runs})
    rows = sum(one.rows for one in found)
    return render_template("persons/old.html", lines=lines, digest=digest, rows=rows, runs=runs, names=names)


@bp.post("/old")
@may(PERMISSION)
def delete() -> Response:
    """Confirms the list with this digest and deletes what it shows, as much as a page can wait for."""
    guard.whole_house(me(), PERMISSION)
    try:
        with transaction():
            run = retention.confirm(
                settings().data_dir,
                request.form.get("digest", ""),
                actor_id=me().member_id,
                at=now(),
                zone=settings().zone,
            )
    except Conflict as error:
        flash(gettext(error.message), "warning")
        return redirect(url_for("persons.old"), 303)
    retention.carry_out(run, at=now(), limit=MOST_MEMBERS)
    flash(gettext("It is confirmed. What a page cannot wait for is deleted within minutes."), "success")
    return redirect(url_for("persons.old"), 303)
