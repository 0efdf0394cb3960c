"""`learnapp points`: a member's sum with its lines, and folding the ledger into points anew."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from learnapp import branches, clock, points
from learnapp.cli.people import everybody, member_named, rebuild
from learnapp.cli.running import application, read_settings


@click.group("points")
def group() -> None:
    """What the ledger is worth in a period. MEMBER is a sign-in name or a member id."""


@group.command("rebuild")
@click.argument("member", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def rebuild_points(member: str | None, as_json: bool) -> None:
    """Forget the points of MEMBER, or of everybody, and fold the ledger again.

    The result is the same to the last digit; how many differ is said. Exit 1 when somebody could not be folded.
    """
    settings = read_settings()
    with application():
        members = [member_named(member, settings).member_id] if member else everybody(settings)
        done = rebuild("points", members, points.stored, settings)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{done.members} members folded again, {done.changed} changed, {done.failed} failed.")
    sys.exit(1 if done.failed else 0)


@group.command()
@click.argument("member")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; amounts are hundredths.")
def show(member: str, as_json: bool) -> None:
    """Show MEMBER's sum in the current period with every line behind it."""
    settings = read_settings()
    with application():
        person = member_named(member, settings)
        above = branches.paths([person.branch_id])[person.branch_id] if person.branch_id else ()
        period = points.current(above, clock.local_date(clock.now(), settings.zone))
        if period is None:
            click.echo(f"{person.name} is in no period at present.", err=True)
            sys.exit(1)
        document = _document(person, period)
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else _text(document))


def _document(person: branches.Person, period: points.PeriodInfo) -> dict[str, Any]:
    return {
        "member": person.member_id,
        "sign_in": person.sign_in,
        "name": person.name,
        "period": {
            "id": period.id,
            "title": period.title,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
            "state": period.state,
            "rule_set": period.rules.hash,
        },
        **asdict(points.total(person.member_id, period)),
        "lines": [
            {
                "entry": line.seq,
                "on": line.on.isoformat(),
                "rule": line.rule,
                "worth": line.worth,
                "counted": line.counted,
                "reason": line.reason,
                "text": period.rules.rule(line.rule).text,
            }
            for line in points.lines(person.member_id, period)
        ],
    }


def _text(document: dict[str, Any]) -> str:
    base, bonus, deduction, total = (
        _amount(document[part]) for part in ("base", "bonus", "deduction", "total")
    )
    head = f"{document['name']}: {base} + {bonus} - {deduction} = {total}"
    lines = [
        f"  {line['on']}  entry {line['entry']}  {_amount(line['counted'])} of {_amount(line['worth'])}"
        f"  {line['rule']}{'  (' + line['reason'] + ')' if line['reason'] else ''}"
        for line in document["lines"]
    ]
    return "\n".join([head, *lines])


def _amount(hundredths: int) -> str:
    return f"{hundredths / 100:g}"
