"""What can be asked about acts: one's own, what waits for a decision, and whether the rows are right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from learnapp import branches, ledger
from learnapp.accounts import Account
from learnapp.db import db, table_of
from learnapp.declarations.models import ActFile, DeclaredAct, QuarterSignature
from learnapp.declarations.ordinary import Seen
from learnapp.declarations.rules import (
    WAITING,
    Deciders,
    Signed,
    Standing,
    check_rows,
    deciders,
    signatures,
    standings,
)
from learnapp.errors import N_, NotFound

_act, _file, _signature = table_of(DeclaredAct), table_of(ActFile), table_of(QuarterSignature)
_account = table_of(Account)
_LIVE = (*WAITING, "confirmed")


@dataclass(frozen=True)
class ActInfo:
    """An act with its sentence, the answer where it was declined, and whether a file hangs on it. `branch_id` is
    the unit that answers for it."""

    member_id: str
    branch_id: str
    standing: Standing
    text: str
    reply: str
    has_file: bool


@dataclass(frozen=True)
class Waiting:
    """An act that waits, with the member's name and who decides: `people`, or the unit above where it is nobody
    of the branch. `official` says that the member decides about others' acts there and only one person is left
    to decide about theirs."""

    info: ActInfo
    name: str
    people: frozenset[str]
    above: bool
    official: bool

    def seen(self) -> Seen:
        """What the rules about ordinary acts look at."""
        info = self.info
        return Seen(info.member_id, info.standing, info.text, info.has_file, self.official)


_STANDING = tuple(_act.c[field.name] for field in fields(Standing))
_ROW = (
    _act.c.member_id,
    _act.c.branch_id,
    _file.c.act_id.is_not(None).label("has_file"),
    *_STANDING,
)
_ACTS = select(*_ROW).outerjoin(
    _file, and_(_file.c.member_id == _act.c.member_id, _file.c.act_id == _act.c.id)
)
_MINE = _ACTS.where(_act.c.member_id == bindparam("of_member"))
_NEWEST = _MINE.order_by(_act.c.entered_at.desc(), _act.c.seq.desc())
_ONE = _MINE.where(_act.c.id == bindparam("of_act"))
_SIGNED = select(
    _signature.c.period_id,
    _signature.c.quarter,
    _signature.c.digest,
    _signature.c.seq,
    _signature.c.signed_at,
).where(_signature.c.member_id == bindparam("of_member"))


def _infos(rows: Sequence[Any]) -> list[ActInfo]:
    found = [(row[0], row[1], bool(row[2]), _standing(row)) for row in rows]
    held = {(member_id, one) for member_id, _, _, at in found for one in (at.note, at.reply) if one}
    texts = ledger.note_texts(held)
    return [
        ActInfo(
            member_id,
            branch_id,
            standing,
            texts.get((member_id, standing.note), ""),
            texts.get((member_id, standing.reply), ""),
            has_file,
        )
        for member_id, branch_id, has_file, standing in found
    ]


def acts_of(member_id: str) -> list[ActInfo]:
    """The member's acts, the newest first."""
    return _infos(db.session.execute(_NEWEST, {"of_member": member_id}).all())


def act(member_id: str, act_id: str) -> ActInfo:
    """One act. Raises NotFound."""
    found = _infos(db.session.execute(_ONE, {"of_member": member_id, "of_act": act_id}).all())
    if not found:
        raise NotFound("no-act", N_("There is no such act."))
    return found[0]


Chosen = Callable[[str, Standing, Deciders], bool]


def waiting_in(branch_ids: Collection[str], today: date, chosen: Chosen | None = None) -> list[Waiting]:
    """What waits for a decision in these very units, by name, day and entry. As many statements for many members
    as for one. `chosen` says of a member, an act and who decides whether it is wanted; what is not is never read
    as words."""
    statement = _ACTS.add_columns(_account.c.name).join(_account, _account.c.member_id == _act.c.member_id)
    rows = db.session.execute(
        statement.where(_act.c.branch_id.in_(sorted(branch_ids)), _act.c.state.in_(WAITING)).order_by(
            _account.c.name, _act.c.member_id, _act.c.done_on, _act.c.seq
        )
    ).all()
    return _with_deciders(rows, [row.name for row in rows], today, chosen)


def waiting_one(member_id: str, act_id: str, today: date) -> Waiting:
    """One act with who decides about it, whether or not it still waits. Raises NotFound."""
    rows = db.session.execute(_ONE, {"of_member": member_id, "of_act": act_id}).all()
    if not rows:
        raise NotFound("no-act", N_("There is no such act."))
    name = db.session.execute(
        select(_account.c.name).where(_account.c.member_id == member_id)
    ).scalar_one_or_none()
    return _with_deciders(rows, [name or ""], today, None)[0]


def _with_deciders(
    rows: Sequence[Any], names: Sequence[str], today: date, chosen: Chosen | None
) -> list[Waiting]:
    offices = branches.officials({row.branch_id for row in rows}, today) if rows else {}
    wanted = []
    for row, name in zip(rows, names, strict=True):
        office, standing = offices[row.branch_id], _standing(row)
        who = deciders(row.member_id, standing.proposer, office.secretaries, office.recorders)
        if chosen is None or chosen(row.member_id, standing, who):
            official = row.member_id in office.secretaries | office.recorders and len(who.people) == 1
            wanted.append((row, name, who, official))
    infos = _infos([row for row, *_ in wanted])
    return [
        Waiting(info, name, who.people, who.above, official)
        for info, (_, name, who, official) in zip(infos, wanted, strict=True)
    ]


def _standing(row: Sequence[Any]) -> Standing:
    return Standing(*row[3 : 3 + len(_STANDING)])


def alongside(waiting: Sequence[Waiting], since: date) -> list[Seen]:
    """What stands or waits since a day from the same people, or in the same units: for comparing."""
    if not waiting:
        return []
    people = sorted({one.info.member_id for one in waiting})
    units = sorted({one.info.branch_id for one in waiting})
    rows = db.session.execute(
        _ACTS.where(
            or_(_act.c.member_id.in_(people), _act.c.branch_id.in_(units)),
            _act.c.state.in_(_LIVE),
            _act.c.done_on >= since,
        )
    ).all()
    return [Seen(info.member_id, info.standing, info.text, info.has_file) for info in _infos(rows)]


def count_waiting(branch_ids: Collection[str], besides: str) -> int:
    """How many acts wait in these units that are neither about this person nor entered by them. One statement."""
    statement = select(func.count()).where(
        _act.c.branch_id.in_(sorted(branch_ids)),
        _act.c.state.in_(WAITING),
        _act.c.member_id != besides,
        _act.c.proposer != besides,
    )
    return int(db.session.execute(statement).scalar_one())


def units_waiting(branch_ids: Collection[str]) -> dict[str, int]:
    """How many acts wait in each of these units, those without any left out."""
    rows = db.session.execute(
        select(_act.c.branch_id, func.count())
        .where(_act.c.branch_id.in_(sorted(branch_ids)), _act.c.state.in_(WAITING))
        .group_by(_act.c.branch_id)
    )
    return {row[0]: int(row[1]) for row in rows}


@dataclass(frozen=True)
class File:
    """A file with its type, as its bytes say."""

    media_type: str
    data: bytes
    stored_at: datetime


def file_of(member_id: str, act_id: str) -> File:
    """The file of an act. Raises NotFound."""
    row = db.session.execute(
        select(_file.c.media_type, _file.c.data, _file.c.stored_at).where(
            _file.c.member_id == member_id, _file.c.act_id == act_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("no-act-file", N_("There is no such file."))
    return File(*row)


def signed(member_id: str) -> dict[tuple[str, str], Signed]:
    """What the member has signed, by period and quarter. One statement."""
    rows = db.session.execute(_SIGNED, {"of_member": member_id})
    return {(row.period_id, row.quarter): Signed(*row) for row in rows}


def check(member_id: str) -> list[str]:
    """What of the rows does not follow from the member's entries: ids of acts, and signed quarters. Nothing is
    changed; empty means that all is right."""
    entries = ledger.entries_after(member_id, 0)
    rows = db.session.execute(_MINE, {"of_member": member_id}).all()
    stored = {row.id: _standing(row) for row in rows}
    wrong = check_rows(standings(entries).values(), stored)
    derived, kept = signatures(entries), signed(member_id)
    wrong += [
        f"{key[0]}/{key[1]}"
        for key in sorted(derived.keys() | kept.keys())
        if derived.get(key) != kept.get(key)
    ]
    return wrong
