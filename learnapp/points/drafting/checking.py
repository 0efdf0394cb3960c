"""What is wrong with a draft, row by row and field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learnapp.errors import Problem
from learnapp.points.drafting.rows import FIELDS, Kind, Table, rows_of
from learnapp.points.drafting.text import emit, place_of
from learnapp.points.parsing import parse
from learnapp.points.rules import RuleSet

# Keys of a file whose field in the form has another name.
_FIELDS: Mapping[str, str] = {
    "source": "what",
    "on": "what",
    "when": "what",
    "work": "what",
    "second": "what",
    "veto": "effect",
    "course": "only",
    "quiz": "only",
}
# A rule that any rule set may hold, since a set without one cannot be read.
_RULE: Table = {
    "id": "one",
    "category": "one",
    "source": "organised",
    "worth": 1,
    "text": "-",
    "text_en": "-",
}


@dataclass(frozen=True)
class Fault:
    """A problem at its place in the form; `field` is empty for the row, or the set, as a whole."""

    kind: Kind
    number: int
    field: str
    problem: Problem


@dataclass(frozen=True)
class Checked:
    """A draft's data as the parser sees it. `rules` is None as long as there are faults."""

    source: str
    rules: RuleSet | None
    faults: tuple[Fault, ...]

    def of(self, kind: Kind, number: int) -> tuple[Fault, ...]:
        """The faults of one row."""
        return tuple(fault for fault in self.faults if (fault.kind, fault.number) == (kind, number))


def check(data: Mapping[str, Any]) -> Checked:
    """Reads a draft's data with the one parser; what it says is put beside the rows."""
    source = emit(data)
    parsed = parse(source)
    return Checked(source, parsed.rules, tuple(_fault(source, problem) for problem in parsed.problems))


def _fault(source: str, problem: Problem) -> Fault:
    key = str(problem.params.get("key", ""))
    if problem.code == "no-rules":
        return Fault("head", 0, "", problem)
    kind, number = place_of(source, problem.line)
    field = "only" if problem.code == "only" else _FIELDS.get(key, key) if kind == "rule" else key
    return Fault(kind, number, field if field in FIELDS[kind] else "", problem)


def alone(data: Mapping[str, Any], kind: Kind, number: int) -> RuleSet | None:
    """A rule set that holds nothing but one row, and what that row needs, so that it can be put into words while
    others are still being written. None where the row itself has a fault."""
    head = rows_of(data, "head")[0]
    bare = {"id": "one", "title": "-", "title_en": "-", "base": 0}
    if kind == "head":
        heads: tuple[Table, ...] = (head,)
    else:
        people = {"people": "workers"} if head.get("people") == "workers" else {}
        heads = ({**bare, **head, "id": "one", "title": "-", "title_en": "-"}, {**bare, **people})
    rows = {"category": [{"id": "one", "title": "-", "title_en": "-"}], "rule": [_RULE]}
    if kind != "head":
        rows |= _row(data, kind, dict(rows_of(data, kind)[number]))
    return next((rules for one in heads if (rules := parse(emit({**one, **rows})).rules)), None)


def _row(data: Mapping[str, Any], kind: Kind, table: Table) -> dict[str, list[Table]]:
    if kind == "rule":
        return {"category": _category_of(data, table), "rule": [{"text": "-", "text_en": "-", **table}]}
    found: dict[str, list[Table]] = {kind: [table]}
    if kind == "category":
        found["rule"] = [{**_RULE, "category": table.get("id")}]
    return found


def _category_of(data: Mapping[str, Any], rule: Table) -> list[Table]:
    """The category of a rule, with a name where it has none yet."""
    for table in rows_of(data, "category"):
        if table.get("id") == rule.get("category"):
            return [{"title": "-", "title_en": "-", **table}]
    return []
