"""Recognition lists (表彰名单): drawing one up from decided grades, approving it, taking it back, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from learnapp import accounts, branches, guard, points, records
from learnapp.assessment import recognition
from learnapp.assessment.recognition import ListInfo
from learnapp.db import db, transaction
from learnapp.errors import AppError
from learnapp.web.assessment.blueprint import bp, grade_title, title_of, told
from learnapp.web.assessment.branch import within
from learnapp.web.doors import in_language, may, me, now, settings, today
from learnapp.web.records.certificates import STANDINGS


@dataclass(frozen=True)
class Person:
    """Somebody who is on a list or could be: `certificate` is the code of the one that rests on it."""

    member_id: str
    name: str
    unit: str
    grade: str
    chosen: bool
    reason: str
    stands: bool
    mine: bool
    certificate: str = ""
    certificate_word: str = ""


def _people(found: ListInfo, period: points.PeriodInfo, *, certified: bool = False) -> list[Person]:
    """In name order: whoever could be on a draft, whoever is on a list that was handed in."""
    on_it = recognition.chosen(found.id)
    draft = found.state == "draft" and found.drawn_by == me().member_id
    could = recognition.candidates(period, found.unit_id, found.grades) if draft else {}
    names = accounts.names({*on_it, *could})
    places = {one: decided.branch_id for one, decided in could.items()}
    places |= {one: entry.branch_id for one, entry in on_it.items()}
    units = {unit.id: unit.name for unit in branches.units(set(places.values()))}
    held = _certificates(found, list(on_it)) if certified else {}
    rows = []
    for member_id in {*on_it, *could}:
        one, could_be = on_it.get(member_id), could.get(member_id)
        grade = one.grade if one else could_be.grade if could_be else ""
        code, word = held.get(member_id, ("", ""))
        rows.append(
            Person(
                member_id,
                names.get(member_id) or gettext("(erased)"),
                units.get(places[member_id], ""),
                grade_title(period, grade),
                one is not None,
                one.reason if one else "",
                one is not None and one.taken_off_at is None,
                member_id == me().member_id,
                code,
                word,
            )
        )
    return sorted(rows, key=lambda row: (row.name, row.member_id))


def _certificates(found: ListInfo, members: list[str]) -> dict[str, tuple[str, str]]:
    """The newest certificate from this list, by member, with how it stands; for whoever may issue them."""
    held = {}
    for member_id in members:
        if not _may_certify(found, member_id):
            continue
        for one in records.certificates_of(member_id):
            if one.subject == f"recognition/{found.id}":
                held[member_id] = (one.code, gettext(STANDINGS[records.standing_of(one, today())]))
    return held


def _may_certify(found: ListInfo, member_id: str) -> bool:
    person = branches.person(member_id, today())
    above = branches.ancestors(person.branch_id) if person and person.branch_id else ()
    return bool(above) and guard.permits(me(), "records.certify", ancestors=above)


@bp.get("/periods/<period_id>/branches/<branch_id>/recognition")
@may("assessment.recognise")
def recognitions(period_id: str, branch_id: str) -> str:
    """The lists of a unit in a period, those that wait below it, and beginning one."""
    return _lists_page(period_id, branch_id, {}, "")


def _lists_page(period_id: str, branch_id: str, values: dict[str, str], error: str) -> str:
    period, unit = within(period_id, branch_id, "assessment.recognise")
    found = recognition.lists_of(period_id, branches.subtree(branch_id))
    units = {one.id: one.name for one in branches.units({one.unit_id for one in found})}
    return render_template(
        "assessment/recognitions.html",
        period=period,
        unit=unit,
        title=title_of(period),
        lists=[
            (one, in_language(one.title, one.title_en), units.get(one.unit_id, ""))
            for one in found
            if one.unit_id == branch_id or one.state != "draft"
        ],
        states=recognition.STATES,
        grades=[(one.id, grade_title(period, one.id)) for one in period.rules.grades],
        values=values,
        error=error,
        back=_back(period, unit),
    )


def _back(period: points.PeriodInfo, unit: branches.Unit) -> str:
    if unit.id != period.branch_id and guard.permits(
        me(), "assessment.names", ancestors=branches.ancestors(unit.id)
    ):
        return url_for("assessment.branch", period_id=period.id, branch_id=unit.id)
    return (
        url_for("assessment.period", period_id=period.id)
        if me().can("assessment.plan")
        else url_for("assessment.index")
    )


@bp.post("/periods/<period_id>/branches/<branch_id>/recognition")
@may("assessment.recognise")
def begin_recognition(period_id: str, branch_id: str) -> tuple[str, int] | Response:
    """Begins a list on which nobody is yet."""
    period, _ = within(period_id, branch_id, "assessment.recognise")
    try:
        with transaction():
            made = recognition.begin(
                period,
                branch_id,
                title=request.form.get("title", ""),
                title_en=request.form.get("title_en", ""),
                grades=request.form.getlist("grade"),
                actor_id=me().member_id,
                at=now(),
            )
    except AppError as error:
        return _lists_page(period_id, branch_id, dict(request.form), told(error)), error.status
    return redirect(url_for("assessment.recognition_list", list_id=made), 303)


def _listing(list_id: str) -> ListInfo:
    """The list, if the asker may draw up lists of its unit. Raises NotFound or Forbidden."""
    found = recognition.listing(list_id)
    guard.unit_for(me(), "assessment.recognise", found.unit_id)
    return found


@bp.get("/recognition/<list_id>")
@may("assessment.recognise")
def recognition_list(list_id: str) -> str:
    """A list with what comes next: choosing one by one, approving, or taking back."""
    return _page(_listing(list_id), [])


def _page(found: ListInfo, errors: list[str]) -> str:
    period = points.period(found.period_id)
    rows = _people(found, period, certified=found.state in ("published", "withdrawn"))
    names = accounts.names({found.drawn_by, *([found.approved_by] if found.approved_by else [])})
    on_it = any(row.mine and row.chosen for row in rows)
    return render_template(
        "assessment/recognition.html",
        found=found,
        period=period,
        title=in_language(found.title, found.title_en),
        period_title=title_of(period),
        unit=branches.unit(found.unit_id),
        rows=rows,
        names=names,
        state=recognition.STATES[found.state],
        errors=errors,
        sent=request.form if errors else {},
        mine=found.drawn_by == me().member_id,
        may_approve=found.state == "waiting" and found.drawn_by != me().member_id and not on_it,
        may_take_back=found.state == "published" and not on_it,
        may_certify=found.state == "published" and any(_may_certify(found, row.member_id) for row in rows),
    )


@bp.post("/recognition/<list_id>")
@may("assessment.recognise")
def choose_recognition(list_id: str) -> tuple[str, int] | Response:
    """Keeps who was chosen and why, each member in a transaction of their own, and hands in where that is asked."""
    found = _listing(list_id)
    errors = _choose_all(found) if found.state == "draft" else []
    if not errors and request.form.get("do") == "hand-in":
        errors = _tried(lambda: recognition.hand_in(list_id, actor_id=me().member_id))
        if not errors:
            flash(gettext("Handed in. A second person who is not on the list approves it."), "success")
    elif not errors:
        flash(gettext("Kept. Nothing is published yet."), "success")
    if errors:
        return _page(recognition.listing(list_id), errors), 422
    return redirect(url_for("assessment.recognition_list", list_id=list_id), 303)


def _choose_all(found: ListInfo) -> list[str]:
    errors = []
    for row in _people(found, points.period(found.period_id)):
        reason = request.form.get(f"reason-{row.member_id}", "")
        wanted = request.form.get(f"on-{row.member_id}") == "1"
        if wanted:
            act = _chooser(found.id, row.member_id, reason)
        elif row.chosen:
            act = _leaver(found.id, row.member_id)
        else:
            continue
        errors += [f"{row.name}: {text}" for text in _tried(act)]
    return errors


def _chooser(list_id: str, member_id: str, reason: str) -> Callable[[], object]:
    return lambda: recognition.choose(list_id, member_id, reason, actor_id=me().member_id)


def _leaver(list_id: str, member_id: str) -> Callable[[], object]:
    return lambda: recognition.leave_out(list_id, member_id, actor_id=me().member_id)


def _tried(act: Callable[[], object]) -> list[str]:
    """What was refused, in words; nothing where it was done."""
    try:
        with transaction():
            act()
    except AppError as error:
        return [told(error)]
    return []


def _carry_on(list_id: str) -> None:
    """Makes or voids what is left, member after member; the sweeper does it where this is broken off."""
    members = recognition.left(list_id)
    db.session.rollback()
    for member_id in members:
        with transaction():
            recognition.go_on(list_id, member_id, at=now())
    with transaction():
        recognition.finish(list_id)


@bp.post("/recognition/<list_id>/decision")
@may("assessment.recognise")
def decide_recognition(list_id: str) -> tuple[str, int] | Response:
    """Approves the list, which publishes it, or gives it back with a reason. Twice is once."""
    found, by, reason = _listing(list_id), me().member_id, request.form.get("reason", "")
    if request.form.get("do") == "give-back":
        errors = _tried(lambda: recognition.give_back(list_id, reason=reason, actor_id=by, at=now()))
        done = gettext("Given back to whoever drew it up.")
    else:
        errors = _tried(lambda: recognition.approve(list_id, actor_id=by, at=now()))
        done = gettext("Approved and published to %(unit)s.", unit=branches.unit(found.unit_id).name)
    if errors:
        return _page(recognition.listing(list_id), errors), 422
    _carry_on(list_id)
    flash(done, "success")
    return redirect(url_for("assessment.recognition_list", list_id=list_id), 303)


@bp.post("/recognition/<list_id>/taking-back")
@may("assessment.recognise")
def take_recognition_back(list_id: str) -> tuple[str, int] | Response:
    """Takes the list back, or one person off it, with a reason. Certificates from it say so at once."""
    _listing(list_id)
    by, reason, member_id = me().member_id, request.form.get("reason", ""), request.form.get("member", "")
    if member_id:
        errors = _tried(
            lambda: recognition.take_off(list_id, member_id, reason=reason, actor_id=by, at=now())
        )
    else:
        errors = _tried(lambda: recognition.take_back(list_id, reason=reason, actor_id=by, at=now()))
    if errors:
        return _page(recognition.listing(list_id), errors), 422
    _carry_on(list_id)
    flash(gettext("Taken back. Certificates from it say so when they are checked."), "success")
    return redirect(url_for("assessment.recognition_list", list_id=list_id), 303)


@bp.post("/recognition/<list_id>/certificates")
@may("assessment.recognise")
def certify_recognition(list_id: str) -> Response:
    """Issues the certificates of everybody who stands on the list, for whoever may issue them. Twice is once."""
    found, done = _listing(list_id), 0
    lists = recognition.titles([list_id])
    for member_id, one in recognition.chosen(list_id).items():
        person = branches.person(member_id, today())
        if person is None or one.entry_seq is None or one.taken_off_at or not _may_certify(found, member_id):
            continue
        issue = _issuer(person, one.entry_seq, lists)
        done += not _tried(issue)
    flash(ngettext("%(num)s certificate is there.", "%(num)s certificates are there.", done), "success")
    return redirect(url_for("assessment.recognition_list", list_id=list_id), 303)


def _issuer(person: branches.Person, seq: int, lists: dict[str, tuple[str, str]]) -> Callable[[], object]:
    return lambda: records.issue(
        person.member_id,
        "recognition",
        seq,
        holder=person.name,
        unit=person.branch_name,
        actor_id=me().member_id,
        at=now(),
        zone=settings().zone,
        lists=lists,
    )


@bp.get("/recognised")
@may("assessment.own")
def recognised() -> str:
    """What is published to the asker's branch, in name order."""
    home = me().branch_id
    above = branches.paths([home])[home] if home else ()
    lists = []
    for found in recognition.published_for(above):
        rows = [row for row in _people(found, points.period(found.period_id)) if row.stands]
        lists.append(
            (found, in_language(found.title, found.title_en), branches.unit(found.unit_id).name, rows)
        )
    return render_template("assessment/recognised.html", lists=lists)
