"""Cards as pages show them: the question by the templates of its kind, in an order of its own each time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from learnapp import catalogue, drill, questions, quiz
from learnapp.drill import Card, Review
from learnapp.questions import Json, Order, Reviewed
from learnapp.quiz.journal import Fields
from learnapp.web.doors import language
from learnapp.web.quiz.shown import as_typed, rendered, titled

FIELD = "a"


def order(card: Card, number: int) -> Order:
    """The order of what can change places when the card is asked after so many answers."""
    asked = quiz.bank(card.version)[card.question]
    return questions.shuffle(asked, drill.seed(card.quiz, card.question, number))


def asked(card: Card, typed: Fields | None = None) -> Markup:
    """The question without its key, with the fields that could not be read put back."""
    found = quiz.bank(card.version)[card.question]
    presented = questions.present(found, order(card, card.reviews), language(), None)
    if typed is not None:
        presented = as_typed(presented, typed)
    return rendered("ask", presented.kind, p=presented, name=FIELD)


def reviewed(card: Card, review: Review) -> Markup:
    """The question with the answer given in the book, what is right, and why."""
    found = quiz.bank(review.version)[card.question]
    places = questions.shuffle(found, drill.seed(card.quiz, card.question, review.number - 1))
    told = questions.review(found, places, json.loads(review.answer), language())
    return rendered("review", told.kind, r=told)


@dataclass(frozen=True)
class Line:
    """A card of the whole book: the question as reviewed with the latest answer, and where it came from."""

    card: Card
    number: int
    title: str
    topic: str
    html: Markup
    review: Reviewed


def lines(cards: Sequence[Card]) -> list[Line]:
    """The whole book with the latest answers, in the order of quizzes and questions."""
    return [_line(card, number) for number, card in enumerate(cards, 1)]


def _line(card: Card, number: int) -> Line:
    found = quiz.bank(card.version)[card.question]
    told = questions.review(found, questions.written_order(found), json.loads(card.last_answer), language())
    source = catalogue.quiz_version(card.version)
    html = rendered("review", told.kind, r=told, number=number)
    return Line(card, number, titled(source.title, source.title_en), found.topic, html, told)


def plain(review: Reviewed) -> tuple[str, str]:
    """What was given and what is right, as texts for a table; of a kind with places, place by place."""
    inner = [plain(one) for one in review.inner]
    rows = review.more.get("rows")
    rows = rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ()
    # The two answers of a true-false question are the product's own words, an author's options are not.
    words = gettext if review.kind == "true-false" else str
    chosen = [str(words(one.text)) for one in review.options if one.chosen]
    right = [str(words(one.text)) for one in review.options if one.right]
    given = [review.given] if review.given else chosen or [_cell(row, "given") for row in rows]
    key = list(review.key) or right or [_cell(row, "key") for row in rows]
    return (
        _joined([*given, *(one for one, _key in inner)]),
        _joined([*key, *(one for _given, one in inner)]),
    )


def _cell(row: Json, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    return "" if value is None else str(value)


def _joined(texts: Sequence[str]) -> str:
    return " / ".join(" ".join(text.split()) or "–" for text in texts)
