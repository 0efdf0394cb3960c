"""The wrong-answer book: what a member got wrong comes back after a while, until it stays.

Promises: every wrong or missing answer of an ended quiz attempt is in the book once, however often and by
whomever it is collected; when a card comes back follows from its reviews alone, and can be computed again
from them at any time. The book is its owner's: nothing of it enters the ledger, nothing of it is worth
points, and no function here answers about a member to anybody else.
"""

from learnapp.drill.models import DrillCard, DrillReview, DrillSource
from learnapp.drill.queries import Card, Review, book, card, last_review, something_due, waiting
from learnapp.drill.rules import REST_DAYS, SESSION, due, next_due, seed
from learnapp.drill.service import answer, collect, erase, restore, retire

__all__ = [
    "REST_DAYS",
    "SESSION",
    "Card",
    "DrillCard",
    "DrillReview",
    "DrillSource",
    "Review",
    "answer",
    "book",
    "card",
    "collect",
    "due",
    "erase",
    "last_review",
    "next_due",
    "restore",
    "retire",
    "seed",
    "something_due",
    "waiting",
]
