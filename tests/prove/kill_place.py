"""The committee of the killing proof: members with attempts that end soon, a period that pays, and a crowd whose
results are corrected again and again."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date, timedelta

from learnapp import catalogue, clock, points, quiz
from learnapp.db import transaction
from learnapp.errors import Conflict
from learnapp.media import Store
from learnapp.quiz import regrade
from tests import world
from tests.conftest import ZONE
from tests.processes import Instance
from tests.prove.kill_clients import PARTS
from tests.quiz import keyed, quizzes, sectioned

_KEYS = ("c", "b")


class Town:
    """Who and what there is in the instance's database; made in an application context."""

    def __init__(self, instance: Instance, members: int, crowd: int) -> None:
        self.instance = instance
        self.world = world.build()
        quizzes.publish(instance.folder, attempts=None, per_kind=2)
        self._parts()
        self._period()
        names = [f"k{number:02d}" for number in range(members)]
        self.people = [(self.world.person("试验员", name, self.world.branch[0]), name) for name in names]
        self.conductor = (self.world.people["committee"], self.world.general[0])
        self.first = keyed.publish(instance.folder)
        self.crowd = [self._taker(number) for number in range(crowd)]
        self.versions = 0

    def _parts(self) -> None:
        """Two sections, one minute; begun in the past, it is over in a moment."""
        text = sectioned.source(1).replace("attempts = 9\n", "")
        reading = catalogue.read_files("quiz", PARTS, {f"{PARTS}.toml": text.encode()})
        assert reading.definition is not None and not reading.problems, reading.problems
        store = Store(self.instance.folder / "media")
        with transaction():
            catalogue.publish(reading.definition, actor_id="0" * 32, at=clock.now(), store=store)

    def _period(self) -> None:
        year = clock.now().year
        with transaction():
            rules = points.adopt(points.shipped()["municipal-2026"], actor_id="0" * 32, at=clock.now())
            points.open_period(
                self.world.committee,
                "年度考评",
                title_en="",
                rule_set=rules,
                starts_on=date(year, 1, 1),
                ends_on=date(year, 12, 31),
            )

    def _taker(self, number: int) -> str:
        member = self.world.person("考生", f"c{number:03d}", self.world.branch[1], password=False)
        single = "abc"[number % 3]
        keyed.take({**keyed.RIGHT, "single": single, "number": str(30 + number % 4)}, member, clock.now())
        return member

    def begin_short(self, member: str, chance: random.Random) -> Iterator[tuple[str, float]]:
        """An attempt whose minute is nearly over, and when it will be; none while one runs, or is paused."""
        if chance.random() < 0.2:
            return
        left = chance.uniform(1, 4)
        at = clock.now() - timedelta(seconds=60 - left)
        try:
            with transaction():
                started = quiz.start(member, PARTS, at=at, zone=ZONE)
        except Conflict:
            return
        if started.created:
            yield started.attempt_id, time.time() + left

    def correct_key(self) -> bool:
        """Publishes another key for the crowd's quiz and decides that it holds; the sweeper does the rest. Whether
        the one before was carried through by then does not matter."""
        keys = keyed.Keys(single=_KEYS[self.versions % 2], note=f"v{self.versions}")
        self.versions += 1
        version = keyed.publish(self.instance.folder, keys, clock.now())
        plan = regrade.dry_run(self.first.hash, version.hash)
        with transaction():
            regrade.confirm(
                plan, digest=plan.digest, actor_id="9" * 32, reason="答案改正了。", at=clock.now()
            )
        self.key = version.hash
        return True
