"""`learnapp coverage`: a unit's counts, counting anew, and comparing with a recount."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from learnapp import branches, clock, coverage, plans
from learnapp.cli.people import everybody, rebuild
from learnapp.cli.running import application, read_settings
from learnapp.clock import iso
from learnapp.db import db, snapshot, transaction

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("coverage")
def group() -> None:
    """How far units have come with what is due. BRANCH is the id or the name of a unit."""


@group.command("rebuild")
@click.argument("branch", required=False)
@_json
def rebuild_coverage(branch: str | None, as_json: bool) -> None:
    """Forget the status of everybody, or of those in BRANCH and below, fold again and count again.

    The result is the same to the last digit; how many differ is said. Exit 1 when somebody could not be folded.
    """
    settings = read_settings()
    today = clock.local_date(clock.now(), settings.zone)
    with application():
        if branch:
            below = branches.ids_below([_unit(branch).id], today)
            members = list(db.session.execute(below).scalars())
        else:
            members = list(everybody(settings))
        done = rebuild("coverage", members, _rows, settings)
        with transaction():
            coverage.roll_up(clock.now())
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{done.members} members folded again, {done.changed} changed, {done.failed} failed.")
    sys.exit(1 if done.failed else 0)


def _rows(member_id: str) -> tuple[object, ...]:
    return tuple(sorted(coverage.known_rows(member_id).items()))


@group.command()
@click.argument("branch", required=False)
@_json
def show(branch: str | None, as_json: bool) -> None:
    """Show the counts of BRANCH, or of the units at the top, by item and by unit below."""
    with application():
        units = [_unit(branch)] if branch else branches.roots()
        as_of = coverage.as_of()
        document = {
            "as_of": iso(as_of) if as_of else None,
            "units": [_document(unit) for unit in units],
        }
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else _text(document))


def _document(unit: branches.Unit) -> dict[str, Any]:
    table = coverage.count(unit.id)
    names = {item.item_id: f"{item.kind}/{item.slug}" for item in plans.everything()}
    below = [*((child.id, child.name) for child in branches.children(unit.id)), (unit.id, unit.name)]
    return {
        "id": unit.id,
        "name": unit.name,
        "items": [
            {
                "item": item,
                "thing": names[item],
                **_counts(table.of([item])),
                "below": [
                    {"id": child_id, "name": name, **_counts(table.cell(child_id, item))}
                    for child_id, name in below
                    if (child_id, item) in table.cells
                ],
            }
            for item in names
            if item in table.items()
        ],
    }


def _counts(counts: coverage.Counts) -> dict[str, int]:
    return {"due": counts.due, **asdict(counts)}


def _text(document: dict[str, Any]) -> str:
    lines = [f"As of {document['as_of'] or 'never'}"]
    for unit in document["units"]:
        lines.append(unit["name"])
        for item in unit["items"]:
            lines.append(f"  {item['thing']}: {_words(item)}")
            lines.extend(f"    {child['name']}: {_words(child)}" for child in item["below"])
    return "\n".join(lines)


def _words(counts: dict[str, Any]) -> str:
    return (
        f"{counts['done']} of {counts['due']} done, {counts['under']} under way, {counts['open']} not started, "
        f"{counts['out']} not expected"
    )


@group.command()
@_json
def check(as_json: bool) -> None:
    """Compare what is stored with a recount from ledger, memberships and plans; exit 1 with every difference."""
    settings = read_settings()
    with application(), snapshot():
        found = list(coverage.check(clock.local_date(clock.now(), settings.zone)))
    if as_json:
        click.echo(json.dumps({"ok": not found, "differences": [asdict(one) for one in found]}))
    else:
        for difference in found:
            click.echo(difference.text())
        click.echo(f"{len(found)} differences." if found else "Coverage agrees with a recount.")
    sys.exit(1 if found else 0)


def _unit(name: str) -> branches.Unit:
    """The unit with this id or name; ends the command in plain words when there is none, or more than one."""
    found = branches.named(name)
    if len(found) != 1:
        many = f"{len(found)} units have the name" if found else "No unit has the id or name"
        click.echo(f"{many} {name!r}.", err=True)
        sys.exit(1)
    return found[0]
