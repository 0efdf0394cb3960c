"""Making notices: from the ledger, where only `follow` calls, and from doors that bring something about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import ledger
from learnapp.db import db, dialect_name, new_id, table_of, upsert
from learnapp.ledger import Entry
from learnapp.notices.models import Notice, NoticeMark
from learnapp.notices.rules import REPLIES, Decided, Heard, Reply, decided, heard, replaced

_notice, _mark = table_of(Notice), table_of(NoticeMark)

_MARK = select(_mark.c.seq).where(_mark.c.member_id == bindparam("of_member"))
_KNOWN = select(_notice.c.key, _notice.c.data, _notice.c.entry_seq).where(
    _notice.c.member_id == bindparam("of_member"), _notice.c.entry_seq.is_not(None)
)
_THERE = select(_notice.c.id).where(
    _notice.c.member_id == bindparam("of_member"), _notice.c.key == bindparam("of_key")
)
_CHANGE = update(_notice).where(
    _notice.c.member_id == bindparam("of_member"), _notice.c.key == bindparam("of_key")
)
_TAKE_AWAY = delete(_notice).where(
    _notice.c.member_id == bindparam("of_member"), _notice.c.key == bindparam("of_key")
)
_SEEN = (
    update(_notice)
    .where(
        _notice.c.member_id == bindparam("of_member"),
        _notice.c.seen_at.is_(None),
        _notice.c.id.in_(bindparam("ids", expanding=True)),
    )
    .values(seen_at=bindparam("at"))
)


def fold(member_id: str, entries: Sequence[Entry]) -> None:
    """Makes the notices that follow from the member's entries behind the mark. `entries` are the whole stream,
    or at least all of it that is new. Folding twice changes nothing; one statement where nothing is to be heard.
    """
    if replaced(entries) or decided(entries):
        mark = db.session.scalar(_MARK, {"of_member": member_id})
        known = _known(member_id)
        fresh = [entry for entry in entries if entry.seq > (mark or 0)]
        for one in _heard(member_id, fresh, entries):
            _keep(member_id, one, known.get(one.key))
        for decision in decided(fresh):
            if decision.key not in known:
                _add(member_id, decision)
    row = {"member_id": member_id, "seq": entries[-1].seq if entries else 0}
    db.session.execute(upsert(_mark, dialect_name()), row)


def _add(member_id: str, one: Decided) -> None:
    row = {
        "member_id": member_id,
        "id": new_id(),
        "key": one.key,
        "kind": "decision",
        "subject": one.subject,
        "entry_seq": one.seq,
        "data": _text(one.data),
        "made_at": one.at,
        "seen_at": None,
    }
    db.session.execute(insert(_notice), row)


def _heard(member_id: str, fresh: Sequence[Entry], at_hand: Sequence[Entry]) -> list[Heard]:
    """What follows from fresh entries; those that they void may lie before what is at hand."""
    there = {entry.seq: entry for entry in at_hand}
    before = {seq: there.get(seq) or ledger.entry(member_id, seq) for seq in replaced(fresh)}
    return heard(fresh, before)


def _known(member_id: str) -> dict[str, Mapping[str, Any]]:
    return {row.key: json.loads(row.data) for row in db.session.execute(_KNOWN, {"of_member": member_id})}


def _keep(member_id: str, one: Heard, known: Mapping[str, Any] | None) -> None:
    """A notice that grows, since one decision corrected another attempt later on, is to be seen once more."""
    changes = {**(known["changes"] if known else {}), **one.changes}
    data = {"what": one.cause, "trace": one.trace, "version": one.version, "changes": changes}
    if known == data:
        return
    row = {
        "subject": one.subject,
        "kind": "result",
        "entry_seq": one.seq,
        "data": _text(data),
        "seen_at": None,
    }
    if known is None:
        row |= {"member_id": member_id, "id": new_id(), "key": one.key, "made_at": one.at}
        db.session.execute(insert(_notice), row)
    else:
        db.session.execute(_CHANGE.values(row), {"of_member": member_id, "of_key": one.key})


def forget(member_id: str) -> None:
    """Forgets how far the member's stream was read, and what no longer follows from it: the first half of making
    the notices again. The others stay, with when they were seen."""
    entries = ledger.entries_after(member_id, 0)
    follows = {one.key for one in _heard(member_id, entries, entries)}
    follows |= {one.key for one in decided(entries)}
    for key in _known(member_id).keys() - follows:
        db.session.execute(_TAKE_AWAY, {"of_member": member_id, "of_key": key})
    db.session.execute(delete(_mark).where(_mark.c.member_id == member_id))


def tell(
    member_id: str, what: Reply, key: str, *, subject: str, at: datetime, **data: str | int | bool | None
) -> bool:
    """Tells a member something that is not in the ledger, in the transaction of what brought it about; for a
    key that was told before nothing happens. Returns whether it is new.

    `subject` is like that of a ledger entry, `quiz/…`; what `data` may hold stands in `REPLIES`. Raises
    ValueError for anything else.
    """
    if what not in REPLIES or not data.keys() <= REPLIES[what]:
        raise ValueError(f"{what!r} with {sorted(data)} is nothing that members are told")
    named = {"of_member": member_id, "of_key": f"{what}/{key}"}
    if db.session.execute(_THERE, named).first() is not None:
        return False
    row = {
        "member_id": member_id,
        "id": new_id(),
        "key": f"{what}/{key}",
        "kind": "reply",
        "subject": subject,
        "entry_seq": None,
        "data": _text({"what": what, **data}),
        "made_at": at,
        "seen_at": None,
    }
    db.session.execute(insert(_notice), row)
    return True


def seen(member_id: str, ids: Collection[str], *, at: datetime) -> None:
    """Notes that the member has seen these notices."""
    db.session.execute(_SEEN, {"of_member": member_id, "ids": list(ids), "at": at})


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
