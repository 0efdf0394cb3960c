"""`learnapp demo`: a committee to try the product on."""

from __future__ import annotations

import sys
import time

import click

from learnapp import clock
from learnapp.cli.running import application, read_settings
from learnapp.demo import SIGN_INS, build


@click.command()
@click.option(
    "--people", type=click.IntRange(40, 20_000), default=400, show_default=True, help="How many people."
)
def demo(people: int) -> None:
    """Make the demo committee, its people and three months of history; safe to run again."""
    settings = read_settings()
    if settings.production:
        click.echo("The demo is not for production: its sign-ins share one password.", err=True)
        sys.exit(2)
    begun = time.monotonic()
    with application():
        password = build(settings, clock.now(), click.echo, people)
    click.echo(f"The demo is ready ({time.monotonic() - begun:.0f} s). Sign in with one of these:")
    for sign_in in SIGN_INS:
        click.echo(f"  {sign_in:<10} {password}")
