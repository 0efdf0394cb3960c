"""What is true of progress in a module and in a course. Pure.

A section counts when it was completed by an act, whatever the version; a section that a newer version no
longer has is forgotten only for what is still missing, never taken back from a completed module.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

State = Literal["done", "under", "open"]


class Step(Protocol):
    """What the rules need to know of a module."""

    @property
    def id(self) -> str:
        """Its id, unique in the course."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of modules that must be completed before it."""
        ...

    @property
    def section_ids(self) -> tuple[str, ...]:
        """Its sections in their order."""
        ...

    @property
    def has_check(self) -> bool:
        """Whether it ends with a check."""
        ...


@dataclass(frozen=True)
class Progress:
    """How far a member is in a module; `hours` in hundredths, `completed_on` a day of the instance's zone."""

    sections: tuple[str, ...] = ()
    check_passed_at: datetime | None = None
    completed_at: datetime | None = None
    completed_on: date | None = None
    completed_version: str | None = None
    hours: int = 0

    @property
    def completed(self) -> bool:
        """Whether the module was completed, in whichever version."""
        return self.completed_at is not None


NOTHING = Progress()


def missing_sections(step: Step, progress: Progress) -> tuple[str, ...]:
    """The sections still to be completed, in their order; none once the module is completed."""
    if progress.completed:
        return ()
    return tuple(section for section in step.section_ids if section not in progress.sections)


def check_open(step: Step, progress: Progress) -> bool:
    """Whether the check still has to be passed."""
    return step.has_check and not progress.completed and progress.check_passed_at is None


def fulfilled(step: Step, progress: Progress) -> bool:
    """Whether everything that completes the module is there: all sections, and the check where it has one."""
    return not missing_sections(step, progress) and not check_open(step, progress)


def state(step: Step, progress: Progress) -> State:
    """done: completed; under: something of it counts; open: nothing yet."""
    if progress.completed:
        return "done"
    begun = progress.check_passed_at is not None or any(
        section in progress.sections for section in step.section_ids
    )
    return "under" if begun else "open"


def waits_for(
    steps: Sequence[Step], step: Step, order: str, progress: Mapping[str, Progress]
) -> tuple[str, ...]:
    """The ids of the modules that must be completed first: all earlier ones in a fixed order, and `needs`.

    What a member has begun or completed stays open to them, whatever a newer version asks for.
    """
    if state(step, progress.get(step.id, NOTHING)) != "open":
        return ()
    wanted: set[str] = set(step.needs)
    if order == "fixed":
        for earlier in steps:
            if earlier.id == step.id:
                break
            wanted.add(earlier.id)
    return tuple(one.id for one in steps if one.id in wanted and not progress.get(one.id, NOTHING).completed)


def next_step(steps: Sequence[Step], after: str, order: str, progress: Mapping[str, Progress]) -> str | None:
    """The id of the next module that is not completed and may be opened: behind `after` first, then from the
    beginning; None when there is none. An empty `after` begins at the beginning."""
    ids = [step.id for step in steps]
    start = ids.index(after) + 1 if after in ids else 0
    for step in (*steps[start:], *steps[:start]):
        done = progress.get(step.id, NOTHING).completed
        if step.id != after and not done and not waits_for(steps, step, order, progress):
            return step.id
    return None


def course_completed(steps: Collection[Step], progress: Mapping[str, Progress]) -> bool:
    """Whether every module stands completed."""
    return bool(steps) and all(progress.get(step.id, NOTHING).completed for step in steps)


def with_section(done: tuple[str, ...], section: str) -> tuple[str, ...]:
    """The completed sections with one more, in the order of the acts; each once."""
    return done if section in done else (*done, section)
