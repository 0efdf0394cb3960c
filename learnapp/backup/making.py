"""Making a backup."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import SQLAlchemyError

from learnapp import ledger, media
from learnapp.backup import postgresql, sqlite
from learnapp.backup.archive import Refused, measured, write
from learnapp.backup.locked import Locker
from learnapp.backup.manifest import ANCHORS, DATABASE, Manifest
from learnapp.backup.state import migration_of, missing_pictures, state_of
from learnapp.clock import iso
from learnapp.config import Config


def make(
    file: Path, settings: Config, *, at: datetime, passphrase: str | None = None, with_key: bool = False
) -> Manifest:
    """Writes a backup of the instance into `file`, which must not exist, while others go on writing; with a
    passphrase it is encrypted. `file` has its name only when it is complete on the disk.

    A ledger that is not whole is copied all the same, and the manifest says what is wrong with it. Raises
    Refused; then nothing is left behind.
    """
    if file.exists():
        raise Refused(f"{file} exists already. Give a new name.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}.")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
            manifest, places = _gather(Path(folder), settings, at, with_key)
            with _appearing(file) as target:
                if passphrase is None:
                    write(target, manifest, places, at.timestamp())
                else:
                    locker = Locker(target, passphrase)
                    write(locker, manifest, places, at.timestamp())
                    locker.close()
    except OSError as error:
        raise Refused(f"The backup could not be written: {error}.") from None
    except SQLAlchemyError as error:
        raise Refused(f"The database cannot be read: {getattr(error, 'orig', None) or error}") from None
    return manifest


def _gather(folder: Path, settings: Config, at: datetime, with_key: bool) -> tuple[Manifest, dict[str, Path]]:
    """The database is copied first: every picture that it names is on the disk by then, and none ever changes."""
    name = "sqlite" if settings.owner_database_url.startswith("sqlite") else "postgresql"
    engine = sqlite if name == "sqlite" else postgresql
    places = {DATABASE[name]: folder / "database"}
    store = media.Store(settings.media_dir)
    with engine.copied(settings.owner_database_url, folder / "database") as connection:
        migration = migration_of(connection)
        state, found = state_of(connection, ledger.Known())
        missing = missing_pictures(connection, store)
    places |= _keys(folder, settings.ledger_keys_dir, found.keys, with_key)
    if settings.anchor_file.exists():
        places[ANCHORS] = Path(shutil.copy(settings.anchor_file, folder / ANCHORS))
    places |= {
        f"media/{path.parent.name}/{path.name}": path
        for path in sorted(settings.media_dir.glob("??/*"))
        if path.name not in missing and path == _place(store, path.name)
    }
    files = tuple(measured(name, path) for name, path in places.items())
    return Manifest(iso(at), name, migration, state, missing, files), places


def _place(store: media.Store, name: str) -> Path | None:
    """Where the picture of this name lies; None for what is no picture, such as a file that is being written."""
    return store.path(name) if media.is_hash(name) else None


def _keys(folder: Path, kept: Path, keys: tuple[ledger.Key, ...], with_key: bool) -> dict[str, Path]:
    places = {}
    for key in keys:
        path = folder / f"{key.key_id}.public.pem"
        path.write_text(ledger.public_pem(key.public_key))
        places[f"keys/{path.name}"] = path
        private = kept / f"{key.key_id}.pem"
        if with_key and private.exists():
            places[f"keys/{private.name}"] = private
    if with_key and (not keys or f"keys/{keys[-1].key_id}.pem" not in places):
        raise Refused(f"The private key that signs is not in {kept}, and so it cannot be taken along.")
    return places


@contextmanager
def _appearing(file: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone that gets its name when it is complete on the disk, or never."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
