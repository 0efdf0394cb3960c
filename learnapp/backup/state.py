"""What a database holds, in figures: taken when it is copied and again before the copy takes its place."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.exc import SQLAlchemyError

from learnapp import ledger, media
from learnapp.backup.archive import Refused, measured
from learnapp.backup.manifest import State
from learnapp.clock import iso
from learnapp.config import ROOT


@cache
def shapes() -> tuple[str, ...]:
    """The migrations that this version of the product knows, newest first."""
    # Imported here, since Alembic takes 8 MB that `serve` would carry along and never use.
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(AlembicConfig(str(ROOT / "migrations" / "alembic.ini")))
    return tuple(script.revision for script in scripts.walk_revisions())


def migration_of(connection: Connection) -> str:
    """The newest migration of a database. Raises Refused where there is none."""
    try:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    except SQLAlchemyError:
        raise Refused("The database is not one of learnapp: it was never brought up to date.") from None


def state_of(connection: Connection, known: ledger.Known) -> tuple[State, ledger.Extent]:
    """Counts every table and verifies the ledger behind a connection that reads one moment."""
    found = ledger.extent(connection, known)
    report, last = found.report, found.last_seal
    seal = None
    if last is not None:
        seal = {
            "number": last.number,
            "made_at": iso(last.made_at),
            "log_root": last.log_root,
            "key": last.key_id,
        }
    state = State(
        counts=_counts(connection),
        entries=report.entries,
        members=report.members,
        seals=report.seals,
        unsealed=report.unsealed,
        heads=found.heads,
        last_seal=seal,
        fault=report.fault.text if report.fault else "",
    )
    return state, found


def _counts(connection: Connection) -> dict[str, int]:
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())
        for name in sorted(inspect(connection).get_table_names())
    }


def missing_pictures(connection: Connection, store: media.Store) -> tuple[str, ...]:
    """The hashes that the database names and whose files are not there, or are not what their name says."""
    rows = connection.execute(select(text("hash")).select_from(table("media_file")).order_by(text("hash")))
    return tuple(name for (name,) in rows if not _whole(store.path(name), name))


def _whole(path: Path, name: str) -> bool:
    return path.is_file() and measured(name, path).sha256 == name
