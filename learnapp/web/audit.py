"""The security log for the auditor, below the units of the role: who used power or an account."""

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
        # A verification is about nobody, so that no unit's log has one; it stands on the page of the seals.
        actions=[(name, gettext(word)) for name, word in audit.ACTIONS.items() if name != "ledger-verified"],
        following=following,
        first=url_for("audit.index", action=action or None) if "behind" in request.args else None,
    )
