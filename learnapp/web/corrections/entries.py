"""An entry that is wrong: voided with a reason, replaced where a form records such entries, and recorded for the
right person where it stood in the wrong record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import branches, declarations, guard, ledger
from learnapp.clock import local_date
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from learnapp.web.corrections import given
from learnapp.web.corrections.blueprint import act_of_form, bp, somebody, told
from learnapp.web.corrections.effects import rehearse
from learnapp.web.corrections.grants import choices, log, record, things
from learnapp.web.corrections.pages import by_sign_in
from learnapp.web.doors import follow_now, may, me, settings
from learnapp.web.granted import decided
from learnapp.web.quiz.results import hidden_in
from learnapp.web.voiding import void
from learnapp.web.words import act_words

_HIDDEN = N_("The quiz does not show this result yet. Correct the entry once it is shown.")


@dataclass(frozen=True)
class Wanted:
    """A correction as the form gives it: why, in which words, what stands in its place, and in whose record it
    belongs."""

    reason: str
    text: str
    instead: given.Waiver | given.Equivalence | None
    right: branches.Person | None


def for_right_person(entry: ledger.Entry) -> given.Waiver | given.Equivalence | None:
    """What the right person gets for an entry that stood in the wrong record: the same waiver or equivalence, and
    for a completed course or a passed quiz an equivalence. None where there is nothing to give."""
    if entry.kind in declarations.REPLACEABLE:
        return given.given_by(entry)
    passed = entry.kind == "quiz-ended" and entry.data["passed"]
    if entry.kind != "course-completed" and not passed:
        return None
    on = local_date(entry.occurred_at, settings().zone)
    return given.Equivalence(entry.subject, "other-account", on, 1, 0, "", "")


@bp.get("/members/<member_id>/entries")
@may("ledger.correct")
def find(member_id: str) -> Response:
    """Opens the entry with the number that was typed."""
    somebody("ledger.correct", member_id)
    typed = request.args.get("seq", "").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        flash(gettext("Type the number of an entry."), "error")
        return redirect(url_for("corrections.person", member_id=member_id))
    return redirect(url_for("corrections.entry", member_id=member_id, seq=int(typed)))


@bp.get("/members/<member_id>/entries/<int:seq>")
@may("ledger.correct")
def entry(member_id: str, seq: int) -> str:
    """What the entry says, and the form that corrects it; or why it is not corrected by hand, or what became of
    it."""
    person, wrong = somebody("ledger.correct", member_id), ledger.entry(member_id, seq)
    prefilled = (
        given.fields_of(given.given_by(wrong), member_id) if wrong.kind in declarations.REPLACEABLE else {}
    )
    return _page(person, wrong, prefilled)


@bp.post("/members/<member_id>/entries/<int:seq>")
@may("ledger.correct")
def correct(member_id: str, seq: int) -> str | Response | tuple[str, int]:
    """Shows what would follow from the correction, then does it."""
    person, wrong = somebody("ledger.correct", member_id), ledger.entry(member_id, seq)
    act, asked = act_of_form(), request.form.get("do", "preview")
    try:
        if asked == "edit":
            return _page(person, wrong, request.form)
        if _is_hidden(wrong):
            raise Conflict("result-later", _HIDDEN)
        wanted = _read(wrong)
        if asked == "confirm":
            return _do(person, wrong, wanted, act)
        return _preview(person, wrong, wanted, act)
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        return _page(person, wrong, request.form, error), error.status


def _read(wrong: ledger.Entry) -> Wanted:
    form = request.form
    reason, text = form.get("reason", ""), form.get("words", "")
    instead = (
        given.read(wrong.kind, form, wrong.member_id)
        if reason == "corrected" and wrong.kind in given.KINDS
        else None
    )
    right = None
    if reason == "wrong-person" and form.get("right", "").strip():
        if for_right_person(wrong) is None:
            raise Invalid(
                "not-carried",
                N_("An entry of this kind cannot be recorded for somebody else. Leave the name empty."),
            )
        right = _right(form["right"].strip(), wrong.member_id)
    return Wanted(reason, text, instead, right)


def _right(typed: str, wrong_id: str) -> branches.Person:
    """The right person, about whom the asker may decide and who is another one. Raises NotFound, Forbidden."""
    member_id = by_sign_in(typed)
    if member_id in declarations.accounts_of(wrong_id):
        raise Invalid("same-person", N_("This is the person whose record it stands in."))
    return somebody("declarations.waive", member_id)


def _void(wrong: ledger.Entry, wanted: Wanted, act: str) -> tuple[ledger.Entry, ...]:
    """Within a transaction: voids the entry and what rests on it, and records what is right."""
    replaced = wanted.instead is not None
    fallen = void(
        wrong.member_id, wrong.seq, reason=wanted.reason, text=wanted.text, act=act, replaced=replaced
    )
    if wanted.instead is not None:
        wanted.instead.record(wrong.member_id, act)
    return fallen


def _for_right(wrong: ledger.Entry, right: branches.Person, act: str) -> None:
    """Within a transaction: records for the right person what stood in the wrong record."""
    carried = for_right_person(wrong)
    assert carried is not None
    record(carried, right.member_id, act)


def _preview(person: branches.Person, wrong: ledger.Entry, wanted: Wanted, act: str) -> str:
    fallen: list[ledger.Entry] = []
    effects = rehearse(person, lambda: fallen.extend(_void(wrong, wanted, act)))
    theirs = rehearse(wanted.right, _carrying(wrong, wanted.right, act)) if wanted.right else []
    return render_template(
        "corrections/entry_preview.html",
        person=person,
        wrong=wrong,
        words=act_words(wrong),
        reason=ledger.VOID_REASONS[wanted.reason],
        text=wanted.text,
        fallen=[(one, act_words(one)) for one in fallen if one.seq != wrong.seq],
        again=any(one.kind == ledger.ModuleCompleted.kind for one in fallen),
        instead=wanted.instead.facts(person.member_id) if wanted.instead else [],
        right=wanted.right,
        effects=effects,
        theirs=theirs,
        fields={**request.form, "act": act},
    )


def _carrying(wrong: ledger.Entry, right: branches.Person, act: str) -> Callable[[], None]:
    return lambda: _for_right(wrong, right, act)


def _do(person: branches.Person, wrong: ledger.Entry, wanted: Wanted, act: str) -> Response:
    """Two records are two transactions, one member each. What the second would refuse is asked before the first;
    where the machine stops between them, doing it once more finishes it."""
    if wanted.right:
        rehearse(wanted.right, _carrying(wrong, wanted.right, act))
    with transaction():
        head, _ = ledger.lock(person.member_id)
        fallen = _void(wrong, wanted, act)
        if ledger.lock(person.member_id)[0] > head:
            for one in fallen:
                log("entry-voided", person.member_id, f"entry/{one.seq}")
    follow_now(person.member_id)
    if wanted.right:
        carry(wrong, wanted.right, act)
    flash(gettext("Entry %(seq)s is corrected. The member is told.", seq=wrong.seq), "success")
    return redirect(_ledger_of(person), 303)


def carry(wrong: ledger.Entry, right: branches.Person, act: str) -> None:
    """The second record, in its own transaction."""
    with transaction():
        _for_right(wrong, right, act)
    follow_now(right.member_id)


@bp.post("/members/<member_id>/entries/<int:seq>/right")
@may("ledger.correct")
def right(member_id: str, seq: int) -> str | Response | tuple[str, int]:
    """Records for the right person what was voided as belonging to somebody else; once only, however often asked."""
    person, wrong = somebody("ledger.correct", member_id), ledger.entry(member_id, seq)
    by = declarations.voided_by(member_id, seq)
    try:
        if by is None or by.data["reason"] != "wrong-person" or for_right_person(wrong) is None:
            raise Conflict("not-carried", N_("There is nothing to record for somebody else."))
        found = _right(request.form.get("right", ""), member_id)
        carry(wrong, found, by.data["trace"])
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        return _page(person, wrong, request.form, error), error.status
    flash(gettext("It stands in the right record now."), "success")
    return redirect(_ledger_of(person), 303)


def _ledger_of(person: branches.Person) -> str:
    above = branches.ancestors(person.branch_id) if person.branch_id else ()
    if guard.permits(me(), "ledger.read", member_id=person.member_id, ancestors=above):
        return url_for("ledger.of", member_id=person.member_id)
    return url_for("corrections.person", member_id=person.member_id)


def _is_hidden(wrong: ledger.Entry) -> bool:
    return wrong.data.get("attempt") in hidden_in(wrong.member_id, [wrong])


def _page(
    person: branches.Person, wrong: ledger.Entry, form: Mapping[str, str], error: AppError | None = None
) -> str:
    by = declarations.voided_by(person.member_id, wrong.seq)
    secret = hidden_in(person.member_id, [wrong])
    barrier = _HIDDEN if _is_hidden(wrong) else declarations.remedy(wrong.kind)
    return render_template(
        "corrections/entry.html",
        person=person,
        wrong=wrong,
        words=act_words(wrong, secret),
        back=_ledger_of(person),
        barrier=gettext(barrier) if barrier else "",
        void=by,
        void_reason=ledger.VOID_REASONS[by.data["reason"]] if by else "",
        decided=decided([one for one in (wrong, by) if one], person.member_id),
        reasons=[
            (code, gettext(ledger.VOID_REASONS[code]))
            for code in declarations.REASONS
            if code != "corrected" or wrong.kind in declarations.REPLACEABLE
        ],
        carried=not barrier and for_right_person(wrong) is not None,
        things=things(person) if wrong.kind in declarations.REPLACEABLE else [],
        form=form,
        act=act_of_form(),
        problem=told(error) if error else "",
        **choices(person.member_id),
    )
