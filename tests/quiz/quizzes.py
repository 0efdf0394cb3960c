"""A quiz of all five kinds for tests, published by the catalogue. What must stay hidden carries SECRET."""

from __future__ import annotations

from pathlib import Path

from learnapp import catalogue
from learnapp.db import transaction
from learnapp.media import Store
from tests.conftest import AT

SECRET = "geheim"
RIGHT = {
    "single": ["b"],
    "multiple": ["a", "c"],
    "true-false": ["true"],
    "numeric": ["73.19"],
    "blank": [f"{SECRET} 支部"],
}

_BODIES = {
    "single": 'options = [{ text = "甲" }, { text = "乙", right = true, feedback = "geheim feedback" }, '
    '{ text = "丙" }]\nshuffle = false',
    "multiple": 'options = [{ text = "子", right = true }, { text = "丑" }, { text = "寅", right = true }]\n'
    "shuffle = false\npartial = true",
    "true-false": "answer = true",
    "numeric": 'value = 73.19\ntolerance = 0.01\nunit = "学时"',
    "blank": f'accept = ["{SECRET} 支部"]',
}


def _question(kind: str, number: int) -> str:
    return f"""
[[question]]
pool = "{kind}"
id = "{kind}-{number}"
kind = "{kind}"
stem = "题干 {kind}-{number}。"
explanation = "{SECRET} 解析 {kind}-{number}"
{_BODIES[kind]}
"""


def source(
    slug: str = "five-kinds",
    *,
    minutes: int | None = 15,
    attempts: int | None = 3,
    per_kind: int = 1,
    extra: str = "",
) -> str:
    """The TOML file: three questions of each kind, of which `per_kind` are drawn (none: no draws at all).
    `extra` are further lines at its top."""
    head = [f'id = "{slug}"', 'title = "五种题型"', 'title_en = "Five kinds"', "pass_percent = 60"]
    head += [f"minutes = {minutes}"] if minutes is not None else []
    head += [f"attempts = {attempts}"] if attempts is not None else []
    head += [extra]
    draws = [f'[[draw]]\npool = "{kind}"\ncount = {per_kind}' for kind in _BODIES if per_kind]
    bank = [_question(kind, number) for kind in _BODIES for number in (1, 2, 3)]
    return "\n".join([*head, *draws, *bank])


def publish(
    folder: Path,
    slug: str = "five-kinds",
    *,
    minutes: int | None = 15,
    attempts: int | None = 3,
    per_kind: int = 1,
    extra: str = "",
) -> catalogue.Quiz:
    """Publishes the quiz in the present application's database and returns its version."""
    text = source(slug, minutes=minutes, attempts=attempts, per_kind=per_kind, extra=extra)
    reading = catalogue.read_files("quiz", slug, {f"{slug}.toml": text.encode()})
    assert reading.definition is not None and not reading.problems, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)
