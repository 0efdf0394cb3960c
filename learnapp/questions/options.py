"""Options to choose from, shared by the kinds that have them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import ID, Given, Json, Order, PresentedOption, ReviewedOption, pick
from learnapp.questions.folding import fold
from learnapp.questions.trail import Trail

OPTION_KEYS = frozenset({"id", "text", "text_en", "right", "feedback", "feedback_en"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option as written; texts are markdown source. `feedback` is for who chose it, after submission."""

    id: str
    text: str
    text_en: str = ""
    right: bool = False
    feedback: str = ""
    feedback_en: str = ""


def parse_options(table: Mapping[str, object], trail: Trail) -> tuple[Option, ...] | None:
    """The options under `options`: 2 to 26, ids by position ("1", "2", …) unless given, no two alike."""
    raw = table.get("options")
    if not isinstance(raw, list) or not 2 <= len(raw) <= len(ascii_lowercase):
        trail.error(
            "options_count",
            N_("Question %(question)s needs a list of 2 to 26 options."),
            N_('Write options = [ { text = "…", right = true }, { text = "…" } ].'),
            "options",
        )
        return None
    options = [_parse_option(item, position, trail) for position, item in enumerate(raw, 1)]
    good = tuple(option for option in options if option is not None)
    _check_alike(good, trail)
    return good if len(good) == len(raw) else None


def _parse_option(raw: object, position: int, trail: Trail) -> Option | None:
    if not isinstance(raw, dict):
        trail.error(
            "option_shape",
            N_("Question %(question)s: option %(option)s is not a table."),
            N_('Write each option as { text = "…" }.'),
            "options",
            option=position,
        )
        return None
    trail.known(raw, OPTION_KEYS, "options")
    option = Option(
        id=trail.text(raw, "id") or str(position),
        text=trail.text(raw, "text"),
        text_en=trail.text(raw, "text_en"),
        right=trail.flag(raw, "right", False),
        feedback=trail.text(raw, "feedback"),
        feedback_en=trail.text(raw, "feedback_en"),
    )
    if not option.text.strip():
        trail.error(
            "option_text",
            N_("Question %(question)s: option %(option)s has no text."),
            N_('Add text = "…" to the option, or remove the option.'),
            "options",
            option=position,
        )
    if not ID.fullmatch(option.id):
        trail.error(
            "option_id",
            N_("Question %(question)s: option %(option)s has an id that cannot be used."),
            N_("Use letters a-z, digits, hyphen, dot and underscore, at most 64 characters."),
            "options",
            option=position,
        )
    return option


def _check_alike(options: Sequence[Option], trail: Trail) -> None:
    if len({option.id for option in options}) < len(options):
        trail.error(
            "option_ids_alike",
            N_("Question %(question)s has two options with the same id."),
            N_("Give each option an id of its own, or leave the ids out."),
            "options",
        )
    if len({fold(option.text) for option in options}) < len(options):
        trail.error(
            "options_alike",
            N_("Question %(question)s has two options with the same text."),
            N_("Change one of the two, or remove it."),
            "options",
        )


def rights(options: Sequence[Option]) -> frozenset[str]:
    """The ids of the right options."""
    return frozenset(option.id for option in options if option.right)


def key_at(place: int) -> str:
    """The key shown for a place on the paper, counted from 0: "a", "b", … "z"."""
    return ascii_lowercase[place]


def keys_of(order: Order, ids: Collection[str]) -> list[str]:
    """The keys of the given ids on this paper, in the order of the paper; unknown ids have none."""
    return [key_at(place) for place, item in enumerate(order) if item in ids]


def main_part(given: Given) -> tuple[str, ...]:
    """The non-blank values of a kind with one place to answer. Raises Invalid for parts it does not have."""
    if any(name for name in given):
        raise Invalid("answer_parts", N_("This answer has parts that the question does not have."))
    return tuple(value for value in given.get("", ()) if value.strip())


def read_choice(order: Order, given: Given) -> list[str]:
    """The ids that the chosen keys stand for, each once, in the order of the ids.
    Raises Invalid for a key that is not on this paper."""
    places = {key_at(place): item for place, item in enumerate(order)}
    chosen = set(main_part(given))
    if not chosen <= places.keys():
        raise Invalid("unknown_option", N_("This choice is not one of the options of the question."))
    return sorted(places[key] for key in chosen)


def present_options(options: Sequence[Option], order: Order, lang: str) -> tuple[PresentedOption, ...]:
    """The options in the order of the paper: key and text, nothing else."""
    by_id = {option.id: option for option in options}
    return tuple(
        PresentedOption(key_at(place), pick(lang, by_id[item].text, by_id[item].text_en))
        for place, item in enumerate(order)
    )


def review_options(
    options: Sequence[Option], order: Order, chosen: Collection[str], lang: str
) -> tuple[ReviewedOption, ...]:
    """The options in the order of the paper, marked chosen and right, with their feedback."""
    by_id = {option.id: option for option in options}
    found = []
    for place, item in enumerate(order):
        option = by_id[item]
        text = pick(lang, option.text, option.text_en)
        feedback = pick(lang, option.feedback, option.feedback_en)
        found.append(ReviewedOption(key_at(place), text, item in chosen, option.right, feedback))
    return tuple(found)


def dump_options(options: Sequence[Option]) -> list[Json]:
    """The options for storing and hashing, without what equals its default."""
    return [_dump_option(option) for option in options]


def _dump_option(option: Option) -> dict[str, Json]:
    dumped: dict[str, Json] = {"id": option.id, "text": option.text}
    if option.right:
        dumped["right"] = True
    for name in ("text_en", "feedback", "feedback_en"):
        if text := getattr(option, name):
            dumped[name] = text
    return dumped


def load_options(data: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    """The options that `dump_options` wrote."""
    return tuple(Option(**item) for item in data)
