"""What is true of an attempt: its paper, its clock, which answers count and what they are worth. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from learnapp import questions
from learnapp.questions import Answer, Draw, Facility, Order, Question, Score

# The question id of the act "this section was entered"; what lies before it can no longer be changed.
SECTION = "section:"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One question of a paper with the order of what can change places on it, and its section if any."""

    question: str
    order: Order
    section: str = ""


@dataclass(frozen=True, slots=True)
class Tap:
    """One act as a value. `answer` is canonical JSON in the definition's terms, `null` when cleared. `late`: it
    came after the end; it counts only where a rule or a person accepted it."""

    session: str
    number: int
    question: str
    answer: str
    wall_ms: int
    monotonic_ms: int
    received_at: datetime
    accepted: bool = True
    late: bool = False


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
    version: str,
    bank: Sequence[Question],
    draws: Sequence[Draw],
    seed: str,
    shuffle: bool,
    sections: Sequence[str] = (),
    measured: tuple[int, Facility] | None = None,
) -> str:
    """The paper of this seed as canonical JSON: the quiz's version, and the drawn questions in order, each
    with the order of its options and its section, where there are such. `measured` is a numbered table of
    facilities to balance the draw on; the paper names its number, so that it is the same for ever under the
    same version, seed and table."""
    by_id = {question.id: question for question in bank}
    drawn = questions.compose(bank, draws, seed, shuffle, sections, measured[1] if measured else None)
    sheets = [
        {
            "id": one.question,
            "order": list(questions.shuffle(by_id[one.question], seed)),
            **({"section": one.section} if one.section else {}),
        }
        for one in drawn
    ]
    table = {"facility": measured[0]} if measured else {}
    return canonical({**table, "questions": sheets, "version": version})


def read_paper(text: str) -> tuple[Sheet, ...]:
    """The questions of a frozen paper in their order."""
    return tuple(
        Sheet(item["id"], tuple(item["order"]), item.get("section", ""))
        for item in json.loads(text)["questions"]
    )


def facility_number(text: str) -> int | None:
    """The number of the table of facilities that a frozen paper was balanced on; None where it was not."""
    number: int | None = json.loads(text).get("facility")
    return number


# The answers --------------------------------------------------------------------------------------------


def winners(taps: Iterable[Tap], paper: Sequence[Sheet]) -> dict[str, Tap]:
    """For each question of the paper the act that counts: the highest number, then the later received, among
    those that were made before the next section was entered.

    Two acts of one number received in the same millisecond are told apart by their sessions' labels, so that
    the result never depends on the order in which a database returns them.
    """
    counted = [tap for tap in taps if tap.accepted]
    in_force = locks(counted, paper)
    places = _places(paper) if in_force else {}
    best: dict[str, Tap] = {}
    for tap in counted:
        if tap.question.startswith(SECTION) or _shut_out(tap, places.get(tap.question, 0), in_force):
            continue
        held = best.get(tap.question)
        if held is None or _weight(tap) > _weight(held):
            best[tap.question] = tap
    return best


def _weight(tap: Tap) -> tuple[int, datetime, str]:
    return tap.number, tap.received_at, tap.session


def latest(taps: Iterable[Tap], paper: Sequence[Sheet]) -> dict[str, Answer]:
    """The answers that count, by question; what was cleared or never answered is missing."""
    found = {name: json.loads(tap.answer) for name, tap in winners(taps, paper).items()}
    return {name: answer for name, answer in found.items() if answer is not None}


def blind(seed: str, number: int) -> str:
    """What nobody can guess who does not know the seed of the paper: in the entry of a result it keeps anyone who
    holds the entry's hash from trying out which result gives it, before the result may be seen. `number` is that
    of the entry among those of its attempt, since what was shown with one must not open the next."""
    return hashlib.sha256(f"result/{seed}/{number}".encode()).hexdigest()[:32]


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


# Sections -----------------------------------------------------------------------------------------------


def sections(paper: Iterable[Sheet]) -> tuple[str, ...]:
    """The ids of the sections in the order in which the paper asks them; empty for a paper without sections."""
    return tuple(dict.fromkeys(sheet.section for sheet in paper if sheet.section))


def locks(taps: Iterable[Tap], paper: Sequence[Sheet]) -> list[tuple[int, Tap]]:
    """The accepted acts that entered a section, each with the section's place among them, from 0."""
    order = {SECTION + name: place for place, name in enumerate(sections(paper))}
    return [(order[tap.question], tap) for tap in taps if tap.accepted and tap.question in order]


def entered(taps: Iterable[Tap], paper: Sequence[Sheet]) -> str:
    """The section that is being answered: the furthest that was entered. Empty without sections."""
    names = sections(paper)
    return names[max((place for place, _ in locks(taps, paper)), default=0)] if names else ""


def shut_out(taps: Iterable[Tap], paper: Sequence[Sheet]) -> list[Tap]:
    """The accepted answers that do not count because their section had been left when they were given."""
    counted = [tap for tap in taps if tap.accepted]
    in_force, places = locks(counted, paper), _places(paper)
    return [tap for tap in counted if _shut_out(tap, places.get(tap.question, len(places)), in_force)]


def _places(paper: Sequence[Sheet]) -> dict[str, int]:
    order = {name: place for place, name in enumerate(sections(paper))}
    return {sheet.question: order.get(sheet.section, 0) for sheet in paper}


def _shut_out(tap: Tap, place: int, in_force: Iterable[tuple[int, Tap]]) -> bool:
    """Whether a later section had been entered: in the numbering that all pages share, or, by another page
    than the answer's own, before the answer was received."""
    return any(
        later > place
        and (
            tap.number >= lock.number or (tap.session != lock.session and tap.received_at >= lock.received_at)
        )
        for later, lock in in_force
    )


# The result ---------------------------------------------------------------------------------------------


def scores(
    paper: Iterable[Sheet], bank: Mapping[str, Question], answers: Mapping[str, Answer]
) -> tuple[Score, ...]:
    """What each question of the paper earned, in its order."""
    return tuple(questions.grade(bank[sheet.question], answers.get(sheet.question)) for sheet in paper)


def possible(paper: Iterable[Sheet], bank: Mapping[str, Question]) -> int:
    """What the whole paper is worth, in hundredths of a point."""
    return sum(questions.worth(bank[sheet.question]) for sheet in paper)


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
