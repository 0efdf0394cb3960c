"""The security log for the auditor: who used power or an account, below the units of the role."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from learnapp import audit, branches, guard
from learnapp.web.audit_words import lines
from learnapp.web.doors import may, me, today

bp = Blueprint("audit", __name__, url_prefix="/audit")

_ROWS = 50


@bp.get("/")
@may("audit.read")
def index() -> str:
    """Rows about the members of the subtree, newest first, one page behind the other."""
    units = guard.units(me(), "audit.read")
    action = request.args.get("action", "")
    action = action if action in audit.ACTIONS else ""
    events = audit.events(
        branches.people_below(units, today()),
        limit=_ROWS + 1,
        action=action,
        behind=request.args.get("behind", ""),
    )
    shown = events[:_ROWS]
    following = None
    if len(events) > _ROWS:
        following = url_for("audit.index", action=action or None, behind=shown[-1].cursor)
    return render_template(
        "audit/index.html",
        lines=lines(shown),
        units=branches.units(units),
        action=action,
        actions=[(name, gettext(word)) for name, word in audit.ACTIONS.items()],
        following=following,
        first=url_for("audit.index", action=action or None) if "behind" in request.args else None,
    )
