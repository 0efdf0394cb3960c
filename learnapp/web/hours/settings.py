"""The study rules of a unit: which hold, trying them, adopting others, and who decided what when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, guard, plans
from learnapp.db import transaction
from learnapp.errors import N_, AppError, NotFound
from learnapp.web.doors import may, me, now, today
from learnapp.web.hours import words
from learnapp.web.hours.blueprint import bp
from learnapp.web.hours.forms import RulesForm, rules_form

# What a lesson takes where nobody says otherwise.
MINUTES, MOST_MINUTES = 20, 600


@dataclass(frozen=True)
class Past:
    """A decision of the unit in words: whether it holds, is to come, or is over."""

    number: int
    valid_from: date
    adopted_at: object
    by: str
    version: str
    sentences: list[str]
    state: str


@bp.get("/rules/")
@may("plans.hours")
def units() -> str:
    """The units whose rules the asker may set."""
    return render_template("hours/units.html", units=branches.units(guard.units(me(), "plans.hours")))


def _rules_at(unit: branches.Unit) -> tuple[list[branches.Unit], words.Decided | None, plans.StudyRules]:
    trail = branches.trail(unit.id)
    decided = words.decided_by(trail, today())
    rules = decided.decision.rules if decided else None
    return trail, decided, rules or plans.study_rules()


@bp.get("/rules/<branch_id>")
@may("plans.hours")
def rules(branch_id: str) -> str:
    """The rules in force in plain sentences, a lesson to try, and the history of the unit's own decisions."""
    unit = guard.unit_for(me(), "plans.hours", branch_id)
    _trail, decided, found = _rules_at(unit)
    minutes = max(1, min(request.args.get("minutes", MINUTES, type=int), MOST_MINUTES))
    return render_template(
        "hours/rules.html",
        unit=unit,
        decided=decided,
        rules=found,
        sentences=words.rule_words(found),
        targets=[
            (words.who_words(one), words.amount_words(one), words.source_of(one)) for one in found.targets
        ],
        minutes=minutes,
        worth=plans.credit(minutes, 0, found.hour),
        history=_history(branch_id),
        examples=_examples(),
        below=branches.children(branch_id),
    )


def _examples() -> list[tuple[str, str]]:
    """The rules that can be taken as a beginning, by name and in a word."""
    shipped = plans.shipped()
    return [
        (name, gettext("%(minutes)s minutes an hour", minutes=shipped[name].hour.minutes_per_hour))
        for name in plans.EXAMPLES
    ]


def _history(branch_id: str) -> list[Past]:
    found = plans.decisions([branch_id])
    names = accounts.names({one.adopted_by for one in found})
    holds = plans.in_force([one.use for one in found], today())
    return [
        Past(
            number=one.use.number,
            valid_from=one.use.valid_from,
            adopted_at=one.adopted_at,
            by=names.get(one.adopted_by, ""),
            version=one.rules.hour.version if one.rules else "",
            sentences=words.rule_words(one.rules)
            if one.rules
            else [gettext("The rules of the unit above hold again.")],
            state=_state(one.use, holds),
        )
        for one in reversed(found)
    ]


def _state(use: plans.Use, holds: plans.Use | None) -> str:
    if use == holds:
        return "holds"
    return "coming" if use.valid_from > today() else "over"


def _start(unit: branches.Unit) -> plans.StudyRules:
    """What the form begins with: an example that was asked for, else the rules in force."""
    name = request.args.get("from", "")
    if not name:
        return _rules_at(unit)[2]
    if name not in plans.EXAMPLES:
        raise NotFound("no-example", N_("There is no such example."))
    return plans.shipped()[name]


def _page(unit: branches.Unit, form: RulesForm, looked: plans.StudyRules | None = None) -> str:
    return render_template(
        "hours/change.html",
        unit=unit,
        form=form,
        start=request.args.get("from", ""),
        sentences=words.rule_words(looked) if looked else [],
        targets=[(words.who_words(one), words.amount_words(one)) for one in looked.targets] if looked else [],
        titles=_titles(form),
    )


def _titles(form: RulesForm) -> list[str]:
    """What each target is, for the line that opens it."""
    found = []
    for part in form.targets:
        who = words.listed([*(part.posts.data or ())], branches.POSTS) or words.listed(
            [*(part.classes.data or ())], branches.CLASSES
        )
        hours = gettext("nothing is demanded") if part.free.data else part.hours.data
        measure = gettext(plans.MEASURES[part.measure.data]) if part.measure.data in plans.MEASURES else ""
        found.append(" · ".join(one for one in (who, measure, hours) if one) if hours else "")
    return found


@bp.get("/rules/<branch_id>/change")
@may("plans.hours")
def change(branch_id: str) -> str:
    """The form with the rules in force, or with an example, to change and adopt."""
    unit = guard.unit_for(me(), "plans.hours", branch_id)
    return _page(unit, rules_form(_start(unit), today()))


@bp.post("/rules/<branch_id>/change")
@may("plans.hours")
def adopt(branch_id: str) -> Response | tuple[str, int] | str:
    """Shows what was entered in sentences, or adopts it from the day that was named."""
    unit = guard.unit_for(me(), "plans.hours", branch_id)
    form = rules_form(_start(unit), today())
    if not form.validate_on_submit():
        return _page(unit, form), 422
    entered = form.rules()
    try:
        text = plans.write_study_rules(f"hours-{form.on.data.isoformat()}", entered)
        looked = plans.parse_study_rules(text)
        if request.form.get("do") != "adopt":
            return _page(unit, form, looked)
        _decide(branch_id, text, form.on.data)
    except AppError as error:
        form.refuse(_field(error), gettext(error.message, **error.params))
        return _page(unit, form), error.status
    flash(gettext("Adopted. What was credited before stays as it is."), "success")
    return redirect(url_for("hours.rules", branch_id=branch_id), 303)


def _field(error: AppError) -> str:
    return {"rules-past": "on", "brackets": "brackets"}.get(error.code, "minutes_per_hour")


def _decide(branch_id: str, text: str | None, on: date) -> None:
    with transaction():
        plans.adopt(
            branch_id,
            text,
            on=on,
            today=today(),
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
        )


@bp.post("/rules/<branch_id>/follow")
@may("plans.hours")
def follow_above(branch_id: str) -> Response:
    """From today on the rules of the unit above hold here again."""
    guard.unit_for(me(), "plans.hours", branch_id)
    _decide(branch_id, None, today())
    flash(gettext("From today on the rules of the unit above hold."), "success")
    return redirect(url_for("hours.rules", branch_id=branch_id), 303)
