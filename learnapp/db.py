"""The database: SQLite by default, PostgreSQL by one URL, the same code for both.

Services flush; `transaction()` is the one place that commits, and only doors open it. Requests that write
start with BEGIN IMMEDIATE on SQLite: deferred writers are refused at once when two of them upgrade, in
spite of the busy timeout, while immediate ones queue.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, Insert, MetaData, String, Table, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
APPEND_ONLY = ("ledger_entry", "ledger_key", "ledger_seal", "ledger_seal_leaf")


class Base(DeclarativeBase):
    """Base of all models. Every table names its place in `info`, see `tests/db/test_places.py`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

# Identifiers are 32 hexadecimal characters on both engines; byte order is what UUIDv7 needs on PostgreSQL.
ID = String(32).with_variant(String(32, collation="C"), "postgresql")
HASH = String(64).with_variant(String(64, collation="C"), "postgresql")
KEY = String(120).with_variant(String(120, collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetimes are not stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id(at_ms: int | None = None) -> str:
    """A UUIDv7 (RFC 9562) as 32 hexadecimal characters: 48 bits of milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    tail = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (2**48 - 1)) << 80 | 0x7 << 76 | ((tail >> 64) & 0xFFF) << 64
    return f"{value | 0b10 << 62 | (tail & (2**62 - 1)):032x}"


def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    """SQLite: no transactions behind our back, and the pragmas that make a commit durable."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("learnapp_write", False)
    # Straight to the driver: SQLAlchemy would make ten times the effort around one word.
    connection.connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")


def prepare_engine(engine: Engine) -> None:
    """Hooks an engine up with what this product needs of it; does nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _on_begin):
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


_here = threading.local()


@contextmanager
def _turn() -> Iterator[None]:
    """Lets the writers of one SQLite file in one after the other, whichever process they are in.

    SQLite itself has them look again after pauses that grow to 100 ms, and whoever comes at the right moment
    overtakes: with fifty phones saving at once the slowest waited half a second. A lock on a file beside the
    database wakes the next one at once. It only orders; what keeps the data right is BEGIN IMMEDIATE. The
    system gives the lock back when a process ends, however it ends.
    """
    engine = db.engine
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        yield
        return
    handle = os.open(f"{engine.url.database}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def transaction() -> Iterator[None]:
    """One act, all or nothing: commits at the end, rolls back when anything is raised.

    A read transaction that is still open is ended first, because its snapshot may be older than the
    last writer and a write must see what was committed before it. Raises RuntimeError inside another
    transaction of the same thread, which it would end halfway.
    """
    if getattr(_here, "writing", False):
        raise RuntimeError("a transaction inside a transaction would end the outer one")
    session = db.session()
    reader = _end_reading(session)
    with _turn():
        _here.writing = True
        try:
            _begin_writing(session, reader)
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _here.writing = False


def _end_reading(session: Session) -> Any:
    """Ends what the session has begun. Returns the driver's connection if the session keeps it.

    Almost every page that writes has read who is asking before. Giving the connection back and fetching it
    again would cost a twelfth of a saved answer, so a session that has only read columns keeps it. One that
    holds objects is rolled back as SQLAlchemy does it, since they have to forget what they were.
    """
    if session.in_transaction() and not session.new and not len(session.identity_map):
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.rollback()
        return driver
    session.rollback()
    return None


def _begin_writing(session: Session, reader: Any) -> None:
    if reader is None:
        session.connection(execution_options={"learnapp_write": True})
    elif dialect_name() == "sqlite":
        reader.execute("BEGIN IMMEDIATE")


@contextmanager
def snapshot() -> Iterator[None]:
    """For reading: every question asked inside is about one moment, whatever others commit meanwhile.

    SQLite reads so in any case. On PostgreSQL each statement sees the commits before it, and a proof that
    compares two tables would find faults in a database at work that has none.
    """
    session = db.session()
    session.rollback()
    if dialect_name() == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        session.rollback()


def grant_to(connection: Connection, role: str) -> None:
    """PostgreSQL: lets the application's role use the tables that another role owns. On the ledger and its
    seals it may read and append, nothing else; what is not granted cannot be switched off by whoever runs the
    application.
    """
    name = connection.dialect.identifier_preparer.quote(role)
    present = inspect(connection).get_table_names()
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        *(
            f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {name}"
            for table in APPEND_ONLY
            if table in present
        ),
    ):
        connection.exec_driver_sql(statement)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that fetch columns and build no objects."""
    return cast(Table, model.__table__)


@cache
def upsert(table: Table, dialect: str, *, add: bool = False) -> Insert:
    """An INSERT that updates the row with the same primary key instead: its other columns are replaced by
    the new values, or added to them with `add`. The statement is made once per table and engine."""
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    new = statement.excluded
    others = [column for column in table.c if column.name not in keys]
    changes = {column.name: column + new[column.name] if add else new[column.name] for column in others}
    final: Insert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    return final


def dialect_name() -> str:
    """`sqlite` or `postgresql`."""
    return db.engine.dialect.name


def ping() -> None:
    """Asks the database for one row; raises what the driver raises when it does not answer."""
    db.session.execute(text("SELECT 1")).scalar_one()


__all__ = [
    "HASH",
    "ID",
    "KEY",
    "Base",
    "UtcDateTime",
    "db",
    "dialect_name",
    "grant_to",
    "new_id",
    "ping",
    "prepare_engine",
    "snapshot",
    "table_of",
    "transaction",
    "upsert",
]
