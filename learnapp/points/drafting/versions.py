"""The versions that units have adopted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.points.drafting.models import RuleVersion
from learnapp.points.periods import rules_of
from learnapp.points.rules import RuleSet

_version = table_of(RuleVersion)


@dataclass(frozen=True)
class VersionInfo:
    """A rule set as a unit adopted it: the `number`-th of the name `set_id`. `hash` names the text for ever; `run_id`
    is the dry run before, empty for none."""

    id: str
    branch_id: str
    set_id: str
    number: int
    hash: str
    note: str
    run_id: str
    made_at: datetime
    made_by: str

    @property
    def rules(self) -> RuleSet:
        """What it says."""
        return rules_of(self.hash)


_ALL = select(
    _version.c.id,
    _version.c.branch_id,
    _version.c.set_id,
    _version.c.number,
    _version.c.rule_set,
    _version.c.note,
    _version.c.run_id,
    _version.c.made_at,
    _version.c.made_by,
)


def version(version_id: str) -> VersionInfo:
    """One version. Raises NotFound."""
    row = db.session.execute(_ALL.where(_version.c.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("no-version", N_("There is no such version."))
    return VersionInfo(*row)


def versions_for(branch_ids: Iterable[str]) -> list[VersionInfo]:
    """What these units have adopted, newest first. With a unit and all above it: what may be chosen for its next
    period."""
    statement = _ALL.where(_version.c.branch_id.in_(sorted(branch_ids)))
    rows = db.session.execute(statement.order_by(_version.c.made_at.desc(), _version.c.id.desc()))
    return [VersionInfo(*row) for row in rows]


def before(one: VersionInfo) -> VersionInfo | None:
    """The version of the same unit and name before this one."""
    statement = _ALL.where(
        _version.c.branch_id == one.branch_id,
        _version.c.set_id == one.set_id,
        _version.c.number < one.number,
    )
    row = db.session.execute(statement.order_by(_version.c.number.desc()).limit(1)).one_or_none()
    return VersionInfo(*row) if row else None
