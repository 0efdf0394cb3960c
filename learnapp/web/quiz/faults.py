"""“Something wrong with this question?”: the member's box, and the trainer's list, which names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, notices, quiz
from learnapp.clock import iso, parse_iso
from learnapp.db import transaction
from learnapp.errors import AppError, Invalid, TooMany
from learnapp.quiz.faults import Group, Told
from learnapp.web.doors import in_language, may, me, now, today
from learnapp.web.quiz import review, running
from learnapp.web.quiz.blueprint import bp


@dataclass(frozen=True)
class Card:
    """The reports about one question, with the question in words."""

    quiz: str
    title: str
    question: str
    number: int
    stem: str
    until: str
    reports: tuple[Told, ...]


@bp.post("/attempts/<attempt>/fault")
@may("quiz.act")
def report_fault(attempt: str) -> str | Response | tuple[str, int]:
    """Keeps what a member says about a question. From a running page without JavaScript the answer that stands
    in the same form is saved as well; what cannot be kept stays in the box."""
    found = running.look_at(attempt)
    question, text = request.form.get("fault_question", ""), request.form.get("fault", "")
    try:
        with transaction():
            quiz.faults.report(found.member_id, attempt, question, text, at=now())
    except (Invalid, TooMany) as error:
        if _scripted():
            raise
        return _again(found, gettext(error.message, **error.params)), error.status
    thanks = gettext("Thank you. Somebody will look at this question and answer you.")
    if _scripted():
        return jsonify(text=thanks)
    flash(thanks, "success")
    if found.open:
        return running.answer(attempt)
    return redirect(url_for("quiz.review", attempt=attempt, _anchor=request.form.get("back")), 303)


def _scripted() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _again(found: quiz.Frozen, problem: str) -> str:
    """The page that the box stood on, with its text."""
    if found.open:
        return running.page_again(found, problem)
    flash(problem, "error")
    return render_template("quiz/review.html", **review.values(found))


@bp.get("/faults")
@may("quiz.faults")
def faults() -> str:
    """What was reported, question by question; with `?state=answered` what was answered."""
    return _list(answered=request.args.get("state") == "answered")


def _list(*, answered: bool = False, problem: str = "") -> str:
    return render_template(
        "quiz/faults.html",
        cards=[_card(one) for one in quiz.faults.groups(answered=answered)],
        answered=answered,
        problem=problem,
        most=quiz.faults.LENGTH,
        words=quiz.faults.STATES,
    )


def _card(group: Group) -> Card:
    version = catalogue.quiz_version(group.version)
    place, question = next(
        (place, one) for place, one in enumerate(version.questions, 1) if one.id == group.question
    )
    return Card(
        quiz=group.quiz,
        title=in_language(version.title, version.title_en),
        question=group.question,
        number=place,
        stem=in_language(question.stem, question.stem_en),
        until=iso(group.until),
        reports=group.reports,
    )


@bp.post("/faults")
@may("quiz.faults")
def answer_faults() -> Response | tuple[str, int]:
    """Answers every report about a question that the page showed, each member in a transaction of their own."""
    form = request.form
    reply, state = form.get("reply", ""), form.get("state", "")
    try:
        quiz.faults.check_reply(reply, state)
        until = _moment(form.get("until", ""))
    except AppError as error:
        return _list(problem=gettext(error.message, **error.params)), error.status
    slug, question = form.get("quiz", ""), form.get("question", "")
    waiting = quiz.faults.to_answer(slug, question, until)
    for member_id, fault_id in waiting:
        with transaction():
            _answer(member_id, fault_id, reply, state)
    of_others = [fault_id for member_id, fault_id in waiting if member_id != me().member_id]
    if of_others:
        with transaction():
            quiz.faults.credit_answer(me().member_id, slug, question, of_others[0], on=today(), at=now())
    flash(gettext("Answered. Whoever reported it finds your sentence on their first page."), "success")
    return redirect(url_for("quiz.faults"), 303)


def _moment(text: str) -> datetime:
    """When the latest report was made that the page showed."""
    try:
        return parse_iso(text)
    except ValueError:
        return now()


def _answer(member_id: str, fault_id: str, reply: str, state: str) -> None:
    done = quiz.faults.answer(
        member_id, fault_id, reply=reply, state=state, actor_id=me().member_id, at=now()
    )
    if done is not None:
        notices.tell(
            member_id,
            "fault",
            fault_id,
            subject=f"quiz/{done.quiz}",
            at=now(),
            version=done.version,
            attempt=done.attempt_id,
            question=done.question,
            state=state,
            reply=" ".join(reply.split()),
        )
