"""Things to be matched: for each on the left, which stands fixed, one of the choices on the right.

Choices may fit several or none. Each right match earns its share; with `partial = false` only all together
earn anything. A `penalty` takes points away for each wrong match, never below 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import ID, Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part
from learnapp.questions.folding import fold
from learnapp.questions.items import (
    MOST,
    Item,
    check_alike,
    dump_items,
    load_items,
    named,
    parse_items,
    present_items,
)
from learnapp.questions.nesting import inside
from learnapp.questions.numbers import decimal_text, in_points
from learnapp.questions.options import key_at
from learnapp.questions.plain import plain
from learnapp.questions.sharing import Mark, parse_penalty, scored
from learnapp.questions.trail import Trail

_PAIR_KEYS = frozenset({"id", "left", "left_en", "right", "right_en"})
_SHORT = 14
"""Longer choices do not fit into a select box on a phone; they are listed above it as well."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands on the left, and the id of the choice that fits."""

    left: Item
    right: str


@dataclass(frozen=True, slots=True)
class Matching:
    """The pairs in the order in which their left sides are shown, and all choices. `penalty` is what each
    wrong match costs, in hundredths of a point."""

    pairs: tuple[Pair, ...]
    choices: tuple[Item, ...]
    partial: bool = True
    penalty: int = 0


class MatchingKind:
    """An answer maps ids of left sides to ids of choices; a page calls the left sides "1", "2", …"""

    name = "matching"
    label = N_("Matching")
    keys = frozenset({"pairs", "distractors", "partial", "penalty"})

    def rule(self, body: Matching) -> str:
        if body.partial:
            return N_("Choose what fits each. Every right match earns a share.")
        return N_("Choose what fits each. Points are given when all matches are right.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Matching | None:
        partial = trail.flag(table, "partial", True)
        penalty = parse_penalty(table, trail, partial)
        distractors = parse_items(table, "distractors", 0, trail)
        pairs = _parse_pairs(table, trail)
        if pairs is None or distractors is None:
            return None
        check_alike([pair.left for pair, _ in pairs], "pairs", trail)
        rights = {choice.id: choice for _, choice in pairs}
        choices = (*rights.values(), *distractors)
        check_alike(choices, "distractors", trail)
        if not 2 <= len(choices) <= MOST:
            trail.error(
                "choices_count",
                N_("Question %(question)s must have 2 to %(most)s different choices on the right."),
                N_("Add something under distractors that fits none, or remove some."),
                "pairs",
                most=MOST,
            )
        return Matching(tuple(pair for pair, _ in pairs), choices, partial, penalty)

    def shuffle(self, body: Matching, mix: Mix) -> Order:
        return mix([choice.id for choice in body.choices])

    def present(self, body: Matching, order: Order, lang: str) -> Face:
        options = present_items(body.choices, order, lang)
        left: list[Json] = [
            {"part": str(number), "text": pair.left.shown(lang)} for number, pair in enumerate(body.pairs, 1)
        ]
        words: dict[str, Json] = {option.key: plain(option.text) for option in options}
        listed = any(
            len(plain(option.text)) > _SHORT or plain(option.text) != option.text.strip()
            for option in options
        )
        more: dict[str, Json] = {"left": left, "words": words, "listed": listed}
        return Face(options=options, more=more | _cost(body))

    def read(self, body: Matching, order: Order, given: Given) -> Answer | None:
        ids = {key_at(place): item for place, item in enumerate(order)}
        lefts = {str(number): pair.left.id for number, pair in enumerate(body.pairs, 1)}
        found: dict[str, Json] = {}
        for part, values in given.items():
            chosen = {value for value in values if value.strip()}
            if not chosen:
                continue
            if part not in lefts:
                raise Invalid("answer_parts", N_("This answer has parts that the question does not have."))
            if len(chosen) > 1 or not chosen <= ids.keys():
                raise Invalid("unknown_option", N_("This choice is not one of the options of the question."))
            found[lefts[part]] = ids[chosen.pop()]
        return found or None

    def shown(self, body: Matching, order: Order, answer: Answer) -> Json:
        keys = {item: key_at(place) for place, item in enumerate(order)}
        chosen = {str(number): _chosen(answer, pair) for number, pair in enumerate(body.pairs, 1)}
        return {part: keys[item] for part, item in chosen.items() if item in keys}

    def grade(self, body: Matching, answer: Answer, points: int) -> tuple[Part, ...]:
        marks = [(pair.left.id, _mark(answer, pair)) for pair in body.pairs]
        return scored(marks, points, body.partial, body.penalty)

    def told(self, body: Matching) -> bool:
        """With two choices."""
        return len(body.choices) == 2

    def right(self, body: Matching) -> Answer:
        return {pair.left.id: pair.right for pair in body.pairs}

    def guess(self, body: Matching) -> Fraction | None:
        """One out of the number of choices for each; with a penalty it depends on what the points are."""
        if body.penalty:
            return None
        each = Fraction(1, len(body.choices))
        return each if body.partial else each ** len(body.pairs)

    def review(self, body: Matching, order: Order, answer: Answer | None, lang: str) -> Findings:
        words = {choice.id: choice.shown(lang) for choice in body.choices}
        rows: list[dict[str, Json]] = [
            {
                "title": pair.left.shown(lang),
                "given": words.get(_chosen(answer, pair), ""),
                "key": words[pair.right],
                "right": _mark(answer, pair) == "right",
            }
            for pair in body.pairs
        ]
        key = tuple(f"{pair.left.shown(lang)} → {words[pair.right]}" for pair in body.pairs)
        return Findings(key=key, rows=tuple(rows))

    def dump(self, body: Matching) -> dict[str, Json]:
        pairs: list[Json] = [
            {"left": left, "right": pair.right}
            for pair, left in zip(body.pairs, dump_items([pair.left for pair in body.pairs]), strict=True)
        ]
        dumped: dict[str, Json] = {"pairs": pairs, "choices": dump_items(body.choices)}
        if not body.partial:
            dumped["partial"] = False
        return {**dumped, "penalty": body.penalty} if body.penalty else dumped

    def load(self, data: Mapping[str, Any]) -> Matching:
        pairs = tuple(Pair(Item(**one["left"]), one["right"]) for one in data["pairs"])
        choices = load_items(data["choices"])
        return Matching(pairs, choices, data.get("partial", True), data.get("penalty", 0))


def _cost(body: Matching) -> dict[str, Json]:
    return {"penalty": decimal_text(in_points(body.penalty))} if body.penalty else {}


def _chosen(answer: Answer | None, pair: Pair) -> str:
    chosen = inside(answer, pair.left.id)
    return chosen if isinstance(chosen, str) else ""


def _mark(answer: Answer | None, pair: Pair) -> Mark:
    chosen = _chosen(answer, pair)
    return "open" if not chosen else "right" if chosen == pair.right else "wrong"


def _parse_pairs(table: Mapping[str, object], trail: Trail) -> list[tuple[Pair, Item]] | None:
    """The pairs with the choices that fit them; sides that are alike share one choice."""
    raw = table.get("pairs")
    if not isinstance(raw, list) or not 2 <= len(raw) <= MOST:
        trail.error(
            "pairs_count",
            N_("Question %(question)s needs a list of 2 to %(most)s pairs."),
            N_('Write pairs = [ { left = "…", right = "…" }, … ].'),
            "pairs",
            most=MOST,
        )
        return None
    choices: dict[str, Item] = {}
    found = [_parse_pair(one, number, choices, trail) for number, one in enumerate(raw, 1)]
    good = [pair for pair in found if pair is not None]
    return good if len(good) == len(raw) else None


def _parse_pair(raw: object, number: int, choices: dict[str, Item], trail: Trail) -> tuple[Pair, Item] | None:
    data = raw if isinstance(raw, dict) else {}
    trail.known(data, _PAIR_KEYS, "pairs")
    texts = {key: trail.text(data, key) for key in _PAIR_KEYS}
    ident = texts["id"] or str(number)
    if not texts["left"].strip() or not texts["right"].strip() or not ID.fullmatch(ident):
        trail.error(
            "pair",
            N_("Question %(question)s: pair %(number)s lacks a side, or has an id that cannot be used."),
            N_('Write { left = "…", right = "…" }; an id has letters a-z, digits, hyphen, dot, underscore.'),
            "pairs",
            number=number,
        )
        return None
    choice = Item(named(texts["right"]), texts["right"], texts["right_en"])
    choice = choices.setdefault(fold(choice.text), choice)
    return Pair(Item(ident, texts["left"], texts["left_en"]), choice.id), choice


KIND: Kind[Matching] = MatchingKind()
