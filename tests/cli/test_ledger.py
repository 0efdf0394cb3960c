"""`learnapp ledger`: keys, seals, anchors, proofs, exports and copies, as an operator uses them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from learnapp import clock, config
from learnapp.app import create_app
from tests import databases
from tests.cli.test_commands import Run, run
from tests.ledger.sealed import learn

__all__ = ["run"]
MEMBER = "0" * 31 + "1"


def record(count: int = 1) -> None:
    """Entries of one member, as the instance of the environment records them."""
    app = create_app(config.load())
    with app.app_context():
        learn(MEMBER, count)
        databases.close(app)


def test_from_the_first_key_to_an_export(run: Run, tmp_path: Path) -> None:
    assert "learnapp ledger key new" in run("ledger", "seal", code=1).output
    assert "-----BEGIN PUBLIC KEY-----" in run("ledger", "key", "new").output
    assert "has a key" in run("ledger", "key", "new", code=1).output
    assert "no seal yet" in run("ledger", "anchor", code=1).output
    record(2)
    assert "Seal 1: 1 streams grew, 2 entries" in run("ledger", "seal").output
    assert "Nothing was recorded" in run("ledger", "seal").output
    anchors = (tmp_path / "ledger-anchors.txt").read_text()
    assert run("ledger", "anchor").output == anchors
    record()
    report = json.loads(run("ledger", "verify", "--json").output)
    assert (report["entries"], report["seals"], report["unsealed"], report["anchors"]) == (3, 1, 1, 1)

    run("ledger", "key", "public", str(tmp_path / "public.pem"))
    assert run("ledger", "key", "public").output == (tmp_path / "public.pem").read_text()
    (tmp_path / "r.txt").write_text(run("ledger", "receipt", f"{MEMBER}/3").output)
    trusted = ["--key", str(tmp_path / "public.pem"), "--receipts", str(tmp_path / "r.txt")]
    export = str(tmp_path / "out")
    assert "3 entries written" in run("ledger", "export", export).output
    assert "exists already" in run("ledger", "export", export, code=2).output
    for source in ([], [export], [str(tmp_path / "learnapp.sqlite3")]):
        assert "1 receipts" in run("ledger", "verify", *source, *trusted).output

    assert "not sealed yet" in run("ledger", "prove", f"{MEMBER}/3", code=1).output
    by_place = run("ledger", "prove", f"{MEMBER}/1").output
    digest = json.loads(by_place)["entries"][0][12]
    assert run("ledger", "prove", digest).output == by_place
    (tmp_path / "proof.json").write_text(by_place)
    assert "is held by seal 1" in run("ledger", "verify", "--proof", str(tmp_path / "proof.json")).output
    (tmp_path / "growth.json").write_text(run("ledger", "growth", "1").output)
    assert "continues" in run("ledger", "verify", "--proof", str(tmp_path / "growth.json")).output
    (tmp_path / "growth.json").write_text("no")
    assert "is no proof" in run("ledger", "verify", "--proof", str(tmp_path / "growth.json"), code=2).output


def test_rotation_and_loss_are_told(run: Run, tmp_path: Path) -> None:
    run("ledger", "key", "new")
    assert "signs nothing any more" in run("ledger", "key", "rotate").output
    run("ledger", "key", "lost", code=2)
    run("ledger", "key", "lost", "--reason", "the disk broke")
    reasons = [line.split("  ")[-1] for line in run("ledger", "key", "list").output.splitlines()]
    assert reasons == ["first", "rotated", "lost: the disk broke"]
    record()
    run("ledger", "seal")
    assert "Note: From seal 1 on another key signs" in run("ledger", "verify").output
    assert run("ledger", "key", "public").output.count("BEGIN PUBLIC KEY") == 3


def test_the_live_ledger_is_compared_with_its_own_anchors(run: Run, tmp_path: Path) -> None:
    """A database that was put back to yesterday is whole by itself; the anchor knows better."""
    run("ledger", "key", "new")
    record()
    run("ledger", "seal")
    yesterday = (tmp_path / "learnapp.sqlite3").read_bytes()
    record()
    run("ledger", "seal")
    run("ledger", "verify")
    (tmp_path / "learnapp.sqlite3").write_bytes(yesterday)
    output = run("ledger", "verify", code=1).output
    assert "FAULT: Seal 2 was anchored; only 1 seals are stored" in output
    anchors = ["--anchor", str(tmp_path / "ledger-anchors.txt")]
    run("ledger", "verify", str(tmp_path / "learnapp.sqlite3"), *anchors, code=1)
    run("ledger", "verify", str(tmp_path / "learnapp.sqlite3"), *anchors, "--older")


def test_an_anchor_goes_where_the_settings_say(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEARNAPP_ANCHOR_FILE", str(tmp_path / "far" / "a.txt"))
    monkeypatch.setenv("LEARNAPP_ANCHOR_MAIL", "keeper@party.example")
    run("ledger", "key", "new")
    record()
    output = run("ledger", "seal").output
    mail = tmp_path / "outbox" / "ledger-seal-000001.eml"
    assert str(tmp_path / "far" / "a.txt") in output and str(mail) in output
    assert b"To: keeper@party.example" in mail.read_bytes()
    monkeypatch.setenv("LEARNAPP_ANCHOR_FILE", str(tmp_path))
    assert "learnapp ledger anchor" in run("ledger", "anchor", code=1).output


def test_a_witness_that_cannot_be_read_is_a_fault(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("nothing")
    report = json.loads(run("ledger", "verify", "--anchor", str(tmp_path / "a.txt"), "--json", code=1).output)
    assert report["fault"]["code"] == "unreadable"


def test_the_doctor_looks_after_key_and_seals(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    assert "WRONG nothing signs the ledger" in run("doctor", code=1).output
    run("ledger", "key", "new")
    assert "WRONG nothing was sealed ever" in run("doctor", code=1).output
    run("ledger", "seal")
    assert "1 entries in 1 seals" in run("doctor").output
    record()
    run("doctor")
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr("learnapp.clock.now", lambda: later)
    assert "WRONG nothing was sealed since" in run("doctor", code=1).output
    run("ledger", "seal")
    run("doctor")
    for path in (tmp_path / "ledger-keys").iterdir():
        path.unlink()
    assert "WRONG The private key is not in" in run("doctor", code=1).output
