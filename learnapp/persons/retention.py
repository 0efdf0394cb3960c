"""Old data: listed by rule with a digest, and deleted only when somebody confirms that digest.

A confirmation keeps the cutoffs that were listed, so that carrying it out deletes what was on the list and nothing
that has become old since. It is carried out member by member, each in a transaction of their own.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, not_, or_, select, update

from learnapp import audit
from learnapp.clock import day_bounds, iso, local_date, parse_iso
from learnapp.db import Base, db, table_of, transaction
from learnapp.errors import N_, Conflict
from learnapp.persons.models import RetentionRun
from learnapp.persons.retention_rules import Listed, Rule, cutoff, digest, parse, with_days

_run = table_of(RetentionRun)
# How many members one statement looks for.
BATCH = 200


@dataclass(frozen=True)
class Old:
    """Where the rows of a rule are: their table, the time by which they are old, what else must hold, and tables
    whose rows hang on them and go first. With `values` the rows stay and these columns are emptied."""

    table: str
    when: str
    also: Callable[[Table], ColumnElement[bool]] | None = None
    hanging: Mapping[str, str] | None = None
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Run:
    """A confirmed list: what it deletes, by whom it was confirmed, how much is gone, and whether it is done."""

    digest: str
    plan: Mapping[str, tuple[datetime, int]]
    removed: Mapping[str, int]
    set_by: str
    set_at: datetime
    done_at: datetime | None


def _tables(name: str) -> Table:
    return Base.metadata.tables[name]


def _no_fault(attempt: Table) -> ColumnElement[bool]:
    """Practice that is over and of which no report about a question speaks."""
    fault = _tables("quiz_fault")
    named = select(fault.c.id).where(
        fault.c.member_id == attempt.c.member_id, fault.c.attempt_id == attempt.c.id
    )
    return and_(attempt.c.number < 0, attempt.c.state == "ended", not_(named.exists()))


def _in_no_result(act: Table) -> ColumnElement[bool]:
    """Late acts that were refused, of attempts of which no late answer waits for a decision."""
    late = _tables("quiz_late")
    waits = select(late.c.number).where(
        late.c.member_id == act.c.member_id,
        late.c.attempt_id == act.c.attempt_id,
        late.c.state == "waiting",
    )
    return and_(act.c.late, not_(act.c.accepted), not_(waits.exists()))


OLD: Mapping[str, Old] = {
    "addresses": Old("audit_event", "at", lambda table: table.c.address != "", values={"address": ""}),
    "security-log": Old("audit_event", "at"),
    "tickets": Old("ticket", "expires_at"),
    "leaves": Old("quiz_leave", "left_at"),
    "practice": Old("attempt", "ended_at", _no_fault, {"act": "attempt_id", "quiz_leave": "attempt_id"}),
    "late-refused": Old("act", "received_at", _in_no_result),
    "notices": Old("notice", "seen_at"),
    "faults": Old("quiz_fault", "decided_at", lambda table: table.c.state != "open"),
    "dry-runs": Old("dry_run_move", "made_at"),
    "exemptions": Old("exemption", "valid_to"),
    "erasures": Old("erasure_request", "decided_at", lambda table: table.c.state.not_in(("open", "decided"))),
}


@cache
def _shipped() -> tuple[Rule, ...]:
    return parse((Path(__file__).parent / "data" / "retention.toml").read_text(encoding="utf-8"))


def rules(data_dir: Path) -> tuple[Rule, ...]:
    """The rules with what `retention.toml` in the data folder says. Raises Invalid."""
    own = data_dir / "retention.toml"
    return with_days(_shipped(), tomllib.loads(own.read_text(encoding="utf-8")) if own.exists() else {})


def _where(rule_id: str, before: datetime) -> tuple[Table, ColumnElement[bool]]:
    old = OLD[rule_id]
    table = _tables(old.table)
    when = table.c[old.when]
    limit: Any = before.date() if old.table == "exemption" else before
    used = table.c.used_at.is_not(None) & (table.c.used_at < before) if old.table == "ticket" else None
    aged = when < limit if used is None else or_(when < limit, used)
    return table, and_(aged, old.also(table)) if old.also else aged


def list_old(data_dir: Path, *, at: datetime, zone: str) -> tuple[list[Listed], str]:
    """What has become old, by rule, and the digest that stands for exactly this list."""
    midnight, _ = day_bounds(local_date(at, zone), zone)
    found = [_listed(rule, cutoff(rule, midnight)) for rule in rules(data_dir)]
    return found, digest(found)


def _listed(rule: Rule, before: datetime) -> Listed:
    table, where = _where(rule.id, before)
    when = table.c[OLD[rule.id].when]
    sums = select(func.count(), func.count(table.c.member_id.distinct()), func.min(when)).where(where)
    rows, members, oldest = db.session.execute(sums).one()
    moment = oldest if isinstance(oldest, datetime) else None
    return Listed(rule, before, rows, members, moment)


def confirm(data_dir: Path, wanted: str, *, actor_id: str, at: datetime, zone: str) -> Run:
    """Confirms the list with this digest; `carry_out` deletes. Confirming again goes on with it. Raises Conflict for
    another list than the present one."""
    known = run(wanted)
    if known is not None:
        return known
    found, now = list_old(data_dir, at=at, zone=zone)
    if wanted != now:
        raise Conflict(
            "retention-changed", N_("The list is another one by now. Look at it again, then confirm.")
        )
    plan = {one.rule.id: [iso(one.before), one.rows] for one in found if one.rows}
    row = {
        "digest": wanted,
        "plan": json.dumps(plan),
        "removed": "{}",
        "set_by": actor_id,
        "set_at": at,
        "done_at": None,
    }
    db.session.execute(insert(_run), row)
    audit.write(
        "retention-confirmed",
        member_id=actor_id,
        actor_id=actor_id,
        at=at,
        subject=f"retention/{wanted[:16]}",
        number=sum(one.rows for one in found),
    )
    confirmed = run(wanted)
    assert confirmed is not None
    return confirmed


_RUNS = select(*_run.c)


def _read(row: Any) -> Run:
    plan = {name: (parse_iso(before), rows) for name, (before, rows) in json.loads(row.plan).items()}
    return Run(row.digest, plan, json.loads(row.removed), row.set_by, row.set_at, row.done_at)


def run(wanted: str) -> Run | None:
    """The confirmed list with this digest."""
    row = db.session.execute(_RUNS.where(_run.c.digest == wanted)).one_or_none()
    return None if row is None else _read(row)


def undone() -> list[Run]:
    """Confirmed lists that are not done."""
    return [_read(row) for row in db.session.execute(_RUNS.where(_run.c.done_at.is_(None)))]


def runs(limit: int = 10) -> list[Run]:
    """The latest confirmed lists."""
    return [_read(row) for row in db.session.execute(_RUNS.order_by(_run.c.set_at.desc()).limit(limit))]


def members_left(found: Run, rule_id: str) -> list[str]:
    """Members of whom there is still something on the list, at most `BATCH`."""
    table, where = _where(rule_id, found.plan[rule_id][0])
    rows = select(table.c.member_id).where(where).distinct().order_by(table.c.member_id).limit(BATCH)
    return list(db.session.scalars(rows))


def remove(found: Run, rule_id: str, member_id: str) -> int:
    """Deletes what the list has of one member under one rule; returns how many rows. In a transaction of its own."""
    old, (table, where) = OLD[rule_id], _where(rule_id, found.plan[rule_id][0])
    mine = and_(where, table.c.member_id == member_id)
    if old.values is not None:
        changed = update(table).where(mine).values(**old.values).returning(table.c.member_id)
        return _count(found, rule_id, len(db.session.execute(changed).all()))
    for name, column in (old.hanging or {}).items():
        other = _tables(name)
        hangs = (other.c.member_id == member_id, other.c[column].in_(select(table.c.id).where(mine)))
        db.session.execute(delete(other).where(*hangs))
    gone = db.session.execute(delete(table).where(mine).returning(table.c.member_id)).all()
    return _count(found, rule_id, len(gone))


def _count(found: Run, rule_id: str, rows: int) -> int:
    """Adds to what is gone, under the row's lock."""
    held = select(_run.c.removed).where(_run.c.digest == found.digest).with_for_update()
    removed = json.loads(db.session.execute(held).scalar_one())
    removed[rule_id] = removed.get(rule_id, 0) + rows
    _set(found, removed=json.dumps(removed))
    return rows


def _set(found: Run, **values: object) -> None:
    db.session.execute(update(_run).where(_run.c.digest == found.digest).values(**values))


def complete(found: Run, *, at: datetime) -> None:
    """Says that nothing of the list is left; again changes nothing."""
    ended = update(_run).where(_run.c.digest == found.digest, _run.c.done_at.is_(None)).values(done_at=at)
    if db.session.execute(ended.returning(_run.c.digest)).all():
        now = run(found.digest)
        audit.write(
            "retention-done",
            member_id=found.set_by,
            actor_id=found.set_by,
            at=at,
            subject=f"retention/{found.digest[:16]}",
            number=sum(now.removed.values()) if now else 0,
        )


def carry_out(found: Run, *, at: datetime, limit: int | None = None) -> int:
    """Deletes what a confirmed list has, each member in a transaction of their own, at most `limit` members; says
    that it is done when nothing is left. Returns how many rows went. Called outside of any transaction."""
    rows = members = 0
    for rule_id in found.plan:
        while batch := members_left(found, rule_id):
            db.session.rollback()
            for member_id in batch:
                if limit is not None and members >= limit:
                    return rows
                with transaction():
                    rows += remove(found, rule_id, member_id)
                members += 1
        db.session.rollback()
    with transaction():
        complete(found, at=at)
    return rows
