"""`learnapp doctor`: is this instance in order?"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta

import click
from sqlalchemy import inspect, text

from learnapp import clock, config, ledger
from learnapp.cli.running import application, read_settings
from learnapp.db import db, dialect_name
from learnapp.errors import NotFound


def _data_folder() -> str:
    folder = read_settings().data_dir
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise LookupError(f"{folder} cannot be written. Create it, or set LEARNAPP_DATA_DIR.")
    return f"the data folder is {folder}"


def _engine() -> str:
    if dialect_name() == "postgresql":
        return "PostgreSQL " + str(db.session.execute(text("SHOW server_version")).scalar_one())
    settings = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
    }
    if settings != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}:
        raise LookupError(f"SQLite runs with {settings}; commits may not be durable. Is the file on a share?")
    return f"SQLite {sqlite3.sqlite_version}, durable"


def _migrations() -> str:
    # Imported here, since Alembic takes 8 MB that `serve` would carry along and never use.
    from alembic.config import Config as AlembicConfig
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(AlembicConfig(str(config.ROOT / "migrations" / "alembic.ini")))
    newest = scripts.get_current_head()
    present = MigrationContext.configure(db.session.connection()).get_current_revision()
    if present != newest:
        raise LookupError(
            f"the database is at {present or 'nothing'}, not {newest}. Run: learnapp db upgrade"
        )
    return f"the database is at {newest}"


def _triggers() -> str:
    if dialect_name() == "sqlite":
        found = db.session.execute(
            text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger_entry'")
        ).scalar_one()
    else:
        found = db.session.execute(
            text(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'ledger_entry'::regclass"
                " AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
            )
        ).scalar_one()
    if found != 3:
        raise LookupError(f"{found} of 3 triggers guard the ledger. Restore the database or ask for help.")
    return "three triggers guard the ledger"


def _owner() -> str:
    if dialect_name() == "sqlite":
        return "SQLite has no roles; the file's owner can replace it, the seal is what shows that"
    owns = db.session.execute(
        text(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = 'ledger_entry'::regclass"
        )
    ).scalar_one()
    if owns:
        raise LookupError(
            "the application's role owns the ledger and could drop its triggers. "
            "Migrate with LEARNAPP_DATABASE_OWNER_URL set to another role."
        )
    return "the application's role does not own the ledger"


def _seals() -> str:
    if not {"ledger_key", "ledger_seal"} <= set(inspect(db.engine).get_table_names()):
        raise LookupError("the database knows no seals yet. Run: learnapp db upgrade")
    if not ledger.public_keys():
        if ledger.grown():
            raise LookupError("nothing signs the ledger. Make a key: learnapp ledger key new")
        return "the ledger is empty and needs a key before it fills: learnapp ledger key new"
    try:
        ledger.private_key(read_settings().ledger_keys_dir, ledger.current_key())
    except NotFound as error:
        raise LookupError(str(error)) from None
    last = ledger.last_seal()
    if last is None or clock.now() - last.made_at > timedelta(days=2):
        since = f"since {clock.iso(last.made_at)}" if last else "ever"
        if ledger.grown():
            raise LookupError(
                f"nothing was sealed {since}, though the ledger grew. Run: learnapp ledger seal"
            )
    return (
        f"{last.entries} entries in {last.number} seals" if last else "the ledger has a key, and no entry yet"
    )


CHECKS: tuple[Callable[[], str], ...] = (_data_folder, _engine, _migrations, _triggers, _owner, _seals)


@click.command()
def doctor() -> None:
    """Look at settings, database, triggers and rights; exit 1 when something needs attention."""
    bad = 0
    with application():
        for check in CHECKS:
            try:
                click.echo(f"ok    {check()}")
            except LookupError as error:
                bad += 1
                click.echo(f"WRONG {error}")
            db.session.rollback()
    sys.exit(1 if bad else 0)
