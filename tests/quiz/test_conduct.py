"""The pages of those who run a quiz: more time, a pause, own times, opening again."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import branches, clock, ledger, notices, quiz
from learnapp.db import db, transaction
from tests.conftest import AT, ZONE
from tests.queries import count_queries
from tests.quiz.quizzes import publish
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}
SLUG = "five-kinds"


class Hand:
    """The test's hand on the clock."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    found = Hand()
    monkeypatch.setattr(clock, "now", found)
    return found


@pytest.fixture
def member(site: Flask, world: World, client: FlaskClient, tmp_path: Path, hand: Hand) -> str:
    """A member of branch[0] who is answering; the secretary of the branch is signed in."""
    publish(tmp_path)
    sign_in(client, world.people["secretary"])
    with transaction():
        quiz.start(world.people["member"], SLUG, at=AT, zone=ZONE)
    return world.people["member"]


def text_of(answer: TestResponse) -> str:
    """What a page says, without tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def running(member_id: str) -> quiz.AttemptInfo:
    """The member's one attempt as it is now, not as an earlier reading of this test saw it."""
    db.session.rollback()
    (found,) = quiz.attempts(member_id, SLUG)
    return found


def post(client: FlaskClient, address: str, **data: object) -> TestResponse:
    return client.post(address, data=data, headers=EN)


def test_more_time_for_all_moves_a_running_clock(client: FlaskClient, world: World, member: str) -> None:
    page = f"/quiz/{SLUG}/conduct/{world.branch[0]}"
    assert "1 person is answering now" in text_of(client.get(page, headers=EN))
    answer = post(client, page, kind="extend", minutes="10", reason="停电", seen="0")
    assert answer.status_code == 303
    assert running(member).deadline_at == AT + timedelta(minutes=25)
    (entry,) = (one for one in ledger.entries_after(member, 0) if one.kind == "quiz-measured")
    assert ledger.note_text(member, entry.data["note"]) == "停电"
    shown = text_of(client.get(page, headers=EN))
    assert "10 minutes more" in shown and "停电" in shown


def test_a_form_sent_twice_is_one_extension(client: FlaskClient, world: World, member: str) -> None:
    page = f"/quiz/{SLUG}/conduct/{world.branch[0]}"
    post(client, page, kind="extend", minutes="10", reason="停电", seen="0")
    again = post(client, page, kind="extend", minutes="10", reason="停电", seen="0")
    assert again.status_code == 409 and "Something was set here meanwhile" in text_of(again)
    assert running(member).deadline_at == AT + timedelta(minutes=25)


def test_a_pause_is_given_back(client: FlaskClient, world: World, member: str, hand: Hand) -> None:
    page = f"/quiz/{SLUG}/conduct/{world.branch[0]}"
    hand.at = AT + timedelta(minutes=5)
    assert post(client, page, kind="pause", reason="警报", seen="0").status_code == 303
    assert "Paused for this unit" in text_of(client.get(page, headers=EN))
    assert running(member).paused_at == hand.at
    hand.at = AT + timedelta(minutes=60)
    assert post(client, page, kind="resume", seen="1").status_code == 303
    assert running(member).deadline_at == AT + timedelta(minutes=70) and running(member).paused_at is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "extend", "minutes": "", "reason": "停电"}, "Give a number of minutes"),
        ({"kind": "extend", "minutes": "zehn", "reason": "停电"}, "Give a number of minutes"),
        ({"kind": "extend", "minutes": "10", "reason": " "}, "Please give the reason"),
        ({"kind": "pause", "reason": ""}, "Please give the reason"),
        ({"kind": "burn", "reason": "x"}, "Please choose what to do"),
        ({"kind": "resume"}, "Nothing is paused here"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: FlaskClient, world: World, member: str, data: dict[str, str], said: str
) -> None:
    answer = post(client, f"/quiz/{SLUG}/conduct/{world.branch[0]}", **data, seen="0")
    assert answer.status_code in (409, 422)
    if data["kind"] in ("extend", "pause"):
        assert said in text_of(answer)
        assert data["reason"].strip() in answer.get_data(as_text=True)
    assert running(member).deadline_at == AT + timedelta(minutes=15)


def test_own_times_reach_the_member(client: FlaskClient, world: World, member: str, hand: Hand) -> None:
    page = f"/quiz/people/{member}/{SLUG}"
    assert "Attempt 1 Answering" in text_of(client.get(page, headers=EN))
    answer = post(client, page, kind="override", minutes="40", attempts="1", reason="网络不好", seen="0")
    assert answer.status_code == 303
    assert running(member).deadline_at == AT + timedelta(minutes=40)
    (told,) = notices.waiting(member)
    assert told.data["what"] == "time" and told.data["minutes"] == 0
    bad = post(client, page, kind="override", opens="gestern", reason="x", seen="1")
    assert bad.status_code == 422 and "is not a date and time" in text_of(bad)


def test_an_attempt_is_opened_again(client: FlaskClient, member: str, hand: Hand) -> None:
    first = running(member)
    with transaction():
        quiz.submit(member, first.id, at=AT)
    page = f"/quiz/people/{member}/{SLUG}"
    data = {"kind": "reopen", "attempt": first.id, "minutes": "10", "reason": "误交卷", "seen": "0"}
    hand.at = AT + timedelta(minutes=2)
    assert post(client, page, **data).status_code == 303
    assert running(member).open and running(member).deadline_at == AT + timedelta(minutes=12)
    kinds = [one.kind for one in ledger.entries_after(member, 0)]
    assert kinds == ["quiz-ended", "voided", "quiz-measured"]
    again = post(client, page, **data)
    assert again.status_code == 409


def test_standing_extra_time_reaches_a_running_clock(client: FlaskClient, member: str) -> None:
    assert post(client, f"/quiz/people/{member}", percent="200").status_code == 303
    assert running(member).deadline_at == AT + timedelta(minutes=30)
    assert quiz.measures.allowance(member) == 200
    assert post(client, f"/quiz/people/{member}", percent="137").status_code == 422


def test_nobody_sets_their_own_times(client: FlaskClient, world: World, member: str) -> None:
    own = world.people["secretary"]
    assert client.get(f"/quiz/people/{own}").status_code == 403
    assert post(client, f"/quiz/people/{own}", percent="200").status_code == 403
    assert quiz.measures.allowance(own) == 100


def test_above_the_branch_there_are_counts_and_no_names(
    client: FlaskClient, world: World, member: str
) -> None:
    sign_in(client, world.people["committee"])
    answer = text_of(client.get(f"/quiz/{SLUG}/conduct/{world.general[0]}", headers=EN))
    today = clock.local_date(AT, ZONE)
    names = [one.name for unit in world.branch[:2] for one in branches.members_of(unit, today)]
    assert "1 answering, 0 handed in" in answer
    assert not [name for name in names if f" {name} " in answer]


def test_a_list_page_asks_the_same_however_many_there_are(
    client: FlaskClient, world: World, member: str
) -> None:
    page = f"/quiz/{SLUG}/conduct/{world.branch[0]}"
    client.get(page)
    with count_queries() as few:
        client.get(page)
    for number in range(6):
        world.person(f"新{number}", f"new{number}", world.branch[0], password=False)
    with count_queries() as many:
        client.get(page)
    assert len(many) == len(few) <= 14
