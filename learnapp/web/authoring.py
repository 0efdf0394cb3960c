"""The trainer's desk: a module's text beside its preview, drafts, publishing."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, authoring, catalogue, media
from learnapp.db import transaction
from learnapp.errors import Conflict, Invalid
from learnapp.web.doors import may, me, now, settings, today

bp = Blueprint("authoring", __name__, url_prefix="/authoring")


def _store() -> media.Store:
    return media.Store(settings().media_dir)


def _language() -> str:
    return request.values.get("language", "zh")


def _whole(name: str) -> int:
    text = request.form.get(name, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@bp.get("/")
@may("authoring.read")
def index() -> str:
    """Every course with its modules, and which of them have a draft."""
    drafts = {(draft.course, draft.module_id): draft for draft in authoring.drafts()}
    return render_template("authoring/index.html", courses=catalogue.courses(), drafts=drafts)


@bp.get("/<course>/<module>")
@may("authoring.read")
def edit(course: str, module: str) -> str:
    """The text of a module in a language, left, and how a phone shows it, right."""
    desk = authoring.desk(course, module, _language(), store=_store())
    return _page(desk, desk.text)


def _page(desk: authoring.Desk, text: str, *, error: str = "", theirs: str | None = None) -> str:
    shown = authoring.preview(desk.course.slug, desk.module.id, desk.language, text, store=_store())
    return render_template(
        "authoring/edit.html",
        desk=desk,
        text=text,
        preview=shown,
        error=error,
        theirs=theirs,
        saved_by=accounts.names([desk.saved_by] if desk.saved_by else []),
    )


@bp.post("/<course>/<module>")
@may("authoring.edit")
def save(course: str, module: str) -> Response | str | tuple[Any, int]:
    """Saves the draft: for a form a new page, for the page's own script the new revision."""
    text = request.form.get("text", "")
    try:
        with transaction():
            revision = authoring.save(
                course,
                module,
                _language(),
                text,
                revision=_whole("revision"),
                base=request.form.get("base", ""),
                actor_id=me().member_id,
                at=now(),
            )
    except (Conflict, Invalid) as error:
        if _asks_json():
            raise
        return _again(course, module, text, error), error.status
    if _asks_json():
        return jsonify(revision=revision, saved_at=now().isoformat()), 200
    flash(gettext("The draft is saved."), "success")
    return redirect(url_for("authoring.edit", course=course, module=module, language=_language()), 303)


def _asks_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _again(course: str, module: str, text: str, error: Conflict | Invalid) -> str:
    """The page once more with the author's own text kept, and the other one beside it after a conflict."""
    desk = authoring.desk(course, module, _language(), store=_store())
    theirs = desk.text if isinstance(error, Conflict) else None
    return _page(desk, text, error=gettext(error.message, **error.params), theirs=theirs)


@bp.post("/<course>/<module>/preview")
@may("authoring.read")
def preview(course: str, module: str) -> str:
    """The preview of a text that was not saved, as a piece of a page."""
    shown = authoring.preview(course, module, _language(), request.form.get("text", ""), store=_store())
    return render_template("authoring/preview.html", preview=shown)


@bp.post("/<course>/<module>/discard")
@may("authoring.edit")
def discard(course: str, module: str) -> Response:
    """Throws the draft away."""
    with transaction():
        authoring.discard(course, module, _language(), revision=_whole("revision"))
    flash(gettext("The draft is gone; the published text stands."), "success")
    return redirect(url_for("authoring.edit", course=course, module=module, language=_language()), 303)


@bp.route("/<course>/<module>/publish", methods=["GET", "POST"])
@may("authoring.publish")
def publish(course: str, module: str) -> Response | str:
    """Shows what publishing changes, then does it: these drafts, and not what somebody saved since."""
    if request.method == "GET":
        desk = authoring.desk(course, module, _language(), store=_store())
        drafted = authoring.drafted(course, module)
        return render_template(
            "authoring/publish.html",
            desk=desk,
            others=[language for language in sorted(drafted) if language != desk.language],
            seen=authoring.seen_text(drafted),
            versions=catalogue.versions("course", course),
        )
    try:
        number = _published(course, module)
    except Conflict as refused:
        flash(gettext(refused.message, **refused.params), "warning")
        here = url_for("authoring.publish", course=course, module=module, language=_language())
        return redirect(here, 303)
    flash(gettext("Version %(number)s is published.", number=number), "success")
    return redirect(url_for("study.module", course=course, module=module), 303)


def _published(course: str, module: str) -> int:
    with transaction():
        return authoring.publish(
            course,
            module,
            note=request.form.get("note", "").strip()[:500],
            actor_id=me().member_id,
            at=now(),
            store=_store(),
            address=request.remote_addr,
            on=today(),
            seen=request.form.get("seen", ""),
        ).number
