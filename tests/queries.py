"""Counting the statements that reach the database, so that a list page cannot ask once per line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from learnapp.db import db

_NOT_COUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


@contextmanager
def count_queries() -> Iterator[list[str]]:
    """The statements sent while the block runs, transaction control left out. Needs an application context:

    with count_queries() as sent:
        client.get("/study/")
    assert len(sent) <= 2, sent
    """
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            sent.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
