"""One-time codes: typed by hand or scanned, and the choice of a password with them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from learnapp import accounts, branches
from learnapp.db import transaction
from learnapp.errors import AppError, Conflict
from learnapp.web import sessions
from learnapp.web.accounts.blueprint import bp
from learnapp.web.accounts.words import settled
from learnapp.web.doors import PUBLIC, may, now, today
from learnapp.web.forms import Form


class CodeForm(Form):
    """A one-time code, typed by hand."""

    code = StringField(lazy_gettext("Code"), [DataRequired(lazy_gettext("Enter the code."))])


class ChoiceForm(Form):
    """The password that the holder of a code chooses."""

    password = PasswordField(
        lazy_gettext("Choose a password"), [DataRequired(lazy_gettext("Choose a password."))]
    )


@bp.get("/accounts/code")
@may(PUBLIC)
def code() -> str:
    """One field for a code that is typed by hand."""
    return render_template("accounts/code.html", form=CodeForm())


@bp.post("/accounts/code")
@may(PUBLIC)
def check_code() -> tuple[str, int] | Response:
    """On to the page of the code, or the field again with what is wrong."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("accounts/code.html", form=form), 422
    try:
        found = accounts.invitation(form.code.data, now())
    except AppError as error:
        return _code_again(form, error)[0], 422
    return redirect(url_for("accounts.invitation", code=accounts.normal_code(found.code)), 303)


def _code_again(form: CodeForm, error: AppError) -> tuple[str, int]:
    form.refuse("code", gettext(error.message, **error.params))
    return render_template("accounts/code.html", form=form), error.status


def _choice_page(found: accounts.Invitation, form: ChoiceForm) -> str:
    person = branches.person(found.member_id, today())
    issuer = accounts.names([found.issued_by]).get(found.issued_by, "")
    return render_template("accounts/invitation.html", found=found, person=person, issuer=issuer, form=form)


@bp.get("/i/<code>")
@may(PUBLIC)
def invitation(code: str) -> str | tuple[str, int]:
    """Whose code this is, and the choice of a password. Looking uses nothing up: chats fetch previews."""
    try:
        found = accounts.invitation(code, now())
    except AppError as error:
        return _code_again(CodeForm(code=code), error)
    return _choice_page(found, ChoiceForm())


@bp.post("/i/<code>")
@may(PUBLIC)
def redeem(code: str) -> tuple[str, int] | Response:
    """Uses the code up and signs in. A second tap with the same password signs in as well."""
    form = ChoiceForm()
    try:
        found = accounts.invitation(code, now())
    except AppError as error:
        return _second_tap(code, form) or _code_again(CodeForm(code=code), error)
    if not form.validate_on_submit():
        return _choice_page(found, form), 422
    try:
        digest = accounts.make_hash(form.password.data, found.sign_in)
    except AppError as error:
        form.refuse("password", gettext(error.message, **error.params))
        return _choice_page(found, form), error.status
    try:
        with transaction():
            member_id, epoch = accounts.redeem(code, digest, at=now(), address=request.remote_addr)
    except Conflict as error:
        return _second_tap(code, form) or _code_again(CodeForm(code=code), error)
    return _enter(member_id, epoch)


def _second_tap(code: str, form: ChoiceForm) -> Response | None:
    """Signs in whoever sends a used code once more with the password that was chosen with it just now."""
    member_id = accounts.used_just_now(code, now())
    if member_id is None or not form.password.data:
        return None
    outcome = settled(accounts.prove_member(member_id, form.password.data))
    return None if outcome.epoch is None else _enter(member_id, outcome.epoch)


def _enter(member_id: str, epoch: int) -> Response:
    target = sessions.target_after(None)
    sessions.begin(member_id, epoch)
    return redirect(target, 303)
