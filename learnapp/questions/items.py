"""Texts that are put in order or matched, shared by the kinds that have them.

Their ids come from the texts themselves, never from their places in the file: there the places are the key,
and an order on a page must not be computable from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from string import ascii_lowercase
from typing import Any

from learnapp.errors import N_
from learnapp.questions.contract import ID, Json, Order, PresentedOption, pick
from learnapp.questions.folding import fold
from learnapp.questions.options import key_at
from learnapp.questions.trail import Trail

MOST = len(ascii_lowercase)
_KEYS = frozenset({"id", "text", "text_en"})


@dataclass(frozen=True, slots=True)
class Item:
    """One text (markdown source) with its id."""

    id: str
    text: str
    text_en: str = ""

    def shown(self, lang: str) -> str:
        """The text in the reader's language."""
        return pick(lang, self.text, self.text_en)


def named(text: str) -> str:
    """The id of a text that has none of its own: twelve hexadecimal digits of its SHA-256."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def parse_items(table: Mapping[str, object], key: str, least: int, trail: Trail) -> tuple[Item, ...] | None:
    """The items under key, as texts or as tables with text, text_en and id; None when wrong (noted)."""
    raw = table.get(key, [])
    if not isinstance(raw, list) or not least <= len(raw) <= MOST:
        trail.error(
            "items_count",
            N_("Question %(question)s needs a list of %(least)s to %(most)s texts under “%(key)s”."),
            N_('Write it like ["first", "second"].'),
            key,
            least=least,
            most=MOST,
        )
        return None
    items = [_item(one, key, place, trail) for place, one in enumerate(raw, 1)]
    good = tuple(item for item in items if item is not None)
    if len(good) < len(raw):
        return None
    check_alike(good, key, trail)
    return good


def _item(raw: object, key: str, place: int, trail: Trail) -> Item | None:
    data = {"text": raw} if isinstance(raw, str) else raw
    if not isinstance(data, dict):
        data = {}
    trail.known(data, _KEYS, key)
    text, ident = trail.text(data, "text"), trail.text(data, "id")
    if not text.strip():
        trail.error(
            "item_text",
            N_("Question %(question)s: number %(place)s of “%(key)s” has no text."),
            N_('Write each as a text, or as { text = "…" }.'),
            key,
            place=place,
        )
        return None
    if ident and not ID.fullmatch(ident):
        trail.error(
            "item_id",
            N_("Question %(question)s: number %(place)s of “%(key)s” has an id that cannot be used."),
            N_("Use letters a-z, digits, hyphen, dot and underscore, at most 64 characters."),
            key,
            place=place,
        )
    return Item(ident or named(text), text, trail.text(data, "text_en"))


def check_alike(items: Sequence[Item], key: str, trail: Trail) -> None:
    """Notes when two items have one id, or texts that nobody could tell apart."""
    alike = len({fold(item.text) for item in items}) < len(items)
    if alike or len({item.id for item in items}) < len(items):
        trail.error(
            "items_alike",
            N_("Question %(question)s: two texts or two ids under “%(key)s” are the same."),
            N_("Change one of the two, or remove it."),
            key,
        )


def present_items(items: Sequence[Item], order: Order, lang: str) -> tuple[PresentedOption, ...]:
    """The items in the order of the paper."""
    by_id = {item.id: item for item in items}
    return tuple(PresentedOption(key_at(place), by_id[one].shown(lang)) for place, one in enumerate(order))


def dump_items(items: Sequence[Item]) -> list[Json]:
    """The items for storing and hashing."""
    return [
        {"id": item.id, "text": item.text, **({"text_en": item.text_en} if item.text_en else {})}
        for item in items
    ]


def load_items(data: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The items that `dump_items` wrote."""
    return tuple(Item(**one) for one in data)
