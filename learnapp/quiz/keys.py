"""The keys that hold for a version of a quiz: its own, or those of a later version that corrected them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Engine

from learnapp import catalogue
from learnapp.db import db
from learnapp.questions import Question
from learnapp.quiz import queries, regrade_rules
from learnapp.quiz.regrade_rules import Comparison


def held_keys(version: str, key_version: str | None = None) -> Mapping[str, Question]:
    """The questions of a version by their ids, each as the newest version up to `key_version` marks it in
    which it still asks the same. Without `key_version` they are the version's own. Raises NotFound."""
    if key_version is None or key_version == version:
        return queries.bank(version)
    return _keys(db.engine, version, key_version)


def compare(version: str, key_version: str) -> Comparison:
    """What a version of a quiz corrects about another one. Raises NotFound."""
    return _compare(db.engine, version, key_version)


@lru_cache(maxsize=256)
def _compare(engine: Engine, version: str, key_version: str) -> Comparison:
    after = held_keys(version, key_version)
    return regrade_rules.compare(queries.bank(version), after, queries.bank(key_version))


# Versions never change, nor does what was published between two of them. The engine is part of the key, since
# tests and tools may open several databases in one process.
@lru_cache(maxsize=256)
def _keys(engine: Engine, version: str, key_version: str) -> Mapping[str, Question]:
    first, last = catalogue.quiz_version(version), catalogue.quiz_version(key_version)
    log = reversed(catalogue.versions("quiz", first.slug))
    between = [one.hash for one in log if first.number < one.number < last.number]
    later = [queries.bank(name) for name in (*between, key_version)]
    return {name: regrade_rules.keyed(question, later) for name, question in queries.bank(version).items()}
