"""Folding a member's entries into lines and standings. Only `follow` calls this, and closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, delete, insert, select

from learnapp.branches import Place
from learnapp.clock import parse_iso
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.ledger import LedgerEntry, Stream
from learnapp.points.earlier import Earlier
from learnapp.points.engines import ENGINES
from learnapp.points.models import Period, PointsAdjustment, PointsFrozen, PointsLine, PointsMark, Standing
from learnapp.points.periods import PeriodInfo
from learnapp.points.rules import Evaluation, Line
from learnapp.points.settling import adjust
from learnapp.points.situation import Situation, situation

_line, _standing = table_of(PointsLine), table_of(Standing)
_mark, _period = table_of(PointsMark), table_of(Period)
_entry, _frozen, _adjustment = table_of(LedgerEntry), table_of(PointsFrozen), table_of(PointsAdjustment)

# Periods into which nothing folds any more for this member: closed ones, and those frozen while closing goes on.
_CLOSED_IDS = select(_period.c.id).where(_period.c.state == "closed")
_FROZEN_IDS = select(_frozen.c.period_id).where(_frozen.c.member_id == bindparam("member_id"))

_LINE = (
    _line.c.period_id,
    _line.c.entry_seq,
    _line.c.rule,
    _line.c.worth,
    _line.c.counted,
    _line.c.reason,
    _line.c.occurred_on,
)
# Each sum that may be folded into, with its lines: without any where it has none.
_LINES = (
    select(_standing.c.period_id, *_LINE)
    .select_from(_standing)
    .outerjoin(
        _line, and_(_line.c.member_id == _standing.c.member_id, _line.c.period_id == _standing.c.period_id)
    )
    .where(
        _standing.c.member_id == bindparam("member_id"),
        _standing.c.period_id.not_in(_CLOSED_IDS),
        _standing.c.period_id.not_in(_FROZEN_IDS),
    )
)
_EARLIER = (
    select(*_LINE[1:], _entry.c.subject, _entry.c.occurred_at)
    .select_from(_line)
    .join(_entry, and_(_entry.c.member_id == _line.c.member_id, _entry.c.seq == _line.c.entry_seq))
    .where(_line.c.member_id == bindparam("member_id"), _line.c.period_id == bindparam("period_id"))
)
_ADD_LINE = insert(_line)
_DELETE_LINE = delete(_line).where(
    _line.c.member_id == bindparam("m"),
    _line.c.period_id == bindparam("p"),
    _line.c.entry_seq == bindparam("s"),
    _line.c.rule == bindparam("r"),
)

_SUMS = (
    select(
        _mark.c.seq,
        _mark.c.terms,
        _standing.c.period_id,
        _standing.c.base,
        _standing.c.bonus,
        _standing.c.deduction,
        _standing.c.total,
        _standing.c.veto,
        _standing.c.adjustment,
    )
    .select_from(_mark)
    .outerjoin(_standing, _standing.c.member_id == _mark.c.member_id)
    .where(_mark.c.member_id == bindparam("member_id"))
)
_LEFT = delete(_standing).where(
    _standing.c.member_id == bindparam("member_id"),
    _standing.c.period_id.in_(bindparam("periods", expanding=True)),
)

# A line as it is stored, without the member: keys first, in the order of _LINE. Plain tuples, since a fold of
# the whole compares all lines of a member.
Stored = tuple[str, int, str, int, int, str, date]


@dataclass(frozen=True)
class _Result:
    """What a fold found for one period: its evaluation, and what closed periods bring to it."""

    evaluation: Evaluation
    adjustment: int


def fold(member_id: str, stream: Stream, place: Place | None, zone: str) -> None:
    """Brings the member's lines and sums in every ongoing period they are or were in up to their stream.

    `place` is where the member is at home now. Folding twice changes nothing. What is new is added to what
    stands where that gives the same as evaluating the whole stream, which is done otherwise; so the result
    depends on the stream, on the member's homes and exemptions, and on what has closed.
    """
    folded(member_id, stream, place, zone)


def folded(member_id: str, stream: Stream, place: Place | None, zone: str) -> Situation:
    """Folds, and returns the situation by which it was done."""
    here = situation(member_id, place)
    results = _continued(member_id, stream, here, zone) if stream.since else None
    if results is None:
        results = _anew(member_id, stream, here, zone)
    else:
        _add_lines(member_id, _lines_of(results))
    _write_standings(member_id, results, here, stream.seq)
    mark = {"member_id": member_id, "seq": stream.seq, "terms": here.digest}
    db.session.execute(upsert(_mark, dialect_name()), mark)
    return here


def _anew(member_id: str, stream: Stream, here: Situation, zone: str) -> dict[str, _Result]:
    """Evaluates the whole stream, and writes what of it is not there yet."""
    whole = stream.whole()
    brought = adjust(member_id, whole, here, zone)
    results = {}
    for period in here.ongoing:
        terms, adjustment = here.terms[period.id], brought.get(period.id)
        evaluate = ENGINES[period.engine].evaluate
        found = evaluate(whole, period.rules, period.span, zone, terms=terms)
        if found.lines or adjustment is not None or _counts(period, here):
            results[period.id] = _Result(found, adjustment or 0)
    left = _write_lines(member_id, _lines_of(results)) - results.keys()
    if left:
        db.session.execute(_LEFT, {"member_id": member_id, "periods": sorted(left)})
    return results


def _counts(period: PeriodInfo, here: Situation) -> bool:
    """Whether somebody about whom nothing was recorded is in the period: members on whose days it holds, workers
    only with their work."""
    return period.people == "members" and bool(here.terms[period.id].within(period.span))


def _continued(member_id: str, stream: Stream, here: Situation, zone: str) -> dict[str, _Result] | None:
    """What the new entries add to the sums that stand, by period. None where that is not enough to go by: homes or
    periods are others than last time, something happened before what has been counted, or in a closed period."""
    rows = db.session.execute(_SUMS, {"member_id": member_id}).all()
    if not rows or rows[0][0] < stream.since or rows[0][1] != here.digest:
        return None
    for period_id, frozen in here.frozen.items():
        period = here.periods[period_id]
        speaks = ENGINES[frozen.engine].concerned
        if speaks(stream.entries, period.rules, period.span, zone, frozen.terms):
            return None
    sums = {row[2]: row[3:] for row in rows if row[2] is not None}
    results = {}
    for period in here.ongoing:
        found = _more(member_id, stream, period, here, zone, sums.get(period.id))
        if found is None:
            return None
        if found.evaluation.lines or period.id in sums:
            results[period.id] = found
    return results


def _more(
    member_id: str,
    stream: Stream,
    period: PeriodInfo,
    here: Situation,
    zone: str,
    sums: tuple[int, int, int, int, bool, int] | None,
) -> _Result | None:
    engine, terms = ENGINES[period.engine], here.terms[period.id]
    new = engine.concerned(stream.entries, period.rules, period.span, zone, terms)
    if not new:
        base, bonus, deduction, total, veto, adjustment = sums or (0, 0, 0, 0, False, 0)
        return _Result(Evaluation((), base, bonus, deduction, total, veto), adjustment)
    earlier = _earlier(member_id, period.id)
    if not engine.goes_on(new, earlier, zone):
        return None
    found = engine.evaluate(new, period.rules, period.span, zone, earlier, terms)
    return _Result(found, sums[5] if sums else 0)


def _earlier(member_id: str, period_id: str) -> list[Earlier]:
    rows = db.session.execute(_EARLIER, {"member_id": member_id, "period_id": period_id})
    return [Earlier(Line(*row[:6]), row[6], parse_iso(row[7])) for row in rows]


def _lines_of(results: Mapping[str, _Result]) -> set[Stored]:
    return {
        (period_id, line.seq, line.rule, line.worth, line.counted, line.reason, line.on)
        for period_id, one in results.items()
        for line in one.evaluation.lines
    }


def _write_lines(member_id: str, wanted: set[Stored]) -> set[str]:
    """Brings the stored lines to those that are wanted; returns in which periods there was a sum."""
    rows = db.session.execute(_LINES, {"member_id": member_id}).all()
    known: set[Stored] = {row[1:] for row in rows if row[1] is not None}
    if gone := known - wanted:
        db.session.execute(
            _DELETE_LINE, [{"m": member_id, "p": row[0], "s": row[1], "r": row[2]} for row in gone]
        )
    _add_lines(member_id, wanted - known)
    return {row[0] for row in rows}


def _add_lines(member_id: str, new: set[Stored]) -> None:
    names = ("member_id", *(column.name for column in _LINE))
    rows = [dict(zip(names, (member_id, *row), strict=True)) for row in sorted(new)]
    if rows:
        db.session.execute(_ADD_LINE, rows if len(rows) > 1 else rows[0])


def _write_standings(member_id: str, results: Mapping[str, _Result], here: Situation, seq: int) -> None:
    """One row a period."""
    rows = []
    for period_id, one in results.items():
        found, period = one.evaluation, here.periods[period_id]
        whole = found.base + found.bonus - found.deduction + one.adjustment
        rows.append(
            {
                "member_id": member_id,
                "period_id": period_id,
                "branch_id": _unit(here, period),
                "base": found.base,
                "bonus": found.bonus,
                "deduction": found.deduction,
                "total": max(period.rules.floor, whole),
                "seq": seq,
                "adjustment": one.adjustment,
                "veto": found.veto,
            }
        )
    if rows:
        db.session.execute(upsert(_standing, dialect_name()), rows if len(rows) > 1 else rows[0])


def _unit(here: Situation, period: PeriodInfo) -> str:
    """Where the member stands in the period: at home now, if that is of its tree; where they were last, if not."""
    homes = here.terms[period.id].within(period.span)
    if here.place is not None and (period.branch_id in here.place.ancestors or not homes):
        return here.place.branch_id
    return homes[-1].branch_id if homes else period.branch_id


def forget(member_id: str) -> None:
    """Removes what was folded for the member where that can be folded again, and the mark: the first half of
    rebuilding. What has closed stays."""
    for table in (_line, _standing, _adjustment):
        statement = delete(table).where(
            table.c.member_id == member_id,
            table.c.period_id.not_in(_CLOSED_IDS),
            table.c.period_id.not_in(_FROZEN_IDS),
        )
        db.session.execute(statement, {"member_id": member_id})
    db.session.execute(delete(_mark).where(_mark.c.member_id == member_id))
