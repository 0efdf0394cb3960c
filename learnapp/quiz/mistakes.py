"""What went wrong in an attempt that is over, for whoever wants to learn from it."""

from __future__ import annotations

from dataclasses import dataclass

from learnapp import questions
from learnapp.quiz import queries, rules


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question that was not answered right in full. `answer` is canonical JSON in the definition's terms,
    `null` where none was given."""

    question: str
    answer: str


def mistakes(member_id: str, attempt_id: str) -> tuple[Mistake, ...]:
    """The wrong, partly right and missing answers of an ended attempt in the order of its paper; of an open
    one nothing, since that would tell which answers are right. Raises NotFound."""
    found = queries.attempt(member_id, attempt_id)
    if found.open:
        return ()
    bank = queries.bank(found.quiz_version)
    answers = rules.latest(queries.taps(member_id, attempt_id), found.sheets)
    return tuple(
        Mistake(sheet.question, rules.canonical(answers.get(sheet.question)))
        for sheet in found.sheets
        if not questions.grade(bank[sheet.question], answers.get(sheet.question)).full
    )
