"""One row of a draft: its fields, the sentence made of them while one types, saving, adding, moving, removing."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp.db import transaction
from learnapp.errors import AppError, Conflict
from learnapp.points import drafting
from learnapp.web.doors import in_language, may, me, now
from learnapp.web.rulesets import drafts
from learnapp.web.rulesets.blueprint import RULES, bp, here, owned
from learnapp.web.rulesets.fields import KIND_WORDS, fields_for, typed
from learnapp.web.rulesets.words import remarks


def _kind(kind: str) -> drafting.Kind:
    if kind not in drafting.FIELDS:
        abort(404)
    return cast(drafting.Kind, kind)


def _table(found: drafting.Draft, kind: drafting.Kind, number: int) -> dict[str, Any]:
    tables = drafting.rows_of(found.data, kind)
    if number >= len(tables):
        abort(404)
    return tables[number]


def _sent(kind: drafting.Kind) -> drafting.Row:
    return typed(kind, request.form, request.form.getlist("only"))


def _put(data: dict[str, Any], kind: drafting.Kind, number: int, table: dict[str, Any]) -> dict[str, Any]:
    """The data with one row as it is being typed."""
    if kind == "head":
        return {**table, **{name: data[name] for name in drafting.LISTS if name in data}}
    tables = list(drafting.rows_of(data, kind))
    tables[number] = table
    return {**data, kind: tables}


@bp.get("/drafts/<draft_id>/<kind>/<int:number>")
@may(RULES)
def row(draft_id: str, kind: str, number: int) -> str:
    """The form of a row."""
    found = owned(draft_id)
    table = _table(found, _kind(kind), number)
    return _page(found, _kind(kind), number, drafting.read(_kind(kind), table), drafting.digest(table))


def _page(
    found: drafting.Draft,
    kind: drafting.Kind,
    number: int,
    values: drafting.Row,
    base: str,
    *,
    mine: dict[str, Any] | None = None,
    theirs: drafts.Shown | None = None,
    error: str = "",
) -> str:
    """The form with these values; `mine` is what was typed where it is not the stored row, `theirs` the stored one
    after a conflict."""
    data = found.data if mine is None else _put(found.data, kind, number, mine)
    checked = drafting.check(data)
    table = drafting.rows_of(data, kind)[number]
    own = (
        str(table.get("text", table.get("title", ""))),
        str(table.get("text_en", table.get("title_en", ""))),
    )
    return render_template(
        "rulesets/row.html",
        draft=found,
        kind=kind,
        number=number,
        kind_word=gettext(KIND_WORDS[kind]),
        draft_title=in_language(str(data.get("title", "")), str(data.get("title_en", ""))),
        title=in_language(*own),
        fields=fields_for(kind, values, data),
        values=values,
        sentence=drafts.sentence(data, checked, kind, number),
        remarks=remarks(checked.of(kind, number)),
        strangers=drafting.strangers(kind, table),
        base=base,
        theirs=theirs,
        error=error,
        last=len(drafting.rows_of(data, kind)) - 1,
    )


@bp.post("/drafts/<draft_id>/<kind>/<int:number>")
@may(RULES)
def save(draft_id: str, kind: str, number: int) -> Response | str | tuple[Any, int]:
    """Saves a row: for a form the page of the draft, for the page's own script the new revision."""
    found, here_kind, values = owned(draft_id), _kind(kind), _sent(_kind(kind))
    if request.form.get("do") == "preview":
        table = _table(found, here_kind, number)
        mine = drafting.write(here_kind, values, table)
        return _page(found, here_kind, number, values, request.form.get("seen", ""), mine=mine)
    try:
        with transaction():
            saved = drafting.save_row(
                draft_id,
                here_kind,
                number,
                values,
                base=request.form.get("seen", ""),
                actor_id=me().member_id,
                at=now(),
            )
    except Conflict as error:
        if _asks_json():
            raise
        return _again(draft_id, here_kind, number, values, error)
    if _asks_json():
        table = drafting.rows_of(saved.data, here_kind)[number]
        return jsonify(base=drafting.digest(table), revision=saved.revision), 200
    return redirect(here(draft_id, f"{kind}-{number}"), 303)


def _asks_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _again(
    draft_id: str, kind: drafting.Kind, number: int, values: drafting.Row, error: Conflict
) -> Response | tuple[str, int]:
    """The page once more: what was typed in the form, the other one beside it. Saving now replaces the other."""
    found = owned(draft_id)
    tables = drafting.rows_of(found.data, kind)
    if number >= len(tables):
        flash(gettext(error.message, **error.params), "warning")
        return redirect(here(draft_id), 303)
    checked = drafting.check(found.data)
    theirs = drafts.shown(found.data, checked, kind)[number]
    mine = drafting.write(kind, values, tables[number])
    said = gettext(error.message, **error.params)
    base = drafting.digest(tables[number])
    return _page(found, kind, number, values, base, mine=mine, theirs=theirs, error=said), error.status


@bp.post("/drafts/<draft_id>/<kind>/<int:number>/preview")
@may(RULES)
def preview(draft_id: str, kind: str, number: int) -> str:
    """The sentence and the remarks of a row that was not saved, as a piece of a page."""
    found, here_kind = owned(draft_id), _kind(kind)
    table = drafting.write(here_kind, _sent(here_kind), _table(found, here_kind, number))
    data = _put(found.data, here_kind, number, table)
    checked = drafting.check(data)
    return render_template(
        "rulesets/_sentence.html",
        sentence=drafts.sentence(data, checked, here_kind, number),
        remarks=remarks(checked.of(here_kind, number)),
    )


@bp.post("/drafts/<draft_id>/<kind>/add")
@may(RULES)
def add(draft_id: str, kind: str) -> Response:
    """Adds a row and opens it."""
    owned(draft_id)
    if _kind(kind) == "head":
        abort(404)
    with transaction():
        number = drafting.add_row(draft_id, _kind(kind), actor_id=me().member_id, at=now())
    return redirect(url_for("rulesets.row", draft_id=draft_id, kind=kind, number=number), 303)


@bp.post("/drafts/<draft_id>/<kind>/<int:number>/remove")
@may(RULES)
def remove(draft_id: str, kind: str, number: int) -> Response:
    """Takes a row away."""
    owned(draft_id)
    if _kind(kind) == "head":
        abort(404)
    try:
        with transaction():
            drafting.remove_row(draft_id, _kind(kind), number, **_by())
    except AppError as error:
        flash(gettext(error.message, **error.params), "warning")
        return redirect(here(draft_id), 303)
    flash(gettext("The row is removed from the draft."), "success")
    return redirect(here(draft_id, f"{kind}s"), 303)


@bp.post("/drafts/<draft_id>/<kind>/<int:number>/up")
@may(RULES)
def up(draft_id: str, kind: str, number: int) -> Response:
    """Puts a row one place up."""
    owned(draft_id)
    if _kind(kind) == "head":
        abort(404)
    try:
        with transaction():
            drafting.move_row(draft_id, _kind(kind), number, **_by())
    except AppError as error:
        flash(gettext(error.message, **error.params), "warning")
    return redirect(here(draft_id, f"{kind}-{max(0, number - 1)}"), 303)


def _by() -> dict[str, Any]:
    return {"base": request.form.get("seen", ""), "actor_id": me().member_id, "at": now()}
