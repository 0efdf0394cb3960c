"""A quiz as it runs for one person: standing extra time, more time, a pause, own times, opening again."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import branches, catalogue, guard, notices, quiz
from learnapp.db import transaction
from learnapp.errors import N_, Conflict, Forbidden, Invalid
from learnapp.quiz import timing
from learnapp.web.doors import follow_now, in_language, instant, may, me, now, settings, today
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.conduct import DONE, PERMISSION, kind_asked, told, whole
from learnapp.web.quiz.conduct_words import paused, said

_DONE = {
    **DONE,
    "override": N_("The own times hold from now on."),
    "reopen": N_("The attempt is open again."),
}


def _somebody(member_id: str) -> branches.Person:
    """The person, of whom the asker may run quizzes; never the asker. Raises NotFound or Forbidden."""
    person = guard.member_for(me(), PERMISSION, member_id, today())
    if person.member_id == me().member_id:
        raise Forbidden("own-clock", N_("Nobody sets their own times. Ask somebody else who may."))
    return person


@bp.get("/people/<member_id>")
@may(PERMISSION)
def conduct_person(member_id: str) -> str:
    """A person's standing extra time, and the quizzes."""
    return _person_page(_somebody(member_id))


def _person_page(person: branches.Person, problem: str = "") -> str:
    mine = quiz.attempts(person.member_id)
    states = {
        one.quiz: quiz.conducting.state(one.state, one.clock, now()) for one in mine if not one.practice
    }
    return render_template(
        "quiz/conduct_person.html",
        person=person,
        percent=quiz.measures.allowance(person.member_id),
        choices=quiz.measures.ALLOWANCES,
        quizzes=[(one, quiz.conducting.STATES[states.get(one.slug, "none")]) for one in catalogue.quizzes()],
        problem=problem,
        titled=in_language,
    )


@bp.post("/people/<member_id>")
@may(PERMISSION)
def allow(member_id: str) -> str | Response | tuple[str, int]:
    """Sets the standing extra time: it holds for every quiz, present and future."""
    person = _somebody(member_id)
    try:
        with transaction():
            quiz.measures.allow(
                person.member_id, whole("percent") or 0, actor_id=me().member_id, at=instant()
            )
    except Invalid as error:
        return _person_page(person, told(error)), error.status
    flash(gettext("The extra time holds for every quiz from now on."), "success")
    return redirect(url_for("quiz.conduct_person", member_id=member_id), 303)


@bp.get("/people/<member_id>/<slug>")
@may(PERMISSION)
def conduct_one(member_id: str, slug: str) -> str:
    """One person at one quiz: the attempts, the clock, and what was set."""
    return _page(_somebody(member_id), catalogue.quiz(slug))


def _page(person: branches.Person, found: catalogue.Quiz, kind: str = "", problem: str = "") -> str:
    mine = [one for one in quiz.attempts(person.member_id, found.slug) if not one.practice]
    stands = quiz.standing(person.member_id, found, mine, at=now(), zone=settings().zone)
    own = quiz.conducting.settings_for_member(person.member_id, found.slug)
    return render_template(
        "quiz/conduct_one.html",
        person=person,
        quiz=found,
        attempts=[
            (one, quiz.conducting.STATES[quiz.conducting.state(one.state, one.clock, now())]) for one in mine
        ],
        running=next((one for one in mine if one.open and not one.clock.overdue(now())), None),
        last=next((one for one in reversed(mine) if not one.open), None),
        stands=stands,
        left=quiz.attempts_left(stands.terms.attempts, stands.used),
        paused=paused(own, ""),
        said=said(own),
        seen=quiz.conducting.last_number(found.slug, person.member_id),
        wrong=kind,
        problem=problem,
        given=request.form,
        titled=in_language,
    )


@bp.post("/people/<member_id>/<slug>")
@may(PERMISSION)
def set_one(member_id: str, slug: str) -> str | Response | tuple[str, int]:
    """Sets something for one person at one quiz, and tells them."""
    person, found, kind = _somebody(member_id), catalogue.quiz(slug), request.form.get("kind", "")
    try:
        with transaction():
            _set(person.member_id, slug, kind)
            if kind in ("extend", "override", "reopen"):
                _tell(person.member_id, found)
    except (Invalid, Conflict) as error:
        return _page(person, found, kind, told(error)), error.status
    follow_now(person.member_id)
    flash(gettext(_DONE[kind]), "success")
    return redirect(url_for("quiz.conduct_one", member_id=member_id, slug=slug), 303)


def _set(member_id: str, slug: str, kind: str) -> None:
    reason, by, at, seen = request.form.get("reason", ""), me().member_id, instant(), whole("seen")
    if kind == "reopen":
        attempt_id = request.form.get("attempt", "")
        quiz.measures.reopen(
            member_id, attempt_id, minutes=whole("minutes"), reason=reason, actor_id=by, at=at, seen=seen
        )
    elif kind == "override":
        quiz.measures.override(
            member_id,
            slug,
            opens_at=_moment("opens"),
            due_at=_moment("due"),
            closes_at=_moment("closes"),
            minutes=whole("minutes"),
            attempts=whole("attempts"),
            reason=reason,
            actor_id=by,
            at=at,
            seen=seen,
        )
    else:
        asked = kind_asked()
        minutes = (whole("minutes") or 0) if asked == "extend" else 0
        quiz.measures.for_one(
            member_id, slug, asked, minutes=minutes, reason=reason, actor_id=by, at=at, seen=seen
        )


def _moment(name: str) -> datetime | None:
    """A local date and time from a field of the form, as an instant. Raises Invalid for what is none."""
    text = request.form.get(name, "").strip()
    try:
        return timing.local(text or None, settings().zone)
    except ValueError:
        raise Invalid("moment", N_("“%(text)s” is not a date and time."), text=text) from None


def _tell(member_id: str, found: catalogue.Quiz) -> None:
    """The person hears of it, with the reason, at the quiz's own page. The minutes of own times are the whole
    limit, not more minutes."""
    notices.tell(
        member_id,
        "time",
        f"{found.slug}/{quiz.conducting.last_number(found.slug, member_id)}",
        subject=f"quiz/{found.slug}",
        at=now(),
        version=found.hash,
        minutes=0 if request.form.get("kind") == "override" else whole("minutes") or 0,
        reply=request.form.get("reason", "").strip(),
    )
