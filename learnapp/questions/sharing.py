"""How the points of a question are shared among its places, and what wrong answers cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from learnapp.errors import N_
from learnapp.questions.contract import Part
from learnapp.questions.trail import Trail

Mark: TypeAlias = Literal["right", "wrong", "open"]
"""What became of one place; open is one that was not answered."""

PENALTY = "penalty"


def shares(points: int, weights: Sequence[int]) -> list[int]:
    """Splits points (hundredths) by whole weights: whole hundredths that add up to exactly `points`."""
    total, done, given = sum(weights), 0, 0
    found = []
    for weight in weights:
        done += weight
        found.append(points * done // total - given)
        given = points * done // total
    return found


def scored(
    marks: Sequence[tuple[str, Mark]], points: int, partial: bool = True, penalty: int = 0
) -> tuple[Part, ...]:
    """The parts of a question whose places weigh the same; each mark names its place.

    With `partial` each right place earns its share and each wrong one costs `penalty` hundredths; without
    it only all right places together earn anything.
    """
    if not partial:
        full = all(mark == "right" for _, mark in marks)
        return (Part("", points if full else 0, points),)
    parts = [
        Part(name, share if mark == "right" else 0, share)
        for (name, mark), share in zip(marks, shares(points, [1] * len(marks)), strict=True)
    ]
    return less_penalty(parts, sum(mark == "wrong" for _, mark in marks), penalty)


def less_penalty(parts: Sequence[Part], wrong: int, penalty: int) -> tuple[Part, ...]:
    """The parts and what the wrong answers cost, as a part of its own. A question never falls below 0."""
    taken = min(wrong * penalty, sum(part.earned_hundredths for part in parts))
    return (*parts, Part(PENALTY, -taken, 0)) if taken > 0 else tuple(parts)


def parse_penalty(table: Mapping[str, object], trail: Trail, partial: bool) -> int:
    """What each wrong answer costs under `penalty`, in hundredths; 0 when absent or wrong (noted)."""
    points = trail.decimal(table, PENALTY)
    hundredths = (points or 0) * 100
    if not 0 <= hundredths <= 100_000 or hundredths != hundredths // 1:
        trail.error(
            "penalty",
            N_("Question %(question)s: the penalty must be from 0 to 1000 points, with up to two decimals."),
            N_("Write for example penalty = 0.5 for half a point taken away by each wrong answer."),
            PENALTY,
        )
        return 0
    if hundredths and not partial:
        trail.error(
            "penalty_idle",
            N_(
                "Question %(question)s: a penalty has no effect where only a wholly right answer earns anything."
            ),
            N_("Add partial = true, or remove the penalty."),
            PENALTY,
        )
    return int(hundredths)
