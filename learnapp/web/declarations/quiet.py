"""The one quiet line of the first page: something waits to be confirmed, or a quarter to be signed."""

from __future__ import annotations

from functools import lru_cache

from flask import url_for
from flask_babel import gettext, ngettext

from learnapp import declarations, guard
from learnapp.web import offers
from learnapp.web.declarations import signing, waiting
from learnapp.web.doors import me, now

_SECONDS = 60


def line() -> tuple[str, str] | None:
    """Words and address, or None where nothing waits. One statement, and one more for a secretary."""
    if me().branch_id is None:
        return None
    return _to_confirm() or _to_sign()


def _to_confirm() -> tuple[str, str] | None:
    units = [
        grant.branch_id
        for grant in me().grants
        if grant.role == "secretary" and grant.branch_kind in guard.OWN_KINDS
    ]
    count = declarations.count_waiting(units, besides=me().member_id) if units else 0
    if not count:
        return None
    text = ngettext("%(num)s act waits to be confirmed", "%(num)s acts wait to be confirmed", count)
    return str(text), url_for("declarations.waiting")


def _to_sign() -> tuple[str, str] | None:
    found = signing.waiting(_book(str(me().branch_id), int(now().timestamp()) // _SECONDS))
    if found is None:
        return None
    href = url_for("declarations.quarter", period_id=found.period.id, quarter=found.name)
    return str(gettext("%(quarter)s can be looked through and signed", quarter=found.title)), href


@lru_cache(maxsize=1024)
def _book(branch_id: str, _minute: int) -> offers.Book:
    """Periods change a few times a year; the first page may know it a minute later."""
    return offers.book(branch_id)


def work_doors() -> list[tuple[str, str, str, str]]:
    """What the work tab shows of this room."""
    offices = [
        grant.branch_id
        for grant in me().grants
        if grant.role in guard.BRANCH_ROLES and grant.branch_kind in guard.OWN_KINDS
    ]
    count = waiting.count(offices)
    words = gettext("nothing waits") if offices else gettext("what nobody of a branch can confirm")
    if count:
        words = ngettext("%(num)s waits", "%(num)s wait", count)
    return [
        ("declarations.confirm", url_for("declarations.waiting"), gettext("To confirm"), str(words)),
        (
            "declarations.record",
            url_for("declarations.record_where"),
            gettext("Record an act"),
            gettext("what members did or missed; a second person confirms"),
        ),
    ]
