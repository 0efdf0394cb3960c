"""Asking for a dry run, working on it, and what came of it.

A run is a row: whoever finds one that waits, or whose worker fell silent, goes on behind the last member that was
kept. A batch is computed outside of any transaction that writes and kept in a short one of its own, so that
nobody who learns meanwhile has to wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import rfc8785
from sqlalchemy import CursorResult, Row, bindparam, delete, insert, or_, select, update

from learnapp.branches import BranchPath
from learnapp.db import db, new_id, snapshot, table_of, transaction
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.points.parsing import parse
from learnapp.points.periods import period as period_of
from learnapp.points.rules import RuleSet
from learnapp.points.trial.batches import Batch, Trial, begin, compute, number
from learnapp.points.trial.models import DryRun, DryRunMove
from learnapp.points.trial.rules import Figures, Move, figures_of

_run, _move = table_of(DryRun), table_of(DryRunMove)

# A worker writes after every batch, which takes about a second: one that is silent so long is gone.
SILENT = timedelta(seconds=45)
ENDED = ("done", "cancelled", "failed")


@dataclass(frozen=True)
class Run:
    """A dry run as it stands. `members` is 0 until it has begun."""

    id: str
    branch_id: str
    period_id: str
    draft_id: str
    rule_set: str
    source: str
    state: str
    members: int
    done: int
    after: str
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    figures: Figures

    @property
    def percent(self) -> int:
        """How far it has come."""
        return 100 if self.state == "done" else min(99, self.done * 100 // max(1, self.members))

    @property
    def rules(self) -> RuleSet:
        """The rule set that is tried."""
        rules = parse(self.source).rules
        if rules is None:
            raise ValueError(f"the rule set of the dry run {self.id} can no longer be read")
        return rules


_COLUMNS = tuple(_run.c[name] for name in Run.__dataclass_fields__)
_ONE = select(*_COLUMNS).where(_run.c.id == bindparam("run_id"))


def _read(row: Row[*tuple[Any, ...]]) -> Run:
    figures = figures_of(json.loads(row.figures) if row.figures else {})
    return Run(**{**row._mapping, "figures": figures})


def ask(source: str, period_id: str, *, actor_id: str, at: datetime, draft_id: str = "") -> str:
    """Orders a dry run of a rule set over a period; returns its id. What was tried of the same draft over the same
    period before is replaced. The same text tried twice while the first waits or runs is one run.

    Raises Invalid for a rule set that cannot be used or is for other people, NotFound for an unknown period,
    Conflict for one that has not been opened.
    """
    rules, period = parse(source).rules, period_of(period_id)
    if rules is None:
        raise Invalid("rule-set", N_("This rule set has problems. Solve them first; then it can be tried."))
    if rules.people != period.people:
        raise Invalid("trial-people", N_("The rule set and the period are not for the same people."))
    if period.state == "planned":
        raise Conflict("trial-planned", N_("This period has not been opened, so there is nothing to try."))
    before = select(_run.c.id, _run.c.rule_set, _run.c.state).where(
        _run.c.draft_id == draft_id, _run.c.period_id == period_id, _run.c.branch_id == period.branch_id
    )
    for row in db.session.execute(before).all() if draft_id else ():
        if row.rule_set == rules.hash and row.state in ("waiting", "running"):
            return cast(str, row.id)
        forget(row.id)
    run_id = new_id()
    db.session.add(
        DryRun(
            id=run_id,
            branch_id=period.branch_id,
            period_id=period_id,
            draft_id=draft_id,
            rule_set=rules.hash,
            source=source,
            made_at=at,
            made_by=actor_id,
        )
    )
    db.session.flush()
    return run_id


def forget(run_id: str) -> None:
    """Takes a run away with all it found."""
    db.session.execute(delete(_move).where(_move.c.run_id == run_id))
    db.session.execute(delete(_run).where(_run.c.id == run_id))


def cancel(run_id: str, *, at: datetime) -> bool:
    """Stops a run that waits or is under way, and takes away what it found so far. Returns whether it did."""
    stopped = _changed(
        update(_run)
        .where(_run.c.id == run_id, _run.c.state.in_(("waiting", "running")))
        .values(state="cancelled", ended_at=at, figures="")
    )
    if stopped:
        db.session.execute(delete(_move).where(_move.c.run_id == run_id))
    return stopped


def run(run_id: str) -> Run:
    """One run. Raises NotFound."""
    row = db.session.execute(_ONE, {"run_id": run_id}).one_or_none()
    if row is None:
        raise NotFound("no-run", N_("There is no such dry run. It may have been replaced by a newer one."))
    return _read(row)


def runs(*, draft_id: str = "", branch_ids: Iterable[str] = ()) -> list[Run]:
    """The runs of a draft, or those over periods of some units; newest first."""
    found = select(*_COLUMNS).order_by(_run.c.made_at.desc(), _run.c.id.desc())
    found = (
        found.where(_run.c.draft_id == draft_id)
        if draft_id
        else found.where(_run.c.branch_id.in_(sorted(branch_ids)))
    )
    return [_read(row) for row in db.session.execute(found)]


def moves(run_id: str, branch_ids: Iterable[str] | None = None) -> list[Move]:
    """Who would move, of all units or of some, by unit and member."""
    found = select(
        *(
            _move.c[name]
            for name in ("member_id", "branch_id", "was", "would", "was_grade", "would_grade", "rules")
        )
    ).where(_move.c.run_id == run_id)
    if branch_ids is not None:
        found = found.where(_move.c.branch_id.in_(sorted(branch_ids)))
    rows = db.session.execute(found.order_by(_move.c.branch_id, _move.c.member_id))
    return [Move(**{**row._mapping, "rules": json.loads(row.rules)}) for row in rows]


def below(unit_ids: Iterable[str]) -> dict[str, set[str]]:
    """For each of these units all units at or below it. One query."""
    ids = sorted(unit_ids)
    found: dict[str, set[str]] = {unit: set() for unit in ids}
    rows = db.session.execute(
        select(BranchPath.ancestor_id, BranchPath.branch_id).where(BranchPath.ancestor_id.in_(ids))
    )
    for ancestor, unit in rows:
        found[ancestor].add(unit)
    return found


def waiting(at: datetime) -> list[str]:
    """The runs that somebody has to work on: not begun, or left by a worker that fell silent."""
    silent = (_run.c.state == "running") & (_run.c.seen_at < at - SILENT)
    found = select(_run.c.id).where(or_(_run.c.state == "waiting", silent)).order_by(_run.c.made_at)
    return list(db.session.execute(found).scalars())


def claim(run_id: str, worker: str, *, at: datetime) -> bool:
    """Makes a worker the only one of a run that waits or was left. Returns whether it is."""
    left = (_run.c.state == "running") & (_run.c.seen_at < at - SILENT)
    return _changed(
        update(_run)
        .where(_run.c.id == run_id, or_(_run.c.state == "waiting", left))
        .values(state="running", worker=worker, seen_at=at)
    )


def keep(
    run_id: str, worker: str, batch: Batch, figures: Figures, *, done: int, members: int, at: datetime
) -> bool:
    """Keeps a batch, and that the run is done when there was nobody left. Returns False, and keeps nothing, when
    the run was cancelled or somebody else took it over."""
    values: dict[str, Any] = {"seen_at": at, "members": members, "done": done}
    if batch.last:
        values |= {"after": batch.last}
    else:
        values |= {"state": "done", "ended_at": at}
    values["figures"] = rfc8785.dumps(figures.document()).decode()
    mine = (_run.c.id == run_id) & (_run.c.worker == worker) & (_run.c.state == "running")
    if not _changed(update(_run).where(mine).values(**values)):
        return False
    rows = [
        {
            "run_id": run_id,
            "member_id": move.member_id,
            "branch_id": move.branch_id,
            "was": move.was,
            "would": move.would,
            "was_grade": move.was_grade,
            "would_grade": move.would_grade,
            "made_at": at,
            "rules": rfc8785.dumps(dict(move.rules)).decode(),
        }
        for move in batch.moves
    ]
    if rows:
        db.session.execute(insert(_move), rows)
    return True


def fail(run_id: str, worker: str, *, at: datetime) -> None:
    """Says that a run cannot be done; what it found so far is no result."""
    mine = (_run.c.id == run_id) & (_run.c.worker == worker) & (_run.c.state == "running")
    db.session.execute(update(_run).where(mine).values(state="failed", ended_at=at))


def work(run_id: str, *, zone: str, now: Callable[[], datetime], size: int = 0) -> bool:
    """Works on a run until it is done; returns False when somebody else does, or it was cancelled or failed on
    the way. `now` is asked after every batch, since this takes a while. Called outside of any transaction."""
    worker = new_id()
    with transaction():
        if not claim(run_id, worker, at=now()):
            return False
    try:
        return _go_on(run_id, worker, zone, now, size)
    except Exception:
        db.session.rollback()
        with transaction():
            fail(run_id, worker, at=now())
        raise


def _go_on(run_id: str, worker: str, zone: str, now: Callable[[], datetime], size: int) -> bool:
    with snapshot():
        found = run(run_id)
        trial = begin(found.rules, period_of(found.period_id), zone)
        members = number(trial)
    figures, after, done = found.figures, found.after, found.done
    while True:
        batch = _next(trial, after, size)
        figures.merge(batch.figures)
        done += batch.size
        with transaction():
            if not keep(run_id, worker, batch, figures, done=done, members=members, at=now()):
                return False
        if not batch.last:
            return True
        after = batch.last


def _next(trial: Trial, after: str, size: int) -> Batch:
    with snapshot():
        return compute(trial, after, size) if size else compute(trial, after)


def _changed(statement: Any) -> bool:
    changed = bool(cast("CursorResult[Any]", db.session.execute(statement)).rowcount)
    db.session.expire_all()
    return changed
