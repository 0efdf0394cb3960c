"""Who is meant on the command line, and folding many people anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import click

from learnapp import accounts, branches, clock, follow
from learnapp.config import Config
from learnapp.db import db, transaction
from learnapp.follow import Reader

_BATCH = 500


@dataclass(frozen=True)
class Rebuilt:
    """How many members were folded anew, for how many the result differs, and how many could not be folded."""

    members: int
    changed: int
    failed: int


def member_named(name: str, settings: Config) -> branches.Person:
    """The person with this sign-in name or member id; ends the command in plain words when there is none."""
    today = clock.local_date(clock.now(), settings.zone)
    person = branches.person(name, today) or branches.person(accounts.find(name) or "", today)
    if person is None:
        click.echo(f"Nobody has the sign-in name or member id {name!r}.", err=True)
        sys.exit(1)
    return person


def everybody(settings: Config) -> Iterable[str]:
    """The ids of all members at home anywhere today."""
    today, after = clock.local_date(clock.now(), settings.zone), ""
    while batch := branches.homes(today, after, _BATCH):
        yield from batch
        after = batch[-1]


def rebuild(
    reader: Reader, members: Iterable[str], stored: Callable[[str], Hashable], settings: Config
) -> Rebuilt:
    """Forgets what a reader knows of these members and folds again, each in a transaction of their own."""
    done = changed = failed = 0
    for member_id in list(members):
        with transaction():
            before = stored(member_id)
            went_well = follow.rebuild(reader, member_id, at=clock.now(), zone=settings.zone)
            changed += stored(member_id) != before
        done += 1
        failed += not went_well
    db.session.rollback()
    return Rebuilt(done, changed, failed)
