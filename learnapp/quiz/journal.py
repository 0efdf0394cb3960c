"""What a phone's journal sends: acts as it numbered and timed them, read and checked. Pure.

A journal is a claim. What cannot be read is refused act by act, so that one bad act never keeps the others
from being saved; what is not an act at all refuses the whole message, since only a broken program sends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from learnapp import questions
from learnapp.errors import N_, Invalid
from learnapp.questions import Json, Order, Question
from learnapp.quiz.rules import canonical

SESSION = re.compile(r"[a-z0-9]{8,40}")
FORM_SESSION = "form"
MAX_NUMBER = 1_000_000
MAX_MS = 2**31 - 1
MAX_ACTS = 200
# Of one attempt no more are kept. Three hours of changing an answer every second come near it, nothing else
# that a person does; beyond it somebody fills the disk, and every look at the attempt would read it all.
MAX_KEPT = 10_000
# A longer answer takes the room of several: an essay is sent whole at every pause, 15 KB each time.
LONG = 5_000

Fields = Mapping[str, Sequence[str]]
"""An answer as a page holds it: part of the question (empty text where there is one place) -> values."""


@dataclass(frozen=True, slots=True)
class NewAct:
    """One act as sent. `answer` is in the page's terms; both times are milliseconds since the page opened."""

    session: str
    number: int
    question: str
    answer: object
    wall_ms: int
    monotonic_ms: int


def read_batch(body: object) -> tuple[str, tuple[NewAct, ...]]:
    """The sending page's session and the acts of a message
    `{"session": …, "acts": [{session, number, question, answer, wall_ms, monotonic_ms}, …]}`.

    An empty list of acts is fine: it asks for the clock. Raises Invalid for what is not such a message.
    """
    acts = body.get("acts") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(acts, list) or len(acts) > MAX_ACTS:
        raise _unreadable()
    return _session(body.get("session")), tuple(_read(act) for act in acts)


def _session(value: object) -> str:
    if not isinstance(value, str) or not SESSION.fullmatch(value):
        raise _unreadable()
    return value


def _read(raw: object) -> NewAct:
    if not isinstance(raw, dict):
        raise _unreadable()
    session, question, number = _session(raw.get("session")), raw.get("question"), raw.get("number")
    if not isinstance(question, str):
        raise _unreadable()
    if type(number) is not int or not 1 <= number <= MAX_NUMBER:
        raise _unreadable()
    wall_ms, monotonic_ms = _elapsed(raw.get("wall_ms")), _elapsed(raw.get("monotonic_ms"))
    return NewAct(session, number, question, raw.get("answer"), wall_ms, monotonic_ms)


def _elapsed(value: object) -> int:
    """Elapsed milliseconds, cut to what the column holds (24.8 days); a clock may be set back meanwhile."""
    if type(value) is not int:
        raise _unreadable()
    return min(max(value, 0), MAX_MS)


def _unreadable() -> Invalid:
    return Invalid(
        "acts", N_("These answers cannot be read. Reload the page; nothing on this phone is lost.")
    )


def answer_text(act: NewAct, orders: Mapping[str, Order], bank: Mapping[str, Question]) -> str:
    """The act's answer as canonical JSON in the definition's terms, `null` when it was cleared.

    Raises Invalid when the question is not on this paper or the answer cannot be understood.
    """
    order = orders.get(act.question)
    if order is None:
        raise Invalid("not-on-paper", N_("This question is not on this paper."))
    return canonical(questions.read(bank[act.question], order, act.answer))


def most_kept(answer: str) -> int:
    """How many acts of an attempt there may be before one with this answer, canonical JSON, is refused."""
    return MAX_KEPT // (1 + len(answer) // LONG)


def page_fields(shown: Json) -> dict[str, list[str]]:
    """A saved answer (as `questions.shown` gives it) as the fields that would send it again."""
    if shown is None:
        return {}
    if isinstance(shown, Mapping):
        return {part: page_fields(value).get("", []) for part, value in shown.items()}
    if isinstance(shown, bool):
        return {"": ["true" if shown else "false"]}
    values = shown if isinstance(shown, Sequence) and not isinstance(shown, str) else [shown]
    return {"": [str(value) for value in values]}


def form_fields(form: Mapping[str, Sequence[str]], name: str) -> dict[str, list[str]]:
    """The fields of one question in a form post: the field `name`, and `name.part` for its parts; without
    what was left empty, lines ended as in the page and not as browsers send them."""
    found = {
        "" if field == name else field[len(name) + 1 :]: [_lines(value) for value in values if value.strip()]
        for field, values in form.items()
        if field == name or field.startswith(f"{name}.")
    }
    return {part: values for part, values in found.items() if values}


def _lines(value: str) -> str:
    return value.replace("\r\n", "\n")
