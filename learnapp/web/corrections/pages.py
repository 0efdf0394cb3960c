"""Finding the person, and what was decided about them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from learnapp import accounts, branches, declarations, guard
from learnapp.errors import N_, NotFound
from learnapp.web.corrections.blueprint import bp, somebody, told
from learnapp.web.doors import may, me, today
from learnapp.web.granted import decided
from learnapp.web.granted import told as granted_words


@bp.get("/")
@may("declarations.waive")
def index() -> str | Response | tuple[str, int]:
    """The members of the asker's own branches, and anybody of the asker's units by the sign-in name."""
    typed, problem = request.args.get("name", "").strip(), ""
    if typed:
        try:
            member_id = by_sign_in(typed)
            return redirect(url_for("corrections.person", member_id=member_id))
        except NotFound as error:
            problem = told(error)
    units = branches.units(guard.units(me(), "declarations.waive"))
    page = render_template(
        "corrections/index.html",
        units=[(unit, _people(unit)) for unit in units],
        typed=typed,
        problem=problem,
    )
    return (page, 404) if problem else page


def _people(unit: branches.Unit) -> list[branches.Person]:
    """Names are at home in the branch: who is responsible for more finds people by their sign-in name."""
    if not guard.permits(me(), "branches.names", ancestors=branches.ancestors(unit.id)):
        return []
    return [one for one in branches.members_of(unit.id, today()) if one.member_id != me().member_id]


def by_sign_in(typed: str) -> str:
    """The member with this sign-in name, of whom the asker may waive something. Raises NotFound for everybody
    else, so that nobody learns here which names there are."""
    member_id = accounts.find(typed)
    found = branches.person(member_id, today()) if member_id else None
    above = branches.ancestors(found.branch_id) if found and found.branch_id else ()
    if found is None or not guard.permits(me(), "declarations.waive", ancestors=above):
        raise NotFound("no-member", N_("Nobody of your units has this sign-in name."))
    return found.member_id


@bp.get("/members/<member_id>")
@may("declarations.waive")
def person(member_id: str) -> str:
    """What was waived and accepted for a member, and what can be done."""
    found = somebody("declarations.waive", member_id)
    entries = declarations.granted(member_id)
    above = branches.ancestors(found.branch_id) if found.branch_id else ()
    return render_template(
        "corrections/person.html",
        person=found,
        granted=[(entry, granted_words(entry.event)) for entry in entries],
        decided=decided(entries, member_id),
        may_read=guard.permits(me(), "ledger.read", member_id=member_id, ancestors=above),
        may_name=guard.permits(me(), "branches.names", member_id=member_id, ancestors=above),
    )
