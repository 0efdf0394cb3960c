"""What the rules in force offer to be declared or recorded, and how each act is called: read from points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g

from learnapp import branches, declarations, points
from learnapp.web.doors import in_language, me, today

SOURCES = ("declared", "organised")


@dataclass(frozen=True)
class Book:
    """The periods that the members of a unit are in, and those of the workers among them. `above` starts with the
    unit and goes up."""

    above: Sequence[str]
    periods: Sequence[points.PeriodInfo]
    work: Sequence[points.PeriodInfo] = ()

    def period(self, day: date) -> points.PeriodInfo | None:
        """The members' period of a day."""
        return self._nearest(self.periods, day)

    def in_force(self, day: date) -> list[points.PeriodInfo]:
        """The periods of a day, the members' first: its rules say what an act is that both know."""
        found = (self._nearest(self.periods, day), self._nearest(self.work, day))
        return [period for period in found if period is not None]

    def acts(self, day: date, source: str) -> Mapping[str, points.Act]:
        """What may be declared or recorded of a day, by code in the order of the rules."""
        found: dict[str, points.Act] = {}
        for period in self.in_force(day):
            for act in points.acts(period, source):
                found.setdefault(act.code, act)
        return found

    def usual_day(self, today: date) -> date:
        """The day that a form begins with: today; where no period holds it, the last day of the newest one that is
        over and has not closed, since what happened in it can still be said."""
        if self.period(today) is not None:
            return today
        over = [one.ends_on for one in self.periods if one.ends_on < today and one.state != "closed"]
        return max(over, default=today)

    def label(self, code: str, day: date) -> str:
        """The sentence of the rule that speaks of an act, of the period of that day or of any other; the bare
        code where no rule does."""
        for period in (*self.in_force(day), *reversed(self.periods), *reversed(self.work)):
            for act in _acts(period):
                if act.code == code:
                    return in_language(act.text, act.text_en)
        return code

    def against(self, code: str, day: date) -> bool:
        """Whether an act of that day takes points away or rules a grade out."""
        act = self.acts(day, "organised").get(code)
        return act is not None and (act.deducts or act.veto)

    def _nearest(self, periods: Sequence[points.PeriodInfo], day: date) -> points.PeriodInfo | None:
        """Of the periods that hold the day the one opened nearest to the unit."""
        holding = [one for one in periods if one.starts_on <= day <= one.ends_on]
        return min(holding, key=lambda one: self.above.index(one.branch_id), default=None)

    def terms(self, on: date) -> dict[str, declarations.Terms]:
        """What the rules in force on a day say about each act."""
        return {
            act.code: declarations.Terms(act.limit, act.deducts, act.veto, period.starts_on, period.ends_on)
            for period in reversed(self.in_force(on))
            for act in _acts(period)
        }


def _acts(period: points.PeriodInfo) -> Iterator[points.Act]:
    for source in SOURCES:
        yield from points.acts(period, source)


def books(branch_ids: Collection[str]) -> dict[str, Book]:
    """The book of each of these units, in two statements."""
    paths = branches.paths(branch_ids) if branch_ids else {}
    everywhere = {unit for above in paths.values() for unit in above}
    # What is only planned has no rules in force yet.
    periods = [one for one in points.periods_for(everywhere) if one.state != "planned"]

    def of_people(above: Collection[str], people: str) -> list[points.PeriodInfo]:
        return [one for one in periods if one.people == people and one.branch_id in above]

    return {
        branch_id: Book(above, *(of_people(above, people) for people in ("members", "workers")))
        for branch_id, above in paths.items()
    }


def book(branch_id: str | None) -> Book:
    """The book of one unit; an empty one for nowhere."""
    return books([branch_id])[branch_id] if branch_id else Book((), ())


def own() -> Book:
    """The asker's own book, read once a request."""
    return of(me().member_id)


def of(member_id: str) -> Book:
    """The book of a member's home, read once a request."""
    known: dict[str, Book] = g.setdefault("declarations_books", {})
    if member_id not in known:
        if member_id == me().member_id:
            home = me().branch_id
        else:
            place = branches.place(member_id, today())
            home = place.branch_id if place else None
        known[member_id] = book(home)
    return known[member_id]
