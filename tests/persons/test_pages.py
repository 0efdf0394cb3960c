"""The pages of persons without a browser: what they refuse, and what a second tap does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from flask.testing import FlaskClient

from learnapp import accounts, clock, ledger, persons, quiz
from learnapp.db import db, transaction
from tests.conftest import AT, ZONE
from tests.persons.people import course, join, module
from tests.quiz.exams import EXAM, publish
from tests.world import PASSWORD, World, sign_in


def _two(world: World) -> tuple[str, str]:
    kept, given = (world.person("刘晓梅", name, world.branch[0]) for name in ("liuxm", "liuxiaomei"))
    with transaction():
        module(kept, "safety", "g0", AT - timedelta(days=9))
    with transaction():
        module(given, "safety", "g0", AT - timedelta(days=20))
        course(given, "safety", AT - timedelta(days=20))
    return kept, given


def test_joined_once_however_often_it_is_tapped(world: World, client: FlaskClient) -> None:
    kept, given = _two(world)
    sign_in(client, world.people["committee"])
    names = {"kept": "liuxm", "given": "nobody-here"}
    assert client.post("/persons/join", data=names).status_code == 422
    found = client.post("/persons/join", data={**names, "given": "liuxiaomei"})
    assert found.status_code == 303, found.get_data(as_text=True)
    where = found.headers["Location"]
    assert "1" in client.get(where).get_data(as_text=True)
    assert client.post(where, data={"reason": "重复"}).status_code == 422  # not ticked
    assert persons.unfinished() == []
    places = {client.post(where, data={"reason": "重复", "sure": "y"}).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    db.session.rollback()
    assert len(persons.merges_of(kept)) == 1 and len(ledger.entries_after(kept, 0)) == 3
    assert accounts.closed_for(given) == "merged"
    answer = client.post("/accounts/sign-in", data={"name": "liuxiaomei", "password": PASSWORD})
    assert "joined" in answer.get_data(as_text=True) or "并入" in answer.get_data(as_text=True)
    wrong = client.post("/accounts/sign-in", data={"name": "liuxiaomei", "password": "something else"})
    assert "并入" not in wrong.get_data(as_text=True), "only who knows the password is told"


def test_nobody_joins_or_erases_themselves(world: World, client: FlaskClient) -> None:
    boss = world.people["operator"]
    other = world.members[1][0]
    sign_in(client, boss)
    assert client.get(f"/persons/{boss}/join/{other}").status_code == 403
    assert client.get(f"/persons/{other}/join/{boss}").status_code == 403
    with transaction():
        request_id = persons.ask(boss, way="page", asked_by=boss, at=AT, zone="Asia/Shanghai", days=30)
    assert client.get(f"/persons/{boss}/erasures/{request_id}").status_code == 403


def test_an_account_with_more_power_is_not_given_up(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["committee"])
    auditor, other = world.people["auditor"], world.members[1][0]
    assert client.get(f"/persons/{other}/join/{auditor}").status_code == 403
    assert client.get(f"/persons/{auditor}/join/{other}").status_code == 200


def test_lists_that_show_names_hold_after_an_erasure(world: World, client: FlaskClient) -> None:
    """Every page on which a name of the erased could stand is still there."""
    boss = world.person("郑海燕", "boss", world.branch[1])
    world.grant(boss, "operator", world.committee)
    member = world.person("司徒雨桐", "situ", world.branch[0])
    world.grant(member, "recorder", world.branch[0])
    with transaction():
        seq = module(member, "safety", "g0", AT)
        ledger.void(member, seq, reason="entered-in-error", actor_id=boss, at=AT)
        request_id = persons.ask(member, way="paper", asked_by=boss, at=AT, zone="Asia/Shanghai", days=30)
    sign_in(client, boss)
    done = client.post(f"/persons/{member}/erasures/{request_id}/confirm", data={"typed": "situ"})
    assert done.status_code == 303, done.get_data(as_text=True)
    for person, pages in {
        "auditor": ("/audit/", "/audit/voided", "/audit/ledger", f"/ledger/members/{member}"),
        "secretary": (
            f"/branches/{world.branch[0]}",
            f"/coverage/{world.branch[0]}",
            f"/ledger/members/{member}",
        ),
        "operator": (f"/branches/{world.branch[0]}/roles", f"/persons/{member}/erasures/{request_id}"),
    }.items():
        sign_in(client, boss if person == "operator" else world.people[person])
        for page in pages:
            answer = client.get(page)
            assert answer.status_code in (200, 403), (page, answer.status_code)
            assert "司徒雨桐" not in answer.get_data(as_text=True)
            if page in ("/audit/", "/audit/voided"):
                assert "已删除的成员" in answer.get_data(as_text=True), "the log is kept for whoever reads it"


def test_a_result_that_is_not_said_yet_stays_unsaid_after_joining(
    world: World, client: FlaskClient, tmp_path: Path
) -> None:
    """An exam taken with the other account shows its result when the exam says so, and not because it came over."""
    publish(tmp_path, EXAM)
    kept, given = (world.person("刘晓梅", name, world.branch[0]) for name in ("liuxm", "liuxiaomei"))
    with patch.object(clock, "now", return_value=AT):
        with transaction():
            attempt = quiz.start(given, "five-kinds", at=AT, zone=ZONE).attempt_id
            quiz.submit(given, attempt, at=AT)
        join(given, kept, AT)
        sign_in(client, kept)
        page = client.get("/ledger/").get_data(as_text=True)
        assert "未通过" not in page and "通过了" not in page and "not passed" not in page
        assert "result not yet published" in page or "尚未公布" in page, page
