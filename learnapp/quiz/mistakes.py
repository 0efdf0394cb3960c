"""What went wrong in an attempt that is over, for whoever wants to learn from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from learnapp import questions
from learnapp.quiz import grading, queries, reviewing, rules


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question that was not answered right in full. `answer` is canonical JSON in the definition's terms,
    `null` where none was given."""

    question: str
    answer: str


def mistakes(member_id: str, attempt_id: str, *, at: datetime, zone: str) -> tuple[Mistake, ...]:
    """The wrong, partly right and missing answers of an ended attempt in the order of its paper, by the keys that
    hold for it now; nothing as long as these may not be seen. What a person has to mark is left out, since nobody
    can check it alone. Whoever calls shows them, which is noted; so it belongs to a writing transaction. Raises
    NotFound."""
    found = queries.attempt(member_id, attempt_id)
    if found.open or not reviewing.phase_of(found, at, zone).explained:
        return ()
    reviewing.note_keys_seen(found, queries.attempts(member_id, found.quiz), at)
    taps = queries.taps(member_id, attempt_id)
    keys, answers = reviewing.keys(found), rules.latest(taps, found.sheets)
    return tuple(
        Mistake(sheet.question, rules.canonical(answers.get(sheet.question)))
        for sheet, score in zip(found.sheets, grading.graded(found, taps).scores, strict=True)
        if not score.full and not questions.human(keys[sheet.question])
    )
