"""True or false: a statement that holds or does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
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
    ReviewedOption,
)
from learnapp.questions.options import main_part
from learnapp.questions.trail import Trail

_CHOICES = ((True, "true", N_("True")), (False, "false", N_("False")))


@dataclass(frozen=True, slots=True)
class TrueFalse:
    """Whether the statement holds."""

    answer: bool


class TrueFalseKind:
    """An answer is true or false. The two options never change places; their texts are message ids."""

    name = "true-false"
    label = N_("True or false")
    keys = frozenset({"answer"})

    def rule(self, body: TrueFalse) -> str:
        return N_("Decide whether the statement is true.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> TrueFalse | None:
        if "answer" not in table:
            trail.error(
                "no_answer",
                N_("Question %(question)s does not say whether it is true."),
                N_("Add answer = true or answer = false."),
                "answer",
            )
            return None
        return TrueFalse(trail.flag(table, "answer", False))

    def shuffle(self, body: TrueFalse, mix: Mix) -> Order:
        return ("true", "false")

    def present(self, body: TrueFalse, order: Order, lang: str) -> Face:
        return Face(options=tuple(PresentedOption(key, text) for _, key, text in _CHOICES))

    def read(self, body: TrueFalse, order: Order, given: Given) -> Answer | None:
        values = set(main_part(given))
        if not values:
            return None
        chosen = [value for value, key, _ in _CHOICES if values == {key}]
        if not chosen:
            raise Invalid("true_or_false", N_("Choose either true or false."))
        return chosen[0]

    def shown(self, body: TrueFalse, order: Order, answer: Answer) -> Json:
        return next((key for value, key, _ in _CHOICES if value is answer), None)

    def grade(self, body: TrueFalse, answer: Answer, points: int) -> tuple[Part, ...]:
        return (Part("", points if answer is body.answer else 0, points),)

    def guess(self, body: TrueFalse) -> Fraction:
        """Half of all guesses are right."""
        return Fraction(1, 2)

    def told(self, body: TrueFalse) -> bool:
        """Always."""
        return True

    def right(self, body: TrueFalse) -> Answer:
        return body.answer

    def review(self, body: TrueFalse, order: Order, answer: Answer | None, lang: str) -> Findings:
        return Findings(
            options=tuple(
                ReviewedOption(key, text, value is answer, value is body.answer)
                for value, key, text in _CHOICES
            )
        )

    def dump(self, body: TrueFalse) -> dict[str, Json]:
        return {"answer": body.answer}

    def load(self, data: Mapping[str, Any]) -> TrueFalse:
        return TrueFalse(data["answer"])


KIND: Kind[TrueFalse] = TrueFalseKind()
