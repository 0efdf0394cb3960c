"""The check at the end of a module: shown without keys, graded at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from learnapp import questions
from learnapp.catalogue import Check
from learnapp.errors import Invalid
from learnapp.questions import Answer, Presented, Question, Reviewed


@dataclass(frozen=True)
class Graded:
    """What the answers to a check are worth: right and needed ones, each question with its explanation."""

    right: int
    need: int
    reviews: tuple[Reviewed, ...]

    @property
    def passed(self) -> bool:
        """Whether enough answers are right."""
        return self.right >= self.need


def seed(source_hash: str) -> str:
    """The options stand in an order of their own, the same for everybody as long as the module is the same:
    nothing hangs on a check that may be tried again, and a page that is equal for all can be kept."""
    return f"check/{source_hash}"


def present(
    check: Check, order_seed: str, lang: str, answers: Mapping[str, Answer | None] | None = None
) -> tuple[Presented, ...]:
    """The questions as they may be seen before answering: no keys, no explanations; `answers` put back."""
    given = answers or {}
    return tuple(
        questions.present(one, questions.shuffle(one, order_seed), lang, given.get(one.id))
        for one in check.questions
    )


def read_form(check: Check, order_seed: str, form: Mapping[str, Sequence[str]]) -> dict[str, Answer | None]:
    """The answers in a form post, by question; what cannot be read counts as not answered."""
    return {one.id: _read(one, order_seed, form) for one in check.questions}


def _read(question: Question, order_seed: str, form: Mapping[str, Sequence[str]]) -> Answer | None:
    try:
        return questions.read_form(question, questions.shuffle(question, order_seed), form, question.id)
    except Invalid:
        return None


def grade(check: Check, answers: Mapping[str, Answer | None], order_seed: str, lang: str = "zh") -> Graded:
    """Grades the answers (in the definition's terms, by question id); a missing one is not answered."""
    reviews = tuple(
        questions.review(one, questions.shuffle(one, order_seed), answers.get(one.id), lang)
        for one in check.questions
    )
    right = sum(1 for review in reviews if review.verdict == "right")
    return Graded(right=right, need=check.need, reviews=reviews)


def right_answers(check: Check) -> dict[str, Answer | None]:
    """An answer to every question that earns all its points, in the definition's terms."""
    return {one.id: questions.right_answer(one) for one in check.questions}
