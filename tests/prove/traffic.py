"""Records what is sent to members around random attempts and searches it for what they may not see yet.

    python -m tests.prove.traffic --attempts 200 --seed 1

Each attempt is at a quiz of its own with every kind of question, random settings, undrawn questions, hints,
feedback, rubrics and model answers. Every hidden text and number carries a mark that is nowhere else; each answer
of the server is searched for all of them, in every form, and a judge that shares no code with the product says
whether a mark may be there at that moment.

A key without a text of its own, such as which option is right, has no mark. So everything happens twice, in two
instances whose quizzes look alike and have different keys: as long as nothing may be seen that depends on a key,
what they send must be the same byte for byte, but for ids and signatures.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from learnapp import clock, plans, points
from learnapp.app import create_app
from learnapp.db import transaction
from tests import databases
from tests.conftest import AT, Browser, settings_for
from tests.prove.traffic_drive import Attempt, Watch
from tests.prove.traffic_side import Side
from tests.world import build

PER_INSTANCE = 20


@dataclass
class Figures:
    """What was done, what of the marks was rightly seen (so that the search can see them), and what was not."""

    attempts: int = 0
    answers: int = 0
    bytes: int = 0
    compared: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing was found that should not have been there, and whatever may be seen was seen."""
        return not self.leaks and not self.differences

    def text(self) -> str:
        """The figures as text."""
        seen = ", ".join(f"{need} {count}" for need, count in sorted(self.seen.items()))
        lines = [
            f"{self.attempts} attempts, {self.answers} answers, {self.bytes / 1e6:.1f} MB, {self.seconds:.0f} s",
            f"marks rightly seen: {seen}",
            f"{self.compared} pairs of answers under different keys compared",
            f"{len(self.leaks)} marks too early, {len(self.differences)} pairs that differ",
        ]
        return "\n".join([*lines, *self.leaks[:20], *self.differences[:20]])


@contextmanager
def pair(folder: Path, template: Path) -> Iterator[tuple[Side, Side]]:
    """Two instances with the same people, and a browser for each."""
    sides = []
    for name in ("one", "two"):
        place = folder / name
        place.mkdir()
        shutil.copy(template, place / "learnapp.sqlite3")
        app = create_app(settings_for(place, f"sqlite:///{place}/learnapp.sqlite3"))
        app.config["WTF_CSRF_ENABLED"] = False
        app.test_client_class = Browser
        with app.app_context():
            sides.append(Side(app, place, build()))
            _period(sides[-1])
    yield sides[0], sides[1]
    for side in sides:
        with side.app.app_context():
            databases.close(side.app)


def _period(side: Side) -> None:
    """A period in which a passed quiz brings points."""
    root = side.world.committee
    with transaction():
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=root, at=AT)
        points.open_period(
            root,
            "2026",
            title_en="2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
            rule_set=rules,
        )


def plan(side: Side, slug: str) -> None:
    """Makes a quiz due from everybody, so that the first page speaks of it."""
    with transaction():
        plans.assign(
            side.world.committee,
            "计划",
            [("quiz", slug)],
            starts_on=date(2026, 1, 1),
            due_on=date(2027, 12, 31),
            actor_id=side.world.committee,
            at=AT,
        )


def prove(attempts: int, seed: int, folder: Path, template: Path) -> Figures:
    """Drives the attempts and returns what was found."""
    figures, begun = Figures(), time.monotonic()
    for first in range(0, attempts, PER_INSTANCE):
        watch = Watch(AT)
        place = folder / f"from-{first}"
        place.mkdir()
        with patch.object(clock, "now", watch.now), pair(place, template) as sides:
            for number in range(first, min(first + PER_INSTANCE, attempts)):
                watch.at = AT + timedelta(days=number - first)
                _drive(figures, sides, watch, seed * 100_000 + number)
        shutil.rmtree(place)
    figures.seconds = time.monotonic() - begun
    return figures


def _drive(figures: Figures, sides: tuple[Side, Side], watch: Watch, seed: int) -> None:
    attempt = Attempt(sides, watch, seed)
    for side in sides:
        with side.app.app_context():
            plan(side, attempt.slug)
    attempt.run()
    figures.attempts += 1
    figures.compared += attempt.compared
    figures.differences += attempt.differences
    for side in sides:
        figures.answers += side.answers
        figures.bytes += side.bytes
        figures.leaks += [f"{seed}: {leak}" for leak in side.leaks]
        for need, count in side.seen.items():
            figures.seen[need] = figures.seen.get(need, 0) + count
        side.forget()


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--attempts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        template = Path(name) / "template.sqlite3"
        databases.migrate(f"sqlite:///{template}")
        figures = prove(wanted.attempts, wanted.seed, Path(name), template)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
