"""What operator and committee find about persons: one page with the three doors."""

from __future__ import annotations

from flask import render_template

from learnapp import persons
from learnapp.web.doors import may, me, today
from learnapp.web.persons.blueprint import bp
from learnapp.web.persons.erasures import reachable


@bp.get("/")
@may("persons.merge")
def index() -> str:
    """Joining accounts, requests for erasure, old data."""
    asked = persons.open_requests() if me().can("persons.erase") else []
    waiting = [one for one in asked if one.state == "open" and reachable(one.member_id)]
    late = sum(one.due_on < today() for one in waiting)
    return render_template("persons/index.html", waiting=len(waiting), late=late)
