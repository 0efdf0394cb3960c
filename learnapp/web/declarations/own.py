"""A member's own acts: declaring one in a sentence, seeing how each stands, taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import declarations
from learnapp.db import new_id, transaction
from learnapp.errors import N_, AppError, Conflict, Invalid, NotFound
from learnapp.web import offers
from learnapp.web.declarations import signing
from learnapp.web.declarations.blueprint import bp
from learnapp.web.doors import follow_now, may, me, now, today

NO_DAY = N_("Enter the day as year, month and day.")


@dataclass(frozen=True)
class Row:
    """An act with the words of its item."""

    info: declarations.ActInfo
    label: str

    @property
    def key(self) -> str:
        """Member and act, as addresses name it."""
        return f"{self.info.member_id}.{self.info.standing.id}"


def day_of(text: str) -> date:
    """The day that a form sends. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("no-day", NO_DAY) from None


@bp.get("/")
@may("declarations.own")
def mine() -> str:
    """The asker's acts, the newest first, and the quarters that can be signed. `got` names a sending, so that the
    phone learns that it arrived."""
    book, member_id = offers.own(), me().member_id
    found = declarations.acts_of(member_id)
    got = declarations.id_of(member_id, request.args.get("got", ""))
    return render_template(
        "declarations/mine.html",
        rows=[Row(one, book.label(one.standing.act, one.standing.done_on)) for one in found],
        got=request.args["got"] if any(one.standing.id == got for one in found) else "",
        quarters=signing.quarters(book),
        may_declare=bool(book.acts(book.usual_day(today()), "declared")),
        states=declarations.STATES,
        reasons=declarations.DECLINE_REASONS,
    )


def _form(typed: dict[str, str], problem: str = "") -> str:
    day = offers.own().usual_day(today())
    acts = offers.own().acts(day, "declared")
    return render_template(
        "declarations/new.html",
        acts=acts.values(),
        typed={"on": day.isoformat(), "uid": new_id(), **typed},
        problem=problem,
        today=today(),
        longest=declarations.LONGEST,
        most_bytes=declarations.MOST_BYTES,
        most=f"{declarations.MOST_BYTES / 1024 / 1024:g}",
    )


@bp.get("/new")
@may("declarations.own")
def new() -> str:
    """The form: which item, which day, one sentence. `again` begins with the words of an earlier act."""
    typed: dict[str, str] = {}
    if again := request.args.get("again"):
        info = declarations.act(me().member_id, again)
        typed = {"act": info.standing.act, "on": info.standing.done_on.isoformat(), "text": info.text}
    return _form(typed)


@bp.post("/new")
@may("declarations.own")
def declare() -> Response | tuple[str, int]:
    """Declares the act; sent twice it is one. What is refused comes back with all that was typed."""
    typed = {name: request.form.get(name, "") for name in ("act", "on", "text", "uid")}
    try:
        with transaction():
            act_id = _declare(typed)
    except AppError as error:
        if isinstance(error, Conflict):
            typed["uid"] = new_id()
        return _form(typed, gettext(error.message, **_shown(error.params))), error.status
    follow_now(me().member_id)
    flash(gettext("Declared. It counts as soon as a second person has confirmed it."), "success")
    return redirect(url_for("declarations.mine", got=typed["uid"], _anchor=act_id), 303)


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    return {name: gettext(text) if isinstance(text, str) and text else text for name, text in params.items()}


def _declare(typed: dict[str, str]) -> str:
    on, upload = day_of(typed["on"]), request.files.get("file")
    if not (len(typed["uid"]) == 32 and typed["uid"].isalnum() and typed["uid"].isascii()):
        raise Invalid("no-uid", N_("This form is not whole. Open it again."))
    if not typed["act"]:
        raise Invalid("no-act", N_("Choose what it is about."))
    file = upload.read() if upload else b""
    if upload and upload.filename and not file:
        raise Invalid("file-empty", N_("This file is empty. Choose another one, or send it without."))
    return declarations.declare(
        me().member_id,
        typed["act"],
        on=on,
        text=typed["text"],
        allowed=offers.own().acts(on, "declared").keys(),
        at=now(),
        today=today(),
        uid=typed["uid"],
        file=file,
    )


@bp.post("/withdraw/<key>")
@may("declarations.own")
def withdraw(key: str) -> Response:
    """Takes a declaration back while nobody has decided. Of others' nobody learns that they exist."""
    member_id, _, act_id = key.partition(".")
    if member_id != me().member_id:
        raise NotFound("no-act", N_("There is no such act."))
    with transaction():
        declarations.withdraw(me().member_id, act_id, at=now())
    follow_now(me().member_id)
    flash(gettext("Taken back."), "success")
    return redirect(url_for("declarations.mine", _anchor=act_id), 303)
