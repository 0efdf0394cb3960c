"""`learnapp ledger seal`, `anchor` and `key`: signing where the streams end."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from learnapp import clock, ledger
from learnapp.cli.running import application, read_settings
from learnapp.clock import iso
from learnapp.config import Config
from learnapp.db import transaction


@click.command()
def seal() -> None:
    """Seal every stream that grew since the last seal, and anchor the seal; nothing when none grew."""
    settings = read_settings()
    with application():
        with transaction():
            made = ledger.seal(folder=settings.ledger_keys_dir, at=clock.now())
        if made is None:
            click.echo("Nothing was recorded since the last seal.")
            return
        click.echo(f"Seal {made.number}: {made.streams} streams grew, {made.entries} entries are sealed.")
        _anchor(made, settings)


@click.command()
def anchor() -> None:
    """Print the newest seal's anchor, and write it again to where anchors go (see docs/sealing.md)."""
    settings = read_settings()
    with application():
        newest = ledger.last_seal()
        if newest is None:
            click.echo("There is no seal yet. Make one with: learnapp ledger seal", err=True)
            sys.exit(1)
        _anchor(newest, settings)


def _anchor(made: ledger.SealInfo, settings: Config) -> None:
    click.echo(ledger.anchor_of(made))
    file, mails, to = settings.anchor_file, settings.outbox_dir, settings.anchor_mail
    try:
        for path in ledger.keep_anchor(made, file=file, mails=mails, to=to):
            click.echo(f"written to {path}")
    except OSError as error:
        click.echo(
            f"The anchor could not be written: {error}. Try again with: learnapp ledger anchor", err=True
        )
        sys.exit(1)


@click.group()
def key() -> None:
    """The keys that sign seals."""


@key.command()
def new() -> None:
    """Make the first key of this ledger."""
    settings = read_settings()
    with application(), transaction():
        _tell(ledger.new_key(folder=settings.ledger_keys_dir, at=clock.now()), settings)


@key.command()
def rotate() -> None:
    """Put a new key in the place of the present one, which signs for it."""
    settings = read_settings()
    with application(), transaction():
        old = ledger.current_key()
        _tell(ledger.rotate_key(folder=settings.ledger_keys_dir, at=clock.now()), settings)
        click.echo(f"The old private key {old.key_id} signs nothing any more. Delete its file when a copy of")
        click.echo("the database with the new key is safe.")


@key.command()
@click.option("--reason", required=True, help="What happened, in one line. It is told for ever.")
def lost(reason: str) -> None:
    """Put a new key in the place of one that was lost, or that others may know. Nothing vouches for it."""
    settings = read_settings()
    with application(), transaction():
        _tell(
            ledger.replace_lost_key(folder=settings.ledger_keys_dir, at=clock.now(), reason=reason), settings
        )
        click.echo("Publish the new public key: every verification will name the break.")


@key.command("list")
def list_keys() -> None:
    """List all keys of this ledger, the one in use last."""
    with application():
        for known in ledger.key_infos():
            click.echo(
                f"{known.key_id}  from {iso(known.since)}  from seal {known.first_seal}  {known.reason}"
            )


@key.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def public(file: Path | None) -> None:
    """Print all public keys as PEM, or write them to FILE: what others need for `verify --key`."""
    with application():
        text = "".join(ledger.public_pem(known.public_key) for known in ledger.public_keys())
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text)


def _tell(made: ledger.Key, settings: Config) -> None:
    private = settings.ledger_keys_dir / f"{made.key_id}.pem"
    click.echo(f"Key {made.key_id}. Keep a copy of {private} where the database is not.")
    click.echo(ledger.public_pem(made.public_key), nl=False)
