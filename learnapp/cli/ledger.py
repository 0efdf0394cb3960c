"""`learnapp ledger`: proving that the ledger is whole, and taking it along."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from learnapp import clock, ledger
from learnapp.cli.running import application
from learnapp.db import snapshot


@click.group("ledger")
def group() -> None:
    """The learning ledger."""


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(as_json: bool) -> None:
    """Recompute every hash; exit 0 when the ledger is whole, 1 with the first fault named."""
    with application(), snapshot():
        report = ledger.verify()
    fault = report.fault
    if as_json:
        document = {
            "ok": report.ok,
            "entries": report.entries,
            "members": report.members,
            "fault": None
            if fault is None
            else {"code": fault.code, "member": fault.member_id, "seq": fault.seq, "text": fault.text},
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    elif fault is None:
        click.echo(f"The ledger is whole: {report.entries} entries of {report.members} members.")
    else:
        click.echo(f"FAULT after {report.entries} good entries: {fault.text}")
    sys.exit(0 if report.ok else 1)


@group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the whole ledger to FILE as JSON lines. FILE appears only when it is complete."""
    partial = file.with_name(file.name + ".partial")
    with application(), partial.open("w", encoding="utf-8") as out:
        lines = 0
        for line in ledger.export_lines(clock.now()):
            out.write(line + "\n")
            lines += 1
        out.flush()
        os.fsync(out.fileno())
    partial.replace(file)
    click.echo(f"{lines - 1} entries written to {file}.")
