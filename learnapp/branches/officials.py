"""Who holds an office in units: asked for many units at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from learnapp.accounts import Account
from learnapp.branches.models import Branch, BranchPath, RoleGrant
from learnapp.db import db

# An office reaches from a branch down to its groups, and from nowhere else.
_AT_HOME = ("branch", "group")


@dataclass(frozen=True)
class Officials:
    """The secretaries and recorders of a branch or group, and of the branch that a group belongs to."""

    secretaries: frozenset[str] = frozenset()
    recorders: frozenset[str] = frozenset()


def officials(branch_ids: Collection[str], today: date) -> dict[str, Officials]:
    """For each of these units who is secretary or recorder there on that day and can sign in. One statement."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(BranchPath.branch_id, RoleGrant.role, RoleGrant.member_id)
        .join(Branch, Branch.id == BranchPath.ancestor_id)
        .join(RoleGrant, RoleGrant.branch_id == BranchPath.ancestor_id)
        .join(Account, Account.member_id == RoleGrant.member_id)
        .where(
            BranchPath.branch_id.in_(sorted(branch_ids)),
            Branch.kind.in_(_AT_HOME),
            RoleGrant.role.in_(("secretary", "recorder")),
            RoleGrant.valid_from <= today,
            or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > today),
            Account.disabled_at.is_(None),
        )
    )
    for branch_id, role, member_id in rows:
        held[branch_id, role].add(member_id)
    return {
        branch_id: Officials(frozenset(held[branch_id, "secretary"]), frozenset(held[branch_id, "recorder"]))
        for branch_id in branch_ids
    }
