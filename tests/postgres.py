"""A private PostgreSQL for tests: a cluster in a temporary folder, reached by a Unix socket.

The cluster is made by whoever runs the tests; PostgreSQL refuses to run as root, so root hands it to the
`postgres` user that the Debian package brings. Durability is off unless other options are given: these
databases die with the test run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=80"
# Nothing is switched off: a commit that was answered is on the disk.
DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=80"
ROLES = ("owner", "learnapp_app")
KEPT = "kept"

# Empties what has rows, past the triggers that refuse it; far quicker than copying the template for every test.
_EMPTY = """
DO $$ DECLARE found text; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR found IN SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', found) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', found); END IF;
  END LOOP;
END $$"""
# Differs as soon as a table, a column, a trigger, a function or a right was made, changed or dropped.
_FORM = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT 'c' || oid || ':' || xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'a' || attrelid || ':' || attnum || ':' || a.xmin FROM pg_attribute a
    JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 't' || t.oid || ':' || t.xmin FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'p' || oid || ':' || xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts (part)"""
_OTHERS = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Raises RuntimeError with the remedy when there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    return versions[-1].parent


class Server:
    """A running cluster. `url(name)` is what the application gets, `url(name, owner=True)` what migrates."""

    def __init__(self, folder: Path, options: str = OPTIONS) -> None:
        # A socket's path may have 107 bytes, which pytest's folders exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.note = folder
        self.options = options
        self.data = self.folder / "data"
        self._form = ""

    def __enter__(self) -> Server:
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", self.data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"
        )
        listen = f"{self.options} -c listen_addresses='' -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-o", listen, "-w", "start")
        for role in ROLES:
            self._sql(f"CREATE ROLE {role} LOGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def pid(self) -> int:
        """The process that started all others of the cluster."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, name: str, *, owner: bool = False) -> str:
        """The SQLAlchemy address of a database for the application's role or the owner."""
        user = ROLES[0] if owner else ROLES[1]
        return f"postgresql+psycopg://{user}@/{name}?host={self.folder}"

    def create(self, name: str, *, owner: bool = False) -> str:
        """Makes an empty database that the owner role owns; returns its address."""
        self._sql(f"CREATE DATABASE {name} OWNER {ROLES[0]}")
        return self.url(name, owner=owner)

    def copy(self, template: str, name: str) -> str:
        """Makes a copy of a database; returns its address for the application's role."""
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {ROLES[0]} STRATEGY file_copy")
        return self.url(name)

    def empty(self, template: str) -> str:
        """An empty database like the template; returns its address for the application's role. It is the one that
        was given last time, emptied, unless more than rows was changed in it."""
        if not (self._form and self._emptied()):
            self.drop(KEPT)
            self.copy(template, KEPT)
            with self._link(KEPT) as link:
                self._form = self._form_of(link)
        return self.url(KEPT)

    def _emptied(self) -> bool:
        with self._link(KEPT) as link:
            link.execute(_OTHERS)
            if self._form_of(link) != self._form:
                return False
            link.execute(_EMPTY)
            return True

    def _form_of(self, link: psycopg.Connection[tuple[str]]) -> str:
        row = link.execute(_FORM).fetchone()
        assert row is not None
        return row[0]

    def drop(self, name: str) -> None:
        """Drops a database, whoever is connected."""
        self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with self._link("postgres") as link:
            link.execute(statement)  # type: ignore[call-overload]  # composed from our own names

    def _link(self, name: str) -> psycopg.Connection[tuple[str]]:
        return psycopg.connect(host=str(self.folder), user="admin", dbname=name, autocommit=True)

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(binaries() / program), *map(str, arguments)]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
