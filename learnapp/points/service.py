"""Folding a member's entries into lines and standings. Only `follow` calls this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import bindparam, delete, insert, select

from learnapp.branches import Place
from learnapp.db import db, dialect_name, table_of, upsert
from learnapp.ledger import Entry
from learnapp.points.models import Period, PointsLine, PointsMark, Standing
from learnapp.points.periods import periods_for
from learnapp.points.rules import Evaluation, Line, evaluate

_line, _standing = table_of(PointsLine), table_of(Standing)
_mark, _period = table_of(PointsMark), table_of(Period)

_LINES = (
    select(
        _line.c.period_id,
        _line.c.entry_seq,
        _line.c.rule,
        _line.c.worth,
        _line.c.counted,
        _line.c.reason,
        _line.c.occurred_on,
    )
    .join(_period, _period.c.id == _line.c.period_id)
    .where(_line.c.member_id == bindparam("member_id"), _period.c.state == "open")
)
_DELETE_LINE = delete(_line).where(
    _line.c.member_id == bindparam("m"),
    _line.c.period_id == bindparam("p"),
    _line.c.entry_seq == bindparam("s"),
    _line.c.rule == bindparam("r"),
)
_OPEN = select(_period.c.id).where(_period.c.state == "open")

_LEFT = delete(_standing).where(
    _standing.c.member_id == bindparam("member_id"),
    _standing.c.period_id.in_(_OPEN),
    _standing.c.period_id.not_in(bindparam("periods", expanding=True)),
)

# A line as it is stored, without the member: keys first, in the order of _LINES. Plain tuples, since a fold
# compares all lines of a member each time.
Stored = tuple[str, int, str, int, int, str, date]


def fold(member_id: str, entries: Sequence[Entry], place: Place | None, zone: str) -> None:
    """Evaluates the member's whole stream anew for every open period they are in, and writes what differs.

    `place` is where the member is at home; nowhere means no period. Folding twice changes nothing, and the
    result depends on the stream and the place alone, so folding step by step and rebuilding agree.
    """
    seq = entries[-1].seq if entries else 0
    open_ = [period for period in periods_for(place.ancestors if place else ()) if period.state == "open"]
    results = {period.id: evaluate(entries, period.rules, period.span, zone) for period in open_}
    wanted = {_stored(period_id, line) for period_id, result in results.items() for line in result.lines}
    _write_lines(member_id, wanted)
    _write_standings(member_id, results, place, seq)
    db.session.execute(upsert(_mark, dialect_name()), {"member_id": member_id, "seq": seq})


def _stored(period_id: str, line: Line) -> Stored:
    return (period_id, line.seq, line.rule, line.worth, line.counted, line.reason, line.on)


def _write_lines(member_id: str, wanted: set[Stored]) -> None:
    known = {tuple(row) for row in db.session.execute(_LINES, {"member_id": member_id})}
    if gone := known - wanted:
        db.session.execute(
            _DELETE_LINE, [{"m": member_id, "p": row[0], "s": row[1], "r": row[2]} for row in gone]
        )
    if new := wanted - known:
        names = ("member_id", *(column.name for column in _LINES.selected_columns))
        rows = [dict(zip(names, (member_id, *row), strict=True)) for row in sorted(new)]
        db.session.execute(insert(_line), rows)


def _write_standings(
    member_id: str,
    results: Mapping[str, Evaluation],
    place: Place | None,
    seq: int,
) -> None:
    """One row a period. Rows of open periods that the member is no longer in go away; closed ones stay."""
    db.session.execute(_LEFT, {"member_id": member_id, "periods": sorted(results)})
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
    db.session.execute(upsert(_standing, dialect_name()), rows)


def forget(member_id: str) -> None:
    """Removes what was folded for the member in open periods, and the mark: the first half of rebuilding."""
    for table in (_line, _standing):
        statement = delete(table).where(table.c.member_id == member_id, table.c.period_id.in_(_OPEN))
        db.session.execute(statement)
    db.session.execute(delete(_mark).where(_mark.c.member_id == member_id))
