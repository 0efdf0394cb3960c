"""Folding a member's entries into status rows, and status changes into the counts of every ancestor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import branches, plans
from learnapp.branches import Place
from learnapp.coverage.models import (
    CoverageClock,
    CoverageDelta,
    CoverageMark,
    CoverageRollup,
    CoverageStatus,
)
from learnapp.coverage.rules import STATES, State, expected, progress, state_of, waivers
from learnapp.db import db, dialect_name, new_id, table_of, upsert
from learnapp.ledger import Entry, Stream
from learnapp.plans import DueItem

_status, _mark, _delta = table_of(CoverageStatus), table_of(CoverageMark), table_of(CoverageDelta)
_rollup, _clock = table_of(CoverageRollup), table_of(CoverageClock)

_KNOWN = (
    select(
        _status.c.item_id,
        _status.c.branch_id,
        _status.c.state,
        _status.c.entry_seq,
        _mark.c.seq,
    )
    .select_from(_status)
    .outerjoin(_mark, _mark.c.member_id == _status.c.member_id)
    .where(_status.c.member_id == bindparam("member_id"))
)
_ADD_DELTA = insert(_delta)
_DELETE = delete(_status).where(_status.c.member_id == bindparam("m"), _status.c.item_id == bindparam("i"))


class Row(NamedTuple):
    """A status row without its keys."""

    branch_id: str
    state: str
    entry_seq: int | None


@dataclass(frozen=True)
class Change:
    """One item's row before and after; None where there is none."""

    item_id: str
    old: Row | None
    new: Row | None


def recount(entries: Sequence[Entry], place: Place | None) -> dict[str, Row]:
    """The member's rows by item as they must be, from entries, membership, exemptions and plans alone."""
    if place is None:
        return {}
    return _rows(_items(place), place, progress(entries), entries)


def _items(place: Place) -> list[tuple[DueItem, bool]]:
    """The items that concern whoever is at home there, and whether each is expected of them."""
    return [
        (item, expected(item, place.joined_on, place.exempt_on(item.due_on)))
        for item in plans.assigned(place.ancestors)
        if item.concerns(place.member_class)
    ]


def _rows(
    items: Sequence[tuple[DueItem, bool]], place: Place, done: Mapping[str, State], entries: Sequence[Entry]
) -> dict[str, Row]:
    waiving = waivers(entries)
    states = {item.item_id: state_of(item, is_expected, done, waiving) for item, is_expected in items}
    return {item_id: Row(place.branch_id, one.state, one.seq) for item_id, one in states.items()}


def fold(member_id: str, stream: Stream, place: Place | None, at: datetime) -> None:
    """Brings the member's status rows up to their stream and place; each change leaves a delta beside it.

    Folding twice changes nothing, and folding what is new gives what recounting the whole gives. `place` None
    is a member who is at home nowhere.
    """
    known, seq = _known(member_id)
    wanted = None
    if stream.since and place and (seq >= stream.since or not known):
        wanted = _continued(stream, place, known)
    if wanted is None:
        wanted = recount(stream.whole(), place)
    changes = [
        Change(item_id, known.get(item_id), wanted.get(item_id))
        for item_id in dict.fromkeys([*known, *wanted])
        if known.get(item_id) != wanted.get(item_id)
    ]
    _write(member_id, changes, at)
    home = {"branch_id": place.branch_id, "home_id": place.home_id} if place else {}
    mark = {"member_id": member_id, "seq": stream.seq, "branch_id": None, "home_id": None, **home}
    db.session.execute(upsert(_mark, dialect_name()), mark)


def _continued(stream: Stream, place: Place, known: Mapping[str, Row]) -> dict[str, Row] | None:
    """The rows as the new entries make them of the stored ones. None where these do not say how far the member
    had come: there is a new item, or one is waived, or was not expected and is now."""
    items = _items(place)
    before: dict[str, State] = {}
    for item, is_expected in items:
        row = known.get(item.item_id)
        if row is None or (is_expected and row.state == "out"):
            return None
        if row.entry_seq is not None:
            before[f"{item.kind}/{item.slug}"] = State(row.state, row.entry_seq)
    done = progress(stream.entries, before)
    return _rows(items, place, done, stream.entries)


def known_rows(member_id: str) -> dict[str, Row]:
    """The member's stored rows by item."""
    return _known(member_id)[0]


def _known(member_id: str) -> tuple[dict[str, Row], int]:
    """The stored rows, and the entry up to which they were made; 0 where the mark was taken away."""
    found = db.session.execute(_KNOWN, {"member_id": member_id}).all()
    seq = found[0][4] if found else None
    return {row[0]: Row(*row[1:4]) for row in found}, seq or 0


def _write(member_id: str, changes: Sequence[Change], at: datetime) -> None:
    gone = [{"m": member_id, "i": change.item_id} for change in changes if change.new is None]
    if gone:
        db.session.execute(_DELETE, gone)
    rows = [
        {"member_id": member_id, "item_id": change.item_id, **change.new._asdict(), "changed_at": at}
        for change in changes
        if change.new is not None
    ]
    if rows:
        db.session.execute(upsert(_status, dialect_name()), rows if len(rows) > 1 else rows[0])
    deltas = [row for change in changes for row in _deltas(member_id, change)]
    if deltas:
        db.session.execute(_ADD_DELTA, deltas if len(deltas) > 1 else deltas[0])


def _deltas(member_id: str, change: Change) -> Iterable[dict[str, object]]:
    """What the change does to the counts: one row, or two when the member changed the branch."""
    moves: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
    if change.old is not None:
        moves[change.old.branch_id][change.old.state] -= 1
    if change.new is not None:
        moves[change.new.branch_id][change.new.state] += 1
    for branch_id, counts in moves.items():
        if any(counts.values()):
            yield {
                "member_id": member_id,
                "id": new_id(),
                "branch_id": branch_id,
                "item_id": change.item_id,
                **counts,
            }


def forget(member_id: str, at: datetime) -> None:
    """Removes the member's status rows, with their deltas, and the mark: the first half of rebuilding."""
    _write(member_id, [Change(item_id, row, None) for item_id, row in known_rows(member_id).items()], at)
    db.session.execute(delete(_mark).where(_mark.c.member_id == member_id))


def roll_up(at: datetime) -> int:
    """Takes all deltas into the counts of every ancestor; returns how many there were.

    Taking and adding happen in the caller's one transaction, under the lock of the clock's row, so that no
    delta is counted twice or lost and the order does not matter. `at` is the job's start and is what pages
    say: everything committed before it is in the counts.
    """
    _take_clock(at)
    taken = db.session.execute(
        delete(_delta).returning(
            _delta.c.branch_id, _delta.c.item_id, _delta.c.open, _delta.c.under, _delta.c.done, _delta.c.out
        )
    ).all()
    sums: dict[tuple[str, str], list[int]] = {}
    for branch_id, item_id, *counts in taken:
        old = sums.get((branch_id, item_id), [0, 0, 0, 0])
        sums[branch_id, item_id] = [a + b for a, b in zip(old, counts, strict=True)]
    rows = [
        dict(zip(("parent_id", "branch_id", "item_id", *_COUNTED), (*key, *counts), strict=True))
        for key, counts in sorted(spread(sums, branches.paths({branch for branch, _ in sums})).items())
    ]
    if rows:
        db.session.execute(upsert(_rollup, dialect_name(), add=True), rows)
    return len(taken)


_COUNTED = ("open", "under", "done", "out")


def spread(
    sums: Mapping[tuple[str, str], Sequence[int]], paths: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str, str], list[int]]:
    """Counts by (branch, item) as counts by (parent, child, item) for every ancestor.

    `paths` goes from the branch up to the root. A branch's own members stand under (branch, branch).
    """
    found: dict[tuple[str, str, str], list[int]] = {}
    for (branch_id, item_id), counts in sums.items():
        if not any(counts):
            continue
        path = paths[branch_id]
        for parent, child in [(branch_id, branch_id), *zip(path[1:], path, strict=False)]:
            old = found.get((parent, child, item_id), [0, 0, 0, 0])
            found[parent, child, item_id] = [a + b for a, b in zip(old, counts, strict=True)]
    return found


def _take_clock(at: datetime) -> None:
    """Locks the one row of the clock and sets it; it never goes back."""
    lock = select(_clock.c.as_of).where(_clock.c.id == 1).with_for_update()
    row = db.session.execute(lock).one_or_none()
    if row is None:
        db.session.execute(upsert(_clock, dialect_name()), {"id": 1, "as_of": at})
        return
    if at > row.as_of:
        db.session.execute(update(_clock).where(_clock.c.id == 1).values(as_of=at))


def waiting() -> bool:
    """Whether there are deltas that the counts have not taken yet."""
    return db.session.execute(select(_delta.c.id).limit(1)).first() is not None
