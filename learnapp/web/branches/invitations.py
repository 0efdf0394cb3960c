"""Invitations of a branch, printed as cards to cut out."""

from __future__ import annotations

from flask import render_template, request

from learnapp import accounts, branches, guard
from learnapp.web.accounts.issue import issue
from learnapp.web.branches.blueprint import bp
from learnapp.web.doors import may, me, now, today

_WITHOUT_PASSWORD = ("new", "invited")


def _waiting(branch_id: str) -> tuple[list[branches.Person], list[branches.Person]]:
    """Who of the unit has no password yet: those the asker may invite, and those only the operator may."""
    people = branches.members_of(branch_id, today())
    states = accounts.states([person.member_id for person in people], now())
    waiting = [person for person in people if states[person.member_id] in _WITHOUT_PASSWORD]
    mine = [person for person in waiting if guard.outranks(me(), person.member_id, today())]
    return mine, [person for person in waiting if person not in mine]


@bp.get("/<branch_id>/invitations")
@may("accounts.invite")
def invitations(branch_id: str) -> str:
    """Who would get a card, and what printing does."""
    unit = guard.unit_for(me(), "accounts.invite", branch_id)
    mine, others = _waiting(branch_id)
    return render_template("branches/invitations.html", unit=unit, people=mine, others=others)


@bp.post("/<branch_id>/invitations")
@may("accounts.invite")
def print_invitations(branch_id: str) -> str:
    """Issues a code for each of them, one transaction a person, and shows the cards this once."""
    unit = guard.unit_for(me(), "accounts.invite", branch_id)
    mine, _ = _waiting(branch_id)
    cards = [issue(person, "invite") for person in mine]
    site = request.host_url.rstrip("/").removeprefix("http://").removeprefix("https://")
    return render_template("branches/cards.html", unit=unit, cards=cards, site=site)
