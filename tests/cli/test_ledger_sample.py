"""`learnapp ledger sample`: the table, and the sheet to print."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from learnapp import accounts, clock, config
from learnapp.app import create_app
from learnapp.db import transaction
from tests import acts, databases
from tests.cli.test_commands import Run, run

__all__ = ["run"]
NAME = "<b>王芳</b>"


def record(count: int) -> None:
    app = create_app(config.load())
    with app.app_context():
        with transaction():
            member = accounts.create(NAME, "wangfang", at=clock.now())
            for number in range(count):
                acts.module(member, "duties", f"m{number}", clock.now())
        databases.close(app)


def test_a_sample_is_told_and_printed(run: Run, tmp_path: Path) -> None:
    run("ledger", "sample", code=2)
    assert "0 of all 0 entries" in run("ledger", "sample", "--seed", "spring").output
    record(12)
    assert "cannot be drawn again" in run("ledger", "sample", "--seed", "spring").output
    run("ledger", "key", "new")
    run("ledger", "seal")
    file = tmp_path / "sheet.html"
    first = run("ledger", "sample", "--seed", "spring", "--n", "5", "--html", str(file)).output
    assert "5 of 12 entries up to seal 1" in first and "王芳" not in first
    assert first.startswith(run("ledger", "sample", "--seed", "spring", "--n", "5").output)
    page = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "王芳" not in page and page.count('class="box"') == 15
    assert "exists already" in run("ledger", "sample", "--seed", "s", "--html", str(file), code=2).output
    assert "There is no seal 2" in run("ledger", "sample", "--seed", "s", "--seal", "2", code=1).output

    named = tmp_path / "named.html"
    run("ledger", "sample", "--seed", "<i>", "--names", "--html", str(named))
    page = named.read_text()
    assert NAME not in page and NAME in unescape(page) and "<i>" not in page
    assert len(re.findall("<tr>", page)) == 13
