"""What a sign-in says when it did not work, and what a member is told about codes issued for them."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, request
from flask_babel import gettext, ngettext

from learnapp import accounts
from learnapp.db import transaction
from learnapp.web.doors import now


def settled(proof: accounts.Proof) -> accounts.Outcome:
    """The outcome of a sign-in, committed whatever it is."""
    with transaction():
        return accounts.settle(proof, at=now(), address=request.remote_addr)


def refusal(outcome: accounts.Outcome) -> str:
    """Why a sign-in failed and what helps, in the language of the request."""
    if outcome.closed_for == "merged":
        return str(
            gettext(
                "This account was joined with another one of yours. Your branch secretary can tell you more."
            )
        )
    if outcome.locked_until is None:
        return str(gettext("Name and password do not belong together. Check both and try again."))
    minutes = max(1, -int(-(outcome.locked_until - now()).total_seconds() // 60))
    text: str = ngettext(
        "Too many wrong passwords. This account waits %(num)s minute, until %(clock)s. Signing in works "
        "again then; your branch secretary can give you a new code at once.",
        "Too many wrong passwords. This account waits %(num)s minutes, until %(clock)s. Signing in works "
        "again then; your branch secretary can give you a new code at once.",
        minutes,
        clock=shown("clock", outcome.locked_until),
    )
    return text


def shown(how: str, at: datetime) -> str:
    """A time in the instance's zone, as the templates' filters `clock` and `moment` write it."""
    return str(current_app.jinja_env.filters[how](at))


def reset_words(issuer_id: str, at: datetime) -> str:
    """Who issued a new code for the member's account and when, and what to do if that was not wanted."""
    text: str = gettext(
        "%(name)s issued a new sign-in code for your account (%(time)s). If you did not ask for it, change "
        "your password and tell your branch committee.",
        name=accounts.names([issuer_id]).get(issuer_id, ""),
        time=shown("moment", at),
    )
    return text
