"""A small committee in a period, with acts of its members, for the tests of assessments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from learnapp import assessment, follow, ledger, points
from learnapp.assessment import Calendar, Meeting
from learnapp.clock import local_date
from learnapp.db import new_id, transaction
from learnapp.jobs import assessing
from tests import acts
from tests.world import World, build

ZONE = "Asia/Shanghai"
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CALENDAR: Calendar = assessment.working_calendar(Path("/nonexistent"))

RULES = """
id = "branch-2026"
title = "支部积分办法"
title_en = "Points of the branch"
base = 60
floor = 0

[[category]]
id = "study"
title = "学习"
title_en = "Study"

[[category]]
id = "deeds"
title = "作为"
title_en = "Deeds"

[[rule]]
id = "module"
category = "study"
source = "system"
on = "module-completed"
worth = 3
text = "学完一课并通过小测，得3分。"
text_en = "A lesson completed with its check passed: 3 points."

[[rule]]
id = "volunteering"
category = "deeds"
source = "declared"
on = "act-confirmed"
act = "volunteering"
worth = 5
text = "参加志愿服务，经支部认定，得5分。"
text_en = "Voluntary service recognised by the branch: 5 points."

[[rule]]
id = "absent"
category = "deeds"
source = "organised"
on = "act-confirmed"
act = "absent"
worth = -5
text = "无故缺席支部党员大会，扣5分。"
text_en = "Absent from a branch meeting without leave: 5 points off."

[[grade]]
id = "excellent"
title = "优秀"
title_en = "Excellent"
at_least = 65
share_at_most = "1/3"

[[grade]]
id = "qualified"
title = "合格"
title_en = "Qualified"
at_least = 60

[[grade]]
id = "basic"
title = "基本合格"
title_en = "Basically qualified"
at_least = 40

[[grade]]
id = "not"
title = "不合格"
title_en = "Not qualified"
at_least = 0
"""


@dataclass
class Scene:
    """The committee, a period over the year and one planned behind it."""

    world: World = field(default_factory=build)
    period_id: str = ""
    next_id: str = ""
    at: datetime = AT
    starts_on: date = date(2026, 1, 1)
    ends_on: date = date(2026, 11, 30)
    rules: str = RULES

    def __post_init__(self) -> None:
        with transaction():
            rules = points.adopt(self.rules, actor_id=self.actor, at=self.at)
            days = {"title_en": "Assessment", "people": "members", "actor_id": self.actor, "at": self.at}
            self.period_id = assessment.planning.plan(
                self.world.general[0],
                "2026年度考评",
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                rule_set=rules,
                **days,
            )
            self.next_id = assessment.planning.plan(
                self.world.general[0],
                "2027年度考评",
                starts_on=self.ends_on + timedelta(days=1),
                ends_on=self.ends_on + timedelta(days=365),
                rule_set=rules,
                **days,
            )

    @property
    def today(self) -> date:
        """The day on which it plays."""
        return local_date(self.at, ZONE)

    @property
    def actor(self) -> str:
        """Somebody of the committee."""
        return self.world.people["committee"]

    @property
    def period(self) -> points.PeriodInfo:
        """The period as it is now."""
        return points.period(self.period_id)

    def open(self) -> None:
        """Opens the period, and folds everybody."""
        with transaction():
            assessment.planning.open_(self.period_id, actor_id=self.actor, at=self.at)
            follow.stale([self.period.branch_id], self.today)
        self.fold()

    def fold(self, at: datetime | None = None) -> None:
        """Folds whoever is behind."""
        follow.sweep(at or self.at, ZONE)

    def module(self, member_id: str, number: int, day: date) -> int:
        """A lesson of a member, completed on a day."""
        with transaction():
            moment = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            return acts.module(member_id, "duties", f"m{number}", moment)

    def act(
        self, member_id: str, code: str, day: date, *, proposer: str, confirmer: str, origin: str = "declared"
    ) -> int:
        """An act of a member that was confirmed."""
        act_id = new_id()
        with transaction():
            event = ledger.ActDeclared if origin == "declared" else ledger.ActRecorded
            common = {"act": code, "act_id": act_id, "on": day.isoformat()}
            seq = _record(member_id, event(**common, note=""), f"act/{act_id}", proposer, self.at)
            confirmed = ledger.ActConfirmed(**common, origin=origin, seq=seq, proposer=proposer)
            return _record(member_id, confirmed, f"act/{act_id}/confirmed", confirmer, self.at)

    def post(self, *, show_totals: bool = False, days: int = 3) -> None:
        """Posts the period."""
        with transaction():
            assessment.post(
                self.period_id,
                days=days,
                show_totals=show_totals,
                calendar=CALENDAR,
                today=self.today,
                actor_id=self.actor,
                at=self.at,
            )

    def object(self, member_id: str, text: str, *, seq: int = 0, by: str | None = None) -> str:
        """Raises an objection, by default the member's own."""
        with transaction():
            return assessment.objections.raise_objection(
                member_id,
                self.period,
                text,
                entry_seq=seq,
                branch_of_actor=self.world.branch[0],
                actor_id=by or member_id,
                calendar=CALENDAR,
                today=self.today,
                at=self.at,
            )

    def grade(self, member_id: str, grade: str, *, seen: int = 0, reason: str = "", by: str = "") -> bool:
        """Decides a grade."""
        with transaction():
            return assessment.grades.decide(
                member_id,
                self.period,
                grade,
                branch_id=self.world.branch[0],
                seen=seen,
                suggested="qualified",
                meeting=Meeting(self.today, "支部纪要2026-11"),
                reason=reason,
                actor_id=by or self.world.people["secretary"],
                today=self.today,
                at=self.at,
            )

    def begin_closing(self, reason: str = "", obstacles: int = 0) -> bool:
        """Begins to close the period."""
        with transaction():
            return assessment.closing.begin(
                self.period_id, reason=reason, obstacles=obstacles, actor_id=self.actor, at=self.at
            )

    def close(self) -> None:
        """Posts it if need be, and closes it to the end."""
        if self.period.state == "open":
            self.post()
        self.begin_closing()
        assessing.close(self.period_id, self.at, ZONE)
        assert self.period.state == "closed"


def _record(member_id: str, event: ledger.Event, uid: str, recorder: str, at: datetime) -> int:
    moment = at - timedelta(days=1)
    return ledger.record(
        event,
        member_id=member_id,
        uid=uid,
        occurred_at=moment,
        at=moment,
        recorder=recorder,
        source="declarations",
    )
