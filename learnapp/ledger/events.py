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
    another attempt count. `hours` are hundredths credited for the test that was passed, under `hour_rule`.
    `cause` says why this result replaces an earlier one, `trace` which decision it was. `blind` cannot be guessed,
    so that the entry's hash does not tell a result that is still held back.
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
    hours: int = 0
    hour_rule: str = ""
    blind: str = ""

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


@dataclass(frozen=True)
class ActDeclared(Event):
    """The member says that they did something which only an organisation can recognise: nothing is worth
    anything yet. `act` is the code of the kind of act in the rule set, `on` the day (ISO), `note` commits to
    the one sentence that was declared. `act_id` names this one act through all its entries."""

    kind: ClassVar[str] = "act-declared"
    act: str
    act_id: str
    on: str
    note: str

    @property
    def subject(self) -> str:
        return f"act/{self.act_id}"


@dataclass(frozen=True)
class ActRecorded(Event):
    """Somebody else recorded what the member did or failed to do; it counts once a second person confirms it."""

    kind: ClassVar[str] = "act-recorded"
    act: str
    act_id: str
    on: str
    note: str

    @property
    def subject(self) -> str:
        return f"act/{self.act_id}"


@dataclass(frozen=True)
class ActConfirmed(Event):
    """The organisation confirms entry `seq`, a declaration (`origin` declared) or a record (`recorded`) made by
    `proposer`. The recorder of this entry is the one who confirms, never the proposer nor the member."""

    kind: ClassVar[str] = "act-confirmed"
    act: str
    act_id: str
    on: str
    origin: str
    seq: int
    proposer: str

    @property
    def subject(self) -> str:
        return f"act/{self.act_id}"


@dataclass(frozen=True)
class ActDeclined(Event):
    """The organisation does not recognise entry `seq`. `reason` is a code, `note` commits to the words."""

    kind: ClassVar[str] = "act-declined"
    act: str
    act_id: str
    seq: int
    reason: str
    note: str

    @property
    def subject(self) -> str:
        return f"act/{self.act_id}"


@dataclass(frozen=True)
class QuarterSigned(Event):
    """The member looked through a quarter of a period and signed it. `quarter` is such as 2026-Q4, `digest` is
    over the lines as they stood on the screen that was signed."""

    kind: ClassVar[str] = "quarter-signed"
    period: str
    quarter: str
    digest: str

    @property
    def subject(self) -> str:
        return f"period/{self.period}"


@dataclass(frozen=True)
class PeriodClosed(Event):
    """A period closed with these frozen lines: the digest over the member's lines as the rules engine of this
    version gave them under this rule set, and their sum in hundredths."""

    kind: ClassVar[str] = "period-closed"
    period: str
    rule_set: str
    engine: int
    digest: str
    total: int

    @property
    def subject(self) -> str:
        return f"period/{self.period}"

    @property
    def subject_version(self) -> str:
        return self.rule_set


@dataclass(frozen=True)
class Graded(Event):
    """A meeting decided the member's grade of a period. The grade itself and the minute are appraisal and stand
    beside the chain; `note` commits to them."""

    kind: ClassVar[str] = "graded"
    period: str
    meeting_on: str
    note: str

    @property
    def subject(self) -> str:
        return f"period/{self.period}"


@dataclass(frozen=True)
class ObjectionDecided(Event):
    """An objection of the member to a posting was decided: `outcome` is upheld, partly or rejected; the entries
    that follow from it carry the objection's id as their trace. `note` commits to the reply."""

    kind: ClassVar[str] = "objection-decided"
    period: str
    objection: str
    outcome: str
    note: str

    @property
    def subject(self) -> str:
        return f"objection/{self.objection}"


@dataclass(frozen=True)
class Recognised(Event):
    """The member stands on a recognition list (表彰名单) of a period, which one person drew up and another approved.
    `decision` is the commitment of the `graded` entry that it rests on; `note` commits to the sentence that says
    why. The recorder is who approved it."""

    kind: ClassVar[str] = "recognised"
    period: str
    listing: str
    decision: str
    note: str

    @property
    def subject(self) -> str:
        return f"recognition/{self.listing}"


@dataclass(frozen=True)
class WorkDone(Event):
    """A party worker's work came to its end: `work` is a code (lesson-approved, session-held, question-answered,
    need-met), `ref` names the thing, such as `course/study-duties` or an objection's id, `on` the day (ISO)."""

    kind: ClassVar[str] = "work-done"
    work: str
    ref: str
    on: str

    @property
    def subject(self) -> str:
        return f"work/{self.work}/{self.ref}"


@dataclass(frozen=True)
class Waived(Event):
    """The member need not study a course or take a quiz (免修). `thing` is such as `course/study-duties`, `basis`
    a code of the controlled vocabulary, `until` the last day (ISO) or empty for good, `note` commits to words."""

    kind: ClassVar[str] = "waived"
    thing: str
    basis: str
    until: str
    note: str

    @property
    def subject(self) -> str:
        return self.thing


@dataclass(frozen=True)
class EquivalenceGranted(Event):
    """Something done elsewhere is accepted in place of a course or quiz. `basis` is a code of the controlled
    vocabulary, `on` the day (ISO) on which it was done, the last of `days`; `hours` (hundredths, 0 for none) in
    `mode` were credited for `minutes`, spread evenly over those days, under the rule named `hour_rule`."""

    kind: ClassVar[str] = "equivalence-granted"
    thing: str
    basis: str
    on: str
    days: int
    minutes: int
    hours: int
    hour_rule: str
    mode: str
    note: str

    @property
    def subject(self) -> str:
        return self.thing


@dataclass(frozen=True)
class Moved(Event):
    """The member's home became another unit from a day (ISO) on. The stream stays the same one."""

    kind: ClassVar[str] = "moved"
    transfer: str
    from_unit: str
    to_unit: str
    on: str

    @property
    def subject(self) -> str:
        return f"unit/{self.to_unit}"


@dataclass(frozen=True)
class Merged(Event):
    """Two accounts turned out to be one person. In the stream that goes on (`side` is kept) `other` is the account
    that was given up, in that one's own stream (`side` is given-up) it is the one that goes on; `seq` and `hash`
    are where the other stream ended when the merge was decided."""

    kind: ClassVar[str] = "merged"
    merge: str
    side: str
    other: str
    seq: int
    hash: str
    note: str

    @property
    def subject(self) -> str:
        return f"merge/{self.merge}"


@dataclass(frozen=True)
class MergeUndone(Event):
    """A merge was undone: what had been carried over is voided, and each account goes on by itself."""

    kind: ClassVar[str] = "merge-undone"
    merge: str
    side: str
    note: str

    @property
    def subject(self) -> str:
        return f"merge/{self.merge}"


@dataclass(frozen=True)
class Erased(Event):
    """The person behind this stream was erased: no name, text or salt of theirs is kept. The entries before this
    one remain and verify, about nobody who could be named."""

    kind: ClassVar[str] = "erased"
    request: str

    @property
    def subject(self) -> str:
        return f"erasure/{self.request}"


KINDS: Mapping[str, type[Event]] = {
    event.kind: event
    for event in (
        StudyBegun,
        ModuleCompleted,
        CourseCompleted,
        QuizEnded,
        QuizMeasured,
        Voided,
        ActDeclared,
        ActRecorded,
        ActConfirmed,
        ActDeclined,
        QuarterSigned,
        PeriodClosed,
        Graded,
        ObjectionDecided,
        Recognised,
        WorkDone,
        Waived,
        EquivalenceGranted,
        Moved,
        Merged,
        MergeUndone,
        Erased,
    )
}


def event_of(kind: str, data: Mapping[str, Any]) -> Event:
    """The event behind a stored entry. Raises KeyError for a kind outside the vocabulary."""
    return KINDS[kind](**data)
