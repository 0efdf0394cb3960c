"""Which questions a paper asks, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from learnapp.questions.blueprint import Draw, Facility, chosen
from learnapp.questions.contract import Question
from learnapp.questions.seeds import mixed


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of a paper and the section that it is asked in; "" where there are none."""

    question: str
    section: str = ""


def compose(
    questions: Sequence[Question],
    draws: Sequence[Draw],
    seed: str,
    shuffle: bool = True,
    sections: Sequence[str] = (),
    facility: Facility | None = None,
) -> tuple[Drawn, ...]:
    """One paper: what is asked, section after section, the same for ever under the same seed and facilities.

    Without draws every active question is asked. With `shuffle` the order within a section comes from the
    seed, else it is that of the definition. Raises Invalid when the draws cannot be met.
    """
    if draws:
        found = chosen(questions, draws, seed, facility)
    else:
        found = {question.id: question.section for question in questions if question.status == "active"}
    if shuffle:
        order = mixed(tuple(found), seed, "paper")
    else:
        order = tuple(question.id for question in questions if question.id in found)
    if not sections:
        return tuple(Drawn(name) for name in order)
    return tuple(Drawn(name, section) for section in sections for name in order if found[name] == section)


def draw(
    questions: Sequence[Question], draws: Sequence[Draw], seed: str, shuffle: bool = True
) -> tuple[str, ...]:
    """The ids of one paper without sections, as `compose` draws it where nothing was measured."""
    return tuple(one.question for one in compose(questions, draws, seed, shuffle))
