"""Points: why a sum is what it is, line by line; and a unit's sums, in name order or in the tree's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import branches, coverage, guard, ledger, points
from learnapp.web.doors import language, may, me, settings, today
from learnapp.web.filters import hundredths
from learnapp.web.quiz.results import hidden_in
from learnapp.web.words import ActWords, Month, act_words, by_month

bp = Blueprint("points", __name__, url_prefix="/points")


@dataclass(frozen=True)
class Row:
    """One line of a sum: the act and the rule in words, what it brings, and why less than it is worth."""

    words: ActWords
    number: str
    sentence: str
    reason: str
    entry: ledger.Entry
    recorded_at: datetime


def in_language(text: str, text_en: str) -> str:
    """Text of a rule set or a period, which come in both languages."""
    return text_en if language() == "en" and text_en else text


def _signed(value: int) -> str:
    return f"+{hundredths(value)}" if value > 0 else hundredths(value).replace("-", "－")


def _number(line: points.Line) -> str:
    """`+3`, or `+1 → 0` where the line counts for less than it is worth."""
    if line.counted == line.worth:
        return _signed(line.worth)
    return f"{_signed(line.worth)} → {_signed(line.counted)}"


def _reason(line: points.Line, rules: points.rules.RuleSet) -> str:
    if not line.reason:
        return ""
    category = rules.categories[rules.rule(line.rule).category]
    text: str = gettext(
        points.REASONS[line.reason],
        cap=hundredths(points.cap_of(line, rules) or 0),
        category=in_language(category.title, category.title_en),
    )
    return text


@dataclass(frozen=True)
class Sum:
    """A member's sum with its lines, newest first. `waiting` results are left out of both, since they are not
    shown yet: the sum is what it would be without them."""

    total: points.Total
    lines: Sequence[points.Line]
    entries: Mapping[int, ledger.Entry]
    waiting: int


def _sum(member_id: str, period: points.PeriodInfo) -> Sum:
    """As it was folded, and computed anew where a result may not be told yet."""
    entries = ledger.entries_after(member_id, 0)
    by_seq = {entry.seq: entry for entry in entries}
    hidden = hidden_in(member_id, entries)
    if not hidden:
        return Sum(points.total(member_id, period), points.lines(member_id, period), by_seq, 0)
    told = [entry for entry in entries if entry.data.get("attempt") not in hidden]
    found = points.evaluate(told, period.rules, period.span, settings().zone)
    total = points.Total(found.base, found.bonus, found.deduction, found.total, entries[-1].seq)
    lines = sorted(found.lines, key=lambda line: (line.on, line.seq), reverse=True)
    return Sum(total, lines, by_seq, len(hidden))


def _months(found: Sum, period: points.PeriodInfo) -> list[Month[Row]]:
    """The lines with their entries, newest first, month by month."""
    rows = []
    for line in found.lines:
        rule, entry = period.rules.rule(line.rule), found.entries[line.seq]
        rows.append(
            Row(
                words=act_words(entry),
                number=_number(line),
                sentence=in_language(rule.text, rule.text_en),
                reason=_reason(line, period.rules),
                entry=entry,
                recorded_at=entry.recorded_at,
            )
        )
    return by_month(rows, lambda row: row.entry.occurred_at)


def _why(member_id: str, branch_id: str | None, person: branches.Person | None) -> str:
    above = branches.paths([branch_id])[branch_id] if branch_id else ()
    period = points.current(above, today())
    found = _sum(member_id, period) if period else None
    return render_template(
        "points/why.html",
        person=person,
        period=period,
        title=in_language(period.title, period.title_en) if period else "",
        total=found.total if found else None,
        waiting=found.waiting if found else 0,
        months=_months(found, period) if found and period else [],
        rules=[in_language(rule.text, rule.text_en) for rule in period.rules.rules] if period else [],
    )


@bp.get("/")
@may("points.read")
def mine() -> str:
    """The asker's own sum of the current period, and every line behind it."""
    return _why(me().member_id, me().branch_id, None)


@bp.get("/members/<member_id>")
@may("points.read")
def of(member_id: str) -> str:
    """A member's sum for whoever may read it."""
    person = guard.member_for(me(), "points.read", member_id, today())
    return _why(member_id, person.branch_id, person)


@bp.get("/branches/")
@may("points.branch")
def units() -> str | Response:
    """The units whose points the asker may see; a single one is opened at once."""
    found = branches.units(guard.units(me(), "points.branch"))
    if len(found) == 1:
        return redirect(url_for("points.branch", branch_id=found[0].id), 303)
    return render_template("points/units.html", units=found, kinds=branches.KINDS)


@bp.get("/branches/<branch_id>")
@may("points.branch")
def branch(branch_id: str) -> str:
    """A unit: names with their sums for the own branch, in name order; units with counts for who is above."""
    unit = guard.unit_for(me(), "points.branch", branch_id)
    path = branches.paths([branch_id])[branch_id]
    named = guard.permits(me(), "points.read", ancestors=path)
    period = points.current(path, today())
    people = branches.members_of(branch_id, today()) if named else []
    totals = points.branch_totals(branch_id, period) if named and period else {}
    return render_template(
        "points/branch.html",
        unit=unit,
        above=[
            one for one in path[1:] if guard.permits(me(), "points.branch", ancestors=path[path.index(one) :])
        ],
        named=named,
        period=period,
        title=in_language(period.title, period.title_en) if period else "",
        people=[(person, totals.get(person.member_id) or points.untouched(period)) for person in people]
        if period
        else [],
        rows=_unit_rows(branch_id, path, period, named) if period else [],
    )


@dataclass(frozen=True)
class UnitRow:
    """A unit below: how many members it has and how many have gained something; None where that is hidden."""

    unit: branches.Unit
    members: int
    gained: int | None


def _unit_rows(
    branch_id: str, path: tuple[str, ...], period: points.PeriodInfo, named: bool
) -> list[UnitRow]:
    """The unit's children in the tree's own order. Small ones are hidden from who is not of the branch, with
    enough others that none can be had by subtraction from a figure further up."""
    below = _Below(branch_id)
    ids = [child.id for child in below.children]
    gained = points.with_bonus(period, ids)
    concealed = not named and any(child in _Below(parent).hidden for child, parent in pairwise(path))
    return [
        UnitRow(
            child,
            below.members[child.id],
            None if concealed or (not named and child.id in below.hidden) else gained[child.id],
        )
        for child in below.children
    ]


class _Below:
    """The units below one, how many members each has, and which of them are hidden among the others."""

    def __init__(self, branch_id: str) -> None:
        self.children = branches.children(branch_id)
        self.members = branches.counts([branch_id, *(child.id for child in self.children)], today())
        sizes = {child.id: self.members[child.id] for child in self.children}
        sizes[branch_id] = self.members[branch_id] - sum(sizes.values())
        self.hidden = coverage.hidden(sizes)
