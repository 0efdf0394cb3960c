"""Where a member stands in the courses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, select

from learnapp import catalogue, plans
from learnapp.catalogue import Shelf
from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.study import rules
from learnapp.study.models import StudyProgress
from learnapp.study.rules import NOTHING, Progress, State

_shelf, _progress = table_of(Shelf), table_of(StudyProgress)

# The current version and the member's progress in one question; every page of study asks it once.
_STANDINGS = (
    select(
        _shelf.c.slug,
        _shelf.c.current_hash,
        _progress.c.module_id,
        _progress.c.sections,
        _progress.c.check_passed_at,
        _progress.c.completed_at,
        _progress.c.completed_on,
        _progress.c.completed_version,
        _progress.c.hours_hundredths,
        # The study rules that hold for the member on the day asked about, so that no page asks for them apart.
        plans.hash_of_member().scalar_subquery().label("rules"),
    )
    .outerjoin(
        _progress,
        and_(_progress.c.course == _shelf.c.slug, _progress.c.member_id == bindparam("member_id")),
    )
    .where(_shelf.c.kind == "course")
)
_ONE = _STANDINGS.where(_shelf.c.slug == bindparam("slug"))
_ALL = _STANDINGS.order_by(_shelf.c.position, _shelf.c.slug)


@dataclass(frozen=True)
class Standing:
    """A course in its current version, a member's progress in each module they have begun, and the rule by which
    study hours are credited to the member."""

    course: catalogue.Course
    progress: Mapping[str, Progress]
    hour_rule: plans.HourRule

    def of(self, module_id: str) -> Progress:
        """The progress in one module."""
        return self.progress.get(module_id, NOTHING)

    def state(self, module: catalogue.ModuleInfo) -> State:
        """done, under or open."""
        return rules.state(module, self.of(module.id))

    def waits_for(self, module: catalogue.ModuleInfo) -> tuple[catalogue.ModuleInfo, ...]:
        """The modules that must be completed before this one may be opened."""
        course = self.course
        waiting = rules.waits_for(course.modules, module, course.order, self.progress)
        return tuple(one for one in course.modules if one.id in waiting)

    @property
    def done(self) -> int:
        """How many modules of the current version are completed."""
        return sum(1 for module in self.course.modules if self.of(module.id).completed)

    @property
    def completed(self) -> bool:
        """Whether every module of the current version is completed."""
        return rules.course_completed(self.course.modules, self.progress)

    @property
    def begun(self) -> bool:
        """Whether anything of the course counts yet."""
        return any(self.state(module) != "open" for module in self.course.modules)

    def next_module(self, after: str = "") -> catalogue.ModuleInfo | None:
        """The module to go on with: one under way first, unless asked for what follows `after`."""
        modules = self.course.modules
        if not after:
            under = next((module for module in modules if self.state(module) == "under"), None)
            if under is not None:
                return under
        found = rules.next_step(modules, after, self.course.order, self.progress)
        return self.course.find(found) if found else None

    def resume_at(self, module: catalogue.ModuleInfo) -> str:
        """The anchor to open a module at: its first unfinished section, the check, or "" for the top."""
        progress = self.of(module.id)
        if self.state(module) != "under":
            return ""
        missing = rules.missing_sections(module, progress)
        return missing[0] if missing else "check"


def standing(member_id: str, slug: str, today: date | None = None) -> Standing:
    """One course with the member's progress, in one query. The rule of the study hour is the one that holds for the
    member on the day `today` of the instance's zone, without a day the shipped one. Raises NotFound."""
    rows = db.session.execute(_ONE, {"member_id": member_id, "slug": slug, "rules_on": today}).all()
    if not rows:
        raise NotFound("no-course", N_("There is no such course."))
    return _standing(rows)


def standings(member_id: str, today: date | None = None) -> list[Standing]:
    """All courses in shelf order with the member's progress, in one query; `today` as in `standing`."""
    by_course: dict[str, list[Any]] = {}
    for row in db.session.execute(_ALL, {"member_id": member_id, "rules_on": today}):
        by_course.setdefault(row.slug, []).append(row)
    return [_standing(rows) for rows in by_course.values()]


def _standing(rows: Sequence[Any]) -> Standing:
    progress = {
        row.module_id: Progress(
            sections=tuple(json.loads(row.sections)),
            check_passed_at=row.check_passed_at,
            completed_at=row.completed_at,
            completed_on=row.completed_on,
            completed_version=row.completed_version,
            hours=row.hours_hundredths,
        )
        for row in rows
        if row.module_id is not None
    }
    rule = plans.rules_of_hash(rows[0].rules).hour
    return Standing(catalogue.course_version(rows[0].current_hash), progress, rule)
