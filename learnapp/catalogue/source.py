"""Where a definition is read from: a folder on disk, or files in memory as the web editor has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Source(Protocol):
    """Files by relative path with forward slashes."""

    @property
    def name(self) -> str:
        """The name of the folder."""
        ...

    @property
    def place(self) -> str:
        """What stands before a path when a problem names it."""
        ...

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size in bytes of every file."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of one file of `sizes`."""
        ...


@dataclass(frozen=True)
class Files:
    """Files in memory."""

    name: str
    data: Mapping[str, bytes]
    place: str = ""

    @property
    def sizes(self) -> Mapping[str, int]:
        return {path: len(data) for path, data in self.data.items()}

    def read(self, path: str) -> bytes:
        return self.data[path]


class Folder:
    """A folder on disk. Hidden files are left out, and so is what a symbolic link reaches outside of it."""

    def __init__(self, root: Path, place: str) -> None:
        self.root = root
        self.name = root.resolve().name
        self.place = place
        self._sizes = {path: file.stat().st_size for path, file in _below(root)}

    @property
    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()


def _below(root: Path) -> list[tuple[str, Path]]:
    inside = root.resolve()
    found = []
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        hidden = any(part.startswith(".") for part in path.split("/"))
        if hidden or not _nameable(path) or not file.is_file() or not file.resolve().is_relative_to(inside):
            continue
        found.append((path, file))
    return found


def _nameable(path: str) -> bool:
    """Whether the path is proper text, so that it can be stored and written back."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return len(path) <= 300
