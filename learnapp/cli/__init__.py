"""The command line: `learnapp …`. One group a noun."""

import click

from learnapp.cli import (
    backup,
    begin,
    content,
    coverage,
    database,
    declarations,
    demo,
    doctor,
    dry_run,
    hours,
    ledger,
    period,
    points,
    quiz,
    retention,
    serve,
)


@click.group()
def main() -> None:
    """Courses, timed quizzes and a learning ledger."""


for command in (
    serve.serve,
    begin.begin,
    begin.code,
    demo.demo,
    doctor.doctor,
    database.group,
    backup.backup,
    backup.restore,
    content.group,
    ledger.group,
    hours.group,
    points.group,
    period.group,
    quiz.group,
    coverage.group,
    declarations.group,
    retention.retention,
):
    main.add_command(command)

points.group.add_command(dry_run.dry_run)
points.group.add_command(dry_run.dry_runs)

__all__ = ["main"]
