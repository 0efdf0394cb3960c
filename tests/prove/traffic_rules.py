"""What a member may see of a quiz at a moment, told a second time from its settings and from what was done: the
judge of the traffic. It shares no code with the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.prove.traffic_quiz import Made, Secret

JUST_AFTER = timedelta(minutes=10)
KEYS = frozenset({"key", "feedback"})
JUDGED = frozenset({"mark", "correctness", "feedback"})
TELLING = frozenset({"mark", "correctness", "feedback", "key"})


@dataclass
class Held:
    """An attempt as it was driven: the questions of its paper with their sections, what was chosen, when it
    ended. `levels` are the marks of the steps that a marker gave; `entered` is the section it has come to."""

    paper: Mapping[str, str]
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ended: datetime | None = None
    marked: bool = False
    levels: set[str] = field(default_factory=set)
    entered: str = ""

    def left(self, question: str, sections: Sequence[str]) -> bool:
        """Whether the question's section is closed although the attempt runs."""
        section = self.paper.get(question, "")
        return bool(section and self.entered) and sections.index(section) < sections.index(self.entered)


@dataclass
class Judge:
    """The quiz, the member's attempts, and from when on nobody can answer any more (None: no closing time)."""

    made: Made
    all_done: datetime | None
    held: list[Held] = field(default_factory=list)

    def shows(self, held: Held, at: datetime) -> frozenset[str]:
        """What the settings let be seen of an attempt."""
        if held.ended is None:
            phase = "during"
        elif self.all_done is not None and at >= self.all_done:
            phase = "closed"
        else:
            phase = "after" if at < held.ended + JUST_AFTER else "later"
        told = self.made.review[phase]
        return told - KEYS if self.all_done is not None and phase != "closed" else told

    def _of(self, question: str, at: datetime, book: bool) -> Iterator[tuple[Held, frozenset[str]]]:
        """What is shown of a question by each attempt that has it and is over, or has left its section; in the
        book what was shown at any time before, since nothing leaves it again."""
        for held in self.held:
            if question in held.paper and (held.ended is not None or held.left(question, self.made.sections)):
                times = [at]
                if book and held.ended is not None:
                    times += [
                        held.ended,
                        held.ended + JUST_AFTER,
                        *([self.all_done] if self.all_done else []),
                    ]
                yield from ((held, self.shows(held, one)) for one in times if one <= at)

    def allows(self, mark: str, secret: Secret, at: datetime, book: bool = False) -> bool:
        """Whether a mark may be in what is sent to the member then, or may stand in the wrong-answer book."""
        if secret.need == "paper":
            return any(secret.question in held.paper for held in self.held)
        return any(_allows(mark, secret, held, told) for held, told in self._of(secret.question, at, book))

    def quiet(self, at: datetime) -> bool:
        """Whether nothing that depends on a key may be seen anywhere."""
        return not any(
            self.shows(held, at) & TELLING for held in self.held if held.ended is not None or held.entered
        )


def _allows(mark: str, secret: Secret, held: Held, told: frozenset[str]) -> bool:
    if secret.need == "key":
        return "key" in told
    if secret.need == "feedback":
        return "feedback" in told and ("key" in told or secret.option in held.chosen.get(secret.question, ()))
    if secret.need in ("criterion", "level"):
        return held.marked and told >= JUDGED and (secret.need == "criterion" or mark in held.levels)
    if secret.need == "comment":
        return held.marked and "feedback" in told
    return secret.need == "reason" and "key" in told
