"""One draft: all of it in sentences with what is wrong, trying it, adopting it, its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, points
from learnapp.db import transaction
from learnapp.errors import AppError
from learnapp.points import drafting, trial
from learnapp.points.drafting import wording
from learnapp.web.doors import in_language, may, me, now, today
from learnapp.web.rulesets.blueprint import RULES, bp, file_answer, here, owned
from learnapp.web.rulesets.words import Remark, remarks


@dataclass(frozen=True)
class Shown:
    """A row in a draft: its own words, the sentence made of it in both languages (None while it has a fault), and
    the faults."""

    number: int
    title: str
    own: tuple[str, str]
    sentence: wording.Pair | None
    remarks: list[Remark]
    base: str


def shown(data: dict[str, Any], checked: drafting.Checked, kind: drafting.Kind) -> list[Shown]:
    """The rows of a kind."""
    return [
        _shown(data, checked, kind, number, table)
        for number, table in enumerate(drafting.rows_of(data, kind))
    ]


def _shown(
    data: dict[str, Any], checked: drafting.Checked, kind: drafting.Kind, number: int, table: dict[str, Any]
) -> Shown:
    names = ("text", "text_en") if kind == "rule" else ("title", "title_en")
    own = str(table.get(names[0], "")), str(table.get(names[1], ""))
    return Shown(
        number=number,
        title=in_language(*own) or str(table.get("id", "")),
        own=own,
        sentence=sentence(data, checked, kind, number),
        remarks=remarks(checked.of(kind, number)),
        base=drafting.digest(table),
    )


def sentence(
    data: dict[str, Any], checked: drafting.Checked, kind: drafting.Kind, number: int
) -> wording.Pair | None:
    """A row as a sentence in both languages; None while it cannot be read."""
    if checked.rules is not None:
        return wording.one_of(checked.rules, kind, number)
    alone = drafting.alone(data, kind, number)
    return wording.one_of(alone, kind) if alone else None


@bp.get("/drafts/<draft_id>")
@may(RULES)
def draft(draft_id: str) -> str:
    """A draft in sentences."""
    return _page(owned(draft_id), "")


def _page(found: drafting.Draft, error: str) -> str:
    data = found.data
    checked = drafting.check(data)
    return render_template(
        "rulesets/draft.html",
        draft=found,
        unit=branches.unit(found.branch_id),
        title=in_language(str(data.get("title", "")), str(data.get("title_en", ""))) or data.get("id", ""),
        checked=checked,
        head=shown(data, checked, "head")[0],
        lists=[(kind, shown(data, checked, kind)) for kind in ("rule", "category", "grade", "class")],
        saved_by=accounts.names([found.saved_by]).get(found.saved_by, "–"),
        periods=periods_for(found.branch_id, str(data.get("people", "members"))),
        runs=trial.runs(draft_id=found.id),
        error=error,
    )


def periods_for(branch_id: str, people: str) -> list[tuple[str, str]]:
    """The periods of a unit and those below it over which something can be tried, the one that ended last first;
    those that go on come behind."""
    found = [
        one
        for one in points.periods_for(branches.subtree(branch_id))
        if one.state != "planned" and one.people == people
    ]

    def order(one: points.PeriodInfo) -> tuple[bool, date]:
        return one.ends_on < today(), one.ends_on

    found.sort(key=order, reverse=True)
    names = {unit.id: unit.name for unit in branches.units({one.branch_id for one in found})}
    return [(one.id, f"{in_language(one.title, one.title_en)} · {names[one.branch_id]}") for one in found]


@bp.get("/drafts/<draft_id>/file")
@may(RULES)
def file(draft_id: str) -> Response:
    """The draft as a file."""
    found = owned(draft_id)
    return file_answer(str(found.data.get("id", "rules")).encode("ascii", "ignore").decode(), found.source)


@bp.post("/drafts/<draft_id>/discard")
@may(RULES)
def discard(draft_id: str) -> Response:
    """Throws a draft away, with what was tried of it."""
    found = owned(draft_id)
    try:
        with transaction():
            drafting.discard(draft_id, revision=request.form.get("revision", 0, type=int))
            for run in trial.runs(draft_id=draft_id):
                trial.forget(run.id)
    except AppError as error:
        flash(gettext(error.message, **error.params), "warning")
        return redirect(here(draft_id), 303)
    flash(gettext("The draft is gone. What was adopted stands."), "success")
    return redirect(url_for("rulesets.unit", branch_id=found.branch_id), 303)


@bp.post("/drafts/<draft_id>/trial")
@may(RULES)
def try_it(draft_id: str) -> Response:
    """Orders a dry run of a draft."""
    found = owned(draft_id)
    period_id = request.form.get("period", "")
    known = dict(periods_for(found.branch_id, str(found.data.get("people", "members"))))
    if period_id not in known:
        flash(gettext("Choose a period in which something can be tried."), "warning")
        return redirect(here(draft_id), 303)
    try:
        with transaction():
            run_id = trial.ask(found.source, period_id, actor_id=me().member_id, at=now(), draft_id=draft_id)
    except AppError as error:
        flash(gettext(error.message, **error.params), "warning")
        return redirect(here(draft_id), 303)
    return redirect(url_for("rulesets.run", run_id=run_id), 303)


@bp.get("/drafts/<draft_id>/adopt")
@may(RULES)
def adopting(draft_id: str) -> str | Response:
    """What is new, and the note with which it is adopted."""
    found = owned(draft_id)
    if drafting.check(found.data).rules is None:
        flash(gettext("Some rows still have problems; they are marked below."), "warning")
        return redirect(here(draft_id), 303)
    return _adopting(found, "", "")


def _adopting(found: drafting.Draft, note: str, error: str) -> str:
    rules = drafting.check(found.data).rules
    assert rules is not None
    before = next((one for one in drafting.versions_for([found.branch_id]) if one.set_id == rules.id), None)
    tried = [
        run for run in trial.runs(draft_id=found.id) if run.state == "done" and run.rule_set == rules.hash
    ]
    return render_template(
        "rulesets/adopt.html",
        draft=found,
        title=in_language(rules.title, rules.title_en),
        before=before,
        differences=drafting.differences(before.rules, rules) if before else [],
        run=tried[0] if tried else None,
        note=note,
        error=error,
    )


@bp.post("/drafts/<draft_id>/adopt")
@may(RULES)
def adopt(draft_id: str) -> Response | tuple[str, int]:
    """Adopts a draft as the unit's next version."""
    found = owned(draft_id)
    note = request.form.get("note", "")
    try:
        with transaction():
            made = drafting.adopt(
                draft_id,
                note=note,
                revision=request.form.get("revision", 0, type=int),
                without_run=bool(request.form.get("without_run")),
                actor_id=me().member_id,
                at=now(),
                address=request.remote_addr,
            )
    except AppError as error:
        if drafting.check(found.data).rules is None:
            flash(gettext(error.message, **error.params), "warning")
            return redirect(here(draft_id), 303)
        return _adopting(found, note, gettext(error.message, **error.params)), error.status
    flash(
        gettext("Version %(number)s is adopted. It can be chosen for the next period.", number=made.number),
        "success",
    )
    return redirect(url_for("rulesets.version", version_id=made.id), 303)
