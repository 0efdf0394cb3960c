"""A minute of wrong answers: one card a screen, graded at once. No page here names anybody but the asker."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, drill, questions, quiz
from learnapp.db import transaction
from learnapp.drill import Card
from learnapp.errors import N_, Invalid
from learnapp.questions import Answer
from learnapp.quiz.journal import Fields
from learnapp.web.doors import in_language, may, me, now, settings, today
from learnapp.web.drill import shown
from learnapp.web.drill.blueprint import bp


def cards() -> list[Card]:
    """The asker's book, after the mistakes of attempts that ended meanwhile were put into it."""
    member_id = me().member_id
    if drill.waiting(member_id, at=now(), zone=settings().zone):
        with transaction():
            drill.collect(member_id, at=now(), zone=settings().zone)
    return drill.book(member_id)


def _steps() -> dict[str, int]:
    """Which card of how many this minute is at: `n` of `of`, whatever the address says."""
    values = {name: request.values.get(name, 1, type=int) for name in ("n", "of")}
    of = min(max(values["of"], 1), drill.SESSION)
    return {"n": min(max(values["n"], 1), of), "of": of}


@bp.get("/")
@may("drill.own")
def index() -> str:
    """How many cards are due today, and the button that begins a minute."""
    found = cards()
    due = drill.due(found, today())
    coming: list[date] = [
        one.due_on for one in found if one.due_on is not None and not one.retired and one.due_on > today()
    ]
    return render_template(
        "drill/index.html",
        due=len(due),
        session=min(len(due), drill.SESSION),
        kept=len(found),
        coming=min(coming, default=None),
    )


@bp.get("/next")
@may("drill.own")
def next_card() -> str | Response:
    """The card that has been due longest; back to the book when there is none."""
    due = drill.due(drill.book(me().member_id), today())
    if not due:
        return redirect(url_for("drill.index"), 303)
    return _ask(due[0])


def _ask(card: Card, problem: str = "", typed: Fields | None = None) -> str:
    return render_template(
        "drill/ask.html",
        card=card,
        html=shown.asked(card, typed),
        source=catalogue.quiz_version(card.version),
        titled=in_language,
        problem=problem,
        **_steps(),
    )


@bp.post("/<slug>/<question>/")
@may("drill.own")
def answer(slug: str, question: str) -> Response | tuple[str, int]:
    """Grades an answer at once; sent twice, it counts once."""
    card = drill.card(me().member_id, slug, question)
    number = request.form.get("number", -1, type=int)
    typed = quiz.form_fields(request.form.to_dict(flat=False), shown.FIELD)
    try:
        given = None if request.form.get("know") == "no" else _given(card, number, typed)
    except Invalid as error:
        return _ask(card, gettext(error.message, **error.params), typed), 422
    with transaction():
        drill.answer(me().member_id, slug, question, given, number=number, at=now(), zone=settings().zone)
    return redirect(answered_page(slug, question), 303)


def answered_page(slug: str, question: str) -> str:
    """The address of a card's latest answer, at the same step of the minute."""
    steps = _steps()
    return url_for("drill.answered", slug=slug, question=question, n=steps["n"], of=steps["of"])


def _given(card: Card, number: int, typed: Fields) -> Answer | None:
    """The answer of a form; one to a card that has been answered since is not read any more."""
    if number != card.reviews:
        return None
    given = questions.read(card.asked, shown.order(card, number), typed)
    if given is None:
        raise Invalid("no-answer", N_("Please answer, or press “I do not know”."))
    return given


@bp.get("/<slug>/<question>/")
@may("drill.own")
def answered(slug: str, question: str) -> str | Response:
    """The latest answer to a card with what is right, why, and when the card comes back."""
    card = drill.card(me().member_id, slug, question)
    review = drill.last_review(me().member_id, slug, question)
    if review is None:
        return redirect(url_for("drill.index"), 303)
    return render_template(
        "drill/answered.html",
        card=card,
        review=review,
        html=shown.reviewed(card, review),
        source=catalogue.quiz_version(card.version),
        left=len(drill.due(drill.book(me().member_id), today())),
        titled=in_language,
        **_steps(),
    )
