"""A sealed ledger for the proofs, and copies of it that can be read into lists, changed and written back.

`Copy` holds the rows of all tables. What an attacker does is done to these lists, with or without making the
hashes, leaves and signatures fit again; then they are written into a database file or an export.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import insert

from learnapp import ledger
from learnapp.app import create_app
from learnapp.config import load
from learnapp.db import db, table_of, transaction
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.seal_models import LedgerKey, LedgerSeal, LedgerSealLeaf
from learnapp.ledger.seals import log_leaf, seal_body, sign
from learnapp.ledger.sources import ENTRY_COLUMNS
from learnapp.ledger.verify import GENESIS, Key, Seal, Tree, entry_hash, leaf_hash, leaf_text
from tests import databases
from tests.conftest import AT

DAYS = 5
MEMBERS = 12
TABLES = (LedgerHead, LedgerSealLeaf, LedgerSeal, LedgerKey, LedgerEntry)
Private = dict[str, Ed25519PrivateKey]


@dataclass
class Copy:
    """The rows of a ledger. `at` is the time of each seal, which a re-signed one keeps."""

    entries: dict[str, list[list[Any]]] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    leaves: list[list[Any]] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def rechain(self, member: str) -> None:
        """Makes numbers, links, hashes and head of a stream fit its entries."""
        last = GENESIS
        for seq, row in enumerate(self.entries[member], 1):
            row[0], row[1], row[11] = member, seq, last
            last = row[12] = entry_hash(row)
        self.heads[member] = (len(self.entries[member]), last)

    def releaf(self) -> None:
        """Makes the leaves fit the entries; those of entries that are gone go too."""
        self.leaves = [leaf for leaf in self.leaves if leaf[1] <= len(self.entries.get(leaf[0], ()))]
        for leaf in self.leaves:
            leaf[3] = self.entries[leaf[0]][leaf[1] - 1][12]

    def resign(self, private: Private, first: int = 1, last: int | None = None) -> None:
        """Signs the seals `first` to `last` anew over whatever the leaves are now."""
        log = Tree()
        for place, seal in enumerate(self.seals):
            if first <= seal.number <= (last or len(self.seals)):
                lines = dict(line.split(" ", 1) for line in seal.body.splitlines()[1:])
                body = self.body(seal.number, lines["made-at"], log.root(), seal.key_id)
                seal = seal._replace(body=body, signature=sign(private[seal.key_id], body))
            log.add(log_leaf(seal))
            self.seals[place] = seal._replace(log_size=log.size, log_root=log.root().hex())

    def body(self, number: int, made_at: str, log_root: bytes, key_id: str) -> str:
        """The text of a seal over the leaves that name it."""
        tree, entries, ends = Tree(), 0, {}
        for member, seq, seal, digest in sorted(self.leaves):
            if seal <= number:
                entries += seq - ends.get(member, 0)
                ends[member] = seq
            if seal == number:
                tree.add(leaf_hash(leaf_text(member, seq, digest)))
        return seal_body(
            number=number,
            made_at=made_at,
            entries=entries,
            streams=tree.size,
            leaf_root=tree.root(),
            log_root=log_root,
            key_id=key_id,
        )

    def rows(self) -> list[list[Any]]:
        """All entries by member and number."""
        return [row for member in sorted(self.entries) for row in self.entries[member]]


def read_database(path: Path) -> Copy:
    """The rows of a database file."""
    copy = Copy()
    with closing(sqlite3.connect(path)) as link:
        columns = ", ".join(ENTRY_COLUMNS)
        for row in link.execute(f"SELECT {columns} FROM ledger_entry ORDER BY member_id, seq"):
            copy.entries.setdefault(row[0], []).append(list(row))
        copy.heads = {row[0]: (row[1], row[2]) for row in link.execute("SELECT * FROM ledger_head")}
        leaves = "SELECT member_id, seq, number, hash FROM ledger_seal_leaf ORDER BY member_id, seq"
        copy.leaves = [list(row) for row in link.execute(leaves)]
        seals = f"SELECT {', '.join(Seal._fields)} FROM ledger_seal ORDER BY number"
        copy.seals = [Seal(*row) for row in link.execute(seals)]
        keys = f"SELECT {', '.join(Key._fields)} FROM ledger_key ORDER BY number"
        copy.keys = [Key(*row) for row in link.execute(keys)]
    return copy


def write_database(path: Path, copy: Copy) -> None:
    """Puts the rows in the place of those in a database file, as somebody would who owns the file."""
    with closing(sqlite3.connect(path)) as link:
        names = link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        for (name,) in names.fetchall():
            link.execute(f"DROP TRIGGER {name}")
        for model in TABLES:
            link.execute(f"DELETE FROM {model.__tablename__}")
        _fill(link, "ledger_entry", ENTRY_COLUMNS, copy.rows())
        _fill(link, "ledger_head", ("member_id", "seq", "hash"), [(m, *h) for m, h in copy.heads.items()])
        _fill(
            link, "ledger_key", (*Key._fields, "valid_from", "reason"), [(*key, "", "") for key in copy.keys]
        )
        _fill(link, "ledger_seal", (*Seal._fields, "made_at"), [(*seal, "") for seal in copy.seals])
        _fill(link, "ledger_seal_leaf", ("member_id", "seq", "number", "hash"), copy.leaves)
        link.commit()


def _fill(link: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Any) -> None:
    marks = ", ".join("?" * len(columns))
    link.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def write_export(folder: Path, copy: Copy) -> None:
    """Puts the rows in the place of those in an export's files; each keeps its first line."""
    files: dict[str, Any] = {
        "entries": copy.rows(),
        "leaves": copy.leaves,
        "seals": copy.seals,
        "keys": copy.keys,
    }
    for name, rows in files.items():
        path = folder / f"{name}.jsonl"
        head = path.read_text(encoding="utf-8").splitlines()[0]
        lines = [json.dumps(tuple(row), ensure_ascii=False, separators=(",", ":")) for row in rows]
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


@dataclass
class World:
    """A sealed ledger, what is known of it elsewhere, and the keys as a thief would have them."""

    app: Flask
    live: Path
    pristine: Path
    export: Path
    private: Private
    known: ledger.Known

    def restore(self) -> None:
        """Puts the untouched database file back in its place."""
        databases.close(self.app)
        for name in (f"{self.live}-wal", f"{self.live}-shm"):
            Path(name).unlink(missing_ok=True)
        shutil.copy(self.pristine, self.live)


@contextmanager
def world(folder: Path, seed: int) -> Iterator[World]:
    """Members who learn on five days, each sealed at night with a key that was rotated once, and then a
    morning that no seal holds; kept elsewhere are all anchors, the first public key, and some receipts."""
    live = folder / "learnapp.sqlite3"
    databases.migrate(f"sqlite:///{live}")
    app = create_app(load({"LEARNAPP_ENV": "test", "LEARNAPP_DATA_DIR": str(folder)}))
    with app.app_context():
        known = _live(folder, random.Random(seed))
        (folder / "export").mkdir()
        ledger.export(folder / "export", AT)
        databases.close(app)
        with closing(sqlite3.connect(live)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(live, folder / "pristine.sqlite3")
        private: Private = {}
        for path in (folder / "keys").glob("*.pem"):
            if not path.name.endswith(".public.pem"):
                key = serialization.load_pem_private_key(path.read_bytes(), None)
                assert isinstance(key, Ed25519PrivateKey)
                private[path.stem] = key
        yield World(app, live, folder / "pristine.sqlite3", folder / "export", private, known)
        databases.close(app)


def _live(folder: Path, draw: random.Random) -> ledger.Known:
    members = [f"{draw.getrandbits(128):032x}" for _ in range(MEMBERS)]
    anchors, keys = folder / "anchors.txt", folder / "keys"
    with transaction():
        first = ledger.new_key(folder=keys, at=AT)
    for day in range(DAYS):
        if day == 3:
            with transaction():
                ledger.rotate_key(folder=keys, at=AT + timedelta(days=day))
        _learn(members, draw, day)
        with transaction():
            made = ledger.seal(folder=keys, at=AT + timedelta(days=day, hours=12))
        assert made is not None
        ledger.keep_anchor(made, file=anchors, mails=folder, to="")
    _learn(members, draw, DAYS)
    receipts = []
    for member in members[::2]:
        entries = ledger.entries_after(member, 0)
        receipts += [ledger.receipt_line(member, entry.seq, entry.hash) for entry in entries[-1:]]
    (folder / "receipts.txt").write_text("\n".join(receipts) + "\n")
    (folder / "public.pem").write_text(ledger.public_pem(first.public_key))
    return ledger.read_known([folder / "public.pem"], [anchors, folder / "receipts.txt"])


def _learn(members: list[str], draw: random.Random, day: int) -> None:
    """Everybody on the first and the last day, some on the others; one to three entries each."""
    some = members if day in (0, DAYS) else draw.sample(members, MEMBERS // 2)
    for member in some:
        for _ in range(draw.randint(1, 3)):
            at = AT + timedelta(days=day, minutes=draw.randint(0, 300))
            with transaction():
                ledger.record(
                    ledger.StudyBegun(f"course-{draw.getrandbits(48):012x}", f"{draw.getrandbits(256):064x}"),
                    member_id=member,
                    uid=f"begun/{draw.getrandbits(64):016x}",
                    occurred_at=at,
                    at=at,
                    recorder=member,
                    source="study",
                )


def insert_rows(model: Any, rows: list[dict[str, Any]]) -> None:
    """Many rows at once into a table of the application's database."""
    db.session.execute(insert(table_of(model)), rows)
