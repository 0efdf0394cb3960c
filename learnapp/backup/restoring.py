"""Restoring a backup, and checking one: the same way but for the last step."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from learnapp import ledger, media
from learnapp.backup import postgresql, sqlite
from learnapp.backup.archive import Refused, Spring, read
from learnapp.backup.locked import Unlocker, is_locked
from learnapp.backup.manifest import ANCHORS, Manifest, State, is_private
from learnapp.backup.state import migration_of, missing_pictures, shapes, state_of
from learnapp.config import Config


@dataclass(frozen=True)
class Way:
    """How a backup is taken up: when (UTC), what brings a database to the present shape, what is known of the
    ledger from elsewhere, and the passphrase of an encrypted one."""

    at: datetime
    upgrade: Callable[[Config], None]
    known: ledger.Known = field(default_factory=ledger.Known)
    passphrase: str | None = None

    @property
    def stamp(self) -> str:
        """The time as it stands in the names of what is kept aside."""
        return self.at.strftime("%Y%m%dT%H%M%SZ")


@dataclass(frozen=True)
class Restored:
    """What was put in place, and where that lies now which was there before."""

    manifest: Manifest
    former: tuple[str, ...]


@dataclass(frozen=True)
class _Unpacked:
    manifest: Manifest
    folder: Path
    beside: sqlite.Beside | postgresql.Beside


def check(file: Path, settings: Config, way: Way) -> Manifest:
    """Unpacks a backup beside the present data, counts and verifies it, and takes it away again. Raises Refused."""
    with _plainly(), _unpacked(file, settings, way) as unpacked:
        return unpacked.manifest


def restore(file: Path, settings: Config, way: Way) -> Restored:
    """Puts a backup in the place of the present data, which keeps a dated name; an older backup is brought to
    the present shape before anything is switched. Raises Refused; then nothing has changed."""
    with _plainly(), _alone(settings), _unpacked(file, settings, way) as unpacked:
        unpacked.beside.refuse_in_use()
        undo: list[Callable[[], object]] = []
        try:
            former = [
                _switch_media(settings.media_dir, unpacked.folder / "media", way.stamp, undo),
                unpacked.beside.switch(undo),
            ]
        except BaseException:
            for step in reversed(undo):
                step()
            raise
        _place_keys(unpacked, settings)
        return Restored(unpacked.manifest, tuple(place for place in former if place))


@contextmanager
def _plainly() -> Iterator[None]:
    """What goes wrong on the way, in one sentence."""
    try:
        yield
    except OSError as error:
        raise Refused(f"The backup cannot be put in place: {error}.") from None
    except SQLAlchemyError as error:
        raise Refused(f"The database cannot be used: {getattr(error, 'orig', None) or error}") from None


@contextmanager
def _alone(settings: Config) -> Iterator[None]:
    """Holds the sweeper's lock, which a running `serve` has. Raises Refused."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(settings.data_dir / "sweeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("`learnapp serve` is running on this data folder. Stop it first.") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _unpacked(file: Path, settings: Config, way: Way) -> Iterator[_Unpacked]:
    """The backup beside the present data, found to be what its manifest says; taken away at the end."""
    engine = sqlite if settings.owner_database_url.startswith("sqlite") else postgresql
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="restore-") as name:
        folder = Path(name)
        with file.open("rb") as stored:
            spring: Spring = Unlocker(stored, way.passphrase or "") if is_locked(file) else stored
            manifest = read(spring, folder, lambda found: _refuse_foreign(found, settings))
        beside = engine.Beside(settings.owner_database_url, way.stamp)
        try:
            beside.fill(folder / manifest.files[0].name)
            with engine.reading(beside.url) as connection:
                _compare(manifest, connection, folder, way.known)
            way.upgrade(_moved(settings, beside.url))
            with engine.reading(beside.url) as connection:
                _compare_ledger(manifest.state, state_of(connection, way.known)[0])
            yield _Unpacked(manifest, folder, beside)
        finally:
            with suppress(SQLAlchemyError):
                beside.drop()


def _refuse_foreign(manifest: Manifest, settings: Config) -> None:
    here = "sqlite" if settings.owner_database_url.startswith("sqlite") else "postgresql"
    if manifest.engine != here:
        raise Refused(f"This is a backup of {manifest.engine}, and LEARNAPP_DATABASE_URL names {here}.")
    if manifest.migration not in shapes():
        raise Refused(
            f"This backup was made by a newer version of learnapp: its database is at {manifest.migration}, "
            f"which this version ({shapes()[0]}) does not know. Install the newer version first."
        )
    if manifest.state.fault:
        raise Refused(f"The ledger was not whole when this backup was made: {manifest.state.fault}")


def _compare(manifest: Manifest, connection: Connection, folder: Path, known: ledger.Known) -> None:
    """Compares the database as it was unpacked with the manifest. Raises Refused with the first difference."""
    if migration_of(connection) != manifest.migration:
        raise Refused(f"The database in the archive is not at {manifest.migration}, as the manifest says.")
    state, _ = state_of(connection, known)
    _compare_ledger(manifest.state, state)
    for name in sorted({*manifest.state.counts, *state.counts}):
        there, wanted = state.counts.get(name), manifest.state.counts.get(name)
        if there != wanted:
            raise Refused(f"The table {name} has {there} rows, and the manifest says {wanted}.")
    if missing_pictures(connection, media.Store(folder / "media")) != manifest.missing:
        raise Refused("The pictures in the archive are not those that its database names.")


def _compare_ledger(wanted: State, there: State) -> None:
    if there.fault:
        raise Refused(f"The ledger in the archive is not whole: {there.fault}")
    for what in ("entries", "members", "seals", "unsealed", "heads", "last_seal"):
        found, said = getattr(there, what), getattr(wanted, what)
        if found != said:
            raise Refused(f"The ledger in the archive is another one: {what} is {found}, not {said}.")


def _moved(settings: Config, url: str) -> Config:
    """The same settings on the database beside."""
    new = make_url(url)
    application = make_url(settings.database_url).set(database=new.database)
    return replace(
        settings,
        owner_database_url=url,
        database_url=application.render_as_string(hide_password=False),
    )


def _switch_media(place: Path, new: Path, stamp: str, undo: list[Callable[[], object]]) -> str:
    """Puts the unpacked pictures into their place; returns where the former ones lie, empty without any."""
    former = place.with_name(f"{place.name}.before-{stamp}")
    was_there = place.exists()
    if was_there:
        place.rename(former)
        undo.append(lambda: former.rename(place))
    new.mkdir(mode=0o700, exist_ok=True)
    # Pages are served by whoever runs the server; the archive's files are for their owner alone.
    for picture in new.glob("*/*"):
        picture.chmod(0o644)
    new.rename(place)
    undo.append(lambda: place.rename(new))
    return str(former) if was_there else ""


def _place_keys(unpacked: _Unpacked, settings: Config) -> None:
    """Puts keys and anchors where there are none of their name. What is there stays: the present anchors know
    more than those of an earlier day."""
    settings.ledger_keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for member in unpacked.manifest.files:
        if member.name == ANCHORS:
            place, mode = settings.anchor_file, 0o644
        elif member.name.startswith("keys/"):
            place = settings.ledger_keys_dir / Path(member.name).name
            mode = 0o600 if is_private(member.name) else 0o644
        else:
            continue
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(unpacked.folder / member.name, place)
            place.chmod(mode)
