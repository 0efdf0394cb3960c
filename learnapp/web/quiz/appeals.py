"""Deciding about marks that were appealed against."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, notices, quiz
from learnapp.db import transaction
from learnapp.errors import AppError, Conflict, Forbidden, Invalid
from learnapp.quiz import appeals, marking
from learnapp.quiz.marking import Sheaf
from learnapp.web.doors import follow_now, in_language, may, me, now
from learnapp.web.quiz import marking_forms as forms
from learnapp.web.quiz.blueprint import bp


@bp.get("/appeals")
@may("quiz.mark")
def all_appeals() -> str:
    """The undecided appeals, the oldest first, and those that this person may not decide."""
    lines = [(one, allowed, _stem(one)) for one, allowed in appeals.queue(me().member_id)]
    return render_template("quiz/appeals.html", lines=lines)


def _stem(one: appeals.AppealInfo) -> str:
    version = quiz.attempt(one.member_id, one.attempt_id).quiz_version
    question = quiz.bank(version)[one.question]
    return in_language(question.stem, question.stem_en)


@bp.get("/appeals/<lot>")
@may("quiz.mark")
def appeal(lot: str) -> str:
    """One appeal: what the member says, the answer, the marks, and the decision."""
    return _page(marking.sheaf(lot, me().member_id))


@bp.post("/appeals/<lot>")
@may("quiz.mark")
def decide_appeal(lot: str) -> str | Response | tuple[str, int]:
    """Keeps the marks or gives others, with a reply."""
    found = marking.sheaf(lot, me().member_id)
    try:
        marks = forms.read_marks(found, request.form) if request.form.get("do") == "change" else None
        with transaction():
            done = appeals.decide(lot, me().member_id, marks, request.form.get("reply", ""), at=now())
            if done.created and not done.final:
                _tell(appeals.of(marking.sheaf(lot, me().member_id)), found)
    except (Invalid, Forbidden) as error:
        return _page(found, request.form, error), error.status
    except Conflict as error:
        flash(gettext(error.message, **error.params), "info")
        return redirect(url_for("quiz.all_appeals"), 303)
    if done.final:
        follow_now(done.member_id)
    flash(gettext("Decided. The member sees your reply."), "success")
    return redirect(url_for("quiz.all_appeals"), 303)


def _tell(decided: appeals.AppealInfo, found: Sheaf) -> None:
    """The member hears of what leaves the result as it is; that it changed is read off the ledger."""
    notices.tell(
        decided.member_id,
        "appeal",
        f"{decided.attempt_id}/{decided.question}",
        subject=f"quiz/{found.attempt.quiz}",
        at=now(),
        version=found.attempt.quiz_version,
        attempt=decided.attempt_id,
        question=decided.question,
        state=f"appeal-{decided.state}",
        reply=decided.reply,
    )


def _page(found: Sheaf, typed: Mapping[str, str] | None = None, error: AppError | None = None) -> str:
    return render_template(
        "quiz/appeal.html",
        found=found,
        appeal=appeals.of(found),
        quiz=catalogue.quiz_version(found.attempt.quiz_version),
        answer=forms.answer_html(found),
        rubric=forms.rubric(found, typed),
        reply=(typed or {}).get("reply", ""),
        may_decide=appeals.may_decide(found, me().member_id),
        problem=gettext(error.message, **error.params) if error else "",
        most=marking.MOST_COMMENT,
        titled=in_language,
    )
