"""Folding a member's entries into lines and standings. Only `follow` calls this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import and_, bindparam, delete, insert, select

from learnapp.branches import Place
from learnapp.clock import parse_iso
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.ledger import LedgerEntry, Stream
from learnapp.points.earlier import Earlier
from learnapp.points.engine_2 import concerned, evaluate, goes_on
from learnapp.points.models import Period, PointsLine, PointsMark, Standing
from learnapp.points.periods import PeriodInfo, periods_for
from learnapp.points.rules import Evaluation, Line

_line, _standing = table_of(PointsLine), table_of(Standing)
_mark, _period = table_of(PointsMark), table_of(Period)
_entry = table_of(LedgerEntry)

_LINE = (
    _line.c.period_id,
    _line.c.entry_seq,
    _line.c.rule,
    _line.c.worth,
    _line.c.counted,
    _line.c.reason,
    _line.c.occurred_on,
)
_LINES = (
    select(*_LINE)
    .join(_period, _period.c.id == _line.c.period_id)
    .where(_line.c.member_id == bindparam("member_id"), _period.c.state == "open")
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
_OPEN = select(_period.c.id).where(_period.c.state == "open")

_SUMS = (
    select(
        _mark.c.seq,
        _standing.c.period_id,
        _standing.c.base,
        _standing.c.bonus,
        _standing.c.deduction,
        _standing.c.total,
    )
    .select_from(_mark)
    .outerjoin(
        _standing,
        and_(_standing.c.member_id == _mark.c.member_id, _standing.c.period_id.in_(_OPEN)),
    )
    .where(_mark.c.member_id == bindparam("member_id"))
)
_LEFT = delete(_standing).where(
    _standing.c.member_id == bindparam("member_id"),
    _standing.c.period_id.in_(_OPEN),
    _standing.c.period_id.not_in(bindparam("periods", expanding=True)),
)

# A line as it is stored, without the member: keys first, in the order of _LINE. Plain tuples, since a fold of
# the whole compares all lines of a member.
Stored = tuple[str, int, str, int, int, str, date]


def fold(member_id: str, stream: Stream, place: Place | None, zone: str) -> None:
    """Brings the member's lines and sums in every open period they are in up to their stream and place.

    `place` is where the member is at home; nowhere means no period. Folding twice changes nothing. What is
    new is added to what stands where that gives the same as evaluating the whole stream, which is done
    otherwise; so the result depends on the stream and the place alone.
    """
    open_ = [period for period in periods_for(place.ancestors if place else ()) if period.state == "open"]
    results = _continued(member_id, stream, open_, zone) if stream.since else None
    if results is not None:
        _add_lines(member_id, {_stored(key, line) for key, one in results.items() for line in one.lines})
    else:
        whole = stream.whole()
        results = {period.id: evaluate(whole, period.rules, period.span, zone) for period in open_}
        _write_lines(member_id, {_stored(key, line) for key, one in results.items() for line in one.lines})
        db.session.execute(_LEFT, {"member_id": member_id, "periods": sorted(results)})
    _write_standings(member_id, results, place, stream.seq)
    db.session.execute(upsert(_mark, dialect_name()), {"member_id": member_id, "seq": stream.seq})


def _continued(
    member_id: str, stream: Stream, open_: Sequence[PeriodInfo], zone: str
) -> dict[str, Evaluation] | None:
    """What the new entries add to the sums that stand, by period. None where that is not enough to go by: the
    periods are others than last time, or something happened before what has been counted."""
    rows = db.session.execute(_SUMS, {"member_id": member_id}).all()
    sums = {row[1]: row[2:] for row in rows if row[1] is not None}
    if not rows or rows[0][0] < stream.since or sums.keys() != {period.id for period in open_}:
        return None
    results = {}
    for period in open_:
        terms = period.rules, period.span, zone
        new = concerned(stream.entries, *terms)
        if not new:
            results[period.id] = Evaluation((), *sums[period.id])
            continue
        earlier = _earlier(member_id, period.id)
        if not goes_on(new, earlier, zone):
            return None
        results[period.id] = evaluate(new, *terms, earlier)
    return results


def _earlier(member_id: str, period_id: str) -> list[Earlier]:
    rows = db.session.execute(_EARLIER, {"member_id": member_id, "period_id": period_id})
    return [Earlier(Line(*row[:6]), row[6], parse_iso(row[7])) for row in rows]


def _stored(period_id: str, line: Line) -> Stored:
    return (period_id, line.seq, line.rule, line.worth, line.counted, line.reason, line.on)


def _write_lines(member_id: str, wanted: set[Stored]) -> None:
    known = {tuple(row) for row in db.session.execute(_LINES, {"member_id": member_id})}
    if gone := known - wanted:
        db.session.execute(
            _DELETE_LINE, [{"m": member_id, "p": row[0], "s": row[1], "r": row[2]} for row in gone]
        )
    _add_lines(member_id, wanted - known)


def _add_lines(member_id: str, new: set[Stored]) -> None:
    names = ("member_id", *(column.name for column in _LINE))
    rows = [dict(zip(names, (member_id, *row), strict=True)) for row in sorted(new)]
    if rows:
        db.session.execute(_ADD_LINE, rows if len(rows) > 1 else rows[0])


def _write_standings(
    member_id: str,
    results: Mapping[str, Evaluation],
    place: Place | None,
    seq: int,
) -> None:
    """One row a period."""
    if place is None or not results:
        return
    rows = [
        {
            "member_id": member_id,
            "period_id": period_id,
            "branch_id": place.branch_id,
            "base": result.base,
            "bonus": result.bonus,
            "deduction": result.deduction,
            "total": result.total,
            "seq": seq,
        }
        for period_id, result in results.items()
    ]
    db.session.execute(upsert(_standing, dialect_name()), rows if len(rows) > 1 else rows[0])


def forget(member_id: str) -> None:
    """Removes what was folded for the member in open periods, and the mark: the first half of rebuilding."""
    for table in (_line, _standing):
        statement = delete(table).where(table.c.member_id == member_id, table.c.period_id.in_(_OPEN))
        db.session.execute(statement)
    db.session.execute(delete(_mark).where(_mark.c.member_id == member_id))
