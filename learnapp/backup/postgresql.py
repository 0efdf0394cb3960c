"""PostgreSQL: copied by pg_dump inside one snapshot, restored into a database beside and switched by names."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from learnapp.backup.archive import Refused

_LONGEST_NAME = 63


def _program(name: str) -> str:
    """PostgreSQL's own program. Raises Refused with the remedy when it is not there."""
    newest = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3].zfill(3)
    )
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise Refused(
            f"{name} is not installed, and PostgreSQL cannot be backed up or restored without it. On Debian: "
            "apt-get install postgresql-client"
        )
    return found


def _run(name: str, url: str, *arguments: str) -> None:
    """Runs a program on a database; the password goes by the environment, where nobody else sees it."""
    address = make_url(url).set(drivername="postgresql")
    environment = dict(os.environ)
    if address.password:
        environment["PGPASSWORD"] = address.password
    target = address._replace(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 – PostgreSQL's own programs, and no shell
        [_program(name), "--no-password", f"--dbname={target}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{name} failed: {done.stderr.strip()}")


@contextmanager
def copied(url: str, target: Path) -> Iterator[Connection]:
    """Dumps the database into `target`, complete on the disk, and gives a connection that still reads the very
    moment that was dumped. Raises Refused."""
    _program("pg_dump")
    with reading(url) as connection:
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
        target.touch(mode=0o600)
        _run("pg_dump", url, *options, f"--file={target}")
        handle = os.open(target, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        yield connection


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection that reads one moment and writes nothing."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    with engine.connect().execution_options(postgresql_readonly=True) as connection:
        yield connection


class Beside:
    """The place of a database that is restored beside the present one and can take its name."""

    def __init__(self, url: str, stamp: str) -> None:
        self._present_url = url
        self._present = make_url(url).database or ""
        self._new, self._former = self._named("restore", stamp), self._named("before", stamp)
        self.url = self._url(self._new)

    def _named(self, word: str, stamp: str) -> str:
        end = f"_{word}_{stamp.lower()}"
        return self._present[: _LONGEST_NAME - len(end)] + end

    def _url(self, name: str) -> str:
        return make_url(self._present_url).set(database=name).render_as_string(hide_password=False)

    def fill(self, file: Path) -> None:
        """Makes the new database as the present one is sorted, and restores the dump into it. Raises Refused."""
        _program("pg_restore")
        with _commanding(self._present_url) as connection:
            sorted_by = connection.execute(
                text("SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()")
            ).one()
            statement = (
                f"CREATE DATABASE {_quoted(self._new)} TEMPLATE template0 ENCODING 'UTF8' "
                f"LC_COLLATE '{sorted_by.datcollate}' LC_CTYPE '{sorted_by.datctype}'"
            )
            try:
                connection.exec_driver_sql(statement)
            except DBAPIError as error:
                role = make_url(self._present_url).username
                raise Refused(
                    f"No database can be made beside the present one: {_first_line(error)}. Where the right is "
                    f"missing, an administrator gives it with: ALTER ROLE {role} CREATEDB"
                ) from None
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        _run("pg_restore", self.url, *options, str(file))

    def drop(self) -> None:
        """Takes away what was restored, if it still has its first name."""
        with _commanding(self._present_url) as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(self._new)}")

    def refuse_in_use(self) -> None:
        """Raises Refused when somebody else is connected to the present database."""
        with _commanding(self._present_url) as connection:
            others = connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            ).scalar_one()
        if others:
            raise Refused(
                f"{others} other connections to the database are open. Stop `serve` wherever it runs on this "
                "database, and whatever else is connected."
            )

    def switch(self, undo: list[Callable[[], object]]) -> str:
        """Gives the new database the name of the present one, and returns the name that this has now. `undo`
        grows by the ways back. A database cannot be renamed by who is connected to it, hence the detour."""
        _rename(self.url, self._present, self._former)
        undo.append(lambda: _rename(self.url, self._former, self._present))
        _rename(self._url(self._former), self._new, self._present)
        undo.append(lambda: _rename(self._url(self._former), self._present, self._new))
        return f"database {self._former}"


@contextmanager
def _commanding(url: str) -> Iterator[Connection]:
    """A connection for what can be in no transaction."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def _rename(through: str, old: str, new: str) -> None:
    try:
        with _commanding(through) as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {_quoted(old)} RENAME TO {_quoted(new)}")
    except DBAPIError as error:
        raise Refused(f"The database {old} cannot get another name: {_first_line(error)}.") from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).splitlines()[0]
