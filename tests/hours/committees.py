"""Members in units that have adopted study rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from learnapp import branches, hours, ledger, plans
from learnapp.db import new_id, transaction
from tests.conftest import AT, ZONE

SINCE = date(2020, 1, 1)
ACTOR = "9" * 32


def unit(parent_id: str | None = None) -> str:
    """One more unit, below another or at the top."""
    with transaction():
        kind = "branch" if parent_id else "committee"
        return branches.found(kind, f"单位{new_id()}", parent_id=parent_id, at=AT)


def member(branch_id: str, post: str | None = None, member_class: str = "full") -> str:
    """One more member at home there."""
    member_id = new_id()
    with transaction():
        ledger.open_stream(member_id)
        branches.join(
            member_id,
            branch_id,
            member_class=member_class,
            post=post,
            valid_from=SINCE,
            actor_id=ACTOR,
            at=AT,
        )
    return member_id


def adopt(branch_id: str, rules: plans.StudyRules | None, on: date, at: datetime = AT) -> plans.Use:
    """The unit adopts these rules from a day on, deciding on that very day; None goes by the unit above."""
    text = None if rules is None else plans.write_study_rules(f"own-{on.isoformat()}", rules)
    with transaction():
        return plans.adopt(branch_id, text, on=on, today=on, actor_id=ACTOR, at=at)


def faults(member_id: str) -> list[object]:
    """What `hours check` finds in the member's stream."""
    return [one for _member, _count, found in hours.check([member_id], ZONE) for one in found]


def local(text: str) -> datetime:
    """An instant of the zone's calendar and clock, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
