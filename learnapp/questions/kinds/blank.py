"""A word or phrase to fill in, with several accepted answers.

Answers are compared folded: full and half width, upper and lower case are one, white space and sentence
marks at the end do not count (see `folding.fold`), and whole numbers count alike in Chinese and in digits
(see `numerals.in_digits`) unless `numerals = false`. What was typed is stored as typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part
from learnapp.questions.folding import fold, tidy
from learnapp.questions.numerals import in_digits
from learnapp.questions.options import main_part
from learnapp.questions.trail import Trail

MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Blank:
    """The accepted answers; those in English count in every language, and the other way round. `numerals`
    says that 三十二 and 32 are the same."""

    accept: tuple[str, ...]
    accept_en: tuple[str, ...] = ()
    numerals: bool = True


class BlankKind:
    """An answer is the typed text, trimmed, of at most 200 characters."""

    name = "blank"
    label = N_("Fill in the blank")
    keys = frozenset({"accept", "accept_en", "numerals"})

    def rule(self, body: Blank) -> str:
        return N_("Fill in the missing words. Spaces, case and full or half width do not matter.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Blank | None:
        before = len(trail.problems)
        accept, accept_en = (trail.texts(table, "accept"), trail.texts(table, "accept_en"))
        if not accept and len(trail.problems) == before:
            trail.error(
                "no_accept",
                N_("Question %(question)s has no accepted answer."),
                N_('Add accept = ["…"] with every answer that counts as right.'),
                "accept",
            )
        body = Blank(accept, accept_en, trail.flag(table, "numerals", True))
        for key, texts in (("accept", accept), ("accept_en", accept_en)):
            _check_texts(key, texts, body, trail)
        return body if accept else None

    def shuffle(self, body: Blank, mix: Mix) -> Order:
        return ()

    def present(self, body: Blank, order: Order, lang: str) -> Face:
        return Face(more={"max_length": MAX_LENGTH})

    def read(self, body: Blank, order: Order, given: Given) -> Answer | None:
        values = [text for value in main_part(given) if (text := tidy(value))]
        if not values:
            return None
        if len(values) > 1:
            raise Invalid("one_text", N_("Only one answer can be given here."))
        if len(values[0]) > MAX_LENGTH:
            raise Invalid(
                "too_long", N_("This answer is too long; at most %(count)s characters."), count=MAX_LENGTH
            )
        return values[0]

    def shown(self, body: Blank, order: Order, answer: Answer) -> Json:
        return answer if isinstance(answer, str) else None

    def grade(self, body: Blank, answer: Answer, points: int) -> tuple[Part, ...]:
        accepted = {_folded(text, body) for text in (*body.accept, *body.accept_en)}
        right = isinstance(answer, str) and _folded(answer, body) in accepted
        return (Part("", points if right else 0, points),)

    def guess(self, body: Blank) -> Fraction:
        """Nobody hits a word by chance."""
        return Fraction(0)

    def told(self, body: Blank) -> bool:
        """A wrong word tells little."""
        return False

    def right(self, body: Blank) -> Answer:
        return body.accept[0]

    def review(self, body: Blank, order: Order, answer: Answer | None, lang: str) -> Findings:
        key = body.accept_en if body.accept_en and lang.lower().startswith("en") else body.accept
        return Findings(given=answer if isinstance(answer, str) else "", key=key)

    def dump(self, body: Blank) -> dict[str, Json]:
        dumped: dict[str, Json] = {"accept": list(body.accept)}
        if body.accept_en:
            dumped["accept_en"] = list(body.accept_en)
        return dumped if body.numerals else {**dumped, "numerals": False}

    def load(self, data: Mapping[str, Any]) -> Blank:
        return Blank(tuple(data["accept"]), tuple(data.get("accept_en", ())), data.get("numerals", True))


def _folded(text: str, body: Blank) -> str:
    return in_digits(fold(text)) if body.numerals else fold(text)


def _check_texts(key: str, texts: tuple[str, ...], body: Blank, trail: Trail) -> None:
    if any(len(tidy(text)) > MAX_LENGTH or not fold(text) for text in texts):
        trail.error(
            "accept_length",
            N_("Question %(question)s: an accepted answer in “%(key)s” is empty or too long to be typed."),
            N_("Keep it to 1 to 200 visible characters."),
            key,
        )
    if len({_folded(text, body) for text in texts}) < len(texts):
        trail.warn(
            "accept_alike",
            N_("Question %(question)s: two answers in “%(key)s” count as the same."),
            N_("Leave one of them out; spaces, case, width and Chinese numerals need no variants."),
            key,
        )


KIND: Kind[Blank] = BlankKind()
