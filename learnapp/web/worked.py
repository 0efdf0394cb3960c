"""Entries about a party worker's own work in plain words."""

from __future__ import annotations

from flask_babel import gettext

from learnapp import catalogue, ledger
from learnapp.errors import N_, NotFound
from learnapp.web.doors import in_language

_WORDS = {
    "lesson-approved": N_("A lesson was approved and published: “%(title)s”"),
    "session-held": N_("A session was held"),
    "question-answered": N_("A question of a member was answered: “%(title)s”"),
    "need-met": N_("A need that a member had named was met"),
}


def work_words(event: ledger.WorkDone) -> str:
    """The sentence, with the title that the lesson or the quiz has today."""
    return str(gettext(_WORDS[event.work], title=_title(event.ref)))


def _title(ref: str) -> str:
    kind, _, name = ref.partition("/")
    try:
        if kind == "quiz":
            quiz = catalogue.quiz(name.partition("/")[0])
            return in_language(quiz.title, quiz.title_en)
        if kind == "module":
            slug, _, module_id = name.partition("/")
            module = catalogue.course(slug).find(module_id)
            return in_language(module.title, module.title_en) if module else module_id
    except NotFound:
        pass
    return name
