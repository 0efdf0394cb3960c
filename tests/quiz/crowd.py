"""A quiz whose fourth question has a wrong key, and a crowd of members who take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from learnapp import catalogue, ledger, quiz
from learnapp.db import new_id, transaction
from learnapp.media import Store
from tests.conftest import AT, ZONE

# One row for each member: what they choose on single-1 to single-4 and type on blank-1; None leaves it empty.
# The right ones are a, a, a, a and 党员大会. Whoever knows the rest takes c on single-4.
ROWS: tuple[tuple[str | None, ...], ...] = (
    ("a", "a", "a", "c", "党员大会"),
    ("a", "a", "a", "c", "党员大会"),
    ("a", "a", "a", "c", "党员大会"),
    ("a", "a", "b", "c", "党员大会"),
    ("a", "a", "a", "c", "支部大会"),
    ("a", "a", "a", "c", "支部大会"),
    ("a", "b", "b", "a", "党员大会"),
    ("b", "a", "b", "a", "张三写的"),
    ("b", "b", "a", "a", None),
    ("b", "b", "c", "a", None),
    ("c", "b", "b", "a", None),
    ("b", "c", None, "a", "李四写的"),
)

_SINGLE = """
[[question]]
pool = "{pool}"
id = "single-{number}"
kind = "single"
stem = "题干 single-{number}。"
stem_en = "Stem single-{number}."
options = [{{ text = "甲{number}", right = true }}, {{ text = "乙{number}" }}, {{ text = "丙{number}" }}]
explanation = "解析"
shuffle = false
"""
_BLANK = """
[[question]]
pool = "all"
id = "blank-1"
kind = "blank"
stem = "题干 blank-1。"
accept = ["党员大会"]
explanation = "解析"
"""


def source(note: str = "", *, draw: bool = False) -> str:
    """The TOML file. With `draw` three of the four single choices are drawn, and the blank."""
    head = [
        'id = "crowd"',
        'title = "众人小测"',
        'title_en = "A crowd’s quiz"',
        f'intro = "{note}"',
        "attempts = 3",
        "pass_percent = 60",
        "shuffle = false",
    ]
    draws = ['[[draw]]\npool = "single"\ncount = 3', '[[draw]]\npool = "all"\ncount = 1'] if draw else []
    singles = [_SINGLE.format(number=n, pool="single" if draw else "all") for n in (1, 2, 3, 4)]
    return "\n".join([*head, *draws, *singles, _BLANK])


def publish(folder: Path, note: str = "", *, draw: bool = False, at: datetime = AT) -> catalogue.Quiz:
    """Publishes it in the present application's database."""
    files = {"crowd.toml": source(note, draw=draw).encode()}
    reading = catalogue.read_files("quiz", "crowd", files)
    assert reading.definition is not None and not reading.problems, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=at, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)


def take(
    row: Sequence[str | None], member: str | None = None, at: datetime = AT, *, submit: bool = True
) -> str:
    """One attempt with these answers, where the paper asks for them. Returns the member."""
    member_id = member or new_id()
    wanted = dict(zip(("single-1", "single-2", "single-3", "single-4", "blank-1"), row, strict=True))
    with transaction():
        if member is None:
            ledger.open_stream(member_id)
        attempt_id = quiz.start(member_id, "crowd", at=at, zone=ZONE).attempt_id
    for sheet in quiz.attempt(member_id, attempt_id).sheets:
        value = wanted[sheet.question]
        if value is not None:
            with transaction():
                quiz.save_form(member_id, attempt_id, sheet.question, {"": [value]}, at=at)
    if submit:
        with transaction():
            quiz.submit(member_id, attempt_id, at=at + timedelta(minutes=1))
    return member_id


def everybody(rows: Sequence[Sequence[str | None]] = ROWS) -> list[str]:
    """All rows taken, one member each."""
    return [take(row) for row in rows]
