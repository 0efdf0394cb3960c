"""Dry runs: how far one has come, who would move and by how much, and which rule does it.

A committee sees counts, by amount and by unit, small units hidden; names with amounts are for the own branch, in
name order. Nothing is ordered by amount except the scale of the chart itself, on which nobody stands by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import jsonify, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, coverage, guard, points
from learnapp.db import transaction
from learnapp.errors import N_, NotFound
from learnapp.points import drafting, trial
from learnapp.web.doors import in_language, may, me, now
from learnapp.web.filters import hundredths
from learnapp.web.rulesets.blueprint import RULES, TRIAL, bp, run_for, title_of

# About so many bars a side.
MOST_BARS = 8


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: how many members change by this much, in words; the width is in percent of the longest."""

    label: str
    words: str
    width: int


@dataclass(frozen=True)
class UnitRow:
    """A unit below: members, how many would have more and how many less; None where that is hidden."""

    unit: branches.Unit
    members: int
    more: int | None
    less: int | None


@dataclass(frozen=True)
class RuleRow:
    """What a rule brought to all, and would bring; for how many members it would be more, and less, in words that
    are empty for nobody."""

    title: str
    was: int
    would: int
    more: str
    less: str


@bp.get("/runs/")
@may(TRIAL)
def runs() -> str:
    """Dry runs over periods that the asker's units are in."""
    own = guard.units(me(), TRIAL)
    above = branches.paths(own) if own else {}
    wanted = {unit for path in above.values() for unit in path} if not me().can(RULES) else set()
    for unit in guard.units(me(), RULES):
        wanted |= branches.subtree(unit)
    found = [run for run in trial.runs(branch_ids=wanted) if run.state == "done"]
    return render_template("rulesets/runs.html", rows=[(run, *_named(run), _href(run, own)) for run in found])


def _named(run: trial.Run) -> tuple[str, str]:
    period = points.period(run.period_id)
    return title_of(run.rules), in_language(period.title, period.title_en)


def _href(run: trial.Run, own: frozenset[str]) -> str:
    """To the whole where the asker may see it, else to the own unit in it."""
    path = branches.paths([run.branch_id])[run.branch_id]
    if guard.permits(me(), RULES, ancestors=path):
        return url_for("rulesets.run", run_id=run.id)
    inside = branches.subtree(run.branch_id)
    unit = next((one for one in sorted(own) if one in inside), "")
    return url_for("rulesets.run_unit", run_id=run.id, branch_id=unit) if unit else ""


@bp.get("/runs/<run_id>")
@may(RULES)
def run(run_id: str) -> str:
    """A dry run: its progress, or what came of it."""
    found = run_for(run_id)
    rules, period = found.rules, points.period(found.period_id)
    figures = found.figures
    few = figures.members < coverage.SMALL
    return render_template(
        "rulesets/run.html",
        run=found,
        title=title_of(rules),
        period=period,
        period_title=in_language(period.title, period.title_en),
        unit=branches.unit(found.branch_id),
        few=few,
        bars=[] if few else _bars(figures),
        more=sum(number for amount, number in figures.amounts.items() if amount > 0),
        less=sum(number for amount, number in figures.amounts.items() if amount < 0),
        grades=[] if few else _grades(figures, rules, period.rules),
        rules=[] if few else _rules(figures, rules, period.rules),
        rows=_rows(found, found.branch_id, named=False) if found.state == "done" else [],
        draft=found.draft_id,
        back=_back(found),
    )


def _back(run: trial.Run) -> tuple[str, str]:
    """Where the run was ordered: the draft while there is one, else the version, else the unit."""
    for kind, look in (("draft", drafting.draft), ("version", drafting.version)):
        try:
            look(run.draft_id)
        except NotFound:
            continue
        word = gettext("The draft") if kind == "draft" else gettext("The version")
        where: dict[str, Any] = {f"{kind}_id": run.draft_id}
        return url_for(f"rulesets.{kind}", **where), word
    return url_for("rulesets.unit", branch_id=run.branch_id), gettext("Rule sets")


def _bars(figures: trial.Figures) -> list[Bar]:
    """How many change by how much, from the greatest loss to the greatest gain. Neighbouring amounts are put
    together until nobody could be known by an amount of their own, and until the chart can be read at a glance."""
    losses = {amount: number for amount, number in sorted(figures.amounts.items()) if amount < 0}
    gains = {amount: number for amount, number in sorted(figures.amounts.items(), reverse=True) if amount > 0}
    least = max(coverage.SMALL, sum(losses.values()) // MOST_BARS, sum(gains.values()) // MOST_BARS)
    groups = [*_groups(losses, least), *reversed(_groups(gains, least))]
    longest = max((number for _, number in groups), default=1)
    return [
        Bar(_label(min(amounts), max(amounts)), _counted(number), min(100, max(1, number * 100 // longest)))
        for amounts, number in groups
    ]


def _groups(amounts: dict[int, int], least: int) -> list[tuple[list[int], int]]:
    """Amounts from the outside towards nothing, in groups of at least so many members; what is left over at the
    end joins the last group."""
    groups: list[tuple[list[int], int]] = []
    held: list[int] = []
    number = 0
    for amount, members in amounts.items():
        held.append(amount)
        number += members
        if number >= least:
            groups.append((held, number))
            held, number = [], 0
    if held and groups:
        last, members = groups.pop()
        return [*groups, ([*last, *held], members + number)]
    return [(held, number)] if held else groups


def _counted(number: int) -> str:
    """A number of members; small ones are not told."""
    return gettext("fewer than %(num)s", num=coverage.SMALL) if coverage.small(number) else str(number)


def _label(low: int, high: int) -> str:
    if low == high:
        return signed(low)
    return str(gettext("%(low)s to %(high)s", low=signed(low), high=signed(high)))


def signed(amount: int) -> str:
    """An amount with its sign; 0 without."""
    return f"+{hundredths(amount)}" if amount > 0 else hundredths(amount).replace("-", "－")


def _grades(
    figures: trial.Figures, new: points.rules.RuleSet, old: points.rules.RuleSet
) -> list[tuple[str, str, str]]:
    """How many would be suggested another grade: from, to, number; in the order of the grades."""
    words = {
        grade.id: in_language(grade.title, grade.title_en) for rules in (old, new) for grade in rules.grades
    }
    order = {grade: number for number, grade in enumerate(words)}
    none = gettext("no grade")
    found = [(was, would, number) for (was, would), number in figures.grades.items() if was != would]
    found.sort(key=lambda one: (order.get(one[0], -1), order.get(one[1], -1)))
    return [(words.get(was, none), words.get(would, none), _counted(number)) for was, would, number in found]


def _rules(figures: trial.Figures, new: points.rules.RuleSet, old: points.rules.RuleSet) -> list[RuleRow]:
    """The rules that move somebody, in the order of the rule set; what was taken out behind them."""
    words = {rule.id: in_language(rule.text, rule.text_en) for rules in (old, new) for rule in rules.rules}
    order = [trial.BASE, *(rule.id for rules in (new, old) for rule in rules.rules), trial.FLOOR]
    names = {trial.BASE: gettext("Base"), trial.FLOOR: gettext("What the floor makes up for")}
    rows = {name: figures.rules[name] for name in dict.fromkeys(order) if name in figures.rules}
    return [
        RuleRow(
            names.get(name, "") or words[name],
            was,
            would,
            _counted(more) if more else "",
            _counted(less) if less else "",
        )
        for name, (was, would, more, less) in rows.items()
        if more or less
    ]


def _rows(run: trial.Run, branch_id: str, *, named: bool) -> list[UnitRow]:
    """The units directly below, in the tree's order. Small ones are hidden from whoever is above, with enough
    others that none can be had by subtraction."""
    children = branches.children(branch_id)
    found = trial.rolled_up(run.figures, trial.below(child.id for child in children))
    hidden = frozenset() if named else _hidden(run, branch_id)
    path = branches.paths([branch_id])[branch_id]
    inside = path[: path.index(run.branch_id) + 1]
    concealed = not named and any(child in _hidden(run, parent) for child, parent in pairwise(inside))
    return [
        UnitRow(
            child,
            found[child.id][0],
            *((None, None) if concealed or child.id in hidden else found[child.id][1:]),
        )
        for child in children
    ]


def _hidden(run: trial.Run, branch_id: str) -> frozenset[str]:
    below = trial.below(child.id for child in branches.children(branch_id))
    sizes = {unit: values[0] for unit, values in trial.rolled_up(run.figures, below).items()}
    sizes[branch_id] = run.figures.units.get(branch_id, [0])[0]
    return coverage.hidden(sizes)


@bp.get("/runs/<run_id>/units/<branch_id>")
@may(TRIAL)
def run_unit(run_id: str, branch_id: str) -> str:
    """A unit in a dry run: names with amounts for the own branch, units with counts for who is above."""
    unit = guard.unit_for(me(), TRIAL, branch_id)
    found = trial.run(run_id)
    path = branches.paths([branch_id])[branch_id]
    if found.branch_id not in path or found.state != "done":
        raise NotFound("no-run", N_("There is no such dry run. It may have been replaced by a newer one."))
    named = guard.permits(me(), "points.read", ancestors=path)
    title, period_title = _named(found)
    people = _people(found, branch_id) if named else []
    whole = guard.permits(me(), RULES, ancestors=branches.paths([found.branch_id])[found.branch_id])
    return render_template(
        "rulesets/run_unit.html",
        run=found,
        unit=unit,
        title=title,
        period_title=period_title,
        named=named,
        whole=whole,
        people=people,
        forgotten=named and not people and any(found.figures.units.get(branch_id, (0, 0, 0))[1:]),
        members=trial.rolled_up(found.figures, trial.below([branch_id]))[branch_id][0],
        rows=_rows(found, branch_id, named=named),
    )


@dataclass(frozen=True)
class PersonRow:
    """A member who would move: the sum as it was and would be, the grades where they differ, and why."""

    name: str
    was: int
    would: int
    grades: tuple[str, str] | None
    why: list[tuple[str, str]]


def _people(run: trial.Run, branch_id: str) -> list[PersonRow]:
    """The members of a branch who would move, in name order."""
    new, old = run.rules, points.period(run.period_id).rules
    words = {rule.id: in_language(rule.text, rule.text_en) for rules in (old, new) for rule in rules.rules}
    words |= {trial.BASE: gettext("Base"), trial.FLOOR: gettext("What the floor makes up for")}
    grades = {
        grade.id: in_language(grade.title, grade.title_en) for rules in (old, new) for grade in rules.grades
    }
    moves = trial.moves(run.id, [branch_id])
    names = accounts.names({move.member_id for move in moves})
    rows = [
        PersonRow(
            name=names.get(move.member_id, gettext("Somebody who is not here any more")),
            was=move.was,
            would=move.would,
            grades=(grades.get(move.was_grade, "–"), grades.get(move.would_grade, "–"))
            if move.was_grade != move.would_grade
            else None,
            why=[(words.get(rule, rule), signed(amount)) for rule, amount in move.rules.items()],
        )
        for move in moves
    ]
    return sorted(rows, key=lambda row: row.name)


@bp.get("/runs/<run_id>/progress")
@may(RULES)
def progress(run_id: str) -> Response:
    """How far a run has come, for the page's own script."""
    found = run_for(run_id)
    return jsonify(state=found.state, percent=found.percent, done=found.done, members=found.members)


@bp.post("/runs/<run_id>/cancel")
@may(RULES)
def cancel(run_id: str) -> Response:
    """Stops a run."""
    run_for(run_id)
    with transaction():
        trial.cancel(run_id, at=now())
    return redirect(url_for("rulesets.run", run_id=run_id), 303)


@bp.post("/runs/<run_id>/again")
@may(RULES)
def again(run_id: str) -> Response:
    """Orders the same run once more: entries may have come since."""
    found = run_for(run_id)
    with transaction():
        new = trial.ask(
            found.source, found.period_id, actor_id=me().member_id, at=now(), draft_id=found.draft_id
        )
    return redirect(url_for("rulesets.run", run_id=new), 303)
