"""A quiz of two sections for tests: two questions in the first, two in the second."""

from __future__ import annotations

from pathlib import Path

from learnapp import catalogue
from learnapp.db import transaction
from learnapp.media import Store
from tests.conftest import AT

_QUESTION = """
[[question]]
id = "{name}-{number}"
pool = "{name}"
kind = "single"
stem = "题干 {name}-{number}。"
options = [{{ text = "甲", right = true }}, {{ text = "乙" }}]
shuffle = false
explanation = "解析"
"""


def source(minutes: int | None = 15, shows: str = "") -> str:
    """The TOML file. `shows` is what is shown of parts that were left, as TOML."""
    head = [
        'id = "two-parts"',
        'title = "两部分"',
        'title_en = "Two parts"',
        "shuffle = false",
        "attempts = 9",
    ]
    head += [f"minutes = {minutes}"] if minutes else []
    parts = [("basics", "基础知识", "Basics"), ("practice", "工作实务", "At work")]
    sections = [f'[[section]]\nid = "{i}"\ntitle = "{zh}"\ntitle_en = "{en}"' for i, zh, en in parts]
    draws = [f'[[draw]]\npool = "{name}"\ncount = 2\nsection = "{name}"' for name, _, _ in parts]
    bank = [_QUESTION.format(name=name, number=number) for name, _, _ in parts for number in (1, 2)]
    head += [f"[review]\nduring = {shows}"] if shows else []
    return "\n".join([*head, *sections, *draws, *bank])


def publish(folder: Path, minutes: int | None = 15, shows: str = "") -> catalogue.Quiz:
    """Publishes it in the present application's database."""
    reading = catalogue.read_files("quiz", "two-parts", {"two-parts.toml": source(minutes, shows).encode()})
    assert reading.definition is not None and not reading.problems, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)
