"""Cards as pages show them: the question by the templates of its kind, in an order of its own each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from learnapp import catalogue, drill, questions, quiz
from learnapp.drill import Card, Review
from learnapp.questions import Order, Reviewed
from learnapp.quiz.journal import Fields
from learnapp.web.doors import in_language, language
from learnapp.web.quiz.shown import as_typed, rendered

FIELD = "a"


def order(card: Card, number: int) -> Order:
    """The order of what can change places when the card is asked after so many answers."""
    return questions.shuffle(card.asked, drill.seed(card.quiz, card.question, number))


def asked(card: Card, typed: Fields | None = None) -> Markup:
    """The question without its key, with the fields that could not be read put back."""
    presented = questions.present(card.asked, order(card, card.reviews), language(), None)
    if typed is not None:
        presented = as_typed(presented, typed)
    return rendered("ask", presented.kind, p=presented, name=FIELD)


def reviewed(card: Card, review: Review) -> Markup:
    """The question with the answer given in the book, what is right, and why."""
    found = quiz.held_keys(review.version, card.key_version)[card.question]
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
    found = card.asked
    told = questions.review(found, questions.written_order(found), json.loads(card.last_answer), language())
    source = catalogue.quiz_version(card.version)
    html = rendered("review", told.kind, r=told, number=number)
    return Line(card, number, in_language(source.title, source.title_en), found.topic, html, told)
