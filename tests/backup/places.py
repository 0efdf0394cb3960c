"""Instances to be backed up and restored, on either engine, and commands on them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url

from learnapp import ledger, media
from learnapp.app import create_app
from learnapp.cli import main
from learnapp.config import Config, load
from learnapp.db import db, transaction
from tests import databases
from tests.catalogue.folders import PNG
from tests.conftest import AT
from tests.ledger.sealed import learn, new_key, seal
from tests.postgres import Server

MEMBERS = ("0" * 31 + "1", "0" * 31 + "2")
PASSPHRASE = "not the one for doors"
Place = Callable[[str], "Instance"]


@dataclass
class Instance:
    """A folder and a database of its own."""

    env: dict[str, str]

    @property
    def settings(self) -> Config:
        """Its settings."""
        return load(self.env)

    def run(self, *arguments: str, code: int = 0, env: dict[str, str] | None = None) -> Result:
        """Runs a command on it."""
        result = CliRunner(env={**self.env, **(env or {})}).invoke(main, arguments, obj=create_app)
        assert result.exit_code == code, result.output
        return result

    def extent(self) -> ledger.Extent:
        """Its ledger, verified."""
        engine = create_engine(self.settings.owner_database_url, isolation_level="SERIALIZABLE")
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN")
                return ledger.extent(connection)
        finally:
            engine.dispose()

    def inside(self, work: Callable[[Config], object]) -> None:
        """Does something in an application context."""
        app = create_app(self.settings)
        with app.app_context():
            work(self.settings)
            databases.close(app)

    def fill(self) -> None:
        """Two members, five entries of which four are sealed, a key, an anchor and a picture."""
        self.inside(_fill)

    def grow(self, count: int = 1) -> None:
        """More entries, not sealed."""
        self.inside(lambda _settings: learn(MEMBERS[0], count))


def _fill(settings: Config) -> None:
    new_key(settings.ledger_keys_dir)
    learn(MEMBERS[0], 3)
    learn(MEMBERS[1], 1)
    made = seal(settings.ledger_keys_dir)
    assert made is not None
    ledger.keep_anchor(made, file=settings.anchor_file, mails=settings.outbox_dir, to="")
    learn(MEMBERS[1], 1)
    with transaction():
        media.Store(settings.media_dir).keep(PNG, at=AT)
    db.session.remove()


@pytest.fixture
def place(
    engine_name: str, tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> Iterator[Place]:
    """Makes an instance with a migrated, empty database by its name; on both engines in turn."""
    server: Server | None = None
    if engine_name == "postgresql":
        server = request.getfixturevalue("postgres")
        command(server, "ALTER ROLE owner CREATEDB")

    def make(name: str) -> Instance:
        folder = tmp_path / name
        folder.mkdir()
        env = {"LEARNAPP_ENV": "test", "LEARNAPP_DATA_DIR": str(folder), "LEARNAPP_SECRET_KEY": "s" * 40}
        if server is None:
            shutil.copy(sqlite_template, folder / "learnapp.sqlite3")
            env["LEARNAPP_DATABASE_URL"] = f"sqlite:///{folder / 'learnapp.sqlite3'}"
        else:
            database = f"b{abs(hash(request.node.nodeid)):x}_{name}"
            env["LEARNAPP_DATABASE_URL"] = server.copy("template", database)
            env["LEARNAPP_DATABASE_OWNER_URL"] = server.url(database, owner=True)
        return Instance(env)

    yield make
    if server is not None:
        prefix = f"b{abs(hash(request.node.nodeid)):x}_"
        for found in names(server):
            if found.startswith(prefix):
                server.drop(found)


def command(server: Server, statement: str) -> None:
    """Says something to a cluster as its administrator."""
    with psycopg.connect(host=str(server.folder), user="admin", dbname="postgres", autocommit=True) as link:
        link.execute(statement)  # type: ignore[call-overload]  # composed from our own names


def names(server: Server) -> list[str]:
    """The databases of a cluster."""
    with psycopg.connect(host=str(server.folder), user="admin", dbname="postgres") as link:
        return [row[0] for row in link.execute("SELECT datname FROM pg_database ORDER BY datname")]


def traces(instance: Instance) -> list[str]:
    """All files of an instance with their content, and the databases of its cluster: what must not change."""
    files = [
        f"{path} {path.read_bytes().hex()}"
        for path in sorted(instance.settings.data_dir.rglob("*"))
        if path.is_file() and not path.name.endswith((".lock", "-wal", "-shm", "-queue"))
    ]
    address = make_url(instance.settings.owner_database_url)
    if address.drivername.startswith("sqlite"):
        return files
    with psycopg.connect(host=str(address.query["host"]), user="admin", dbname="postgres") as link:
        return files + [row[0] for row in link.execute("SELECT datname FROM pg_database ORDER BY datname")]
