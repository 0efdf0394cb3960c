"""Asking what is due."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from learnapp.db import db, table_of
from learnapp.plans.models import Plan, PlanItem


@dataclass(frozen=True)
class DueItem:
    """One course or quiz that is due from a unit's subtree. `due_on` is the last day; `classes` empty = all.

    The title of the thing itself is the catalogue's; a door looks it up by kind and slug.
    """

    item_id: str
    plan_id: str
    branch_id: str
    kind: str
    slug: str
    starts_on: date
    due_on: date
    plan_title: str
    plan_title_en: str
    classes: tuple[str, ...]

    def concerns(self, member_class: str) -> bool:
        """Whether members of this class are meant."""
        return not self.classes or member_class in self.classes


_plan, _item = table_of(Plan), table_of(PlanItem)

_ITEMS = (
    select(
        _item.c.id,
        _plan.c.id,
        _plan.c.branch_id,
        _item.c.kind,
        _item.c.slug,
        _plan.c.starts_on,
        _plan.c.due_on,
        _plan.c.title,
        _plan.c.title_en,
        _plan.c.classes,
    )
    .join(_plan, _plan.c.id == _item.c.plan_id)
    .order_by(_plan.c.due_on, _plan.c.id, _item.c.position)
)
_ASSIGNED = _ITEMS.where(_plan.c.branch_id.in_(bindparam("ancestors", expanding=True)))


def _read(rows: Iterable[Sequence[Any]]) -> tuple[DueItem, ...]:
    return tuple(DueItem(*[*row[:9], tuple(json.loads(row[9]))]) for row in rows)


def assigned(ancestors: Collection[str]) -> tuple[DueItem, ...]:
    """Everything assigned to these units, whenever it begins and for whichever class, earliest date first.

    With a unit and all its ancestors that is what its members may have to do.
    """
    if not ancestors:
        return ()
    return _read(db.session.execute(_ASSIGNED, {"ancestors": sorted(ancestors)}))


def due_for(ancestors: Collection[str], member_class: str, today: date) -> tuple[DueItem, ...]:
    """What is due from a member of this class in a unit with these ancestors (itself included), begun by
    today, earliest date first; what is past its date stays in the list."""
    return tuple(
        item for item in assigned(ancestors) if item.concerns(member_class) and item.starts_on <= today
    )


def everything() -> tuple[DueItem, ...]:
    """Every item of every plan, earliest date first."""
    return _read(db.session.execute(_ITEMS))
