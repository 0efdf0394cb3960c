"""The closed vocabulary of the ledger. Every kind of entry is a frozen dataclass here and nowhere else.

No event carries personal data: ids, versions, counts and codes only. Amounts are integers (hundredths).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """A fact about one member. `subject` names the thing, `version` the exact version of it."""

    kind: ClassVar[str]

    @property
    def subject(self) -> str:
        """The thing this is about, such as `course/study-duties`."""
        raise TypeError(f"{type(self).__name__} names no subject")

    @property
    def subject_version(self) -> str:
        """The hash of the version concerned, or an empty text where the thing has no versions."""
        return ""

    def data(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class StudyBegun(Event):
    """The first section of a course was completed."""

    kind: ClassVar[str] = "study-begun"
    course: str
    version: str

    @property
    def subject(self) -> str:
        return f"course/{self.course}"

    @property
    def subject_version(self) -> str:
        return self.version


@dataclass(frozen=True)
class ModuleCompleted(Event):
    """All sections of a module were completed and its check, where it has one, was passed.

    `version` is the course's, `source` covers this module alone. `hours` are hundredths of a study hour
    as credited under the rule named `hour_rule`, after its daily ceiling.
    """

    kind: ClassVar[str] = "module-completed"
    course: str
    module: str
    version: str
    source: str
    minutes: int
    hours: int
    hour_rule: str
    mode: str

    @property
    def subject(self) -> str:
        return f"module/{self.course}/{self.module}"

    @property
    def subject_version(self) -> str:
        return self.version


@dataclass(frozen=True)
class CourseCompleted(Event):
    """Every module of this version of a course stands completed."""

    kind: ClassVar[str] = "course-completed"
    course: str
    version: str

    @property
    def subject(self) -> str:
        return f"course/{self.course}"

    @property
    def subject_version(self) -> str:
        return self.version


@dataclass(frozen=True)
class QuizEnded(Event):
    """An attempt ended, by the member (`member`) or by the clock (`deadline`), with this result.

    The digests bind the entry to the paper that was frozen and to the acts that were received. `pending`
    answers wait for a person's marks, and until then it is not passed. `counts` is False where the quiz lets
    another attempt count. `cause` says why this result replaces an earlier one, `trace` which decision it was.
    """

    kind: ClassVar[str] = "quiz-ended"
    quiz: str
    version: str
    attempt: str
    number: int
    ended_by: str
    earned: int
    possible: int
    passed: bool
    paper_digest: str
    acts_digest: str
    pending: int = 0
    counts: bool = True
    cause: str = "ended"
    trace: str = ""

    @property
    def subject(self) -> str:
        return f"quiz/{self.quiz}"

    @property
    def subject_version(self) -> str:
        return self.version


@dataclass(frozen=True)
class QuizMeasured(Event):
    """The clock of an attempt was moved: `measure` is extend, pause, resume, override or reopen, by `minutes`
    where it is a matter of minutes. `note` commits to the reason that was given."""

    kind: ClassVar[str] = "quiz-measured"
    quiz: str
    attempt: str
    measure: str
    minutes: int
    note: str

    @property
    def subject(self) -> str:
        return f"quiz/{self.quiz}"


@dataclass(frozen=True)
class Voided(Event):
    """An earlier entry of the same member no longer counts. `reason` is a code of `VOID_REASONS`; `trace` is
    that of the decision which replaced it, `note` commits to a reason in words, where there are such."""

    kind: ClassVar[str] = "voided"
    seq: int
    reason: str
    trace: str = ""
    note: str = ""

    @property
    def subject(self) -> str:
        return f"entry/{self.seq}"


KINDS: Mapping[str, type[Event]] = {
    event.kind: event
    for event in (StudyBegun, ModuleCompleted, CourseCompleted, QuizEnded, QuizMeasured, Voided)
}


def event_of(kind: str, data: Mapping[str, Any]) -> Event:
    """The event behind a stored entry. Raises KeyError for a kind outside the vocabulary."""
    return KINDS[kind](**data)
