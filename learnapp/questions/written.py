"""Free text that a person marks by a rubric: what the kinds `short` and `essay` have in common.

What was typed is stored as typed, lines included. Nothing of the rubric and of the model answer is shown before
submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions import rubric
from learnapp.questions.contract import (
    Answer,
    Criterion,
    Face,
    Findings,
    Given,
    Json,
    Mix,
    Order,
    Part,
    pick,
)
from learnapp.questions.folding import tidy_lines
from learnapp.questions.options import main_part
from learnapp.questions.sharing import shares
from learnapp.questions.trail import Trail


@dataclass(frozen=True, slots=True)
class Written:
    """How many characters there may be, what a person looks for, and an answer to compare with (markdown)."""

    limit: int
    rubric: tuple[Criterion, ...]
    model: str = ""
    model_en: str = ""


@dataclass
class WrittenKind:
    """An answer is the typed text. `usual` is the limit where the author names none, `most` the highest."""

    name: str
    label: str
    usual: int
    most: int

    keys = frozenset({"limit", "rubric", "model", "model_en"})

    def rule(self, body: Written) -> str:
        return N_("Answer in your own words. A person reads it and gives the points.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Written | None:
        found = rubric.parse(table, trail)
        limit = table.get("limit", self.usual)
        if type(limit) is not int or not 1 <= limit <= self.most:
            trail.error(
                "limit",
                N_("Question %(question)s: the limit must be a whole number from 1 to %(most)s."),
                N_("It counts characters; leave it out for %(usual)s."),
                "limit",
                most=self.most,
                usual=self.usual,
            )
            return None
        model, model_en = trail.text(table, "model"), trail.text(table, "model_en")
        if any(len(tidy_lines(text)) > limit for text in (model, model_en)):
            trail.error(
                "model_long",
                N_(
                    "Question %(question)s: the model answer is longer than the limit of %(limit)s characters."
                ),
                N_("Shorten it, or raise the limit."),
                "model",
                limit=limit,
            )
        return None if found is None else Written(limit, found, model, model_en)

    def shuffle(self, body: Written, mix: Mix) -> Order:
        return ()

    def present(self, body: Written, order: Order, lang: str) -> Face:
        return Face(more={"limit": body.limit})

    def read(self, body: Written, order: Order, given: Given) -> Answer | None:
        values = [text for value in main_part(given) if (text := tidy_lines(value))]
        if not values:
            return None
        if len(values) > 1:
            raise Invalid("one_text", N_("Only one answer can be given here."))
        if len(values[0]) > body.limit:
            raise Invalid(
                "too_long", N_("This answer is too long; at most %(count)s characters."), count=body.limit
            )
        return values[0]

    def shown(self, body: Written, order: Order, answer: Answer) -> Json:
        return answer if isinstance(answer, str) else None

    def grade(self, body: Written, answer: Answer, points: int) -> tuple[Part, ...]:
        return (Part("", 0, points),)

    def guess(self, body: Written) -> Fraction:
        """Nobody writes an answer by chance."""
        return Fraction(0)

    def told(self, body: Written) -> bool:
        """A person's mark tells nobody else what to write."""
        return False

    def right(self, body: Written) -> Answer:
        """The model answer, or what the rubric looks for; it earns everything only by a person's marks."""
        wanted = body.model or "\n".join(one.text for one in body.rubric)
        return tidy_lines(wanted)[: body.limit]

    def review(self, body: Written, order: Order, answer: Answer | None, lang: str) -> Findings:
        model = pick(lang, body.model, body.model_en)
        return Findings(given=answer if isinstance(answer, str) else "", key=(model,) if model else ())

    def criteria(self, body: Written) -> tuple[Criterion, ...]:
        return body.rubric

    def to_mark(self, body: Written, answer: Answer) -> tuple[Criterion, ...]:
        return body.rubric if isinstance(answer, str) and answer else ()

    def grade_marked(
        self, body: Written, answer: Answer, points: int, marks: Mapping[str, int]
    ) -> tuple[Part, ...]:
        weights = [one.points_hundredths for one in body.rubric]
        return tuple(
            Part(one.id, most * marks[one.id] // one.points_hundredths, most)
            for one, most in zip(body.rubric, shares(points, weights), strict=True)
        )

    def dump(self, body: Written) -> dict[str, Json]:
        dumped: dict[str, Json] = {"limit": body.limit, "rubric": rubric.dump(body.rubric)}
        for name in ("model", "model_en"):
            if text := getattr(body, name):
                dumped[name] = text
        return dumped

    def load(self, data: Mapping[str, Any]) -> Written:
        return Written(**{**data, "rubric": rubric.load(data["rubric"])})
