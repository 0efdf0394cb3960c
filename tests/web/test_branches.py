"""Units, people, invitations, codes and roles, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import audit
from learnapp.db import db
from tests.world import PASSWORD, World, sign_in

EN = {"Accept-Language": "en"}


def _text(answer: TestResponse) -> str:
    assert answer.status_code < 400, answer.status
    return unescape(answer.get_data(as_text=True))


def _log(member_ids: list[str], action: str = "") -> list[audit.Event]:
    """The log as it is now: the session of the test may hold an older view."""
    db.session.rollback()
    return audit.events(member_ids, limit=9, action=action)


def _as(client: FlaskClient, world: World, role: str) -> FlaskClient:
    sign_in(client, world.people[role])
    return client


def test_my_units_are_those_of_my_roles(world: World, client: FlaskClient) -> None:
    page = _text(_as(client, world, "secretary").get("/branches/", headers=EN))
    assert "社区第一党支部" in page
    assert "5 members" in page
    assert "社区党总支" not in page


def test_the_own_branch_shows_names_in_order_with_class_post_and_state(
    world: World, client: FlaskClient
) -> None:
    world.person("孙丽娟", "sun", world.branch[0], member_class="probationary", password=False)
    page = _text(_as(client, world, "secretary").get(f"/branches/{world.branch[0]}", headers=EN))
    names = re.findall(r'<span class="row-main">([^<]+)', page)
    assert names == ["Recorder", "Secretary", "孙丽娟", "李建国", "欧阳丽华", "王芳"]
    for words in (
        "Full member · Branch secretary",
        "Mobile member",
        "Probationary",
        "Not invited yet",
        "In use",
    ):
        assert words in page
    assert "城东街道党工委" in page, "what is above is said"
    assert f"/branches/{world.general[0]}" not in page, "and not linked where it may not be opened"


def test_above_the_branch_there_are_counts_and_no_names(world: World, client: FlaskClient) -> None:
    _as(client, world, "committee")
    for unit in (world.general[0], world.branch[0]):
        page = _text(client.get(f"/branches/{unit}", headers=EN))
        assert "5 members" in page
        assert not any(name in page for name in ("王芳", "李建国", "欧阳丽华", "Recorder"))


def test_a_person_links_to_ledger_and_points_for_who_may_read_them(world: World, client: FlaskClient) -> None:
    member_id = world.members[0][0]
    page = _text(_as(client, world, "secretary").get(f"/branches/people/{member_id}"))
    assert f"/ledger/members/{member_id}" in page
    assert f"/points/members/{member_id}" in page
    page = _text(_as(client, world, "recorder").get(f"/branches/people/{member_id}"))
    assert f"/ledger/members/{member_id}" not in page
    assert f"/points/members/{member_id}" in page
    assert "/reset" not in page


def test_a_secretary_makes_a_code_for_a_lost_password(world: World, client: FlaskClient) -> None:
    member_id = world.members[0][0]
    _as(client, world, "secretary")
    page = _text(client.post(f"/accounts/{member_id}/reset", headers=EN))
    code = re.search(r"<b>([0-9A-Z-]{19})</b>", page)
    assert code is not None
    assert "<svg" in page
    client.delete_cookie("learnapp")
    data = {"password": "four other plain words"}
    assert client.post(f"/i/{code[1].replace('-', '')}", data=data).status_code == 303
    rows = _log([member_id], "code-issued")
    assert [(row.actor_id, row.detail) for row in rows] == [(world.people["secretary"], {"kind": "reset"})]


def test_no_code_for_oneself_or_for_more_power(world: World, client: FlaskClient) -> None:
    world.grant(world.members[0][2], "committee", world.general[0])
    _as(client, world, "secretary")
    assert client.post(f"/accounts/{world.people['secretary']}/reset").status_code == 403
    assert client.post(f"/accounts/{world.members[0][2]}/reset").status_code == 403
    page = _text(client.get(f"/branches/people/{world.members[0][2]}", headers=EN))
    assert "holds a role beyond your own" in page
    assert "/reset" not in page
    assert _as(client, world, "operator").post(f"/accounts/{world.members[0][2]}/reset").status_code == 200


@pytest.fixture
def three(world: World) -> list[str]:
    """Three people of branch[0] without a password, the last of them with a role above."""
    made = [
        world.person(f"新同志{number}", f"new{number}", world.branch[0], password=False)
        for number in range(3)
    ]
    world.grant(made[2], "auditor", world.general[0])
    return made


def _codes(page: str) -> list[str]:
    return re.findall(r'class="cut-code">([0-9A-Z-]{19})<', page)


def test_cards_for_everybody_without_a_password(world: World, three: list[str], client: FlaskClient) -> None:
    _as(client, world, "secretary")
    before = _text(client.get(f"/branches/{world.branch[0]}/invitations", headers=EN))
    assert "2 members have no password yet" in before
    assert "新同志0, 新同志1" in before
    assert "since their roles go beyond yours: 新同志2" in before
    assert not _log(three, "code-issued"), "looking issues nothing"
    page = _text(client.post(f"/branches/{world.branch[0]}/invitations", headers=EN))
    assert len(set(_codes(page))) == 2
    assert page.count("<svg") >= 2
    assert "王芳" not in page
    assert re.search(r'd="M\d', page)


def test_printing_again_ends_the_older_cards(world: World, three: list[str], client: FlaskClient) -> None:
    _as(client, world, "secretary")
    address = f"/branches/{world.branch[0]}/invitations"
    old, new = (_codes(_text(client.post(address)))[0].replace("-", "") for _ in range(2))
    client.delete_cookie("learnapp")
    assert client.get(f"/i/{old}").status_code == 409
    assert client.get(f"/i/{new}").status_code == 200


def test_when_everybody_is_in_nothing_is_offered(world: World, client: FlaskClient) -> None:
    page = _text(_as(client, world, "secretary").get(f"/branches/{world.branch[0]}/invitations", headers=EN))
    assert "Everybody is in" in page
    assert "btn-primary" not in page


def test_a_granted_role_holds_at_once_and_an_ended_one_is_gone_at_once(
    world: World, client: FlaskClient
) -> None:
    member_id, unit = world.members[0][0], world.branch[0]
    member = client.application.test_client()
    sign_in(member, member_id)
    assert member.get(f"/branches/{unit}").status_code == 403
    _as(client, world, "operator")
    granted = client.post(f"/branches/{unit}/roles", data={"sign_in": " M00 ", "role": "recorder"})
    assert granted.status_code == 303
    assert member.get(f"/branches/{unit}").status_code == 200
    assert "王芳" in _text(client.get(f"/branches/{unit}/roles"))
    for _ in range(2):
        ended = client.post(f"/branches/{unit}/roles/end", data={"member_id": member_id, "role": "recorder"})
        assert ended.status_code == 303
    assert member.get(f"/branches/{unit}").status_code == 403
    rows = _log([member_id])
    roles = [(row.action, row.actor_id) for row in rows if row.action.startswith("role-")]
    assert roles == [("role-ended", world.people["operator"]), ("role-granted", world.people["operator"])]


@pytest.mark.parametrize(
    ("sign_in_name", "role", "status"),
    [
        ("nobody", "trainer", 404),
        ("m20", "trainer", 404),
        ("operator", "trainer", 403),
        ("m00", "secretary", 422),
        ("m00", "member", 422),
        ("m00", "emperor", 422),
        ("", "trainer", 422),
    ],
)
def test_what_cannot_be_granted(
    world: World, client: FlaskClient, sign_in_name: str, role: str, status: int
) -> None:
    """Unknown, of another subtree, oneself; a branch's role on a general branch, no role at all."""
    _as(client, world, "operator")
    answer = client.post(f"/branches/{world.general[0]}/roles", data={"sign_in": sign_in_name, "role": role})
    assert answer.status_code == status
    assert "<form" in answer.get_data(as_text=True), "the form is there again"


def test_nobody_ends_their_own_role(world: World, client: FlaskClient) -> None:
    _as(client, world, "operator")
    data = {"member_id": world.people["operator"], "role": "operator"}
    assert client.post(f"/branches/{world.general[0]}/roles/end", data=data).status_code == 403
    assert client.get(f"/branches/{world.general[0]}/roles").status_code == 200


def test_unknown_units_and_people_are_not_found(world: World, client: FlaskClient) -> None:
    _as(client, world, "operator")
    for address in ("/branches/", "/branches/people/"):
        assert client.get(address + "0" * 32).status_code == 404


def test_the_shared_password_of_this_world_works(world: World, client: FlaskClient) -> None:
    answer = client.post("/accounts/sign-in", data={"name": "m32", "password": PASSWORD})
    assert answer.status_code == 303
