"""A backup and the way back, on both engines: what is restored is what was there, and nothing else is."""

from __future__ import annotations

import fcntl
import os
import random
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from learnapp.backup import archive, locked, postgresql, sqlite
from learnapp.backup.manifest import read_manifest
from learnapp.backup.state import shapes
from tests import databases
from tests.backup.places import PASSPHRASE, Place, command, place, traces
from tests.postgres import Server

__all__ = ["place"]
SECRET = {"LEARNAPP_BACKUP_PASSPHRASE": PASSPHRASE}


@pytest.mark.parametrize("options", [(), ("--encrypt", "--with-key")])
def test_there_and_back(place: Place, tmp_path: Path, options: tuple[str, ...]) -> None:
    here, there, file = place("here"), place("there"), str(tmp_path / "b.tar")
    here.fill()
    told = here.run("backup", file, *options, env=SECRET).output
    assert "5 ledger entries of 2 members, last seal 1" in told and "1 pictures" in told
    assert Path(file).stat().st_mode & 0o777 == 0o600
    assert "exists already" in here.run("backup", file, env=SECRET, code=1).output
    before = traces(there)
    assert "is whole" in there.run("restore", "--check", file, env=SECRET).output
    assert traces(there) == before
    there.run("restore", file, env=SECRET)
    assert there.extent() == here.extent()
    assert there.extent().report.entries == 5
    picture = next(here.settings.media_dir.glob("*/*"))
    assert (
        there.settings.media_dir / picture.parent.name / picture.name
    ).read_bytes() == picture.read_bytes()
    assert there.settings.anchor_file.read_text() == here.settings.anchor_file.read_text()
    private = [path for path in here.settings.ledger_keys_dir.iterdir() if "public" not in path.name]
    restored = {path.name for path in there.settings.ledger_keys_dir.iterdir()}
    assert (private[0].name in restored) == bool(options)
    assert f"{private[0].stem}.public.pem" in restored
    there.run("ledger", "verify")
    there.grow()
    if options:
        assert "Seal 2" in there.run("ledger", "seal").output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar", "here", "there"]


def test_what_was_there_is_kept_aside(place: Place, tmp_path: Path) -> None:
    here, file = place("here"), str(tmp_path / "b.tar")
    here.fill()
    here.run("backup", file)
    here.grow(2)
    here.run("ledger", "seal")
    told = here.run("restore", file).output
    assert "2 seals, this backup has 1" in told and "What was there before is now" in told
    assert here.extent().report.entries == 5
    assert "FAULT" in here.run("ledger", "verify", code=1).output, "the anchor knows that a seal is gone"
    former = next(line for line in told.splitlines() if "before is now" in line and "media" not in line)
    source = former.split()[-1]
    if "/" not in source:
        owner = make_url(here.env["LEARNAPP_DATABASE_OWNER_URL"])
        source = owner.set(database=source).render_as_string(hide_password=False)
    assert "7 entries" in here.run("ledger", "verify", source).output


def test_a_plain_archive_is_a_tar_file(place: Place, tmp_path: Path) -> None:
    here, file = place("here"), tmp_path / "b.tar"
    here.fill()
    here.run("backup", str(file))
    with tarfile.open(file) as tar:
        names = tar.getnames()
        text = tar.extractfile("manifest.json")
        assert text is not None
        manifest = read_manifest(text.read().decode())
    assert names == ["manifest.json", *(member.name for member in manifest.files)]
    assert manifest.state.counts["ledger_entry"] == 5
    assert not any(name.startswith("keys/") and "public" not in name for name in names)


def damaged(whole: bytes, at: int) -> bytes:
    return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


@pytest.mark.parametrize("encrypt", [False, True])
def test_what_was_cut_or_changed_is_refused(place: Place, tmp_path: Path, encrypt: bool) -> None:
    here, file, bad = place("here"), tmp_path / "b.tar", tmp_path / "bad.tar"
    here.fill()
    here.run("backup", str(file), *(["--encrypt"] if encrypt else []), env=SECRET)
    before, whole, dice = traces(here), file.read_bytes(), random.Random(4)
    cuts = [0, 1, 511, 512, len(whole) // 2, len(whole) - 512, len(whole) - 1]
    for length in [*cuts, *(dice.randrange(len(whole)) for _ in range(8))]:
        bad.write_bytes(whole[:length])
        told = here.run("restore", str(bad), code=1, env=SECRET).output
        assert "Nothing was changed" in told, length
    assert "cut short" in told or "damaged" in told or "no whole backup" in told
    for at in [0, 600, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(25))]:
        bad.write_bytes(damaged(whole, at))
        told = here.run("restore", str(bad), code=1, env=SECRET).output
        assert "Nothing was changed" in told, at
        assert "damaged" in told or "no whole backup" in told or "cut short" in told, (at, told)
    bad.write_bytes(whole + b"more")
    here.run("restore", str(bad), code=1, env=SECRET)
    assert traces(here) == before


def test_a_cut_between_two_encrypted_parts_is_named(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "CHUNK", 4096)
    here, file = place("here"), tmp_path / "b.tar"
    here.fill()
    here.run("backup", str(file), "--encrypt", env=SECRET)
    whole = file.read_bytes()
    head = len(locked.MAGIC) + 42 + 16
    part = 4096 + 16
    file.write_bytes(whole[: head + 3 * part])
    assert "cut short: its end is missing" in here.run("restore", str(file), code=1, env=SECRET).output
    file.write_bytes(whole[:head] + whole[head + part : head + 2 * part] + whole[head : head + part])
    assert "part 1 of 1 MB was changed" in here.run("restore", str(file), code=1, env=SECRET).output


def test_a_wrong_passphrase_is_said(place: Place, tmp_path: Path) -> None:
    here, file = place("here"), str(tmp_path / "b.tar")
    here.fill()
    here.run("backup", file, "--encrypt", env=SECRET)
    assert b"ledger" not in Path(file).read_bytes()[100:]
    before = traces(here)
    wrong = {"LEARNAPP_BACKUP_PASSPHRASE": "not the one for windows"}
    assert "The passphrase is wrong" in here.run("restore", file, code=1, env=wrong).output
    assert (
        "too short" in here.run("backup", file + "2", "--encrypt", code=1, env={**SECRET, **_short()}).output
    )
    assert "needs --encrypt" in here.run("backup", file + "2", "--with-key", code=1).output
    assert traces(here) == before


def _short() -> dict[str, str]:
    return {"LEARNAPP_BACKUP_PASSPHRASE": "short"}


def test_nothing_is_restored_below_a_running_server(place: Place, tmp_path: Path) -> None:
    here, file = place("here"), str(tmp_path / "b.tar")
    here.fill()
    here.run("backup", file)
    handle = os.open(here.settings.data_dir / "sweeper.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert "`learnapp serve` is running" in here.run("restore", file, code=1).output
        here.run("restore", "--check", file)
    finally:
        os.close(handle)
    here.run("restore", file)


def changed(file: Path, folder: Path, old: str, new: str) -> Path:
    """An archive whose manifest says something else, and which is whole in itself."""
    folder.mkdir()
    with file.open("rb") as stored:
        manifest = archive.read(stored, folder, lambda _manifest: None)
    text = manifest.text()
    assert old in text
    target = folder / "changed.tar"
    with target.open("wb") as sink:
        places = {member.name: folder / member.name for member in manifest.files}
        archive.write(sink, read_manifest(text.replace(old, new)), places, 0)
    return target


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("", '"migration": "20991231_later"', "newer version"),
        ('"ledger_entry": 5', '"ledger_entry": 6', "table ledger_entry has 5 rows"),
        ('"entries": 5', '"entries": 4', "entries is 5, not 4"),
        ('"missing": []', '"missing": ["' + "a" * 64 + '"]', "pictures"),
        ('"fault": ""', '"fault": "an entry is gone"', "an entry is gone"),
    ],
)
def test_what_is_not_as_the_manifest_says_is_refused(
    place: Place, tmp_path: Path, old: str, new: str, why: str
) -> None:
    here, file = place("here"), tmp_path / "b.tar"
    here.fill()
    here.run("backup", str(file))
    before = traces(here)
    old = old or f'"migration": "{shapes()[0]}"'
    told = here.run("restore", str(changed(file, tmp_path / "x", old, new)), code=1).output
    assert why in told
    assert traces(here) == before


def test_an_older_backup_is_brought_to_the_present_shape(place: Place, tmp_path: Path) -> None:
    """The database of the backup has no seals yet; today's has."""
    here, file = place("here"), str(tmp_path / "b.tar")
    url = here.settings.owner_database_url
    databases.migrate(url, "base")
    databases.migrate(url, "20261124_quiz_engine")
    here.grow(3)
    here.run("backup", file)
    databases.migrate(url)
    there = place("there")
    told = there.run("restore", file).output
    assert "at 20261124_quiz_engine" in told and "3 ledger entries of 1 members, no seal" in told
    assert "the database is at " + shapes()[0] in there.run("doctor", code=1).output


def test_a_switch_that_fails_halfway_is_taken_back(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, file = place("here"), str(tmp_path / "b.tar")
    here.fill()
    here.run("backup", file)
    here.grow()
    before = traces(here)
    module = postgresql if "postgresql" in here.env["LEARNAPP_DATABASE_URL"] else sqlite
    rename, calls = module._rename, []

    def fail_in_the_end(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == (2 if module is postgresql else 4):
            raise OSError("the disk is full")
        rename(*arguments)  # type: ignore[arg-type]  # either module's own

    monkeypatch.setattr(module, "_rename", fail_in_the_end)
    assert "the disk is full" in here.run("restore", file, code=1).output
    assert traces(here) == before
    assert here.extent().report.entries == 6


def test_what_is_needed_is_named(
    postgres: Server, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, file = place("here"), str(tmp_path / "b.tar")
    if "postgresql" not in here.env["LEARNAPP_DATABASE_URL"]:
        Path(here.settings.owner_database_url.removeprefix("sqlite:///")).unlink()
        assert "There is no database" in here.run("backup", file, code=1).output
        return
    here.run("backup", file)
    command(postgres, "ALTER ROLE owner NOCREATEDB")
    assert "ALTER ROLE owner CREATEDB" in here.run("restore", file, code=1).output
    command(postgres, "ALTER ROLE owner CREATEDB")
    engine = create_engine(here.settings.owner_database_url)
    with engine.connect():
        assert "Stop `serve`" in here.run("restore", file, code=1).output
    engine.dispose()
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr(Path, "glob", lambda *_arguments: iter(()))
    assert "pg_dump is not installed" in here.run("backup", file + "2", code=1).output
    assert "pg_restore is not installed" in here.run("restore", file, code=1).output
