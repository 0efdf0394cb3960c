"""Voiding an entry by hand, as every page does it: the entries fall, and the lessons among them open again."""

from __future__ import annotations

from learnapp import declarations, ledger, study
from learnapp.web.doors import me, now


def void(
    member_id: str, seq: int, *, reason: str, text: str, act: str, replaced: bool = False
) -> tuple[ledger.Entry, ...]:
    """Within a transaction: voids the entry and what rests on it, as the asker's decision, see
    `declarations.correct`; lessons that were voided can be studied once more."""
    fallen = declarations.correct(
        member_id,
        seq,
        reason=reason,
        text=text,
        actor_id=me().member_id,
        at=now(),
        act=act,
        replaced=replaced,
    )
    for one in fallen:
        if one.kind == ledger.ModuleCompleted.kind:
            study.reopen(member_id, one.data["course"], one.data["module"], one.seq, at=now())
    return fallen
