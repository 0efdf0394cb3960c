"""A backup of an instance at work: others write all the time, and what is restored is one moment of it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from learnapp import ledger
from learnapp.backup import archive
from tests import processes
from tests.backup.places import MEMBERS, Instance, Place, place

__all__ = ["place"]
pytestmark = pytest.mark.process

# Writes entries of a member, one transaction each, until it is ended; tells how many on every line.
WRITER = """
import sys
from learnapp.app import create_app
from learnapp.db import new_id, transaction
from tests.ledger.sealed import learn
app = create_app()
with app.app_context():
    for number in range(1, 10_000_000):
        learn(sys.argv[1 + number % 2])
        print(number, flush=True)
"""


def writing(instance: Instance) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, *MEMBERS]
    process = subprocess.Popen(command, env={**instance.env, "PATH": ""}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "1\n"
    return process


def test_a_backup_while_a_writer_writes(place: Place, tmp_path: Path) -> None:
    here, file = place("here"), tmp_path / "b.tar"
    here.fill()
    writer = writing(here)
    try:
        time.sleep(0.3)
        during = here.extent().report.entries
        here.run("backup", str(file))
        for _ in range(20):
            assert writer.stdout is not None and writer.stdout.readline()
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    live = here.extent().report
    there = place("there")
    there.run("restore", str(file))
    restored = there.extent()
    assert restored.report.ok and live.ok
    assert during <= restored.report.entries < live.entries
    (tmp_path / "x").mkdir()
    with file.open("rb") as stored:
        manifest = archive.read(stored, tmp_path / "x", lambda _manifest: None)
    assert restored.heads == manifest.state.heads
    # What was restored is the beginning of what stands there now: each end is an entry of the live ledger.
    ends: list[tuple[str, int, str]] = []
    there.inside(lambda _settings: ends.extend(_ends()))
    assert len(ends) == 2
    here.inside(lambda _settings: [_is_in(*end) for end in ends])


def _ends() -> list[tuple[str, int, str]]:
    return [(entry.member_id, entry.seq, entry.hash) for entry in map(_last, MEMBERS)]


def _last(member_id: str) -> ledger.Entry:
    return ledger.entries_after(member_id, 0)[-1]


def _is_in(member_id: str, seq: int, digest: str) -> None:
    assert ledger.entry(member_id, seq).hash == digest


def test_a_running_server_keeps_its_data(tmp_path: Path) -> None:
    folder, file = tmp_path / "data", str(tmp_path / "b.tar")
    folder.mkdir()
    instance = processes.Instance(folder, workers=1)
    instance.start()
    try:
        assert instance.run("backup", file).returncode == 0
        deadline = time.monotonic() + 10
        while "sweeping" not in instance.log() and time.monotonic() < deadline:
            time.sleep(0.1)
        refused = instance.run("restore", file)
        assert refused.returncode == 1 and "`learnapp serve` is running" in refused.stderr, refused
        assert not list(folder.glob("*before*"))
    finally:
        instance.stop()
    assert instance.run("restore", file).returncode == 0
    assert list(folder.glob("learnapp.sqlite3.before-*"))
