"""Changing to what and where somebody belongs from a day on. What stood there before is kept beside it.

The caller holds the member's lock (`ledger.lock`), so that two who change the same person queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from learnapp import audit
from learnapp.branches.history import history
from learnapp.branches.intervals import Homes, Stay, changed, home_on, taken_back
from learnapp.branches.models import Membership, MembershipBefore
from learnapp.branches.rules import CLASSES, POSTS
from learnapp.db import db, new_id
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound


@dataclass(frozen=True)
class Guest:
    """A guest membership: the host unit's interval and its id."""

    id: str
    member_id: str
    branch_id: str
    valid_from: date
    valid_to: date | None

    @property
    def last_day(self) -> date | None:
        """The last day, for people; None while there is none."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


def homes_of(member_id: str) -> Homes:
    """The member's homes by first day, past and to come."""
    return tuple(stay for stay in history(member_id) if stay.kind == "home")


def change(
    member_id: str,
    *,
    member_class: str,
    post: str | None,
    on: date,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> bool:
    """Gives a member another class or post from a day on, with a row in the security log; False when that is
    so already. A day in the past corrects, a day to come takes effect by itself.

    Raises Forbidden for oneself, Invalid for an unknown class or post and for a day without a home.
    """
    if member_class not in CLASSES:
        raise Invalid("class", N_("“%(value)s” is not one of the classes."), value=member_class)
    if post is not None and post not in POSTS:
        raise Invalid("post", N_("“%(value)s” is not one of the posts."), value=post)
    not_oneself(member_id, actor_id)
    before = homes_of(member_id)
    after = changed(before, member_class, post, on)
    if after == before:
        return False
    replace_homes(member_id, after, actor_id=actor_id, at=at)
    _log("class-changed", member_id, _unit_on(after, on), on, actor_id, at, address)
    return True


def take_back(member_id: str, *, on: date, actor_id: str, at: datetime, address: str | None = None) -> None:
    """Takes back a change of class or post that begins on that day: what was before goes on.

    Raises Forbidden for oneself, Invalid when no such change begins on that day.
    """
    not_oneself(member_id, actor_id)
    after = taken_back(homes_of(member_id), on)
    replace_homes(member_id, after, actor_id=actor_id, at=at)
    _log("class-change-undone", member_id, _unit_on(after, on), on, actor_id, at, address)


def replace_homes(member_id: str, homes: Sequence[Stay], *, actor_id: str, at: datetime) -> None:
    """Makes these the member's homes. An interval that only ends on another day keeps its id; every other one
    that is not among them goes, and a copy of each that goes or changes stays in `membership_before`."""
    wanted = {(stay.valid_from, *stay.standing): stay for stay in homes}
    for row in _rows(member_id, "home"):
        stay = wanted.pop((row.valid_from, row.branch_id, row.member_class, row.post), None)
        if stay is None:
            _remember(row, actor_id, at)
            db.session.delete(row)
        elif stay.valid_to != row.valid_to:
            _end(row, stay.valid_to, actor_id, at)
    db.session.flush()
    for stay in wanted.values():
        _add(member_id, stay, actor_id, at)
    db.session.flush()


def host(
    member_id: str,
    branch_id: str,
    *,
    valid_from: date,
    valid_to: date | None,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> str:
    """Makes a member the guest of another unit (流动党员) from a day up to, not including, another one or until
    further notice. They stay at home where they are, and count only there. Returns the interval's id.

    Raises Forbidden for oneself, Invalid for an empty interval, for a day without a home and for the home itself,
    Conflict when they are somebody's guest in that time already.
    """
    not_oneself(member_id, actor_id)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid("interval", N_("The last day lies before the first one."))
    home = home_on(homes_of(member_id), valid_from)
    if home is None:
        raise Invalid("not-at-home", N_("On that day this member is at home in no unit."))
    if home.branch_id == branch_id:
        raise Invalid("host-is-home", N_("This unit is the member’s home; nobody is a guest there."))
    for other in _rows(member_id, "host"):
        if _overlap(other, valid_from, valid_to):
            raise Conflict(
                "guest-already",
                N_("The member is a guest of another unit in that time. End that first."),
            )
    stay = Stay(branch_id, "host", home.member_class, None, valid_from, valid_to)
    guest_id = _add(member_id, stay, actor_id, at)
    db.session.flush()
    _log("guest-begun", member_id, branch_id, valid_from, actor_id, at, address)
    return guest_id


def end_host(
    member_id: str,
    guest_id: str,
    *,
    on: date,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> bool:
    """Ends a guest membership: `on` is the first day after. One that would end before it began never was.
    Returns False when it ends on that day already. Raises Forbidden for oneself, NotFound."""
    not_oneself(member_id, actor_id)
    row = db.session.get(Membership, (member_id, guest_id))
    if row is None or row.kind != "host":
        raise NotFound("no-guest", N_("There is no such guest membership."))
    if row.valid_to == on:
        return False
    branch_id = row.branch_id
    if on <= row.valid_from:
        _remember(row, actor_id, at)
        db.session.delete(row)
    else:
        _end(row, on, actor_id, at)
    db.session.flush()
    _log("guest-ended", member_id, branch_id, on, actor_id, at, address)
    return True


def guests(member_id: str) -> list[Guest]:
    """Where the member is or was a guest, by first day."""
    return [_guest(row) for row in _rows(member_id, "host")]


def guests_of(branch_id: str, today: date) -> list[Guest]:
    """Who is a guest of this very unit on that day, or will be."""
    rows = db.session.execute(
        select(Membership)
        .where(
            Membership.branch_id == branch_id,
            Membership.kind == "host",
            Membership.valid_to.is_(None) | (Membership.valid_to > today),
        )
        .order_by(Membership.valid_from, Membership.id)
    )
    return [_guest(row) for row in rows.scalars()]


def _guest(row: Membership) -> Guest:
    return Guest(row.id, row.member_id, row.branch_id, row.valid_from, row.valid_to)


def _overlap(row: Membership, first: date, after: date | None) -> bool:
    return (after is None or row.valid_from < after) and (row.valid_to is None or row.valid_to > first)


def _rows(member_id: str, kind: str) -> list[Membership]:
    rows = db.session.execute(
        select(Membership)
        .where(
            Membership.member_id == member_id,
            Membership.kind == kind,
            Membership.valid_to.is_(None) | (Membership.valid_to > Membership.valid_from),
        )
        .order_by(Membership.valid_from, Membership.id)
        .execution_options(populate_existing=True)
    )
    return list(rows.scalars())


def _add(member_id: str, stay: Stay, actor_id: str, at: datetime) -> str:
    membership_id = new_id()
    branch_id, kind, member_class, post, valid_from, valid_to = astuple(stay)
    db.session.add(
        Membership(
            member_id=member_id,
            id=membership_id,
            branch_id=branch_id,
            kind=kind,
            member_class=member_class,
            post=post,
            valid_from=valid_from,
            valid_to=valid_to,
            recorded_at=at,
            recorded_by=actor_id,
        )
    )
    return membership_id


def _end(row: Membership, valid_to: date | None, actor_id: str, at: datetime) -> None:
    _remember(row, actor_id, at)
    row.valid_to, row.recorded_at, row.recorded_by = valid_to, at, actor_id


def _remember(row: Membership, actor_id: str, at: datetime) -> None:
    kept = {name: getattr(row, name) for name in _KEPT}
    db.session.add(
        MembershipBefore(id=new_id(), membership_id=row.id, replaced_at=at, replaced_by=actor_id, **kept)
    )


_KEPT = (
    "member_id",
    "branch_id",
    "kind",
    "member_class",
    "post",
    "valid_from",
    "valid_to",
    "recorded_at",
    "recorded_by",
)


def _unit_on(homes: Homes, day: date) -> str:
    home = home_on(homes, day)
    assert home is not None, "the rules have seen the day"
    return home.branch_id


def not_oneself(member_id: str, actor_id: str) -> None:
    """Raises Forbidden for a change of one's own membership."""
    if member_id == actor_id:
        raise Forbidden("own-membership", N_("Nobody changes their own class, post or unit alone."))


def _log(
    action: str,
    member_id: str,
    branch_id: str,
    on: date,
    actor_id: str,
    at: datetime,
    address: str | None,
) -> None:
    """Who, where, from when on; not as what, since the log lives longer than it has to be known."""
    audit.write(
        action,
        member_id=member_id,
        actor_id=actor_id,
        at=at,
        subject=f"branch/{branch_id}",
        address=address,
        on=on.isoformat(),
    )
