"""The commands that others call: exit codes, JSON, plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from learnapp.app import create_app
from learnapp.cli import main
from tests import databases

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Path) -> Run:
    """Runs a command on an instance with a migrated, empty database."""
    monkeypatch.setenv("LEARNAPP_ENV", "test")
    monkeypatch.setenv("LEARNAPP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LEARNAPP_DEMO_PASSWORD", "only for this test 7")
    (tmp_path / "learnapp.sqlite3").write_bytes(sqlite_template.read_bytes())

    def invoke(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments, obj=create_app)
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_an_empty_ledger_is_whole(run: Run) -> None:
    report = json.loads(run("ledger", "verify", "--json").output)
    assert report == {
        "ok": True,
        "counted": True,
        **dict.fromkeys(("entries", "members", "seals", "unsealed", "anchors", "receipts"), 0),
        "notices": [],
        "fault": None,
    }


def test_doctor_is_content(run: Run) -> None:
    lines = run("doctor").output.splitlines()
    assert len(lines) == 6 and all(line.startswith("ok") for line in lines)


def test_doctor_names_what_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "learnapp.sqlite3").unlink()
    url = f"sqlite:///{tmp_path / 'learnapp.sqlite3'}"
    databases.migrate(url, "20261124_tables")
    output = run("doctor", code=1).output
    assert "learnapp db upgrade" in output and "0 of 3 triggers" in output
    run("db", "upgrade")
    run("doctor")


def test_the_demo_twice_is_the_demo_once(run: Run, tmp_path: Path) -> None:
    first = run("demo", "--people", "45").output
    for sign_in in (
        "member",
        "mobile",
        "trainer",
        "reviewer",
        "recorder",
        "secretary",
        "committee",
        "auditor",
    ):
        assert f"{sign_in:<10} only for this test 7" in first
    before = json.loads(run("ledger", "verify", "--json").output)
    assert before["seals"] == before["anchors"] == 1 and before["unsealed"] == 0
    assert before["ok"] and before["entries"] > 100 and before["members"] > 25
    run("demo", "--people", "45")
    assert json.loads(run("ledger", "verify", "--json").output) == before

    export = tmp_path / "export"
    run("ledger", "export", str(export))
    lines = (export / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == before["entries"] + 1
    head, entry = json.loads(lines[0]), json.loads(lines[1])
    assert head["format"] == "learnapp-ledger/2"
    assert len(head["columns"]) == len(entry)

    shown = json.loads(run("coverage", "show", "--json").output)
    run("coverage", "rebuild")
    again = json.loads(run("coverage", "show", "--json").output)
    shown.pop("as_of"), again.pop("as_of")
    assert shown == again
    points = run("points", "show", "member", "--json").output
    run("points", "rebuild")
    assert run("points", "show", "member", "--json").output == points


def test_the_demo_is_refused_in_production(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEARNAPP_ENV", "production")
    monkeypatch.setenv("LEARNAPP_SECRET_KEY", "x" * 40)
    assert "not for production" in run("demo", code=2).output


def test_a_wrong_setting_ends_the_command_in_plain_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    assert "PORT" in run("ledger", "verify", code=2).output


def test_a_database_that_was_never_made_is_told_in_plain_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "learnapp.sqlite3").unlink()
    output = run("content", "load", code=1).output
    assert "learnapp db upgrade" in output and "Traceback" not in output
