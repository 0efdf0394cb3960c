"""Corrects the key of a quiz with thousands of attempts, and compares what was foretold with what came.

    python -m tests.prove.regrade --attempts 10000 --seed 1 [--database-url URL]

Members of one branch take a drawn quiz, some of them twice, and are followed after each attempt. A new version
corrects a key, partial marks, points and a faulty question. Proved: the dry run names exactly the results that
change, each from what to what; the ledger's valid entries say the same; points that followed member by member
are those that come of rebuilding everything; everybody whose result changed finds one notice, and nobody else.
Prints counts and seconds; ends with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from learnapp import branches, follow, ledger, points, quiz
from learnapp.app import create_app
from learnapp.db import db, new_id, table_of, transaction
from learnapp.jobs import regrading
from learnapp.notices import Notice
from learnapp.quiz import regrade
from learnapp.quiz.models import Grade
from tests import databases
from tests.conftest import AT, settings_for
from tests.prove.folded import points_of_all
from tests.quiz.keyed import SLUG, Keys, publish

ZONE = "Asia/Shanghai"
BATCH = 100
WRONG = Keys(draw=4, note="v1")
RIGHT = Keys(
    single="c", partial=True, points=(1, 1, 1, 1, 2), grading=("", "", "", "none", ""), draw=4, note="v2"
)


@dataclass
class Figures:
    """What was counted and measured, and what did not fit."""

    attempts: int = 0
    members: int = 0
    changed: int = 0
    newly_passed: int = 0
    no_longer_passed: int = 0
    lines: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything fitted, and there was something to fit."""
        return not self.faults and self.changed > 0 and self.newly_passed > 0 and self.lines > 0

    def text(self) -> str:
        """The figures, one a line."""
        times = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        return "\n".join(
            [
                f"{self.attempts} attempts of {self.members} members: {self.changed} results changed, "
                f"{self.newly_passed} newly passed, {self.no_longer_passed} no longer passed",
                f"{self.lines} lines of points, equal after rebuilding",
                times,
                *(f"FAULT {fault}" for fault in self.faults[:20]),
                "holds" if self.ok else "DOES NOT HOLD",
            ]
        )

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measures a step."""
        begun = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - begun

    def expect(self, name: str, one: Any, other: Any) -> None:
        """Notes where two things differ that must be equal."""
        if one != other:
            self.faults.append(f"{name}: {_differing(one, other)}")


def _differing(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        odd = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
        return f"{len(odd)} differ, the first {odd[0]}: {one.get(odd[0])} and {other.get(odd[0])}"
    return f"{one} and {other}"


def prove(folder: Path, attempts: int, seed: int) -> Figures:
    """The proof on the database of the present application context."""
    figures, dice = Figures(), random.Random(seed)
    with figures.timed("taking the quiz"):
        first = publish(folder, WRONG)
        members = _people(max(1, attempts * 4 // 5))
        _take(members, attempts, dice)
    second = publish(folder, RIGHT)
    db.session.rollback()
    with figures.timed("dry run"):
        plan = regrade.dry_run(first.hash, second.hash)
    figures.attempts, figures.members, figures.changed = plan.total, plan.members, plan.changed
    figures.newly_passed, figures.no_longer_passed = plan.newly_passed, plan.no_longer_passed
    figures.expect("number of attempts", plan.total, attempts)
    with figures.timed("real run"):
        trace = _carry_out(plan)
    with figures.timed("following"):
        while follow.sweep(AT + timedelta(hours=2), ZONE, limit=BATCH):
            pass
    _compare(figures, plan, trace, members)
    return figures


def _batched(members: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(members), size):
        yield members[start : start + size]


def _people(count: int) -> list[str]:
    """So many members of one branch with a period that pays for passed quizzes."""
    with transaction():
        committee = branches.found("committee", "街道党工委", parent_id=None, at=AT)
        branch = branches.found("branch", "第一党支部", parent_id=committee, at=AT)
        rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=committee, at=AT)
        points.open_period(
            committee,
            "2026年度",
            title_en="2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rule_set,
        )
    members = sorted(new_id() for _ in range(count))
    for some in _batched(members, BATCH):
        with transaction():
            for member_id in some:
                ledger.open_stream(member_id)
                branches.join(
                    member_id,
                    branch,
                    member_class="full",
                    valid_from=date(2020, 1, 1),
                    actor_id=member_id,
                    at=AT,
                )
    return members


def _take(members: Sequence[str], attempts: int, dice: random.Random) -> None:
    """The attempts, each followed at once; those beyond one for each member are second ones."""
    takers = [*members, *members[: attempts - len(members)]]
    for some in _batched(takers, BATCH):
        with transaction():
            for member_id in some:
                attempt_id = quiz.start(
                    member_id, SLUG, at=AT, zone=ZONE, seed=f"{dice.getrandbits(256):064x}"
                ).attempt_id
                for sheet in quiz.attempt(member_id, attempt_id).sheets:
                    _answer(member_id, attempt_id, sheet.question, dice)
                quiz.submit(member_id, attempt_id, at=AT + timedelta(minutes=1))
                follow.member(member_id, at=AT, zone=ZONE)


_CHOICES: dict[str, Sequence[Sequence[str]]] = {
    "single": (["a"], ["b"], ["c"], ["c"]),
    "multiple": (["a", "b"], ["a"], ["a", "c"], ["b"]),
    "true": (["true"], ["true"], ["false"]),
    "number": (["32"], ["40"], ["24"]),
    "word": (["党员大会"], ["党员大会"], ["支部大会"]),
}


def _answer(member_id: str, attempt_id: str, question: str, dice: random.Random) -> None:
    if dice.random() < 0.05:
        return
    quiz.save_form(member_id, attempt_id, question, {"": list(dice.choice(_CHOICES[question]))}, at=AT)


def _carry_out(plan: regrade.Plan) -> str:
    at = AT + timedelta(hours=1)
    with transaction():
        found = regrade.confirm(
            plan, digest=plan.digest, actor_id="9" * 32, reason="第一题的答案应为丙。", at=at
        )
    while regrading.go_on(at, limit=1000):
        pass
    return found.id


def _compare(figures: Figures, plan: regrade.Plan, trace: str, members: Sequence[str]) -> None:
    foretold = {
        row.attempt_id: (
            row.was_earned,
            row.was_possible,
            row.was_passed,
            row.earned,
            row.possible,
            row.passed,
        )
        for row in plan.rows
    }
    figures.expect("dry run and real run", foretold, _grades(trace))
    figures.expect("another dry run", regrade.dry_run(plan.from_version, plan.to_version).changed, 0)
    figures.expect("ledger", *_said(members))
    concerned = {row.member_id for row in plan.rows}
    figures.expect("notices", dict.fromkeys(sorted(concerned), 1), _notices())
    before = points_of_all()
    figures.lines = len(before[0])
    with figures.timed("rebuilding points"):
        for some in _batched(members, BATCH):
            with transaction():
                for member_id in some:
                    follow.rebuild("points", member_id, at=AT + timedelta(hours=3), zone=ZONE)
    for name, one, other in zip(("lines", "standings"), before, points_of_all(), strict=True):
        figures.expect(f"points rebuilt: {name}", one, other)


def _grades(trace: str) -> dict[str, tuple[Any, ...]]:
    grade = table_of(Grade)
    columns = ("was_earned", "was_possible", "was_passed", "earned", "possible", "passed")
    statement = select(grade.c.attempt_id, *(grade.c[name] for name in columns)).where(grade.c.trace == trace)
    return {row[0]: tuple(row[1:]) for row in db.session.execute(statement)}


def _said(members: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the ledger says of each attempt by its one valid entry, and what the attempts say."""
    said: dict[str, Any] = {}
    held: dict[str, Any] = {}
    for member_id in members:
        for entry in ledger.effective(ledger.entries_after(member_id, 0)):
            data = entry.data
            name = data["attempt"] if data["attempt"] not in said else f"twice {data['attempt']}"
            said[name] = (data["earned"], data["possible"], data["passed"], entry.seq)
        for one in quiz.attempts(member_id):
            held[one.id] = (one.earned, one.possible, one.passed, one.entry_seq)
    return said, held


def _notices() -> dict[str, int]:
    notice = table_of(Notice)
    found: dict[str, int] = {}
    for row in db.session.execute(select(notice.c.member_id).order_by(notice.c.member_id)):
        found[row.member_id] = found.get(row.member_id, 0) + 1
    return found


def application(folder: Path, url: str) -> Flask:
    """An application on a migrated database."""
    return create_app(settings_for(folder, url))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.database_url or f"sqlite:///{folder}/learnapp.sqlite3"
        if not given.database_url:
            databases.migrate(url)
        app = application(Path(folder), url)
        with app.app_context():
            figures = prove(Path(folder), given.attempts, given.seed)
            databases.close(app)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
