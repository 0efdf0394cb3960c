"""Which questions a paper asks, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from learnapp.errors import N_, Invalid, Problem
from learnapp.questions.contract import Question
from learnapp.questions.seeds import mixed


@dataclass(frozen=True, slots=True)
class Draw:
    """Take `count` of the active questions of this pool, topic and difficulty; what is not set leaves the
    choice open. They are asked in this section."""

    pool: str
    count: int
    topic: str = ""
    difficulty: int | None = None
    section: str = ""


def draw(
    questions: Sequence[Question], draws: Sequence[Draw], seed: str, shuffle: bool = True
) -> tuple[str, ...]:
    """The ids of one paper, the same for ever under the same seed; no question comes twice.

    Without draws every question is asked. With `shuffle` the order comes from the seed, else it is that of
    the definition. Raises Invalid when a pool holds fewer questions than are drawn from it.
    """
    wanted: Counter[str] = Counter()
    for item in draws:
        wanted[item.pool] += item.count
    chosen = {question.id for question in questions} if not draws else set[str]()
    for pool, count in wanted.items():
        ids = [question.id for question in questions if question.pool == pool]
        if count > len(ids):
            raise Invalid("pool_too_small", _TOO_SMALL, pool=pool, wanted=count, there=len(ids))
        chosen.update(mixed(ids, seed, "draw", pool)[:count])
    if shuffle:
        return mixed(tuple(chosen), seed, "paper")
    return tuple(question.id for question in questions if question.id in chosen)


_TOO_SMALL = N_("The pool “%(pool)s” is too small: %(wanted)s to be drawn, %(there)s in it.")


def check_draws(
    questions: Sequence[Question], draws: Sequence[Draw], file: str, line: int = 0
) -> list[Problem]:
    """What is wrong between the draws and the questions of a quiz: a pool that is too small (error), or
    questions that no draw can reach (warning)."""
    there = Counter(question.pool for question in questions)
    wanted: Counter[str] = Counter()
    for item in draws:
        wanted[item.pool] += item.count
    problems = [
        Problem(
            "pool_too_small",
            file,
            line,
            _TOO_SMALL,
            N_("Write more questions with this pool, or draw fewer."),
            {"pool": pool, "wanted": count, "there": there[pool]},
        )
        for pool, count in wanted.items()
        if count > there[pool]
    ]
    left = sorted(pool for pool in there if draws and pool not in wanted)
    return problems + [
        Problem(
            "pool_not_drawn",
            file,
            line,
            N_("No draw takes from the pool “%(pool)s”, so its questions are never asked."),
            N_("Add a draw for it, or give its questions a pool that is drawn."),
            {"pool": pool},
            "warning",
        )
        for pool in left
    ]
