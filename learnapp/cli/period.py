"""`learnapp period`: the assessment periods, and whether a closed one is still what it was."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from learnapp import assessment, branches, points
from learnapp.cli.running import application
from learnapp.db import snapshot


@click.group("period")
def group() -> None:
    """Assessment periods. PERIOD is an id as `learnapp period list` prints it."""


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_periods(as_json: bool) -> None:
    """List every period with its unit, days, state and digest."""
    with application():
        periods = points.every_period()
        units = {unit.id: unit.name for unit in branches.units({one.branch_id for one in periods})}
        rows = [
            {
                "id": one.id,
                "unit": units[one.branch_id],
                "title": one.title,
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "people": one.people,
                "state": one.state,
                "digest": one.digest,
            }
            for one in periods
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['state']:7}  {row['starts_on']} to {row['ends_on']}  "
            f"{row['unit']}: {row['title']}  {row['digest']}".rstrip()
        )


@group.command()
@click.argument("period")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(period: str, as_json: bool) -> None:
    """Compute the digest of the closed PERIOD anew from ledger entries.

    The members' entries must give the digest of the period, the frozen lines those of the entries, and the entries
    from before the closing must evaluate to the same lines again. Says who differs; exit 1 when something does.
    """
    with application(), snapshot():
        found = points.period(period)
        if found.state != "closed":
            click.echo(f"This period is {found.state}; only a closed one has a digest.", err=True)
            sys.exit(1)
        verified = assessment.closing.verify(found)
    if as_json:
        click.echo(json.dumps({**asdict(verified), "equal": verified.equal}))
    elif verified.equal:
        click.echo(f"Equal: {verified.members} members, digest {verified.closed}.")
    else:
        click.echo(f"Different: closed with {verified.closed}, found {verified.found}.")
        for one in verified.differences:
            click.echo(f"  member {one.member_id}: {one.what} was {one.closed}, is {one.found or 'missing'}")
    sys.exit(0 if verified.equal else 1)
