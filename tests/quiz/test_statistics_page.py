"""The trainer's pages of item analysis."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import clock
from tests.conftest import AT
from tests.quiz.crowd import ROWS, everybody, publish, take
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}


@pytest.fixture
def trainer(
    site: Flask, world: World, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A trainer who is signed in, on a site with the crowd's quiz."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    publish(tmp_path)
    sign_in(client, world.people["trainer"])
    return world.people["trainer"]


def page(client: FlaskClient, address: str, language: str = "en") -> str:
    """The text of a page that is there."""
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.status
    return html.unescape(answer.get_data(as_text=True))


def seen(text: str) -> str:
    """Without tags, spaces folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_nothing_before_five_attempts(client: FlaskClient, trainer: str) -> None:
    assert "0 attempts have ended so far" in seen(page(client, "/quiz/crowd/statistics"))
    everybody(ROWS[:4])
    text = seen(page(client, "/quiz/crowd/statistics"))
    assert "4 attempts have ended so far" in text and "Facility" not in text and "题干" not in text


def test_every_question_in_words(client: FlaskClient, trainer: str) -> None:
    everybody()
    text = page(client, "/quiz/crowd/statistics")
    said = seen(text)
    assert "From 12 ended attempts." in said
    assert "Stem single-1." in said and 'id="q5"' in text
    # single-1: 7 of 12 right
    assert "Facility 58.3: about right to tell people apart" in said
    assert "Earned by guessing 33.3 % of its points" in said
    assert "Cronbach’s alpha" in said and "What the numbers mean" in said
    assert "Quiz statistics calculations" in said
    assert 'width="58.33%"' in text


def test_a_suspected_key_is_a_task(client: FlaskClient, trainer: str) -> None:
    everybody()
    told = "Of those who did well on the rest, more chose “丙4” than the right answer. Please check the key."
    for address in ("/quiz/crowd/statistics", "/quiz/statistics", "/work"):
        assert told in seen(page(client, address)), address
    assert 'href="/quiz/crowd/statistics#q4"' in page(client, "/work")
    assert 'href="#q4"' in page(client, "/quiz/crowd/statistics")


def test_nobody_is_named(client: FlaskClient, trainer: str, world: World) -> None:
    members = everybody()
    take(ROWS[0], member=world.people["member"])
    text = page(client, "/quiz/crowd/statistics?attempts=all")
    assert "王芳" not in text and "张三写的" not in text and "李四写的" not in text
    assert not any(member in text for member in [*members, world.people["member"]])


def test_in_chinese(client: FlaskClient, trainer: str) -> None:
    everybody()
    text = seen(page(client, "/quiz/crowd/statistics", "zh"))
    assert "请核对答案" in text and "题干 single-1。" in text
    assert not re.search(r"\b(Facility|Discrimination|upper|answers)\b", text)


def test_all_attempts_and_other_versions(client: FlaskClient, trainer: str, tmp_path: Path) -> None:
    members = everybody()
    take(ROWS[0], member=members[11], at=AT + timedelta(minutes=5))
    assert "From 13 ended attempts." in seen(page(client, "/quiz/crowd/statistics?attempts=all"))
    publish(tmp_path, note="another", at=AT + timedelta(hours=1))
    current = page(client, "/quiz/crowd/statistics")
    assert "0 attempts have ended so far" in seen(current) and "?version=1" in current
    assert "12 first attempts" in seen(current)
    assert "From 12 ended attempts." in seen(page(client, "/quiz/crowd/statistics?version=1"))
    assert client.get("/quiz/crowd/statistics?version=9").status_code == 404
    assert client.get("/quiz/nothing/statistics").status_code == 404


def test_drawn_questions_with_few_answers_have_no_numbers(
    client: FlaskClient, trainer: str, tmp_path: Path
) -> None:
    publish(tmp_path, draw=True, at=AT + timedelta(minutes=1))
    everybody(ROWS[:5])
    text = seen(page(client, "/quiz/crowd/statistics"))
    assert "The questions are drawn" in text
    assert "too few for numbers" in text


def test_members_have_no_way_in(client: FlaskClient, trainer: str, world: World) -> None:
    client.post("/accounts/sign-out")
    sign_in(client, world.people["member"])
    for address in ("/quiz/crowd/statistics", "/quiz/statistics"):
        assert client.get(address, headers={"Accept": "text/html"}).status_code == 403
