"""The folder of files by content hash."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite

from learnapp.db import db, dialect_name
from learnapp.errors import N_, Invalid, NotFound
from learnapp.media.models import MediaFile
from learnapp.media.rules import MAX_BYTES, hash_of, is_hash, sniff


class Store:
    """Files below one folder, each under the SHA-256 of its bytes. A value: making one touches nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where the file of this hash lies. Raises NotFound for what cannot be a hash."""
        if not is_hash(name):
            raise NotFound("no-file", N_("There is no such file."))
        return self.folder / name[:2] / name

    def keep(self, data: bytes, *, at: datetime) -> str:
        """Stores a picture and returns its hash; keeping the same bytes again changes nothing.

        The bytes are on the disk before the caller's transaction can name them. Raises Invalid for a file
        that is too large or no picture.
        """
        media_type = sniff(data)
        if media_type is None:
            raise Invalid("no-picture", N_("This file is not a picture of a kind that can be shown."))
        if len(data) > MAX_BYTES:
            raise Invalid("picture-size", N_("This picture is too large. The limit is 5 MB."))
        name = hash_of(data)
        if not self.path(name).exists():
            self._write(self.path(name), data)
        dialect = postgresql if dialect_name() == "postgresql" else sqlite
        row = dialect.insert(MediaFile).values(hash=name, media_type=media_type, size=len(data), stored_at=at)
        db.session.execute(row.on_conflict_do_nothing())
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises NotFound."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            raise NotFound("no-file", N_("There is no such file.")) from None

    def _write(self, path: Path, data: bytes) -> None:
        """Writes beside the place and moves into it, so that a half-written file never has the name."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
