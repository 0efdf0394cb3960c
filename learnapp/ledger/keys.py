"""The ledger's keys: private ones in files, public ones with their statements in the database."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from learnapp.clock import iso, parse_iso
from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict, NotFound
from learnapp.ledger.seal_models import LedgerKey, LedgerSeal
from learnapp.ledger.seals import first_key, next_key, public_hex, public_pem
from learnapp.ledger.verify import KEY, KEY_LINES, Key, read_statement

_key = table_of(LedgerKey)
_KEYS = select(_key.c.number, _key.c.key_id, _key.c.public_key, _key.c.body, _key.c.signature).order_by(
    _key.c.number
)


def public_keys() -> list[Key]:
    """All public keys of this ledger, the one in use last."""
    return [Key(*row) for row in db.session.execute(_KEYS)]


@dataclass(frozen=True)
class KeyInfo:
    """A key in figures: in use from `since` (UTC) and seal `first_seal` on, until the next one, if any."""

    number: int
    key_id: str
    public_key: str
    since: datetime
    until: datetime | None
    first_seal: int
    reason: str


def key_infos() -> list[KeyInfo]:
    """What the statements about the keys say, the one in use last."""
    known = public_keys()
    lines = [read_statement(KEY, KEY_LINES, key.body) for key in known]
    starts = [parse_iso(line["since"]) for line in lines]
    ends: list[datetime | None] = [*starts[1:], *([None] if starts else [])]
    return [
        KeyInfo(key.number, key.key_id, key.public_key, since, until, int(line["first-seal"]), line["reason"])
        for key, line, since, until in zip(known, lines, starts, ends, strict=True)
    ]


def private_file(folder: Path, key_id: str) -> Path:
    """Where the private key is kept."""
    return folder / f"{key_id}.pem"


def new_key(*, folder: Path, at: datetime) -> Key:
    """Makes the ledger's first key. Raises Conflict when there is one."""
    if public_keys():
        raise Conflict("key-there", N_("This ledger has a key. Rotate it, or say that it was lost."))
    return _take_up(folder, lambda key: first_key(key, iso(at)))


def rotate_key(*, folder: Path, at: datetime) -> Key:
    """Puts a new key in the place of the present one, which signs for it. Raises NotFound when there is no
    present one or its file is missing."""
    before = current_key()
    old = private_key(folder, before)
    return _take_up(folder, lambda key: next_key(key, before, old, iso(at), _next_seal()))


def replace_lost_key(*, folder: Path, at: datetime, reason: str) -> Key:
    """Puts a new key in the place of one that was lost or is known to others. Nothing vouches for the new
    one, and every verification will say so with the reason. Raises NotFound without a key to be lost,
    Invalid for a reason that is empty, too long or not one line."""
    before = current_key()
    return _take_up(folder, lambda key: next_key(key, before, None, iso(at), _next_seal(), reason))


def current_key() -> Key:
    """The key in use. Raises NotFound when none was made yet."""
    found = public_keys()
    if not found:
        raise NotFound("no-key", N_("This ledger has no key yet. Make one with: learnapp ledger key new"))
    return found[-1]


def private_key(folder: Path, key: Key) -> Ed25519PrivateKey:
    """The private half of a key from its file. Raises NotFound when the file is missing or another key's."""
    path = private_file(folder, key.key_id)
    try:
        found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey) or public_hex(found.public_key()) != key.public_key:
        message = N_(
            "The private key is not in %(path)s. Bring it back from its copy; if there is none, say so with:"
            " learnapp ledger key lost"
        )
        raise NotFound("key-file", message, path=path)
    return found


def _next_seal() -> int:
    newest = db.session.execute(select(func.max(table_of(LedgerSeal).c.number))).scalar_one()
    return int(newest or 0) + 1


def _take_up(folder: Path, state: Callable[[Ed25519PrivateKey], Key]) -> Key:
    """Writes the files first: a key that the database names and nobody has would seal nothing."""
    private = Ed25519PrivateKey.generate()
    key = state(private)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    form = serialization.PrivateFormat.PKCS8
    secret = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    _write(private_file(folder, key.key_id), secret, 0o600)
    _write(folder / f"{key.key_id}.public.pem", public_pem(key.public_key).encode(), 0o644)
    lines = read_statement(KEY, KEY_LINES, key.body)
    row = {**key._asdict(), "valid_from": lines["since"], "reason": lines["reason"]}
    try:
        db.session.execute(insert(_key), row)
    except IntegrityError:
        message = N_("Another key was made at the same moment. Look at it with: learnapp ledger key list")
        raise Conflict("key-there", message) from None
    return key


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
