"""A sixth kind that only the tests know: things to be paired, each pair worth its share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learnapp.errors import Invalid
from learnapp.questions.contract import (
    Answer,
    Face,
    Findings,
    Given,
    Json,
    Kind,
    Mix,
    Order,
    Part,
    PresentedOption,
)
from learnapp.questions.options import key_at
from learnapp.questions.trail import Trail


@dataclass(frozen=True)
class Pairs:
    """Left text -> right text."""

    pairs: tuple[tuple[str, str], ...]


class PairsKind:
    """An answer maps the number of a left text to the number of a right text."""

    name = "pairs"
    label = "Pairs"
    keys = frozenset({"pairs"})

    def rule(self, body: Pairs) -> str:
        return "Find the partner of each."

    def parse(self, table: Mapping[str, object], trail: Trail) -> Pairs | None:
        raw = table.get("pairs")
        if not isinstance(raw, dict) or not raw:
            trail.error("no_pairs", "Question %(question)s has no pairs.", "Add some.", "pairs")
            return None
        return Pairs(tuple((str(left), str(right)) for left, right in raw.items()))

    def shuffle(self, body: Pairs, mix: Mix) -> Order:
        return mix([str(number) for number in range(len(body.pairs))])

    def present(self, body: Pairs, order: Order, lang: str) -> Face:
        options = tuple(
            PresentedOption(key_at(place), body.pairs[int(item)][1]) for place, item in enumerate(order)
        )
        return Face(options=options, more={"left": [left for left, _ in body.pairs]})

    def read(self, body: Pairs, order: Order, given: Given) -> Answer | None:
        keys = {key_at(place): item for place, item in enumerate(order)}
        try:
            return {part: keys[values[0]] for part, values in sorted(given.items()) if values} or None
        except KeyError as error:
            raise Invalid("no_partner", "There is no such partner.") from error

    def shown(self, body: Pairs, order: Order, answer: Answer) -> Json:
        assert isinstance(answer, Mapping)
        return {part: key_at(order.index(str(item))) for part, item in answer.items()}

    def grade(self, body: Pairs, answer: Answer, points: int) -> tuple[Part, ...]:
        assert isinstance(answer, Mapping)
        count = len(body.pairs)
        shares = [points * (n + 1) // count - points * n // count for n in range(count)]
        return tuple(
            Part(str(n), share if answer.get(str(n)) == str(n) else 0, share)
            for n, share in enumerate(shares)
        )

    def right(self, body: Pairs) -> Answer:
        return {str(number): str(number) for number in range(len(body.pairs))}

    def review(self, body: Pairs, order: Order, answer: Answer | None, lang: str) -> Findings:
        return Findings(key=tuple(f"{left}: {right}" for left, right in body.pairs))

    def dump(self, body: Pairs) -> dict[str, Json]:
        return {"pairs": [list(pair) for pair in body.pairs]}

    def load(self, data: Mapping[str, Any]) -> Pairs:
        return Pairs(tuple((left, right) for left, right in data["pairs"]))


KIND: Kind[Pairs] = PairsKind()
