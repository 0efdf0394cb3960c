"""Crediting study hours. The caller holds the member's lock and records the credit in its own entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from learnapp import clock, ledger, plans
from learnapp.db import db, table_of
from learnapp.hours import rules
from learnapp.hours.rules import CREDITED, EQUIVALENCE, Difference


@dataclass(frozen=True)
class Credit:
    """Hundredths of an hour, and the version of the rule under which they are credited; empty where the rules give
    nothing for such a thing, so that there is nothing to recompute."""

    hours: int = 0
    rule: str = ""


NOTHING = Credit()

_head = table_of(ledger.LedgerHead)
_BATCH = (
    select(_head.c.member_id)
    .where(_head.c.member_id > bindparam("after"))
    .order_by(_head.c.member_id)
    .limit(500)
)


def _happened(member_id: str, first: date, last: date, zone: str) -> list[ledger.Entry]:
    """The member's entries that credit hours to these days or to days around them, none of them void."""
    start, _ = clock.day_bounds(first, zone)
    _, end = clock.day_bounds(last, zone)
    return ledger.happened(member_id, CREDITED, start, end, always=(EQUIVALENCE,))


def for_module(member_id: str, minutes: int, rule: plans.HourRule, *, at: datetime, zone: str) -> Credit:
    """What completing a module of so many planned minutes credits under this rule at this instant."""
    day = clock.local_date(at, zone)
    already = rules.on_day(_happened(member_id, day, day, zone), day, zone)
    return Credit(plans.credit(minutes, already, rule), rule.version)


def for_test(member_id: str, quiz: str, *, at: datetime, zone: str, version: str = "") -> Credit:
    """What a test credits that was passed at this instant, in an attempt that counts: once a test and calendar
    year, within the day's ceiling, and only where the rules of the member's committee credit tests. `version`
    names the rules under which an earlier result of the same attempt was credited: they go on to hold for it.
    """
    day = clock.local_date(at, zone)
    found = plans.rules_of_version(version) if version else None
    rule = (found or plans.rules_of(member_id, day)).hour
    if not rule.test_credit:
        return NOTHING
    entries = _happened(member_id, date(day.year, 1, 1), date(day.year, 12, 31), zone)
    if rules.test_credited(entries, quiz, day.year, zone):
        return Credit(0, rule.version)
    return Credit(plans.within_day(rule.test_credit, rules.on_day(entries, day, zone), rule), rule.version)


def on(member_id: str, day: date, zone: str) -> int:
    """Hundredths of study hours credited to the member on a day."""
    return rules.on_day(_happened(member_id, day, day, zone), day, zone)


def of_year(member_id: str, year: int, zone: str) -> list[ledger.Entry]:
    """The member's entries that credit hours to a calendar year, none of them void, in one query."""
    entries = _happened(member_id, date(year, 1, 1), date(year, 12, 31), zone)
    return [one for one in entries if one.data.get("hours") and rules.day_of(one, zone).year == year]


def check(member_ids: Iterable[str] | None, zone: str) -> Iterator[tuple[str, int, tuple[Difference, ...]]]:
    """For each of these members, None being everybody who has a stream, how many entries credit hours, and those
    that do not agree with their rule."""
    known = {version: one.hour for version, one in plans.known_rules().items()}
    for member_id in _everybody() if member_ids is None else member_ids:
        stream = ledger.entries_after(member_id, 0)
        crediting = sum(1 for entry in stream if entry.kind in CREDITED and entry.data.get("hour_rule"))
        yield member_id, crediting, rules.differences(stream, known, zone)


def _everybody() -> Iterator[str]:
    after = ""
    while found := db.session.execute(_BATCH, {"after": after}).scalars().all():
        yield from found
        after = found[-1]
