"""What a coverage page shows, gathered in a fixed number of queries whatever the size of the unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from learnapp import branches, catalogue, coverage, guard, plans
from learnapp.coverage import Counts
from learnapp.errors import N_, NotFound
from learnapp.web.doors import in_language, language, me, now, today


@dataclass(frozen=True)
class ItemRow:
    """One course or quiz of a plan with the unit's counts; whether it is past its date is seen today."""

    item_id: str
    kind: str
    title: str
    plan: str
    due_on: date
    overdue: bool
    counts: Counts


@dataclass(frozen=True)
class UnitRow:
    """A unit below, or the unit's own members; counts None where they are not shown."""

    unit_id: str
    name: str
    counts: Counts | None


@dataclass(frozen=True)
class PersonRow:
    """A member of the own branch with their state in what is being looked at."""

    member_id: str
    name: str
    state: str


@dataclass(frozen=True)
class Board:
    """One unit's coverage, of all items together or of one (`item`).

    `counts` None: the figures are hidden from the asker. `people` None: the asker may not see names.
    With several items the counts are of tasks, not of people (`persons` False).
    """

    unit: branches.Unit
    above: branches.Unit | None
    as_of: datetime | None
    item: ItemRow | None
    items: tuple[ItemRow, ...]
    counts: Counts | None
    units: tuple[UnitRow, ...]
    people: tuple[PersonRow, ...] | None
    persons: bool

    @property
    def withheld(self) -> bool:
        """Whether some unit's figures are left out."""
        return any(row.counts is None for row in self.units)

    def by_state(self) -> list[tuple[str, list[PersonRow]]]:
        """The names in name order, in one group a state."""
        found = self.people or ()
        return [(state, [row for row in found if row.state == state]) for state in coverage.STATES]


def board(branch_id: str, permission: str, item_id: str | None) -> Board:
    """The board of a unit that the asker may see with this permission. Raises NotFound or Forbidden."""
    unit = guard.unit_for(me(), permission, branch_id)
    path = branches.paths([branch_id])[branch_id]
    named = guard.permits(me(), "coverage.names", ancestors=path)
    tables = coverage.tables(path)
    table = tables[branch_id]
    begun = [
        item for item in plans.everything() if item.item_id in table.items() and item.starts_on <= today()
    ]
    shown = [item for item in begun if named or not coverage.concealed(path, tables, item.item_id)]
    children = branches.children(branch_id)
    people = _people(branch_id) if named else None
    live = people is not None and not children
    rows = tuple(_item_rows(shown, table, people if live else None))
    chosen = _chosen(rows, item_id) if item_id else rows[0] if len(rows) == 1 else None
    looked_at = [chosen.item_id] if chosen else [row.item_id for row in rows]
    return Board(
        unit=unit,
        above=_above(path),
        as_of=now() if live else coverage.as_of(),
        item=chosen,
        items=rows,
        counts=coverage.total(row.counts for row in rows if row.item_id in looked_at)
        if rows or not begun
        else None,
        units=tuple(_unit_rows(unit, children, table, looked_at, named)) if children else (),
        people=_with_states(people, looked_at) if people is not None else None,
        persons=len(looked_at) == 1,
    )


def _above(path: tuple[str, ...]) -> branches.Unit | None:
    """The unit above, if the asker may look at it."""
    if len(path) < 2 or not guard.permits(me(), "coverage.read", ancestors=path[1:]):
        return None
    return branches.unit(path[1])


def _chosen(rows: Iterable[ItemRow], item_id: str) -> ItemRow:
    for row in rows:
        if row.item_id == item_id:
            return row
    raise NotFound("no-item", N_("This is not due in this unit."))


def _item_rows(
    items: Iterable[plans.DueItem],
    table: coverage.Table,
    people: dict[str, tuple[str, dict[str, str]]] | None,
) -> Iterable[ItemRow]:
    """The items in the order of their dates. In a branch that sees its own names the counts are those of the
    names on the same page; elsewhere they are the roll-up's."""
    titles = _titles()
    for item in items:
        if people is None:
            counts = table.of([item.item_id])
        else:
            counts = coverage.tally(
                states[item.item_id] for _, states in people.values() if item.item_id in states
            )
        in_english = language() == "en"
        yield ItemRow(
            item_id=item.item_id,
            kind=item.kind,
            title=titles.get((item.kind, item.slug), item.slug),
            plan=item.plan_title_en if in_english and item.plan_title_en else item.plan_title,
            due_on=item.due_on,
            overdue=item.due_on < today(),
            counts=counts,
        )


def _titles() -> dict[tuple[str, str], str]:
    things: dict[str, tuple[catalogue.Course | catalogue.Quiz, ...]] = {
        "course": catalogue.courses(),
        "quiz": catalogue.quizzes(),
    }
    return {
        (kind, thing.slug): in_language(thing.title, thing.title_en)
        for kind, found in things.items()
        for thing in found
    }


def _unit_rows(
    unit: branches.Unit,
    children: list[branches.Unit],
    table: coverage.Table,
    items: list[str],
    named: bool,
) -> Iterable[UnitRow]:
    """The units below in the tree's own order, then the unit's own members, each with what may be shown."""
    hidden = {item: frozenset[str]() if named else table.hidden(item) for item in items}
    for child_id, name in [*((child.id, child.name) for child in children), (unit.id, "")]:
        expected = [item for item in items if table.cell(child_id, item).due]
        visible = [item for item in items if child_id not in hidden[item]]
        whole = table.of(items, child_id)
        if child_id == unit.id and not (whole.due or whole.out):
            continue
        if expected and not any(item in visible for item in expected):
            yield UnitRow(child_id, name, None)
        else:
            yield UnitRow(child_id, name, table.of(visible, child_id))


def _people(branch_id: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Everybody at home in this very unit, in name order: the name and the state in each item."""
    states = coverage.people(branch_id)
    return {
        person.member_id: (person.name, states.get(person.member_id, {}))
        for person in branches.members_of(branch_id, today())
    }


def _with_states(people: dict[str, tuple[str, dict[str, str]]], items: list[str]) -> tuple[PersonRow, ...]:
    """Each with one word for what is looked at; whom none of it concerns is left out, as in the counts."""
    rows = []
    for member_id, (name, states) in people.items():
        concerned = [states[item] for item in items if item in states]
        if concerned:
            rows.append(PersonRow(member_id, name, coverage.person_state(concerned)))
    return tuple(rows)
