"""The database: SQLite by default, PostgreSQL by one URL, the same code for both.

Services flush; `transaction()` is the one place that commits, and only doors open it. Requests that write
start with BEGIN IMMEDIATE on SQLite: deferred writers are refused at once when two of them upgrade, in
spite of the busy timeout, while immediate ones queue.

On PostgreSQL what a page or the sweeper only reads stands in no transaction. BEGIN and ROLLBACK would be two more
round trips a request, and psycopg forgets at every ROLLBACK which statements the server has prepared: reading and
planning them anew was two thirds of the server's work. Each statement sees what was committed before it, as it
does inside READ COMMITTED.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, cast

from flask import current_app, has_request_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, Insert, MetaData, String, Table, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import PoolProxiedConnection
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


# What a thread is about to do; `read` is a request, or the sweeper, that has only read so far.
Intent = Literal["read", "write", "snapshot", "other"]

# The words with which a connection of the application begins, by what it is going to be used for.
_WORDS: dict[str, dict[Intent, str]] = {
    "sqlite": {"read": "BEGIN", "write": "BEGIN IMMEDIATE", "snapshot": "BEGIN", "other": "BEGIN"},
    "postgresql": {
        "read": "",
        "write": "BEGIN READ WRITE",
        "snapshot": "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "other": "BEGIN READ WRITE",
    },
}
_here = threading.local()


def _intent() -> Intent:
    inside: Intent | None = getattr(_here, "intent", None)
    return inside or ("read" if has_request_context() else "other")


@contextmanager
def _intending(intent: Intent) -> Iterator[None]:
    before = getattr(_here, "intent", None)
    _here.intent = intent
    try:
        yield
    finally:
        _here.intent = before


@contextmanager
def reading() -> Iterator[None]:
    """Outside of a request: in here one reads as a request does, and writes only inside `transaction`."""
    with _intending("read"):
        yield


def _on_connect_sqlite(connection: DBAPIConnection, _record: object) -> None:
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


def _on_connect_postgresql(connection: DBAPIConnection, _record: object) -> None:
    """PostgreSQL: transactions begin at a word of ours, and where there was none nothing can be written."""
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET default_transaction_read_only = on")
    cursor.close()


def prepare_engine(engine: Engine) -> None:
    """Sets an engine of SQLite up as this product needs it; does nothing on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        _begin_by_word(engine, _on_connect_sqlite)


def prepare_serving_engine(engine: Engine) -> None:
    """Sets up the engine with which `transaction` and `snapshot` work, on either database."""
    prepare_engine(engine)
    if engine.dialect.name == "postgresql":
        _begin_by_word(engine, _on_connect_postgresql)


def _begin_by_word(engine: Engine, on_connect: Callable[[DBAPIConnection, object], None]) -> None:
    words = _WORDS[engine.dialect.name]

    def begin(dbapi_connection: PoolProxiedConnection) -> None:
        if word := words[_intent()]:
            cast(Any, dbapi_connection).execute(word)

    if not event.contains(engine, "connect", on_connect):
        event.listen(engine, "connect", on_connect)
        # Not the event of this name: with any listener SQLAlchemy looks for more around every statement,
        # which costs a sixth of it.
        engine.dialect.do_begin = begin  # type: ignore[method-assign]


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
    if _intent() == "write":
        raise RuntimeError("a transaction inside a transaction would end the outer one")
    session = db.session()
    reader = _end_reading(session)
    with _turn(), _intending("write"):
        try:
            _begin_writing(session, reader)
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


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
        session.connection()
    else:
        reader.execute(_WORDS[dialect_name()]["write"])


@contextmanager
def part() -> Iterator[None]:
    """Within a transaction: when something is raised in here, what was written in here is undone and nothing
    else. For statements on columns; objects of the session would not notice.

    Straight to the driver, since SQLAlchemy compiles the name of each savepoint.
    """
    driver: Any = db.session.connection().connection
    driver.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        driver.execute("ROLLBACK TO SAVEPOINT part")
        raise
    finally:
        driver.execute("RELEASE SAVEPOINT part")


@contextmanager
def snapshot() -> Iterator[None]:
    """For reading: every question asked inside is about one moment, whatever others commit meanwhile.

    SQLite reads so in any case. On PostgreSQL each statement sees the commits before it, and a proof that
    compares two tables would find faults in a database at work that has none. Inside a transaction or
    another snapshot it is a part of that.
    """
    if _intent() in ("write", "snapshot"):
        yield
        return
    session = db.session()
    session.rollback()
    with _intending("snapshot"):
        session.connection()
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


def zone() -> str:
    """The instance's zone. Doors hand it down; this is for what is decided deep inside of an act that has no other
    use for it, such as the day of a test that was passed."""
    return cast(str, current_app.extensions["learnapp"].zone)


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
    "part",
    "ping",
    "prepare_engine",
    "prepare_serving_engine",
    "reading",
    "snapshot",
    "table_of",
    "transaction",
    "upsert",
    "zone",
]
