"""Assigning study."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from learnapp import branches, catalogue
from learnapp.db import db, new_id
from learnapp.errors import N_, Invalid, NotFound
from learnapp.plans.models import Plan, PlanItem
from learnapp.plans.rules import ITEM_KINDS, check_dates


def assign(
    branch_id: str,
    title: str,
    items: Sequence[tuple[catalogue.Kind, str]],
    *,
    starts_on: date,
    due_on: date,
    actor_id: str,
    at: datetime,
    classes: Collection[str] = (),
    title_en: str = "",
) -> str:
    """Makes courses and quizzes, given as (kind, slug), due from a unit and everything below it, for these
    member classes (none = all); both days belong to it. Returns the plan's id.

    The caller tells `follow` that members are concerned, in the same transaction. Raises NotFound for a
    unknown unit or something unpublished, Invalid for an empty plan, an unknown class or dates that cross.
    """
    branches.unit(branch_id)
    check_dates(starts_on, due_on)
    _check(title, items, classes)
    plan_id = new_id()
    db.session.add(
        Plan(
            id=plan_id,
            branch_id=branch_id,
            title=title.strip(),
            title_en=title_en.strip(),
            classes=json.dumps(sorted(classes)),
            starts_on=starts_on,
            due_on=due_on,
            created_at=at,
            created_by=actor_id,
        )
    )
    db.session.flush()
    for position, (kind, slug) in enumerate(items):
        db.session.add(PlanItem(id=new_id(), plan_id=plan_id, kind=kind, slug=slug, position=position))
    db.session.flush()
    return plan_id


def _check(title: str, items: Sequence[tuple[catalogue.Kind, str]], classes: Collection[str]) -> None:
    if not title.strip():
        raise Invalid("plan-title", N_("A plan needs a title."))
    if not items:
        raise Invalid("plan-empty", N_("A plan needs at least one course or quiz."))
    if len(set(items)) < len(items):
        raise Invalid("plan-twice", N_("Something is named twice in this plan."))
    for member_class in classes:
        if member_class not in branches.CLASSES:
            raise Invalid("class", N_("“%(value)s” is not one of the classes."), value=member_class)
    for kind, slug in items:
        if kind not in ITEM_KINDS or catalogue.current_hash(kind, slug) is None:
            raise NotFound("no-item", N_("“%(slug)s” has not been published."), slug=slug)
