"""What a member has to do and what to go on with, put together from plans, coverage, study and quizzes."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext

from learnapp import branches, catalogue, coverage, guard, hours, plans, quiz, records, study
from learnapp.web.doors import in_language, settings, today
from learnapp.web.quiz.results import hidden_in, results


@dataclass(frozen=True)
class Task:
    """Something that is due: `state` is open, under, done or out, or `handed-in` where a quiz was taken and its
    result is not shown yet. `overdue` and `soon` (within seven days) are
    seen today, never stored."""

    title: str
    href: str
    kind: str
    due_on: date
    state: str
    overdue: bool
    soon: bool


@dataclass(frozen=True)
class Step:
    """The one thing to go on with: a lesson, how far its course is, and how long it takes."""

    title: str
    course: str
    href: str
    done: int
    total: int
    minutes: int
    begun: bool


def title(thing: catalogue.Course | catalogue.Quiz | catalogue.ModuleInfo) -> str:
    """A title in the language of the request, else in the main one."""
    return in_language(thing.title, thing.title_en)


def tasks(principal: guard.Principal) -> list[Task]:
    """What is due from the asker, earliest date first; what they are not expected to do is left out."""
    if principal.branch_id is None:
        return []
    above = branches.ancestors(principal.branch_id)
    states = coverage.states(principal.member_id)
    items = plans.due_for(above, principal.member_class, today())
    found = [(item, state) for item in items if (state := states.get(item.item_id, "out")) != "out"]
    taken = {item.slug for item, state in found if item.kind == "quiz" and state != "open"}
    waits = _waiting(principal.member_id, taken)
    return [
        _task(item, "handed-in" if item.kind == "quiz" and item.slug in waits else state)
        for item, state in found
    ]


def _waiting(member_id: str, taken: Set[str]) -> Set[str]:
    """Those of the quizzes with a result that is not shown yet, and none that is shown and passed."""
    if not taken:
        return frozenset()
    known = results(quiz.attempts(member_id))
    hidden = {found.quiz for found in known.attempts if not found.open and found.id in known.hidden}
    return {slug for slug in taken & hidden if known.of(catalogue.quiz(slug)) == "received"}


def _task(item: plans.DueItem, state: str) -> Task:
    if item.kind == "course":
        thing: catalogue.Course | catalogue.Quiz = catalogue.course(item.slug)
        href = url_for("study.course", course=item.slug)
    else:
        thing = catalogue.quiz(item.slug)
        href = url_for("quiz.intro", slug=item.slug)
    left = (item.due_on - today()).days
    open_still = state not in ("done", "handed-in")
    return Task(
        title(thing),
        href,
        item.kind,
        item.due_on,
        state,
        open_still and left < 0,
        open_still and 0 <= left <= 7,
    )


def next_step(standings: list[study.Standing], due: list[Task]) -> Step | None:
    """The lesson to go on with: of a course under way, else of the first due course, else none."""
    under = [one for one in standings if one.begun and not one.completed]
    wanted = [task.href for task in due if task.kind == "course" and task.state != "done"]
    waiting = [one for one in standings if url_for("study.course", course=one.course.slug) in wanted]
    for one in [*(one for one in under if one in waiting), *waiting, *under]:
        module = one.next_module()
        if module is not None:
            anchor = one.resume_at(module)
            href = url_for("study.module", course=one.course.slug, module=module.id)
            return Step(
                title=title(module),
                course=title(one.course),
                href=f"{href}#{anchor}" if anchor else href,
                done=one.done,
                total=len(one.course.modules),
                minutes=module.minutes,
                begun=one.begun,
            )
    return None


@dataclass(frozen=True)
class Hours:
    """Study hours of this calendar year by measure, in hundredths; `target` None where none is set."""

    label: str
    value: int
    target: int | None


def hours_of(member_id: str) -> list[Hours]:
    """Study of this year by the measures that concern the member, in two queries. What a test credited is left out
    while its result is not shown; a target for several years stands on the page of the record."""
    duty, year, zone = plans.duty_of(member_id, today()), today().year, settings().zone
    entries = hours.of_year(member_id, year, zone)
    unsaid = hidden_in(member_id, entries)
    shown = [one for one in entries if one.data.get("attempt") not in unsaid]
    modes, share = hours.by_mode(shown, year, zone), duty.rules.online_counts_percent
    targets = {one.measure: one for one in duty.targets if one.years == 1}
    return [
        Hours(
            gettext(plans.MEASURES[name]),
            records.measured(name, modes, plans.ORGANISED, share),
            targets[name].hours or None if name in targets else None,
        )
        for name in ("online", "organised", "total")
        if name != "total" or name in targets
    ]
