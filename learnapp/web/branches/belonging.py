"""As what somebody belongs, from when on: class and post by interval, and where they are a guest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import branches, guard
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Invalid
from learnapp.web.branches import moving
from learnapp.web.branches.blueprint import bp
from learnapp.web.branches.tree import words
from learnapp.web.doors import follow_now, may, me, now, today

# A day further off is a slip of the finger.
_FAR = timedelta(days=3653)


def _page(member_id: str, problem: str = "", status: int = 200) -> tuple[str, int]:
    person = guard.member_for(me(), "branches.change", member_id, today())
    stays = branches.history(member_id)
    homes = [stay for stay in stays if stay.kind == "home"]
    guests = branches.guests(member_id)
    text = request.args.get("q", "")
    found = branches.search(text)
    page = render_template(
        "branches/belonging.html",
        person=person,
        is_self=member_id == me().member_id,
        homes=homes,
        changes={
            after.valid_from
            for before, after in pairwise(homes)
            if before.branch_id == after.branch_id and before.valid_to == after.valid_from
        },
        guests=guests,
        units={one.id: one.name for one in branches.units({stay.branch_id for stay in stays})},
        text=text,
        found=[unit for unit in found if unit.id != person.branch_id],
        more=len(found) == branches.MOST_FOUND,
        form=request.form,
        day=today(),
        problem=problem,
        classes=[(key, gettext(word)) for key, word in branches.CLASSES.items()],
        posts=[("", gettext("none")), *((key, gettext(word)) for key, word in branches.POSTS.items())],
        words=words(),
    )
    return page, status


@bp.get("/people/<member_id>/belonging")
@may("branches.change")
def belonging(member_id: str) -> tuple[str, int]:
    """The person's intervals, and changing class, post or guest membership from a day on."""
    return _page(member_id)


def _done(member_id: str, change: Callable[[], object], told: str) -> tuple[str, int] | Response:
    """Does it for whoever may, folds anew and says so; a refusal stands on the page with what was entered."""
    guard.member_for(me(), "branches.change", member_id, today())
    branches.not_oneself(member_id, me().member_id)
    try:
        with transaction():
            done = moving.belong(member_id, change)
    except AppError as error:
        return _page(member_id, gettext(error.message, **error.params), error.status)
    follow_now(member_id)
    if done is not False:
        flash(told, "success")
    return redirect(url_for("branches.belonging", member_id=member_id), 303)


@bp.post("/people/<member_id>/belonging")
@may("branches.change")
def change_class(member_id: str) -> tuple[str, int] | Response:
    """Another class or post from a day on."""
    form = request.form

    def change() -> bool:
        return branches.change(
            member_id,
            member_class=form.get("member_class", ""),
            post=form.get("post") or None,
            on=_day("on"),
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )

    return _done(member_id, change, gettext("Saved. It holds from that day on."))


@bp.post("/people/<member_id>/belonging/take-back")
@may("branches.change")
def take_back_change(member_id: str) -> tuple[str, int] | Response:
    """Takes back a change that was entered by mistake."""

    def change() -> None:
        branches.take_back(
            member_id, on=_day("on"), actor_id=me().member_id, at=now(), address=request.remote_addr
        )

    return _done(member_id, change, gettext("Taken back. What was before goes on."))


@bp.post("/people/<member_id>/guest")
@may("branches.change")
def begin_guest(member_id: str) -> tuple[str, int] | Response:
    """Makes the member a guest of a host unit."""

    def change() -> str:
        last = _day("last") if request.form.get("last") else None
        return branches.host(
            member_id,
            request.form.get("unit", ""),
            valid_from=_day("first"),
            valid_to=last + timedelta(days=1) if last else None,
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )

    return _done(member_id, change, gettext("Saved. The member stays at home here and counts here."))


@bp.post("/people/<member_id>/guest/end")
@may("branches.change")
def end_guest(member_id: str) -> tuple[str, int] | Response:
    """Ends a guest membership with its last day."""

    def change() -> bool:
        return branches.end_host(
            member_id,
            request.form.get("guest_id", ""),
            on=_day("last") + timedelta(days=1),
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )

    return _done(member_id, change, gettext("The guest membership ends on that day."))


def _day(name: str) -> date:
    try:
        typed = date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid("day", N_("Choose a day.")) from None
    if typed > today() + _FAR:
        raise Invalid("far-day", N_("This day lies more than ten years ahead. Please look at the year."))
    return typed
