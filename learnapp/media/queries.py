"""Asking about stored files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from learnapp.db import db
from learnapp.errors import N_, NotFound
from learnapp.media.models import MediaFile


@dataclass(frozen=True)
class Info:
    """Type and size in bytes of a stored file."""

    hash: str
    media_type: str
    size: int


_INFO = select(MediaFile.hash, MediaFile.media_type, MediaFile.size).where(
    MediaFile.hash == bindparam("hash")
)


def info(name: str) -> Info:
    """What is known of the file of this hash. Raises NotFound."""
    row = db.session.execute(_INFO, {"hash": name}).one_or_none()
    if row is None:
        raise NotFound("no-file", N_("There is no such file."))
    return Info(*row)
