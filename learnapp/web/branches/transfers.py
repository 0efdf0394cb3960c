"""Moving to another unit: asking, receiving, confirming, and what is under way in a branch.

One page shows a person's latest transfer to whoever has a part in it. The receiving side sees the name, the unit
the person comes from and the day; class, post and roles are the home's until it has confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, guard, ledger, notices
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Invalid
from learnapp.web.branches import moving
from learnapp.web.branches.blueprint import bp
from learnapp.web.branches.tree import words
from learnapp.web.branches.voices import left_to_committee, require_sight, require_voice, speaks, waiting
from learnapp.web.doors import follow_now, may, me, now, today

_DONE = {
    "receive": N_("Received. The present unit confirms next; until then nothing changes."),
    "decline": N_("Declined. The member stays where they are."),
    "confirm": N_("Confirmed. The learning ledger goes on as one."),
    "withdraw": N_("Withdrawn. The member stays where they are."),
}


@dataclass(frozen=True)
class Step:
    """A transfer in the words of the request, with what the asker may do about it."""

    info: branches.TransferInfo
    name: str
    from_name: str
    to_name: str
    to_come: bool
    acts: frozenset[str] = frozenset()
    ending: list[branches.Role] = field(default_factory=list)
    person: branches.Person | None = None


def _steps(found: list[branches.TransferInfo]) -> list[Step]:
    """With the names of people and units looked up together."""
    names = accounts.names({one.member_id for one in found})
    ids = {one.from_id for one in found} | {one.to_id for one in found}
    units = {unit.id: unit.name for unit in branches.units(ids)}
    return [
        Step(
            one,
            names.get(one.member_id, ""),
            units[one.from_id],
            units[one.to_id],
            one.moves_on > today(),
        )
        for one in found
    ]


def _in_full(found: branches.TransferInfo) -> Step:
    """With what may be done, and for the home's side with what ends."""
    step = _steps([found])[0]
    home = speaks(found, found.from_id)
    acts = _acts(found, home, speaks(found, found.to_id)) if found.running else frozenset()
    if not found.running or not (home or found.member_id == me().member_id):
        return replace(step, acts=acts)
    ending = branches.roles_left(found.member_id, found.from_id, found.to_id, max(found.moves_on, today()))
    person = branches.person(found.member_id, today())
    return replace(step, acts=acts, ending=ending, person=person)


def _acts(found: branches.TransferInfo, home: bool, receiving: bool) -> frozenset[str]:
    """What the asker may do about a transfer under way, as they speak for the home, the receiving unit, or asked
    for it themselves."""
    acts = set()
    if home:
        acts.add("decline" if found.asked_by == found.member_id else "withdraw")
        acts |= {"confirm"} if found.state == "received" else set()
    if receiving:
        acts |= {"receive", "decline"} if found.state == "asked" else {"decline"}
    if found.asked_by == me().member_id:
        acts.add("withdraw")
    return frozenset(acts)


def _page(member_id: str, problem: str = "", status: int = 200) -> tuple[str, int]:
    all_of_them = branches.transfers_of(member_id, today())
    latest = all_of_them[0] if all_of_them else None
    require_sight(member_id, latest)
    own = member_id == me().member_id
    person = branches.person(member_id, today())
    assert person is not None, "whoever may be seen is there"
    at_home = own or guard.permits(
        me(), "transfers.ask", ancestors=branches.ancestors(person.branch_id) if person.branch_id else ()
    )
    text = request.args.get("q", "")
    found = branches.search(text) if at_home else []
    units = [unit for unit in found if unit.id != person.branch_id]
    busy = latest and (latest.running or (latest.state == "confirmed" and latest.moves_on > today()))
    page = render_template(
        "branches/transfer.html",
        person=person,
        step=_in_full(latest) if latest else None,
        own=own,
        may_ask=at_home and person.branch_id and not busy,
        text=text,
        units=units,
        more=len(found) == branches.MOST_FOUND,
        above={unit.id: unit.name for unit in branches.units({unit.parent_id or "" for unit in units})},
        day=request.form.get("on") or today().isoformat(),
        chosen=request.form.get("to"),
        problem=problem,
        states=branches.TRANSFER_STATES,
        words=words(),
    )
    return page, status


@bp.get("/people/<member_id>/transfer")
@may("transfers.read")
def transfer(member_id: str) -> tuple[str, int]:
    """The member's latest transfer, and, where none is under way, asking for one."""
    return _page(member_id)


@bp.post("/people/<member_id>/transfer")
@may("transfers.read")
def ask_transfer(member_id: str) -> tuple[str, int] | Response:
    """Asks for a transfer: the member for themselves, or the secretary of the home."""
    guard.member_for(me(), "transfers.read", member_id, today())
    try:
        on = _day(request.form.get("on", ""))
        with transaction():
            ledger.lock(member_id)
            to_id = request.form.get("to", "")
            transfer_id = branches.ask_transfer(
                member_id,
                to_id,
                on=on,
                actor_id=me().member_id,
                today=today(),
                at=now(),
                address=request.remote_addr,
            )
    except AppError as error:
        return _page(member_id, gettext(error.message, **error.params), error.status)
    _tell_receiving(member_id, transfer_id, to_id)
    flash(gettext("Asked for. The receiving unit answers next; until then nothing changes."), "success")
    return redirect(url_for("branches.transfer", member_id=member_id), 303)


def _tell_receiving(member_id: str, transfer_id: str, to_id: str) -> None:
    """Tells the secretaries of the receiving unit, once, that somebody waits; each in a transaction of their own."""
    for secretary in sorted(branches.officials([to_id], today())[to_id].secretaries - {member_id}):
        with transaction():
            notices.tell(
                secretary,
                "transfer-new",
                transfer_id,
                subject=f"transfer/{transfer_id}",
                at=now(),
                about=member_id,
            )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("day", N_("Choose the day of the move.")) from None


@bp.post("/people/<member_id>/transfer/decide")
@may("transfers.decide")
def decide_transfer(member_id: str) -> tuple[str, int] | Response:
    """Receives, declines or confirms, for whichever unit the asker speaks for."""
    act = request.form.get("act", "")
    act = act if act in ("receive", "decline") else "confirm"
    found = _asked_about(member_id)
    receiving = act == "receive" or (act == "decline" and speaks(found, found.to_id))
    require_voice(found, found.to_id if receiving else found.from_id)
    return _do(found, act)


@bp.post("/people/<member_id>/transfer/withdraw")
@may("transfers.own")
def withdraw_transfer(member_id: str) -> tuple[str, int] | Response:
    """Takes back what the asker, or the home unit, has asked for."""
    found = _asked_about(member_id)
    if found.asked_by != me().member_id:
        require_voice(found, found.from_id)
    return _do(found, "withdraw")


def _asked_about(member_id: str) -> branches.TransferInfo:
    """The transfer that the form was about; without one in the form the latest. Whoever has no part in it does
    not learn whether there is one."""
    transfers = branches.transfers_of(member_id, today())
    require_sight(member_id, transfers[0] if transfers else None)
    wanted = request.form.get("transfer_id") or (transfers[0].id if transfers else "")
    return branches.transfer(member_id, wanted, today())


def _do(found: branches.TransferInfo, act: str) -> tuple[str, int] | Response:
    verbs = {
        "receive": branches.receive_transfer,
        "decline": branches.decline_transfer,
        "withdraw": branches.withdraw_transfer,
        "confirm": moving.confirm,
    }
    try:
        with transaction():
            ledger.lock(found.member_id)
            done = verbs[act](
                found.member_id,
                found.id,
                actor_id=me().member_id,
                today=today(),
                at=now(),
                address=request.remote_addr,
            )
    except AppError as error:
        return _page(found.member_id, gettext(error.message, **error.params), error.status)
    if done:
        follow_now(found.member_id)
        flash(gettext(_DONE[act]), "success")
    return redirect(_after(found), 303)


def _after(found: branches.TransferInfo) -> str:
    """The page of the transfer, or the work list for whoever has no part in it any more."""
    latest = branches.transfer(found.member_id, found.id, today())
    try:
        require_sight(found.member_id, latest)
    except AppError:
        return url_for("branches.index")
    return url_for("branches.transfer", member_id=found.member_id)


@bp.get("/transfers")
@may("transfers.decide")
def waiting_transfers() -> str:
    """What waits for the asker, in all units that they speak for."""
    return render_template(
        "branches/transfers.html", unit=None, steps=_steps(waiting()), states=branches.TRANSFER_STATES
    )


@bp.get("/<branch_id>/transfers")
@may("transfers.decide")
def transfers(branch_id: str) -> str:
    """What is under way from and to a branch, with what came before; above the branch only what waits for
    committee staff, since there is no secretary."""
    here = guard.unit_for(me(), "transfers.decide", branch_id)
    if guard.permits(me(), "transfers.ask", ancestors=branches.ancestors(branch_id)):
        own = branches.subtree(branch_id)
        found = [
            one
            for one in branches.transfers_in(branch_id, today())
            if one.from_id in own or one.running or one.state == "confirmed"
        ]
    else:
        found = left_to_committee(branches.transfers_in(branch_id, today(), running=True))
    return render_template(
        "branches/transfers.html", unit=here, steps=_steps(found), states=branches.TRANSFER_STATES
    )
