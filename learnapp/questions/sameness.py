"""Whether two versions of a question ask the same."""

from __future__ import annotations

from learnapp.questions.contract import Question
from learnapp.questions.rules import to_canonical

_ABOUT = frozenset(
    (
        "topic",
        "difficulty",
        "pool",
        "section",
        "status",
        "grading",
        "explanation",
        "explanation_en",
    )
)


def asks_the_same(one: Question, other: Question) -> bool:
    """Whether answers to both may be counted together: where it is filed and how it is explained afterwards
    makes no difference, every word of the question and its key does."""
    return _asked(one) == _asked(other)


def _asked(question: Question) -> dict[str, object]:
    return {key: value for key, value in to_canonical(question).items() if key not in _ABOUT}
