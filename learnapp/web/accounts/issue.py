"""Handing out one-time codes: to one person, or for a whole branch as cards to cut out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template, request, url_for

from learnapp import accounts, branches, guard
from learnapp.db import transaction
from learnapp.web.accounts.blueprint import bp
from learnapp.web.doors import may, me, now, today
from learnapp.web.qr import Picture, picture


@dataclass(frozen=True)
class Card:
    """A code as it is shown once: whose, until when, and as a picture of its address."""

    person: branches.Person
    code: str
    until: datetime
    qr: Picture


def issue(person: branches.Person, kind: str) -> Card:
    """Issues a code in a transaction of its own; the person's older unused codes end."""
    with transaction():
        code = accounts.issue_ticket(
            person.member_id, kind, issued_by=me().member_id, at=now(), address=request.remote_addr
        )
    address = url_for("accounts.invitation", code=accounts.normal_code(code), _external=True)
    until = now() + timedelta(minutes=accounts.TICKET_MINUTES[kind])
    return Card(person, code, until, picture(address))


@bp.post("/accounts/<member_id>/invite")
@may("accounts.invite")
def invite(member_id: str) -> str:
    """An invitation for one person. Shown once, so the answer is the page itself; again means a new code."""
    person = guard.account_for(me(), "accounts.invite", member_id, today())
    return render_template("accounts/issued.html", card=issue(person, "invite"), kind="invite")


@bp.post("/accounts/<member_id>/reset")
@may("accounts.reset")
def reset(member_id: str) -> str:
    """A ten-minute code for a lost password. The member is told by whom at the next sign-in."""
    person = guard.account_for(me(), "accounts.reset", member_id, today())
    return render_template("accounts/issued.html", card=issue(person, "reset"), kind="reset")
