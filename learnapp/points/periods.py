"""Rule sets in force and the periods they hold in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Row, bindparam, func, select

from learnapp.db import db, table_of
from learnapp.errors import N_, Invalid, NotFound
from learnapp.points.models import Period, RuleSet
from learnapp.points.parsing import parse
from learnapp.points.rules import RuleSet as Rules
from learnapp.points.rules import Span

_SHIPPED = Path(__file__).parent / "rulesets"
_period, _set = table_of(Period), table_of(RuleSet)


@dataclass(frozen=True)
class PeriodInfo:
    """An assessment period of a unit's subtree, with its rules. Both days belong to it.

    `people` are "members" or "workers"; `engine` is the version of the evaluation. Times are instants in UTC;
    `post_until` is the last day of the posting. `digest` is empty until it is closed.
    """

    id: str
    branch_id: str
    title: str
    title_en: str
    starts_on: date
    ends_on: date
    state: str
    rules: Rules
    people: str
    engine: int
    show_totals: bool
    opened_at: datetime | None
    posted_at: datetime | None
    post_until: date | None
    closing_at: datetime | None
    closed_at: datetime | None
    digest: str
    closing_reason: str

    @property
    def span(self) -> Span:
        """The days of the period."""
        return Span(self.starts_on, self.ends_on)


def shipped() -> dict[str, str]:
    """The rule sets that come with the product: their TOML sources by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_SHIPPED.glob("*.toml"))}


def adopt(source: str, *, actor_id: str, at: datetime) -> str:
    """Keeps a rule set under the SHA-256 of its source and returns that; adopting it again changes nothing.

    Raises Invalid with the first problem, and how many there are, when it cannot be used.
    """
    parsed = parse(source)
    if parsed.rules is None:
        raise Invalid(
            "rule-set",
            N_("This rule set cannot be used (%(count)s problems). The first: %(first)s"),
            count=len(parsed.problems),
            first=parsed.problems[0].text(),
        )
    if db.session.get(RuleSet, parsed.rules.hash) is None:
        db.session.add(RuleSet(hash=parsed.rules.hash, source=source, adopted_at=at, adopted_by=actor_id))
        db.session.flush()
    return parsed.rules.hash


_COLUMNS = (
    _period.c.id,
    _period.c.branch_id,
    _period.c.title,
    _period.c.title_en,
    _period.c.starts_on,
    _period.c.ends_on,
    _period.c.state,
    _period.c.rule_set,
    _period.c.people,
    _period.c.engine,
    _period.c.show_totals,
    _period.c.opened_at,
    _period.c.posted_at,
    _period.c.post_until,
    _period.c.closing_at,
    _period.c.closed_at,
    _period.c.digest,
    _period.c.closing_reason,
)
_PERIODS = (
    select(*_COLUMNS)
    .where(_period.c.branch_id.in_(bindparam("ancestors", expanding=True)))
    .order_by(_period.c.starts_on, _period.c.id)
)
_ONE = select(*_COLUMNS).where(_period.c.id == bindparam("period_id"))

_SPAN = select(
    select(func.min(_period.c.starts_on)).where(_period.c.ends_on >= bindparam("today")).scalar_subquery(),
    select(func.max(_period.c.ends_on)).scalar_subquery(),
)


@lru_cache(maxsize=64)
def _rules(rule_set: str) -> Rules:
    """An adopted rule set never changes, so each is read and parsed once per process."""
    source = db.session.execute(select(_set.c.source).where(_set.c.hash == rule_set)).scalar_one()
    rules = parse(source).rules
    if rules is None:
        raise ValueError(f"the stored rule set {rule_set} can no longer be read")
    return rules


def periods_for(ancestors: Collection[str]) -> tuple[PeriodInfo, ...]:
    """Every period of these units, by first day: with a unit and all above it, those its members are in."""
    if not ancestors:
        return ()
    rows = db.session.execute(_PERIODS, {"ancestors": sorted(ancestors)}).all()
    return tuple(_info(row) for row in rows)


def _info(row: Row[*tuple[Any, ...]]) -> PeriodInfo:
    values = list(row)
    values[7] = _rules(values[7])
    return PeriodInfo(*values)


def every_period() -> tuple[PeriodInfo, ...]:
    """Every period of every unit, by first day."""
    rows = db.session.execute(select(*_COLUMNS).order_by(_period.c.starts_on, _period.c.id))
    return tuple(_info(row) for row in rows)


def period(period_id: str) -> PeriodInfo:
    """One period. Raises NotFound."""
    row = db.session.execute(_ONE, {"period_id": period_id}).one_or_none()
    if row is None:
        raise NotFound("no-period", N_("There is no such period."))
    return _info(row)


def next_period(period: PeriodInfo) -> PeriodInfo | None:
    """The first period of the same unit and people behind this one that is not closed."""
    return next(
        (
            one
            for one in periods_for([period.branch_id])
            if one.people == period.people and one.starts_on > period.ends_on and one.state != "closed"
        ),
        None,
    )


def adopted(people: str) -> tuple[str, ...]:
    """The hashes of all rule sets that were adopted for these people, the newest first."""
    rows = db.session.execute(select(_set.c.hash).order_by(_set.c.adopted_at.desc(), _set.c.hash))
    return tuple(row[0] for row in rows if _rules(row[0]).people == people)


def source_of(rule_set: str) -> str:
    """The TOML source of a rule set that was adopted. Raises NotFound."""
    source = db.session.execute(select(_set.c.source).where(_set.c.hash == rule_set)).scalar_one_or_none()
    if source is None:
        raise NotFound("no-rule-set", N_("This rule set was never adopted."))
    return cast(str, source)


def rules_of(rule_set: str) -> Rules:
    """A rule set that was adopted, as values. Raises NotFound."""
    source_of(rule_set)
    return _rules(rule_set)


def current(ancestors: Iterable[str], today: date, people: str = "members") -> PeriodInfo | None:
    """The period for these people that a unit is in on a day: of those that hold it and are not only planned, the
    one nearest to the unit.

    `ancestors` starts with the unit itself and goes up.
    """
    above = list(ancestors)
    holding = [
        period
        for period in periods_for(above)
        if period.starts_on <= today <= period.ends_on
        and period.people == people
        and period.state != "planned"
    ]
    return min(holding, key=lambda period: above.index(period.branch_id), default=None)


def assessed_from(today: date) -> date | None:
    """The first day of the earliest period, of whatever unit, that is not over; where all are over, the day after
    the last one. None where there never was one."""
    running, last = db.session.execute(_SPAN, {"today": today}).one()
    if running is not None:
        return cast(date, running)
    return None if last is None else cast(date, last) + timedelta(days=1)
