"""What came late as people see it: the member in the review, and whoever decides."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import clock, ledger, quiz
from learnapp.db import db, transaction
from learnapp.quiz import lateness
from tests.conftest import AT
from tests.quiz.quizzes import SECRET
from tests.quiz.test_lateness import act, begin, cut, keep, shelve, unclear
from tests.world import World, sign_in


@pytest.fixture
def attempt(world: World, site: Flask, tmp_path: Path) -> str:
    """The attempt of somebody in branch[0]: two answers in time, one accepted, one that waits."""
    shelve(tmp_path)
    member = world.people["member"]
    made = begin(member)
    cut(member, made)
    keep(member, made, [act(member, made, 4, 14.5), unclear(member, made)], 40)
    return made


def fresh() -> None:
    """Ends the test's own reading, so that it sees what a request has written since."""
    db.session.rollback()


def text(client: FlaskClient, address: str) -> str:
    """The page as text in English."""
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_the_member_sees_what_was_late_and_why(world: World, client: FlaskClient, attempt: str) -> None:
    sign_in(client, world.people["member"])
    page = text(client, f"/quiz/attempts/{attempt}/review")
    assert "Answered without a network, counted: question 4." in page
    assert "a person decides whether it counts: an answer to question 3." in page
    assert "The time was up at 2026-11-24 10:45:00; it arrived at 11:10:00." in page
    assert "By all that the server knows it was made in time." in page
    assert "By the phone&#39;s clock 120 seconds less had passed than by its stopwatch." in page


def test_right_answers_wait_until_everything_is_sent(
    world: World, client: FlaskClient, attempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has seen them could write what "arrives late"; so they are opened by an act that is noted."""
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=50))
    member = world.people["member"]
    sign_in(client, member)
    address = f"/quiz/attempts/{attempt}/review"
    held = text(client, address)
    assert "Show the explanations" in held and SECRET not in held
    assert quiz.attempt(member, attempt).keys_seen_at is None
    fresh()
    for _tap in range(2):
        assert client.post(address).status_code == 303
    shown = text(client, address)
    assert "Show the explanations" not in shown and SECRET in shown
    fresh()
    assert quiz.attempt(member, attempt).keys_seen_at == AT + timedelta(minutes=50)


def test_right_answers_are_shown_at_once_when_nothing_can_count_any_more(
    world: World, client: FlaskClient, attempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=30))
    sign_in(client, world.people["member"])
    shown = text(client, f"/quiz/attempts/{attempt}/review")
    assert "Show the explanations" not in shown and SECRET in shown


def test_a_person_decides_with_everything_in_view(world: World, client: FlaskClient, attempt: str) -> None:
    member = world.people["member"]
    sign_in(client, world.people["secretary"])
    assert "1 waits for a decision" in text(client, "/work")
    assert "王芳" in text(client, "/quiz/late")
    address = f"/quiz/late/{member}"
    page = text(client, address)
    for words in (
        "2026-11-24 10:30:00 begun",
        "10:40:00 last heard from in time; then nothing for 4 min 59 s before the end",
        "10:45:00 the time was up",
        "11:10:00 arrived, 25 min 0 s after the end",
        "1 answer, made between 10:44:00 and 10:44:00 if the phone&#39;s clocks are right",
        "Question 3: By the phone&#39;s clock 120 seconds less had passed",
        "3 → 4 points · passed → passed",
        "where it is not clear when they were made, a person decides",
        "<svg",
    ):
        assert words in page, words

    # Without a reason nothing happens, and nothing typed is lost.
    fields = {"attempt": attempt, "number": "2", "decision": "accept", "reason": "  "}
    refused = client.post(address, data=fields)
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.get_data(as_text=True)
    answer = client.post(address, data={**fields, "reason": "现场核实，当时停电"})
    assert answer.status_code == 303
    fresh()
    assert quiz.attempt(member, attempt).earned == 400
    again = client.post(
        address,
        data={**fields, "decision": "refuse", "reason": "改变主意"},
        headers={"Accept-Language": "en"},
    )
    fresh()
    assert again.status_code == 303 and quiz.attempt(member, attempt).earned == 400
    page = text(client, address)
    assert "This was decided before" in page and "Accepted by Secretary" in page and "textarea" not in page
    assert "Nothing waits" in text(client, "/quiz/late")
    assert "nothing waits" in text(client, "/work")
    sign_in(client, member)
    page = text(client, f"/quiz/attempts/{attempt}/review")
    assert "was accepted: an answer to question 3." in page and "现场核实，当时停电" in page
    notice = text(client, "/notices/")
    assert "Your result at “五种题型” changed" in notice or "Your result at “Five kinds” changed" in notice
    assert "About answers" not in notice
    ledger_page = text(client, "/ledger/")
    assert "Answers that were made in time arrived later" in ledger_page
    assert [entry.data["earned"] for entry in ledger.effective(ledger.entries_after(member, 0))] == [400]


def test_refusing_and_foreign_people(world: World, client: FlaskClient, attempt: str) -> None:
    member = world.people["member"]
    address = f"/quiz/late/{member}"
    fields = {"attempt": attempt, "number": "2", "decision": "refuse", "reason": "无法证明"}
    sign_in(client, world.people["recorder"])
    assert client.get(address).status_code == 403 and client.post(address, data=fields).status_code == 403
    sign_in(client, world.people["trainer"])
    assert client.get(f"/quiz/late/{world.members[2][0]}").status_code == 403
    assert client.post(address, data=fields).status_code == 303
    fresh()
    assert lateness.deliveries(member, attempt)[1].state == "refused"
    assert quiz.attempt(member, attempt).earned == 300
    sign_in(client, member)
    page = text(client, f"/quiz/attempts/{attempt}/review")
    assert "does not count: an answer to question 3." in page and "无法证明" in page
    notice = text(client, "/notices/")
    assert (
        "About answers that arrived late" in notice
        and "They do not count." in notice
        and "无法证明" in notice
    )


def test_nobody_decides_about_their_own(
    world: World, client: FlaskClient, site: Flask, tmp_path: Path
) -> None:
    shelve(tmp_path)
    secretary = world.people["secretary"]
    made = begin(secretary)
    cut(secretary, made)
    keep(secretary, made, [unclear(secretary, made)], 40)
    sign_in(client, secretary)
    page = text(client, f"/quiz/late/{secretary}")
    assert "Somebody else decides" in page and "<textarea" not in page
    fields = {"attempt": made, "number": "1", "decision": "accept", "reason": "我"}
    assert client.post(f"/quiz/late/{secretary}", data=fields).status_code == 403
    assert quiz.attempt(secretary, made).late_state == "waiting"


def test_after_a_hand_in_the_review_says_so(
    world: World, client: FlaskClient, site: Flask, tmp_path: Path
) -> None:
    shelve(tmp_path)
    member = world.people["member"]
    made = begin(member)
    cut(member, made)
    with transaction():
        quiz.submit(member, made, at=AT + timedelta(minutes=11))
    keep(member, made, [act(member, made, 3, 10.5)], 14)
    sign_in(client, member)
    page = text(client, f"/quiz/attempts/{made}/review")
    assert "does not count: an answer to question 3." in page
    assert "The attempt had been handed in when it arrived." in page
