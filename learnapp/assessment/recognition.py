"""Recognition lists (表彰名单): drawn up by people from decided grades, approved by somebody else, and taken back with
a reason. Nothing is chosen by itself, and points put nobody before anybody.

A list is decided in one transaction; the entries of those on it are made or voided member after member, each in a
transaction of its own, and whatever was broken off is found in committed rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, bindparam, delete, insert, select, update

from learnapp import audit, branches, ledger, points
from learnapp.assessment.grades import Decided, decided_below
from learnapp.assessment.models import RecognisedMember, RecognitionList
from learnapp.assessment.rules import NOT_GRADED
from learnapp.db import db, dialect_name, new_id, table_of, upsert
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound

REASON_LENGTH = 200
TITLE_LENGTH = 120
STATES: Mapping[str, str] = {
    "draft": N_("Being drawn up"),
    "waiting": N_("Waits for approval"),
    "approved": N_("Being published"),
    "published": N_("Published"),
    "withdrawing": N_("Being taken back"),
    "withdrawn": N_("Taken back"),
}
_list, _member = table_of(RecognitionList), table_of(RecognisedMember)


@dataclass(frozen=True)
class ListInfo:
    """A recognition list. `remark` is why it was given back or taken back."""

    id: str
    period_id: str
    unit_id: str
    title: str
    title_en: str
    grades: tuple[str, ...]
    state: str
    drawn_by: str
    drawn_at: datetime
    remark: str
    approved_by: str | None
    approved_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Chosen:
    """Somebody on a list; `stands` until they are taken off, the list is taken back, or the grade changes."""

    member_id: str
    branch_id: str
    grade: str
    decision: str
    reason: str
    entry_seq: int | None
    taken_off_at: datetime | None


_LISTS = select(*(_list.c[name] for name in ListInfo.__dataclass_fields__)).order_by(
    _list.c.drawn_at.desc(), _list.c.id
)
_CHOSEN = select(*(_member.c[name] for name in Chosen.__dataclass_fields__)).where(
    _member.c.list_id == bindparam("of_list")
)


def _info(row: Any) -> ListInfo:
    values = list(row)
    values[5] = tuple(values[5].split())
    return ListInfo(*values)


def _read(statement: Select[Any]) -> list[ListInfo]:
    return [_info(row) for row in db.session.execute(statement)]


def listing(list_id: str) -> ListInfo:
    """One list. Raises NotFound."""
    found = _read(_LISTS.where(_list.c.id == list_id))
    if not found:
        raise NotFound("no-recognition-list", N_("There is no such recognition list."))
    return found[0]


def lists_of(period_id: str, units: Collection[str]) -> list[ListInfo]:
    """The lists of these units in a period, the newest first."""
    return _read(_LISTS.where(_list.c.period_id == period_id, _list.c.unit_id.in_(sorted(units))))


def published_for(ancestors: Collection[str]) -> list[ListInfo]:
    """What is published to a branch: the lists of the branch itself and of every unit above it."""
    return _read(_LISTS.where(_list.c.state == "published", _list.c.unit_id.in_(sorted(ancestors))))


def titles(list_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The titles of lists in both languages, by id."""
    if not list_ids:
        return {}
    rows = db.session.execute(
        select(_list.c.id, _list.c.title, _list.c.title_en).where(_list.c.id.in_(sorted(list_ids)))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def chosen(list_id: str) -> dict[str, Chosen]:
    """Everybody who is or was on the list, by member id."""
    return {row[0]: Chosen(*row) for row in db.session.execute(_CHOSEN, {"of_list": list_id})}


def candidates(period: points.PeriodInfo, unit_id: str, grades: Collection[str]) -> dict[str, Decided]:
    """Whose grade, as it was decided in this unit and below it, is one of these; by member id."""
    return {
        member_id: one
        for member_id, one in decided_below(period.id, branches.subtree(unit_id)).items()
        if one.grade in grades
    }


def begin(
    period: points.PeriodInfo,
    unit_id: str,
    *,
    title: str,
    title_en: str,
    grades: Collection[str],
    actor_id: str,
    at: datetime,
) -> str:
    """Begins a list and returns its id; nobody is on it. Raises Invalid without a title or a grade of the rules,
    Conflict for a period that is only planned."""
    known = [one.id for one in period.rules.grades if one.id in grades]
    if not known:
        raise Invalid("recognition-grades", N_("Choose at least one grade that the meeting decided."))
    if not 0 < len(title.strip()) <= TITLE_LENGTH or len(title_en.strip()) > TITLE_LENGTH:
        raise Invalid(
            "recognition-title", N_("Give the list a title of at most %(most)s characters."), most=120
        )
    if period.state == "planned" or period.branch_id not in branches.ancestors(unit_id):
        raise Conflict("recognition-period", N_("In this period no grade was decided for this unit."))
    row = {
        "id": new_id(),
        "period_id": period.id,
        "unit_id": unit_id,
        "title": title.strip(),
        "title_en": title_en.strip(),
        "grades": " ".join(known),
        "state": "draft",
        "drawn_by": actor_id,
        "drawn_at": at,
        "remark": "",
    }
    db.session.execute(insert(_list), row)
    _log("recognition-drawn-up", str(row["id"]), actor_id, actor_id, at)
    return str(row["id"])


def choose(list_id: str, member_id: str, reason: str, *, actor_id: str) -> None:
    """Puts somebody on a draft with the sentence that says why, or changes the sentence.

    Raises Forbidden for oneself and for a draft of somebody else, Invalid without a reason, Conflict where the grade
    is none of the list's.
    """
    found = _draft(list_id, actor_id)
    if member_id == actor_id:
        raise Forbidden(
            "recognition-own", N_("Nobody puts themselves on a list. Ask somebody else to draw it up.")
        )
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        raise Invalid(
            "recognition-reason",
            N_("Say why in a sentence of at most %(most)s characters."),
            most=REASON_LENGTH,
        )
    one = _decision(found, member_id)
    if one is None:
        raise Conflict(
            "recognition-grade", N_("The decided grade is none of those that the list is made from.")
        )
    row = {
        "member_id": member_id,
        "list_id": list_id,
        "branch_id": one[0],
        "grade": one[1].grade,
        "decision": one[2],
        "reason": reason.strip(),
        "entry_seq": None,
        "taken_off_at": None,
    }
    db.session.execute(upsert(_member, dialect_name()), row)


def _decision(found: ListInfo, member_id: str) -> tuple[str, Decided, str] | None:
    """Branch, grade and commitment of the decision that a place on the list rests on; None where there is none."""
    below = decided_below(found.period_id, branches.subtree(found.unit_id), member_id)
    one = below.get(member_id)
    if one is None or one.grade == NOT_GRADED or one.grade not in found.grades:
        return None
    return one.branch_id, one, str(ledger.entry(member_id, one.entry_seq).data["note"])


def leave_out(list_id: str, member_id: str, *, actor_id: str) -> None:
    """Takes somebody off a draft; harmless when they are not on it."""
    _draft(list_id, actor_id)
    mine = (_member.c.member_id == member_id, _member.c.list_id == list_id)
    db.session.execute(delete(_member).where(*mine))


def _draft(list_id: str, actor_id: str) -> ListInfo:
    found = listing(list_id)
    if found.state != "draft":
        raise Conflict("recognition-state", N_("The list is not being drawn up any more."))
    if found.drawn_by != actor_id:
        raise Forbidden("recognition-draft", N_("Somebody else is drawing this list up."))
    return found


def hand_in(list_id: str, *, actor_id: str) -> bool:
    """Hands a draft in for approval; returns whether that is new. Raises Invalid for an empty one."""
    if listing(list_id).state == "waiting":
        return False
    _draft(list_id, actor_id)
    if not chosen(list_id):
        raise Invalid("recognition-empty", N_("Nobody is on the list yet."))
    return _move(list_id, "draft", state="waiting", remark="")


def give_back(list_id: str, *, reason: str, actor_id: str, at: datetime) -> bool:
    """Gives a list back to whoever drew it up, with the reason."""
    found = listing(list_id)
    _second(found, actor_id)
    if not _move(list_id, "waiting", state="draft", remark=_reason(reason)):
        raise Conflict("recognition-decided", N_("This list was decided meanwhile. Look again."))
    _log("recognition-returned", list_id, found.drawn_by, actor_id, at)
    return True


def approve(list_id: str, *, actor_id: str, at: datetime) -> bool:
    """A second person approves the list; the entries follow, see `go_on`. Returns whether that is new.

    Raises Forbidden for whoever drew it up and for anybody on it, Conflict where a decided grade behind it changed.
    """
    found = listing(list_id)
    _second(found, actor_id)
    if found.state in ("approved", "published"):
        return False
    for one in chosen(list_id).values():
        now_ = _decision(found, one.member_id)
        if now_ is None or now_[2] != one.decision:
            raise Conflict(
                "recognition-grade-changed", N_("A grade behind this list was changed. Give it back.")
            )
    if not _move(list_id, "waiting", state="approved", approved_by=actor_id, approved_at=at):
        raise Conflict("recognition-decided", N_("This list was decided meanwhile. Look again."))
    _log("recognition-approved", list_id, found.drawn_by, actor_id, at)
    return True


def _second(found: ListInfo, actor_id: str) -> None:
    if actor_id == found.drawn_by:
        raise Forbidden(
            "recognition-second", N_("Whoever drew the list up does not approve it. A second person does.")
        )
    if actor_id in chosen(found.id):
        raise Forbidden("recognition-on-it", N_("Nobody approves a list that they stand on."))


def take_back(list_id: str, *, reason: str, actor_id: str, at: datetime) -> bool:
    """Takes a published list back; the entries fall one after the other, see `go_on`. Returns whether that is new.
    Raises Invalid without a reason, Conflict for a list that is not published, Forbidden for anybody on it."""
    found = listing(list_id)
    if found.state in ("withdrawing", "withdrawn"):
        return False
    if actor_id in chosen(list_id):
        raise Forbidden("recognition-on-it-too", N_("Nobody decides about a list that they stand on."))
    values = {"withdrawn_by": actor_id, "withdrawn_at": at, "remark": _reason(reason)}
    if not _move(list_id, "published", state="withdrawing", **values):
        raise Conflict("recognition-not-published", N_("Only a published list can be taken back."))
    _log("recognition-taken-back", list_id, found.drawn_by, actor_id, at)
    return True


def take_off(list_id: str, member_id: str, *, reason: str, actor_id: str, at: datetime) -> bool:
    """Takes one person off a published list, with the reason as a note of the entry that voids theirs. Returns
    whether that is new. Raises NotFound for somebody who is not on it, Forbidden for oneself, Invalid, Conflict."""
    words = _reason(reason)
    if actor_id == member_id:
        raise Forbidden("recognition-own-off", N_("Nobody decides about their own place on a list."))
    if listing(list_id).state != "published":
        raise Conflict("recognition-not-published", N_("Only a published list can be taken back."))
    ledger.lock(member_id)
    one = chosen(list_id).get(member_id)
    if one is None or one.entry_seq is None:
        raise NotFound("recognition-not-on-it", N_("This person is not on the list."))
    if one.taken_off_at is not None:
        return False
    note = ledger.note(member_id, words)
    _fall(one, list_id, actor_id, at, note)
    _log("recognition-taken-back", list_id, member_id, actor_id, at)
    return True


def _fall(one: Chosen, list_id: str, actor_id: str, at: datetime, note: str = "") -> None:
    assert one.entry_seq is not None
    if one.entry_seq not in ledger.voided_seqs(ledger.entries_after(one.member_id, one.entry_seq)):
        ledger.void(
            one.member_id,
            one.entry_seq,
            reason="taken-back",
            actor_id=actor_id,
            at=at,
            trace=list_id,
            note=note,
        )
    _set(one.member_id, list_id, taken_off_at=at)


def under_way() -> list[str]:
    """The lists whose entries are not all made or voided yet, oldest first."""
    rows = db.session.execute(
        select(_list.c.id).where(_list.c.state.in_(("approved", "withdrawing"))).order_by(_list.c.drawn_at)
    )
    return [row[0] for row in rows]


def left(list_id: str) -> list[str]:
    """Who is still without an entry, or with one that has to fall, by id."""
    state = listing(list_id).state
    return sorted(
        one.member_id
        for one in chosen(list_id).values()
        if (one.entry_seq is None if state == "approved" else one.taken_off_at is None)
    )


def go_on(list_id: str, member_id: str, *, at: datetime) -> None:
    """Makes or voids the entry of one member on the list. Doing it twice changes nothing."""
    ledger.lock(member_id)
    found, one = listing(list_id), chosen(list_id)[member_id]
    if found.state == "withdrawing" and one.taken_off_at is None:
        if one.entry_seq is None:
            _set(member_id, list_id, taken_off_at=at)
        else:
            _fall(one, list_id, _by(list_id, "withdrawn_by"), at)
    if found.state != "approved" or one.entry_seq is not None:
        return
    seq = ledger.record(
        ledger.Recognised(found.period_id, list_id, one.decision, ledger.note(member_id, one.reason)),
        member_id=member_id,
        uid=f"recognition/{list_id}",
        occurred_at=found.approved_at or at,
        at=at,
        recorder=_by(list_id, "approved_by"),
        source="assessment",
    )
    _set(member_id, list_id, entry_seq=seq)


def finish(list_id: str) -> bool:
    """Publishes or takes back for good, once nobody is left; returns whether that is new."""
    if left(list_id):
        return False
    state = listing(list_id).state
    after = {"approved": "published", "withdrawing": "withdrawn"}.get(state)
    return after is not None and _move(list_id, state, state=after)


def _by(list_id: str, column: str) -> str:
    return str(db.session.execute(select(_list.c[column]).where(_list.c.id == list_id)).scalar_one())


def _reason(text: str) -> str:
    if not 0 < len(text.strip()) <= REASON_LENGTH:
        raise Invalid(
            "recognition-why", N_("Give the reason in at most %(most)s characters."), most=REASON_LENGTH
        )
    return text.strip()


def _move(list_id: str, before: str, **values: Any) -> bool:
    changed = update(_list).where(_list.c.id == list_id, _list.c.state == before).values(**values)
    return bool(cast("CursorResult[Any]", db.session.execute(changed)).rowcount)


def _set(member_id: str, list_id: str, **values: Any) -> None:
    mine = (_member.c.member_id == member_id, _member.c.list_id == list_id)
    db.session.execute(update(_member).where(*mine).values(**values))


def _log(action: str, list_id: str, member_id: str, actor_id: str, at: datetime) -> None:
    audit.write(action, member_id=member_id, actor_id=actor_id, at=at, subject=f"recognition/{list_id}")
