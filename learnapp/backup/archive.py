"""The archive: a tar file whose first member is the manifest, and behind its end one line with its SHA-256.

`tar` reads it. The line at the end catches what the members' own hashes do not, such as a changed manifest,
and is how a file that was cut short shows.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from learnapp.backup.manifest import Manifest, Member, read_manifest

MANIFEST = "manifest.json"
_END = 512
_MARK = b"learnapp-backup-end/1 "
_LARGEST_MANIFEST = 256 * 1024 * 1024
_PART = 1024 * 1024


class Refused(Exception):
    """A backup cannot be made, read or restored; the text says why and what to do. Nothing was changed."""


class Sink(Protocol):
    """Where an archive goes."""

    def write(self, data: bytes, /) -> int: ...


class Spring(Protocol):
    """Where an archive comes from."""

    def read(self, size: int, /) -> bytes: ...


def measured(name: str, path: Path) -> Member:
    """A file as a member of an archive, read once for its hash."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Member(name, file.tell(), digest)


class _Writer:
    """Hashes what it passes on."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._hash, self._length = sink, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._length += len(data)
        return self._sink.write(data)

    def end(self) -> None:
        line = _MARK + f"{self._length} {self._hash.hexdigest()}\n".encode()
        self._sink.write(line.ljust(_END, b"\0"))


class _Reader:
    """Hashes what it hands out and keeps the end line to itself."""

    def __init__(self, spring: Spring) -> None:
        self._spring, self._hash, self._length, self._held = spring, hashlib.sha256(), 0, b""

    def read(self, size: int) -> bytes:
        while len(self._held) < size + _END:
            data = self._spring.read(max(_PART, size))
            if not data:
                break
            self._held += data
        ready = min(size, max(0, len(self._held) - _END))
        data, self._held = self._held[:ready], self._held[ready:]
        self._hash.update(data)
        self._length += len(data)
        return data

    def end(self) -> None:
        """Reads to the end and compares. Raises Refused."""
        while self.read(_PART):
            pass
        words = self._held.rstrip(b"\0").split()
        if len(words) != 3 or words[0] + b" " != _MARK:
            raise Refused("The archive is cut short: the line that ends every archive is missing or damaged.")
        if words[1:] != [str(self._length).encode(), self._hash.hexdigest().encode()]:
            raise Refused("The archive is damaged: its content is not what was written.")


def write(sink: Sink, manifest: Manifest, places: dict[str, Path], at: float) -> None:
    """Writes the archive; `places` says where each file of the manifest lies, `at` is its time in seconds.
    Raises Refused when a file changed since it was measured."""
    writer = _Writer(sink)
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]  # needs `write` only
        text = manifest.text().encode()
        tar.addfile(_info(MANIFEST, len(text), at), io.BytesIO(text))
        for member in manifest.files:
            with places[member.name].open("rb") as file:
                if os.fstat(file.fileno()).st_size != member.size:
                    raise Refused(f"{places[member.name]} was changed while the backup was made. Try again.")
                tar.addfile(_info(member.name, member.size, at), file)
    writer.end()


def _info(name: str, size: int, at: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, at, 0o600
    return info


def read(spring: Spring, folder: Path, before: Callable[[Manifest], None]) -> Manifest:
    """Unpacks an archive into an empty folder and returns its manifest; `before` sees the manifest first and may
    refuse. Every file has the length and the hash that the manifest says, or Refused is raised."""
    reader = _Reader(spring)
    try:
        with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]  # needs `read` only
            manifest = _manifest(tar)
            before(manifest)
            for member in manifest.files:
                _unpack(tar, member, folder)
    except (tarfile.TarError, EOFError, ValueError, UnicodeError) as error:
        raise Refused(f"This is no whole backup of learnapp: {error}.") from None
    reader.end()
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    info = tar.next()
    file = None if info is None or info.name != MANIFEST or not info.isreg() else tar.extractfile(info)
    if info is None or file is None or info.size > _LARGEST_MANIFEST:
        raise ValueError("it does not begin with a manifest")
    return read_manifest(file.read().decode())


def _unpack(tar: tarfile.TarFile, member: Member, folder: Path) -> None:
    info = tar.next()
    if info is None or not info.isreg():
        raise Refused(f"The archive is cut short or damaged: {member.name} is missing.")
    source = tar.extractfile(info)
    if source is None or (info.name, info.size) != (member.name, member.size):
        raise Refused(f"The archive is damaged: instead of {member.name} it holds {info.name!r}.")
    place = folder / member.name
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        _copy(source, file, digest.update, member)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != member.sha256:
        raise Refused(f"The archive is damaged: {member.name} is not the file that the manifest names.")


def _copy(source: IO[bytes], target: BinaryIO, seen: Callable[[bytes], object], member: Member) -> None:
    try:
        while part := source.read(_PART):
            seen(part)
            target.write(part)
    except tarfile.ReadError:
        raise Refused(f"The archive is cut short: {member.name} is not whole.") from None
