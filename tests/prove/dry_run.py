"""A dry run over a closed year for twenty thousand members, with some forty entries each.

    python -m tests.prove.dry_run --members 20000 --seed 1 [--database-url URL]

The members live in branches of forty under one committee; their entries, lines and standings are put in in bulk,
worth what the engine says they are worth. Proved: the rule set that was in force moves nobody; another one moves
exactly those, and by exactly so much, as evaluating each stream by itself under it says; all of it within thirty
seconds and without memory growing with the number of members. Prints the table of who moves; ends with 1 if
anything differs.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785
from flask import Flask
from sqlalchemy import Table, insert

from learnapp import branches, points
from learnapp.app import create_app
from learnapp.branches import Membership
from learnapp.clock import iso
from learnapp.db import db, table_of, transaction
from learnapp.ledger import LedgerEntry
from learnapp.points import PointsLine, Standing, trial
from learnapp.points.trial.batches import Fact
from tests import databases
from tests.conftest import AT, settings_for

ZONE = "Asia/Shanghai"
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
BRANCH = 40
LIMIT = 30.0
MOST_MB = 30.0
NOBODY = "0" * 32

OLD = """
id = "tried"
title = "试行办法"
title_en = "Rules on trial"
base = 60
floor = 0
bonus_cap = 40
[[category]]
id = "study"
title = "学习"
title_en = "Study"
cap = 30
[[category]]
id = "acts"
title = "活动"
title_en = "Acts"
[[grade]]
id = "excellent"
title = "优秀"
title_en = "Excellent"
at_least = 90
share_at_most = "1/3"
[[grade]]
id = "qualified"
title = "合格"
title_en = "Qualified"
at_least = 75
[[grade]]
id = "basic"
title = "基本合格"
title_en = "Basically qualified"
at_least = 0
[[rule]]
id = "lesson"
category = "study"
source = "system"
on = "module-completed"
when = { hours_at_least = "0.5" }
worth = 3
window = "month"
cap = 6
once = true
text = "学完一课，加3分。"
text_en = "A lesson: 3 points."
[[rule]]
id = "course"
category = "study"
source = "system"
on = "course-completed"
worth = 2
window = "once"
text = "学完一门课程，加2分。"
text_en = "A course: 2 points."
[[rule]]
id = "quiz"
category = "study"
source = "system"
on = "quiz-ended"
when = { passed = true }
worth = 2
window = "once"
text = "通过一次测验，加2分。"
text_en = "A quiz passed: 2 points."
[[rule]]
id = "meeting"
category = "acts"
source = "organised"
worth = 1
window = "month"
cap = 2
text = "参加一次支部党员大会，加1分。"
text_en = "A meeting of the branch: 1 point."
[[rule]]
id = "service"
category = "acts"
source = "declared"
worth = "1.5"
limit = 4
text = "参加一次志愿服务，加1.5分。"
text_en = "A day of service: 1.5 points."
[[rule]]
id = "absent"
category = "acts"
source = "organised"
worth = -3
text = "无故缺席一次，扣3分。"
text_en = "Absent without leave: 3 points off."
"""
# Three changes at once: lessons up to nine a month, a meeting worth two, service three times a year.
NEW = (
    OLD.replace("cap = 6\n", "cap = 9\n")
    .replace('worth = 1\nwindow = "month"\ncap = 2', 'worth = 2\nwindow = "month"\ncap = 4')
    .replace("limit = 4", "limit = 3")
)
_ACTS = (("meeting", "recorded"), ("meeting", "recorded"), ("service", "declared"), ("absent", "recorded"))


@dataclass
class Figures:
    """What was measured, and what did not fit."""

    members: int = 0
    entries: int = 0
    moved: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    grown_mb: float = 0.0
    table: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything fitted, and somebody moved."""
        return not self.faults and self.moved > 0

    def text(self) -> str:
        """The figures, one a line."""
        times = "; ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        return "\n".join(
            [
                *self.table,
                f"{self.members} members, {self.entries} entries, {self.moved} move",
                f"{times}; memory grew by {self.grown_mb:.1f} MB over the batches",
                *(f"FAULT {fault}" for fault in self.faults[:20]),
                "holds" if self.ok else "DOES NOT HOLD",
            ]
        )


def _day(rng: random.Random) -> datetime:
    return datetime(2025, 1, 1, 2, tzinfo=UTC) + timedelta(minutes=rng.randrange(365 * 24 * 60 - 600))


def stream(rng: random.Random) -> list[Fact]:
    """The year of one member: lessons, courses, quizzes, acts, something of another kind, and at times a voiding."""
    facts: list[Fact] = []

    def put(kind: str, subject: str, data: dict[str, Any], at: datetime) -> None:
        facts.append(Fact(len(facts) + 1, kind, subject, data, at))

    for number in range(rng.randrange(12, 18)):
        data = {"course": "duties", "hours": rng.choice((25, 50, 100))}
        put("module-completed", f"module/duties/m{number}", data, _day(rng))
    for number in range(rng.randrange(3)):
        put("course-completed", f"course/c{number}", {"course": f"c{number}"}, _day(rng))
    for number in range(rng.randrange(4, 8)):
        data = {"quiz": f"q{number % 4}", "passed": rng.random() < 0.8, "attempt": f"a{number}"}
        put("quiz-ended", f"quiz/q{number % 4}", data, _day(rng))
    for number in range(rng.randrange(10, 16)):
        act, origin = rng.choice(_ACTS)
        at = _day(rng)
        data = {"act": act, "act_id": f"x{number}", "on": at.date().isoformat(), "origin": origin}
        put("act-confirmed", f"act/x{number}", data, at)
    for number in range(4):
        put("study-begun", f"course/c{number}", {}, _day(rng))
    if rng.random() < 0.2:
        of = rng.randrange(1, len(facts))
        put("voided", f"entry/{of}", {"seq": of, "reason": "duplicate"}, _day(rng))
    return facts


def _member(number: int) -> str:
    return f"{number:032x}"


def _put(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table), rows)


def fill(members: int, seed: int) -> tuple[str, int]:
    """Branches, members, entries, lines and standings; returns the period and how many entries there are."""
    with transaction():
        top = branches.found("committee", "城东街道党工委", parent_id=None, at=AT)
        units = [
            branches.found("branch", f"第{number + 1}支部", parent_id=top, at=AT, position=number)
            for number in range((members + BRANCH - 1) // BRANCH)
        ]
        rules = points.adopt(OLD, actor_id=NOBODY, at=AT)
        period_id = points.open_period(
            top, "2025年度", title_en="2025", starts_on=YEAR[0], ends_on=YEAR[1], rule_set=rules, at=AT
        )
    period, entries = points.period(period_id), 0
    rng = random.Random(seed)
    for first in range(0, members, 1000):
        with transaction():
            for number in range(first, min(first + 1000, members)):
                entries += _fill_one(_member(number + 1), units[number // BRANCH], period, stream(rng))
    return period_id, entries


def _fill_one(member_id: str, unit: str, period: points.PeriodInfo, facts: Sequence[Fact]) -> int:
    blank = {"recorder": NOBODY, "source": "proof", "subject_version": "", "prev_hash": "0" * 64}
    membership = {"member_id": member_id, "id": member_id, "branch_id": unit, "kind": "home", "post": None}
    since = {"valid_from": date(2020, 1, 1), "valid_to": None, "recorded_at": AT, "recorded_by": NOBODY}
    _put(table_of(Membership), [{**membership, "member_class": "full", **since}])
    rows = [
        {
            "member_id": member_id,
            "seq": fact.seq,
            "uid": f"u{fact.seq}",
            "kind": fact.kind,
            "subject": fact.subject,
            "data": rfc8785.dumps(dict(fact.data)).decode(),
            "occurred_at": iso(fact.occurred_at),
            "recorded_at": iso(fact.occurred_at),
            "hash": f"{fact.seq:064x}",
            **blank,
        }
        for fact in facts
    ]
    _put(table_of(LedgerEntry), rows)
    found = points.evaluate(facts, period.rules, period.span, ZONE)
    key = {"member_id": member_id, "period_id": period.id}
    lines = [
        {**key, "entry_seq": line.seq, "rule": line.rule, "worth": line.worth, "counted": line.counted}
        | {"reason": line.reason, "occurred_on": line.on}
        for line in found.lines
    ]
    _put(table_of(PointsLine), lines)
    parts = {"base": found.base, "bonus": found.bonus, "deduction": found.deduction, "total": found.total}
    standing = {**key, "branch_id": unit, **parts, "seq": len(facts), "adjustment": 0, "veto": False}
    _put(table_of(Standing), [standing])
    return len(facts)


def _expected(members: int, seed: int) -> dict[str, tuple[int, int]]:
    """Who moves, from what to what, of each stream evaluated by itself."""
    rng = random.Random(seed)
    old, new = points.parse(OLD).rules, points.parse(NEW).rules
    assert old is not None and new is not None
    span, found = points.Span(*YEAR), {}
    for number in range(members):
        facts = stream(rng)
        was = points.evaluate(facts, old, span, ZONE).total
        would = points.evaluate(facts, new, span, ZONE).total
        if was != would:
            found[_member(number + 1)] = (was, would)
    return found


def _memory_mb() -> float:
    """What the process holds at this moment; the most it ever held would be that of the filling."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def prove(members: int, seed: int) -> Figures:
    """Fills the database of the present application, tries both rule sets, and compares."""
    figures = Figures(members=members)
    begun = time.perf_counter()
    period_id, figures.entries = fill(members, seed)
    figures.seconds["filled in"] = time.perf_counter() - begun
    for source in (OLD, NEW):
        run_id = _run(source, period_id, figures)
        result = trial.run(run_id)
        if result.figures.members != members:
            figures.faults.append(f"{result.figures.members} members computed, not {members}")
        moved = {
            move.member_id: (move.was, move.would) for move in trial.moves(run_id) if move.was != move.would
        }
        expected = {} if source == OLD else _expected(members, seed)
        if moved != expected:
            wrong = [one for one in {*moved, *expected} if moved.get(one) != expected.get(one)]
            figures.faults.append(f"{len(wrong)} members differ, such as {sorted(wrong)[:3]}")
    figures.moved = result.figures.moved
    figures.table = list(_table(result.figures))
    return figures


def _run(source: str, period_id: str, figures: Figures) -> str:
    with transaction():
        run_id = trial.ask(source, period_id, actor_id=NOBODY, at=AT)
    held: list[float] = []

    def now() -> datetime:
        held.append(_memory_mb())
        return AT

    begun = time.perf_counter()
    if not trial.work(run_id, zone=ZONE, now=now):
        figures.faults.append("the run was not done")
    seconds = time.perf_counter() - begun
    name = "unchanged rules" if source == OLD else "changed rules"
    # From the third batch on everything has been used once: what comes on top is per member.
    figures.seconds[name], figures.grown_mb = seconds, max(held) - held[min(3, len(held) - 1)]
    if figures.grown_mb > MOST_MB:
        figures.faults.append(f"memory grew by {figures.grown_mb:.0f} MB")
    if seconds > LIMIT:
        figures.faults.append(f"{seconds:.1f} s are more than {LIMIT:.0f} s")
    return run_id


def _table(found: trial.Figures) -> Iterator[str]:
    yield f"{'change':>10}{'members':>10}"
    for amount, number in sorted(found.amounts.items()):
        yield f"{amount / 100:>+10g}{number:>10}"
    yield f"{'rule':<12}{'was':>12}{'would be':>12}{'more':>8}{'less':>8}"
    for name, (was, would, more, less) in sorted(found.rules.items()):
        yield f"{name:<12}{was / 100:>12g}{would / 100:>12g}{more:>8}{less:>8}"


def _application(folder: Path, url: str) -> Flask:
    if not url:
        url = f"sqlite:///{folder / 'learnapp.sqlite3'}"
        databases.migrate(url)
    return create_app(settings_for(folder, url))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove.dry_run", description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default="", help="an empty PostgreSQL; without it SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = _application(Path(folder), given.database_url)
        with app.app_context():
            figures = prove(given.members, given.seed)
            databases.close(app)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
