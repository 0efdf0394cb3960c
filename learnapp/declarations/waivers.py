"""Waiving a course or quiz (免修), and accepting something else in its place (等效认定)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, select

from learnapp import catalogue, hours, ledger, plans
from learnapp.clock import local_date
from learnapp.db import db, table_of
from learnapp.declarations import granting
from learnapp.declarations.granting import Stands, stands
from learnapp.declarations.oneself import refuse_oneself
from learnapp.errors import N_, Conflict, NotFound

SOURCE = "declarations"

_entry = table_of(ledger.LedgerEntry)
_KNOWN = select(_entry.c.seq).where(
    _entry.c.member_id == bindparam("of_member"), _entry.c.uid == bindparam("of_uid")
)


def waive(
    member_id: str,
    thing: str,
    *,
    basis: str,
    until: date | None,
    text: str,
    actor_id: str,
    at: datetime,
    zone: str,
    act: str,
) -> int:
    """Says that the member need not do a course or quiz, such as `course/study-duties`, that falls due up to and
    including the day `until` (None: for good). Returns the seq of the entry.

    `act` is made by the door for this one decision: repeating it gives the entry of the first time. Raises
    Forbidden about oneself, NotFound for what is not published, Invalid and Conflict as `check_waiver` says.
    """
    uid = f"waived/{act}"
    effective = _begin(member_id, thing, actor_id)
    if known := _known(member_id, uid):
        last = until.isoformat() if until else ""
        return _the_same(member_id, known, thing=thing, basis=basis, until=last)
    granting.check_waiver(stands(thing, effective), basis, until, local_date(at, zone))
    event = ledger.Waived(
        thing=thing,
        basis=basis,
        until=until.isoformat() if until else "",
        note=ledger.note(member_id, granting.check_text(text)),
    )
    return _record(event, member_id, uid, actor_id, at)


def grant_equivalence(
    member_id: str,
    thing: str,
    *,
    basis: str,
    on: date,
    text: str,
    actor_id: str,
    at: datetime,
    zone: str,
    act: str,
    rule: plans.HourRule,
    minutes: int = 0,
    days: int = 1,
    mode: str = "",
) -> int:
    """Accepts what was done elsewhere in place of a course or quiz; returns the seq of the entry.

    It was done on the day `on`, the last of `days`. For `minutes` of study in `mode` hours are credited under
    `rule`, day by day beside what those days have already, so that none goes over its ceiling. `act`, Forbidden
    and NotFound as with `waive`; Invalid and Conflict as `check_equivalence` says.
    """
    uid = f"equivalent/{act}"
    effective = _begin(member_id, thing, actor_id)
    if known := _known(member_id, uid):
        return _the_same(member_id, known, thing=thing, basis=basis, on=on.isoformat(), minutes=minutes)
    today = local_date(at, zone)
    granting.check_equivalence(stands(thing, effective), basis, on, today, minutes, days, mode, plans.MODES)
    event = ledger.EquivalenceGranted(
        thing=thing,
        basis=basis,
        on=on.isoformat(),
        days=days if minutes else 1,
        minutes=minutes,
        hours=credit(effective, on, minutes, days, rule, zone),
        hour_rule=rule.version if minutes else "",
        mode=mode if minutes else "",
        note=ledger.note(member_id, granting.check_text(text)),
    )
    return _record(event, member_id, uid, actor_id, at)


def credit(
    effective: Sequence[ledger.Entry], on: date, minutes: int, days: int, rule: plans.HourRule, zone: str
) -> int:
    """Hundredths of study hours for minutes spread over the days up to `on`, beside what these effective entries
    credit to each of them."""
    if not minutes:
        return 0
    first = on - timedelta(days=days - 1)
    return sum(
        plans.credit(part, hours.on_day(effective, first + timedelta(days=number), zone), rule)
        for number, part in enumerate(granting.portions(minutes, days))
        if part
    )


def standing(member_id: str, thing: str) -> Stands:
    """What holds for a course or quiz of this member: done, accepted, waived until when."""
    return stands(thing, ledger.effective(ledger.entries_after(member_id, 0)))


def granted(member_id: str) -> list[ledger.Entry]:
    """The waivers and equivalences of the member that hold, the newest first."""
    entries = ledger.effective(ledger.entries_after(member_id, 0))
    kinds = (ledger.Waived.kind, ledger.EquivalenceGranted.kind)
    return [entry for entry in reversed(entries) if entry.kind in kinds]


def _begin(member_id: str, thing: str, actor_id: str) -> list[ledger.Entry]:
    """Under the member's lock: the effective entries, once it is clear that the actor may and the thing is."""
    refuse_oneself(member_id, actor_id)
    kind, _, slug = thing.partition("/")
    if kind not in plans.ITEM_KINDS or catalogue.current_hash(cast(catalogue.Kind, kind), slug) is None:
        raise NotFound("no-thing", N_("Choose a course or a quiz that is published."))
    ledger.lock(member_id)
    return ledger.effective(ledger.entries_after(member_id, 0))


def _known(member_id: str, uid: str) -> int | None:
    found: int | None = db.session.scalar(_KNOWN, {"of_member": member_id, "of_uid": uid})
    return found


def _the_same(member_id: str, seq: int, **said: str | int) -> int:
    """The seq of what this form decided before. Raises Conflict where it says something else by now: who goes
    back and changes a form that was sent must not read that it was done."""
    held = ledger.entry(member_id, seq)
    if any(held.data[name] != value for name, value in said.items()):
        raise Conflict(
            "sent-before",
            N_(
                "This form has decided something else already, entry %(seq)s. Open it anew, or correct that entry."
            ),
            seq=seq,
        )
    return seq


def _record(event: ledger.Event, member_id: str, uid: str, actor_id: str, at: datetime) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder=actor_id, source=SOURCE
    )
