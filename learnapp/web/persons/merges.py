"""Joining two accounts of one person, and taking that back: pick, look, give a reason, confirm."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired

from learnapp import accounts, branches, guard, ledger, persons
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Forbidden, NotFound
from learnapp.web.doors import follow_now, may, me, now, settings, today
from learnapp.web.forms import Form
from learnapp.web.persons.blueprint import bp
from learnapp.web.words import act_words

PERMISSION = "persons.merge"


class PickForm(Form):
    """Which account goes on, and which one is given up."""

    kept = StringField(
        lazy_gettext("Sign-in name of the account that goes on"),
        [DataRequired(lazy_gettext("Enter a sign-in name."))],
    )
    given = StringField(
        lazy_gettext("Sign-in name of the account that is given up"),
        [DataRequired(lazy_gettext("Enter a sign-in name."))],
    )


class ReasonForm(Form):
    """Why, and that it was looked at."""

    reason = StringField(lazy_gettext("Reason"), [DataRequired(lazy_gettext("Give a reason."))])
    sure = BooleanField(
        lazy_gettext("I have compared names and units"), [DataRequired(lazy_gettext("Please tick this."))]
    )


@dataclass(frozen=True)
class Account:
    """One of the two accounts as the preview shows it."""

    person: branches.Person
    entries: int


def _person(member_id: str) -> branches.Person:
    """Somebody whose accounts the asker may join. Raises NotFound, Forbidden."""
    person = guard.past_member_for(me(), PERMISSION, member_id, today())
    if member_id == me().member_id:
        raise Forbidden(
            "own-merge", N_("Nobody joins their own account with another one. Ask somebody else.")
        )
    return person


def _named(form: PickForm, field: str) -> str:
    """The account with the sign-in name in this field; empty where there is none of the asker's units."""
    found = accounts.find(form[field].data)
    try:
        if found is None:
            raise NotFound("no-person", N_("Nobody of your units has this sign-in name."))
        _person(found)
    except Forbidden as error:
        message = (
            error.message if error.code == "own-merge" else N_("Nobody of your units has this sign-in name.")
        )
        form.refuse(field, gettext(message))
        return ""
    except NotFound as error:
        form.refuse(field, gettext(error.message))
        return ""
    return found


@bp.get("/join")
@may(PERMISSION)
def pick() -> str:
    """Two sign-in names."""
    return render_template("persons/pick.html", form=PickForm())


@bp.post("/join")
@may(PERMISSION)
def picked() -> tuple[str, int] | Response:
    """On to the preview."""
    form = PickForm()
    if form.validate_on_submit():
        kept, given = _named(form, "kept"), _named(form, "given")
        if kept and given:
            return redirect(url_for("persons.look", kept_id=kept, given_id=given), 303)
    return render_template("persons/pick.html", form=form), 422


def _both(kept_id: str, given_id: str) -> tuple[branches.Person, branches.Person]:
    kept, given = _person(kept_id), _person(given_id)
    if not guard.outranks(me(), given_id, today()):
        raise Forbidden(
            "more-power", N_("The account to be given up holds a role beyond your own. Ask the operator.")
        )
    return kept, given


def _preview(kept_id: str, given_id: str, form: ReasonForm) -> str:
    kept, given = _both(kept_id, given_id)
    found = persons.merge_preview(given_id, kept_id, today=today(), zone=settings().zone)
    return render_template(
        "persons/preview.html",
        kept=Account(kept, found.kept),
        given=Account(given, found.given),
        found=found,
        blockers=[gettext(persons.BLOCKERS[code]) for code in found.blockers],
        both=[act_words(entry).title for entry in found.both],
        form=form,
    )


@bp.get("/<kept_id>/join/<given_id>")
@may(PERMISSION)
def look(kept_id: str, given_id: str) -> str:
    """What joining them would do; nothing is changed by looking."""
    return _preview(kept_id, given_id, ReasonForm())


@bp.post("/<kept_id>/join/<given_id>")
@may(PERMISSION)
def join(kept_id: str, given_id: str) -> tuple[str, int] | Response:
    """Joins them; each side is a transaction of its own. A second tap finds it done."""
    _both(kept_id, given_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _preview(kept_id, given_id, form), 422
    standing = [one for one in persons.merges_of(given_id) if one.state == "standing"]
    done = next((one.id for one in standing if (one.given_id, one.kept_id) == (given_id, kept_id)), None)
    try:
        merge_id = done or _decide(given_id, kept_id, form.reason.data)
    except AppError as error:
        form.refuse("reason", gettext(error.message, **error.params))
        return _preview(kept_id, given_id, form), error.status
    _carry(given_id, kept_id, merge_id)
    flash(gettext("The two accounts are joined."), "success")
    return redirect(url_for("persons.merge", given_id=given_id, merge_id=merge_id), 303)


def _decide(given_id: str, kept_id: str, reason: str) -> str:
    with transaction():
        return persons.merge(
            given_id, kept_id, reason=reason, actor_id=me().member_id, at=now(), zone=settings().zone
        )


def _carry(given_id: str, kept_id: str, merge_id: str) -> None:
    with transaction():
        persons.carry(given_id, merge_id, at=now(), zone=settings().zone)
    for member_id in (kept_id, given_id):
        follow_now(member_id)


def _merge(given_id: str, merge_id: str) -> persons.Merge:
    """A merge of two accounts that the asker may ask about. Raises NotFound, Forbidden."""
    guard.past_member_for(me(), PERMISSION, given_id, today())
    found = persons.merge_of(given_id, merge_id)
    guard.past_member_for(me(), PERMISSION, found.kept_id, today())
    return found


def _page(found: persons.Merge, form: ReasonForm) -> str:
    people = accounts.names([found.given_id, found.kept_id, found.decided_by])
    form.sure.label.text = gettext("These are two different people")
    return render_template(
        "persons/merge.html",
        found=found,
        names=people,
        kept=accounts.profile(found.kept_id),
        given=accounts.profile(found.given_id),
        reason=ledger.note_text(found.given_id, found.note),
        mine=me().member_id in (found.given_id, found.kept_id),
        form=form,
    )


@bp.get("/<given_id>/merges/<merge_id>")
@may(PERMISSION)
def merge(given_id: str, merge_id: str) -> str:
    """What was decided and how it stands, with the way back."""
    return _page(_merge(given_id, merge_id), ReasonForm())


@bp.post("/<given_id>/merges/<merge_id>/undo")
@may(PERMISSION)
def undo(given_id: str, merge_id: str) -> tuple[str, int] | Response:
    """Takes it back. What was not carried over yet is first, so that undoing undoes the whole."""
    found, form = _merge(given_id, merge_id), ReasonForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    zone = settings().zone
    try:
        with transaction():
            persons.carry(given_id, merge_id, at=now(), zone=zone)
        with transaction():
            persons.undo(
                given_id, merge_id, reason=form.reason.data, actor_id=me().member_id, at=now(), zone=zone
            )
    except AppError as error:
        form.refuse("reason", gettext(error.message, **error.params))
        return _page(found, form), error.status
    with transaction():
        persons.give_back(given_id, merge_id, at=now())
    for member_id in (found.kept_id, given_id):
        follow_now(member_id)
    flash(gettext("The joining is undone. Both accounts go on by themselves."), "success")
    return redirect(url_for("persons.merge", given_id=given_id, merge_id=merge_id), 303)


@bp.get("/merges")
@may(PERMISSION)
def merges() -> tuple[str, int] | str:
    """The joinings of one account, found by its sign-in name; the name of a given-up account still finds it."""
    wanted = request.args.get("name", "")
    found_id = accounts.find(wanted) if wanted else None
    found: list[persons.Merge] = []
    problem = ""
    if wanted:
        try:
            if found_id is None:
                raise NotFound("no-person", "")
            _person(found_id)
            found = persons.merges_of(found_id)
        except (NotFound, Forbidden):
            problem = gettext("Nobody of your units has this sign-in name.")
    names = accounts.names({one.given_id for one in found} | {one.kept_id for one in found})
    page = render_template(
        "persons/merges.html", name=wanted, found=found, names=names, problem=problem, asked=bool(wanted)
    )
    return (page, 422) if problem else page
