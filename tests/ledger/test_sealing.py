"""Sealing, proving and the keys, the same on both engines."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from learnapp import ledger
from learnapp.db import db, dialect_name, new_id, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.ledger.verify import NOTHING_KNOWN, Anchor, Receipt
from tests.conftest import AT
from tests.ledger.sealed import learn, new_key, seal


@pytest.fixture
def members(app: Flask) -> list[str]:
    """Three members with two entries each."""
    made = [new_id() for _ in range(3)]
    for member in made:
        learn(member, 2)
    return made


def whole(known: ledger.Known = NOTHING_KNOWN) -> ledger.Report:
    return ledger.verify(known)


def test_what_grew_is_sealed_and_nothing_else(members: list[str], tmp_path: Path) -> None:
    new_key(tmp_path)
    assert ledger.grown()
    first = seal(tmp_path)
    assert first is not None
    assert (first.number, first.streams, first.entries) == (1, 3, 6)
    assert not ledger.grown() and seal(tmp_path) is None
    learn(members[1], 3)
    assert whole() == ledger.Report(9, 3, 1, 3)
    second = seal(tmp_path, 1)
    assert second is not None
    assert (second.number, second.streams, second.entries) == (2, 1, 9)
    assert second.made_at == AT + timedelta(days=1)
    assert f"log-root {first.log_root}" in second.stored.body
    assert ledger.last_seal() == second
    assert [found.number for found in ledger.stored_seals(1)] == [2]
    assert whole() == ledger.Report(9, 3, 2, 0)


def test_an_entry_is_sealed_or_not_yet(members: list[str], tmp_path: Path) -> None:
    new_key(tmp_path)
    seal(tmp_path)
    learn(members[0])
    numbers = [ledger.seal_number(members[0], seq) for seq in (1, 2, 3, 4)]
    assert numbers == [1, 1, None, None]
    assert ledger.sealed_up_to(members[0]) == 2
    assert ledger.sealed_up_to(new_id()) == 0
    with pytest.raises(Conflict, match="not sealed yet"):
        ledger.prove(members[0], 3)
    with pytest.raises(NotFound):
        ledger.prove(members[0], 4)


def test_a_proof_holds_by_itself_and_changed_ones_do_not(members: list[str], tmp_path: Path) -> None:
    key = new_key(tmp_path)
    seal(tmp_path)
    for day in (1, 2):
        learn(members[day], 2)
        seal(tmp_path, day)
    proof = json.loads(json.dumps(ledger.prove(members[1], 3)))
    assert [row[1] for row in proof["entries"]] == [3, 4]
    known = ledger.Known(frozenset({key.public_key}), (Anchor(3, ledger.stored_seals(1)[0].log_root),))
    told = " ".join(ledger.tell_proof(ledger.check_proof(proof, known)))
    assert f"Entry 3 of member {members[1]} is held by seal 2" in told
    assert "that was given vouches for it" in told and "was anchored" in told
    told = " ".join(ledger.tell_proof(ledger.check_proof(proof)))
    assert "No public key was given" in told and "anchored" not in told
    for path, value in [
        (("entries", 0, 6), "{}"),
        (("entries", 1, 0), members[0]),
        (("leaf", "index"), 1),
        (("leaf", "path"), ["00" * 32]),
        (("seal", 1), proof["seal"][1].replace("entries 8", "entries 9")),
        (("log", "size"), 4),
        (("log", "root"), "00" * 32),
        (("keys", 0, 4), "00" * 64),
        (("keys",), []),
        (("format",), "other"),
        (("entries",), []),
        (("entries",), proof["entries"][:1]),
    ]:
        other = json.loads(json.dumps(proof))
        place = other
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        with pytest.raises(ledger.Broken):
            ledger.check_proof(other, known)
    for wrong in (ledger.Known(frozenset({"00" * 32})), ledger.Known(anchors=(Anchor(3, "00" * 32),))):
        with pytest.raises(ledger.Broken):
            ledger.check_proof(proof, wrong)


def test_the_log_only_grew(members: list[str], tmp_path: Path) -> None:
    new_key(tmp_path)
    for day in range(4):
        learn(members[0])
        seal(tmp_path, day)
    for old in (1, 2, 3, 4):
        proof = ledger.prove_growth(old)
        assert f"continues that of {old} " in ledger.check_proof(proof).text
        if old < 4:
            with pytest.raises(ledger.Broken):
                ledger.check_proof({**proof, "old": {"size": old, "root": "00" * 32}})
    with pytest.raises(NotFound):
        ledger.prove_growth(5)


def test_an_entry_is_found_by_its_hash(members: list[str]) -> None:
    digest = ledger.entry(members[2], 2).hash
    assert ledger.find_entry(digest) == (members[2], 2)
    with pytest.raises(NotFound):
        ledger.find_entry("0" * 64)


def test_keys_are_made_rotated_and_lost(members: list[str], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no key yet"):
        seal(tmp_path)
    first = new_key(tmp_path)
    with pytest.raises(Conflict):
        new_key(tmp_path)
    assert (tmp_path / f"{first.key_id}.pem").stat().st_mode & 0o777 == 0o600
    seal(tmp_path)
    with transaction():
        second = ledger.rotate_key(folder=tmp_path, at=AT)
    learn(members[0])
    made = seal(tmp_path, 1)
    assert made is not None and made.key_id == second.key_id
    assert whole(ledger.Known(frozenset({first.public_key}))).ok
    (tmp_path / f"{second.key_id}.pem").unlink()
    for act in (ledger.seal, ledger.rotate_key):
        with pytest.raises(NotFound, match="key lost"), transaction():
            act(folder=tmp_path, at=AT)
    with pytest.raises(Invalid), transaction():
        ledger.replace_lost_key(folder=tmp_path, at=AT, reason=" ")
    with transaction():
        third = ledger.replace_lost_key(folder=tmp_path, at=AT, reason="the disk broke")
    learn(members[0])
    seal(tmp_path, 2)
    report = whole()
    assert report.ok and [notice.code for notice in report.notices] == ["key-break"]
    broken = whole(ledger.Known(frozenset({first.public_key}))).fault
    assert broken is not None and (broken.code, broken.seal) == ("key-unknown", 3)
    assert whole(ledger.Known(frozenset({first.public_key, third.public_key}))).ok
    told = [(info.number, info.first_seal, info.reason, info.until is None) for info in ledger.key_infos()]
    assert told == [(1, 1, "first", False), (2, 2, "rotated", False), (3, 3, "lost: the disk broke", True)]


def test_another_s_key_file_is_no_key(members: list[str], tmp_path: Path) -> None:
    key = new_key(tmp_path / "one")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "one" / f"{key.key_id}.pem").write_bytes(other)
    with pytest.raises(NotFound):
        seal(tmp_path / "one")


@pytest.mark.parametrize("table", ["ledger_key", "ledger_seal", "ledger_seal_leaf"])
@pytest.mark.parametrize("what", ["UPDATE {} SET number = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_what_is_sealed(
    members: list[str], tmp_path: Path, table: str, what: str
) -> None:
    new_key(tmp_path)
    seal(tmp_path)
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text(what.format(table)))
    if dialect_name() == "sqlite":
        with pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
    assert whole().ok


def test_anchors_and_receipts_are_compared(members: list[str], tmp_path: Path) -> None:
    new_key(tmp_path)
    made = seal(tmp_path)
    assert made is not None
    learn(members[0])
    good = ledger.Known(
        anchors=(Anchor(1, made.log_root),),
        receipts=(Receipt(members[0], 3, ledger.entry(members[0], 3).hash),),
    )
    assert whole(good) == ledger.Report(7, 3, 1, 1, 1, 1)
    for known, code in [
        (ledger.Known(anchors=(Anchor(1, "0" * 64),)), "anchor-fork"),
        (ledger.Known(anchors=(Anchor(2, made.log_root),)), "anchor-cut"),
        (ledger.Known(receipts=(Receipt(members[0], 3, "0" * 64),)), "receipt"),
        (ledger.Known(receipts=(Receipt(members[0], 4, "0" * 64),)), "receipt-cut"),
        (ledger.Known(receipts=(Receipt(new_id(), 1, "0" * 64),)), "vanished"),
    ]:
        fault = whole(known).fault
        assert fault is not None and fault.code == code
        assert whole(known).unsealed == 1
    later = ledger.Known(
        anchors=(Anchor(1, made.log_root), Anchor(2, "0" * 64)),
        receipts=(Receipt(members[0], 4, "0" * 64), Receipt(new_id(), 1, "0" * 64)),
        older=True,
    )
    assert whole(later).ok


def test_a_broken_log_is_not_sealed_over(
    members: list[str], tmp_path: Path, engine_name: str, request: pytest.FixtureRequest
) -> None:
    """Past the triggers a seal is changed; the next one is refused, and the fault is named."""
    new_key(tmp_path)
    seal(tmp_path)
    learn(members[0])
    change = "UPDATE ledger_seal SET body = replace(body, 'entries 6', 'entries 5')"
    if engine_name == "sqlite":
        with transaction():
            db.session.execute(text("DROP TRIGGER ledger_seal_no_update"))
            db.session.execute(text(change))
    else:
        import psycopg

        server = request.getfixturevalue("postgres")
        name = db.engine.url.database
        with psycopg.connect(host=str(server.folder), user="owner", dbname=name) as link:
            link.execute("ALTER TABLE ledger_seal DISABLE TRIGGER USER")
            link.execute(change)
    with pytest.raises(Conflict, match="ledger verify"):
        seal(tmp_path, 1)
    fault = whole().fault
    assert fault is not None and (fault.code, fault.seal) == ("seal-signature", 1)


def test_an_anchor_is_written_once(members: list[str], tmp_path: Path) -> None:
    new_key(tmp_path)
    made = seal(tmp_path)
    assert made is not None
    where = tmp_path / "far" / "anchors.txt"
    for _ in range(2):
        ledger.keep_anchor(made, file=where, mails=tmp_path, to="")
    assert where.read_text() == ledger.anchor_of(made) + "\n"
    _, mail = ledger.keep_anchor(
        made, file=tmp_path / "b.txt", mails=tmp_path / "out", to="党委 <a@b.example>"
    )
    raw = mail.read_text(encoding="utf-8")
    assert "a@b.example" in raw and mail.suffix == ".eml"
    import email.policy

    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = message.get_body()
    assert body is not None and ledger.anchor_of(made) in body.get_content()
    (tmp_path / "saved.txt").write_text("> " + body.get_content().replace("\n", "\n> "))
    known = ledger.read_known([], [where, tmp_path / "saved.txt"])
    assert known.anchors == (Anchor(1, made.log_root),) * 2
    assert whole(known).ok


@pytest.mark.parametrize("content", [None, "", "hello", "learnapp-anchor/1 x", "{", '{"entries": 1}'])
def test_a_file_without_witnesses_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "a").write_text(content)
    with pytest.raises(ledger.Broken, match="cannot be read"):
        ledger.read_known([], [tmp_path / "a"])
    with pytest.raises(ledger.Broken, match="cannot be read"):
        ledger.read_known([tmp_path / "a"], [])
