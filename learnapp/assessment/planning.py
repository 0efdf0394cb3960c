"""The first steps of a period, with who took them."""

from __future__ import annotations

from datetime import date, datetime

from learnapp import audit, points


def plan(
    branch_id: str,
    title: str,
    *,
    title_en: str,
    starts_on: date,
    ends_on: date,
    rule_set: str,
    people: str,
    actor_id: str,
    at: datetime,
) -> str:
    """Plans a period of a unit and everything below it; returns its id. Raises what `points.plan_period` does."""
    period_id = points.plan_period(
        branch_id,
        title,
        title_en=title_en,
        starts_on=starts_on,
        ends_on=ends_on,
        rule_set=rule_set,
        people=people,
    )
    _written("period-planned", period_id, actor_id, at)
    return period_id


def open_(period_id: str, *, actor_id: str, at: datetime) -> bool:
    """Opens a planned period; returns whether that is new. The caller tells `follow` whom it concerns."""
    opened = points.open_planned(period_id, at=at)
    if opened:
        _written("period-opened", period_id, actor_id, at)
    return opened


def _written(action: str, period_id: str, actor_id: str, at: datetime) -> None:
    audit.write(action, member_id=actor_id, actor_id=actor_id, at=at, subject=f"period/{period_id}")
