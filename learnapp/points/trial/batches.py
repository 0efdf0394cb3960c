"""Reading a past period in batches of members, and computing what a rule set would have made of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, distinct, func, or_, select

from learnapp import branches
from learnapp.branches import BranchPath, Membership
from learnapp.clock import day_bounds, iso, parse_iso
from learnapp.db import db, table_of
from learnapp.ledger import LedgerEntry
from learnapp.points.engines import ENGINE, ENGINES
from learnapp.points.models import PointsFrozen, PointsLine, Standing
from learnapp.points.periods import PeriodInfo
from learnapp.points.rules import ACT, RuleSet
from learnapp.points.situation import situation, terms_from
from learnapp.points.terms import Home, Terms, base_under
from learnapp.points.trial.rules import Figures, Move, Sums, by_rule, compare, sums

BATCH = 500
# Kinds that say themselves on which day it was; they may have been recorded at any time.
_DATED = (ACT, "work-done")

_membership, _path, _entry = table_of(Membership), table_of(BranchPath), table_of(LedgerEntry)
_line, _standing, _frozen = table_of(PointsLine), table_of(Standing), table_of(PointsFrozen)

_at_home = and_(
    _membership.c.kind == "home",
    _membership.c.valid_from <= bindparam("ends_on"),
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > bindparam("starts_on")),
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _membership.c.valid_from),
    _path.c.ancestor_id == bindparam("branch_id"),
)
_INSIDE = _membership.join(_path, _path.c.branch_id == _membership.c.branch_id)
_MEMBERS = (
    select(_membership.c.member_id)
    .distinct()
    .select_from(_INSIDE)
    .where(_at_home, _membership.c.member_id > bindparam("after"))
    .order_by(_membership.c.member_id)
    .limit(bindparam("limit"))
)
_NUMBER = select(func.count(distinct(_membership.c.member_id))).select_from(_INSIDE).where(_at_home)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def _of_period(table: Any, *columns: Any) -> Select[Any]:
    return select(table.c.member_id, *columns).where(
        table.c.member_id.in_(_IDS), table.c.period_id == bindparam("period_id")
    )


_STANDINGS = _of_period(
    _standing, *(_standing.c[name] for name in ("branch_id", "base", "total", "adjustment", "veto"))
)
_SUMS = _of_period(_line, _line.c.rule, func.sum(_line.c.counted)).group_by(_line.c.member_id, _line.c.rule)
_FROZEN = select(_frozen.c.member_id, _frozen.c.period_id, _frozen.c.seq, _frozen.c.terms).where(
    _frozen.c.member_id.in_(_IDS)
)
_ENTRIES = select(
    *(_entry.c[name] for name in ("member_id", "seq", "kind", "subject", "data", "occurred_at"))
).where(
    _entry.c.member_id.in_(_IDS),
    or_(
        _entry.c.kind.in_(bindparam("always", expanding=True)),
        and_(
            _entry.c.kind.in_(bindparam("kinds", expanding=True)),
            _entry.c.occurred_at >= bindparam("start"),
            _entry.c.occurred_at < bindparam("end"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """The part of an entry that the engine reads."""

    seq: int
    kind: str
    subject: str
    data: Mapping[str, Any]
    occurred_at: datetime


@dataclass
class Trial:
    """A rule set that is tried over a period, with what is the same for all its members."""

    rules: RuleSet
    period: PeriodInfo
    zone: str
    inside: frozenset[str] = field(default_factory=frozenset)

    @property
    def days(self) -> dict[str, Any]:
        """The parameters that say who is in the period."""
        span = self.period.span
        return {
            "branch_id": self.period.branch_id,
            "starts_on": span.starts_on,
            "ends_on": span.ends_on,
        }


def begin(rules: RuleSet, period: PeriodInfo, zone: str) -> Trial:
    """A trial of a rule set over a period."""
    return Trial(rules, period, zone, branches.subtree(period.branch_id))


def number(trial: Trial) -> int:
    """How many members the period has: at home in its tree on one of its days."""
    return int(db.session.execute(_NUMBER, trial.days).scalar_one())


@dataclass(frozen=True)
class Batch:
    """What one batch of `size` members gave; `last` is the last of them, empty when there was nobody left."""

    last: str
    size: int
    figures: Figures
    moves: tuple[Move, ...]


def compute(trial: Trial, after: str, size: int = BATCH) -> Batch:
    """The next members behind one, in the order of their ids: as they stand, and as they would stand."""
    rows = db.session.execute(_MEMBERS, {**trial.days, "after": after, "limit": size})
    ids = [row[0] for row in rows]
    figures, moves = Figures(), []
    if not ids:
        return Batch("", 0, figures, ())
    known = _Known(trial, ids)
    for member_id in ids:
        if (pair := known.pair(member_id)) is None:
            continue
        unit, was, would = pair
        figures.add(unit, was, would)
        if move := compare(member_id, unit, was, would):
            moves.append(move)
    return Batch(ids[-1], len(ids), figures, tuple(moves))


class _Known:
    """What the database knows about a batch of members."""

    def __init__(self, trial: Trial, ids: Sequence[str]) -> None:
        self.trial = trial
        here = {"ids": ids, "period_id": trial.period.id}
        self.standings = {row[0]: row[1:] for row in db.session.execute(_STANDINGS, here)}
        self.sums: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for member_id, rule, amount in db.session.execute(_SUMS, here):
            if amount:
                self.sums[member_id][rule] = int(amount)
        self.frozen: defaultdict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        for member_id, period_id, seq, terms in db.session.execute(_FROZEN, {"ids": ids}):
            self.frozen[member_id][period_id] = (seq, terms)
        self.stays = branches.histories(ids)
        self.exempt = branches.exemptions_of(ids)
        self.entries = self._entries(ids)

    def _entries(self, ids: Sequence[str]) -> dict[str, list[Fact]]:
        rows = db.session.execute(_ENTRIES, {"ids": ids, **_wanted(self.trial)}).all()
        # All of them in one go: reading each text by itself takes three times as long.
        data = json.loads(f"[{','.join([row[4] for row in rows])}]")
        found: dict[str, list[Fact]] = {}
        for (member_id, seq, kind, subject, _, occurred_at), one in zip(rows, data, strict=True):
            fact = Fact(seq, kind, subject, one, parse_iso(occurred_at))
            found.setdefault(member_id, []).append(fact)
        return found

    def pair(self, member_id: str) -> tuple[str, Sums, Sums] | None:
        """The unit, the sum as it is and as it would be; None for workers about whom there is nothing."""
        trial, period = self.trial, self.trial.period
        frozen = self.frozen.get(member_id, {}).get(period.id)
        terms = terms_from(frozen[1]) if frozen else self._terms(member_id)
        entries = self.entries.get(member_id, [])
        if frozen:
            entries = [entry for entry in entries if entry.seq <= frozen[0]]
        found = ENGINES[ENGINE].evaluate(entries, trial.rules, period.span, trial.zone, terms=terms)
        standing = self.standings.get(member_id)
        homes = terms.within(period.span)
        if (period.people == "workers" and standing is None and not found.lines) or not (standing or homes):
            return None
        unit = homes[-1].branch_id if homes else period.branch_id
        base, total, adjustment, veto = base_under(period.rules, terms, period.span), None, 0, False
        if standing is not None:
            unit, base, total, adjustment, veto = standing
        was = sums(period.rules, base, self.sums.get(member_id, {}), adjustment, bool(veto), total)
        return unit, was, sums(trial.rules, found.base, by_rule(found), adjustment, found.veto)

    def _terms(self, member_id: str) -> Terms:
        """Where somebody was at home, in which class, and when nothing was expected of them."""
        trial = self.trial
        if self.frozen.get(member_id):
            # What closed elsewhere says where those days were spent; few have moved so, and they are asked one by one.
            return situation(member_id, None).terms.get(trial.period.id, Terms(()))
        homes = tuple(
            Home(stay.branch_id, stay.member_class, stay.valid_from, stay.valid_to)
            for stay in self.stays[member_id]
            if stay.kind == "home" and stay.branch_id in trial.inside
        )
        return Terms(homes, tuple((one.valid_from, one.valid_to) for one in self.exempt[member_id]))


def _wanted(trial: Trial) -> dict[str, Any]:
    """Which entries can matter: those of the kinds that the rules speak of, in the days of the period where the
    instant says the day; and whatever voids."""
    kinds = {rule.on for rule in trial.rules.rules}
    span, zone = trial.period.span, trial.zone
    return {
        "always": sorted({"voided", *(kinds & set(_DATED))}),
        "kinds": sorted(kinds - set(_DATED)) or [""],
        "start": iso(day_bounds(span.starts_on, zone)[0]),
        "end": iso(day_bounds(span.ends_on, zone)[1]),
    }


def batches(trial: Trial, after: str = "", size: int = BATCH) -> Iterator[Batch]:
    """All batches behind a member, one after the other; only one of them is in memory."""
    while True:
        batch = compute(trial, after, size)
        if not batch.last:
            return
        yield batch
        after = batch.last
