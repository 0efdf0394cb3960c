"""Nobody decides about themselves, under whichever account."""

from __future__ import annotations

from learnapp import ledger
from learnapp.errors import N_, Forbidden


def accounts_of(member_id: str) -> frozenset[str]:
    """The accounts that were joined to be this one person, this one among them, read off the merges that stand in
    their streams; what was undone joins nobody."""
    found: set[str] = set()
    waiting = [member_id]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _joined(one)
    return frozenset(found)


def _joined(member_id: str) -> list[str]:
    entries = ledger.effective(ledger.entries_after(member_id, 0))
    undone = {entry.data["merge"] for entry in entries if entry.kind == ledger.MergeUndone.kind}
    return [
        entry.data["other"]
        for entry in entries
        if entry.kind == ledger.Merged.kind and entry.data["merge"] not in undone
    ]


def refuse_oneself(member_id: str, actor_id: str) -> None:
    """Raises Forbidden where the actor is the member, also by another account of theirs."""
    if actor_id in accounts_of(member_id):
        raise Forbidden("oneself", N_("Nobody decides about their own record. Ask somebody else who may."))
