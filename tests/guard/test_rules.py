"""The permission table and how it is read, without a database."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.guard import (
    PERMISSIONS,
    RELATIONS,
    ROLES,
    Grant,
    Principal,
    covers,
    fits,
    may_somewhere,
    needs_fresh,
    permits,
    units,
)

KINDS = ("committee", "general", "branch", "group")
TREE = {"root": "committee", "mid": "general", "low": "branch", "leaf": "group", "else": "branch"}
ABOVE = {
    "root": {"root"},
    "mid": {"root", "mid"},
    "low": {"root", "mid", "low"},
    "leaf": {"root", "mid", "low", "leaf"},
    "else": {"root", "else"},
}

permissions = st.sampled_from(sorted(PERMISSIONS))
places = st.sampled_from(sorted(TREE))
grants = st.lists(st.tuples(st.sampled_from(ROLES[1:]), places), max_size=3)


def principal(*held: tuple[str, str], fresh: bool = True) -> Principal:
    return Principal(
        member_id="me",
        name="王芳",
        branch_id="low",
        branch_name="第一党支部",
        member_class="full",
        grants=tuple(Grant(role, unit, TREE[unit]) for role, unit in held),
        session="me.1.0",
        fresh=fresh,
    )


def test_the_table_uses_known_words_only() -> None:
    for permission, rules in PERMISSIONS.items():
        assert rules, f"{permission} is granted to nobody"
        assert len(set(rules)) == len(rules)
        for rule in rules:
            assert rule.role in ROLES
            assert rule.relation in RELATIONS


def test_whoever_is_only_a_member_reaches_nobody_else() -> None:
    for rules in PERMISSIONS.values():
        for rule in rules:
            assert rule.role != "member" or rule.relation in ("anyone", "self")


@given(permissions, places)
def test_without_a_role_nothing_about_others(permission: str, place: str) -> None:
    if not any(rule.relation == "anyone" and rule.role == "member" for rule in PERMISSIONS[permission]):
        assert not permits(principal(), permission, member_id="you", ancestors=ABOVE[place])


@given(permissions, grants, places)
def test_a_role_reaches_its_subtree_and_never_beyond(
    permission: str, held: list[tuple[str, str]], place: str
) -> None:
    rules = PERMISSIONS[permission]
    expected = any(rule.relation == "anyone" and rule.role == "member" for rule in rules)
    for role, unit in held:
        for rule in rules:
            if rule.role != role:
                continue
            expected |= rule.relation == "anyone"
            expected |= rule.relation == "subtree" and unit in ABOVE[place]
            expected |= rule.relation == "own" and unit in ABOVE[place] and TREE[unit] in ("branch", "group")
    assert permits(principal(*held), permission, member_id="you", ancestors=ABOVE[place]) == expected


@given(permissions, grants, places, st.sampled_from(ROLES[1:]), places)
def test_one_more_role_never_takes_anything_away(
    permission: str, held: list[tuple[str, str]], place: str, role: str, unit: str
) -> None:
    if permits(principal(*held), permission, ancestors=ABOVE[place]):
        assert permits(principal(*held, (role, unit)), permission, ancestors=ABOVE[place])


@given(permissions, grants, places)
def test_what_is_permitted_somewhere_passes_the_first_look(
    permission: str, held: list[tuple[str, str]], place: str
) -> None:
    asker = principal(*held)
    if permits(asker, permission, member_id="you", ancestors=ABOVE[place]):
        assert may_somewhere(asker, permission)


@given(permissions, grants, places)
def test_an_old_sign_in_has_no_power_over_others(
    permission: str, held: list[tuple[str, str]], place: str
) -> None:
    old = principal(*held, fresh=False)
    if any(rule.relation in ("own", "subtree") for rule in PERMISSIONS[permission]):
        member_may = any(rule == type(rule)("member", "anyone") for rule in PERMISSIONS[permission])
        assert member_may or not permits(old, permission, member_id="you", ancestors=ABOVE[place])
    assert permits(old, "ledger.read", member_id="me")


def test_own_ends_at_the_branch() -> None:
    assert permits(principal(("secretary", "low")), "ledger.read", member_id="you", ancestors=ABOVE["leaf"])
    assert not permits(
        principal(("secretary", "mid")), "ledger.read", member_id="you", ancestors=ABOVE["low"]
    )


def test_pages_of_members_do_not_ask_again_and_pages_of_power_do() -> None:
    assert not needs_fresh("study.act")
    assert not needs_fresh("ledger.read")
    assert needs_fresh("audit.read")
    assert needs_fresh("branches.grant")


@given(permissions, grants)
def test_the_units_of_a_permission_are_ones_where_it_is_granted(
    permission: str, held: list[tuple[str, str]]
) -> None:
    asker = principal(*held)
    for unit in units(asker, permission):
        assert permits(asker, permission, ancestors=ABOVE[unit])


@pytest.mark.parametrize("kind", KINDS)
def test_branch_roles_fit_branches_only(kind: str) -> None:
    small = kind in ("branch", "group")
    assert fits("secretary", kind) == small
    assert fits("recorder", kind) == small
    assert fits("operator", kind)
    assert not fits("member", kind)
    assert not fits("emperor", kind)


def test_nobody_stands_in_for_more_power_than_their_own() -> None:
    secretary = principal(("secretary", "low"))
    assert covers(secretary, [])
    assert covers(secretary, [("recorder", ABOVE["low"])])
    assert covers(secretary, [("secretary", ABOVE["leaf"])])
    for role in ("operator", "auditor", "trainer", "reviewer"):
        assert not covers(secretary, [(role, ABOVE["low"])])
    assert not covers(secretary, [("committee", ABOVE["mid"])])
    assert not covers(secretary, [("recorder", ABOVE["else"])])
    operator = principal(("operator", "mid"))
    assert covers(operator, [("operator", ABOVE["mid"]), ("trainer", ABOVE["low"])])
    assert not covers(operator, [("operator", ABOVE["root"])])
    assert not covers(dataclasses.replace(operator, fresh=False), [("trainer", ABOVE["low"])])


@given(grants)
def test_everybody_covers_themselves_with_a_recent_sign_in(held: list[tuple[str, str]]) -> None:
    """Also where a role stands on a unit on which it means nothing."""
    fitting = [(role, unit) for role, unit in held if fits(role, TREE[unit])]
    assert covers(principal(*fitting), [(role, ABOVE[unit]) for role, unit in fitting])
