"""Keeping what closed periods have brought since they closed: as adjustments of the periods that go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select

from learnapp.db import db, table_of
from learnapp.ledger import Entry
from learnapp.points.adjusting import Adjustment, differences
from learnapp.points.engines import ENGINES
from learnapp.points.models import PointsAdjustment, PointsLine, Standing
from learnapp.points.periods import PeriodInfo
from learnapp.points.rules import Line
from learnapp.points.situation import Situation

_adjustment, _line, _standing = table_of(PointsAdjustment), table_of(PointsLine), table_of(Standing)

_STORED = select(
    _adjustment.c.period_id,
    _adjustment.c.origin_period,
    _adjustment.c.entry_seq,
    _adjustment.c.rule,
    _adjustment.c.amount,
    _adjustment.c.cause,
    _adjustment.c.cause_seq,
).where(_adjustment.c.member_id == bindparam("member_id"))
_DELETE = delete(_adjustment).where(
    _adjustment.c.member_id == bindparam("m"),
    _adjustment.c.period_id == bindparam("p"),
    _adjustment.c.origin_period == bindparam("o"),
    _adjustment.c.entry_seq == bindparam("s"),
    _adjustment.c.rule == bindparam("r"),
)
_NAMES = ("period_id", "origin_period", "entry_seq", "rule", "amount", "cause", "cause_seq")
_CLOSED_LINES = select(
    _line.c.entry_seq, _line.c.rule, _line.c.worth, _line.c.counted, _line.c.reason, _line.c.occurred_on
).where(_line.c.member_id == bindparam("member_id"), _line.c.period_id == bindparam("period_id"))
_CLOSED_SUM = select(_standing.c.base, _standing.c.bonus, _standing.c.deduction).where(
    _standing.c.member_id == bindparam("member_id"), _standing.c.period_id == bindparam("period_id")
)

# An adjustment as it is stored, without the member, in the order of _NAMES.
_Row = tuple[str, str, int, str, int, str, int]


def adjust(member_id: str, whole: tuple[Entry, ...], here: Situation, zone: str) -> dict[str, int]:
    """Brings the adjustments of all ongoing periods up to the stream; returns their sum by period.

    For each closed period: what its lines would differ by now, less what later closed periods have of it, goes
    to its heir. Where there is none yet, it waits: opening a period has everybody folded anew.
    """
    stored = (
        [tuple(row) for row in db.session.execute(_STORED, {"member_id": member_id})] if here.frozen else []
    )
    wanted: set[_Row] = set()
    for period_id in here.frozen:
        origin = here.periods[period_id]
        heir = here.heir_of(origin)
        if heir is None:
            continue
        settled = [Adjustment(*row[2:]) for row in stored if row[1] == period_id and row[0] in here.frozen]
        for one in _changed(member_id, origin, whole, here, zone, settled):
            wanted.add((heir.id, period_id, one.seq, one.rule, one.amount, one.cause, one.cause_seq))
    ongoing = {period.id for period in here.ongoing}
    _write(member_id, {row for row in stored if row[0] in ongoing}, wanted)
    sums: defaultdict[str, int] = defaultdict(int)
    for row in wanted:
        sums[row[0]] += row[4]
    return dict(sums)


def _changed(
    member_id: str,
    origin: PeriodInfo,
    whole: tuple[Entry, ...],
    here: Situation,
    zone: str,
    settled: list[Adjustment],
) -> list[Adjustment]:
    frozen = here.frozen[origin.id]
    rules = origin.rules
    now = ENGINES[frozen.engine].evaluate(whole, rules, origin.span, zone, terms=frozen.terms)
    keys = {"member_id": member_id, "period_id": origin.id}
    base, bonus, deduction = db.session.execute(_CLOSED_SUM, keys).one()
    return differences(
        [Line(*row) for row in db.session.execute(_CLOSED_LINES, keys)],
        now,
        whole,
        total=max(rules.floor, base + bonus - deduction),
        seq=frozen.seq,
        settled=settled,
        vetoes=frozenset(rule.id for rule in rules.rules if rule.veto),
    )


def _write(member_id: str, known: Iterable[tuple[object, ...]], wanted: set[_Row]) -> None:
    known = set(known)
    if gone := known - wanted:
        db.session.execute(
            _DELETE, [{"m": member_id, "p": row[0], "o": row[1], "s": row[2], "r": row[3]} for row in gone]
        )
    rows = [{"member_id": member_id, **dict(zip(_NAMES, row, strict=True))} for row in sorted(wanted - known)]
    if rows:
        db.session.execute(insert(_adjustment), rows)
