"""A period that closed stays closed: random interleavings of entries, voidings, moves and closings, on both
engines. What comes later adjusts the next period, once, and rebuilding gives the same."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from learnapp import branches, follow, ledger, persons, points
from learnapp.branches import Membership
from learnapp.db import db, new_id, transaction
from learnapp.errors import NotFound
from learnapp.points import Period, PeriodInfo, PointsAdjustment, PointsLine
from tests import acts
from tests.conftest import AT, ZONE
from tests.world import build

BOSS, OTHER = "b" * 32, "c" * 32
SPANS = [
    (date(2026, 1, 1), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 6, 30)),
    (date(2026, 7, 1), date(2026, 12, 31)),
]
RULES = """\
id = "quarterly"
title = "办法"
title_en = "Rules"
base = 10
floor = 5

[[class]]
id = "mobile"
title = "流动"
title_en = "Mobile"
scored = false

[[category]]
id = "k"
title = "类"
title_en = "Category"
cap = 12

[[rule]]
id = "module"
category = "k"
source = "system"
on = "module-completed"
worth = 3
window = "month"
cap = 5
once = true
text = "学完一课，加3分。"
text_en = "A lesson completed: 3 points."

[[rule]]
id = "quiz"
category = "k"
source = "system"
on = "quiz-ended"
when = { passed = true }
worth = 2
window = "once"
text = "通过测验，加2分。"
text_en = "A quiz passed: 2 points."

[[rule]]
id = "deed"
category = "k"
source = "declared"
worth = 4
limit = 2
text = "志愿服务，加4分。"
text_en = "Volunteered: 4 points."

[[rule]]
id = "missed"
category = "k"
source = "organised"
worth = -6
text = "缺席，扣6分。"
text_en = "Absent: 6 points off."

[[rule]]
id = "barred"
category = "k"
source = "organised"
veto = true
text = "一票否决。"
text_en = "A veto."
"""


@dataclass(frozen=True)
class Step:
    """One thing that happens on a day of the year, in one of the two committees where that matters."""

    what: str
    day: int
    pick: int


WHAT = ["module", "module", "quiz", "deed", "missed", "barred", "void", "regrade", "fold"]
WHAT += ["close", "close", "close", "move", "class", "exempt"]
STEPS = st.lists(
    st.builds(
        Step,
        what=st.sampled_from(WHAT),
        day=st.integers(0, 100) | st.integers(0, 330),
        pick=st.integers(0, 5),
    ),
    min_size=8,
    max_size=30,
)


class Life:
    """A member of the first of two committees with three periods each, one behind the other."""

    def __init__(self) -> None:
        self.member_id = new_id()
        self.digests: dict[str, str] = {}
        with transaction():
            rule_set = points.adopt(RULES, actor_id=BOSS, at=AT)
            self.homes = [branches.found("branch", f"支部{n}", parent_id=None, at=AT) for n in range(2)]
            for unit, (first, last) in itertools.product(self.homes, SPANS):
                points.open_period(
                    unit, "季度", title_en="Part", starts_on=first, ends_on=last, rule_set=rule_set
                )
            self._join(0, date(2020, 1, 1), "full")

    def _join(self, home: int, since: date, kind: str) -> None:
        branches.join(
            self.member_id, self.homes[home], member_class=kind, valid_from=since, actor_id=BOSS, at=AT
        )

    def step(self, step: Step) -> None:
        """What happens, folded and looked at."""
        at = datetime(2026, 1, 1, 4, tzinfo=UTC) + timedelta(days=step.day)
        if step.what == "close":
            self.close_next(step.day % 2, last=step.pick == 5)
        else:
            with transaction():
                self._happens(step, at)
        self.fold()
        self.holds()

    def _happens(self, step: Step, at: datetime) -> None:
        name, day = "abcdef"[step.pick], at.date()
        if step.what == "module":
            acts.module(self.member_id, "duties", name, at)
        elif step.what == "quiz":
            acts.quiz(self.member_id, name, at)
        elif step.what in ("deed", "missed", "barred"):
            self.confirm(step.what, day)
        elif step.what in ("void", "regrade"):
            self._void(step.pick, at, again=step.what == "regrade")
        elif step.what in ("move", "class"):
            self._changes(step, day)
        elif step.what == "exempt":
            branches.exempt(
                self.member_id, valid_from=day, valid_to=day + timedelta(days=30), approved_by=BOSS, at=AT
            )
            follow.stale_member(self.member_id)

    def confirm(self, act: str, day: date) -> int:
        """An act that a second person confirmed, whenever it was."""
        act_id = new_id()
        event = ledger.ActConfirmed(
            act=act,
            act_id=act_id,
            on=day.isoformat(),
            origin="declared" if act == "deed" else "recorded",
            seq=1,
            proposer=OTHER,
        )
        return ledger.record(
            event,
            member_id=self.member_id,
            uid=f"act/{act_id}",
            occurred_at=AT,
            at=AT,
            recorder=BOSS,
            source="test",
        )

    def _void(self, pick: int, at: datetime, *, again: bool) -> None:
        entries = ledger.effective(ledger.entries_after(self.member_id, 0))
        if not entries:
            return
        old = entries[pick * 7 % len(entries)]
        ledger.void(self.member_id, old.seq, reason="corrected", actor_id=BOSS, at=AT)
        if again and old.kind == "quiz-ended":
            acts.quiz(self.member_id, old.data["quiz"], old.occurred_at)

    def _changes(self, step: Step, day: date) -> None:
        """Another home or class from a day on, which may long be past."""
        held = update(Membership).where(
            Membership.member_id == self.member_id, Membership.valid_to.is_(None), Membership.valid_from < day
        )
        if db.session.execute(held.values(valid_to=day)).rowcount:  # type: ignore[attr-defined]  # of an UPDATE
            self._join(step.pick % 2, day, "mobile" if step.what == "class" and step.pick > 2 else "full")
            follow.stale_member(self.member_id)

    def close_next(self, unit: int, *, last: bool = False) -> None:
        """The first period of that committee that is not closed; its last one only where that is said."""
        number = next((n for n, one in enumerate(self._of(unit)) if one.state == "open"), 3)
        if number < 2 or (number == 2 and last):
            self.close(number, unit)

    def _of(self, unit: int) -> tuple[PeriodInfo, ...]:
        return points.periods_for([self.homes[unit]])

    def close(self, number: int, unit: int = 0) -> None:
        """Freezes the member in a period of one of the committees, and closes it."""
        period = self._of(unit)[number]
        with transaction():
            try:
                self.digests[period.id] = points.freeze(self.member_id, period, at=AT).digest
            except NotFound:
                assert points.lines(self.member_id, period) == []
            db.session.execute(update(Period).where(Period.id == period.id).values(state="closed"))

    def fold(self) -> None:
        """Folds what is new."""
        with transaction():
            follow.member(self.member_id, at=AT, zone=ZONE)

    @property
    def periods(self) -> list[PeriodInfo]:
        """All six."""
        return [period for unit in self.homes for period in points.periods_for([unit])]

    def holds(self) -> None:
        """All that must hold at any time."""
        self._digests_stay()
        self._nothing_counts_twice()
        self._changes_are_paid_once()
        before = points.stored(self.member_id)
        with transaction():
            assert follow.rebuild("points", self.member_id, at=AT, zone=ZONE)
        assert points.stored(self.member_id) == before, "rebuilding gives the same"

    def _digests_stay(self) -> None:
        for period in self.periods:
            if (digest := self.digests.get(period.id)) is not None:
                assert points.lines_digest(self.member_id, period) == digest
                assert points.recheck(self.member_id, period) == digest
                with transaction():
                    assert points.freeze(self.member_id, period, at=AT).digest == digest, "freezing again"

    def _nothing_counts_twice(self) -> None:
        lines = select(PointsLine.entry_seq, PointsLine.period_id).where(
            PointsLine.member_id == self.member_id
        )
        places: defaultdict[int, set[str]] = defaultdict(set)
        for seq, period_id in db.session.execute(lines):
            places[seq].add(period_id)
        for one in self._adjusted():
            if one.entry_seq:
                places[one.entry_seq].add(one.origin_period)
        assert all(len(found) == 1 for found in places.values()), places

    def _adjusted(self) -> list[PointsAdjustment]:
        mine = PointsAdjustment.member_id == self.member_id
        return list(db.session.execute(select(PointsAdjustment).where(mine)).scalars())

    def _changes_are_paid_once(self) -> None:
        """Where a later period is there to take it: what closed, with all that was adjusted since, is what the
        period would be worth by now."""
        entries = ledger.entries_after(self.member_id, 0)
        brought: defaultdict[str, int] = defaultdict(int)
        for one in self._adjusted():
            brought[one.origin_period] += one.amount
        for period in self.periods:
            frozen = points.frozen(self.member_id, period)
            if frozen is None:
                assert not brought[period.id]
                continue
            now = points.ENGINES[frozen.engine].evaluate(
                entries, period.rules, period.span, ZONE, terms=frozen.terms
            )
            sums = points.total(self.member_id, period)
            own = max(period.rules.floor, sums.base + sums.bonus - sums.deduction)
            if self._heir(period):
                assert own + brought[period.id] == now.total
            assert sums.adjustment == sum(one.amount for one in points.adjustments(self.member_id, period))
            assert sums.total == max(
                period.rules.floor, sums.base + sums.bonus - sums.deduction + sums.adjustment
            )

    def _heir(self, period: PeriodInfo) -> bool:
        return any(
            one.state == "open" and one.ends_on > period.ends_on and points.total(self.member_id, one).folded
            for one in self.periods
        )


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_closed_stays_closed_and_what_came_later_counts_once(app: Flask, steps: list[Step]) -> None:
    life = Life()
    life.fold()
    for step in steps:
        life.step(step)


def _script(app: Flask, words: str) -> Life:
    life = Life()
    life.fold()
    for word in words.split():
        what, day, pick = [*word.split("/"), "0", "0"][:3]
        life.step(Step(what, int(day), int(pick)))
    return life


def _brought(life: Life, number: int) -> str:
    period = points.periods_for([life.homes[0]])[number]
    found = points.adjustments(life.member_id, period)
    return " ".join(sorted(f"{one.rule}{one.amount:+}/{one.cause}{one.cause_seq}" for one in found))


@pytest.mark.parametrize(
    ("words", "first", "second", "third"),
    [
        # A late lesson of January: of +3 there is room for 2 in a month that is full at 5.
        ("module/5/0 close/0/0 module/10/1", 300, "module+200/late2", ""),
        # The second part closes with it: nothing more in the third.
        ("close/0/0 module/10/1 close/0/1", 0, "module+300/late1", ""),
        # Voided: −3 back, and the lesson that met a full month has its room now: +1.
        ("module/5/0 module/6/1 close/0/0 void/0/0", 500, "module+100/room3 module-300/voided3", ""),
        # Adjusted, closed, and then the reason went away: what the second part paid the third takes back.
        ("close/0/0 module/10/1 close/0/1 void/0/0", 0, "module+300/late1", "module-300/voided2"),
        # Confirmed after closing.
        ("close/0/0 deed/20", 0, "deed+400/confirmed1", ""),
        # A veto that came late is told, and is worth nothing.
        ("close/0/0 barred/20", 0, "barred+0/confirmed1", ""),
        # Twice six off from ten: the closed sum stands at its floor of five, so only five of twelve count.
        (
            "close/0/0 missed/20 missed/21",
            0,
            "floor+700/floor0 missed-600/confirmed1 missed-600/confirmed2",
            "",
        ),
    ],
)
def test_adjustments_name_their_entry_and_cause(
    app: Flask,
    words: str,
    first: int,
    second: str,
    third: str,
) -> None:
    life = _script(app, words)
    closed = points.periods_for([life.homes[0]])[0]
    assert points.total(life.member_id, closed).bonus == first
    assert _brought(life, 1) == second
    assert _brought(life, 2) == third


def test_a_move_that_is_recorded_late_leaves_the_closed_figures_and_pays_nothing_twice(app: Flask) -> None:
    """Closed in the first committee; then it turns out that home was the second one since January. The closed
    lesson stays where it was; a lesson of April belongs to the second committee."""
    life = _script(app, "module/40/0 close/0/0 module/100/1 move/10/1 module/41/2")
    mine, theirs = (points.periods_for([unit]) for unit in life.homes)
    assert [line.seq for line in points.lines(life.member_id, mine[0])] == [1]
    assert points.lines(life.member_id, mine[1]) == []
    assert [line.seq for line in points.lines(life.member_id, theirs[1])] == [2]
    # What happened in the closed days and came later follows the person, to where they are now.
    late = points.adjustments(life.member_id, theirs[1])
    assert [(one.seq, one.amount, one.cause, one.origin_period) for one in late] == [
        (3, 200, "late", mine[0].id)
    ]


def test_who_is_not_in_a_period_is_not_frozen_in_it(app: Flask) -> None:
    life = Life()
    period = points.periods_for([life.homes[1]])[0]
    with pytest.raises(NotFound), transaction():
        points.freeze(life.member_id, period, at=AT)
    with pytest.raises(NotFound):
        points.recheck(life.member_id, period)


def test_the_digest_is_over_all_of_it(app: Flask) -> None:
    life = _script(app, "module/5/0 quiz/6/0 close/0/0 module/7/1")
    period = points.periods_for([life.homes[0]])[1]
    found = {points.lines_digest(life.member_id, period)}
    with transaction():
        row = life._adjusted()[0]
        row.cause = "late-but-other"
        db.session.flush()
        found.add(points.lines_digest(life.member_id, period))
        sums = db.session.get(points.Standing, (life.member_id, period.id))
        assert sums is not None
        sums.veto = True
        db.session.flush()
        found.add(points.lines_digest(life.member_id, period))
        sums.total += 1
        db.session.flush()
        found.add(points.lines_digest(life.member_id, period))
    assert len(found) == 4


def test_a_closed_digest_outlives_everything(app: Flask) -> None:
    """Late entry, new result, voiding, confirmation, other rules, another home and class since long ago, an
    exemption, erasure: after each of them the closed lines give the digest under which they were frozen."""
    world = build()
    member_id = world.people["member"]
    with transaction():
        rule_set = points.adopt(points.shipped()["municipal-2026"], actor_id=BOSS, at=AT)
        first = points.open_period(
            world.committee,
            "上半年",
            title_en="First half",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 6, 30),
            rule_set=rule_set,
        )
        for day in (1, 2, 3):
            acts.module(member_id, "duties", f"m{day}", datetime(2026, 3, day, 4, tzinfo=UTC))
        acts.quiz(member_id, "q", datetime(2026, 3, 9, 4, tzinfo=UTC))
    with transaction():
        digest = points.freeze(member_id, points.period(first), at=AT).digest
        db.session.execute(update(Period).values(state="closed"))
    lines = points.lines(member_id, points.period(first))

    def other_rules() -> None:
        other = points.adopt(points.shipped()["county-rural-2026"], actor_id=BOSS, at=AT)
        second = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 12, 31), "rule_set": other}
        points.open_period(world.committee, "下半年", title_en="Second half", **second)

    def another_home() -> None:
        held = update(Membership).where(Membership.member_id == member_id)
        db.session.execute(held.values(branch_id=world.branch[3], member_class="mobile"))

    def erased() -> None:
        request_id = persons.ask(member_id, way="page", asked_by=member_id, at=AT, zone=ZONE, days=30)
        persons.decide(member_id, request_id, typed="m00", actor_id=BOSS, at=AT)
        persons.erase(member_id, persons.request(member_id, request_id), at=AT, zone=ZONE)

    def voided(seq: int) -> None:
        ledger.void(member_id, seq, reason="corrected", actor_id=BOSS, at=AT)

    spring = datetime(2026, 3, 20, 4, tzinfo=UTC)
    happenings: list[Callable[[], object]] = [
        other_rules,
        lambda: acts.module(member_id, "visits", "late", spring),
        lambda: (voided(4), acts.quiz(member_id, "q", spring, passed=False)),
        lambda: voided(1),
        another_home,
        lambda: branches.exempt(
            member_id, valid_from=date(2026, 2, 1), valid_to=date(2026, 5, 1), approved_by=BOSS, at=AT
        ),
        erased,
    ]
    for happens in happenings:
        with transaction():
            happens()
            follow.stale_member(member_id)
        follow.sweep(AT, ZONE)
        period = points.period(first)
        assert points.lines_digest(member_id, period) == points.recheck(member_id, period) == digest
        assert points.lines(member_id, period) == lines
        with transaction():
            assert points.rebuild(member_id, period, at=AT, zone=ZONE) == "same"
    assert len(ledger.entries_after(member_id, 0)) > 7
