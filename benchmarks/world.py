"""Fills the database of the environment through the product's own services: `python -m benchmarks.world 50`.

One committee with four branches and as many members as are asked for, all of whom share one password hash; our
own courses; a quiz of ten questions drawn from twenty-one that may be taken any number of times; a plan that
makes the course and the quiz due; a period of assessment, so that every finished attempt is folded into points
and coverage.
"""

from __future__ import annotations

import re
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import update

from learnapp import accounts, branches, catalogue, clock, config, media, plans, points
from learnapp.app import create_app
from learnapp.cli.database import upgrade_database
from learnapp.db import db, transaction

PASSWORD = "结绳记事 2026"
COURSE, MODULE, QUIZ = "study-duties", "who-owes-what", "study-duties-quiz"
_RULES = "municipal-2026"
_BRANCHES = 4


def sign_in_name(number: int) -> str:
    """The sign-in name of a member."""
    return f"bench{number}"


def _unlimited(source: Path, folder: Path) -> Path:
    """The quiz without its limit of attempts and with an hour's time."""
    text = re.sub(r"(?m)^attempts = \d+\n", "", source.read_text())
    target = folder / source.name
    target.write_text(re.sub(r"(?m)^minutes = \d+$", "minutes = 60", text))
    return target


def _publish(settings: config.Config, all_courses: bool) -> None:
    store = media.Store(settings.media_dir)
    with tempfile.TemporaryDirectory() as folder:
        quiz = _unlimited(config.ROOT / "quizzes" / f"{QUIZ}.toml", Path(folder))
        courses = sorted((config.ROOT / "courses").glob("*" if all_courses else COURSE))
        for path in (*courses, quiz):
            reading = catalogue.read_folder(path)
            assert reading.definition is not None, reading.problems
            with transaction():
                catalogue.publish(reading.definition, actor_id="bench", at=clock.now(), store=store)


def _units() -> tuple[str, list[str]]:
    at = clock.now()
    with transaction():
        top = branches.found("committee", "城东街道党工委", parent_id=None, at=at)
        general = branches.found("general", "社区党总支", parent_id=top, at=at)
        units = [
            branches.found("branch", f"第{number}党支部", parent_id=general, at=at, position=number)
            for number in range(_BRANCHES)
        ]
    return top, units


def _people(count: int, units: list[str]) -> list[str]:
    stored: str | None = None
    members = []
    for number in range(count):
        with transaction():
            member_id = accounts.create(f"党员{number}", sign_in_name(number), at=clock.now())
            branches.join(
                member_id,
                units[number % len(units)],
                member_class="full",
                valid_from=date(2020, 1, 1),
                actor_id=member_id,
                at=clock.now(),
            )
            if stored is None:
                accounts.set_password(member_id, PASSWORD)
                stored = db.session.get_one(accounts.Account, member_id).password_hash
            own = accounts.Account.member_id == member_id
            db.session.execute(update(accounts.Account).where(own).values(password_hash=stored))
        members.append(member_id)
    return members


def _plan(top: str, today: date) -> None:
    at = clock.now()
    with transaction():
        plans.assign(
            top,
            "下半年党员教育计划",
            [("course", COURSE), ("quiz", QUIZ)],
            starts_on=today - timedelta(days=30),
            due_on=today + timedelta(days=30),
            actor_id="bench",
            at=at,
        )
        rules = points.adopt(points.shipped()[_RULES], actor_id="bench", at=at)
        points.open_period(
            top,
            "年度考评",
            title_en="",
            rule_set=rules,
            starts_on=today.replace(month=1, day=1),
            ends_on=today.replace(month=12, day=31),
        )


def fill(settings: config.Config, count: int, *, all_courses: bool = True) -> list[str]:
    """Fills the migrated database of the present application context; returns the members by their numbers."""
    _publish(settings, all_courses)
    top, units = _units()
    members = _people(count, units)
    _plan(top, clock.local_date(clock.now(), settings.zone))
    return members


def main(count: int) -> None:
    """Migrates the database of the environment and fills it."""
    settings = config.load()
    upgrade_database(settings)
    app = create_app(settings)
    with app.app_context():
        fill(settings, count)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]))
