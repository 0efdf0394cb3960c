"""When a card comes back. Pure: the same reviews give the same day, for ever.

The intervals are those of FSRS-6 with its published default parameters and without random fuzz, in whole
days: a mistake comes back on the next day, then after about 2, 6 and 17 days as long as it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from fsrs import Card, Rating, Scheduler

# A session is a minute: so many cards at most.
SESSION = 5

# What would only come back after so many days rests instead: it is known, until a quiz shows otherwise.
REST_DAYS = 30

# Without learning steps nothing comes back within minutes: a day is the shortest interval.
_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to a card: when (aware, UTC), and whether it was right in full."""

    at: datetime
    right: bool


class Dated(Protocol):
    """What has a day, and a name to tell equal days apart."""

    @property
    def due_on(self) -> date | None: ...
    @property
    def name(self) -> tuple[str, str]: ...
    @property
    def retired(self) -> bool: ...


Any_ = TypeVar("Any_", bound=Dated)


def next_due(log: Iterable[Given]) -> datetime | None:
    """When the card of these answers, in whatever order, is next due (UTC); None when it rests.

    Right counts as FSRS's Good, wrong as Again. Raises ValueError for a card without answers.
    """
    answers = sorted(log, key=lambda one: (one.at, one.right))
    if not answers:
        raise ValueError("a card has at least the answer that made it")
    card = Card(card_id=0, due=answers[0].at)
    for one in answers:
        card, _log = _SCHEDULER.review_card(card, Rating.Good if one.right else Rating.Again, one.at)
    rests = answers[-1].right and card.due - answers[-1].at >= timedelta(days=REST_DAYS)
    return None if rests else card.due


def due(cards: Iterable[Any_], today: date) -> Sequence[Any_]:
    """The cards that are due on this local day, the longest due first."""
    found = [one for one in cards if not one.retired and one.due_on is not None and one.due_on <= today]
    return sorted(found, key=lambda one: (one.due_on, one.name))


def seed(quiz: str, question: str, number: int) -> str:
    """What orders the options at the review of this number: another order at each, the same at every look."""
    return f"drill/{quiz}/{question}/{number}"
