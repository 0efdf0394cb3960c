"""Trying out, before a timed quiz, that no answer is lost when the network goes."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from learnapp import catalogue, media, quiz
from learnapp.db import transaction
from learnapp.errors import N_, NotFound
from learnapp.quiz import rehearsal
from learnapp.web.doors import in_language, may, me, now, settings
from learnapp.web.quiz import late_words
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.running import look_at

# The quiz from which somebody came, to go back to afterwards.
_CAME_FROM = "rehearsal-for"


@bp.get("/rehearsal")
@may("quiz.read")
def rehearse() -> str:
    """What the rehearsal is, and how it goes; `?quiz=` is where the asker comes from."""
    found = rehearsal.definition()
    return render_template(
        "quiz/rehearsal.html",
        title=in_language(found.title, found.title_en),
        intro=in_language(found.intro, found.intro_en),
        came_from=request.args.get("quiz", ""),
    )


@bp.post("/rehearsal")
@may("quiz.act")
def start_rehearsal() -> Response:
    """Starts it, or goes on with the one that runs."""
    session[_CAME_FROM] = request.form.get("quiz", "")[:120]
    with transaction():
        attempt = rehearsal.start(
            me().member_id, at=now(), zone=settings().zone, store=media.Store(settings().media_dir)
        )
    return redirect(url_for("quiz.run", attempt=attempt), 303)


@bp.get("/attempts/<attempt>/rehearsal")
@may("quiz.read")
def rehearsed(attempt: str) -> str | Response:
    """Every tap of a rehearsal with when it was made and when it arrived."""
    found = look_at(attempt)
    if found.open:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    if found.quiz != rehearsal.SLUG:
        raise NotFound("no-rehearsal", N_("This is no rehearsal."))
    steps = rehearsal.steps(found.member_id, found.id)
    places = {sheet.question: number for number, sheet in enumerate(found.sheets, 1)}
    slug = session.get(_CAME_FROM, "")
    return render_template(
        "quiz/rehearsed.html",
        attempt=found,
        steps=steps,
        places=places,
        kept=[step for step in steps if step.kept],
        answered=len(quiz.latest(quiz.taps(found.member_id, found.id), found.sheets)),
        precise=late_words.precise,
        length=late_words.length,
        back=slug if slug and catalogue.current_hash("quiz", slug) else "",
    )
