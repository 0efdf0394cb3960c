"""A unit's rule sets: its drafts, the versions it adopted, and beginning a draft."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, guard, points
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Invalid, NotFound
from learnapp.points import drafting
from learnapp.web.doors import in_language, may, me, now
from learnapp.web.rulesets.blueprint import RULES, bp, here, title_of


@bp.get("/")
@may(RULES)
def index() -> str | Response:
    """The units whose rule sets the asker writes; a single one is opened at once."""
    found = branches.units(guard.units(me(), RULES))
    if len(found) == 1:
        return redirect(url_for("rulesets.unit", branch_id=found[0].id), 303)
    return render_template("rulesets/units.html", units=found)


@bp.get("/units/<branch_id>")
@may(RULES)
def unit(branch_id: str) -> str:
    """Drafts and adopted versions of a unit, and how to begin a draft."""
    return _page(guard.unit_for(me(), RULES, branch_id), [])


def _page(unit: branches.Unit, problems: list[str]) -> str:
    drafts = drafting.drafts_of(frozenset({unit.id}))
    versions = drafting.versions_for([unit.id])
    names = accounts.names({one.saved_by for one in drafts} | {one.made_by for one in versions})
    return render_template(
        "rulesets/unit.html",
        unit=unit,
        drafts=[(one, _draft_title(one), drafting.check(one.data)) for one in drafts],
        versions=[(one, title_of(one.rules)) for one in versions],
        begins=_begins(unit),
        names=names,
        problems=problems,
        refusals=[gettext(one.reason) for one in points.REFUSALS],
    )


def _draft_title(draft: drafting.Draft) -> str:
    data = draft.data
    return in_language(str(data.get("title", "")), str(data.get("title_en", ""))) or str(data.get("id", ""))


def _begins(unit: branches.Unit) -> list[tuple[str, str]]:
    """What a draft can be begun from: what the unit and those above it adopted, and what comes with the product."""
    adopted = drafting.versions_for(branches.paths([unit.id])[unit.id])
    return [
        *(
            (
                f"version:{one.id}",
                gettext("%(title)s, version %(number)s", title=title_of(one.rules), number=one.number),
            )
            for one in adopted
        ),
        *(
            (f"shipped:{name}", gettext("%(title)s (example)", title=title_of(points.parse(text).rules)))
            for name, text in points.shipped().items()
        ),
    ]


@bp.post("/units/<branch_id>/drafts")
@may(RULES)
def begin(branch_id: str) -> Response | tuple[str, int]:
    """Begins a draft of an example, of an adopted version, or of a file."""
    unit = guard.unit_for(me(), RULES, branch_id)
    try:
        source = _source(unit)
        with transaction():
            draft_id = drafting.begin(branch_id, source, actor_id=me().member_id, at=now())
    except AppError as error:
        return _page(unit, [gettext(error.message, **error.params)]), error.status
    flash(gettext("The draft is begun. Nothing in force changes until it is adopted."), "success")
    return redirect(here(draft_id), 303)


def _source(unit: branches.Unit) -> str:
    """The text that was chosen or sent. Raises NotFound for something that may not be chosen here."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return _decoded(upload.stream.read(drafting.MAX_SOURCE + 1))
    chosen = request.form.get("from", "")
    if chosen not in dict(_begins(unit)):
        raise NotFound("no-beginning", N_("Choose what to begin from, or a file."))
    kind, _, name = chosen.partition(":")
    if kind == "shipped":
        return points.shipped()[name]
    return points.source_of(drafting.version(name).hash)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Invalid("not-text", N_("This file is not text in UTF-8.")) from None
