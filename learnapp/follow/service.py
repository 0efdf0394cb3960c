"""Folding members' streams into the readers, each member under their own lock."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import partial
from typing import Literal

import structlog
from sqlalchemy import bindparam, delete, select

from learnapp import branches, coverage, declarations, ledger, notices, points
from learnapp.clock import local_date
from learnapp.coverage import CoverageMark
from learnapp.db import db, part, table_of, transaction
from learnapp.follow.queries import behind
from learnapp.ledger import LedgerHead, Stream
from learnapp.notices import NoticeMark
from learnapp.points import PointsMark

Reader = Literal["points", "coverage", "notices"]

_head, _points, _coverage = table_of(LedgerHead), table_of(PointsMark), table_of(CoverageMark)
_notices = table_of(NoticeMark)
_log = structlog.get_logger()

_MARKS = (
    select(_head.c.seq, _points.c.seq, _coverage.c.seq, _notices.c.seq)
    .outerjoin(_points, _points.c.member_id == _head.c.member_id)
    .outerjoin(_coverage, _coverage.c.member_id == _head.c.member_id)
    .outerjoin(_notices, _notices.c.member_id == _head.c.member_id)
    .where(_head.c.member_id == bindparam("member_id"))
    .with_for_update(of=_head)
)


def member(member_id: str, *, at: datetime, zone: str) -> None:
    """Folds what is new in the member's stream into the readers; one query when nothing is new.

    Belongs to a transaction of its own, after that of the act.
    """
    found = db.session.execute(_MARKS, {"member_id": member_id}).one_or_none()
    if found is None:
        fold(member_id, at=at, zone=zone)
        return
    seq, *marks = found
    # What was joined may be from before the lock was waited for. It only says where to begin reading: a reader
    # goes by what it finds under the lock, and asks for the whole stream where the part is not enough.
    if any(mark != seq for mark in marks):
        _fold(ledger.stream(member_id, min(mark or 0 for mark in marks)), at, zone)


def fold(member_id: str, *, at: datetime, zone: str) -> bool:
    """Folds the member's whole stream and their place into points, coverage, then notices, whether or not
    something seems new.

    A reader that fails is logged and leaves its mark where it was, for the sweeper to try again; it never
    undoes another reader. Returns whether all went well.
    """
    ledger.lock(member_id)
    return _fold(ledger.stream(member_id), at, zone)


def _fold(stream: Stream, at: datetime, zone: str) -> bool:
    member_id = stream.member_id
    if declarations.unsettled(stream.entries):
        # A writer's own rows: an entry voided by hand, or carried over from another account, changed them too.
        declarations.settle(member_id)
    place = branches.place(member_id, local_date(at, zone))
    readers: tuple[tuple[Reader, Callable[[], None]], ...] = (
        ("points", partial(points.fold, member_id, stream, place, zone)),
        ("coverage", partial(coverage.fold, member_id, stream, place, at)),
        ("notices", partial(notices.fold, member_id, stream.entries)),
    )
    try:
        with part():
            for _, read in readers:
                read()
    except Exception:
        # Again, each by itself, to know which one it was and to keep what the others do.
        went_well = [_tried(name, read, member_id) for name, read in readers]
        return all(went_well)
    return True


def _tried(name: Reader, read: Callable[[], None], member_id: str) -> bool:
    try:
        with part():
            read()
    except Exception:
        _log.exception("reader failed", reader=name, member=member_id)
        return False
    return True


def rebuild(reader: Reader, member_id: str, *, at: datetime, zone: str) -> bool:
    """Forgets what one reader knows of the member and folds again: the same to the last digit."""
    ledger.lock(member_id)
    if reader == "points":
        points.forget(member_id)
    elif reader == "coverage":
        coverage.forget(member_id, at)
    else:
        notices.forget(member_id)
    return fold(member_id, at=at, zone=zone)


def stale(branch_ids: Collection[str], today: date) -> None:
    """Says that everybody at home in these units or below must be folded anew, since a plan, a period or the
    tree changed. Belongs to the transaction of that change; `sweep` finds them when it is committed.

    Their locks are taken first: a fold under way has then either written its mark, which goes away, or waits
    and sees the change.
    """
    concerned = list(db.session.execute(branches.ids_below(branch_ids, today)).scalars())
    ledger.hold(concerned)
    below = branches.ids_below(branch_ids, today)
    for table in (_points, _coverage):
        db.session.execute(delete(table).where(table.c.member_id.in_(below)))


def stale_member(member_id: str) -> None:
    """Says that a member must be folded anew, since a class or an exemption of theirs changed."""
    ledger.lock(member_id)
    for table in (_points, _coverage):
        db.session.execute(delete(table).where(table.c.member_id == member_id))


def sweep(at: datetime, zone: str, limit: int = 500) -> int:
    """Folds members who are behind, at most `limit` of them, each in a transaction of their own; returns how
    many. Who fails is logged and passed over until the next time. Called outside of any transaction."""
    done, after, today = 0, "", local_date(at, zone)
    while done < limit:
        batch = behind(today, after=after, limit=min(limit, 500))
        db.session.rollback()
        if not batch:
            break
        for member_id in batch[: limit - done]:
            done += _swept(member_id, at, zone)
        after = batch[-1]
    return done


def _swept(member_id: str, at: datetime, zone: str) -> bool:
    try:
        with transaction():
            return fold(member_id, at=at, zone=zone)
    except Exception:
        _log.exception("follow failed", member=member_id)
        return False
