"""Roles on a unit: who holds which, granting and ending. The operator's page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from learnapp import accounts, branches, guard
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.web.branches.blueprint import bp
from learnapp.web.doors import may, me, now, today
from learnapp.web.forms import Form


class GrantForm(Form):
    """Whom to give which role."""

    sign_in = StringField(
        lazy_gettext("Sign-in name of the person"), [DataRequired(lazy_gettext("Enter a sign-in name."))]
    )
    role = SelectField(lazy_gettext("Role"), [InputRequired()])


def _form(unit: branches.Unit) -> GrantForm:
    form = GrantForm()
    form.role.choices = [
        (role, gettext(word)) for role, word in guard.ROLE_WORDS.items() if guard.fits(role, unit.kind)
    ]
    return form


def _page(unit: branches.Unit, form: GrantForm) -> str:
    held = branches.roles_on(unit.id, today())
    return render_template(
        "branches/roles.html", unit=unit, held=held, form=form, words=guard.ROLE_WORDS, own=me().member_id
    )


@bp.get("/<branch_id>/roles")
@may("branches.grant")
def roles(branch_id: str) -> str:
    """The roles held on this very unit."""
    unit = guard.unit_for(me(), "branches.grant", branch_id)
    return _page(unit, _form(unit))


@bp.post("/<branch_id>/roles")
@may("branches.grant")
def grant(branch_id: str) -> tuple[str, int] | Response:
    """Gives a person of the asker's units a role here; it holds at once."""
    unit = guard.unit_for(me(), "branches.grant", branch_id)
    form = _form(unit)
    if not form.validate_on_submit():
        return _page(unit, form), 422
    try:
        member_id = guard.grantee(me(), accounts.find(form.sign_in.data), today())
    except AppError as error:
        form.refuse("sign_in", gettext(error.message, **error.params))
        return _page(unit, form), error.status
    with transaction():
        branches.grant(
            member_id,
            form.role.data,
            branch_id,
            valid_from=today(),
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )
    flash(gettext("The role is granted and holds from now on."), "success")
    return redirect(url_for("branches.roles", branch_id=branch_id), 303)


@bp.post("/<branch_id>/roles/end")
@may("branches.grant")
def end_role(branch_id: str) -> Response:
    """Ends a role here; its power is gone with the next request. Ending twice changes nothing."""
    guard.unit_for(me(), "branches.grant", branch_id)
    member_id = request.form.get("member_id", "")
    guard.not_self(me(), member_id)
    with transaction():
        ended = branches.end_role(
            member_id,
            request.form.get("role", ""),
            branch_id,
            today=today(),
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )
    if ended:
        flash(gettext("The role is ended. Its power is gone at once."), "success")
    return redirect(url_for("branches.roles", branch_id=branch_id), 303)
