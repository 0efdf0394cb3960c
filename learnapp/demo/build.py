"""Building the demo, step by step; each step does only what is still missing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from learnapp import catalogue, clock, config, coverage, follow, ledger, media, plans, points
from learnapp.db import transaction
from learnapp.demo import assessments, history, people
from learnapp.errors import Conflict

RULES = "municipal-2026"
_DUE: tuple[tuple[Literal["course", "quiz"], str], ...] = (
    ("course", "study-duties"),
    ("course", "three-meetings"),
    ("course", "data-safety"),
    ("quiz", "study-duties-quiz"),
)


def build(
    settings: config.Config, at: datetime, say: Callable[[str], None], count: int = people.PEOPLE
) -> str:
    """Makes the demo or what is missing of it, and returns the password of its sign-ins.

    `at` is when the three months of history end, `count` how many people there are. `say` is told what is
    being done.
    """
    password = _password(settings)
    today = clock.local_date(at, settings.zone)
    midnight, _ = clock.day_bounds(today, settings.zone)
    begin = at - timedelta(days=history.DAYS + 8)
    ids = people.units(begin)
    say("loading courses and quizzes …")
    _load(settings, begin)
    _assign(ids, begin, settings.zone)
    everyone = people.planned(today, count)
    say(f"settling {len(everyone)} people …")
    members = people.settle(everyone, ids, today, begin, password)
    say("last year's assessment, graded and closed …")
    assessments.last_year(ids, members, today.year - 1, settings)
    say("three months of studying, act by act …")
    for person in everyone:
        member_id = members[person.sign_in]
        if not any(entry.source in ("study", "quiz") for entry in ledger.entries_after(member_id, 0)):
            history.live(person, member_id, midnight, settings.zone)
        with transaction():
            follow.member(member_id, at=at, zone=settings.zone)
    say("acts that wait, and the party workers' own points …")
    assessments.this_year(ids, members, at, settings.zone)
    with transaction():
        coverage.roll_up(at=at)
    _seal(settings, at)
    return password


def _seal(settings: config.Config, at: datetime) -> None:
    """Makes the ledger's key and seals what stands; what people do afterwards waits for the nightly seal."""
    if ledger.public_keys():
        return
    with transaction():
        ledger.new_key(folder=settings.ledger_keys_dir, at=at)
        made = ledger.seal(folder=settings.ledger_keys_dir, at=at)
    if made is not None:
        ledger.keep_anchor(made, file=settings.anchor_file, mails=settings.outbox_dir, to="")


def _password(settings: config.Config) -> str:
    """The demo's password: as set, or made once and kept beside the data, so that a second run can print it."""
    if settings.demo_password:
        return settings.demo_password
    kept: Path = settings.data_dir / "demo-password"
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(5))
    except FileExistsError:
        pass
    return kept.read_text()


def _load(settings: config.Config, at: datetime) -> None:
    store = media.Store(settings.media_dir)
    for reading in catalogue.read_tree(config.ROOT):
        assert reading.definition is not None, reading.problems
        try:
            with transaction():
                catalogue.publish(
                    reading.definition, actor_id=people.OPERATOR_ID, at=at, store=store, loaded=True
                )
        except Conflict:
            continue  # somebody edited it in the browser since; the demo leaves that alone


def _assign(ids: dict[str, str], at: datetime, zone: str) -> None:
    """One plan for the whole committee, one for the community branches, one period with its rule set."""
    committee, communities = ids[people.COMMITTEE], ids["城乡社区党总支"]
    if plans.assigned([committee]):
        return
    starts = clock.local_date(at, zone)
    due = starts + timedelta(days=history.DAYS + 8 + 24)
    with transaction():
        plans.assign(
            committee, "下半年党员教育计划", _DUE, title_en="Second half-year study plan", starts_on=starts,
            due_on=due, classes=("full", "probationary", "mobile"), actor_id=people.OPERATOR_ID, at=at,
        )  # fmt: skip
        plans.assign(
            communities, "社区走访专题", [("course", "resident-visits")], title_en="Visiting residents",
            starts_on=starts, due_on=due - timedelta(days=15), actor_id=people.OPERATOR_ID, at=at,
        )  # fmt: skip
        rules = points.adopt(points.shipped()[RULES], actor_id=people.OPERATOR_ID, at=at)
        year = clock.local_date(at + timedelta(days=history.DAYS), zone).year
        points.open_period(
            committee, f"{year}年度考评", rule_set=rules, title_en=f"Assessment period {year}",
            starts_on=starts.replace(year=year, month=1, day=1), ends_on=starts.replace(year=year, month=12, day=31),
        )  # fmt: skip
