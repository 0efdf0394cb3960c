"""A case: several questions on one text, drawn and shown together.

The stem is the text. Each question inside is of any other kind, with a stem of its own, and weighs what its
`points` say; the points of the case are divided by these weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from learnapp.errors import N_
from learnapp.questions import grading, kinds, loader, rules
from learnapp.questions.contract import (
    Answer,
    Criterion,
    Face,
    Findings,
    Given,
    Inner,
    Json,
    Kind,
    Mix,
    Order,
    Part,
    Question,
)
from learnapp.questions.nesting import (
    Place,
    grade_place,
    inside,
    order_of,
    read_places,
    shown_places,
    shuffle_places,
)
from learnapp.questions.sharing import shares
from learnapp.questions.trail import Trail

MOST = 10


@dataclass(frozen=True, slots=True)
class Case:
    """The questions in their order. Their points are weights."""

    parts: tuple[Question, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """The questions as places to answer."""
        return tuple(Place(one.id, kinds.get(one.kind), one.body) for one in self.parts)


class CaseKind:
    """An answer maps ids of questions to the answers of their kinds."""

    name = "case"
    label = N_("Case with several questions")
    keys = frozenset({"parts"})

    def rule(self, body: Case) -> str:
        return N_("Read the text and answer the questions below it.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Case | None:
        raw = table.get("parts")
        if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
            trail.error(
                "parts_count",
                N_("Question %(question)s needs 1 to %(most)s questions on its text."),
                N_("Begin each with a line [[question.parts]]."),
                "parts",
                most=MOST,
            )
            return None
        found = [_parse_part(one, number, trail) for number, one in enumerate(raw, 1)]
        parts = tuple(one for one in found if one is not None)
        if len({one.id for one in parts}) < len(parts):
            trail.error(
                "parts_alike",
                N_("Question %(question)s: two of the questions on its text have the same id."),
                N_("Give each an id of its own."),
                "parts",
            )
        return Case(parts) if len(parts) == len(raw) else None

    def shuffle(self, body: Case, mix: Mix) -> Order:
        return shuffle_places(body.places, mix)

    def present(self, body: Case, order: Order, lang: str) -> Face:
        return Face(inner=_inner(body, order))

    def read(self, body: Case, order: Order, given: Given) -> Answer | None:
        return read_places(body.places, order, given)

    def shown(self, body: Case, order: Order, answer: Answer) -> Json:
        return shown_places(body.places, order, answer)

    def grade(self, body: Case, answer: Answer, points: int) -> tuple[Part, ...]:
        weights = shares(points, [one.points_hundredths for one in body.parts])
        return tuple(
            part
            for place, share in zip(body.places, weights, strict=True)
            for part in grade_place(place, answer, share)
        )

    def criteria(self, body: Case) -> tuple[Criterion, ...]:
        return tuple(_placed(found, one) for one in body.parts for found in grading.criteria(one))

    def to_mark(self, body: Case, answer: Answer) -> tuple[Criterion, ...]:
        return tuple(
            _placed(found, one)
            for one in body.parts
            for found in grading.to_mark(one, inside(answer, one.id))
        )

    def grade_marked(
        self, body: Case, answer: Answer, points: int, marks: Mapping[str, int]
    ) -> tuple[Part, ...]:
        weights = shares(points, [one.points_hundredths for one in body.parts])
        return tuple(
            part
            for one, place, share in zip(body.parts, body.places, weights, strict=True)
            for part in _grade_marked(one, place, answer, share, marks)
        )

    def told(self, body: Case) -> bool:
        """Where one of the questions tells; the others are reviewed for themselves."""
        return any(rules.tells(one) for one in body.parts)

    def right(self, body: Case) -> Answer:
        return {one.id: rules.right_answer(one) for one in body.parts}

    def review(self, body: Case, order: Order, answer: Answer | None, lang: str) -> Findings:
        return Findings(inner=_inner(body, order))

    def dump(self, body: Case) -> dict[str, Json]:
        return {"parts": [rules.to_canonical(one) for one in body.parts]}

    def load(self, data: Mapping[str, Any]) -> Case:
        return Case(tuple(rules.from_canonical(one) for one in data["parts"]))


def _inner(body: Case, order: Order) -> tuple[Inner, ...]:
    return tuple(Inner(one, order_of(order, one.id)) for one in body.parts)


def _placed(found: Criterion, one: Question) -> Criterion:
    return replace(found, id=f"{one.id}.{found.id}", place=one.id)


def _grade_marked(
    one: Question, place: Place, answer: Answer, share: int, marks: Mapping[str, int]
) -> tuple[Part, ...]:
    """The parts of one question, by a person's marks where it was answered and needs them."""
    inner = inside(answer, one.id)
    if inner is None or not grading.to_mark(one, inner):
        return grade_place(place, answer, share)
    found = grading.grade_marked(replace(one, points_hundredths=share), inner, grading.within(marks, one.id))
    return tuple(replace(part, id=f"{one.id}.{part.id}") for part in found.parts)


def _parse_part(raw: object, number: int, trail: Trail) -> Question | None:
    """One of the questions. The case has an explanation, so its parts need none of their own."""
    inner = trail.within("parts", number)
    found = loader.parse_question(raw, inner)
    trail.problems += [one for one in inner.problems if one.code != "no_explanation"]
    if found is not None and (found.kind == CaseKind.name or "." in found.id):
        trail.error(
            "part",
            N_("Question %(question)s: “%(part)s” is a case itself, or has a dot in its id."),
            N_("Use another kind for it, and an id without a dot."),
            "parts",
            part=found.id,
        )
        return None
    return found


KIND: Kind[Case] = CaseKind()
