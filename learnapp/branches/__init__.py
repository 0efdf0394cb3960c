"""The tree of units and who belongs where, in which class and with which role, on any day."""

from learnapp.branches.places import Place, homes, members_below, paths, place
from learnapp.branches.queries import (
    Person,
    Unit,
    ancestors,
    children,
    members_of,
    person,
    roots,
    standing_rows,
    subtree,
    trail,
    unit,
)
from learnapp.branches.rules import CLASSES, KINDS, POSTS
from learnapp.branches.service import exempt, found, grant, join

__all__ = [
    "CLASSES",
    "KINDS",
    "POSTS",
    "Person",
    "Place",
    "Unit",
    "ancestors",
    "children",
    "exempt",
    "found",
    "grant",
    "homes",
    "join",
    "members_below",
    "members_of",
    "paths",
    "person",
    "place",
    "roots",
    "standing_rows",
    "subtree",
    "trail",
    "unit",
]
