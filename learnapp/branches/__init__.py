"""The tree of units and who belongs where, in which class and with which role, on any day."""

from learnapp.branches.models import BranchPath, Membership
from learnapp.branches.places import Place, homes, paths, place
from learnapp.branches.queries import (
    Person,
    Role,
    Unit,
    ancestors,
    children,
    counts,
    member_ids_below,
    members_of,
    person,
    roles_of,
    roles_on,
    roots,
    standing_rows,
    subtree,
    trail,
    unit,
    units,
)
from learnapp.branches.rules import CLASSES, KINDS, POSTS
from learnapp.branches.service import end_role, exempt, found, grant, join

__all__ = [
    "CLASSES",
    "KINDS",
    "POSTS",
    "BranchPath",
    "Membership",
    "Person",
    "Place",
    "Role",
    "Unit",
    "ancestors",
    "children",
    "counts",
    "end_role",
    "exempt",
    "found",
    "grant",
    "homes",
    "join",
    "member_ids_below",
    "members_of",
    "paths",
    "person",
    "place",
    "roles_of",
    "roles_on",
    "roots",
    "standing_rows",
    "subtree",
    "trail",
    "unit",
    "units",
]
