"""“Something wrong with this question?”: kept, limited, answered once, and told to whoever reported it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, ledger, notices, quiz
from learnapp.db import db, transaction
from learnapp.errors import Invalid, NotFound, TooMany
from learnapp.quiz import faults
from tests.conftest import AT
from tests.quiz.keyed import RIGHT, SLUG, publish, take
from tests.world import World, sign_in

LATER = AT + timedelta(minutes=5)
TRAINER = "9" * 32


@pytest.fixture
def keyed(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """The quiz, on both engines."""
    return publish(tmp_path)


def report(member_id: str, attempt_id: str, text: str, question: str = "single") -> bool:
    with transaction():
        return faults.report(member_id, attempt_id, question, text, at=AT)


def test_a_report_is_kept_once_and_seen_by_its_member(keyed: catalogue.Quiz) -> None:
    member_id, attempt_id = take(RIGHT, submit=False)
    assert report(member_id, attempt_id, "  题干里\n 少一个字 ") and not report(
        member_id, attempt_id, "题干里 少一个字"
    )
    (mine,) = faults.own(member_id, attempt_id)["single"]
    assert (mine.text, mine.state, mine.reply) == ("题干里 少一个字", "open", "")
    assert faults.waiting() == 1
    with transaction():
        quiz.submit(member_id, attempt_id, at=AT)
    assert report(member_id, attempt_id, "交卷以后也可以说", "word")


@pytest.mark.parametrize("text", ["", "   ", "长" * 501])
def test_nothing_and_too_much_are_refused(keyed: catalogue.Quiz, text: str) -> None:
    member_id, attempt_id = take(RIGHT, submit=False)
    with pytest.raises(Invalid):
        report(member_id, attempt_id, text)


def test_only_about_a_question_of_ones_own_paper(keyed: catalogue.Quiz) -> None:
    member_id, attempt_id = take(RIGHT, submit=False)
    with pytest.raises(NotFound):
        report(member_id, attempt_id, "没有这道题", "nothing")
    other, _attempt = take(RIGHT, submit=False)
    with pytest.raises(NotFound):
        report(other, attempt_id, "不是我的卷子")


def test_five_at_a_time(keyed: catalogue.Quiz) -> None:
    member_id, attempt_id = take(RIGHT, submit=False)
    for number in range(5):
        report(member_id, attempt_id, f"第{number}个意见")
    with pytest.raises(TooMany):
        report(member_id, attempt_id, "第六个意见")
    other, other_attempt = take(RIGHT, submit=False)
    assert report(other, other_attempt, "别人的意见")
    (_member, fault_id), *_rest = faults.to_answer(SLUG, "single", AT)
    with transaction():
        faults.answer(_member, fault_id, reply="谢谢", state="answered", actor_id=TRAINER, at=LATER)
    if _member == member_id:
        assert report(member_id, attempt_id, "第六个意见")


def test_grouped_by_question_without_names_and_answered_once(keyed: catalogue.Quiz) -> None:
    for _ in range(3):
        member_id, attempt_id = take(RIGHT, submit=False)
        report(member_id, attempt_id, "答案好像是丙")
    report(member_id, attempt_id, "另一题", "word")
    first, second = faults.groups()
    assert (first.quiz, first.question, len(first.reports)) == (SLUG, "single", 3)
    assert second.question == "word" and first.version == keyed.hash
    assert not hasattr(first.reports[0], "member_id")
    for member_id, fault_id in faults.to_answer(SLUG, "single", first.until):
        with transaction():
            done = faults.answer(
                member_id, fault_id, reply=" 改\n正了 ", state="fixed", actor_id=TRAINER, at=LATER
            )
        assert done is not None and done.question == "single"
        with transaction():
            again = faults.answer(
                member_id, fault_id, reply="别的", state="answered", actor_id=TRAINER, at=LATER
            )
        assert again is None
    assert [one.question for one in faults.groups()] == ["word"] and faults.waiting() == 1
    (answered,) = faults.groups(answered=True)
    assert {(one.state, one.reply) for one in answered.reports} == {("fixed", "改 正了")}
    with pytest.raises(NotFound), transaction():
        faults.answer(member_id, "0" * 32, reply="x", state="fixed", actor_id=TRAINER, at=LATER)


@pytest.mark.parametrize(
    ("reply", "state"), [("", "fixed"), ("好", "open"), ("好", "x"), ("长" * 501, "fixed")]
)
def test_a_reply_says_something(keyed: catalogue.Quiz, reply: str, state: str) -> None:
    with pytest.raises(Invalid):
        faults.check_reply(reply, state)


# Pages --------------------------------------------------------------------------------------------------


def test_from_the_question_to_the_reply(world: World, client: FlaskClient, tmp_path: Path) -> None:
    publish(tmp_path)
    member_id = world.people["member"]
    _member, attempt_id = take({}, member_id, submit=False)
    sign_in(client, member_id)
    page = f"/quiz/attempts/{attempt_id}/"
    text = client.get(page).get_data(as_text=True)
    assert f'formaction="/quiz/attempts/{attempt_id}/fault"' in text
    form = {"q": "1", "was": "{}", "a-single": "a", "fault_question": "single", "fault": "答案好像是丙"}
    answer = client.post(f"{page}fault", data=form)
    assert answer.status_code == 303 and answer.location == f"{page}?q=1"
    db.session.rollback()
    assert "a" in {tap.answer.strip('"') for tap in quiz.taps(member_id, attempt_id)}, (
        "the answer is saved too"
    )
    with transaction():
        quiz.submit(member_id, attempt_id, at=AT)
    review = client.get(f"{page}review").get_data(as_text=True)
    assert "答案好像是丙" in review
    sign_in(client, world.people["trainer"])
    listed = client.get("/quiz/faults").get_data(as_text=True)
    assert "答案好像是丙" in listed and "王芳" not in listed and member_id not in listed
    (group,) = faults.groups()
    values = {"quiz": SLUG, "question": "single", "until": group.until.isoformat(), "state": "fixed"}
    refused = client.post("/quiz/faults", data={**values, "reply": ""})
    assert refused.status_code == 422
    for _twice in range(2):
        assert client.post("/quiz/faults", data={**values, "reply": "已经改成丙"}).status_code == 303
    db.session.rollback()
    (done,) = ledger.entries_after(world.people["trainer"], 0)
    assert (done.data["work"], done.data["ref"]) == ("question-answered", f"quiz/{SLUG}/single")
    assert "已经改成丙" in client.get("/quiz/faults?state=answered").get_data(as_text=True)
    sign_in(client, member_id)
    assert "/notices/#" in client.get("/").get_data(as_text=True)
    told = client.get("/notices/").get_data(as_text=True)
    assert "已经改成丙" in told and "Trainer" not in told
    assert "/notices/#" not in client.get("/").get_data(as_text=True), "what was seen is quiet"
    db.session.rollback()
    assert [one.what for one in notices.all_of(member_id)] == ["fault"]


def test_nothing_typed_is_lost(world: World, client: FlaskClient, tmp_path: Path) -> None:
    publish(tmp_path)
    member_id = world.people["member"]
    _member, attempt_id = take({}, member_id, submit=False)
    for number in range(5):
        report(member_id, attempt_id, f"第{number}个意见")
    sign_in(client, member_id)
    address = f"/quiz/attempts/{attempt_id}/fault"
    form = {"q": "1", "was": "{}", "a-single": "b", "fault_question": "single", "fault": "第六个意见"}
    running = client.post(address, data=form)
    text = running.get_data(as_text=True)
    assert running.status_code == 429 and "第六个意见" in text
    assert 'value="b" checked' in text, "the chosen answer stands there too"
    with transaction():
        quiz.submit(member_id, attempt_id, at=AT)
    over = client.post(address, data={"fault_question": "single", "fault": "第七个意见", "back": "q1"})
    assert over.status_code == 429 and "第七个意见" in over.get_data(as_text=True)


def test_a_script_is_answered_in_json(world: World, client: FlaskClient, tmp_path: Path) -> None:
    publish(tmp_path)
    member_id = world.people["member"]
    _member, attempt_id = take({}, member_id, submit=False)
    sign_in(client, member_id)
    headers = {"Accept": "application/json"}
    address = f"/quiz/attempts/{attempt_id}/fault"
    good = client.post(address, data={"fault_question": "word", "fault": "少一个答案"}, headers=headers)
    assert good.status_code == 200 and good.get_json()["text"]
    bad = client.post(address, data={"fault_question": "word", "fault": ""}, headers=headers)
    assert bad.status_code == 422 and bad.get_json()["error"]
