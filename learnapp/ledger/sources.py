"""Where rows to be verified come from: the live database, a copy of it, an export."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, Select, Table, create_engine, inspect, select, tuple_
from sqlalchemy.exc import DatabaseError, DBAPIError, SQLAlchemyError

from learnapp.db import db, dialect_name, snapshot, table_of
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.seal_models import LedgerKey, LedgerSeal, LedgerSealLeaf
from learnapp.ledger.verify import (
    HASHED_COLUMNS,
    NOTHING_KNOWN,
    Broken,
    Key,
    Known,
    Ledger,
    Report,
    Seal,
    check,
    read_export,
    unreadable,
)

BATCH = 5_000
ENTRY_COLUMNS = (*HASHED_COLUMNS, "hash")
_numbers = count()
_entry, _head = table_of(LedgerEntry), table_of(LedgerHead)
_key, _seal, _leaf = table_of(LedgerKey), table_of(LedgerSeal), table_of(LedgerSealLeaf)


def _columns(table: Table, names: tuple[str, ...]) -> Select[Any]:
    return select(*(table.c[name] for name in names)).order_by(*table.primary_key)


_ENTRIES = _columns(_entry, ENTRY_COLUMNS)
_LEAVES = _columns(_leaf, ("member_id", "seq", "number", "hash"))
_SEALS = _columns(_seal, Seal._fields)
_KEYS = _columns(_key, Key._fields)
_HEADS = _columns(_head, ("member_id", "seq", "hash"))


def verify(known: Known = NOTHING_KNOWN) -> Report:
    """Checks the live database, as it is at one moment, against its seals and against what is known from
    elsewhere."""
    try:
        with snapshot():
            return _report(lambda: stored(db.session.connection()), known)
    except DatabaseError as error:
        if dialect_name() != "sqlite":
            raise
        return Report(counted=False, fault=unreadable("The database", error.orig).fault)


def verify_elsewhere(source: str, known: Known = NOTHING_KNOWN) -> Report:
    """Checks a copy of the database, given as an SQLite file or a database address, or an export, given as
    its folder. Nothing is written to it."""
    if Path(source).is_dir():
        return _report(lambda: read_export(Path(source)), known)
    try:
        with _opened(source) as connection:
            return _report(lambda: stored(connection), known)
    except (SQLAlchemyError, OSError) as error:
        return Report(counted=False, fault=unreadable(source, getattr(error, "orig", None) or error).fault)


def _report(read: Any, known: Known) -> Report:
    try:
        return check(read(), known)
    except Broken as broken:
        return Report(counted=False, fault=broken.fault)


@contextmanager
def _opened(source: str) -> Iterator[Connection]:
    """A connection that reads one moment. An SQLite file is opened read-only; without a `-wal` beside it
    even its folder need not be writable."""
    if "://" in source and not source.startswith("sqlite:///"):
        engine = create_engine(source, poolclass=NullPool, isolation_level="REPEATABLE READ")
    else:
        path = Path(source.removeprefix("sqlite:///")).resolve(strict=True)
        mode = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
        address = f"file:{quote(str(path))}?{mode}"
        engine = create_engine(
            "sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(address, uri=True)
        )
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        yield connection


def stored(connection: Connection) -> Ledger:
    """The ledger behind a connection. A copy from before there were seals has none. Raises Broken."""
    try:
        present = set(inspect(connection).get_table_names())
    except DBAPIError as error:
        raise unreadable("The database", error.orig) from None
    sealed = {_key.name, _seal.name, _leaf.name} <= present
    if not {_entry.name, _head.name} <= present:
        raise unreadable("The database", "it has no ledger")
    return Ledger(
        keys=lambda: [Key(*row) for row in read_rows(connection, _KEYS)] if sealed else [],
        seals=lambda: [Seal(*row) for row in read_rows(connection, _SEALS)] if sealed else [],
        leaves=lambda: read_rows(connection, _LEAVES) if sealed else iter(()),
        entries=lambda: read_rows(connection, _ENTRIES),
        heads=lambda: {row[0]: (row[1], row[2]) for row in read_rows(connection, _HEADS)},
    )


def read_rows(connection: Connection, statement: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The driver's own rows in batches: nothing about them needs SQLAlchemy, which would take half of the
    time of a verification. Raises Broken where stored bytes cannot be read at all."""
    last: tuple[Any, ...] | None = None
    try:
        for batch in _batches(connection, statement, BATCH):
            yield from batch
            last = batch[-1]
    except connection.dialect.loaded_dbapi.Error as error:
        if connection.dialect.name != "sqlite":
            raise unreadable("The database", error) from None
        yield from _with_care(connection, statement, last)


def _batches(connection: Connection, statement: Select[Any], size: int) -> Iterator[list[tuple[Any, ...]]]:
    question = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        # A named cursor stays on the server; an ordinary one would fetch the whole table first.
        cursor = driver.cursor(name=f"ledger_{next(_numbers)}")
    else:
        cursor = driver.cursor()
    try:
        cursor.execute(question)
        while batch := cursor.fetchmany(size):
            yield batch
    finally:
        cursor.close()


def _with_care(
    connection: Connection, statement: Select[Any], last: tuple[Any, ...] | None
) -> Iterator[tuple[Any, ...]]:
    """Row by row from behind `last`, on SQLite: text that is no UTF-8 is handed on as it is, so that the
    check can name its row."""
    keys = list(statement.selected_columns)[: 1 if statement.selected_columns[0].name == "number" else 2]
    if last is not None:
        statement = statement.where(tuple_(*keys) > last[: len(keys)])
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        for batch in _batches(connection, statement, 1):
            yield from batch
            last = batch[-1]
    except sqlite3.Error as error:
        where = f"The database behind {last[:2]}" if last else "The database"
        raise unreadable(where, error) from None
    finally:
        driver.text_factory = str
