"""`learnapp points dry-run` and `dry-runs`: what a rule set would have made of a past period."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
import structlog

from learnapp import clock, points
from learnapp.cli.running import application, read_settings
from learnapp.db import db, snapshot
from learnapp.points import trial

_log = structlog.get_logger()
# So much a background task steps back behind whoever opens a page.
_NICE = 10


@click.command("dry-run")
@click.argument("ruleset", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--period", "period_id", required=True, help="The period over which it is tried, by its id.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; amounts are hundredths.")
def dry_run(ruleset: Path, period_id: str, as_json: bool) -> None:
    """Say what RULESET, a TOML file, would have made of a past period.

    Nothing is changed and nobody is named: how many would have more and less, by how much, which suggested grades
    would differ, and which rule does it. Exit 2 when the file cannot be used; every problem is said with its line.
    """
    settings = read_settings()
    parsed = points.parse(ruleset.read_text(encoding="utf-8"), ruleset.name)
    if parsed.rules is None:
        for problem in parsed.problems:
            click.echo(f"{problem.place()}: {problem.text()}", err=True)
        sys.exit(2)
    with application():
        figures = _figures(parsed.rules, points.period(period_id), settings.zone)
    if as_json:
        click.echo(json.dumps({"rule_set": parsed.rules.hash, "period": period_id, **figures.document()}))
    else:
        click.echo(_text(figures))


def _figures(rules: points.rules.RuleSet, period: points.PeriodInfo, zone: str) -> trial.Figures:
    """All members, batch after batch, with a bar on the terminal."""
    if rules.people != period.people:
        click.echo("The rule set and the period are not for the same people.", err=True)
        sys.exit(2)
    figures = trial.Figures()
    with snapshot():
        begun = trial.begin(rules, period, zone)
        with click.progressbar(length=trial.number(begun), file=sys.stderr, label="Members") as bar:
            for batch in trial.batches(begun):
                figures.merge(batch.figures)
                bar.update(batch.size)
    return figures


def _text(figures: trial.Figures) -> str:
    more = sum(number for amount, number in figures.amounts.items() if amount > 0)
    less = sum(number for amount, number in figures.amounts.items() if amount < 0)
    lines = [
        f"{figures.members} members: {more} more, {less} less, {figures.amounts[0]} unchanged",
        f"{'change':>10}{'members':>10}",
        *(f"{amount / 100:>+10g}{number:>10}" for amount, number in sorted(figures.amounts.items())),
    ]
    for (was, would), number in sorted(figures.grades.items()):
        if was != would:
            lines.append(f"grade {was or '-'} -> {would or '-'}: {number}")
    lines.append(f"{'was':>12}{'would be':>12}{'more':>8}{'less':>8}  rule")
    for name, row in sorted(figures.rules.items()):
        lines.append(f"{row[0] / 100:>12g}{row[1] / 100:>12g}{row[2]:>8}{row[3]:>8}  {name}")
    return "\n".join(lines)


@click.command("dry-runs")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def dry_runs(as_json: bool) -> None:
    """Work on the dry runs that wait, until none is left; a running server starts this by itself."""
    os.nice(_NICE)
    settings = read_settings()
    done = failed = 0
    with application():
        tried: set[str] = set()
        while left := [one for one in trial.waiting(clock.now()) if one not in tried]:
            db.session.rollback()
            tried.add(left[0])
            try:
                done += trial.work(left[0], zone=settings.zone, now=clock.now)
            except Exception:
                _log.exception("dry run failed", run=left[0])
                failed += 1
        db.session.rollback()
    document: dict[str, Any] = {"done": done, "failed": failed}
    click.echo(json.dumps(document) if as_json else f"{done} dry runs done, {failed} failed.")
    sys.exit(1 if failed else 0)
