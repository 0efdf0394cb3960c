"""SQLite: copied by its own backup, which reads one moment while others write, and switched by renaming."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine, make_url

from learnapp.backup.archive import Refused

_WAIT_SECONDS = 15.0


def _file(url: str) -> Path:
    return Path(make_url(url).database or "").resolve()


@contextmanager
def copied(url: str, target: Path) -> Iterator[Connection]:
    """Copies the database into `target`, complete on the disk, and gives a connection that reads the copy.
    Raises Refused."""
    path = _file(url)
    if not path.exists():
        raise Refused(f"There is no database: {path} does not exist.")
    target.touch(mode=0o600)
    try:
        source = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_WAIT_SECONDS)
        with closing(source), closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            # One file that needs no other beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise Refused(f"The database {path} cannot be copied: {error}.") from None
    _sync(target)
    with reading(f"sqlite:///{target}") as connection:
        yield connection


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection that reads a database which nobody writes."""
    address = f"file:{quote(str(_file(url)))}?mode=ro&immutable=1"
    engine = create_engine(
        "sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(address, uri=True)
    )
    with engine.connect() as connection:
        yield connection


class Beside:
    """The place of a database that is unpacked beside the present one and can take its place."""

    def __init__(self, url: str, stamp: str) -> None:
        self._present = _file(url)
        self._new = self._present.with_name(f"{self._present.name}.restore-{stamp}")
        self._former = self._present.with_name(f"{self._present.name}.before-{stamp}")
        self.url = f"sqlite:///{self._new}"

    def fill(self, file: Path) -> None:
        """Puts the unpacked database into its place. Raises Refused when SQLite finds it damaged."""
        self._present.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(file, self._new)
        with reading(self.url) as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if said != "ok":
            raise Refused(f"The database in the archive is damaged: {said}.")

    def drop(self) -> None:
        """Takes away what was unpacked, if it is still there."""
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{self._new}{end}").unlink(missing_ok=True)

    def refuse_in_use(self) -> None:
        """What uses a database of SQLite is found by the lock of the sweeper."""

    def switch(self, undo: list[Callable[[], object]]) -> str:
        """Puts the new database in the place of the present one, and returns where that lies now; empty when
        there was none. `undo` grows by the ways back."""
        _sync(self._new)
        former = ""
        if self._present.exists():
            self._fold_in()
            for end in ("-wal", "-shm", ""):
                _rename(Path(f"{self._present}{end}"), Path(f"{self._former}{end}"), undo)
            former = str(self._former)
        _rename(self._new, self._present, undo)
        return former

    def _fold_in(self) -> None:
        """Brings what stands in the log of the present database into its file; one that is damaged keeps it."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._present)) as present:
            present.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rename(old: Path, new: Path, undo: list[Callable[[], object]]) -> None:
    if old.exists():
        old.rename(new)
        undo.append(lambda: new.rename(old))
        _sync(new.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
