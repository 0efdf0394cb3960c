"""The pages of moving and of class and post: who sees what, and what is said when something is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from learnapp import branches, clock, ledger
from learnapp.db import db, transaction
from tests.queries import count_queries
from tests.world import World, sign_in

TODAY = clock.local_date(clock.now(), "Asia/Shanghai")
LATER = TODAY + timedelta(days=7)


@pytest.fixture
def met(world: World) -> World:
    """branch[2] has a secretary of its own."""
    world.people["receiver"] = world.person("王海", "wang.hai", world.branch[2])
    world.grant(world.people["receiver"], "secretary", world.branch[2])
    return world


def _page(client: FlaskClient, member_id: str) -> str:
    answer = client.get(f"/branches/people/{member_id}/transfer", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def _post(client: FlaskClient, path: str, **data: str) -> tuple[int, str]:
    answer = client.post(path, data=data, headers={"Accept-Language": "en"})
    db.session.rollback()
    return answer.status_code, answer.get_data(as_text=True)


def _ask(client: FlaskClient, world: World, member_id: str, to: int = 2, on: date = LATER) -> tuple[int, str]:
    return _post(client, f"/branches/people/{member_id}/transfer", to=world.branch[to], on=on.isoformat())


def _decide(client: FlaskClient, member_id: str, act: str) -> tuple[int, str]:
    return _post(client, f"/branches/people/{member_id}/transfer/decide", act=act)


def test_from_asking_to_the_new_home(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    found = client.get(f"/branches/people/{member_id}/transfer?q=企业第一")
    assert "企业第一党支部" in found.get_data(as_text=True)
    assert _ask(client, met, member_id)[0] == 303
    assert "Asked for" in _page(client, member_id)

    sign_in(client, met.people["receiver"])
    assert "王芳" in client.get("/branches/transfers").get_data(as_text=True), "it waits for them"
    listed = client.get(f"/branches/{met.branch[2]}/transfers").get_data(as_text=True)
    assert "王芳" in listed
    page = _page(client, member_id)
    assert "王芳" in page and "社区第一党支部" in page
    for word in ("Full member", "What the move means", "m00"):
        assert word not in page, "the name, the unit and the day, and nothing else"
    assert client.get(f"/branches/people/{member_id}").status_code == 403
    assert _decide(client, member_id, "confirm")[0] == 403
    assert _decide(client, member_id, "receive")[0] == 303
    assert _decide(client, member_id, "receive")[0] == 303, "twice is once"
    assert "王芳" not in client.get("/branches/transfers").get_data(as_text=True), "no longer"

    sign_in(client, met.people["secretary"])
    work = client.get("/work", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Transfers" in work and "1 waits" in work
    page = _page(client, member_id)
    assert "What the move means" in page and "Full member" in page
    assert _decide(client, member_id, "confirm")[0] == 303
    assert _decide(client, member_id, "confirm")[0] == 303, "twice is once"
    place = branches.place(member_id, LATER)
    assert place is not None and place.branch_id == met.branch[2]
    assert [entry.kind for entry in ledger.entries_after(member_id, 0)] == ["moved"]

    sign_in(client, member_id)
    assert "goes on as one" in _page(client, member_id)
    own = client.get("/ledger/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Moved from “社区第一党支部” to “企业第一党支部”" in own
    for path in ("/records/", "/points/", "/accounts/me", "/"):
        assert client.get(path).status_code == 200, path
    sign_in(client, met.people["auditor"])
    for path in ("/audit/", "/audit/ledger", f"/ledger/members/{member_id}"):
        assert client.get(path).status_code == 200, path


def test_a_member_asks_and_both_secretaries_answer(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    sign_in(client, member_id)
    assert "/transfer" in client.get("/accounts/me").get_data(as_text=True)
    assert _ask(client, met, member_id)[0] == 303
    assert _decide(client, member_id, "receive")[0] == 403, "not alone"
    status, page = _ask(client, met, member_id, to=3)
    assert status == 409 and "withdraw that one first" in page
    assert _post(client, f"/branches/people/{member_id}/transfer/withdraw")[0] == 303
    assert "Withdrawn" in _page(client, member_id)
    assert _ask(client, met, member_id, to=3)[0] == 303


def test_where_nobody_is_there_the_committee_above_both_answers(met: World, client: FlaskClient) -> None:
    """branch[1] has no secretary; the committee staff hold their role on the unit above both."""
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    _ask(client, met, member_id, to=1)
    sign_in(client, met.people["committee"])
    assert "王芳" in client.get(f"/branches/{met.general[0]}/transfers").get_data(as_text=True)
    assert _decide(client, member_id, "confirm")[0] == 403, "the home has a secretary"
    assert _decide(client, member_id, "receive")[0] == 303
    sign_in(client, met.people["secretary"])
    assert _decide(client, member_id, "confirm")[0] == 303


def test_the_committee_does_not_reach_into_branches_that_have_a_secretary(
    met: World, client: FlaskClient
) -> None:
    member_id = met.members[0][0]
    met.grant(met.members[1][0], "secretary", met.branch[1])
    sign_in(client, met.people["secretary"])
    _ask(client, met, member_id, to=1)
    sign_in(client, met.people["committee"])
    assert client.get(f"/branches/people/{member_id}/transfer").status_code == 403
    assert "王芳" not in client.get(f"/branches/{met.general[0]}/transfers").get_data(as_text=True)


def test_a_secretary_who_moves_is_confirmed_by_somebody_else(met: World, client: FlaskClient) -> None:
    secretary = met.people["secretary"]
    sign_in(client, secretary)
    assert _ask(client, met, secretary, to=1)[0] == 303
    page = _page(client, secretary)
    assert "The post ends" in page and "This role ends on that day" in page, "said beforehand"
    assert _decide(client, secretary, "confirm")[0] == 403
    sign_in(client, met.people["committee"])
    assert _decide(client, secretary, "receive")[0] == 303
    assert "This role ends on that day" in _page(client, secretary)
    assert _decide(client, secretary, "confirm")[0] == 303
    assert [role.role for role in branches.roles_of(secretary, LATER)] == []
    assert [role.role for role in branches.roles_of(secretary, TODAY)] == ["secretary"]


def test_after_a_refusal_the_receiving_side_sees_nothing_more(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    _ask(client, met, member_id)
    sign_in(client, met.people["receiver"])
    assert _decide(client, member_id, "decline")[0] == 303
    assert client.get(f"/branches/people/{member_id}/transfer").status_code == 403
    assert "王芳" not in client.get(f"/branches/{met.branch[2]}/transfers").get_data(as_text=True)
    sign_in(client, met.people["secretary"])
    assert "Declined" in _page(client, member_id)
    assert "王芳" in client.get(f"/branches/{met.branch[0]}/transfers").get_data(as_text=True)


def test_an_old_tab_is_about_its_own_transfer(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    _ask(client, met, member_id)
    old = branches.transfers_of(member_id, TODAY)[0].id
    _post(client, f"/branches/people/{member_id}/transfer/withdraw", transfer_id=old)
    _ask(client, met, member_id, to=3)
    status, page = _post(
        client, f"/branches/people/{member_id}/transfer/decide", act="confirm", transfer_id=old
    )
    assert status == 409 and "This transfer is over" in page
    assert branches.transfers_of(member_id, TODAY)[0].state == "asked"


@pytest.mark.parametrize(("on", "told"), [("", "Choose the day"), ("2019-01-01", "came to the present unit")])
def test_a_day_that_cannot_be_is_said_on_the_page(
    met: World, client: FlaskClient, on: str, told: str
) -> None:
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    path = f"/branches/people/{member_id}/transfer?q=企业第一"
    status, page = _post(client, path, to=met.branch[2], on=on)
    assert status == 422 and told in page
    assert "企业第一党支部" in page and "checked" in page, "nothing that was entered is lost"


def test_class_and_post_from_a_day_on_and_back(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    path = f"/branches/people/{member_id}/belonging"
    sign_in(client, met.people["secretary"])
    status, _ = _post(client, path, member_class="mobile", post="committee-member", on=LATER.isoformat())
    assert status == 303
    page = client.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Mobile member" in page and "Entered by mistake" in page
    assert [stay.member_class for stay in branches.history(member_id)] == ["full", "mobile"]
    assert _post(client, f"{path}/take-back", on=LATER.isoformat())[0] == 303
    assert [stay.member_class for stay in branches.history(member_id)] == ["full"]
    status, page = _post(client, f"{path}/take-back", on=LATER.isoformat())
    assert status == 422 and "No change" in page
    status, page = _post(client, path, member_class="king", on=LATER.isoformat())
    assert status == 422 and "not one of the classes" in page


def test_a_guest_is_seen_by_the_host(met: World, client: FlaskClient) -> None:
    member_id = met.people["mobile"]
    sign_in(client, met.people["secretary"])
    path = f"/branches/people/{member_id}/guest"
    assert _post(client, path, unit=met.branch[2], first=TODAY.isoformat())[0] == 303
    sign_in(client, met.people["receiver"])
    assert "李建国" in client.get(f"/branches/{met.branch[2]}").get_data(as_text=True)
    assert client.get(f"/branches/people/{member_id}").status_code == 403, "at home elsewhere"
    sign_in(client, met.people["secretary"])
    guest = branches.guests(member_id)[0].id
    assert _post(client, f"{path}/end", guest_id=guest, last=LATER.isoformat())[0] == 303
    assert branches.guests(member_id)[0].valid_to == LATER + timedelta(days=1)
    with transaction():
        assert branches.guests_of(met.branch[2], LATER + timedelta(days=1)) == []


def test_lists_cost_the_same_however_long(met: World, client: FlaskClient) -> None:
    sign_in(client, met.people["secretary"])
    numbers = []
    for count in (1, 2):
        _ask(client, met, met.members[0][count], to=2)
        with count_queries() as sent:
            client.get(f"/branches/{met.branch[0]}/transfers")
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 10, numbers


def test_the_receiving_secretary_is_told_once(met: World, client: FlaskClient) -> None:
    member_id = met.members[0][0]
    sign_in(client, met.people["secretary"])
    for _ in range(2):
        assert _ask(client, met, member_id)[0] == 303
    sign_in(client, met.people["receiver"])
    english = {"Accept-Language": "en"}
    assert "asks to be received in your unit" in client.get("/", headers=english).text
    told = client.get("/notices/", headers=english).text
    assert told.count("Somebody asks to be received") == 1 and "王芳" not in told
    assert f"/branches/people/{member_id}/transfer" in told
    sign_in(client, met.people["committee"])
    assert "asks to be received" not in client.get("/notices/", headers=english).text


def test_a_search_that_found_as_many_as_it_shows_says_that_there_may_be_more(
    met: World, client: FlaskClient
) -> None:
    sign_in(client, met.people["secretary"])
    hint = "There may be others"
    english = {"Accept-Language": "en"}
    for page in ("transfer", "belonging"):
        address = f"/branches/people/{met.members[0][0]}/{page}?q=支部"
        assert hint not in client.get(address, headers=english).text
    with transaction():
        for number in range(branches.MOST_FOUND):
            branches.found("branch", f"第{number}支部", parent_id=met.general[1], at=clock.now())
    for page in ("transfer", "belonging"):
        address = f"/branches/people/{met.members[0][0]}/{page}?q=支部"
        assert hint in client.get(address, headers=english).text
