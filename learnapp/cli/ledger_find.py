"""`learnapp ledger find`: the entry behind the hash on a receipt, and what became of it."""

from __future__ import annotations

import sys

import click

from learnapp import ledger
from learnapp.cli.running import application
from learnapp.clock import iso
from learnapp.db import snapshot
from learnapp.errors import NotFound


@click.command()
@click.argument("digest", metavar="HASH")
def find(digest: str) -> None:
    """Say which entry has this HASH (64 characters), and whether it stands; exit 1 when none has it."""
    with application(), snapshot():
        try:
            member_id, seq = ledger.find_entry(digest.strip().lower())
        except NotFound as error:
            click.echo(error.message % error.params, err=True)
            sys.exit(1)
        found = ledger.fate(ledger.entries_after(member_id, 0), seq)
    for line in lines(found):
        click.echo(line)


def lines(found: ledger.Fate) -> list[str]:
    """What there is to say about an entry."""
    entry, by, instead = found.entry, found.voided_by, found.replaced_by
    said = [
        f"Entry {entry.seq} of member {entry.member_id}: {entry.kind}, {entry.subject}, "
        f"recorded at {iso(entry.recorded_at)}."
    ]
    if by is None:
        return [*said, "It stands."]
    reason = ledger.VOID_REASONS[by.data["reason"]]
    said.append(f"It was voided by entry {by.seq} at {iso(by.recorded_at)}: {reason}.")
    if instead is not None:
        said.append(f"It was replaced by entry {instead.seq}, hash {instead.hash}.")
    return said
