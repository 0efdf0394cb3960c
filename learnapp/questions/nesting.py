"""Kinds inside a kind: each place of a cloze or case is a question of another kind under a name of its own.

An order lists "name/id" for each place; a page's parts are called "name", or "name.part" where the inner
kind has parts; an answer is a mapping from names to the inner answers, without what is not answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Answer, Given, Json, Kind, Mix, Order, Part


@dataclass(frozen=True, slots=True)
class Place:
    """A name without dots, the kind that answers there, and the kind's own body."""

    name: str
    kind: Kind[Any]
    body: Any


def shuffle_places(places: Iterable[Place], mix: Mix) -> Order:
    """The orders of all places in one. Each place is mixed under its own name, so that no two move alike."""
    return tuple(f"{place.name}/{item}" for place in places for item in _mixed(place, mix))


def _mixed(place: Place, mix: Mix) -> Order:
    def inner(ids: Sequence[str]) -> Order:
        return order_of(mix([f"{place.name}/{item}" for item in ids]), place.name)

    return place.kind.shuffle(place.body, inner)


def order_of(order: Order, name: str) -> Order:
    """The order of one place."""
    start = f"{name}/"
    return tuple(item[len(start) :] for item in order if item.startswith(start))


def read_places(places: Sequence[Place], order: Order, given: Given) -> Answer | None:
    """The answers by the names of their places; None when nothing is answered. Raises Invalid."""
    known = {place.name for place in places}
    filled = {part for part, values in given.items() if any(value.strip() for value in values)}
    if any(part.partition(".")[0] not in known for part in filled):
        raise Invalid("answer_parts", N_("This answer has parts that the question does not have."))
    found = {place.name: answer for place in places if (answer := _read(place, order, given)) is not None}
    return found or None


def _read(place: Place, order: Order, given: Given) -> Answer | None:
    start = f"{place.name}."
    own = {part[len(start) :]: values for part, values in given.items() if part.startswith(start)}
    if place.name in given:
        own[""] = given[place.name]
    return place.kind.read(place.body, order_of(order, place.name), own)


def shown_places(places: Iterable[Place], order: Order, answer: Answer) -> Json:
    """The inverse of `read_places`: the page's parts with their values."""
    parts: dict[str, Json] = {}
    for place in places:
        inner = inside(answer, place.name)
        if inner is None:
            continue
        value = place.kind.shown(place.body, order_of(order, place.name), inner)
        if isinstance(value, Mapping):
            parts |= {f"{place.name}.{part}" if part else place.name: one for part, one in value.items()}
        elif value is not None:
            parts[place.name] = value
    return parts


def inside(answer: Answer | None, name: str) -> Answer | None:
    """The answer at one place; None when there is none, or when the answer is no mapping at all."""
    return answer.get(name) if isinstance(answer, Mapping) else None


def grade_place(place: Place, answer: Answer | None, points: int) -> tuple[Part, ...]:
    """The parts of one place under its name; together they are worth `points` hundredths."""
    inner = inside(answer, place.name)
    if inner is None:
        return (Part(place.name, 0, points),)
    return tuple(
        Part(
            f"{place.name}.{part.id}" if part.id else place.name, part.earned_hundredths, part.max_hundredths
        )
        for part in place.kind.grade(place.body, inner, points)
    )
