"""Waiving a course or quiz for a member, and accepting something else in its place."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import audit, branches, catalogue, coverage, declarations, ledger, plans
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from learnapp.web.corrections import given
from learnapp.web.corrections.blueprint import act_of_form, bp, somebody, told
from learnapp.web.corrections.effects import rehearse
from learnapp.web.doors import follow_now, may, me, now, today
from learnapp.web.granted import day_words, thing_title

_WAIVED, _ACCEPTED = ledger.Waived.kind, ledger.EquivalenceGranted.kind
_DONE = {_WAIVED: N_("It is waived from now on."), _ACCEPTED: N_("It is accepted, and counts as done.")}
_LOGGED = {_WAIVED: "study-waived", _ACCEPTED: "study-accepted"}


@bp.route("/members/<member_id>/waive", methods=["GET", "POST"])
@may("declarations.waive")
def waive(member_id: str) -> str | Response | tuple[str, int]:
    """Waives a course or quiz: the form, what follows from it, and the decision."""
    return _grant(member_id, _WAIVED)


@bp.route("/members/<member_id>/accept", methods=["GET", "POST"])
@may("declarations.waive")
def accept(member_id: str) -> str | Response | tuple[str, int]:
    """Accepts something else in place of a course or quiz: the form, what follows from it, and the decision."""
    return _grant(member_id, _ACCEPTED)


def _grant(member_id: str, kind: str) -> str | Response | tuple[str, int]:
    person = somebody("declarations.waive", member_id)
    if request.method == "GET":
        return _form(person, kind, {"thing": request.args.get("thing", "")})
    act, asked = act_of_form(), request.form.get("do", "preview")
    try:
        if asked == "edit":
            return _form(person, kind, request.form)
        wanted = given.read(kind, request.form, member_id)
        if asked == "confirm":
            return _record(person, kind, wanted, act)
        effects = rehearse(person, lambda: wanted.record(member_id, act))
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        return _form(person, kind, request.form, error), error.status
    return render_template(
        "corrections/preview.html",
        person=person,
        kind=kind,
        pairs=wanted.facts(member_id),
        effects=effects,
        fields={**given.fields_of(wanted, member_id), "act": act},
        back=url_for("corrections.person", member_id=member_id),
    )


def _record(
    person: branches.Person, kind: str, wanted: given.Waiver | given.Equivalence, act: str
) -> Response:
    with transaction():
        record(wanted, person.member_id, act)
    follow_now(person.member_id)
    flash(gettext(_DONE[kind]), "success")
    return redirect(url_for("corrections.person", member_id=person.member_id), 303)


def record(wanted: given.Waiver | given.Equivalence, member_id: str, act: str) -> None:
    """Within a transaction: records the decision, and that it was made; a decision made before changes nothing."""
    head, _ = ledger.lock(member_id)
    seq = wanted.record(member_id, act)
    if seq > head:
        kind = _WAIVED if isinstance(wanted, given.Waiver) else _ACCEPTED
        log(_LOGGED[kind], member_id, f"entry/{seq}")


def log(action: str, member_id: str, subject: str) -> None:
    """Writes the decision into the security log."""
    audit.write(
        action,
        member_id=member_id,
        actor_id=me().member_id,
        at=now(),
        subject=subject,
        address=request.remote_addr,
    )


def _form(person: branches.Person, kind: str, form: Mapping[str, str], error: AppError | None = None) -> str:
    return render_template(
        "corrections/grant.html",
        person=person,
        kind=kind,
        things=things(person),
        form=form,
        act=act_of_form(),
        problem=told(error) if error else "",
        **choices(person.member_id),
    )


def choices(member_id: str) -> dict[str, object]:
    """What the fields of a waiver and of an equivalence offer."""
    return {
        "waivers": [(code, gettext(one.words), one.ends) for code, one in declarations.WAIVER.items()],
        "equivalences": [
            (code, gettext(one.words), one.hours) for code, one in declarations.EQUIVALENCE.items()
        ],
        "modes": [(mode, gettext(plans.MODES[mode])) for mode in given.MODES],
        "minutes_per_hour": given.rule_of(member_id, today()).minutes_per_hour,
        "most": declarations.TEXT_LENGTH,
        "today": today(),
    }


def things(person: branches.Person) -> list[tuple[str, str]]:
    """The courses and quizzes that can be chosen: first what is due from the person and not done, earliest first,
    then everything else that is published."""
    states = coverage.states(person.member_id)
    above = branches.ancestors(person.branch_id) if person.branch_id else ()
    found: dict[str, str] = {}
    for item in plans.due_for(above, person.member_class, today()):
        thing = f"{item.kind}/{item.slug}"
        if states.get(item.item_id, "open") in ("open", "under") and thing not in found:
            words = gettext("due on %(day)s", day=day_words(item.due_on))
            found[thing] = f"{thing_title(thing)} · {words}"
    every = [f"course/{one.slug}" for one in catalogue.courses()]
    every += [f"quiz/{one.slug}" for one in catalogue.quizzes()]
    return [*found.items(), *((thing, thing_title(thing)) for thing in every if thing not in found)]
