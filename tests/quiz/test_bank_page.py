"""The trainer's page of the questions behind a quiz, and of a bank."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, clock, quiz
from learnapp.db import new_id, transaction
from learnapp.media import Store
from tests.conftest import AT, ZONE
from tests.world import World, sign_in

BANK = """
id = "shared"
title = "公用题库"
title_en = "Shared bank"
bank = true
"""
QUIZ = """
id = "drawn"
title = "抽题测验"
title_en = "Drawn quiz"
use = ["shared"]

[[section]]
id = "one"
title = "第一部分"
title_en = "Part one"

[[draw]]
pool = "a"
topic = "入户"
count = 1
section = "one"

[[draw]]
difficulty = 3
count = 1
section = "one"
"""
QUESTION = """
[[question]]
pool = "a"
topic = "{topic}"
difficulty = {level}
status = "{status}"
id = "{name}"
kind = "true-false"
stem = "题干 {name}。"
stem_en = "Stem {name}{more}."
answer = true
explanation = "geheim"
"""


def question(name: str, topic: str = "入户", level: int = 1, status: str = "active", more: str = "") -> str:
    return QUESTION.format(name=name, topic=topic, level=level, status=status, more=more)


def publish(folder: Path, more: str = "") -> None:
    """A bank of three questions, one of them retired, and a quiz with one of its own that uses it."""
    shared = (
        question("b-one", more=more) + question("b-hard", "安全", 3) + question("b-old", status="retired")
    )
    files = {"shared.toml": (BANK + shared).encode(), "drawn.toml": (QUIZ + question("own")).encode()}
    for name in ("shared", "drawn"):
        reading = catalogue.read_files("quiz", name, files)
        assert reading.definition is not None, [one.text() for one in reading.problems]
        with transaction():
            catalogue.publish(reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))


def take(count: int) -> None:
    """So many members take the quiz; every second one knows."""
    for number in range(count):
        member_id = new_id()
        with transaction():
            begun = quiz.start(member_id, "drawn", at=AT, zone=ZONE, seed=f"{number:064x}")
        for place, sheet in enumerate(quiz.attempt(member_id, begun.attempt_id).sheets, 1):
            act = quiz.NewAct("a" * 8, place, sheet.question, "false" if number % 2 else "true", 1, 1)
            with transaction():
                quiz.save(member_id, begun.attempt_id, [act], at=AT)
        with transaction():
            quiz.submit(member_id, begun.attempt_id, at=AT + timedelta(minutes=1))


@pytest.fixture
def trainer(
    site: Flask, world: World, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))
    publish(tmp_path)
    sign_in(client, world.people["trainer"])
    return world.people["trainer"]


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.status
    text = html.unescape(answer.get_data(as_text=True))
    assert "geheim" not in text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_the_blueprint_and_every_question(client: FlaskClient, trainer: str) -> None:
    text = page(client, "/quiz/drawn/bank")
    assert "Each paper has 2 questions." in text
    assert "pool “a”, topic “入户”, section “Part one” 1 of 2" in text
    assert "difficulty: hard, section “Part one” 1 of 1" in text
    assert "once each was had by 30 people" in text
    assert "4 questions." in text and "Stem own." in text and "Stem b-old." in text
    assert "From the bank Shared bank" in text and "fewer than 5 people so far" in text
    assert "Used in Drawn quiz: 0 attempts" in text


def test_filters(client: FlaskClient, trainer: str) -> None:
    text = page(client, "/quiz/drawn/bank?topic=入户&difficulty=1&status=active")
    assert "2 questions." in text and "Stem own." in text and "Stem b-old." not in text
    assert "1 question." in page(client, "/quiz/drawn/bank?status=retired")
    assert "0 questions." in page(client, "/quiz/drawn/bank?status=draft&page=7")


def test_how_it_does_once_five_answered(client: FlaskClient, trainer: str, tmp_path: Path) -> None:
    take(4)
    assert "Discrimination" not in page(client, "/quiz/drawn/bank")
    take(6)
    text = page(client, "/quiz/shared/bank")
    assert "Bank, version 1" in text and "A bank is never taken itself" in text
    hard = text[text.index("Stem b-hard.") :]
    assert "Used in Drawn quiz: 10 attempts Facility 50 % Discrimination" in hard
    publish(tmp_path, more=" changed")
    text = page(client, "/quiz/shared/bank")
    assert "Bank, version 2" in text
    assert "unchanged since version 2" in text[text.index("Stem b-one") : text.index("Stem b-hard")]
    assert "unchanged since version 1" in text[text.index("Stem b-hard") :]


def test_it_is_found_from_the_statistics_and_a_bank_is_no_quiz(client: FlaskClient, trainer: str) -> None:
    listing = client.get("/quiz/statistics").get_data(as_text=True)
    assert "/quiz/shared/bank" in listing and "/quiz/shared/statistics" not in listing
    assert "/quiz/drawn/bank" in client.get("/quiz/drawn/statistics").get_data(as_text=True)
    for address in ("/quiz/shared", "/quiz/shared/", "/quiz/shared/statistics", "/quiz/nothing/bank"):
        assert client.get(address, follow_redirects=True).status_code == 404
    assert "公用题库" not in client.get("/quiz/", follow_redirects=True).get_data(as_text=True)


def test_only_those_who_may(client: FlaskClient, world: World, trainer: str) -> None:
    sign_in(client, world.people["member"])
    assert client.get("/quiz/drawn/bank").status_code == 403
