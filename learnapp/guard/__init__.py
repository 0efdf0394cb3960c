"""Who is asking, and may they?

The permission table (`rules.PERMISSIONS`) is data: for each permission the roles that hold it and how the
asker must stand to what is asked about. What is not granted there is denied, and a page that names no
permission is refused.
"""

from learnapp.guard.queries import (
    SignInAgain,
    account_for,
    grantee,
    member_for,
    not_self,
    outranks,
    past_member_for,
    principal_for,
    require,
    unit_for,
    whole_house,
)
from learnapp.guard.rules import (
    BRANCH_ROLES,
    OWN_KINDS,
    PERMISSIONS,
    POWER_HOURS,
    RELATIONS,
    ROLE_WORDS,
    ROLES,
    SESSION_DAYS,
    Grant,
    Principal,
    Relation,
    Rule,
    covers,
    fits,
    may_somewhere,
    needs_fresh,
    permits,
    units,
)

__all__ = [
    "BRANCH_ROLES",
    "OWN_KINDS",
    "PERMISSIONS",
    "POWER_HOURS",
    "RELATIONS",
    "ROLES",
    "ROLE_WORDS",
    "SESSION_DAYS",
    "Grant",
    "Principal",
    "Relation",
    "Rule",
    "SignInAgain",
    "account_for",
    "covers",
    "fits",
    "grantee",
    "may_somewhere",
    "member_for",
    "needs_fresh",
    "not_self",
    "outranks",
    "past_member_for",
    "permits",
    "principal_for",
    "require",
    "unit_for",
    "units",
    "whole_house",
]
