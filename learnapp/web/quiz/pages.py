"""Before an attempt: which quizzes there are, and the rules of one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from learnapp import catalogue, quiz
from learnapp.db import transaction
from learnapp.errors import Conflict
from learnapp.quiz import AttemptInfo
from learnapp.web.doors import follow_now, in_language, instant, may, me, now, settings
from learnapp.web.quiz import intros, late_words, results, shown
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.clock import told


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
    granted = quiz.clocks.granted(me().member_id)
    lines = shown.lines(catalogue.quizzes(), _mine(), granted)
    return render_template("quiz/index.html", lines=lines, titled=in_language)


@bp.get("/<slug>/")
@may("quiz.read")
def intro(slug: str) -> str:
    """The rules of a quiz in plain words, and the button that starts or goes on."""
    found = catalogue.quiz(slug)
    mine = _mine(slug)
    (line,) = shown.lines([found], mine)
    return render_template(
        "quiz/intro.html",
        line=line,
        intro=intros.intro(found, mine),
        late_rule=late_words.rule,
        afterwards=results.review_words(found),
        titled=in_language,
    )


@bp.post("/<slug>/")
@may("quiz.act")
def start(slug: str) -> Response:
    """Starts an attempt or goes on with the one that runs; however often it is pressed, one comes of it. Its time
    begins when its turn has come, not while it waited among the others who pressed."""
    try:
        with transaction():
            started = quiz.start(
                me().member_id,
                slug,
                at=instant(),
                zone=settings().zone,
                longer="longer" in request.form,
                practice="practice" in request.form,
            )
    except Conflict as error:
        flash(told(error), "warning")
        return redirect(url_for("quiz.intro", slug=slug), 303)
    if started.ended_one:
        follow_now(me().member_id)
    return redirect(url_for("quiz.run", attempt=started.attempt_id), 303)
