"""`learnapp points`: a member's sum with its lines, and folding the ledger into points anew."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from dataclasses import asdict
from typing import Any, NoReturn

import click

from learnapp import branches, clock, points
from learnapp.cli.people import everybody, member_named, rebuild
from learnapp.cli.running import application, read_settings
from learnapp.config import Config
from learnapp.db import db, transaction
from learnapp.errors import NotFound


@click.group("points")
def group() -> None:
    """What the ledger is worth in a period. MEMBER is a sign-in name or a member id."""


@group.command("rebuild")
@click.argument("member", required=False)
@click.option("--period", "period_id", help="Everybody in the period with this id, with a progress line.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def rebuild_points(member: str | None, period_id: str | None, as_json: bool) -> None:
    """Forget the points of MEMBER, of everybody in a period, or of everybody, and fold the ledger again.

    The result is the same to the last digit; how many differ is said. What has closed is not folded: its digest is
    made once more from the entries of then. Exit 1 when somebody could not be folded, or a digest differs.
    """
    settings = read_settings()
    if period_id:
        _rebuild_period(period_id, settings, as_json)
    with application():
        members = [member_named(member, settings).member_id] if member else everybody(settings)
        done = rebuild("points", members, points.stored, settings)
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{done.members} members folded again, {done.changed} changed, {done.failed} failed.")
    sys.exit(1 if done.failed else 0)


def _rebuild_period(period_id: str, settings: Config, as_json: bool) -> NoReturn:
    """Everybody in a period, each in a transaction of their own; ends the command."""
    with application():
        try:
            period = points.period(period_id)
        except NotFound:
            click.echo(f"There is no period with the id {period_id!r}.", err=True)
            sys.exit(1)
        began, done = time.monotonic(), Counter[str]()
        with click.progressbar(length=points.people_number(period), file=sys.stderr, label="Members") as bar:
            for member_id in points.people_in(period):
                with transaction():
                    done[points.rebuild(member_id, period, at=clock.now(), zone=settings.zone)] += 1
                bar.update(1)
        db.session.rollback()
    members, taken = sum(done.values()), time.monotonic() - began
    if as_json:
        click.echo(json.dumps({"members": members, "changed": done["changed"], "broken": done["broken"]}))
    else:
        rate = f"{members / taken:.0f} a second" if taken else "at once"
        click.echo(
            f"{members} members folded again ({rate}), {done['changed']} changed, {done['broken']} with another digest."
        )
    sys.exit(1 if done["broken"] else 0)


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
    adjustment = f" + adjustment {_amount(document['adjustment'])}" if document["adjustment"] else ""
    head = f"{document['name']}: {base} + {bonus} - {deduction}{adjustment} = {total}"
    lines = [
        f"  {line['on']}  entry {line['entry']}  {_amount(line['counted'])} of {_amount(line['worth'])}"
        f"  {line['rule']}{'  (' + line['reason'] + ')' if line['reason'] else ''}"
        for line in document["lines"]
    ]
    return "\n".join([head, *lines])


def _amount(hundredths: int) -> str:
    return f"{hundredths / 100:g}"
