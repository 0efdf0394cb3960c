"""What a backup says about itself, and what must therefore be in it. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = "learnapp-backup/1"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
ANCHORS = "anchors.txt"
# Nothing else is ever unpacked, whatever an archive may name.
_NAMES = re.compile(
    r"database\.(sqlite3|pgdump)|anchors\.txt|keys/[0-9a-f]{1,64}(\.public)?\.pem|media/[0-9a-f]{2}/[0-9a-f]{64}"
)


@dataclass(frozen=True)
class Member:
    """A file in the archive: its name there, its length in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class State:
    """What a database holds: rows per table, and the ledger in figures. `heads` is SHA-256 over the ends of all
    streams, so that two equal ones mean equal ledgers; `last_seal` has number, time, root and key of the newest
    seal, or is None; `fault` is the first fault of the ledger, empty when it is whole."""

    counts: dict[str, int]
    entries: int
    members: int
    seals: int
    unsealed: int
    heads: str
    last_seal: dict[str, Any] | None
    fault: str = ""


@dataclass(frozen=True)
class Manifest:
    """The first file of an archive. `made_at` is UTC; `migration` is the newest migration of the database;
    `missing` are pictures that the database names and that were not there, or not whole."""

    made_at: str
    engine: str
    migration: str
    state: State
    missing: tuple[str, ...]
    files: tuple[Member, ...]

    def text(self) -> str:
        """The manifest as JSON that people can read."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

    @property
    def with_key(self) -> bool:
        """Whether private keys are in the archive."""
        return any(is_private(member.name) for member in self.files)


def is_private(name: str) -> bool:
    """Whether this file of an archive is a private key."""
    return name.startswith("keys/") and not name.endswith(".public.pem")


def read_manifest(text: str) -> Manifest:
    """The manifest in a text. Raises ValueError for what is none, or is none of this format."""
    try:
        found = json.loads(text)
        if found.pop("format") != FORMAT:
            raise ValueError("its format is another one")
        files = tuple(Member(**member) for member in found.pop("files"))
        manifest = Manifest(
            state=State(**found.pop("state")), missing=tuple(found.pop("missing")), files=files, **found
        )
        if manifest.engine not in DATABASE or files[0].name != DATABASE[manifest.engine]:
            raise ValueError("it names no database")
        for member in files:
            if not _NAMES.fullmatch(member.name):
                raise ValueError(f"it names {member.name!r}, which is no part of a backup")
    except (TypeError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"something is missing in it: {error}") from None
    return manifest
