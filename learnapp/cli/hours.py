"""`learnapp hours`: are the stored study hours those that the rules of their versions give?"""

from __future__ import annotations

import json
import sys

import click

from learnapp import hours
from learnapp.cli.running import application, read_settings
from learnapp.db import snapshot

# A rule that went wrong shows in many entries; these are enough to find it.
_SHOWN = 50


@click.group("hours")
def group() -> None:
    """Study hours."""


@group.command()
@click.option("--member", help="Only the stream of the member with this id.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(member: str | None, as_json: bool) -> None:
    """Recompute the hours of every entry from what it says was done, and compare them with the stored ones.

    Each entry is computed under the rule whose version it names. Exit 1 with the differences.
    """
    settings = read_settings()
    members = entries = 0
    wrong: list[dict[str, object]] = []
    with application(), snapshot():
        for member_id, crediting, found in hours.check([member] if member else None, settings.zone):
            members += 1
            entries += crediting
            wrong += [
                {
                    "member": member_id,
                    "entry": one.seq,
                    "stored": one.stored,
                    "computed": one.computed,
                    "rule": one.rule,
                }
                for one in found
            ]
    if as_json:
        click.echo(
            json.dumps({"ok": not wrong, "members": members, "entries": entries, "differences": wrong})
        )
    else:
        click.echo(_text(members, entries, wrong))
    sys.exit(1 if wrong else 0)


def _text(members: int, entries: int, wrong: list[dict[str, object]]) -> str:
    """Hours are hundredths, as the ledger keeps them."""
    lines = [
        f"{one['member']} entry {one['entry']}: stored {one['stored']}, "
        + (
            f"nobody knows the rule {one['rule']!r}"
            if one["computed"] is None
            else f"computed {one['computed']} under {one['rule'] or 'no rule'}"
        )
        for one in wrong[:_SHOWN]
    ]
    if len(wrong) > _SHOWN:
        lines.append(f"and {len(wrong) - _SHOWN} more")
    said = f"{len(wrong)} do not agree" if wrong else "all agree"
    lines.append(f"{entries} entries of {members} members credit hours: {said} with their rules.")
    return "\n".join(lines)
