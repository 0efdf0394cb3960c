"""Posting (公示): what a branch is shown of its members' recognised acts, as it stood when it was posted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, bindparam, func, insert, literal, select

from learnapp import audit, points
from learnapp.accounts import Account
from learnapp.assessment.models import PostedLine, PostedTotal
from learnapp.assessment.rules import POSTING_DAYS, Calendar
from learnapp.branches import BranchPath
from learnapp.db import db, table_of
from learnapp.errors import N_, Invalid
from learnapp.ledger import LedgerEntry

_line, _standing = table_of(points.PointsLine), table_of(points.Standing)
_posted, _total = table_of(PostedLine), table_of(PostedTotal)
_account, _entry = table_of(Account), table_of(LedgerEntry)

# What would tell of a correction, a class or an exemption is left out, and so is every deduction.
_UNTOLD = ("voided", "class", "exempt")
_KEEP_LINES = insert(_posted).from_select(
    ["member_id", "period_id", "entry_seq", "rule", "branch_id", "counted", "occurred_on"],
    select(
        _line.c.member_id,
        _line.c.period_id,
        _line.c.entry_seq,
        _line.c.rule,
        _standing.c.branch_id,
        _line.c.counted,
        _line.c.occurred_on,
    )
    .join(
        _standing,
        (_standing.c.member_id == _line.c.member_id) & (_standing.c.period_id == _line.c.period_id),
    )
    .where(_line.c.period_id == bindparam("of_period"), _line.c.worth > 0, _line.c.reason.not_in(_UNTOLD)),
)
_KEEP_TOTALS = insert(_total).from_select(
    ["member_id", "period_id", "branch_id", "total"],
    select(_standing.c.member_id, _standing.c.period_id, _standing.c.branch_id, _standing.c.total).where(
        _standing.c.period_id == bindparam("of_period")
    ),
)


def post(
    period_id: str,
    *,
    days: int,
    show_totals: bool,
    calendar: Calendar,
    today: date,
    actor_id: str,
    at: datetime,
) -> bool:
    """Posts an open period for so many working days after today, with what is recognised at this moment: it stays
    as it is now, whatever is corrected later. Returns whether that is new.

    Raises Invalid for another number of days than 3, 5 or 7, Conflict for a period that is not open.
    """
    if days not in POSTING_DAYS:
        raise Invalid("posting-days", N_("A posting hangs for 3, 5 or 7 working days."))
    until = calendar.last_day(today, days)
    if not points.post_period(period_id, until=until, show_totals=show_totals, at=at):
        return False
    db.session.execute(_KEEP_LINES, {"of_period": period_id})
    db.session.execute(_KEEP_TOTALS, {"of_period": period_id})
    audit.write(
        "period-posted",
        member_id=actor_id,
        actor_id=actor_id,
        at=at,
        subject=f"period/{period_id}",
        until=until.isoformat(),
    )
    return True


def hangs(period: points.PeriodInfo, today: date) -> bool:
    """Whether the posting is up today."""
    return period.state == "posted" and period.post_until is not None and today <= period.post_until


@dataclass(frozen=True)
class PostedAct:
    """One posted act: under which rule, on which day, counted for how much; `entry` names the thing. `changed`
    says that the entry was voided since, or counts for something else by now."""

    seq: int
    rule: str
    on: date
    counted: int
    kind: str
    subject: str
    version: str
    changed: bool


@dataclass(frozen=True)
class PostedMember:
    """What is posted about one member; `total` is None where the posting shows no sums of others."""

    member_id: str
    name: str
    acts: Sequence[PostedAct]
    total: int | None


_ACTS = (
    select(
        _posted.c.member_id,
        _account.c.name,
        _posted.c.entry_seq,
        _posted.c.rule,
        _posted.c.occurred_on,
        _posted.c.counted,
        _entry.c.kind,
        _entry.c.subject,
        _entry.c.subject_version,
        func.coalesce(_line.c.counted, literal(-1)).label("now"),
        func.coalesce(_line.c.reason, literal("")).label("reason"),
    )
    .select_from(_posted)
    .join(_account, _account.c.member_id == _posted.c.member_id)
    .join(_entry, (_entry.c.member_id == _posted.c.member_id) & (_entry.c.seq == _posted.c.entry_seq))
    .outerjoin(
        _line,
        (_line.c.member_id == _posted.c.member_id)
        & (_line.c.period_id == _posted.c.period_id)
        & (_line.c.entry_seq == _posted.c.entry_seq)
        & (_line.c.rule == _posted.c.rule),
    )
    .where(_posted.c.period_id == bindparam("of_period"), _posted.c.branch_id == bindparam("of_branch"))
    .order_by(_posted.c.occurred_on, _posted.c.entry_seq, _posted.c.rule)
)
_TOTALS = (
    select(_total.c.member_id, _account.c.name, _total.c.total)
    .join(_account, _account.c.member_id == _total.c.member_id)
    .where(_total.c.period_id == bindparam("of_period"), _total.c.branch_id == bindparam("of_branch"))
)


def posting(branch_id: str, period: points.PeriodInfo) -> list[PostedMember]:
    """What hangs in a branch, in name order: two questions, however many members it has.

    Without sums only those are listed of whom something was recognised: nothing is said about the others.
    """
    names: dict[str, str] = {}
    acts: dict[str, list[PostedAct]] = {}
    asked = {"of_period": period.id, "of_branch": branch_id}
    for member_id, name, *rest, now, reason in db.session.execute(_ACTS, asked):
        names[member_id] = name
        seq, rule, on, counted, kind, subject, version = rest
        changed = reason == "voided" or now != counted
        acts.setdefault(member_id, []).append(
            PostedAct(seq, rule, on, counted, kind, subject, version, changed)
        )
    totals: dict[str, int] = {}
    if period.show_totals:
        for member_id, name, total in db.session.execute(_TOTALS, asked):
            names[member_id], totals[member_id] = name, total
    return _listed(names, acts, totals)


def _listed(
    names: Mapping[str, str], acts: Mapping[str, Sequence[PostedAct]], totals: Mapping[str, int]
) -> list[PostedMember]:
    return [
        PostedMember(member_id, name, acts.get(member_id, ()), totals.get(member_id))
        for member_id, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
    ]


def posted_act(member_id: str, period_id: str, seq: int) -> str | None:
    """The branch in which an entry of a member was posted; None where it was not."""
    return db.session.execute(
        select(_posted.c.branch_id)
        .where(
            _posted.c.member_id == member_id,
            _posted.c.period_id == period_id,
            _posted.c.entry_seq == seq,
        )
        .limit(1)
    ).scalar_one_or_none()


def posted_branch(member_id: str, period_id: str) -> str | None:
    """The branch in which a member was posted; None where they were not."""
    return db.session.execute(
        select(_total.c.branch_id).where(_total.c.member_id == member_id, _total.c.period_id == period_id)
    ).scalar_one_or_none()


def hanging(ancestors: Collection[str], today: date) -> list[points.PeriodInfo]:
    """What is up today for a branch, given with everything above it, that of the members before that of the
    workers; one question where there is nothing."""
    if not ancestors:
        return []
    found = db.session.execute(_HANGING, {"ancestors": sorted(ancestors), "today": today}).scalars()
    return [points.period(period_id) for period_id in found.all()]


def hangs_for(branch_id: str | None, today: date) -> bool:
    """Whether something hangs today for whoever is at home in a branch. One question."""
    if branch_id is None:
        return False
    return db.session.execute(_HANGS, {"branch_id": branch_id, "today": today}).first() is not None


_period, _path = table_of(points.Period), table_of(BranchPath)
_UP = (_period.c.state == "posted") & (_period.c.post_until >= bindparam("today", type_=Date()))
_HANGING = (
    select(_period.c.id)
    .where(_period.c.branch_id.in_(bindparam("ancestors", expanding=True)), _UP)
    .order_by(_period.c.people, _period.c.starts_on, _period.c.id)
)
_HANGS = (
    select(_period.c.id)
    .join(_path, _path.c.ancestor_id == _period.c.branch_id)
    .where(_path.c.branch_id == bindparam("branch_id"), _UP)
    .limit(1)
)
