"""`learnapp backup` and `learnapp restore`: an instance as one file, and back."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from learnapp import backup as backups
from learnapp import clock, ledger
from learnapp.cli.database import upgrade_database
from learnapp.cli.running import read_settings
from learnapp.config import Config

PASSPHRASE = "LEARNAPP_BACKUP_PASSPHRASE"  # noqa: S105 – the name of a variable
_files = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--encrypt", is_flag=True, help=f"Encrypt with a passphrase: {PASSPHRASE}, or asked for.")
@click.option("--with-key", is_flag=True, help="Take the private keys along; only with --encrypt.")
def backup(file: Path, encrypt: bool, with_key: bool) -> None:
    """Write the whole instance into FILE, which must not exist, while it is at work.

    Exit 0 when it is written, 1 when it could not be or when the ledger in it is not whole.
    """
    settings = read_settings()
    if with_key and not encrypt:
        _refuse("Whoever has the ledger and its key can sign a false history: --with-key needs --encrypt.")
    passphrase = _new_passphrase() if encrypt else None
    try:
        made = backups.make(
            file.resolve(), settings, at=clock.now(), passphrase=passphrase, with_key=with_key
        )
    except backups.Refused as refused:
        _refuse(str(refused))
    size = file.stat().st_size / 1e6
    click.echo(f"{file}: {size:.1f} MB, {_told(made)}")
    for name in made.missing:
        click.echo(f"Note: picture {name} is missing or damaged and is not in the backup.")
    if made.state.fault:
        _refuse(f"The backup is written, but its ledger is not whole: {made.state.fault}")


@click.command()
@click.argument("file", type=_files)
@click.option("--check", "only_check", is_flag=True, help="Unpack, count and verify, and change nothing.")
@click.option("--key", "keys", multiple=True, type=_files, help="A public key that you trust (PEM).")
@click.option("--anchor", "anchors", multiple=True, type=_files, help="A file with anchors.")
def restore(file: Path, only_check: bool, keys: tuple[Path, ...], anchors: tuple[Path, ...]) -> None:
    """Put the backup FILE in the place of the present data, which is kept aside under a dated name.

    Nothing is switched before ledger and counts were found to be what the backup says. Exit 1, and nothing has
    changed, when anything is wrong with it, or while `learnapp serve` runs.
    """
    settings = read_settings()
    passphrase = _passphrase() if backups.is_locked(file) else None
    if not anchors and settings.anchor_file.exists():
        anchors = (settings.anchor_file,)
    try:
        known = ledger.read_known(keys, anchors, older=True)
        way = backups.Way(clock.now(), upgrade_database, known, passphrase)
        if only_check:
            click.echo(f"{file} is whole: {_told(backups.check(file, settings, way))}")
            return
        done = backups.restore(file, settings, way)
    except (backups.Refused, ledger.Broken) as refused:
        _refuse(f"{refused}\nNothing was changed.")
    click.echo(f"Restored: {_told(done.manifest)}")
    for place in done.former:
        click.echo(f"What was there before is now {place}")
    _tell_what_is_left(done.manifest, settings, known)


def _told(made: backups.Manifest) -> str:
    state, seal = made.state, made.state.last_seal
    sealed = f"last seal {seal['number']} of {seal['made_at']}" if seal else "no seal"
    key = ", with the private key" if made.with_key else ""
    return (
        f"{made.engine} of {made.made_at} at {made.migration}, {sum(state.counts.values())} rows in "
        f"{len(state.counts)} tables, {state.entries} ledger entries of {state.members} members, {sealed}, "
        f"{sum(file.name.startswith('media/') for file in made.files)} pictures{key}"
    )


def _tell_what_is_left(made: backups.Manifest, settings: Config, known: ledger.Known) -> None:
    later = max((anchor.number for anchor in known.anchors), default=0)
    if later > made.state.seals:
        click.echo(
            f"The anchors know {later} seals, this backup has {made.state.seals}: what was recorded in between is "
            "lost, and `ledger verify` will say so. See docs/operating.md."
        )
    seal = made.state.last_seal
    if seal and not (settings.ledger_keys_dir / f"{seal['key']}.pem").exists():
        click.echo(f"Bring the private key {seal['key']} back from its copy: it is not in the backup.")


def _new_passphrase() -> str:
    given = os.environ.get(PASSPHRASE) or click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt=True
    )
    if len(given) < backups.SHORTEST_PASSPHRASE:
        _refuse(f"The passphrase is too short: at least {backups.SHORTEST_PASSPHRASE} characters.")
    return str(given)


def _passphrase() -> str:
    return str(os.environ.get(PASSPHRASE) or click.prompt("Passphrase", hide_input=True))


def _refuse(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(1)
