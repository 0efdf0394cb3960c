"""A quiz with questions that a person marks, members who take it, and marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from learnapp import catalogue, ledger, quiz
from learnapp.db import new_id, transaction
from learnapp.media import Store
from learnapp.quiz import marking, scripts
from learnapp.quiz.marking import Marking
from tests.conftest import AT, ZONE

SLUG = "visits"
SECRET = "geheim"
_SOURCE = """
id = "visits"
title = "入户走访"
title_en = "Visits"
attempts = 3
pass_percent = 60
shuffle = false
{settings}
[[question]]
id = "sure"
kind = "true-false"
stem = "走访前要看上次的记录。"
answer = true
points = 2
explanation = "要看。"

[[question]]
id = "visit"
kind = "short"
points = 3
limit = 200
stem = "进门前和进门后的头五分钟，您会怎么做？"
explanation = "先看人，再谈事。"
model = "geheim 范文"
[[question.rubric]]
id = "prepared"
text = "geheim 看过记录"
points = 1
[[question.rubric]]
id = "manner"
text = "先问近况"
points = 2
levels = [ {{ text = "两样都有", points = 2 }}, {{ text = "只有一样", points = 1 }}, {{ text = "没有", points = 0 }} ]

[[question]]
id = "evening"
kind = "case"
points = 5
stem = "周三晚上集中学习。"
explanation = "。"
[[question.parts]]
id = "sure"
kind = "true-false"
stem = "要签到。"
answer = true
points = 1
[[question.parts]]
id = "why"
kind = "essay"
points = 4
stem = "上夜班的党员怎么办？"
[[question.parts.rubric]]
id = "late"
text = "补课的办法"
points = 4
"""
ANSWERS: Mapping[str, Mapping[str, list[str]]] = {
    "sure": {"": ["true"]},
    "visit": {"": ["先看记录。\n再问近况。"]},
    "evening": {"sure": ["true"], "why": ["第二天补。"]},
}
VISIT = {"prepared": 100, "manner": 100}
EVENING = {"why.late": 300}


def publish(folder: Path, settings: str = "", replaced: tuple[str, str] = ("", "")) -> catalogue.Quiz:
    """Publishes the quiz, with more settings and a text replaced."""
    text = _SOURCE.format(settings=settings).replace(*replaced)
    reading = catalogue.read_files("quiz", SLUG, {f"{SLUG}.toml": text.encode()})
    assert reading.definition is not None and not reading.errors, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)


def take(
    answers: Mapping[str, Mapping[str, list[str]]] = ANSWERS,
    member: str | None = None,
    at: datetime = AT,
    *,
    submit: bool = True,
) -> tuple[str, str]:
    """An attempt with these answers: the member and the attempt."""
    member_id = member or new_id()
    with transaction():
        ledger.open_stream(member_id)
        attempt_id = quiz.start(member_id, SLUG, at=at, zone=ZONE).attempt_id
    for question, fields in answers.items():
        with transaction():
            quiz.save_form(member_id, attempt_id, question, dict(fields), at=at)
    if submit:
        with transaction():
            quiz.submit(member_id, attempt_id, at=at + timedelta(minutes=5))
    return member_id, attempt_id


def lot(member_id: str, attempt_id: str, question: str) -> str:
    """The lot of an answer."""
    return scripts.lot_of(member_id, attempt_id, question)


def mark(
    taken: tuple[str, str],
    question: str,
    marker: str,
    marks: Mapping[str, int],
    comment: str = "",
    *,
    number: int = 0,
    at: datetime = AT + timedelta(hours=1),
) -> Marking:
    """Marks in a transaction of its own."""
    with transaction():
        return marking.mark(lot(*taken, question), marker, marks, comment, number=number, at=at)
