"""`learnapp declarations`: do the rows that say how acts and signatures stand follow from the ledger?"""

from __future__ import annotations

import json
import sys

import click

from learnapp import declarations
from learnapp.cli.people import everybody, member_named
from learnapp.cli.running import application, read_settings
from learnapp.db import snapshot, transaction


@click.group("declarations")
def group() -> None:
    """Acts that members declare and branches record. MEMBER is a sign-in name or a member id."""


@group.command()
@click.argument("member", required=False)
@click.option("--settle", is_flag=True, help="Bring the rows of whoever differs in line with the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(member: str | None, settle: bool, as_json: bool) -> None:
    """Compare the rows of MEMBER, or of everybody, with the ledger; exit 1 with every difference that is left."""
    settings = read_settings()
    with application():
        members = [member_named(member, settings).member_id] if member else everybody(settings)
        count, wrong = 0, {}
        for member_id in members:
            count += 1
            if found := _differences(member_id, settle):
                wrong[member_id] = found
    if as_json:
        click.echo(json.dumps({"ok": not wrong, "members": count, "differences": wrong}))
    else:
        for member_id, found in wrong.items():
            click.echo(f"{member_id}: {', '.join(found)}")
        click.echo(
            f"{count} members, {len(wrong)} differ." if wrong else f"{count} members agree with the ledger."
        )
    sys.exit(1 if wrong else 0)


def _differences(member_id: str, settle: bool) -> list[str]:
    with snapshot():
        found = declarations.check(member_id)
    if not (found and settle):
        return found
    with transaction():
        declarations.settle(member_id)
        return declarations.check(member_id)
