"""Which questions of two versions of a quiz ask the same, and what a later version corrects about them. Pure.

A question is the same where a member saw the same: text, options, units, hint. Then a later version's key,
points, partial marks, penalty and decision about a faulty question can be applied to what was answered. Where
something that was seen differs, the old answers are answers to another question, and its old key stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from learnapp import questions
from learnapp.errors import N_
from learnapp.questions import Presented, Question, Reviewed

What = Literal["key", "marking", "points", "grading"]
WHAT: Mapping[What, str] = {
    "key": N_("the key"),
    "marking": N_("what a partly right or a wrong answer earns"),
    "points": N_("its points"),
    "grading": N_("whether it counts"),
}
"""What can be corrected, as message ids."""

# Texts in a stored body that say nothing about what an answer earns.
_TOLD = frozenset(
    ("feedback", "feedback_en", "model", "model_en", "explanation", "explanation_en", "topic", "difficulty")
)


@dataclass(frozen=True, slots=True)
class Correction:
    """A question as it was and as a later version marks it, and what differs; nothing where only an
    explanation does."""

    before: Question
    after: Question
    what: tuple[What, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a version corrects about an earlier one, in the order of the earlier one. The questions `kept`
    differ in what a member saw and keep their old key."""

    corrections: tuple[Correction, ...]
    kept: tuple[Question, ...]


def same_face(before: Question, after: Question) -> bool:
    """Whether a member saw the same, and a person who marked it looked for the same, so that answers and marks
    given to the one are answers and marks of the other."""
    order = questions.written_order(before)
    if before.kind != after.kind or set(order) != set(questions.written_order(after)):
        return False
    if not after.grading and _rubric(before) != _rubric(after):
        return False
    return all(
        _face(questions.present(before, order, lang)) == _face(questions.present(after, order, lang))
        for lang in ("zh", "en")
    )


def _face(shown: Presented) -> Presented:
    """What was seen, without what it is worth and how it is marked."""
    more = {name: value for name, value in shown.more.items() if name != "penalty"}
    inner = tuple(_face(one) for one in shown.inner)
    return replace(shown, rule="", points_hundredths=0, more=more, inner=inner)


def _rubric(question: Question) -> list[tuple[str, int, tuple[int, ...]]]:
    return [
        (one.id, one.points_hundredths, tuple(level.points_hundredths for level in one.levels))
        for one in questions.criteria(question)
    ]


def keyed(question: Question, later: Sequence[Mapping[str, Question]]) -> Question:
    """The question by whose key answers to `question` are marked: that of the last of the later versions in
    which it asks the same, else itself."""
    for bank in reversed(later):
        found = bank.get(question.id)
        if found is not None and same_face(question, found):
            return found
    return question


def compare(
    before: Mapping[str, Question], after: Mapping[str, Question], new: Mapping[str, Question]
) -> Comparison:
    """What differs between the keys `before` and `after`, both for the questions of one version. `new` are the
    questions of the version that corrects, some of which may ask something else under the same id."""
    found = [Correction(one, after[name], differing(one, after[name])) for name, one in before.items()]
    kept = tuple(one for name, one in before.items() if name in new and not same_face(one, new[name]))
    return Comparison(tuple(one for one in found if one.what), kept)


def differing(before: Question, after: Question) -> tuple[What, ...]:
    """What of the marking differs between two questions that ask the same."""
    found: list[What] = []
    if _marked_by(before) != _marked_by(after):
        found.append("key" if _key(before) != _key(after) else "marking")
    if before.points_hundredths != after.points_hundredths:
        found.append("points")
    if before.grading != after.grading:
        found.append("grading")
    return tuple(found)


def _key(question: Question) -> Any:
    return _right(questions.review(question, questions.written_order(question), None, "zh"))


def _right(told: Reviewed) -> Any:
    options = [option.right for option in told.options]
    return options, told.key, told.more, [_right(one) for one in told.inner]


def _marked_by(question: Question) -> Any:
    return _without_texts(questions.to_canonical(question)["body"])


def _without_texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_texts(inner) for key, inner in value.items() if key not in _TOLD}
    return [_without_texts(one) for one in value] if isinstance(value, list | tuple) else value
