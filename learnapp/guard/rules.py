"""The permission table and how it is read. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from learnapp.errors import N_

# How the asker stands to what is asked about:
#   anyone   signed in, about nobody in particular (a lesson, a list of quizzes)
#   self     about the asker
#   own      about a branch (党支部) or its group on which the asker holds the role
#   subtree  about any unit at or below the one on which the asker holds the role
Relation = Literal["anyone", "self", "own", "subtree"]
RELATIONS: tuple[Relation, ...] = ("anyone", "self", "own", "subtree")

ROLE_WORDS: Mapping[str, str] = {
    "member": N_("Member"),
    "trainer": N_("Trainer"),
    "reviewer": N_("Reviewer"),
    "recorder": N_("Branch recorder"),
    "secretary": N_("Branch secretary"),
    "committee": N_("Committee staff"),
    "auditor": N_("Auditor"),
    "operator": N_("Operator"),
}
ROLES = tuple(ROLE_WORDS)

# What only works on a branch or group, because "own" never reaches further.
BRANCH_ROLES = ("recorder", "secretary")

# A role with power asks for a sign-in that is not older than this; studying goes on without.
POWER_HOURS = 12
SESSION_DAYS = 180

# Units in which names are at home: "own" never reaches above a branch.
OWN_KINDS = ("branch", "group")


@dataclass(frozen=True)
class Rule:
    """One line of the table: this role, standing so to what is asked about, may."""

    role: str
    relation: Relation


def _rules(*pairs: tuple[str, Relation]) -> tuple[Rule, ...]:
    return tuple(Rule(role, relation) for role, relation in pairs)


EVERY_MEMBER = _rules(("member", "anyone"))

PERMISSIONS: Mapping[str, tuple[Rule, ...]] = {
    "home.read": EVERY_MEMBER,
    "account.own": EVERY_MEMBER,
    "study.read": EVERY_MEMBER,
    "study.act": EVERY_MEMBER,
    "quiz.read": EVERY_MEMBER,
    "quiz.act": EVERY_MEMBER,
    "drill.own": EVERY_MEMBER,
    "notices.own": EVERY_MEMBER,
    # Running an exam: times, pauses, reopening, and deciding about what came late. Never about oneself.
    "quiz.conduct": _rules(("secretary", "own"), ("committee", "subtree"), ("trainer", "subtree")),
    # Marking answers in free text and deciding about appeals, blind unless the quiz says otherwise.
    "quiz.mark": _rules(("trainer", "anyone"), ("reviewer", "anyone")),
    "quiz.statistics": _rules(("trainer", "anyone")),
    "quiz.regrade": _rules(("trainer", "anyone")),
    "quiz.faults": _rules(("trainer", "anyone")),
    "media.read": EVERY_MEMBER,
    "work.read": tuple(Rule(role, "anyone") for role in ROLES if role != "member"),
    "ledger.own": EVERY_MEMBER,
    "ledger.read": _rules(("member", "self"), ("secretary", "own"), ("auditor", "subtree")),
    # Voiding an entry by hand, waiving, and accepting something else. Never about oneself, under any account.
    "ledger.correct": _rules(("secretary", "own"), ("committee", "subtree")),
    "declarations.waive": _rules(("secretary", "own"), ("committee", "subtree")),
    "records.own": EVERY_MEMBER,
    "records.read": _rules(("member", "self"), ("secretary", "own"), ("auditor", "subtree")),
    # A member takes what they have earned, or their secretary issues it; nobody revokes their own.
    "records.certify": _rules(("member", "self"), ("secretary", "own")),
    "records.revoke": _rules(("secretary", "own")),
    "points.read": _rules(
        ("member", "self"), ("recorder", "own"), ("secretary", "own"), ("auditor", "subtree")
    ),
    "points.branch": _rules(("secretary", "own"), ("committee", "subtree"), ("auditor", "subtree")),
    # Assessment periods: planning, opening, posting, amending and closing them is the committee's. Of a branch
    # the secretary sees names; grades are decided there, and those of whoever would decide their own one up.
    "assessment.read": _rules(("secretary", "own"), ("committee", "subtree")),
    "assessment.plan": _rules(("committee", "subtree")),
    "assessment.names": _rules(("secretary", "own")),
    "assessment.grade": _rules(("secretary", "own"), ("committee", "subtree")),
    # Recognition lists; a summary of a year and the export are of people, for the branch itself.
    "assessment.recognise": _rules(("secretary", "own"), ("committee", "subtree")),
    "assessment.summary": _rules(("member", "self"), ("secretary", "own")),
    "assessment.export": _rules(("secretary", "own"), ("committee", "subtree")),
    "assessment.review": _rules(("secretary", "own"), ("reviewer", "subtree"), ("committee", "subtree")),
    "assessment.own": EVERY_MEMBER,
    # Writing rule sets of points and trying them; results by name are for the own branch.
    "points.rules": _rules(("committee", "subtree")),
    "points.trial": _rules(("secretary", "own"), ("committee", "subtree")),
    "coverage.read": _rules(
        ("recorder", "own"), ("secretary", "own"), ("committee", "subtree"), ("auditor", "subtree")
    ),
    "coverage.names": _rules(("recorder", "own"), ("secretary", "own")),
    "coverage.export": _rules(("secretary", "own"), ("committee", "subtree")),
    # How long a study hour is and how many are expected of whom, in the units below.
    "plans.hours": _rules(("committee", "subtree")),
    "branches.read": _rules(
        ("recorder", "own"), ("secretary", "own"), ("committee", "subtree"), ("operator", "subtree")
    ),
    "branches.names": _rules(("recorder", "own"), ("secretary", "own"), ("operator", "subtree")),
    # Class, post and guest membership by interval. Never about oneself.
    "branches.change": _rules(("secretary", "own"), ("operator", "subtree")),
    # A transfer: the member or the home's secretary asks, a secretary speaks for each of the two units; where a unit
    # has none, committee staff above both. Nobody decides about themselves.
    "transfers.own": EVERY_MEMBER,
    "transfers.read": _rules(("member", "self"), ("secretary", "own")),
    "transfers.ask": _rules(("secretary", "own")),
    "transfers.decide": _rules(("secretary", "own"), ("committee", "subtree")),
    "accounts.invite": _rules(("secretary", "own"), ("operator", "subtree")),
    "accounts.reset": _rules(("secretary", "own"), ("operator", "subtree")),
    "branches.grant": _rules(("operator", "subtree")),
    "authoring.edit": _rules(("trainer", "anyone")),
    "authoring.read": _rules(("trainer", "anyone"), ("reviewer", "anyone")),
    "authoring.publish": _rules(("trainer", "anyone")),
    # Declaring is everybody's. Nobody confirms their own or what they entered themselves; the unit above answers
    # only for what nobody of the branch can confirm.
    "declarations.own": EVERY_MEMBER,
    "declarations.record": _rules(("recorder", "own"), ("secretary", "own")),
    "declarations.confirm": _rules(("secretary", "own"), ("recorder", "own"), ("committee", "subtree")),
    # Joining two accounts, erasing a person, old data: never about oneself.
    "persons.merge": _rules(("committee", "subtree"), ("operator", "subtree")),
    "persons.erase": _rules(("operator", "subtree")),
    "persons.retain": _rules(("operator", "subtree")),
    "audit.read": _rules(("auditor", "subtree")),
}


@dataclass(frozen=True)
class Grant:
    """A role on a unit, with the unit's kind."""

    role: str
    branch_id: str
    branch_kind: str


@dataclass(frozen=True)
class Principal:
    """Who is asking. A value, not a row: it outlives the transaction it was read in.

    `fresh` says whether the sign-in is recent enough for roles with power.
    """

    member_id: str
    name: str
    branch_id: str | None
    branch_name: str
    member_class: str
    grants: tuple[Grant, ...]
    session: str
    fresh: bool

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the session cookie holds: member, epoch, time of sign-in in seconds."""
        return self.session

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere; everybody is a member."""
        return frozenset({"member", *(grant.role for grant in self.grants)})

    @property
    def has_work(self) -> bool:
        """Whether there is anything on the work tab."""
        return bool(self.grants)

    def can(self, permission: str) -> bool:
        """Whether the permission could be granted somewhere, for showing or hiding a link."""
        return may_somewhere(self, permission)


def may_somewhere(principal: Principal, permission: str) -> bool:
    """Whether some rule of the permission names a role that the principal holds anywhere."""
    return any(rule.role in principal.roles for rule in PERMISSIONS[permission])


def needs_fresh(permission: str) -> bool:
    """Whether only roles with power hold the permission, so that the sign-in must be recent."""
    return all(rule.role != "member" for rule in PERMISSIONS[permission])


def permits(
    principal: Principal,
    permission: str,
    *,
    member_id: str | None = None,
    ancestors: Collection[str] = (),
) -> bool:
    """Whether the table grants it about this member and the unit with these ancestors, itself included."""
    return any(_holds(principal, rule, member_id, ancestors) for rule in PERMISSIONS[permission])


def _holds(principal: Principal, rule: Rule, member_id: str | None, ancestors: Collection[str]) -> bool:
    if rule.relation == "anyone":
        return rule.role in principal.roles
    if rule.relation == "self":
        return member_id == principal.member_id
    # A power behind a mixed permission (one's own ledger, or the branch's) also needs a recent sign-in.
    return principal.fresh and any(
        grant.role == rule.role
        and grant.branch_id in ancestors
        and (rule.relation == "subtree" or grant.branch_kind in OWN_KINDS)
        for grant in principal.grants
    )


def units(principal: Principal, permission: str) -> frozenset[str]:
    """The units on which the principal's roles grant the permission, by own roles only: what is below a
    unit of a `subtree` rule is not listed."""
    return frozenset(
        grant.branch_id
        for grant in principal.grants
        for rule in PERMISSIONS[permission]
        if rule.role == grant.role
        and (rule.relation == "subtree" or (rule.relation == "own" and grant.branch_kind in OWN_KINDS))
    )


def fits(role: str, kind: str) -> bool:
    """Whether a role means anything on a unit of this kind; `member` is nobody's to grant."""
    return role in ROLES and role != "member" and (role not in BRANCH_ROLES or kind in OWN_KINDS)


def covers(principal: Principal, held: Collection[tuple[str, Collection[str]]]) -> bool:
    """Whether the principal may do everything that these roles may, each given with its unit's ancestors.

    Whoever hands out a code for an account could use it: so nobody may do that for an account that may more
    than they may. Whoever may grant roles on the unit counts as covering it.
    """
    return all(
        permits(principal, "branches.grant", ancestors=ancestors)
        or all(
            permits(principal, permission, ancestors=ancestors)
            for permission, rules in PERMISSIONS.items()
            if any(rule.role == role for rule in rules)
        )
        for role, ancestors in held
    )
