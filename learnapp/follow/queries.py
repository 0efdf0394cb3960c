"""Who has to be folded, found in committed rows alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BindParameter, and_, bindparam, or_, select, union

from learnapp.branches import Membership
from learnapp.coverage import CoverageMark
from learnapp.db import db, table_of
from learnapp.ledger import LedgerHead
from learnapp.notices import NoticeMark
from learnapp.points import PointsMark

_head, _points, _coverage = table_of(LedgerHead), table_of(PointsMark), table_of(CoverageMark)
_membership, _notices = table_of(Membership), table_of(NoticeMark)
_today: BindParameter[date] = bindparam("today")
_after: BindParameter[str] = bindparam("after")

_at_home = and_(
    _membership.c.kind == "home",
    _membership.c.valid_from <= _today,
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _today),
)
# The stream is longer than a reader's mark says.
_ahead = (
    select(_head.c.member_id)
    .outerjoin(_points, _points.c.member_id == _head.c.member_id)
    .outerjoin(_coverage, _coverage.c.member_id == _head.c.member_id)
    .outerjoin(_notices, _notices.c.member_id == _head.c.member_id)
    .where(
        _head.c.member_id > _after,
        _head.c.seq > 0,
        or_(
            _points.c.seq.is_(None),
            _points.c.seq < _head.c.seq,
            _coverage.c.seq.is_(None),
            _coverage.c.seq < _head.c.seq,
            _notices.c.seq.is_(None),
            _notices.c.seq < _head.c.seq,
        ),
    )
)
# At home somewhere, but folded for another branch, class or post, or never (a mark was taken away when a plan
# changed). A mark without an interval is from before these were remembered.
_elsewhere = (
    select(_membership.c.member_id)
    .outerjoin(_coverage, _coverage.c.member_id == _membership.c.member_id)
    .where(
        _membership.c.member_id > _after,
        _at_home,
        or_(
            _coverage.c.member_id.is_(None),
            _coverage.c.branch_id.is_distinct_from(_membership.c.branch_id),
            _coverage.c.home_id != _membership.c.id,
        ),
    )
)
# Folded for a branch, but at home nowhere any more.
_nowhere = (
    select(_coverage.c.member_id)
    .outerjoin(_membership, and_(_membership.c.member_id == _coverage.c.member_id, _at_home))
    .where(
        _coverage.c.member_id > _after, _coverage.c.branch_id.is_not(None), _membership.c.member_id.is_(None)
    )
)
_found = union(_ahead, _elsewhere, _nowhere).subquery()
_BEHIND = select(_found.c.member_id).order_by(_found.c.member_id).limit(bindparam("limit"))


def behind(today: date, *, after: str = "", limit: int = 500) -> list[str]:
    """Members who must be folded, by id from behind `after`: entries, home or plan changed since last time."""
    rows = db.session.execute(_BEHIND, {"today": today, "after": after, "limit": limit})
    return [row[0] for row in rows]
