"""The sections of a paper as pages show them: one is answered, those before are closed, those after are to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from learnapp import catalogue, quiz
from learnapp.quiz import Frozen, Tap
from learnapp.web.doors import in_language


@dataclass(frozen=True)
class Stage:
    """One section: its place among them from 1, its title, the numbers of its first and last question."""

    id: str
    number: int
    title: str
    first: int
    last: int
    state: Literal["left", "now", "later"]


def stages(found: Frozen, taps: Sequence[Tap]) -> list[Stage]:
    """The sections of the attempt's paper in their order; empty for a paper without sections."""
    sheets = found.sheets
    names = quiz.sections(sheets)
    if not names:
        return []
    here = names.index(quiz.entered(taps, sheets))
    titles = {one.id: one for one in catalogue.quiz_version(found.quiz_version).settings.sections}
    made = []
    for place, name in enumerate(names):
        numbers = [number for number, sheet in enumerate(sheets, 1) if sheet.section == name]
        title = in_language(titles[name].title, titles[name].title_en)
        state: Literal["left", "now", "later"] = (
            "left" if place < here else ("now" if place == here else "later")
        )
        made.append(Stage(name, place + 1, title, numbers[0], numbers[-1], state))
    return made


def looks(found: Frozen, staged: Sequence[Stage]) -> Sequence[Stage]:
    """The sections at which one may look back once they were left: all of them where the quiz shows something
    during an attempt, else none."""
    settings = catalogue.quiz_version(found.quiz_version).settings
    return staged if quiz.phases.shows("during", settings) - {"mark"} else ()


def present(found: Sequence[Stage]) -> Stage | None:
    """The section that is being answered; None without sections."""
    return next((stage for stage in found if stage.state == "now"), None)
