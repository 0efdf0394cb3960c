"""Several blanks in a text.

The places in the text are written `{{1}}`, `{{2}}`, … or by the ids of the blanks. Each blank is a question
of a kind of its own: a word with accepted answers, a number, or a choice of options. Each right blank earns
its share; with `partial = false` only all together earn anything. A `penalty` takes points away for each
wrong blank, never below 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learnapp.errors import N_
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part, pick
from learnapp.questions.kinds import told
from learnapp.questions.kinds.blank import KIND as BLANK
from learnapp.questions.kinds.numeric import KIND as NUMERIC
from learnapp.questions.kinds.single import KIND as SINGLE
from learnapp.questions.nesting import (
    Place,
    grade_place,
    inside,
    order_of,
    read_places,
    shown_places,
    shuffle_places,
)
from learnapp.questions.numbers import decimal_text, in_points
from learnapp.questions.plain import plain
from learnapp.questions.sharing import Mark, parse_penalty, scored
from learnapp.questions.trail import Trail

GAP = "\ue000"
"""Stands in the text of a page where a blank is; no author types it, and Markdown leaves it alone."""

MOST = 20
_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9][A-Za-z0-9_-]{0,31})\s*\}\}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_KINDS: Mapping[str, Kind[Any]] = {"accept": BLANK, "value": NUMERIC, "options": SINGLE}
_BY_NAME = {kind.name: kind for kind in _KINDS.values()}


@dataclass(frozen=True, slots=True)
class Cloze:
    """The text with its places, the blanks in the order of the main text, and what each wrong one costs in
    hundredths of a point."""

    text: str
    blanks: tuple[Place, ...]
    text_en: str = ""
    partial: bool = True
    penalty: int = 0


class ClozeKind:
    """An answer maps the names of blanks to the answers of their kinds."""

    name = "cloze"
    label = N_("Blanks in a text")
    keys = frozenset({"text", "text_en", "blanks", "partial", "penalty"})

    def rule(self, body: Cloze) -> str:
        if body.partial:
            return N_("Fill in the blanks. Every right one earns a share.")
        return N_("Fill in the blanks. Points are given when all are right.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Cloze | None:
        partial = trail.flag(table, "partial", True)
        penalty = parse_penalty(table, trail, partial)
        text, text_en = trail.text(table, "text"), trail.text(table, "text_en")
        blanks = _parse_blanks(table, trail)
        if blanks is None:
            return None
        by_name = {blank.name: blank for blank in blanks}
        for key, written in (("text", text), ("text_en", text_en)):
            if sorted(_PLACE.findall(written)) != sorted(by_name) and (written or key == "text"):
                trail.error(
                    "cloze_places",
                    N_("Question %(question)s: “%(key)s” must hold each blank exactly once: %(places)s."),
                    N_("Write {{1}} where the first blank is, {{2}} for the second, and so on."),
                    key,
                    places=" ".join(f"{{{{{name}}}}}" for name in by_name),
                )
                return None
        ordered = tuple(by_name[name] for name in _PLACE.findall(text))
        return Cloze(text, ordered, text_en, partial, penalty)

    def shuffle(self, body: Cloze, mix: Mix) -> Order:
        return shuffle_places(body.blanks, mix)

    def present(self, body: Cloze, order: Order, lang: str) -> Face:
        text, places = _read_through(body, lang)
        blanks: list[Json] = [_present(place, order, lang) for place in places]
        more: dict[str, Json] = {"text": text, "blanks": blanks}
        if body.penalty:
            more["penalty"] = decimal_text(in_points(body.penalty))
        return Face(more=more)

    def read(self, body: Cloze, order: Order, given: Given) -> Answer | None:
        return read_places(body.blanks, order, given)

    def shown(self, body: Cloze, order: Order, answer: Answer) -> Json:
        return shown_places(body.blanks, order, answer)

    def grade(self, body: Cloze, answer: Answer, points: int) -> tuple[Part, ...]:
        return scored(
            [(place.name, _mark(place, answer)) for place in body.blanks], points, body.partial, body.penalty
        )

    def told(self, body: Cloze) -> bool:
        """Where one of the blanks tells."""
        return any(told(place.kind, place.body) for place in body.blanks)

    def right(self, body: Cloze) -> Answer:
        return {place.name: place.kind.right(place.body) for place in body.blanks}

    def review(self, body: Cloze, order: Order, answer: Answer | None, lang: str) -> Findings:
        text, places = _read_through(body, lang)
        rows = tuple(_review(place, order, answer, lang) for place in places)
        key = tuple(_words(place, order, None, lang)[1] for place in places)
        return Findings(key=key, more={"text": text}, rows=rows)

    def dump(self, body: Cloze) -> dict[str, Json]:
        blanks: list[Json] = [
            {"name": place.name, "kind": place.kind.name, "body": place.kind.dump(place.body)}
            for place in body.blanks
        ]
        dumped: dict[str, Json] = {"text": body.text, "blanks": blanks}
        if body.text_en:
            dumped["text_en"] = body.text_en
        if not body.partial:
            dumped["partial"] = False
        return {**dumped, "penalty": body.penalty} if body.penalty else dumped

    def load(self, data: Mapping[str, Any]) -> Cloze:
        blanks = tuple(
            Place(one["name"], (kind := _BY_NAME[one["kind"]]), kind.load(one["body"]))
            for one in data["blanks"]
        )
        text_en, partial = data.get("text_en", ""), data.get("partial", True)
        return Cloze(data["text"], blanks, text_en, partial, data.get("penalty", 0))


def _parse_blanks(table: Mapping[str, object], trail: Trail) -> list[Place] | None:
    raw = table.get("blanks")
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
        trail.error(
            "blanks_count",
            N_("Question %(question)s needs a list of 1 to %(most)s blanks."),
            N_('Write blanks = [ { accept = ["…"] }, { value = 32 }, { options = [ … ] } ].'),
            "blanks",
            most=MOST,
        )
        return None
    found = [_parse_blank(one, number, trail) for number, one in enumerate(raw, 1)]
    good = [place for place in found if place is not None]
    if len({place.name for place in good}) < len(good):
        trail.error(
            "blanks_alike",
            N_("Question %(question)s has two blanks of the same name."),
            N_("Give each blank an id of its own, or leave the ids out."),
            "blanks",
        )
        return None
    return good if len(good) == len(raw) else None


def _parse_blank(raw: object, number: int, trail: Trail) -> Place | None:
    data = dict(raw) if isinstance(raw, Mapping) else {}
    name = data.pop("id", str(number))
    kinds = [kind for key, kind in _KINDS.items() if key in data]
    if len(kinds) != 1 or not isinstance(name, str) or not _NAME.fullmatch(name):
        trail.error(
            "blank",
            N_("Question %(question)s: blank %(number)s must have either accept, or value, or options."),
            N_(
                'Write { accept = ["…"] }, { value = 32 } or { options = [ … ] }; an id has letters and digits.'
            ),
            "blanks",
            number=number,
        )
        return None
    trail.known(data, kinds[0].keys, "blanks")
    inner = trail.within("blanks", number)
    body = kinds[0].parse(data, inner)
    trail.problems += inner.problems
    return None if body is None else Place(name, kinds[0], body)


def _read_through(body: Cloze, lang: str) -> tuple[str, Sequence[Place]]:
    """The text in the reader's language with gaps for the blanks, and the blanks as they follow in it."""
    text = pick(lang, body.text, body.text_en)
    by_name = {place.name: place for place in body.blanks}
    return _PLACE.sub(GAP, text), [by_name[name] for name in _PLACE.findall(text)]


def _present(place: Place, order: Order, lang: str) -> dict[str, Json]:
    face = place.kind.present(place.body, order_of(order, place.name), lang)
    choices: list[Json] = [{"key": option.key, "text": plain(option.text)} for option in face.options]
    return {"part": place.name, "kind": place.kind.name, "choices": choices, "more": face.more}


def _mark(place: Place, answer: Answer | None) -> Mark:
    if inside(answer, place.name) is None:
        return "open"
    return (
        "right"
        if all(p.earned_hundredths == p.max_hundredths for p in grade_place(place, answer, 100))
        else "wrong"
    )


def _review(place: Place, order: Order, answer: Answer | None, lang: str) -> dict[str, Json]:
    given, key = _words(place, order, answer, lang)
    return {"given": given, "key": key, "right": _mark(place, answer) == "right"}


def _words(place: Place, order: Order, answer: Answer | None, lang: str) -> tuple[str, str]:
    """What was given at a place and what is right there, as text."""
    found = place.kind.review(place.body, order_of(order, place.name), inside(answer, place.name), lang)
    if found.options:
        chosen = next((plain(option.text) for option in found.options if option.chosen), "")
        return chosen, next((plain(option.text) for option in found.options if option.right), "")
    unit = found.more.get("unit", "")
    margin = f" ± {found.key_more['tolerance']}" if found.key_more.get("tolerance") else ""
    typed = found.given_more.get("given_unit", unit)
    given = f"{found.given} {typed}".strip() if found.given else ""
    return given, f"{' / '.join(found.key)}{margin} {unit}".strip()


KIND: Kind[Cloze] = ClozeKind()
