"""A branch's month on one screen: what deserves a look, and everything ordinary behind one button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import branches, declarations, guard, notices
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, Forbidden
from learnapp.web import offers
from learnapp.web.declarations.blueprint import bp
from learnapp.web.doors import follow_now, may, me, now, today

CONFIRM = "declarations.confirm"

# How many acts stand on one page: as many as somebody looks through before pressing a button for all of them.
PAGE = 50


@dataclass(frozen=True)
class Row:
    """An act that the asker decides about: the words of its item, and why it deserves a look. `key` names it in
    a form."""

    one: declarations.Waiting
    label: str
    unit: str
    worries: tuple[str, ...]

    @property
    def key(self) -> str:
        """Member and act."""
        return f"{self.one.info.member_id}.{self.one.info.standing.id}"

    @property
    def month(self) -> str:
        """The month of its day, such as 2026-11."""
        return self.one.info.standing.done_on.isoformat()[:7]


def _mine(unit_id: str) -> Callable[[str, declarations.Standing, declarations.Deciders], bool]:
    """Whether it is the asker who decides about an act in a unit or below it: named for it at the branch, or
    answering for the branch from above where nobody there can. Never about oneself or one's own proposal."""
    asker, above = me().member_id, branches.ancestors(unit_id)
    committee = any(grant.role == "committee" and grant.branch_id in above for grant in me().grants)

    def mine(member_id: str, standing: declarations.Standing, who: declarations.Deciders) -> bool:
        return asker not in (member_id, standing.proposer) and (
            committee if who.above else asker in who.people
        )

    return mine


def count(unit_ids: Collection[str]) -> int:
    """How many acts wait for the asker at the branches on which they hold an office."""
    asker = me().member_id
    below = {unit for unit_id in unit_ids for unit in branches.subtree(unit_id)}

    def named(_member_id: str, _standing: declarations.Standing, who: declarations.Deciders) -> bool:
        return asker in who.people

    return len(declarations.waiting_in(below, today(), named)) if below else 0


def rows(unit_id: str) -> list[Row]:
    """What waits for the asker in a unit and below, by name; as many statements for many members as for one."""
    mine = declarations.waiting_in(branches.subtree(unit_id), today(), _mine(unit_id))
    units = {one.info.branch_id for one in mine}
    found = offers.books(units)
    names = {unit.id: unit.name for unit in branches.units(units - {unit_id})} if units - {unit_id} else {}
    since = min((one.info.standing.done_on for one in mine), default=today())
    starts = [terms.starts_on for book in found.values() for terms in book.terms(today()).values()]
    others = declarations.alongside(mine, min([since, *starts]))
    why: dict[tuple[str, str], tuple[str, ...]] = {}
    for unit, book in found.items():
        here = [one.seen() for one in mine if one.info.branch_id == unit]
        why |= declarations.worries(here, others, book.terms(today()), today())
    return [
        Row(
            one,
            found[one.info.branch_id].label(one.info.standing.act, one.info.standing.done_on),
            names.get(one.info.branch_id, ""),
            why[one.info.member_id, one.info.standing.id],
        )
        for one in mine
    ]


@bp.get("/waiting")
@may(CONFIRM)
def waiting() -> Response | str:
    """The units in which the asker confirms; where it is one, that one."""
    found = branches.units(guard.units(me(), CONFIRM))
    if len(found) == 1:
        return redirect(url_for("declarations.month", branch_id=found[0].id), 303)
    return render_template(
        "declarations/units.html",
        title=gettext("To confirm"),
        rows=[(url_for("declarations.month", branch_id=unit.id), unit.name) for unit in found],
    )


@bp.get("/waiting/<branch_id>")
@may(CONFIRM)
def month(branch_id: str) -> str:
    """One month of a unit: the newest in which something waits, or the one asked for."""
    unit = guard.unit_for(me(), CONFIRM, branch_id)
    return _page(unit, request.args.get("month", ""))


def _asked_page() -> int:
    """The page that the address or the form names, from 1 on."""
    typed = request.values.get("page", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 6 else 1


def _there(unit_id: str, chosen: str) -> str:
    """The address of the page that the form was on."""
    page = _asked_page()
    return url_for("declarations.month", branch_id=unit_id, month=chosen, page=page if page > 1 else None)


def _page(unit: branches.Unit, wanted: str, problem: str = "", problem_key: str = "") -> str:
    found = rows(unit.id)
    months = Counter(row.month for row in found)
    chosen = wanted if wanted in months else max(months, default=today().isoformat()[:7])
    # What deserves a look comes first, on as many pages as it takes.
    of_month = sorted((row for row in found if row.month == chosen), key=lambda row: not row.worries)
    pages = max(1, -(-len(of_month) // PAGE))
    page = max(1, min(_asked_page(), pages))
    shown = of_month[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "declarations/month.html",
        unit=unit,
        month=date.fromisoformat(f"{chosen}-01"),
        chosen=chosen,
        month_tabs=_tabs(unit.id, months, chosen),
        ordinary=[row for row in shown if not row.worries],
        to_look_at=[row for row in shown if row.worries],
        words=declarations.WORRIES,
        reasons=declarations.DECLINE_REASONS,
        longest=declarations.LONGEST,
        problem=problem,
        about=problem_key,
        page=page,
        pages=pages,
        neighbours=[
            url_for("declarations.month", branch_id=unit.id, month=chosen, page=number)
            if 1 <= number <= pages
            else None
            for number in (page - 1, page + 1)
        ],
    )


def _tabs(unit_id: str, months: Mapping[str, int], chosen: str) -> list[tuple[str, str, bool]]:
    """The months in which something waits, the newest first, with how much: words, address, whether it is here."""
    return [
        (
            gettext("%(month)s: %(count)s", month=name, count=months[name]),
            url_for("declarations.month", branch_id=unit_id, month=name),
            name == chosen,
        )
        for name in sorted(months, reverse=True)
    ]


@bp.post("/waiting/<branch_id>")
@may(CONFIRM)
def confirm_all(branch_id: str) -> Response:
    """Confirms the ordinary ones of those that were shown, one member a transaction. Pressing twice, two people
    at once and a server that dies in the middle are harmless: what was confirmed stays so, and pressing again
    does the rest. What is no longer ordinary stays for a look."""
    unit = guard.unit_for(me(), CONFIRM, branch_id)
    shown, chosen = set(request.form.getlist("act")), request.form.get("month", "")
    by_member: dict[str, list[Row]] = {}
    for row in rows(unit.id):
        if row.key in shown and not row.worries:
            by_member.setdefault(row.one.info.member_id, []).append(row)
    done = sum(_confirm_those_of(member_id, by_member[member_id]) for member_id in sorted(by_member))
    left = sum(row.month == chosen for row in rows(unit.id))
    words = [
        ngettext("%(num)s confirmed", "%(num)s confirmed", done),
        ngettext("%(num)s left to look at", "%(num)s left to look at", left) if left else "",
    ]
    flash(gettext(", ").join(word for word in words if word) + gettext("."), "success")
    return redirect(_there(branch_id, chosen), 303)


def _confirm_those_of(member_id: str, found: Sequence[Row]) -> int:
    """Confirms acts of one member and returns how many; what may not or need not be is left alone."""
    done = 0
    with transaction():
        for row in found:
            # What is refused is refused before anything was written: decided meanwhile, or, as only the streams
            # tell, the asker's own under another account.
            with suppress(Conflict, Forbidden):
                declarations.confirm(member_id, row.one.info.standing.id, confirmer=me().member_id, at=now())
                done += 1
    follow_now(member_id)
    return done


def about(key: str) -> declarations.Waiting:
    """An act, if the asker is the one who decides about it. Raises NotFound or Forbidden."""
    member_id, _, act_id = key.partition(".")
    found = declarations.waiting_one(member_id, act_id, today())
    guard.require(me(), CONFIRM, branch_id=found.info.branch_id)
    mine = _mine(found.info.branch_id)
    who = declarations.Deciders(found.people, found.above)
    if not mine(found.info.member_id, found.info.standing, who):
        raise Forbidden("not-yours-to-decide", N_("Somebody else has to decide about this one."))
    return found


@bp.post("/decide/<key>")
@may(CONFIRM)
def decide(key: str) -> Response | tuple[str, int]:
    """Confirms one act, or does not recognise it and tells the member why."""
    found, chosen = about(key), request.form.get("month", "")
    unit = guard.unit_for(me(), CONFIRM, request.form.get("unit") or found.info.branch_id)
    try:
        with transaction():
            said = _confirm(found) if request.form.get("do") == "confirm" else _decline(found)
    except AppError as error:
        params = {
            name: gettext(text) if isinstance(text, str) else text for name, text in error.params.items()
        }
        return _page(unit, chosen, gettext(error.message, **params), key), error.status
    follow_now(found.info.member_id)
    flash(said, "success")
    return redirect(_there(unit.id, chosen), 303)


def _confirm(found: declarations.Waiting) -> str:
    info = found.info
    declarations.confirm(info.member_id, info.standing.id, confirmer=me().member_id, at=now())
    if offers.book(info.branch_id).against(info.standing.act, info.standing.done_on):
        _tell(info, "against", "", "")
    return str(gettext("Confirmed."))


def _decline(found: declarations.Waiting) -> str:
    info = found.info
    reason, text = request.form.get("reason", ""), request.form.get("text", "")
    declarations.decline(
        info.member_id, info.standing.id, confirmer=me().member_id, reason=reason, text=text, at=now()
    )
    _tell(info, "declined", reason, text)
    return str(gettext("Not recognised. The member has been told why."))


def _tell(info: declarations.ActInfo, state: str, reason: str, text: str) -> None:
    """Tells the member, once for each decision; what somebody recorded and nobody recognised tells nothing."""
    if state == "declined" and info.standing.origin != "declared":
        return
    notices.tell(
        info.member_id,
        "act",
        f"{info.standing.id}/{state}",
        subject=f"act/{info.standing.id}",
        at=now(),
        state=state,
        reason=reason,
        reply=" ".join(text.split()),
        on=info.standing.done_on.isoformat(),
    )


@bp.get("/file/<key>")
@may("declarations.own")
def file(key: str) -> Response:
    """The file of an act: for the member, and for whoever decides about it."""
    member_id, _, act_id = key.partition(".")
    if member_id != me().member_id:
        about(key)
    found = declarations.file_of(member_id, act_id)
    response = make_response(found.data)
    response.headers["Content-Type"] = found.media_type
    response.headers["Content-Disposition"] = (
        "inline" if found.media_type != "application/pdf" else "attachment"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
