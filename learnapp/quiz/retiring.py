"""A question that was asked once is never deleted, only retired: records and corrections go on naming it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, select

from learnapp import catalogue
from learnapp.catalogue import QuizDefinition
from learnapp.db import db, table_of
from learnapp.errors import N_, Problem
from learnapp.quiz import queries
from learnapp.quiz.models import Attempt

_attempt = table_of(Attempt)
_USED = select(_attempt.c.quiz_version).where(_attempt.c.quiz == bindparam("quiz")).distinct()


def gone(kept: Collection[str], used: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """The questions of used versions that are not kept, each with the newest of these versions. Pure."""
    found: dict[str, int] = {}
    for number, questions in used:
        for question in questions:
            if question not in kept:
                found[question] = max(number, found.get(question, 0))
    return found


def check_kept(definition: QuizDefinition, file: str = "") -> list[Problem]:
    """What a definition may not do to the versions that somebody has taken: an error for each question that
    is missing. For whoever publishes, before it is published."""
    names = [row[0] for row in db.session.execute(_USED, {"quiz": definition.slug})]
    used = [(catalogue.quiz_version(name).number, queries.bank(name)) for name in names]
    missing = gone({question.id for question in definition.questions}, used)
    return [
        Problem(
            "question-gone",
            file,
            0,
            N_("The question “%(question)s” is missing, and version %(number)s with it has been taken."),
            N_(
                "Put it back with status = “retired”: then it is asked no more, and records can still name it."
            ),
            {"question": question, "number": number},
        )
        for question, number in sorted(missing.items())
    ]
