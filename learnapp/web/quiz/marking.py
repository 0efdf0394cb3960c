"""Marking answers: what waits, and one answer a screen with its rubric."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import accounts, catalogue, quiz
from learnapp.db import transaction
from learnapp.errors import AppError, Conflict, Invalid
from learnapp.quiz import appeals, marking
from learnapp.quiz.marking import Sheaf
from learnapp.web.doors import follow_now, in_language, may, me, now
from learnapp.web.quiz import marking_forms as forms
from learnapp.web.quiz.blueprint import bp


@bp.get("/marking")
@may("quiz.mark")
def marking_queue() -> str:
    """Every question with answers for a person, how many wait, and how many appeals."""
    return render_template(
        "quiz/marking.html",
        groups=forms.groups(marking.queue()),
        appeals=appeals.waiting(),
        titled=in_language,
    )


@bp.get("/marking/<slug>/<question>")
@may("quiz.mark")
def mark_next(slug: str, question: str) -> str | Response:
    """On to an answer that waits; `?after=` one that is left to somebody else, `?last=` the one just marked."""
    after, last = request.args.get("after"), request.args.get("last")
    lot = marking.next_lot(slug, question, me().member_id, after)
    if lot is not None:
        return redirect(url_for("quiz.mark_answer", lot=lot, last=last), 303)
    return render_template(
        "quiz/marking_done.html",
        quiz=catalogue.quiz(slug),
        left=after is not None,
        groups=forms.groups([one for one in marking.queue() if one.waiting]),
        last=last,
        titled=in_language,
    )


@bp.get("/marking/<lot>")
@may("quiz.mark")
def mark_answer(lot: str) -> str:
    """One answer with its rubric."""
    return _page(marking.sheaf(lot, me().member_id))


@bp.post("/marking/<lot>")
@may("quiz.mark")
def give_marks(lot: str) -> str | Response | tuple[str, int]:
    """Saves the marks and goes on to the next answer."""
    found = marking.sheaf(lot, me().member_id)
    try:
        marks = forms.read_marks(found, request.form)
        with transaction():
            done = marking.mark(
                lot,
                me().member_id,
                marks,
                request.form.get("comment", ""),
                number=forms.number(request.form),
                at=now(),
            )
    except Invalid as error:
        return _page(found, request.form, error), 422
    except Conflict as error:
        flash(gettext(error.message, **error.params), "info")
    else:
        if done.final:
            follow_now(done.member_id)
    return redirect(
        url_for("quiz.mark_next", slug=found.attempt.quiz, question=found.question.id, last=lot), 303
    )


def _page(found: Sheaf, typed: Mapping[str, str] | None = None, error: AppError | None = None) -> str:
    mine = bool(found.given) and found.given[-1].made_by == me().member_id
    version = catalogue.quiz_version(found.attempt.quiz_version)
    progress = marking.progress(found.attempt.quiz, found.question.id)
    return render_template(
        "quiz/marking_answer.html",
        found=found,
        quiz=version,
        progress=progress,
        answer=forms.answer_html(found),
        leaves=quiz.leaves.of(found.attempt),
        rubric=forms.rubric(found, typed),
        comment=forms.comment(found, typed),
        open=found.waiting or mine,
        author=None if version.settings.blind else _author(found),
        problem=gettext(error.message, **error.params) if error else "",
        last=request.args.get("last"),
        most=marking.MOST_COMMENT,
        titled=in_language,
    )


def _author(found: Sheaf) -> str:
    """The name, in a quiz whose markers may know it."""
    return accounts.names([found.attempt.member_id]).get(found.attempt.member_id, "")


@bp.post("/attempts/<attempt>/appeal")
@may("quiz.act")
def ask_again(attempt: str) -> Response:
    """Asks for a second look at the mark of an own answer."""
    question = request.form.get("question", "")
    try:
        with transaction():
            appeals.ask(me().member_id, attempt, question, request.form.get("text", ""), at=now())
    except (Invalid, Conflict) as error:
        flash(gettext(error.message, **error.params), "error")
    else:
        flash(gettext("Somebody else will look at it again. The reply is shown here."), "success")
    numbers = {sheet.question: number for number, sheet in enumerate(_sheets(attempt), 1)}
    return redirect(url_for("quiz.review", attempt=attempt, _anchor=f"q{numbers.get(question, 1)}"), 303)


def _sheets(attempt: str) -> tuple[quiz.Sheet, ...]:
    return quiz.attempt(me().member_id, attempt).sheets
