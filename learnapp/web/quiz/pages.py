"""Before and after an attempt: which quizzes there are, the rules of one, and the review."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.errors import Conflict
from learnapp.quiz import AttemptInfo
from learnapp.web.doors import follow_now, may, me, now, settings
from learnapp.web.quiz import shown
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.running import look_at


def _mine(slug: str | None = None) -> Sequence[AttemptInfo]:
    """The asker's attempts, after the clock has ended those whose time is up."""
    found = quiz.attempts(me().member_id, slug)
    over = [one for one in found if one.open and one.clock.overdue(now())]
    if not over:
        return found
    for one in over:
        with transaction():
            quiz.close(one.member_id, one.id, at=now())
    follow_now(me().member_id)
    return quiz.attempts(me().member_id, slug)


@bp.get("/")
@may("quiz.read")
def index() -> str:
    """Every quiz on the shelf with how the asker stands to it."""
    return render_template(
        "quiz/index.html", lines=shown.lines(catalogue.quizzes(), _mine()), titled=shown.titled
    )


@bp.get("/<slug>/")
@may("quiz.read")
def intro(slug: str) -> str:
    """The rules of a quiz in plain words, and the button that starts or goes on."""
    found = catalogue.quiz(slug)
    (line,) = shown.lines([found], _mine(slug))
    asked = sum(draw.count for draw in found.draws) or len(found.questions)
    worth = {question.points_hundredths for question in found.questions}
    need = quiz.needed(asked, found.pass_percent) if len(worth) == 1 else None
    return render_template("quiz/intro.html", line=line, asked=asked, need=need, titled=shown.titled)


@bp.post("/<slug>/")
@may("quiz.act")
def start(slug: str) -> Response:
    """Starts an attempt or goes on with the one that runs; however often it is pressed, one comes of it."""
    try:
        with transaction():
            started = quiz.start(me().member_id, slug, at=now(), zone=settings().zone)
    except Conflict as error:
        flash(gettext(error.message, **error.params), "warning")
        return redirect(url_for("quiz.intro", slug=slug), 303)
    if started.ended_one:
        follow_now(me().member_id)
    return redirect(url_for("quiz.run", attempt=started.attempt_id), 303)


@bp.get("/attempts/<attempt>/review")
@may("quiz.read")
def review(attempt: str) -> str | Response:
    """The result in words, then every question with its explanation; only once the attempt is over."""
    found = look_at(attempt)
    if found.open:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    taps = quiz.taps(found.member_id, found.id)
    current = catalogue.quiz(found.quiz)
    used = len(quiz.attempts(found.member_id, found.quiz))
    return render_template(
        "quiz/review.html",
        attempt=found,
        quiz=catalogue.quiz_version(found.quiz_version),
        reviewed=shown.reviewed(found, taps),
        short=shown.short(found, taps),
        late=shown.late(found, taps),
        left=quiz.attempts_left(current.attempts, used),
        titled=shown.titled,
    )
