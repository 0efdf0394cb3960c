"""Closing a period so that it stays closed: member after member, each in a transaction of its own.

Every step is found in committed rows and changes nothing the second time, so the job may be killed anywhere and
goes on by itself: `begin` says who closes and why, `close_member` freezes one member and writes that into their
ledger, `finish` puts the digest over all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from learnapp import audit, branches, ledger, points
from learnapp.assessment.models import ClosedMember
from learnapp.assessment.rules import period_digest
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.errors import N_, Conflict, NotFound

_closed, _standing = table_of(ClosedMember), table_of(points.Standing)
_period, _entry = table_of(points.Period), table_of(ledger.LedgerEntry)


def begin(period_id: str, *, reason: str, obstacles: int, actor_id: str, at: datetime) -> bool:
    """Begins to close a posted period. Returns whether that is new. `obstacles` is how many things stood in the
    way when the actor decided to close in spite of them, which needs a reason. Raises Conflict otherwise."""
    if obstacles and not reason.strip():
        raise Conflict(
            "closing-reason",
            N_("Something still stands in the way. Say in a sentence why it is closed anyway."),
        )
    if not points.begin_closing(period_id, actor_id=actor_id, reason=reason.strip(), at=at):
        return False
    subject = f"period/{period_id}"
    audit.write(
        "period-closing", member_id=actor_id, actor_id=actor_id, at=at, subject=subject, obstacles=obstacles
    )
    return True


def _members(period: points.PeriodInfo, today: date) -> Select[Any]:
    """Everybody who is in the period: whoever stands in it, and whoever is at home in its tree on its last day."""
    standing = select(_standing.c.member_id).where(_standing.c.period_id == period.id)
    if period.people != "members":
        return select(standing.subquery().c.member_id)
    home = branches.ids_below([period.branch_id], min(today, period.ends_on))
    return select(standing.union(home).subquery().c.member_id)


def left(period: points.PeriodInfo, today: date, limit: int, after: str = "") -> list[str]:
    """The next members who are not closed yet, by id."""
    everybody = _members(period, today).subquery()
    done = select(_closed.c.member_id).where(_closed.c.period_id == period.id)
    rows = db.session.execute(
        select(everybody.c.member_id)
        .where(everybody.c.member_id > after, everybody.c.member_id.not_in(done))
        .order_by(everybody.c.member_id)
        .limit(limit)
    )
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Progress:
    """How many of how many members are closed."""

    done: int
    all: int


def progress(period: points.PeriodInfo, today: date) -> Progress:
    """How far the closing has come."""
    done = db.session.scalar(select(func.count()).where(_closed.c.period_id == period.id)) or 0
    if period.state == "closed":
        return Progress(done, done)
    everybody = _members(period, today).subquery()
    waiting = db.session.scalar(
        select(func.count())
        .select_from(everybody)
        .where(
            everybody.c.member_id.not_in(select(_closed.c.member_id).where(_closed.c.period_id == period.id))
        )
    )
    return Progress(done, done + (waiting or 0))


def close_member(member_id: str, period: points.PeriodInfo, *, at: datetime) -> bool:
    """Freezes the lines of one member and records their digest in the member's ledger, from where it enters the
    next seal. Doing it twice changes nothing. Returns False for somebody who turns out not to be in the period."""
    ledger.lock(member_id)
    actor = db.session.execute(select(_period.c.closing_by).where(_period.c.id == period.id)).scalar_one()
    try:
        frozen = points.freeze(member_id, period, at=at)
    except NotFound:
        return False
    seq = ledger.record(
        ledger.PeriodClosed(
            period=period.id,
            rule_set=period.rules.hash,
            engine=frozen.engine,
            digest=frozen.digest,
            total=frozen.total,
        ),
        member_id=member_id,
        uid=f"period/{period.id}/closed",
        occurred_at=at,
        at=at,
        recorder=actor,
        source="assessment",
    )
    row = {
        "member_id": member_id,
        "period_id": period.id,
        "digest": frozen.digest,
        "total": frozen.total,
        "entry_seq": seq,
        "closed_at": at,
    }
    db.session.execute(upsert(_closed, dialect_name()), row)
    return True


def finish(period: points.PeriodInfo, *, today: date, at: datetime) -> str | None:
    """Once no member is left: puts the digest over all of them, closes the period, and opens the next one that is
    planned for the same people. Returns the id of the one that was opened, None where none was.

    The caller tells `follow` whom the next one concerns. Raises Conflict while somebody is left.
    """
    if left(period, today, 1):
        raise Conflict("closing-left", N_("Not every member of the period is closed yet."))
    rows = db.session.execute(
        select(_closed.c.member_id, _closed.c.digest).where(_closed.c.period_id == period.id)
    )
    digest = period_digest((row[0], row[1]) for row in rows)
    if not points.finish_closing(period.id, digest=digest, at=at):
        return None
    actor = db.session.execute(select(_period.c.closing_by).where(_period.c.id == period.id)).scalar_one()
    subject = f"period/{period.id}"
    audit.write("period-closed", member_id=actor, actor_id=actor, at=at, subject=subject, digest=digest)
    following = points.next_period(period)
    if following is None or not points.open_planned(following.id, at=at):
        return None
    audit.write("period-opened", member_id=actor, actor_id=actor, at=at, subject=f"period/{following.id}")
    return following.id


def under_way() -> list[str]:
    """The periods whose closing has begun and is not finished, oldest first."""
    rows = db.session.execute(
        select(_period.c.id)
        .where(_period.c.closing_at.is_not(None), _period.c.state != "closed")
        .order_by(_period.c.closing_at)
    )
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Difference:
    """Where a closed period is not what it was: `what` is entry, lines or evaluation, with the digest that was
    closed and the one found now."""

    member_id: str
    what: str
    closed: str
    found: str


@dataclass(frozen=True)
class Verified:
    """What verifying a closed period found: the digest it was closed with, the one that its ledger entries give
    now, and every member about whom something differs."""

    closed: str
    found: str
    members: int
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether the period is what it was."""
        return self.closed == self.found and not self.differences


def verify(period: points.PeriodInfo) -> Verified:
    """Computes a closed period anew from the ledger: the digests that the members' entries hold give the digest
    of the period, the frozen lines give those, and the entries from before the closing evaluate to them again."""
    digests: list[tuple[str, str]] = []
    differences: list[Difference] = []
    for member_id, closed, seq in _rows(period.id):
        entry = ledger.entry(member_id, seq)
        told = str(entry.data.get("digest", "")) if entry.kind == "period-closed" else ""
        digests.append((member_id, told))
        found = {
            "entry": told,
            "lines": points.lines_digest(member_id, period),
            "evaluation": points.recheck(member_id, period),
        }
        differences += [
            Difference(member_id, what, closed, value) for what, value in found.items() if value != closed
        ]
    return Verified(period.digest, period_digest(digests), len(digests), tuple(differences))


def _rows(period_id: str, batch: int = 500) -> Iterator[tuple[str, str, int]]:
    after = ""
    while True:
        rows = db.session.execute(
            select(_closed.c.member_id, _closed.c.digest, _closed.c.entry_seq)
            .where(_closed.c.period_id == period_id, _closed.c.member_id > after)
            .order_by(_closed.c.member_id)
            .limit(batch)
        ).all()
        if not rows:
            return
        for row in rows:
            yield row[0], row[1], row[2]
        after = rows[-1][0]
