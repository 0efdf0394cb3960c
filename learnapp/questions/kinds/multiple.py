"""Multiple choice: one or more options are right.

All right ones and no wrong one earn all points; any wrong one earns nothing. With `partial` (少选得分) fewer
than all right ones earn their share, rounded down to a hundredth; without it they earn nothing. With a
`penalty` besides, a wrong one does not spoil the others: it takes points away, never below 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learnapp.errors import N_
from learnapp.questions import options as opt
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part
from learnapp.questions.numbers import decimal_text, in_points
from learnapp.questions.sharing import less_penalty, parse_penalty
from learnapp.questions.trail import Trail


@dataclass(frozen=True, slots=True)
class Multiple:
    """The options, whether fewer than all right ones earn a share, whether the order may be mixed, and what
    each wrong one costs in hundredths of a point."""

    options: tuple[opt.Option, ...]
    partial: bool = False
    shuffle: bool = True
    penalty: int = 0


class MultipleKind:
    """An answer is the sorted list of the chosen options' ids; nothing chosen is no answer."""

    name = "multiple"
    label = N_("Multiple choice")
    keys = frozenset({"options", "partial", "penalty", "shuffle"})

    def rule(self, body: Multiple) -> str:
        if body.penalty:
            return N_("Choose all that apply. Each right one earns its share.")
        if body.partial:
            return N_(
                "Choose all that apply. Some of the right ones earn a share; a wrong one earns nothing."
            )
        return N_("Choose all that apply. Points are given for all right ones and no wrong one.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Multiple | None:
        options = opt.parse_options(table, trail)
        partial = trail.flag(table, "partial", False)
        shuffle = trail.flag(table, "shuffle", True)
        penalty = parse_penalty(table, trail, partial)
        if options is None:
            return None
        _check_rights(options, trail)
        return Multiple(options, partial, shuffle, penalty)

    def shuffle(self, body: Multiple, mix: Mix) -> Order:
        ids = tuple(option.id for option in body.options)
        return mix(ids) if body.shuffle else ids

    def present(self, body: Multiple, order: Order, lang: str) -> Face:
        more: dict[str, Json] = {"penalty": decimal_text(in_points(body.penalty))} if body.penalty else {}
        return Face(options=opt.present_options(body.options, order, lang), more=more)

    def read(self, body: Multiple, order: Order, given: Given) -> Answer | None:
        return opt.read_choice(order, given) or None

    def shown(self, body: Multiple, order: Order, answer: Answer) -> Json:
        return opt.keys_of(order, _ids(answer))

    def grade(self, body: Multiple, answer: Answer, points: int) -> tuple[Part, ...]:
        right, chosen = opt.rights(body.options), _ids(answer)
        if body.penalty:
            share = Part("", points * len(chosen & right) // len(right), points)
            return less_penalty([share], len(chosen - right), body.penalty)
        earned = 0
        if chosen == right:
            earned = points
        elif body.partial and chosen < right:
            earned = points * len(chosen) // len(right)
        return (Part("", earned, points),)

    def told(self, body: Multiple) -> bool:
        """With two options there is little left to choose."""
        return len(body.options) == 2

    def right(self, body: Multiple) -> Answer:
        return sorted(opt.rights(body.options))

    def review(self, body: Multiple, order: Order, answer: Answer | None, lang: str) -> Findings:
        return Findings(options=opt.review_options(body.options, order, _ids(answer), lang))

    def dump(self, body: Multiple) -> dict[str, Json]:
        dumped: dict[str, Json] = {"options": opt.dump_options(body.options)}
        if body.partial:
            dumped["partial"] = True
        if body.penalty:
            dumped["penalty"] = body.penalty
        return dumped if body.shuffle else {**dumped, "shuffle": False}

    def load(self, data: Mapping[str, Any]) -> Multiple:
        options = opt.load_options(data["options"])
        penalty = data.get("penalty", 0)
        return Multiple(options, data.get("partial", False), data.get("shuffle", True), penalty)


def _check_rights(options: tuple[opt.Option, ...], trail: Trail) -> None:
    right = len(opt.rights(options))
    if not right:
        trail.error(
            "no_right",
            N_("Question %(question)s has no right option."),
            N_("Mark every right option with right = true."),
            "options",
        )
    elif right == len(options):
        trail.warn(
            "all_right",
            N_("Question %(question)s: every option is right, so it asks little."),
            N_("Add an option that is wrong."),
            "options",
        )


def _ids(answer: Answer | None) -> frozenset[str]:
    if not isinstance(answer, list | tuple):
        return frozenset()
    return frozenset(item for item in answer if isinstance(item, str))


KIND: Kind[Multiple] = MultipleKind()
