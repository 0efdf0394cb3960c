"""`learnapp begin` and `learnapp code`: what must work before anybody can sign in, or when nobody can."""

from __future__ import annotations

import click

from learnapp import accounts, audit, branches, clock
from learnapp.cli.people import member_named
from learnapp.cli.running import application, read_settings
from learnapp.db import transaction
from learnapp.errors import N_, Conflict

_HERE = audit.INSTALLATION


@click.command()
@click.option("--unit", required=True, help="Name of the unit at the top.")
@click.option(
    "--kind",
    type=click.Choice(list(branches.KINDS)),
    default="committee",
    show_default=True,
    help="Its kind.",
)
@click.option("--name", required=True, help="Name of the operator.")
@click.option("--sign-in", required=True, help="Sign-in name of the operator.")
def begin(unit: str, kind: str, name: str, sign_in: str) -> None:
    """Found the unit at the top and invite its operator, who grants every other role in the browser."""
    at = clock.now()
    today = clock.local_date(at, read_settings().zone)
    with application(), transaction():
        if branches.roots():
            raise Conflict(
                "begun", N_("There are units already. Their operators grant roles on the page of a unit.")
            )
        unit_id = branches.found(kind, unit, parent_id=None, at=at)
        member_id = accounts.create(name, sign_in, at=at)
        branches.join(member_id, unit_id, member_class="full", valid_from=today, actor_id=_HERE, at=at)
        branches.grant(member_id, "operator", unit_id, valid_from=today, actor_id=_HERE, at=at)
        code = accounts.issue_ticket(member_id, "invite", issued_by=_HERE, at=at)
    click.echo(f"“{unit}” is founded and {name} ({sign_in}) is its operator.")
    _tell(code, "invite")


@click.command()
@click.argument("name")
def code(name: str) -> None:
    """Make a one-time code for NAME (sign-in name or member id), who cannot sign in any more."""
    settings = read_settings()
    with application():
        person = member_named(name, settings)
        kind = "reset" if accounts.profile(person.member_id).has_password else "invite"
        with transaction():
            made = accounts.issue_ticket(person.member_id, kind, issued_by=_HERE, at=clock.now())
    _tell(made, kind)


def _tell(made: str, kind: str) -> None:
    minutes = accounts.TICKET_MINUTES[kind]
    within = f"{minutes // 1440} days" if minutes >= 1440 else f"{minutes} minutes"
    click.echo(f"Open /accounts/code on the site within {within} and enter: {made}")
