"""What would follow from a decision: it is done, read, and undone again, so that nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from learnapp import branches, coverage, follow, guard, ledger, plans, points, records
from learnapp.db import transaction
from learnapp.web.doors import in_language, me, now, settings, today
from learnapp.web.filters import hundredths
from learnapp.web.granted import day_words, thing_title
from learnapp.web.quiz.results import hidden_in


class _Undo(Exception):
    """Ends a rehearsal."""


@dataclass(frozen=True)
class Picture:
    """How a member stands: study hours in all, the state of each due item, the sum of the current period, and the
    certificates that hold. Without sum and quizzes where a result is not shown yet."""

    hours: int
    states: Mapping[plans.DueItem, str]
    period: str
    total: int | None
    certificates: frozenset[str]


def rehearse(person: branches.Person, act: Callable[[], object]) -> list[str]:
    """What the act changes for the person, in sentences. The act is undone; what it refuses is raised."""
    found: list[str] = []
    try:
        with transaction():
            _fold(person.member_id)
            before = _picture(person)
            act()
            _fold(person.member_id)
            found = _told(before, _picture(person))
            raise _Undo
    except _Undo:
        return found


def _fold(member_id: str) -> None:
    follow.fold(member_id, at=now(), zone=settings().zone)


def _picture(person: branches.Person) -> Picture:
    entries = ledger.effective(ledger.entries_after(person.member_id, 0))
    above = branches.paths([person.branch_id])[person.branch_id] if person.branch_id else ()
    secret = hidden_in(person.member_id, entries)
    hidden = {one.subject for one in entries if one.data.get("attempt") in secret}
    states = coverage.states(person.member_id)
    period = points.current(above, today()) if _may_see_points(person, above) and not hidden else None
    held = {one.seq for one in entries}
    return Picture(
        hours=sum(int(one.data.get("hours", 0)) for one in entries),
        states={
            item: states[item.item_id]
            for item in plans.due_for(above, person.member_class, today())
            if item.item_id in states and f"{item.kind}/{item.slug}" not in hidden
        },
        period=in_language(period.title, period.title_en) if period else "",
        total=points.total(person.member_id, period).total if period else None,
        certificates=frozenset(
            one.title for one in records.certificates_of(person.member_id) if one.entry_seq in held
        ),
    )


def _may_see_points(person: branches.Person, above: tuple[str, ...]) -> bool:
    return guard.permits(me(), "points.read", member_id=person.member_id, ancestors=above)


def _told(before: Picture, after: Picture) -> list[str]:
    found = [
        gettext(
            "“%(title)s”, due on %(day)s: from “%(was)s” to “%(now)s”",
            title=thing_title(f"{item.kind}/{item.slug}"),
            day=day_words(item.due_on),
            was=gettext(coverage.STATES[was]),
            now=gettext(coverage.STATES[after.states[item]]),
        )
        for item, was in before.states.items()
        if after.states.get(item, was) != was
    ]
    if before.hours != after.hours:
        values = {"was": hundredths(before.hours), "now": hundredths(after.hours)}
        found.append(gettext("Study hours in all: from %(was)s to %(now)s", **values))
    if before.total is not None and after.total is not None:
        values = {"was": hundredths(before.total), "now": hundredths(after.total), "period": before.period}
        found.append(
            gettext("Points of “%(period)s”: they stay at %(now)s", **values)
            if before.total == after.total
            else gettext("Points of “%(period)s”: from %(was)s to %(now)s", **values)
        )
    found += [
        gettext("The certificate “%(title)s” holds no longer", title=title)
        for title in sorted(before.certificates - after.certificates)
    ]
    return found
