"""Drafts of rule sets: begun, written row by row, and adopted as a unit's next version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from learnapp import audit
from learnapp.branches import BranchPath
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.points.drafting.models import RuleDraft, RuleVersion
from learnapp.points.drafting.rows import LISTS, Kind, Table, fresh, read, rows_of, strangers, write
from learnapp.points.drafting.text import digest, emit, load, shape
from learnapp.points.drafting.versions import VersionInfo, version, versions_for
from learnapp.points.parsing import parse
from learnapp.points.periods import adopt as keep_rule_set
from learnapp.points.trial import runs

_draft, _version, _path = table_of(RuleDraft), table_of(RuleVersion), table_of(BranchPath)
NOTE_LENGTH = 500
# A file that somebody hands in; ours have 5 KB.
MAX_SOURCE = 200_000


@dataclass(frozen=True)
class Draft:
    """A rule set that a unit is working on. `revision` grows with every save; `begun_from` is a hash, or empty."""

    id: str
    branch_id: str
    source: str
    begun_from: str
    revision: int
    saved_at: datetime
    saved_by: str

    @property
    def data(self) -> dict[str, Any]:
        """The draft as data."""
        return load(self.source)


_DRAFTS = select(*(_draft.c[name] for name in Draft.__dataclass_fields__))
_ONE = _DRAFTS.where(_draft.c.id == bindparam("draft_id"))
_LOCKED = _ONE.with_for_update()


def draft(draft_id: str) -> Draft:
    """One draft. Raises NotFound."""
    return _found(draft_id, locked=False)


def _found(draft_id: str, *, locked: bool) -> Draft:
    row = db.session.execute(_LOCKED if locked else _ONE, {"draft_id": draft_id}).one_or_none()
    if row is None:
        raise NotFound("no-draft", N_("There is no such draft. It may have been adopted or thrown away."))
    return Draft(*row)


def drafts_of(branch_ids: frozenset[str]) -> list[Draft]:
    """The drafts of some units, the one that was saved last first."""
    statement = _DRAFTS.where(_draft.c.branch_id.in_(sorted(branch_ids))).order_by(_draft.c.saved_at.desc())
    return [Draft(*row) for row in db.session.execute(statement)]


def begin(branch_id: str, source: str, *, actor_id: str, at: datetime) -> str:
    """Begins a draft of a text: of a shipped or adopted rule set, or of a file. It may have any faults that rows
    can show. Returns its id; raises Invalid with the first reason why it cannot be shown as rows."""
    if len(source) > MAX_SOURCE:
        raise Invalid("too-long", N_("This is too long for a rule set."))
    if problems := shape(source):
        raise Invalid(problems[0].code, problems[0].message, **problems[0].params)
    rules = parse(source).rules
    draft_id = new_id()
    db.session.add(
        RuleDraft(
            id=draft_id,
            branch_id=branch_id,
            source=emit(_usual(load(source))),
            begun_from=rules.hash if rules else "",
            created_at=at,
            created_by=actor_id,
            saved_at=at,
            saved_by=actor_id,
        )
    )
    db.session.flush()
    return draft_id


def _usual(data: dict[str, Any]) -> dict[str, Any]:
    """Every row as saving it would write it, so that looking at one and saving it changes nothing. Rows with
    something that the form does not know stay as they are, until somebody has seen what is wrong with them."""
    found: dict[str, Any] = {}
    kinds: tuple[Kind, ...] = ("head", *LISTS)
    for kind in kinds:
        tables = [
            table if strangers(kind, table) else write(kind, read(kind, table), table)
            for table in rows_of(data, kind)
        ]
        found |= tables[0] if kind == "head" else {kind: tables} if tables else {}
    return found


def save_row(
    draft_id: str, kind: Kind, number: int, row: Mapping[str, str], *, base: str, actor_id: str, at: datetime
) -> Draft:
    """Writes one row, given the digest of the row one began from. Saving the same twice is harmless, and so is
    what others save in other rows meanwhile.

    Raises Conflict when somebody else changed this very row, or took it away.
    """
    found = _found(draft_id, locked=True)
    data = found.data
    before = _row(data, kind, number)
    table = write(kind, row, before)
    if table == before:
        return found
    if digest(before) != base:
        raise Conflict("row-changed", N_("Somebody else changed this row meanwhile. Both are shown below."))
    return _kept(found, _with(data, kind, number, table), actor_id, at)


def _row(data: Mapping[str, Any], kind: Kind, number: int) -> Table:
    tables = rows_of(data, kind)
    if not 0 <= number < len(tables):
        raise Conflict("row-gone", N_("This row is not there any more: somebody else removed one."))
    return tables[number]


def _with(data: dict[str, Any], kind: Kind, number: int, table: Table) -> dict[str, Any]:
    if kind == "head":
        return {**table, **{name: data[name] for name in LISTS if name in data}}
    tables = list(rows_of(data, kind))
    old, tables[number] = tables[number], table
    changed = {**data, kind: tables}
    if kind == "category" and old.get("id") != table.get("id"):
        changed["rule"] = [_renamed(rule, old.get("id"), table.get("id")) for rule in rows_of(data, "rule")]
    return changed


def _renamed(rule: Table, old: object, new: object) -> Table:
    """The rules of a category go with it when its id is changed."""
    return {**rule, "category": new} if rule.get("category") == old and new else rule


def _kept(found: Draft, data: Mapping[str, Any], actor_id: str, at: datetime) -> Draft:
    source = emit(data)
    db.session.execute(
        update(_draft)
        .where(_draft.c.id == found.id)
        .values(source=source, revision=found.revision + 1, saved_at=at, saved_by=actor_id)
    )
    db.session.expire_all()
    return draft(found.id)


def add_row(draft_id: str, kind: Kind, *, actor_id: str, at: datetime) -> int:
    """Adds a row at the end; returns its number."""
    found = _found(draft_id, locked=True)
    data = found.data
    tables = rows_of(data, kind)
    new = fresh(kind, tables, rows_of(data, "category"))
    _kept(found, {**data, kind: [*tables, new]}, actor_id, at)
    return len(tables)


def remove_row(draft_id: str, kind: Kind, number: int, *, base: str, actor_id: str, at: datetime) -> None:
    """Takes a row away. Raises Conflict when it is not the one that was meant."""
    found = _found(draft_id, locked=True)
    data = found.data
    if digest(_row(data, kind, number)) != base:
        raise Conflict(
            "row-changed", N_("This row was changed meanwhile, so it was not removed. Look again.")
        )
    tables = list(rows_of(data, kind))
    del tables[number]
    _kept(found, {**data, kind: tables}, actor_id, at)


def move_row(draft_id: str, kind: Kind, number: int, *, base: str, actor_id: str, at: datetime) -> None:
    """Puts a row one place up. Raises Conflict when it is not the one that was meant."""
    found = _found(draft_id, locked=True)
    data = found.data
    if digest(_row(data, kind, number)) != base:
        raise Conflict("row-changed", N_("This row was changed meanwhile, so it was not moved. Look again."))
    tables = list(rows_of(data, kind))
    if number:
        tables[number - 1], tables[number] = tables[number], tables[number - 1]
        _kept(found, {**data, kind: tables}, actor_id, at)


def discard(draft_id: str, *, revision: int) -> None:
    """Throws a draft away. Raises Conflict when it was saved since one looked at it."""
    if _found(draft_id, locked=True).revision != revision:
        raise Conflict("draft-changed", N_("This draft was saved meanwhile, so it was kept. Look again."))
    db.session.execute(delete(_draft).where(_draft.c.id == draft_id))


def adopt(
    draft_id: str,
    *,
    note: str,
    revision: int,
    without_run: bool,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> VersionInfo:
    """Adopts a draft as its unit's next version of that name and ends the draft.

    Raises Invalid when it has faults, without a note, or without a dry run of this very text unless that is said;
    Conflict when it was saved since one looked at it, or when the same text was adopted before.
    """
    found = _found(draft_id, locked=True)
    if found.revision != revision:
        raise Conflict(
            "draft-changed", N_("This draft was saved meanwhile. Look at it again before adopting it.")
        )
    rules = parse(found.source).rules
    if rules is None:
        raise Invalid("rule-set", N_("This rule set has problems. Solve them first; then it can be adopted."))
    if not note.strip():
        raise Invalid("note", N_("Write in a sentence why this is adopted."))
    tried = [run for run in runs(draft_id=draft_id) if run.rule_set == rules.hash and run.state == "done"]
    if not tried and not without_run:
        message = N_("This text has not been tried yet. Try it, or say that it is adopted without a dry run.")
        raise Invalid("no-run", message)
    _one_at_a_time(found.branch_id)
    known = versions_for([found.branch_id])
    if any(one.hash == rules.hash for one in known):
        raise Conflict("adopted", N_("This very text was adopted before; nothing in it has changed."))
    keep_rule_set(found.source, actor_id=actor_id, at=at)
    made = RuleVersion(
        id=new_id(),
        branch_id=found.branch_id,
        set_id=rules.id,
        number=max((one.number for one in known if one.set_id == rules.id), default=0) + 1,
        rule_set=rules.hash,
        note=note.strip()[:NOTE_LENGTH],
        run_id=tried[0].id if tried else "",
        made_at=at,
        made_by=actor_id,
    )
    db.session.add(made)
    db.session.flush()
    db.session.execute(delete(_draft).where(_draft.c.id == draft_id))
    audit.write(
        "rule-set-adopted",
        member_id=actor_id,
        actor_id=actor_id,
        at=at,
        subject=f"branch/{found.branch_id}",
        address=address,
        number=made.number,
    )
    return version(made.id)


def _one_at_a_time(branch_id: str) -> None:
    """Two who adopt for the same unit at once get two numbers: they wait for each other at its row of the tree."""
    own = (_path.c.ancestor_id == branch_id) & (_path.c.branch_id == branch_id)
    db.session.execute(select(_path.c.depth).where(own).with_for_update()).all()
