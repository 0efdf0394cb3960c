"""Things to be put in order.

All in the right order earn all points. With `partial` each pair of neighbours that belong together, in this
order, earns its share: one thing moved to a wrong place then costs three neighbours at most, whereas by
places it could cost all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part
from learnapp.questions.items import Item, dump_items, load_items, parse_items, present_items
from learnapp.questions.options import key_at
from learnapp.questions.sharing import Mark, scored
from learnapp.questions.trail import Trail


@dataclass(frozen=True, slots=True)
class Ordering:
    """The items in their right order, and whether right neighbours earn a share."""

    items: tuple[Item, ...]
    partial: bool = False


class OrderingKind:
    """An answer maps ids of items to their places, counted from 1. Places may be missing, or be given twice
    while somebody is still sorting: it is stored as it stands and graded as what it is."""

    name = "ordering"
    label = N_("Putting in order")
    keys = frozenset({"items", "partial"})

    def rule(self, body: Ordering) -> str:
        if body.partial:
            return N_("Give each its place. Two that follow each other rightly earn a share.")
        return N_("Give each its place. Points are given when all places are right.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Ordering | None:
        items = parse_items(table, "items", 2, trail)
        partial = trail.flag(table, "partial", False)
        return None if items is None else Ordering(items, partial)

    def shuffle(self, body: Ordering, mix: Mix) -> Order:
        return mix([item.id for item in body.items])

    def present(self, body: Ordering, order: Order, lang: str) -> Face:
        return Face(options=present_items(body.items, order, lang), more={"count": len(order)})

    def read(self, body: Ordering, order: Order, given: Given) -> Answer | None:
        ids = {key_at(place): item for place, item in enumerate(order)}
        places = {str(number): number for number in range(1, len(order) + 1)}
        found: dict[str, Json] = {}
        for part, values in given.items():
            filled = [value for value in values if value.strip()]
            if not filled:
                continue
            if part not in ids or len(filled) > 1 or filled[0] not in places:
                raise Invalid("places", N_("This order cannot be read."))
            found[ids[part]] = places[filled[0]]
        return found or None

    def shown(self, body: Ordering, order: Order, answer: Answer) -> Json:
        at = _places(body, answer)
        return {key_at(place): str(at[item]) for place, item in enumerate(order) if item in at}

    def grade(self, body: Ordering, answer: Answer, points: int) -> tuple[Part, ...]:
        at = _places(body, answer)
        if not body.partial:
            full = [at.get(item.id) for item in body.items] == list(range(1, len(body.items) + 1))
            return (Part("", points if full else 0, points),)
        return scored([(str(n), mark) for n, mark in enumerate(_neighbours(body, at), 1)], points)

    def told(self, body: Ordering) -> bool:
        """With two things."""
        return len(body.items) == 2

    def right(self, body: Ordering) -> Answer:
        return {item.id: place for place, item in enumerate(body.items, 1)}

    def guess(self, body: Ordering) -> Fraction:
        """One of all orders; of the neighbours of a random order one in as many as there are items."""
        count = len(body.items)
        return Fraction(1, count) if body.partial else Fraction(1, factorial(count))

    def review(self, body: Ordering, order: Order, answer: Answer | None, lang: str) -> Findings:
        at = _places(body, answer)
        places = {item.id: (place, item) for place, item in enumerate(body.items, 1)}
        rows: list[dict[str, Json]] = []
        for name in order:
            place, item = places[name]
            given = at.get(name)
            rows.append({"title": item.shown(lang), "given": given, "right": given == place, "place": place})
        return Findings(key=tuple(item.shown(lang) for item in body.items), rows=tuple(rows))

    def dump(self, body: Ordering) -> dict[str, Json]:
        dumped: dict[str, Json] = {"items": dump_items(body.items)}
        return {**dumped, "partial": True} if body.partial else dumped

    def load(self, data: Mapping[str, Any]) -> Ordering:
        return Ordering(load_items(data["items"]), data.get("partial", False))


def _places(body: Ordering, answer: Answer | None) -> dict[str, int]:
    """The places in an answer that this body has, whatever else it may hold."""
    if not isinstance(answer, Mapping):
        return {}
    known = range(1, len(body.items) + 1)
    ids = {item.id for item in body.items}
    return {
        item: place
        for item, place in answer.items()
        if item in ids and isinstance(place, int) and not isinstance(place, bool) and place in known
    }


def _neighbours(body: Ordering, at: Mapping[str, int]) -> list[Mark]:
    """For each two that follow each other in the right order, whether they do so in the answer; a place
    that was given twice leaves open who stands there."""
    taken = list(at.values())
    alone = {item: place for item, place in at.items() if taken.count(place) == 1}
    return [
        "right" if one.id in alone and alone.get(two.id) == alone[one.id] + 1 else "wrong"
        for one, two in pairwise(body.items)
    ]


KIND: Kind[Ordering] = OrderingKind()
