"""Single choice: exactly one option is right; choosing it earns all points, anything else none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions import options as opt
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part
from learnapp.questions.trail import Trail


@dataclass(frozen=True, slots=True)
class Single:
    """The options, and whether their order may be mixed."""

    options: tuple[opt.Option, ...]
    shuffle: bool = True


class SingleKind:
    """An answer is the id of the chosen option."""

    name = "single"
    label = N_("Single choice")
    keys = frozenset({"options", "shuffle"})

    def rule(self, body: Single) -> str:
        return N_("Choose one answer.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Single | None:
        options = opt.parse_options(table, trail)
        shuffle = trail.flag(table, "shuffle", True)
        if options is None:
            return None
        if len(opt.rights(options)) != 1:
            trail.error(
                "one_right",
                N_("Question %(question)s must have exactly one right option; it has %(count)s."),
                N_('Mark one option with right = true, or make it kind = "multiple".'),
                "options",
                count=len(opt.rights(options)),
            )
        return Single(options, shuffle)

    def shuffle(self, body: Single, mix: Mix) -> Order:
        ids = tuple(option.id for option in body.options)
        return mix(ids) if body.shuffle else ids

    def present(self, body: Single, order: Order, lang: str) -> Face:
        return Face(options=opt.present_options(body.options, order, lang))

    def read(self, body: Single, order: Order, given: Given) -> Answer | None:
        chosen = opt.read_choice(order, given)
        if len(chosen) > 1:
            raise Invalid("one_only", N_("Only one answer can be chosen here."))
        return chosen[0] if chosen else None

    def shown(self, body: Single, order: Order, answer: Answer) -> Json:
        keys = opt.keys_of(order, {answer} if isinstance(answer, str) else ())
        return keys[0] if keys else None

    def grade(self, body: Single, answer: Answer, points: int) -> tuple[Part, ...]:
        right = isinstance(answer, str) and answer in opt.rights(body.options)
        return (Part("", points if right else 0, points),)

    def guess(self, body: Single) -> Fraction:
        """One out of the number of options."""
        return Fraction(1, len(body.options))

    def told(self, body: Single) -> bool:
        """With two options."""
        return len(body.options) == 2

    def right(self, body: Single) -> Answer:
        return min(opt.rights(body.options))

    def review(self, body: Single, order: Order, answer: Answer | None, lang: str) -> Findings:
        chosen = {answer} if isinstance(answer, str) else set()
        return Findings(options=opt.review_options(body.options, order, chosen, lang))

    def dump(self, body: Single) -> dict[str, Json]:
        dumped: dict[str, Json] = {"options": opt.dump_options(body.options)}
        return dumped if body.shuffle else {**dumped, "shuffle": False}

    def load(self, data: Mapping[str, Any]) -> Single:
        return Single(opt.load_options(data["options"]), data.get("shuffle", True))


KIND: Kind[Single] = SingleKind()
