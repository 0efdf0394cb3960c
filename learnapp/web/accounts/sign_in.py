"""Signing in and out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired

from learnapp import accounts
from learnapp.db import transaction
from learnapp.web import sessions
from learnapp.web.accounts.blueprint import bp
from learnapp.web.accounts.words import refusal, reset_words, settled
from learnapp.web.doors import PUBLIC, may, me, now
from learnapp.web.forms import Form


class SignInForm(Form):
    """Name and password."""

    name = StringField(lazy_gettext("Sign-in name"), [DataRequired(lazy_gettext("Enter your sign-in name."))])
    password = PasswordField(lazy_gettext("Password"), [DataRequired(lazy_gettext("Enter your password."))])
    next = HiddenField()


@bp.get("/accounts/sign-in")
@may(PUBLIC)
def sign_in() -> str | Response:
    """The sign-in page; whoever is signed in already goes on, unless a role with power asks again."""
    target = sessions.remember_target()
    again = "again" in request.args
    if current_user.is_authenticated and (current_user.fresh or not again):
        return redirect(target, 303)
    form = SignInForm(next=target)
    if current_user.is_authenticated:
        form.name.data = accounts.profile(current_user.member_id).sign_in
    return render_template("accounts/sign_in.html", form=form, again=again, target=target)


@bp.post("/accounts/sign-in")
@may(PUBLIC)
def check_sign_in() -> tuple[str, int] | Response:
    """Signs in, or shows the form again with what helps. Failed attempts are committed: they count."""
    form = SignInForm()
    status = 422
    if form.validate_on_submit():
        outcome = settled(accounts.prove(form.name.data, form.password.data))
        if outcome.member_id and outcome.epoch is not None:
            target = sessions.target_after(form.next.data)
            sessions.begin(outcome.member_id, outcome.epoch)
            _tell_of_reset(outcome)
            return redirect(target, 303)
        status = 429 if outcome.locked_until else 422
        form.refuse("password", refusal(outcome))
    again = current_user.is_authenticated
    page = render_template("accounts/sign_in.html", form=form, again=again, target=form.next.data or "/")
    return page, status


def _tell_of_reset(outcome: accounts.Outcome) -> None:
    if outcome.reset_by is not None and outcome.reset_at is not None:
        flash(reset_words(outcome.reset_by, outcome.reset_at), "warning")


@bp.post("/accounts/sign-out")
@may("account.own")
def sign_out() -> Response:
    """Signs out on this device."""
    with transaction():
        accounts.sign_out(me().member_id, at=now(), address=request.remote_addr)
    sessions.end()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
