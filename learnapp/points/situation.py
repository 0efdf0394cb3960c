"""What besides the entries decides about a member's lines: the periods they are in, and on which days."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select

from learnapp import branches
from learnapp.branches import Place
from learnapp.db import db, table_of
from learnapp.points.models import PointsFrozen
from learnapp.points.periods import PeriodInfo, periods_for
from learnapp.points.periods import period as period_of
from learnapp.points.rules import Span
from learnapp.points.terms import Home, Terms, overlaid

_frozen = table_of(PointsFrozen)
_FROZEN = select(
    _frozen.c.period_id,
    _frozen.c.seq,
    _frozen.c.engine,
    _frozen.c.total,
    _frozen.c.digest,
    _frozen.c.terms,
).where(_frozen.c.member_id == bindparam("member_id"))


@dataclass(frozen=True)
class Frozen:
    """A member's frozen period: the digest over lines, adjustments and sum, the total in hundredths, the version
    of the engine and the last entry that was there."""

    digest: str
    total: int
    engine: int
    seq: int
    terms: Terms


@dataclass(frozen=True)
class Situation:
    """The periods that a member is or was in, by first day, with the terms that hold in each.

    `frozen` are those that closed for this member; `ongoing` are folded into. `place` is where they are at home
    now. `digest` is over all of it: where it is the same as last time, only entries can have changed anything.
    """

    place: Place | None
    periods: Mapping[str, PeriodInfo]
    terms: Mapping[str, Terms]
    frozen: Mapping[str, Frozen]
    digest: str

    @property
    def ongoing(self) -> list[PeriodInfo]:
        """Open and posted periods that have not closed for this member."""
        return [
            period
            for period in self.periods.values()
            if period.state in ("open", "posted") and period.id not in self.frozen
        ]

    def heir_of(self, period: PeriodInfo) -> PeriodInfo | None:
        """Where it counts what changed in a closed period: the next one that is not closed, of the same unit
        before others, in which the member has a day."""
        later = [
            one
            for one in self.ongoing
            if one.people == period.people
            and one.ends_on > period.ends_on
            and self.terms[one.id].within(one.span)
        ]
        same = (one.branch_id != period.branch_id for one in later)
        ordered = sorted(zip(same, [one.starts_on for one in later], later, strict=True), key=lambda x: x[:2])
        return ordered[0][2] if ordered else None


def frozen_of(member_id: str) -> dict[str, Frozen]:
    """What has closed for the member, by period. One query."""
    return {row[0]: _read(row) for row in db.session.execute(_FROZEN, {"member_id": member_id})}


def situation(member_id: str, place: Place | None) -> Situation:
    """The member's situation as the database has it: three queries, one more for who moved or was closed."""
    frozen = frozen_of(member_id)
    homes = _homes(member_id)
    paths = _paths({home.branch_id for home in homes}, place)
    units = {unit for path in paths.values() for unit in path}
    known = {period.id: period for period in periods_for(sorted(units)) if period.state != "planned"}
    for period_id in sorted(frozen.keys() - known.keys()):
        known[period_id] = period_of(period_id)
    ordered = dict(sorted(known.items(), key=lambda pair: (pair[1].starts_on, pair[0])))
    exempt = _exemptions(member_id, place)
    terms = {}
    for period in ordered.values():
        if period.id in frozen:
            terms[period.id] = frozen[period.id].terms
            continue
        settled = _settled(period.people, ordered, frozen)
        days = overlaid(homes, settled) if settled else homes
        inside = tuple(home for home in days if period.branch_id in _above(home.branch_id, paths))
        terms[period.id] = Terms(inside, exempt)
    digest = _digest(ordered.values(), terms, frozen, place)
    return Situation(place, ordered, terms, frozen, digest)


def _homes(member_id: str) -> tuple[Home, ...]:
    return tuple(
        Home(stay.branch_id, stay.member_class, stay.valid_from, stay.valid_to)
        for stay in branches.history(member_id)
        if stay.kind == "home"
    )


def _paths(units: set[str], place: Place | None) -> dict[str, tuple[str, ...]]:
    """The way up from each unit; that of the present home is known already."""
    known = {place.branch_id: place.ancestors} if place else {}
    missing = units - known.keys()
    return {**known, **(branches.paths(sorted(missing)) if missing else {})}


def _above(branch_id: str, paths: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if branch_id not in paths:
        paths.update(branches.paths([branch_id]))
    return paths[branch_id]


def _exemptions(member_id: str, place: Place | None) -> tuple[tuple[date, date], ...]:
    if place is not None:
        return place.exemptions
    return tuple((one.valid_from, one.valid_to) for one in branches.exemptions(member_id))


def _settled(people: str, periods: Mapping[str, PeriodInfo], frozen: Mapping[str, Frozen]) -> list[Home]:
    """The days of which a closing has said where they were spent, of all closed periods of these people."""
    return [
        _clipped(home, periods[period_id].span)
        for period_id, one in sorted(frozen.items(), key=lambda pair: periods[pair[0]].starts_on)
        if periods[period_id].people == people
        for home in one.terms.within(periods[period_id].span)
    ]


def _clipped(home: Home, span: Span) -> Home:
    after = span.ends_on + timedelta(days=1)
    ends = after if home.valid_to is None else min(home.valid_to, after)
    return Home(home.branch_id, home.member_class, max(home.valid_from, span.starts_on), ends)


def _digest(
    periods: Iterable[PeriodInfo],
    terms: Mapping[str, Terms],
    frozen: Mapping[str, Frozen],
    place: Place | None,
) -> str:
    shape = [
        [
            one.id,
            one.state == "closed",
            one.rules.hash,
            one.engine,
            one.id in frozen,
            terms_text(terms[one.id]),
        ]
        for one in periods
    ]
    text = json.dumps([place.branch_id if place else "", shape], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def terms_text(terms: Terms) -> str:
    """Terms as canonical JSON: homes with class and days, exemptions; days as ISO texts, "" for no end."""
    homes = [
        [home.branch_id, home.member_class, home.valid_from.isoformat(), _iso(home.valid_to)]
        for home in terms.homes
    ]
    exempt = [[first.isoformat(), after.isoformat()] for first, after in terms.exemptions]
    return json.dumps({"exempt": exempt, "homes": homes}, separators=(",", ":"))


def terms_from(text: str) -> Terms:
    """Terms of their canonical JSON."""
    data = json.loads(text)
    return Terms(
        tuple(
            Home(branch, kind, date.fromisoformat(first), date.fromisoformat(after) if after else None)
            for branch, kind, first, after in data["homes"]
        ),
        tuple((date.fromisoformat(first), date.fromisoformat(after)) for first, after in data["exempt"]),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read(row: Row[*tuple[Any, ...]]) -> Frozen:
    _, seq, engine, total, digest, terms = row
    return Frozen(digest, total, engine, seq, terms_from(terms))
