"""One place commits, writers queue, and SQLite is set up to keep its promises."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from learnapp import accounts
from learnapp.accounts.models import SignInName
from learnapp.db import UtcDateTime, db, new_id, part, reading, snapshot, table_of, transaction
from tests.conftest import AT


def test_all_or_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="midway"), transaction():
        accounts.create("张三", "zhangsan", at=AT)
        raise RuntimeError("midway")
    assert db.session.execute(select(accounts.Account.name)).all() == []
    with transaction():
        accounts.create("张三", "zhangsan", at=AT)
    assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]


def test_sqlite_is_durable_and_strict(site: Flask) -> None:
    pragmas = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
    }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 15_000,
    }


def test_writers_queue_instead_of_failing(app: Flask) -> None:
    """Eight threads read and then write at the same time; with deferred transactions most would be refused."""
    failed: list[BaseException] = []
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        with app.app_context():
            try:
                gate.wait(60)
                for turn in range(5):
                    with transaction():
                        db.session.execute(select(accounts.Account.name)).all()
                        accounts.create("某人", f"p{number}-{turn}", at=AT)
            except BaseException as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(db.session.execute(select(accounts.Account.member_id)).all()) == 40


def test_a_transaction_sees_what_was_committed_after_this_session_last_read(app: Flask) -> None:
    """A session that has only read columns keeps its connection; its old snapshot must not come along."""
    assert db.session.execute(select(accounts.Account.name)).all() == []

    def elsewhere() -> None:
        with app.app_context():
            with transaction():
                accounts.create("张三", "zhangsan", at=AT)
            db.session.remove()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    with transaction():
        assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]


@pytest.mark.parametrize("held", [True, False])
def test_what_was_flushed_before_a_transaction_is_no_part_of_it(app: Flask, held: bool) -> None:
    """Whether the session still holds the object or has only read columns."""
    db.session.execute(select(accounts.Account.name)).all()
    accounts.create("张三", "zhangsan", at=AT)
    if not held:
        db.session.expunge_all()
    with transaction():
        accounts.create("李四", "lisi", at=AT)
    assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["李四"]


def test_a_transaction_inside_another_is_refused_and_harms_nothing(app: Flask) -> None:
    """It would end the outer one halfway; waiting for its own turn it would wait for ever."""
    with transaction():
        accounts.create("张三", "zhangsan", at=AT)
        with pytest.raises(RuntimeError, match="inside a transaction"), transaction():
            pass
    assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]


def test_instants_are_aware_in_utc(app: Flask) -> None:
    with transaction():
        member_id = accounts.create(
            "张三", "zhangsan", at=datetime.fromisoformat("2026-11-24T10:30:00+08:00")
        )
    row = db.session.execute(
        select(accounts.Account.created_at).where(accounts.Account.member_id == member_id)
    ).scalar_one()
    assert row == AT and row.tzinfo is UTC
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), db.engine.dialect)  # noqa: DTZ001


def test_ids_are_uuid7_in_order() -> None:
    ids = [new_id(1_000_000 + step) for step in range(50)]
    assert ids == sorted(ids) and len(set(ids)) == 50
    for value in ids:
        assert len(value) == 32 and value[12] == "7" and value[16] in "89ab"


def test_inside_a_snapshot_nothing_changes_and_behind_it_everything_is_seen(app: Flask) -> None:
    """A proof that reads heads and then entries must not take for a fault what was written between."""

    def names() -> list[str]:
        return list(db.session.execute(select(accounts.Account.name)).scalars())

    def elsewhere() -> None:
        with app.app_context():
            with transaction():
                accounts.create("张三", "zhangsan", at=AT)
            db.session.remove()

    with snapshot():
        assert names() == []
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert names() == []
    assert names() == ["张三"]
    with transaction():
        accounts.create("李四", "lisi", at=AT)
    assert sorted(names()) == ["张三", "李四"]


def test_an_error_of_the_database_tells_no_values(app: Flask) -> None:
    """It is written into the log with its statement; names, answers and hashes have no place there."""
    with pytest.raises(DBAPIError) as told:
        db.session.execute(text("SELECT name FROM no_table WHERE name = :name"), {"name": "欧阳丽华"})
    db.session.rollback()
    assert "no_table" in str(told.value)
    assert "欧阳丽华" not in str(told.value)


def test_a_part_that_fails_takes_nothing_else_with_it(app: Flask) -> None:
    table = table_of(SignInName)

    def write(name: str) -> None:
        db.session.execute(insert(table), {"name": name, "member_id": new_id()})

    with transaction():
        write("first")
        for _ in range(2):
            with pytest.raises(DBAPIError), part():
                write("second")
                write("first")
        with part():
            write("third")
    assert sorted(db.session.execute(select(table.c.name)).scalars()) == ["first", "third"]


def test_a_snapshot_inside_a_transaction_is_a_part_of_it(app: Flask) -> None:
    with transaction():
        accounts.create("张三", "zhangsan", at=AT)
        with snapshot():
            assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]
    assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]


def test_a_transaction_inside_a_snapshot_sees_the_present(app: Flask) -> None:
    """It ends the snapshot, as it ends whatever was read before it."""
    with snapshot():
        assert db.session.execute(select(accounts.Account.name)).all() == []
        with transaction():
            accounts.create("张三", "zhangsan", at=AT)
        assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["张三"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_page_reads_in_no_transaction_and_can_write_only_in_one(app: Flask) -> None:
    with app.test_request_context("/"):
        assert db.session.execute(select(accounts.Account.name)).all() == []
        driver = db.session.connection().connection.dbapi_connection
        assert driver is not None and driver.info.transaction_status.name == "IDLE"
        with pytest.raises(DBAPIError, match="read-only"):
            accounts.create("张三", "zhangsan", at=AT)
        db.session.rollback()
        with transaction():
            accounts.create("李四", "lisi", at=AT)
            assert driver.info.transaction_status.name == "INTRANS"
        assert db.session.execute(select(accounts.Account.name)).scalars().all() == ["李四"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_statements_stay_prepared_from_page_to_page(app: Flask) -> None:
    """psycopg forgets them at a ROLLBACK, so there may be none at the end of a request or of a sweep."""
    for turn in range(8):
        with app.test_request_context("/") if turn < 7 else reading():
            db.session.execute(select(accounts.Account.name)).all()
            with transaction():
                db.session.execute(select(accounts.Account.member_id)).all()
            prepared = db.session.execute(text("SELECT statement FROM pg_prepared_statements"))
            found = [row[0] for row in prepared if "FROM account" in row[0]]
            db.session.remove()
    assert len(found) == 2, found


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_page_that_streams_does_so_in_a_snapshot(app: Flask) -> None:
    with transaction():
        accounts.create("张三", "zhangsan", at=AT)
    with app.test_request_context("/"), snapshot():
        rows = db.session.execute(select(accounts.Account.name), execution_options={"yield_per": 1})
        assert rows.scalars().all() == ["张三"]
