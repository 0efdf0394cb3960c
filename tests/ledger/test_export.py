"""An export proves itself with the one file that it carries; copies of the database are checked where they lie."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from learnapp import ledger
from learnapp.db import db, new_id, snapshot
from learnapp.ledger import export as _export
from learnapp.ledger.sources import verify_elsewhere
from tests import databases
from tests.conftest import AT
from tests.ledger.sealed import learn, new_key, seal

Export = Callable[[], Path]


@pytest.fixture
def exported(app: Flask, tmp_path: Path) -> Path:
    """An export of three members, two seals and one entry that is not sealed; with what is kept elsewhere."""
    key = new_key(tmp_path / "keys")
    members = [new_id() for _ in range(3)]
    for day in range(2):
        for member in members[day:]:
            learn(member, 2)
        made = seal(tmp_path / "keys", day)
        assert made is not None
        ledger.keep_anchor(made, file=tmp_path / "anchors.txt", mails=tmp_path, to="")
    learn(members[0])
    receipt = ledger.receipt_line(members[0], 3, ledger.entry(members[0], 3).hash)
    (tmp_path / "receipts.txt").write_text(receipt)
    (tmp_path / "public.pem").write_text(ledger.public_pem(key.public_key))
    folder = tmp_path / "export"
    folder.mkdir()
    with snapshot():
        assert _export(folder, AT) == 11
    return folder


def alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the export's program in a process that cannot import the product."""
    run = (
        "import runpy, sys; sys.modules['learnapp'] = None; sys.argv = sys.argv[1:];"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-W", "error", "-c", run, str(folder / "verify.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd="/")


def witnesses(folder: Path) -> list[str]:
    home = folder.parent
    files = {"--key": "public.pem", "--anchor": "anchors.txt", "--receipts": "receipts.txt"}
    return [part for name, file in files.items() for part in (name, str(home / file))]


def test_it_proves_itself_with_only_the_public_key(exported: Path) -> None:
    done = alone(exported, *witnesses(exported))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 entries of 3 members, 2 seals. 1 entries are newer than the last seal." in done.stdout
    assert "2 anchors and 1 receipts" in done.stdout
    names = sorted(path.name for path in exported.iterdir())
    assert names == [
        *(
            "README.txt",
            "entries.jsonl",
            "keys.jsonl",
            "leaves.jsonl",
            "public-keys",
            "seals.jsonl",
            "verify.py",
        )
    ]


def test_the_program_is_the_product_s_own(exported: Path) -> None:
    program = (exported / "verify.py").read_bytes()
    assert hashlib.sha256(program).hexdigest() in (exported / "README.txt").read_text(encoding="utf-8")
    tree = ast.parse(program)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
    import learnapp.ledger.sources as product

    assert Path(product.check.__code__.co_filename).read_bytes() == program


def test_program_and_product_find_the_same(exported: Path) -> None:
    """In the export and in the database it came from: the same report, to the letter."""
    live = ledger.document(ledger.verify())
    assert json.loads(alone(exported, "--json").stdout) == live
    assert ledger.document(verify_elsewhere(str(exported))) == live
    for file, old, new in [
        ("entries.jsonl", '"study"', '"quiz"'),
        ("seals.jsonl", "entries 10", "entries 11"),
        ("leaves.jsonl", ",1,", ",2,"),
        ("keys.jsonl", "since 2026", "since 2025"),
        ("entries.jsonl", "learnapp-ledger/2", "learnapp-ledger/3"),
        ("entries.jsonl", '","', '", "x'),
        ("seals.jsonl", "[1,", "[9,"),
    ]:
        kept = (exported / file).read_text(encoding="utf-8")
        (exported / file).write_text(kept.replace(old, new, 1), encoding="utf-8")
        done = alone(exported, "--json")
        report = json.loads(done.stdout)
        assert done.returncode == 1 and report["fault"] is not None, file
        assert ledger.document(verify_elsewhere(str(exported))) == report
        assert "FAULT: " in alone(exported).stdout
        (exported / file).write_text(kept, encoding="utf-8")


@pytest.mark.parametrize("file", ["entries.jsonl", "leaves.jsonl", "seals.jsonl", "keys.jsonl"])
def test_a_file_that_is_missing_or_cut_is_named(exported: Path, file: str) -> None:
    raw = (exported / file).read_bytes()
    (exported / file).write_bytes(raw[: len(raw) - 20])
    fault = verify_elsewhere(str(exported)).fault
    assert fault is not None and fault.code == "unreadable" and file in fault.text
    (exported / file).unlink()
    fault = verify_elsewhere(str(exported)).fault
    assert fault is not None and fault.code == "unreadable"


def test_a_proof_is_checked_by_the_program_alone(exported: Path) -> None:
    member = json.loads((exported / "leaves.jsonl").read_text().splitlines()[1])[0]
    with snapshot():
        document = json.dumps(ledger.prove(member, 1))
    proof = exported.parent / "proof.json"
    proof.write_text(document)
    arguments = ["--proof", str(proof), "--key", str(exported.parent / "public.pem")]
    done = alone(exported, *arguments, "--anchor", str(exported.parent / "anchors.txt"))
    assert done.returncode == 0 and "is held by seal 1" in done.stdout and "was anchored" in done.stdout
    # A proof is a receipt and an anchor too.
    assert alone(exported, "--receipts", str(proof)).returncode == 0
    proof.write_text(document.replace("study-begun", "quiz-ended"))
    assert alone(exported, *arguments).returncode == 1
    proof.write_text("{}")
    assert alone(exported, *arguments).returncode == 1
    proof.unlink()
    assert alone(exported, *arguments).returncode == 1


def test_the_database_is_checked_by_its_address(
    exported: Path, engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    live = ledger.verify()
    url = db.engine.url
    if engine_name == "postgresql":
        assert verify_elsewhere(url.render_as_string(hide_password=False)) == live
        gone = url.set(database="nowhere").render_as_string(hide_password=False)
        fault = verify_elsewhere(gone).fault
        assert fault is not None and fault.code == "unreadable"
        return
    file = Path(str(url.database))
    assert Path(f"{file}-wal").exists()
    assert verify_elsewhere(str(file)) == verify_elsewhere(f"sqlite:///{file}") == live
    databases.close(request.getfixturevalue("app"))
    shutil.copy(file, tmp_path / "backup.sqlite3")
    before = (tmp_path / "backup.sqlite3").read_bytes()
    assert verify_elsewhere(str(tmp_path / "backup.sqlite3")) == live
    assert (tmp_path / "backup.sqlite3").read_bytes() == before
    assert not (tmp_path / "backup.sqlite3-wal").exists()


def test_what_is_no_ledger_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello " * 1000)
    sqlite3.connect(tmp_path / "empty").close()
    for name in ("text", "empty", "nowhere"):
        fault = verify_elsewhere(str(tmp_path / name)).fault
        assert fault is not None and fault.code == "unreadable", name


def test_a_copy_from_before_there_were_seals(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    databases.migrate(url, "20261124_ledger_triggers")
    assert make_url(url).database
    assert verify_elsewhere(str(tmp_path / "old.sqlite3")) == ledger.Report()


def test_text_that_is_no_text_is_placed(exported: Path, engine_name: str, tmp_path: Path) -> None:
    """On SQLite bytes that are no UTF-8 can get into a column; the entry is named all the same."""
    if engine_name != "sqlite":
        assert ledger.verify().ok
        return
    file = Path(str(db.engine.url.database))
    copy = tmp_path / "copy.sqlite3"
    with sqlite3.connect(file) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, copy)
    for column in ("data", "hash"):
        with sqlite3.connect(copy) as link:
            for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                link.execute(f"DROP TRIGGER {name}")
            where = "member_id = (SELECT max(member_id) FROM ledger_entry) AND seq = 2"
            link.execute(f"UPDATE ledger_entry SET {column} = CAST(X'ff41' AS TEXT) WHERE {where}")
        link.close()
        fault = verify_elsewhere(str(copy)).fault
        assert fault is not None and (fault.code, fault.seq) == ("content", 2)
