"""Requests for erasure: the list, the decision with a second look, and what was entered from paper."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from learnapp import accounts, branches, guard, persons
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Forbidden
from learnapp.web.doors import follow_now, may, me, now, settings, today
from learnapp.web.forms import Form
from learnapp.web.persons.blueprint import bp

PERMISSION = "persons.erase"


class PaperForm(Form):
    """Whose request on paper it is."""

    sign_in = StringField(
        lazy_gettext("Sign-in name of the person"), [DataRequired(lazy_gettext("Enter a sign-in name."))]
    )


class ReplyForm(Form):
    """Why a request is refused; the member reads it."""

    reply = TextAreaField(lazy_gettext("Reply to the person"), [DataRequired(lazy_gettext("Write a reply."))])


class TypedForm(Form):
    """The sign-in name once more, by hand."""

    typed = StringField(
        lazy_gettext("Type the person’s sign-in name"), [DataRequired(lazy_gettext("Enter a sign-in name."))]
    )


def _index(form: PaperForm) -> str:
    shown = []
    for one in persons.open_requests():
        person = branches.person(one.member_id, today())
        if person is not None and reachable(one.member_id):
            shown.append((one, person))
    return render_template("persons/erasures.html", shown=shown, form=form, today=today())


def reachable(member_id: str) -> bool:
    """Whether this is somebody about whose erasure the asker may decide."""
    try:
        guard.past_member_for(me(), PERMISSION, member_id, today())
    except Forbidden:
        return False
    return True


@bp.get("/erasures")
@may(PERMISSION)
def erasures() -> str:
    """What waits for a reply, by its day, and a field for requests on paper."""
    return _index(PaperForm())


@bp.post("/erasures")
@may(PERMISSION)
def enter() -> tuple[str, int] | Response:
    """A request on paper is entered; the days of the reply run from now."""
    form = PaperForm()
    member_id = accounts.find(form.sign_in.data or "") or ""
    if not form.validate_on_submit() or not member_id or not reachable(member_id):
        form.refuse("sign_in", gettext("Nobody of your units has this sign-in name."))
        return _index(form), 422
    with transaction():
        request_id = persons.ask(
            member_id,
            way="paper",
            asked_by=me().member_id,
            at=now(),
            zone=settings().zone,
            days=settings().erasure_reply_days,
        )
    return redirect(url_for("persons.erasure", member_id=member_id, request_id=request_id), 303)


def _person(member_id: str) -> branches.Person:
    person = guard.past_member_for(me(), PERMISSION, member_id, today())
    if member_id == me().member_id:
        raise Forbidden("own-erasure", N_("Nobody decides about their own erasure. Ask another operator."))
    if not guard.outranks(me(), member_id, today()):
        raise Forbidden("more-power", N_("This person holds a role beyond your own. Ask another operator."))
    return person


def _page(member_id: str, request_id: str, template: str, form: Form) -> str:
    person = _person(member_id)
    found = persons.request(member_id, request_id)
    return render_template(
        template,
        person=person,
        found=found,
        preview=persons.preview(member_id),
        form=form,
        words=gettext,
        today=today(),
    )


@bp.get("/<member_id>/erasures/<request_id>")
@may(PERMISSION)
def erasure(member_id: str, request_id: str) -> str:
    """What would go and what would stay; on to the last step, or a refusal."""
    return _page(member_id, request_id, "persons/erasure.html", ReplyForm())


@bp.post("/<member_id>/erasures/<request_id>/refuse")
@may(PERMISSION)
def refuse(member_id: str, request_id: str) -> tuple[str, int] | Response:
    """Refuses with a reply."""
    form, _ = ReplyForm(), _person(member_id)
    if not form.validate_on_submit():
        return _page(member_id, request_id, "persons/erasure.html", form), 422
    with transaction():
        persons.refuse(member_id, request_id, reply=form.reply.data, actor_id=me().member_id, at=now())
    flash(gettext("The request is refused. The person reads your reply on the page “My data”."), "success")
    return redirect(url_for("persons.erasures"), 303)


@bp.get("/<member_id>/erasures/<request_id>/confirm")
@may(PERMISSION)
def second_look(member_id: str, request_id: str) -> str:
    """The last step: once more who it is, and the sign-in name by hand."""
    return _page(member_id, request_id, "persons/erase.html", TypedForm())


@bp.post("/<member_id>/erasures/<request_id>/confirm")
@may(PERMISSION)
def erase(member_id: str, request_id: str) -> tuple[str, int] | Response:
    """Decides, and erases every account of the person, each in a transaction of its own."""
    form, _ = TypedForm(), _person(member_id)
    if not form.validate_on_submit():
        return _page(member_id, request_id, "persons/erase.html", form), 422
    try:
        with transaction():
            persons.decide(member_id, request_id, typed=form.typed.data, actor_id=me().member_id, at=now())
    except AppError as error:
        form.refuse("typed", gettext(error.message, **error.params))
        return _page(member_id, request_id, "persons/erase.html", form), error.status
    for account in persons.carry_out(member_id, request_id, at=now(), zone=settings().zone):
        follow_now(account)
    flash(gettext("The person is erased. The ledger keeps its entries and names nobody."), "success")
    return redirect(url_for("persons.erasures"), 303)
