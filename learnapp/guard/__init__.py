"""Who is asking, and may they?

The permission table (`rules.PERMISSIONS`) is data: for each permission the roles that hold it and how the
asker must stand to what is asked about. What is not granted there is denied, and a page that names no
permission is refused.
"""

from learnapp.guard.queries import member_for, principal_for, require, unit_for
from learnapp.guard.rules import (
    PERMISSIONS,
    POWER_HOURS,
    RELATIONS,
    ROLES,
    SESSION_DAYS,
    Grant,
    Principal,
    Relation,
    Rule,
    may_somewhere,
    needs_fresh,
    permits,
)

__all__ = [
    "PERMISSIONS",
    "POWER_HOURS",
    "RELATIONS",
    "ROLES",
    "SESSION_DAYS",
    "Grant",
    "Principal",
    "Relation",
    "Rule",
    "may_somewhere",
    "member_for",
    "needs_fresh",
    "permits",
    "principal_for",
    "require",
    "unit_for",
]
