"""`learnapp ledger`: proving that the ledger is whole, and taking it along."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from learnapp import audit, clock, config, ledger
from learnapp.cli.ledger_find import find
from learnapp.cli.ledger_sample import sample
from learnapp.cli.ledger_seals import anchor, key, seal
from learnapp.cli.running import application, read_settings
from learnapp.db import db, snapshot, transaction

_files = click.Path(dir_okay=False, exists=True, path_type=Path)
_key = click.option("--key", "keys", multiple=True, type=_files, help="A public key that you trust (PEM).")
_anchor = click.option("--anchor", "anchors", multiple=True, type=_files, help="A file with anchors.")


@click.group("ledger")
def group() -> None:
    """The learning ledger."""


for command in (seal, anchor, key, find, sample):
    group.add_command(command)


@group.command()
@click.argument("source", required=False)
@_key
@_anchor
@click.option("--receipts", multiple=True, type=_files, help="A file with members' receipts.")
@click.option(
    "--older", is_flag=True, help="SOURCE is of an earlier day: pass over what they say about later."
)
@click.option("--proof", type=_files, help="Check this proof, made by `prove` or `growth`, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(
    source: str | None,
    keys: tuple[Path, ...],
    anchors: tuple[Path, ...],
    receipts: tuple[Path, ...],
    older: bool,
    proof: Path | None,
    as_json: bool,
) -> None:
    """Recompute every hash and every seal; exit 0 when the ledger is whole, 1 with the first fault named.

    SOURCE is a copy of the database (an SQLite file, or an address) or the folder of an export; without it
    the live database is checked, against the instance's own anchors as well, and the outcome is kept for the
    auditor's page.
    """
    settings = read_settings()
    if source is None and not anchors and settings.anchor_file.exists():
        anchors = (settings.anchor_file,)
    try:
        known = ledger.read_known(keys, (*anchors, *receipts), older)
        if proof is not None:
            proved = ledger.check_proof(json.loads(proof.read_text(encoding="utf-8")), known)
            click.echo("\n".join(ledger.tell_proof(proved)))
            return
        report = _report(source, known)
    except ledger.Broken as broken:
        report = ledger.Report(counted=False, fault=broken.fault)
    except ValueError as error:
        click.echo(f"{proof} is no proof: {error}", err=True)
        sys.exit(2)
    text = json.dumps(ledger.document(report)) if as_json else "\n".join(ledger.tell(report))
    click.echo(text)
    sys.exit(0 if report.ok else 1)


def _report(source: str | None, known: ledger.Known) -> ledger.Report:
    if source is not None:
        return ledger.verify_elsewhere(config.normal_url(source), known)
    with application():
        report = ledger.verify(known)
        _keep(report, known)
        return report


def _keep(report: ledger.Report, known: ledger.Known) -> None:
    """Writes the outcome down for the auditor's page, as a row of the security log about nobody in particular."""
    fault = report.fault
    told = (
        {"message": fault.message, "params": {name: str(value) for name, value in fault.params.items()}}
        if fault
        else {}
    )
    try:
        db.session.rollback()
        with transaction():
            audit.write(
                "ledger-verified",
                member_id=audit.INSTALLATION,
                actor_id=audit.INSTALLATION,
                at=clock.now(),
                ok=int(report.ok),
                entries=report.entries,
                seals=report.seals,
                anchors=len(known.anchors),
                fault=json.dumps(told, default=str),
            )
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or error
        click.echo(f"The outcome could not be written down for the auditor: {why}", err=True)


@group.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write entries, seals, keys and the program that checks them into FOLDER, which must not exist yet.

    FOLDER appears only when it is complete.
    """
    if folder.exists():
        click.echo(f"{folder} exists already. Give a new name.", err=True)
        sys.exit(2)
    partial = folder.with_name(folder.name + ".partial")
    partial.mkdir(parents=True)
    with application(), snapshot():
        entries = ledger.export(partial, clock.now())
    partial.rename(folder)
    click.echo(f"{entries} entries written to {folder}. Check them with: python {folder / 'verify.py'}")


def _place(entry: str) -> tuple[str, int]:
    """Member and seq of `MEMBER/SEQ` or of an entry's hash; must be called inside an application."""
    member, _, seq = entry.partition("/")
    if seq.isdecimal():
        return member, int(seq)
    return ledger.find_entry(entry)


@group.command()
@click.argument("entry")
def prove(entry: str) -> None:
    """Print the proof of ENTRY (MEMBER/SEQ or its hash) as JSON: its way through the chain into a seal and
    into the log of all seals."""
    with application(), snapshot():
        _print(ledger.prove(*_place(entry)))


@group.command()
@click.argument("seal", type=int)
def growth(seal: int) -> None:
    """Print the proof (JSON) that the log only grew since SEAL, a number."""
    with application(), snapshot():
        _print(ledger.prove_growth(seal))


@group.command()
@click.argument("entry")
def receipt(entry: str) -> None:
    """Print the receipt of ENTRY (MEMBER/SEQ or its hash): the line that a member keeps."""
    with application(), snapshot():
        member_id, seq = _place(entry)
        click.echo(ledger.receipt_line(member_id, seq, ledger.entry(member_id, seq).hash))


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))
