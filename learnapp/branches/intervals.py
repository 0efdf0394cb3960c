"""Intervals of belonging, and what changing them means. Pure.

A member's homes are kept by first day and never overlap. Every change gives the whole row of them anew: `changed`
(class or post from a day on), `taken_back` (a change that was entered by mistake) and `moved` (another unit from a
day on). None of them makes a gap, since where one interval ends the next begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from learnapp.errors import N_, Conflict, Invalid


@dataclass(frozen=True)
class Stay:
    """A member belonged to a unit, at home or as a guest (`host`), in a class and with a post or none.

    `valid_to` is the first day after; None is "until further notice".
    """

    branch_id: str
    kind: str
    member_class: str
    post: str | None
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def last_day(self) -> date | None:
        """The last day, for people; None while there is none."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None

    @property
    def standing(self) -> tuple[str, str, str | None]:
        """Where and as what: what an interval keeps as long as it lasts."""
        return self.branch_id, self.member_class, self.post


@dataclass(frozen=True)
class Interval:
    """Days from the first one up to, not including, `valid_to`."""

    valid_from: date
    valid_to: date

    def holds_on(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.valid_from <= day < self.valid_to


Homes = tuple[Stay, ...]


def home_on(homes: Iterable[Stay], day: date) -> Stay | None:
    """The home that holds on that day; None when nowhere."""
    return next((stay for stay in homes if stay.kind == "home" and stay.holds_on(day)), None)


def changed(homes: Sequence[Stay], member_class: str, post: str | None, on: date) -> Homes:
    """The homes with another class or post from that day on, until the next change that is known already.

    Raises Invalid when the member is at home nowhere on that day.
    """
    if home_on(homes, on) is None:
        raise Invalid("not-at-home", N_("On that day this member is at home in no unit."))
    return _joined(
        replace(stay, member_class=member_class, post=post) if stay.holds_on(on) else stay
        for stay in _cut(homes, on)
    )


def taken_back(homes: Sequence[Stay], on: date) -> Homes:
    """The homes without the change of class or post that begins on that day: what was before goes on.

    Raises Invalid when nothing of that kind begins on that day.
    """
    after = next((stay for stay in homes if stay.valid_from == on), None)
    before = next((stay for stay in homes if stay.valid_to == on), None)
    if after is None or before is None or after.branch_id != before.branch_id:
        raise Invalid("no-change", N_("No change of class or post begins on that day."))
    return _joined(
        replace(stay, member_class=before.member_class, post=before.post) if stay is after else stay
        for stay in homes
    )


def moved(homes: Sequence[Stay], to_id: str, on: date, today: date) -> Homes:
    """The homes with another unit from that day on, given that the member is at home somewhere today.

    The class goes along, with what is known of its changes; a post stays behind, since it is the old unit's.
    Raises Invalid for a day on which the member was not in the present unit yet, Conflict when they are at home
    nowhere, in that very unit, or when the present home ends on a day that is known already.
    """
    here = home_on(homes, today)
    if here is None:
        raise Conflict("homeless", N_("This member is at home in no unit today."))
    if here.branch_id == to_id:
        raise Conflict("same-home", N_("This unit is the member’s home already."))
    run = _run(homes, here)
    if run[-1].valid_to is not None:
        raise Conflict(
            "home-ends",
            N_("This home ends on %(day)s already. Another move can be asked for from that day on."),
            day=run[-1].valid_to.isoformat(),
        )
    if on <= run[0].valid_from:
        raise Invalid(
            "before-arrival",
            N_("The member came to the present unit on %(day)s. A move takes effect later than that."),
            day=run[0].valid_from.isoformat(),
        )
    return _joined(
        replace(stay, branch_id=to_id, post=None)
        if stay.branch_id == here.branch_id and stay.valid_from >= on
        else stay
        for stay in _cut(homes, on)
    )


def _run(homes: Sequence[Stay], here: Stay) -> Homes:
    """The intervals in one unit that follow each other without a day between, among them this one."""
    place = homes.index(here)
    first = last = place
    while first > 0 and _adjoins(homes[first - 1], homes[first]):
        first -= 1
    while last + 1 < len(homes) and _adjoins(homes[last], homes[last + 1]):
        last += 1
    return tuple(homes[first : last + 1])


def _adjoins(before: Stay, after: Stay) -> bool:
    return before.branch_id == after.branch_id and before.valid_to == after.valid_from


def _cut(homes: Sequence[Stay], on: date) -> list[Stay]:
    """The same homes, none of which goes on across the beginning of that day."""
    pieces: list[Stay] = []
    for stay in homes:
        if stay.holds_on(on) and stay.valid_from < on:
            pieces += [replace(stay, valid_to=on), replace(stay, valid_from=on)]
        else:
            pieces.append(stay)
    return pieces


def _joined(homes: Iterable[Stay]) -> Homes:
    """Neighbours that say the same, as one."""
    found: list[Stay] = []
    for stay in homes:
        if found and found[-1].valid_to == stay.valid_from and found[-1].standing == stay.standing:
            found[-1] = replace(found[-1], valid_to=stay.valid_to)
        else:
            found.append(stay)
    return tuple(found)
