"""Edits the database file, an export and a backup in many kinds of ways at random places.

    python -m tests.prove.tamper --trials 1000 --seed 1

Each edit must be found and named: the right kind of fault at the right member, entry or seal. As many
untouched ledgers, some of them moved, compacted or longer by honest acts, must raise no alarm. The live
database is checked by the product in place, the backup by its path, the export by the export's own verify.py.
Prints its figures by kind; ends with 1 if an edit was not found, was named wrongly, or an alarm was false.
"""

from __future__ import annotations

import argparse
import copy as copying
import importlib.util
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from learnapp import ledger
from learnapp.ledger.seals import first_key, next_key, sign
from learnapp.ledger.verify import NOTHING_KNOWN, Known, entry_hash
from tests.prove.ledger_copies import Copy, World, read_database, world, write_database, write_export

TARGETS = ("database", "backup", "export")


@dataclass(frozen=True)
class Due:
    """What the check has to say: one of these codes, and where, as far as it can be known."""

    codes: frozenset[str]
    member: str | None = None
    seq: int | None = None
    seal: int | None = None


def due(*codes: str, member: str | None = None, seq: int | None = None, seal: int | None = None) -> Due:
    """Short for a `Due`."""
    return Due(frozenset(codes), member, seq, seal)


@dataclass
class Attack:
    """One attacker at work on one copy, with a dice and perhaps a stolen key; `known` is what is known
    elsewhere to whoever checks."""

    copy: Copy
    draw: random.Random
    world: World
    known: Known = NOTHING_KNOWN

    def __post_init__(self) -> None:
        self.known = self.world.known

    def sealed(self) -> tuple[str, int]:
        """A member, and how many of the member's entries are sealed."""
        member = self.draw.choice(sorted(self.copy.entries))
        return member, max(leaf[1] for leaf in self.copy.leaves if leaf[0] == member)

    def holder(self, member: str, seq: int) -> tuple[int, int]:
        """Of the first leaf that holds an entry: its number of entry and of seal."""
        return min((leaf[1], leaf[2]) for leaf in self.copy.leaves if leaf[0] == member and leaf[1] >= seq)

    def row(self) -> list[Any]:
        """Any sealed entry."""
        member, length = self.sealed()
        return self.copy.entries[member][self.draw.randrange(length)]

    def scribble(self, row: list[Any]) -> None:
        """Changes one column of an entry that is neither number nor link."""
        column = self.draw.choice([2, 3, 4, 5, 6, 7, 8, 9, 10])
        text = row[column]
        place = self.draw.randrange(len(text)) if text else 0
        row[column] = text[:place] + self.draw.choice("0123456789xyz章") + text[place + 1 :]
        if row[column] == text:
            row[column] = text + "!"

    def stolen(self) -> None:
        """Leaves and all seals are made to fit with the stolen keys."""
        self.copy.releaf()
        self.copy.resign(self.world.private)


def edited(it: Attack) -> Due:
    """A column is changed."""
    row = it.row()
    it.scribble(row)
    return due("content", member=row[0], seq=row[1])


def edited_and_hashed(it: Attack) -> Due:
    """A column is changed and the entry's own hash made to fit."""
    row = it.row()
    it.scribble(row)
    row[12] = entry_hash(row)
    member, seq = row[0], row[1]
    if any(leaf[:2] == [member, seq] for leaf in it.copy.leaves):
        return due("sealed", member=member, seq=seq)
    return due("link", member=member, seq=seq + 1)


def rewritten(it: Attack) -> Due:
    """A column is changed and the rest of the stream made to fit."""
    row = it.row()
    it.scribble(row)
    it.copy.rechain(row[0])
    seq, seal = it.holder(row[0], row[1])
    return due("sealed", member=row[0], seq=seq, seal=seal)


def rewritten_with_leaves(it: Attack) -> Due:
    """The leaves are made to fit as well."""
    row = it.row()
    it.scribble(row)
    it.copy.rechain(row[0])
    it.copy.releaf()
    return due("leaves", seal=it.holder(row[0], row[1])[1])


def rewritten_and_signed(it: Attack) -> Due:
    """Everything is made to fit with the stolen keys: only what was anchored tells."""
    row = it.row()
    it.scribble(row)
    it.copy.rechain(row[0])
    seal = it.holder(row[0], row[1])[1]
    it.stolen()
    return due("anchor-fork", seal=seal)


def rewritten_and_signed_against_receipts(it: Attack) -> Due:
    """The same where nothing was anchored: a member's receipt tells."""
    it.known = replace(it.known, anchors=())
    receipt = it.draw.choice(it.known.receipts)
    it.scribble(it.draw.choice(it.copy.entries[receipt.member_id]))
    it.copy.rechain(receipt.member_id)
    it.stolen()
    return due("receipt", member=receipt.member_id, seq=receipt.seq)


def deleted(it: Attack) -> Due:
    """An entry is taken out."""
    member, length = it.sealed()
    seq = it.draw.randint(1, length)
    del it.copy.entries[member][seq - 1]
    return due("gap", member=member, seq=seq)


def deleted_and_closed(it: Attack) -> Due:
    """An entry is taken out and the gap closed."""
    member, length = it.sealed()
    seq = it.draw.randint(1, length)
    del it.copy.entries[member][seq - 1]
    it.copy.rechain(member)
    at, seal = it.holder(member, seq)
    if at > len(it.copy.entries[member]):
        return due("cut", member=member, seal=seal)
    return due("sealed", member=member, seq=at, seal=seal)


def _forged(it: Attack, member: str, seq: int) -> list[Any]:
    row = list(it.draw.choice(it.copy.entries[member]))
    row[2] = f"begun/{it.draw.getrandbits(64):016x}"
    it.copy.entries[member].insert(seq - 1, row)
    return row


def inserted(it: Attack) -> Due:
    """An entry is put in, and the numbers moved on."""
    member, length = it.sealed()
    seq = it.draw.randint(1, length)
    _forged(it, member, seq)
    for number, row in enumerate(it.copy.entries[member], 1):
        row[1] = number
    return due("content", "link", member=member, seq=seq)


def inserted_and_closed(it: Attack) -> Due:
    """An entry is put in and the rest of the stream made to fit."""
    member, length = it.sealed()
    seq = it.draw.randint(1, length)
    _forged(it, member, seq)
    it.copy.rechain(member)
    at, seal = it.holder(member, seq)
    return due("sealed", member=member, seq=at, seal=seal)


def reordered(it: Attack) -> Due:
    """Two entries of a stream change places and keep everything but their numbers."""
    member, _ = it.sealed()
    stream = it.copy.entries[member]
    one = it.draw.randint(1, len(stream) - 1)
    other = it.draw.randint(one + 1, len(stream))
    stream[one - 1], stream[other - 1] = stream[other - 1], stream[one - 1]
    stream[one - 1][1], stream[other - 1][1] = one, other
    return due("link", "content", member=member, seq=one)


def reordered_and_closed(it: Attack) -> Due:
    """Two sealed entries change places and the stream is made to fit."""
    member, length = it.sealed()
    stream = it.copy.entries[member]
    one = it.draw.randint(1, min(length, len(stream) - 1))
    stream[one - 1], stream[one] = stream[one], stream[one - 1]
    it.copy.rechain(member)
    at, seal = it.holder(member, one)
    return due("sealed", member=member, seq=at, seal=seal)


def cut(it: Attack) -> Due:
    """The end of a stream is taken away up to a sealed entry, and the head made to fit."""
    member, length = it.sealed()
    left = it.draw.randint(1, length) if length > 1 else 1
    del it.copy.entries[member][left:]
    it.copy.rechain(member)
    first = min((leaf[1] for leaf in it.copy.leaves if leaf[0] == member and leaf[1] > left), default=0)
    if first:
        return due("cut", member=member, seq=left)
    receipted = any(receipt.member_id == member for receipt in it.world.known.receipts)
    return due("receipt-cut", member=member, seq=left) if receipted else deleted_whole(it)


def cut_behind_the_seal(it: Attack) -> Due:
    """An entry that no seal holds yet is taken away; its member holds a receipt."""
    receipt = it.draw.choice(it.world.known.receipts)
    it.copy.entries[receipt.member_id].pop()
    it.copy.rechain(receipt.member_id)
    return due("receipt-cut", member=receipt.member_id, seq=receipt.seq - 1)


def rewritten_behind_the_seal(it: Attack) -> Due:
    """An entry that no seal holds yet is changed; its member holds a receipt."""
    receipt = it.draw.choice(it.world.known.receipts)
    it.scribble(it.copy.entries[receipt.member_id][-1])
    it.copy.rechain(receipt.member_id)
    return due("receipt", member=receipt.member_id, seq=receipt.seq)


def deleted_whole(it: Attack) -> Due:
    """A member's stream is taken away with its head."""
    member, _ = it.sealed()
    del it.copy.entries[member], it.copy.heads[member]
    return due("vanished", member=member)


def deleted_whole_with_leaves(it: Attack) -> Due:
    """A member's stream is taken away with all that seals hold of it."""
    member, _ = it.sealed()
    first = it.holder(member, 1)[1]
    del it.copy.entries[member], it.copy.heads[member]
    it.copy.releaf()
    return due("leaves", seal=first)


def deleted_whole_and_signed(it: Attack) -> Due:
    """A member's stream is taken away and the stolen keys used."""
    member, _ = it.sealed()
    first = it.holder(member, 1)[1]
    del it.copy.entries[member], it.copy.heads[member]
    it.stolen()
    return due("anchor-fork", seal=first)


def exchanged(it: Attack) -> Due:
    """Two members exchange their streams, which are made to fit."""
    one, other = sorted(it.draw.sample(sorted(it.copy.entries), 2))
    entries = it.copy.entries
    entries[one], entries[other] = entries[other], entries[one]
    it.copy.rechain(one)
    it.copy.rechain(other)
    return due("sealed", "cut", member=one)


def given_away(it: Attack) -> Due:
    """An entry is given to somebody else as it is."""
    row = it.row()
    giver, taker = row[0], it.draw.choice(sorted(set(it.copy.entries) - {row[0]}))
    it.copy.entries[giver].remove(row)
    it.copy.entries[taker].append(row)
    length = len(it.copy.entries[taker])
    seq, row[0], row[1] = row[1], taker, length
    if giver < taker:
        return due("gap", member=giver, seq=seq)
    return due("link", member=taker, seq=length)


def seal_missing(it: Attack) -> Due:
    """A seal is taken out; sometimes its leaves too."""
    number = it.draw.randint(1, len(it.copy.seals) - 1)
    del it.copy.seals[number - 1]
    if it.draw.random() < 0.5:
        it.copy.leaves = [leaf for leaf in it.copy.leaves if leaf[2] != number]
    return due("seal-missing", seal=number)


def seals_cut(it: Attack) -> Due:
    """The newest seals are taken away with their leaves, as if they had never been."""
    left = it.draw.randint(0, len(it.copy.seals) - 1)
    del it.copy.seals[left:]
    it.copy.leaves = [leaf for leaf in it.copy.leaves if leaf[2] <= left]
    return due("anchor-cut", seal=left + 1)


def seal_edited(it: Attack) -> Due:
    """The text of a seal is changed."""
    place = it.draw.randrange(len(it.copy.seals))
    seal = it.copy.seals[place]
    at = it.draw.randrange(len(seal.body))
    body = seal.body[:at] + ("7" if seal.body[at] != "7" else "8") + seal.body[at + 1 :]
    it.copy.seals[place] = seal._replace(body=body)
    return due("seal-signature", seal=seal.number)


def seal_replaced(it: Attack) -> Due:
    """A seal is replaced by another one under its number."""
    place, other = it.draw.sample(range(len(it.copy.seals)), 2)
    old, seal = it.copy.seals[place], it.copy.seals[other]
    it.copy.seals[place] = seal._replace(number=old.number, log_size=old.log_size, log_root=old.log_root)
    return due("seal-text", "seal-key", seal=old.number)


def seal_signed_again(it: Attack) -> Due:
    """One seal is signed anew with the stolen key, over leaves that were changed; the others stay."""
    row = it.row()
    it.scribble(row)
    it.copy.rechain(row[0])
    number = it.holder(row[0], row[1])[1]
    it.copy.releaf()
    it.copy.resign(it.world.private, number, number)
    if number < len(it.copy.seals):
        return due("seal-log", seal=number + 1)
    return due("anchor-fork", seal=number)


def seal_signed_by_another(it: Attack) -> Due:
    """A seal carries the signature of a key that is not the ledger's."""
    place = it.draw.randrange(len(it.copy.seals))
    seal = it.copy.seals[place]
    it.copy.seals[place] = seal._replace(signature=sign(Ed25519PrivateKey.generate(), seal.body))
    return due("seal-signature", seal=seal.number)


def seal_figures(it: Attack) -> Due:
    """Size or root of the log beside a seal are changed."""
    place = it.draw.randrange(len(it.copy.seals))
    seal = it.copy.seals[place]
    change = {"log_size": seal.log_size + 1} if it.draw.random() < 0.5 else {"log_root": seal.log_root[::-1]}
    it.copy.seals[place] = seal._replace(**change)  # type: ignore[arg-type]  # one of two columns
    return due("seal-root", seal=seal.number)


def leaf_missing(it: Attack) -> Due:
    """A leaf is taken out."""
    leaf = it.draw.choice(it.copy.leaves)
    it.copy.leaves.remove(leaf)
    return due("leaves", seal=leaf[2])


def leaf_added(it: Attack) -> Due:
    """A leaf is put in for an entry that was not the end of its stream then."""
    free = [row for row in it.copy.rows() if not any(leaf[:2] == row[:2] for leaf in it.copy.leaves)]
    row, number = it.draw.choice(free), it.draw.randint(1, len(it.copy.seals))
    it.copy.leaves = sorted([*it.copy.leaves, [row[0], row[1], number, row[12]]])
    return due("leaves")


def leaf_moved(it: Attack) -> Due:
    """A leaf is put under another seal."""
    leaf = it.draw.choice(it.copy.leaves)
    old, leaf[2] = leaf[2], it.draw.choice(sorted({*range(1, len(it.copy.seals) + 2)} - {leaf[2]}))
    return due("seal-missing") if leaf[2] > len(it.copy.seals) else due("leaves", seal=min(old, leaf[2]))


def key_edited(it: Attack) -> Due:
    """The statement about a key is changed, or another key put in its place."""
    place = it.draw.randrange(len(it.copy.keys))
    key = it.copy.keys[place]
    other = first_key(Ed25519PrivateKey.generate(), "2026-01-01T00:00:00.000Z")
    changes: list[dict[str, Any]] = [
        {"body": key.body.replace("since 2026", "since 2025")},
        {"public_key": other.public_key},
        {"signature": other.signature},
        {"key_id": other.key_id},
    ]
    it.copy.keys[place] = key._replace(**it.draw.choice(changes))
    return due("key")


def keys_replaced(it: Attack) -> Due:
    """All keys are the attacker's, who signs everything anew: a public key from elsewhere and anchors tell."""
    mine = Ed25519PrivateKey.generate()
    key = first_key(mine, "2026-11-24T02:30:00.000Z")
    it.copy.keys = [key]
    it.copy.seals = [seal._replace(key_id=key.key_id) for seal in it.copy.seals]
    it.copy.resign({key.key_id: mine})
    return _key_or_anchor(it, 1)


def _key_or_anchor(it: Attack, number: int) -> Due:
    if it.draw.random() < 0.5:
        return due("anchor-fork", seal=number)
    it.known = replace(it.known, anchors=())
    return due("key-unknown", seal=len(it.copy.seals))


def key_lost(it: Attack) -> Due:
    """Somebody without the key pretends that it was lost, and signs the newest seals with another one."""
    mine, number = Ed25519PrivateKey.generate(), it.draw.randint(4, len(it.copy.seals))
    key = next_key(mine, it.copy.keys[-1], None, "2026-11-28T00:00:00.000Z", number, "so they say")
    it.copy.keys.append(key)
    it.copy.seals = [
        seal._replace(key_id=key.key_id) if seal.number >= number else seal for seal in it.copy.seals
    ]
    it.copy.resign({**it.world.private, key.key_id: mine}, number)
    return _key_or_anchor(it, number)


def forked(it: Attack) -> Due:
    """From some seal on history goes another way, everything signed with the stolen keys."""
    number = it.draw.randint(1, len(it.copy.seals))
    for leaf in [leaf for leaf in it.copy.leaves if leaf[2] == number]:
        it.scribble(it.copy.entries[leaf[0]][leaf[1] - 1])
        it.copy.rechain(leaf[0])
    it.copy.releaf()
    it.copy.resign(it.world.private, number)
    return due("anchor-fork", seal=number)


def head_edited(it: Attack) -> Due:
    """The head of a stream is changed or taken away."""
    member, _ = it.sealed()
    seq, digest = it.copy.heads[member]
    how = it.draw.randrange(3)
    if how == 0:
        del it.copy.heads[member]
        return due("head-missing", member=member)
    it.copy.heads[member] = (seq - 1, digest) if how == 1 else (seq, digest[::-1])
    return due("tail", member=member)


ROWS: tuple[Callable[[Attack], Due], ...] = (
    edited,
    edited_and_hashed,
    rewritten,
    rewritten_with_leaves,
    rewritten_and_signed,
    rewritten_and_signed_against_receipts,
    deleted,
    deleted_and_closed,
    inserted,
    inserted_and_closed,
    reordered,
    reordered_and_closed,
    cut,
    cut_behind_the_seal,
    rewritten_behind_the_seal,
    deleted_whole,
    deleted_whole_with_leaves,
    deleted_whole_and_signed,
    exchanged,
    given_away,
    seal_missing,
    seals_cut,
    seal_edited,
    seal_replaced,
    seal_signed_again,
    seal_signed_by_another,
    seal_figures,
    leaf_missing,
    leaf_added,
    leaf_moved,
    key_edited,
    keys_replaced,
    key_lost,
    forked,
    head_edited,
)


# --- Edits of files as files --------------------------------------------------------------------------------


def bytes_of_a_database(path: Path, rows: Copy, draw: random.Random) -> Due:
    """One byte of an entry is changed in the file, past any database."""
    row = draw.choice([row for row in rows.rows() if row[6].isascii()])
    raw = bytearray(path.read_bytes())
    needle = row[6].encode()
    assert raw.count(needle) == 1
    place = raw.index(needle) + draw.randrange(len(needle))
    raw[place] = draw.choice([byte for byte in (0x37, 0x41, 0xFF, 0xC3) if byte != raw[place]])
    path.write_bytes(raw)
    return due("content", member=row[0], seq=row[1])


def bytes_of_an_export(folder: Path, draw: random.Random) -> Due:
    """One byte behind the first line of one file is changed."""
    path = folder / draw.choice(["entries.jsonl", "leaves.jsonl", "seals.jsonl", "keys.jsonl"])
    raw = bytearray(path.read_bytes())
    place = draw.randrange(raw.index(b"\n") + 1, len(raw))
    while raw[place] == 0x0A:
        place -= 1
    raw[place] = draw.choice([byte for byte in (0x37, 0x41, 0x22, 0xFF) if byte != raw[place]])
    path.write_bytes(raw)
    return ANY


def file_cut(path: Path, draw: random.Random) -> Due:
    """The end of a file is missing, as after a copy that broke off."""
    raw = path.read_bytes()
    start = raw.index(b"\n") + 1 if path.suffix == ".jsonl" else len(raw) // 8
    path.write_bytes(raw[: draw.randrange(start, int(len(raw) * 0.8))])
    return ANY


def lines_exchanged(path: Path, draw: random.Random) -> Due:
    """Two lines of an export change places."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    one, other = sorted(draw.sample(range(1, len(lines)), 2))
    lines[one], lines[other] = lines[other], lines[one]
    path.write_text("".join(lines), encoding="utf-8")
    return ANY


ANY = due(
    *("unreadable", "content", "link", "gap", "order", "cut", "vanished", "sealed", "head-missing", "tail"),
    *("receipt-cut", "receipt", "leaves", "seal-missing", "seal-signature", "seal-key", "seal-root", "key"),
    *("anchor-cut",),
)
FILES = ("bytes changed", "file cut", "lines exchanged")


# --- Trials -------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """What was tried and what was found."""

    tried: Counter[str] = field(default_factory=Counter)
    codes: dict[str, Counter[str]] = field(default_factory=dict)
    targets: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    untouched: int = 0
    false: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every edit was found and named, and nothing else."""
        return not self.missed and not self.false

    def text(self) -> str:
        """The figures in lines."""
        kinds = [
            f"  {name:<38}{count:>5}  {', '.join(f'{code} {n}' for code, n in self.codes[name].most_common())}"
            for name, count in sorted(self.tried.items())
        ]
        targets = ", ".join(f"{count} {name}" for name, count in sorted(self.targets.items()))
        return "\n".join(
            [
                f"{sum(self.tried.values())} edits of {len(self.tried)} kinds ({targets}):",
                *kinds,
                f"not found or named wrongly: {len(self.missed)}",
                *self.missed[:20],
                f"{self.untouched} untouched, false alarms: {len(self.false)}",
                *self.false[:20],
                f"{self.seconds:.0f} s",
            ]
        )


def _check(target: str, place: Path, here: World, known: Known) -> Any:
    """The report of whoever checks that target: the product in place, by path, or the export's own program."""
    if target == "database":
        return ledger.verify(known)
    if target == "backup":
        return ledger.verify_elsewhere(str(place), known)
    program = _program(here.export / "verify.py")
    try:
        return program.check(program.read_export(place), program.Known(*_plain(known)))
    except program.Broken as broken:
        return program.Report(fault=broken.fault)


def _plain(known: Known) -> tuple[Any, ...]:
    return known.public_keys, tuple(map(tuple, known.anchors)), _receipts(known), known.older


def _receipts(known: Known) -> Any:
    program = sys.modules["exported_verify"]
    return tuple(program.Receipt(*receipt) for receipt in known.receipts)


def _program(path: Path) -> Any:
    """The program that the export carries, loaded from there and not from the product."""
    name = "exported_verify"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def _place(target: str, here: World, folder: Path) -> Path:
    """A fresh copy of the target."""
    if target == "database":
        here.restore()
        return here.live
    if target == "backup":
        shutil.copy(here.pristine, folder / "backup.sqlite3")
        return folder / "backup.sqlite3"
    shutil.rmtree(folder / "copy", ignore_errors=True)
    shutil.copytree(here.export, folder / "copy")
    return folder / "copy"


def attack(
    kind: Any, target: str, here: World, rows: Copy, folder: Path, draw: random.Random
) -> tuple[Any, Due]:
    """One edit of one target; returns the report and what it had to say."""
    place, known = _place(target, here, folder), here.known
    if isinstance(kind, str):
        expected = _attack_file(kind, target, place, rows, draw)
    else:
        it = Attack(copying.deepcopy(rows), draw, here)
        expected, known = kind(it), it.known
        (write_export if target == "export" else write_database)(place, it.copy)
    return _check(target, place, here, known), expected


def _attack_file(kind: str, target: str, place: Path, rows: Copy, draw: random.Random) -> Due:
    if target != "export":
        return file_cut(place, draw) if kind == "file cut" else bytes_of_a_database(place, rows, draw)
    if kind == "bytes changed":
        return bytes_of_an_export(place, draw)
    file = place / draw.choice(["entries.jsonl", "leaves.jsonl", "seals.jsonl"])
    return file_cut(file, draw) if kind == "file cut" else lines_exchanged(file, draw)


def judge(report: Any, expected: Due) -> str:
    """What is wrong with a report; empty when it says what it had to."""
    fault = report.fault
    if fault is None:
        return "not found"
    if fault.code not in expected.codes:
        return f"named {fault.code}, not {sorted(expected.codes)}: {fault.text}"
    wanted = (expected.member, expected.seq, expected.seal)
    got = (fault.member_id, fault.seq, fault.seal)
    if any(want is not None and want != have for want, have in zip(wanted, got, strict=True)):
        return f"placed at {got}, not {wanted}: {fault.text}"
    return "" if len(fault.text) > 20 else "without a sentence"


def _kinds(target: str) -> list[Any]:
    kinds: list[Any] = [kind for kind in ROWS if target != "export" or kind is not head_edited]
    return [*kinds, *(kind for kind in FILES if target == "export" or kind != "lines exchanged")]


def untouched(target: str, here: World, rows: Copy, folder: Path, draw: random.Random) -> Any:
    """A ledger that nobody tampered with: as it is, written in another order, compacted, without something
    that is known of it, or longer by honest entries and perhaps an honest seal."""
    place = _place(target, here, folder)
    known = here.known
    how = draw.randrange(5)
    if how == 1:
        known = draw.choice(
            [NOTHING_KNOWN, replace(known, receipts=()), replace(known, anchors=known.anchors[:2])]
        )
    elif how >= 2:
        longer = copying.deepcopy(rows)
        if how >= 3:
            _live_on(Attack(longer, draw, here), sealing=how == 4)
        (write_export if target == "export" else write_database)(place, longer)
        if target != "export" and draw.random() < 0.3:
            with closing(sqlite3.connect(place)) as link:
                link.execute("VACUUM")
    return _check(target, place, here, known)


def _live_on(it: Attack, *, sealing: bool) -> None:
    """Honest entries at the ends of some streams, and a seal over all that grew."""
    for member in it.draw.sample(sorted(it.copy.entries), 5):
        row = list(it.copy.entries[member][-1])
        row[2] = f"begun/{it.draw.getrandbits(64):016x}"
        it.copy.entries[member].append(row)
        it.copy.rechain(member)
    if not sealing:
        return
    number = len(it.copy.seals) + 1
    ends = {(leaf[0], leaf[1]) for leaf in it.copy.leaves}
    grown = [[m, h[0], number, h[1]] for m, h in it.copy.heads.items() if (m, h[0]) not in ends]
    it.copy.leaves = sorted([*it.copy.leaves, *grown])
    newest = it.copy.seals[-1]
    it.copy.seals.append(newest._replace(number=number))
    it.copy.resign(it.world.private, number)


def prove(folder: Path, trials: int, seed: int) -> Figures:
    """As many edits and as many untouched ledgers, kinds and targets in turn."""
    figures, draw, began = Figures(), random.Random(seed), time.monotonic()
    with world(folder, seed) as here:
        rows = read_database(here.pristine)
        for trial in range(trials):
            target = TARGETS[trial % len(TARGETS)]
            kinds = _kinds(target)
            kind = kinds[trial // len(TARGETS) % len(kinds)]
            name = kind if isinstance(kind, str) else kind.__name__.replace("_", " ")
            report, expected = attack(kind, target, here, rows, folder, draw)
            figures.tried[name] += 1
            figures.targets[target] += 1
            code = report.fault.code if report.fault else "nothing"
            figures.codes.setdefault(name, Counter())[code] += 1
            if wrong := judge(report, expected):
                figures.missed.append(f"trial {trial}, {name} in the {target}: {wrong}")
        for trial in range(trials):
            target = TARGETS[trial % len(TARGETS)]
            report = untouched(target, here, rows, folder, draw)
            figures.untouched += 1
            if not report.ok:
                figures.false.append(f"untouched {trial}, {target}: {report.fault.text}")
    figures.seconds = time.monotonic() - began
    return figures


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = prove(Path(folder), given.trials, given.seed)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
