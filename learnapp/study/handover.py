"""What one account has studied, taken over by another one of the same person, and given back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from learnapp.db import db, table_of
from learnapp.study.models import StudyProgress

_table = table_of(StudyProgress)
_DONE = ("completed_at", "completed_on", "completed_version", "hours_hundredths", "entry_seq")

# By `course/module`: the sections, and which of check, completion and the row itself came over.
Brought = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Completion:
    """The entry that completed a module, as it stands in the stream that goes on, and its hundredths of hours."""

    seq: int
    hours: int


def _rows(member_id: str) -> dict[str, Mapping[str, Any]]:
    found = db.session.execute(select(_table).where(_table.c.member_id == member_id)).mappings()
    return {f"{row['course']}/{row['module_id']}": dict(row) for row in found}


def take_over(
    member_id: str, from_id: str, completions: Mapping[str, Completion], *, at: datetime
) -> dict[str, dict[str, Any]]:
    """Adds what the other account has of every module to what the member has: sections, a passed check, and the
    completion where the member has none; `completions` are those that came over, by `course/module`. Returns
    what came, for `give_back`. Belongs under the member's lock."""
    brought: dict[str, dict[str, Any]] = {}
    mine = _rows(member_id)
    for key, other in _rows(from_id).items():
        own = mine.get(key)
        if own is None or own["completed_at"] is None:
            values, came = _added(own, other, completions.get(key))
            if any(came.values()):
                _put(member_id, other, values, new=own is None, at=at)
                brought[key] = {**came, "row": own is None}
    return brought


def _added(
    own: Mapping[str, Any] | None, other: Mapping[str, Any], completion: Completion | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row as it becomes, and what of it came over."""
    had: list[str] = json.loads(own["sections"]) if own else []
    sections = [one for one in json.loads(other["sections"]) if one not in had]
    values: dict[str, Any] = {"sections": json.dumps([*had, *sections], ensure_ascii=False)}
    check = other["check_passed_at"] is not None and (own is None or own["check_passed_at"] is None)
    if check:
        values["check_passed_at"] = other["check_passed_at"]
    if completion is not None and other["completed_at"] is not None:
        values |= {name: other[name] for name in _DONE}
        values |= {"hours_hundredths": completion.hours, "entry_seq": completion.seq}
    came = {
        "sections": sections,
        "check": check,
        "entry": completion.seq if "entry_seq" in values and completion else None,
    }
    return values, came


def _put(
    member_id: str, other: Mapping[str, Any], values: dict[str, Any], *, new: bool, at: datetime
) -> None:
    key = {"member_id": member_id, "course": other["course"], "module_id": other["module_id"]}
    if new:
        db.session.execute(insert(_table).values(**key, **{"hours_hundredths": 0, **values}, updated_at=at))
    else:
        db.session.execute(update(_table).where(*_is(key)).values(**values, updated_at=at))


def _is(key: Mapping[str, str]) -> tuple[Any, ...]:
    return tuple(_table.c[name] == value for name, value in key.items())


def give_back(member_id: str, brought: Brought) -> None:
    """Takes away what came over and nothing else: what the member studied since stays, and a module that the
    member has completed by an act of their own is left alone."""
    mine = _rows(member_id)
    for key, came in brought.items():
        row = mine.get(key)
        if row is None or (row["completed_at"] is not None and row["entry_seq"] != came["entry"]):
            continue
        where = _is({name: row[name] for name in ("member_id", "course", "module_id")})
        sections = [one for one in json.loads(row["sections"]) if one not in came["sections"]]
        check = None if came["check"] else row["check_passed_at"]
        if came["row"] and not sections and check is None:
            db.session.execute(delete(_table).where(*where))
            continue
        values: dict[str, Any] = dict.fromkeys(_DONE) | {"hours_hundredths": 0}
        values |= {"sections": json.dumps(sections, ensure_ascii=False), "check_passed_at": check}
        db.session.execute(update(_table).where(*where).values(values))


def completed(member_id: str) -> frozenset[str]:
    """The modules that the member has completed, as `course/module`."""
    return frozenset(key for key, row in _rows(member_id).items() if row["completed_at"] is not None)
