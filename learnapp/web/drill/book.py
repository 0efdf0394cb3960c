"""The whole book: to read, to print, to keep as a file, and to put cards away or fetch them back."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from learnapp import drill
from learnapp.clock import iso
from learnapp.db import transaction
from learnapp.web.coverage.sheet import written
from learnapp.web.doors import may, me, now, today
from learnapp.web.drill import shown
from learnapp.web.drill.blueprint import bp
from learnapp.web.drill.pages import answered_page, cards
from learnapp.web.drill.shown import Line
from learnapp.web.quiz.plain import plain


@bp.get("/book")
@may("drill.own")
def book() -> str:
    """Every card with its explanation; paper takes it as it is."""
    found = cards()
    return render_template(
        "drill/book.html",
        lines=shown.lines([card for card in found if not card.retired]),
        away=shown.lines([card for card in found if card.retired]),
        today=today(),
        at=now(),
    )


@bp.get("/book.csv")
@may("drill.own")
def export() -> Response:
    """The asker's own book as a CSV file that says whose it is."""
    data = written(_rows(shown.lines(cards())))
    name = f"wrong-answers-{today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, mimetype="text/csv", headers=headers)


def _rows(lines: Iterable[Line]) -> Iterable[list[str | int]]:
    yield [gettext("Wrong-answer book"), me().name, iso(now())]
    yield []
    yield [
        gettext("Quiz"),
        gettext("Topic"),
        gettext("Question text"),
        gettext("Your answer"),
        gettext("Right answer"),
        gettext("Explanation"),
        gettext("Times answered"),
        gettext("Comes back on"),
    ]
    for line in lines:
        card, (given, key) = line.card, plain(line.review)
        back = card.due_on.isoformat() if card.due_on and not card.retired else ""
        yield [
            line.title,
            line.topic,
            line.review.stem,
            given,
            key,
            line.review.explanation,
            card.reviews,
            back,
        ]


@bp.post("/<slug>/<question>/retire")
@may("drill.own")
def retire(slug: str, question: str) -> Answer:
    """Puts a card away; the page it comes from then offers to undo it."""
    with transaction():
        drill.retire(me().member_id, slug, question, at=now())
    return _back(slug, question)


@bp.post("/<slug>/<question>/restore")
@may("drill.own")
def restore(slug: str, question: str) -> Answer:
    """Fetches a card back."""
    with transaction():
        drill.restore(me().member_id, slug, question)
    return _back(slug, question)


def _back(slug: str, question: str) -> Answer:
    """To the card's answer where the button stood there, else to its place in the book."""
    if "n" in request.form:
        return redirect(answered_page(slug, question), 303)
    return redirect(url_for("drill.book", _anchor=f"{slug}.{question}"), 303)
