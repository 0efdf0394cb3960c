"""Completing sections, checks, modules and courses. Only an act completes, never time or scrolling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.dialects import postgresql, sqlite

from learnapp import catalogue, hours, ledger
from learnapp.clock import iso, local_date
from learnapp.db import db, dialect_name
from learnapp.errors import N_, Conflict, NotFound
from learnapp.ledger import CourseCompleted, Event, ModuleCompleted, StudyBegun
from learnapp.questions import Answer
from learnapp.study import check, queries, rules
from learnapp.study.models import StudyProgress
from learnapp.study.queries import Standing
from learnapp.study.rules import Progress

MODE = "online"


@dataclass(frozen=True)
class Outcome:
    """What an act led to: where the member stands now, what the act completed, whether the ledger grew."""

    standing: Standing
    module_completed: bool = False
    course_completed: bool = False
    recorded: bool = False


def complete_section(
    member_id: str, slug: str, module_id: str, section_id: str, *, at: datetime, zone: str
) -> Outcome:
    """Counts a section as completed; repeating it changes nothing. `zone` decides the day of the credit.

    Raises NotFound for an unknown course or module, Conflict for a module that is not open yet or a section
    that its current version no longer has.
    """
    standing, module = _open(member_id, slug, module_id, local_date(at, zone))
    progress = standing.of(module_id)
    known = section_id in progress.sections
    if progress.completed or (known and not rules.fulfilled(module, progress)):
        return Outcome(standing)
    if section_id not in module.section_ids:
        raise Conflict(
            "section-gone", N_("The lesson was revised since you opened it. Please read on in the new text.")
        )
    first = not any(one.sections for one in standing.progress.values())
    changed = replace(progress, sections=rules.with_section(progress.sections, section_id))
    if first:
        _record(StudyBegun(slug, standing.course.hash), f"begun/{slug}", member_id, at)
    return _advance(member_id, standing, module, changed, at=at, zone=zone, recorded=first)


def answer_check(
    member_id: str,
    slug: str,
    module_id: str,
    answers: Mapping[str, Answer | None],
    *,
    at: datetime,
    zone: str,
    lang: str = "zh",
) -> tuple[check.Graded, Outcome]:
    """Grades the answers to a module's check and counts it as passed when enough are right.

    `answers` are in the definition's terms by question id. Trying again is free; passing again changes
    nothing. Raises NotFound, or Conflict for a module that is not open yet.
    """
    standing, module = _open(member_id, slug, module_id, local_date(at, zone))
    content = catalogue.module(standing.course.hash, module_id)
    if content.check is None:
        raise NotFound("no-check", N_("This lesson has no check."))
    graded = check.grade(content.check, answers, check.seed(module.source_hash), lang)
    progress = standing.of(module_id)
    if not graded.passed or progress.completed or progress.check_passed_at is not None:
        return graded, Outcome(standing)
    changed = replace(progress, check_passed_at=at)
    return graded, _advance(member_id, standing, module, changed, at=at, zone=zone, recorded=False)


def _open(member_id: str, slug: str, module_id: str, today: date) -> tuple[Standing, catalogue.ModuleInfo]:
    """The member's standing, under the member's lock, and a module that is open to them."""
    ledger.lock(member_id)
    standing = queries.standing(member_id, slug, today)
    module = standing.course.find(module_id)
    if module is None:
        raise NotFound("no-module", N_("There is no such lesson."))
    first = standing.waits_for(module)
    if first:
        raise Conflict("not-open-yet", N_("Please finish “%(title)s” first."), title=first[0].title)
    return standing, module


def _advance(
    member_id: str,
    standing: Standing,
    module: catalogue.ModuleInfo,
    progress: Progress,
    *,
    at: datetime,
    zone: str,
    recorded: bool,
) -> Outcome:
    """Saves the progress, and the completion of module and course where the act has led to them."""
    course, seq = standing.course, None
    # What was completed once, and then voided, is completed by another entry than the first time.
    again = f"/{iso(at)}" if progress.completed_version is not None else ""
    finished = rules.fulfilled(module, progress)
    if finished:
        day = local_date(at, zone)
        credit = hours.for_module(member_id, module.minutes, standing.hour_rule, at=at, zone=zone)
        event = ModuleCompleted(
            course=course.slug,
            module=module.id,
            version=course.hash,
            source=module.source_hash,
            minutes=module.minutes,
            hours=credit.hours,
            hour_rule=credit.rule,
            mode=MODE,
        )
        seq = _record(event, f"module/{course.slug}/{module.id}{again}", member_id, at)
        progress = replace(
            progress, completed_at=at, completed_on=day, completed_version=course.hash, hours=credit.hours
        )
    _save(member_id, course.slug, module.id, progress, seq, at)
    after = Standing(course, {**standing.progress, module.id: progress}, standing.hour_rule)
    if finished and after.completed:
        uid = f"course/{course.slug}/{course.hash[:16]}{again}"
        _record(CourseCompleted(course.slug, course.hash), uid, member_id, at)
    return Outcome(after, finished, finished and after.completed, recorded or finished)


def _record(event: Event, uid: str, member_id: str, at: datetime) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=at, at=at, recorder=member_id, source="study"
    )


def _save(
    member_id: str, slug: str, module_id: str, progress: Progress, seq: int | None, at: datetime
) -> None:
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    values = {
        "sections": json.dumps(progress.sections, ensure_ascii=False),
        "check_passed_at": progress.check_passed_at,
        "completed_at": progress.completed_at,
        "completed_on": progress.completed_on,
        "completed_version": progress.completed_version,
        "hours_hundredths": progress.hours,
        "entry_seq": seq,
        "updated_at": at,
    }
    statement = dialect.insert(StudyProgress).values(
        member_id=member_id, course=slug, module_id=module_id, **values
    )
    key = [StudyProgress.member_id, StudyProgress.course, StudyProgress.module_id]
    db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
