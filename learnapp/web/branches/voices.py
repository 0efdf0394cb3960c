"""Who may speak for a unit in a transfer, and who may see one."""

from __future__ import annotations

from collections.abc import Sequence

from learnapp import branches, guard
from learnapp.errors import AppError, Forbidden
from learnapp.web.doors import me, today


def require_voice(found: branches.TransferInfo, unit_id: str) -> None:
    """Raises Forbidden or SignInAgain unless the asker speaks for this one of the two units: its secretary does,
    and where it has none who is not the member, committee staff of a unit above both. Nobody does about
    themselves."""
    try:
        guard.require(me(), "transfers.ask", branch_id=unit_id)
    except Forbidden:
        above = _above_both(found)
        if above is None or _secretaries(found, unit_id):
            raise
        guard.require(me(), "transfers.decide", branch_id=above)
    if found.member_id == me().member_id:
        raise Forbidden("own-transfer", branches.OWN_TRANSFER)


def speaks(found: branches.TransferInfo, unit_id: str) -> bool:
    """Whether the asker speaks for this one of the two units."""
    try:
        require_voice(found, unit_id)
    except AppError:
        return False
    return True


def require_sight(member_id: str, found: branches.TransferInfo | None) -> None:
    """Raises Forbidden or SignInAgain unless the asker may see the member's latest transfer: the member and the
    home's secretary always, the receiving side while it is under way or since it was confirmed, and whoever of
    the committee has to decide in place of a secretary."""
    try:
        guard.member_for(me(), "transfers.read", member_id, today())
    except Forbidden:
        if found is None or not (found.running or found.state == "confirmed"):
            raise
        try:
            require_voice(found, found.to_id)
        except Forbidden:
            require_voice(found, found.from_id)


def _secretaries(found: branches.TransferInfo, unit_id: str) -> frozenset[str]:
    return branches.officials([unit_id], today())[unit_id].secretaries - {found.member_id}


def _above_both(found: branches.TransferInfo) -> str | None:
    """The nearest unit above both; None where they are of different trees."""
    paths = branches.paths([found.from_id, found.to_id])
    return next((unit for unit in paths[found.from_id] if unit in paths[found.to_id]), None)


def left_to_committee(found: Sequence[branches.TransferInfo]) -> list[branches.TransferInfo]:
    """Those in which one of the two units has no secretary of its own, and the asker is committee staff above
    both. Three statements at most, however many they are."""
    if not found:
        return []
    units = {unit for one in found for unit in (one.from_id, one.to_id)}
    held, paths = branches.officials(units, today()), branches.paths(units)
    return [
        one
        for one in found
        if not all(held[unit].secretaries - {one.member_id} for unit in (one.from_id, one.to_id))
        and guard.permits(
            me(), "transfers.decide", ancestors={*paths[one.from_id]}.intersection(paths[one.to_id])
        )
    ]


def waiting() -> list[branches.TransferInfo]:
    """The transfers that wait for the asker to receive or confirm, in all units they speak for."""
    own = guard.units(me(), "transfers.ask")
    found = {one.id: one for unit in own for one in _for_secretary(unit)}
    for unit in guard.units(me(), "transfers.decide") - own:
        running = branches.transfers_in(unit, today(), running=True)
        found |= {one.id: one for one in left_to_committee(running)}
    return [found[key] for key in sorted(found) if found[key].member_id != me().member_id]


def _for_secretary(branch_id: str) -> list[branches.TransferInfo]:
    below = branches.subtree(branch_id)
    return [
        one
        for one in branches.transfers_in(branch_id, today(), running=True)
        if (one.to_id if one.state == "asked" else one.from_id) in below
    ]
