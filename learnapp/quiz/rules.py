"""What is true of an attempt: its paper, its clock, which answers count and what they are worth. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from learnapp import questions
from learnapp.questions import Answer, Draw, Order, Question, Score

# The server's own slowness is not the member's fault: an act that was under way at the deadline may still
# arrive this much later, through a busy network and a queue of requests, and counts.
GRACE = timedelta(seconds=5)

# A save that arrived within the grace may wait for the database's lock (its timeout is 15 s). The sweeper,
# for whom nobody waits, gives it this much more before it closes the attempt.
SETTLE = timedelta(seconds=20)

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question of a paper with the order of what can change places on it."""

    question: str
    order: Order


@dataclass(frozen=True, slots=True)
class Tap:
    """One act as a value. `answer` is canonical JSON in the definition's terms, `null` when cleared."""

    session: str
    number: int
    question: str
    answer: str
    wall_ms: int
    monotonic_ms: int
    received_at: datetime
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt is worth in hundredths of a point. `short` is the smallest number of questions that
    would have had to be right besides to pass; 0 when it is passed."""

    earned: int
    possible: int
    passed: bool
    short: int


def canonical(value: object) -> str:
    """The one text of a JSON value without floats: keys sorted, nothing between the marks, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, as 64 hexadecimal characters."""
    return hashlib.sha256(text.encode()).hexdigest()


# The paper ----------------------------------------------------------------------------------------------


def draw_paper(
    version: str, bank: Sequence[Question], draws: Sequence[Draw], seed: str, shuffle: bool
) -> str:
    """The paper of this seed as canonical JSON: the quiz's version, and the drawn questions in order, each
    with the order of its options. The same for ever under the same seed."""
    by_id = {question.id: question for question in bank}
    drawn = questions.draw(bank, draws, seed, shuffle)
    sheets = [{"id": name, "order": list(questions.shuffle(by_id[name], seed))} for name in drawn]
    return canonical({"questions": sheets, "version": version})


def read_paper(text: str) -> tuple[Sheet, ...]:
    """The questions of a frozen paper in their order."""
    return tuple(Sheet(item["id"], tuple(item["order"])) for item in json.loads(text)["questions"])


# The clock ----------------------------------------------------------------------------------------------


def deadline(started_at: datetime, minutes: int | None) -> datetime | None:
    """When the time is up, by the server's clock; None for a quiz without a limit."""
    return None if minutes is None else started_at + timedelta(minutes=minutes)


def in_time(deadline_at: datetime | None, received_at: datetime) -> bool:
    """Whether an act received then counts: up to the deadline and the grace, both included."""
    return deadline_at is None or received_at <= deadline_at + GRACE


def overdue(deadline_at: datetime | None, at: datetime) -> bool:
    """Whether the clock has ended the attempt: nothing that arrives now could still count."""
    return not in_time(deadline_at, at)


def remaining_ms(deadline_at: datetime | None, at: datetime) -> int | None:
    """Milliseconds until the deadline, never less than 0; None without a limit."""
    return None if deadline_at is None else max(0, (deadline_at - at) // MILLISECOND)


def ending(deadline_at: datetime | None, at: datetime) -> tuple[str, datetime]:
    """By whom an attempt that is ended now was ended, and when.

    Up to the deadline it is the member, at that moment; after it the clock, at the deadline, whoever notices.
    """
    if deadline_at is not None and at >= deadline_at:
        return "deadline", deadline_at
    return "member", at


def attempts_left(allowed: int | None, used: int) -> int | None:
    """How many more attempts may be started; None when there is no limit."""
    return None if allowed is None else max(0, allowed - used)


# The answers --------------------------------------------------------------------------------------------


def winners(taps: Iterable[Tap]) -> dict[str, Tap]:
    """For each question the act that counts: the highest number, then the later received.

    Two acts of one number received in the same millisecond are told apart by their sessions' labels, so that
    the result never depends on the order in which a database returns them.
    """
    best: dict[str, Tap] = {}
    for tap in taps:
        held = best.get(tap.question)
        if tap.accepted and (held is None or _weight(tap) > _weight(held)):
            best[tap.question] = tap
    return best


def _weight(tap: Tap) -> tuple[int, datetime, str]:
    return tap.number, tap.received_at, tap.session


def latest(taps: Iterable[Tap]) -> dict[str, Answer]:
    """The answers that count, by question; what was cleared or never answered is missing."""
    found = {name: json.loads(tap.answer) for name, tap in winners(taps).items()}
    return {name: answer for name, answer in found.items() if answer is not None}


def acts_digest(taps: Iterable[Tap]) -> str:
    """SHA-256 over all acts that were accepted, in the order of number and session: any later change of what
    was received shows against the ledger entry that holds this."""
    rows = [
        [
            tap.number,
            tap.session,
            tap.question,
            tap.answer,
            tap.wall_ms,
            tap.monotonic_ms,
            tap.received_at.astimezone(UTC).isoformat(timespec="microseconds"),
        ]
        for tap in taps
        if tap.accepted
    ]
    return digest(canonical(sorted(rows)))


# The result ---------------------------------------------------------------------------------------------


def scores(
    paper: Iterable[Sheet], bank: Mapping[str, Question], answers: Mapping[str, Answer]
) -> tuple[Score, ...]:
    """What each question of the paper earned, in its order."""
    return tuple(questions.grade(bank[sheet.question], answers.get(sheet.question)) for sheet in paper)


def possible(paper: Iterable[Sheet], bank: Mapping[str, Question]) -> int:
    """What the whole paper is worth, in hundredths of a point."""
    return sum(bank[sheet.question].points_hundredths for sheet in paper)


def result(marks: Sequence[Score], pass_percent: int) -> Result:
    """The sum of the marks, and whether it reaches the percentage, computed in whole numbers."""
    earned = sum(mark.earned_hundredths for mark in marks)
    most = sum(mark.max_hundredths for mark in marks)
    reached, short = earned, 0
    for missing in sorted((mark.max_hundredths - mark.earned_hundredths for mark in marks), reverse=True):
        if _passes(reached, most, pass_percent):
            break
        reached, short = reached + missing, short + 1
    return Result(earned, most, _passes(earned, most, pass_percent), short)


def _passes(earned: int, most: int, pass_percent: int) -> bool:
    return earned * 100 >= pass_percent * most


def needed(count: int, pass_percent: int) -> int:
    """How many of `count` questions of equal worth must be right to pass."""
    return -(-count * pass_percent // 100)
