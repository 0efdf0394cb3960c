"""The page about oneself."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import DataRequired

from learnapp import accounts, audit, branches, guard
from learnapp.db import transaction
from learnapp.errors import Invalid
from learnapp.web import sessions
from learnapp.web.accounts.blueprint import bp
from learnapp.web.accounts.words import refusal, reset_words
from learnapp.web.audit_words import lines
from learnapp.web.doors import may, now, today
from learnapp.web.doors import me as asker
from learnapp.web.forms import Form

_LOG_ROWS = 20


class PasswordForm(Form):
    """A new password for whoever knows the present one."""

    present = PasswordField(
        lazy_gettext("Present password"), [DataRequired(lazy_gettext("Enter your present password."))]
    )
    password = PasswordField(lazy_gettext("New password"), [DataRequired(lazy_gettext("Choose a password."))])


@bp.get("/accounts/me")
@may("account.own")
def me() -> str:
    """Who I am here, how it looks, what happened with my account, and the way out."""
    member_id = asker().member_id
    own = accounts.profile(member_id)
    notice = reset_words(own.reset_by, own.reset_at) if own.reset_by and own.reset_at else None
    return render_template(
        "accounts/me.html",
        own=own,
        person=branches.person(member_id, today()),
        roles=branches.roles_of(member_id, today()),
        classes=branches.CLASSES,
        posts=branches.POSTS,
        role_words=guard.ROLE_WORDS,
        notice=notice,
        transfer=next(iter(branches.transfers_of(member_id, today())), None),
        transfer_states=branches.TRANSFER_STATES,
        log=lines(audit.events([member_id], limit=_LOG_ROWS)),
    )


@bp.post("/accounts/me/reset-seen")
@may("account.own")
def reset_seen() -> Response:
    """The notice about a new code was read."""
    with transaction():
        accounts.acknowledge_reset(asker().member_id)
    return redirect(url_for("accounts.me"), 303)


@bp.post("/accounts/sign-out-everywhere")
@may("account.own")
def sign_out_everywhere() -> Response:
    """Ends every session of the asker, this one included."""
    with transaction():
        accounts.sign_out_everywhere(asker().member_id, at=now(), address=request.remote_addr)
    sessions.end()
    flash(gettext("You are signed out on every device."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/accounts/password")
@may("account.own")
def password() -> str:
    """The form for another password."""
    return _password_page(PasswordForm())


def _password_page(form: PasswordForm) -> str:
    return render_template("accounts/password.html", form=form, own=accounts.profile(asker().member_id))


@bp.post("/accounts/password")
@may("account.own")
def change_password() -> tuple[str, int] | Response:
    """Sets another password and ends the sessions on other devices; wrong tries count as failed sign-ins."""
    form = PasswordForm()
    member_id = asker().member_id
    if not form.validate_on_submit():
        return _password_page(form), 422
    try:
        digest = accounts.make_hash(form.password.data, accounts.profile(member_id).sign_in)
    except Invalid as error:
        form.refuse("password", gettext(error.message, **error.params))
        return _password_page(form), 422
    proof = accounts.prove_member(member_id, form.present.data)
    with transaction():
        outcome = accounts.change_password(proof, digest, at=now(), address=request.remote_addr)
    if outcome.epoch is None:
        form.refuse("present", refusal(outcome))
        return _password_page(form), 429 if outcome.locked_until else 422
    sessions.begin(member_id, outcome.epoch)
    flash(gettext("Your password is changed. Other devices have to sign in again."), "success")
    return redirect(url_for("accounts.me"), 303)
