"""A corrected key reaches the wrong-answer book: what was right after all goes, what was not comes in, and what
stays is asked with the key that holds now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from learnapp import drill, questions, quiz
from learnapp.db import transaction
from tests.conftest import AT
from tests.quiz.keyed import RIGHT, Keys, carry_out, publish, take

ZONE = "Asia/Shanghai"
NEXT_DAY = AT + timedelta(days=1)


def collect(member_id: str) -> dict[str, drill.Card]:
    with transaction():
        drill.collect(member_id, at=NEXT_DAY, zone=ZONE)
    return {card.question: card for card in drill.book(member_id)}


@pytest.mark.parametrize(
    ("answers", "before", "after"),
    [
        ({**RIGHT, "single": "c"}, set(), {"single"}),
        (RIGHT, {"single"}, set()),
        ({**RIGHT, "single": "b"}, {"single"}, {"single"}),
        ({**RIGHT, "single": "c", "true": "false"}, {"true"}, {"single", "true"}),
    ],
)
def test_the_book_follows_the_key(
    app: Flask, tmp_path: Path, answers: dict[str, Any], before: set[str], after: set[str]
) -> None:
    first = publish(tmp_path, Keys(single="c"))
    member_id, _attempt = take(answers)
    assert set(collect(member_id)) == before
    carry_out(quiz.regrade.dry_run(first.hash, publish(tmp_path, Keys()).hash))
    book = collect(member_id)
    assert set(book) == after
    if "single" in book:
        assert questions.right_answer(book["single"].asked) == "a"
    assert set(collect(member_id)) == after and not drill.waiting(member_id, at=NEXT_DAY, zone=ZONE)


def test_the_book_follows_where_the_sum_stays_the_same(app: Flask, tmp_path: Path) -> None:
    first = publish(tmp_path, Keys(single="c"))
    member_id, _attempt = take({**RIGHT, "single": "c", "true": "false"})
    assert set(collect(member_id)) == {"true"}
    plan = quiz.regrade.dry_run(first.hash, publish(tmp_path, Keys(true=False)).hash)
    assert plan.changed == 0 and plan.corrects
    carry_out(plan)
    assert set(collect(member_id)) == {"single"}
