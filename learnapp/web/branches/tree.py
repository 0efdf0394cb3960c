"""Units and the people of one's own branch. Above the branch there are counts and no names."""

from __future__ import annotations

from flask import render_template

from learnapp import accounts, branches, guard
from learnapp.web.branches.blueprint import bp
from learnapp.web.doors import may, me, now, today

# The permissions whose links a page of a unit or a person shows or leaves out.
_POWERS = (
    "branches.names",
    "branches.grant",
    "branches.change",
    "transfers.ask",
    "transfers.decide",
    "accounts.invite",
    "accounts.reset",
    "records.read",
    "ledger.read",
    "points.read",
    "quiz.conduct",
    "declarations.waive",
)


def _powers(branch_id: str | None, member_id: str | None = None) -> set[str]:
    """Which of `_POWERS` the asker holds about this unit or person."""
    above = branches.ancestors(branch_id) if branch_id else ()
    return {power for power in _POWERS if guard.permits(me(), power, member_id=member_id, ancestors=above)}


@bp.get("/")
@may("branches.read")
def index() -> str:
    """The units on which the asker holds a role that may look at them."""
    found = branches.units(guard.units(me(), "branches.read"))
    roles = {unit.id: [grant.role for grant in me().grants if grant.branch_id == unit.id] for unit in found}
    counts = branches.counts([unit.id for unit in found], today())
    return render_template("branches/index.html", units=found, roles=roles, counts=counts, words=words())


@bp.get("/<branch_id>")
@may("branches.read")
def unit(branch_id: str) -> str:
    """A unit: what is above, what is below, and for the own branch who belongs to it, in name order."""
    here = guard.unit_for(me(), "branches.read", branch_id)
    powers = _powers(branch_id)
    children = branches.children(branch_id)
    people = branches.members_of(branch_id, today()) if "branches.names" in powers else []
    return render_template(
        "branches/unit.html",
        unit=here,
        trail=[(above, _readable(above)) for above in branches.trail(branch_id)[:-1]],
        children=children,
        counts=branches.counts([branch_id, *(child.id for child in children)], today()),
        people=people,
        states=accounts.states([person.member_id for person in people], now()),
        guests=_guests(branch_id) if people else [],
        powers=powers,
        words=words(),
    )


def _guests(branch_id: str) -> list[tuple[str, branches.Guest]]:
    """Guests of the unit with their names: for whoever sees the names of its own."""
    found = branches.guests_of(branch_id, today())
    names = accounts.names({guest.member_id for guest in found})
    return [(names.get(guest.member_id, ""), guest) for guest in found]


def _readable(above: branches.Unit) -> bool:
    return guard.permits(me(), "branches.read", ancestors=branches.ancestors(above.id))


@bp.get("/people/<member_id>")
@may("branches.names")
def person(member_id: str) -> str:
    """One person of the own branch: class, post, roles, state of the account, and what can be done."""
    found = guard.member_for(me(), "branches.names", member_id, today())
    return render_template(
        "branches/person.html",
        person=found,
        state=accounts.states([member_id], now())[member_id],
        roles=branches.roles_of(member_id, today()),
        powers=_powers(found.branch_id, member_id),
        outranked=guard.outranks(me(), member_id, today()),
        is_self=member_id == me().member_id,
        words=words(),
    )


def words() -> dict[str, object]:
    """The vocabularies that the templates of this room translate from."""
    return {
        "kinds": branches.KINDS,
        "classes": branches.CLASSES,
        "posts": branches.POSTS,
        "states": accounts.STATES,
        "roles": guard.ROLE_WORDS,
    }
