"""Where a member stands on a day, in one look: what the readers of the ledger need to know about a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select

from learnapp.branches.models import Branch, BranchPath, Exemption, Membership
from learnapp.branches.queries import Unit, at_home
from learnapp.db import db, table_of


@dataclass(frozen=True)
class Place:
    """A member's home on a day.

    `ancestors` starts with the home branch itself and goes up to the root. `joined_on` is the first day of
    the member's earliest home, so that moving house does not make a newcomer. `exemptions` are
    (first day, first day after). `home_id` names the interval that holds: it is another one as soon as branch,
    class or post is.
    """

    branch_id: str
    member_class: str
    post: str | None
    joined_on: date
    ancestors: tuple[str, ...]
    exemptions: tuple[tuple[date, date], ...]
    home_id: str = ""

    def exempt_on(self, day: date) -> bool:
        """Whether nothing is expected of the member on that day."""
        return any(first <= day < after for first, after in self.exemptions)


_membership, _path, _exemption = table_of(Membership), table_of(BranchPath), table_of(Exemption)

_PLACE = (
    select(
        _membership.c.id,
        _membership.c.branch_id,
        _membership.c.member_class,
        _membership.c.post,
        _membership.c.valid_from,
        _membership.c.valid_to,
        _path.c.ancestor_id,
        _path.c.depth,
        _exemption.c.valid_from.label("exempt_from"),
        _exemption.c.valid_to.label("exempt_to"),
    )
    .join(_path, _path.c.branch_id == _membership.c.branch_id)
    .outerjoin(_exemption, _exemption.c.member_id == _membership.c.member_id)
    .where(_membership.c.member_id == bindparam("member_id"), _membership.c.kind == "home")
    .order_by(_membership.c.valid_from, _path.c.depth)
)


def place(member_id: str, today: date) -> Place | None:
    """Where the member is at home on that day; None when nowhere."""
    rows = db.session.execute(_PLACE, {"member_id": member_id}).all()
    here = [row for row in rows if row.valid_from <= today and (row.valid_to is None or row.valid_to > today)]
    if not here:
        return None
    return Place(
        branch_id=here[0].branch_id,
        member_class=here[0].member_class,
        post=here[0].post,
        joined_on=rows[0].valid_from,
        ancestors=tuple(dict.fromkeys(row.ancestor_id for row in here)),
        exemptions=tuple(
            sorted({(row.exempt_from, row.exempt_to) for row in rows if row.exempt_from is not None})
        ),
        home_id=here[0].id,
    )


def homes(today: date, after: str, limit: int) -> list[str]:
    """Members at home anywhere on that day whose id is greater than `after`, by id, at most `limit`."""
    rows = db.session.execute(
        select(Membership.member_id)
        .where(Membership.member_id > after, at_home(today))
        .order_by(Membership.member_id)
        .limit(limit)
    )
    return [row.member_id for row in rows]


def paths(branch_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each of these units its ancestors, the unit itself first and the root last."""
    found: dict[str, list[str]] = {branch_id: [] for branch_id in branch_ids}
    rows = db.session.execute(
        select(BranchPath.branch_id, BranchPath.ancestor_id)
        .where(BranchPath.branch_id.in_(sorted(branch_ids)))
        .order_by(BranchPath.branch_id, BranchPath.depth)
    )
    for row in rows:
        found[row.branch_id].append(row.ancestor_id)
    return {branch_id: tuple(above) for branch_id, above in found.items()}


def named(name: str) -> list[Unit]:
    """The units with this id or exactly this name, by id."""
    rows = db.session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(or_(Branch.id == name, Branch.name == name))
        .order_by(Branch.id)
    )
    return [Unit(*row) for row in rows]
