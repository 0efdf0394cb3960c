"""A quiz of five kinds whose keys, points and decisions about faults are arguments, so that versions differ in
exactly these; and attempts at it, made through the product's own services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from learnapp import catalogue, ledger, quiz
from learnapp.db import new_id, transaction
from learnapp.media import Store
from tests.conftest import AT

SLUG = "keyed"
QUESTIONS = ("single", "multiple", "true", "number", "word")


@dataclass(frozen=True)
class Keys:
    """What a version of the quiz holds for right. `points` are those of each question, `grading` the decisions
    about questions that turned out faulty, `stems` the question texts that differ from the usual."""

    single: str = "a"
    multiple: frozenset[str] = frozenset("ab")
    partial: bool = False
    true: bool = True
    number: int = 32
    tolerance: int = 0
    word: tuple[str, ...] = ("党员大会",)
    points: tuple[int, ...] = (1, 1, 1, 1, 1)
    grading: tuple[str, ...] = ("", "", "", "", "")
    stems: tuple[tuple[str, str], ...] = ()
    note: str = ""
    draw: int = 0


def _options(rights: Sequence[str]) -> str:
    texts = ", ".join(
        f'{{ id = "{one}", text = "选项{one}"{", right = true" if one in rights else ""} }}' for one in "abc"
    )
    return f"options = [{texts}]\nshuffle = false"


def source(keys: Keys) -> str:
    """The TOML file."""
    bodies = {
        "single": ("single", _options(keys.single)),
        "multiple": (
            "multiple",
            _options(sorted(keys.multiple)) + f"\npartial = {str(keys.partial).lower()}",
        ),
        "true": ("true-false", f"answer = {str(keys.true).lower()}"),
        "number": ("numeric", f'value = {keys.number}\ntolerance = {keys.tolerance}\nunit = "学时"'),
        "word": ("blank", "accept = [" + ", ".join(f'"{one}"' for one in keys.word) + "]"),
    }
    head = [f'id = "{SLUG}"', 'title = "会改答案的小测"', 'title_en = "A quiz with keys that change"']
    head += [f'intro = "{keys.note}"', "attempts = 5", "pass_percent = 60", "shuffle = false"]
    if keys.draw:
        head.append(f'[[draw]]\npool = "all"\ncount = {keys.draw}')
    for place, (name, (kind, body)) in enumerate(bodies.items()):
        stem = dict(keys.stems).get(name, f"题干 {name}。")
        head.append(
            f'[[question]]\nid = "{name}"\nkind = "{kind}"\npool = "all"\nstem = "{stem}"\nstem_en = "Stem {name}."\n'
            f'explanation = "解析"\npoints = {keys.points[place]}\n{body}'
        )
        if keys.grading[place]:
            head.append(f'grading = "{keys.grading[place]}"')
    return "\n".join(head)


def publish(folder: Path, keys: Keys = Keys(), at: datetime = AT) -> catalogue.Quiz:
    """Publishes a version in the present application's database."""
    reading = catalogue.read_files("quiz", SLUG, {f"{SLUG}.toml": source(keys).encode()})
    assert reading.definition is not None, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=at, store=Store(folder / "media"), over=True
        )
    return catalogue.quiz_version(published.hash)


def answer(member_id: str, attempt_id: str, answers: Mapping[str, Any], at: datetime = AT) -> None:
    """Saves answers given as form values by question: texts, or lists of them."""
    for question, value in answers.items():
        values = [value] if isinstance(value, str) else list(value)
        if values:
            quiz.save_form(member_id, attempt_id, question, {"": values}, at=at)


def take(
    answers: Mapping[str, Any], member: str | None = None, at: datetime = AT, *, submit: bool = True
) -> tuple[str, str]:
    """One attempt with these answers, where the paper asks for them. Returns member and attempt."""
    member_id = member or new_id()
    with transaction():
        if member is None:
            ledger.open_stream(member_id)
        attempt_id = quiz.start(member_id, SLUG, at=at, zone="Asia/Shanghai").attempt_id
        asked = {sheet.question for sheet in quiz.attempt(member_id, attempt_id).sheets}
        answer(member_id, attempt_id, {name: answers[name] for name in answers if name in asked}, at)
        if submit:
            quiz.submit(member_id, attempt_id, at=at + timedelta(minutes=1))
    return member_id, attempt_id


def carry_out(plan: quiz.regrade.Plan, at: datetime = AT, reason: str = "第一题的答案改正了。") -> str:
    """Confirms a plan and corrects everybody, as the doors do. Returns the trace."""
    with transaction():
        found = quiz.regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason=reason, at=at)
    for member_id in quiz.regrade.members_left(found.id, most=10**6):
        with transaction():
            quiz.regrade.correct(found.id, member_id, at=at)
    with transaction():
        assert quiz.regrade.complete(found.id, at=at)
    return found.id


RIGHT: Mapping[str, Any] = {
    "single": "a",
    "multiple": ["a", "b"],
    "true": "true",
    "number": "32",
    "word": "党员大会",
}
WITH_C = replace(Keys(), single="c")
