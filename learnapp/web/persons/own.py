"""“My data”: a member sees and takes along, corrects, or asks to delete what is kept of them."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField

from learnapp import accounts, audit, branches, persons
from learnapp.clock import iso
from learnapp.db import transaction
from learnapp.errors import Invalid
from learnapp.web.doors import may, me, now, settings, today
from learnapp.web.forms import Form
from learnapp.web.persons.blueprint import bp


class PhoneForm(Form):
    """One's own phone number."""

    phone = StringField(lazy_gettext("Phone"))


def _page(form: PhoneForm) -> str:
    member_id = me().member_id
    asked = persons.requests_of(member_id)
    return render_template(
        "persons/own.html",
        own=accounts.profile(member_id),
        person=branches.person(member_id, today()),
        asked=asked[0] if asked else None,
        days=settings().erasure_reply_days,
        form=form,
    )


@bp.get("/own")
@may("account.own")
def own() -> str:
    """The three rights on one page."""
    return _page(PhoneForm(phone=accounts.profile(me().member_id).phone or ""))


@bp.post("/own/phone")
@may("account.own")
def correct() -> tuple[str, int] | BaseResponse:
    """Corrects the phone number; an empty one takes it away."""
    form, member_id = PhoneForm(), me().member_id
    try:
        with transaction():
            accounts.correct(
                member_id,
                name=accounts.profile(member_id).name,
                phone=form.phone.data or "",
                actor_id=member_id,
                at=now(),
            )
    except Invalid as error:
        form.refuse("phone", gettext(error.message, **error.params))
        return _page(form), 422
    flash(gettext("Your phone number is corrected."), "success")
    return redirect(url_for("persons.own"), 303)


@bp.post("/own/erasure")
@may("account.own")
def ask() -> BaseResponse:
    """Asks to be erased; asking twice is asking once. Nothing is erased by asking."""
    with transaction():
        persons.ask(
            me().member_id,
            way="page",
            asked_by=me().member_id,
            at=now(),
            zone=settings().zone,
            days=settings().erasure_reply_days,
        )
    flash(gettext("Your request is on its way. You can take it back until it is decided."), "success")
    return redirect(url_for("persons.own"), 303)


@bp.post("/own/erasure/withdraw")
@may("account.own")
def withdraw() -> BaseResponse:
    """Takes the open request back."""
    with transaction():
        persons.withdraw(me().member_id, request.form.get("request", ""), actor_id=me().member_id, at=now())
    flash(gettext("Your request is taken back."), "success")
    return redirect(url_for("persons.own"), 303)


@bp.get("/own/data.json")
@may("account.own")
def data() -> Response:
    """What is kept of the asker beside the study record, as a file that says who made it."""
    member_id = me().member_id
    found = persons.own_data(member_id)
    with transaction():
        audit.write("exported", member_id=member_id, actor_id=member_id, at=now(), subject="persons/own")
    document = {"made_at": iso(now()), "made_by": me().name, **found}
    return Response(
        json.dumps(document, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )
