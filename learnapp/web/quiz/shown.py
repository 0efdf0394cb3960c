"""Attempts as pages show them: questions as HTML, states in words, nothing that has to stay hidden."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup

from learnapp import catalogue, questions, quiz
from learnapp.questions import Answer, Presented
from learnapp.quiz import AttemptInfo, Frozen, Sheet, Tap
from learnapp.quiz.journal import Fields
from learnapp.quiz.phases import Standing
from learnapp.quiz.rules import canonical
from learnapp.web.doors import language
from learnapp.web.quiz.results import WORDS, Results, fallen, results
from learnapp.web.quiz.stages import Stage


@dataclass(frozen=True)
class Asked:
    """A question of a running attempt. `fields` is the saved answer as the page's fields, as JSON, and `act`
    the number of the act that it came from, 0 if there is none."""

    number: int
    id: str
    html: Markup
    fields: str
    act: int
    answered: bool
    stage: str = "now"

    @property
    def state(self) -> str:
        """Its knot."""
        return "done" if self.answered else "open"

    @property
    def shade(self) -> str:
        """Its place in the overview: in a section that is not answered now it is `left` or `later`."""
        return self.state if self.stage == "now" else self.stage


@dataclass(frozen=True)
class Line:
    """A quiz in a list, with how this member stands to it."""

    quiz: catalogue.Quiz
    open: AttemptInfo | None
    ended: tuple[AttemptInfo, ...]
    left: int | None
    results: Results

    @property
    def told(self) -> Standing | None:
        """How the member stands to it, as far as that may be said; None before the first attempt has ended."""
        return self.results.of(self.quiz)

    @property
    def word(self) -> str:
        """The same in words; empty where there is nothing to say."""
        return gettext(WORDS[self.told]) if self.told else ""

    def word_of(self, found: AttemptInfo) -> str:
        """What may be said about one of the attempts."""
        if self.results.void(found):
            return str(gettext("Voided, does not count"))
        return str(gettext(WORDS[self.results.standing(found)]))


def field_name(question: str) -> str:
    """The form field of a question; its parts are called `name.part`."""
    return f"a-{question}"


def lines(
    quizzes: Sequence[catalogue.Quiz],
    attempts: Sequence[AttemptInfo],
    granted: Mapping[str, int] | None = None,
) -> list[Line]:
    """Every quiz with the member's attempts at it, in the order of the quizzes. `granted` are further attempts
    that were given to the member, by quiz."""
    current = {one.slug: one for one in quizzes}
    mine = [found for found in attempts if found.quiz in current]
    known = replace(results(mine, current), fallen=fallen(mine))
    return [_line(one, known, (granted or {}).get(one.slug, 0)) for one in quizzes]


def _line(one: catalogue.Quiz, known: Results, granted: int) -> Line:
    mine = [found for found in known.attempts if found.quiz == one.slug and not found.practice]
    running = next((found for found in mine if found.open), None)
    ended = tuple(found for found in mine if not found.open)
    allowed = None if one.attempts is None else one.attempts + granted
    return Line(one, running, ended, quiz.attempts_left(allowed, len(mine)), known)


def asked(
    found: Frozen,
    taps: Sequence[Tap],
    here: int,
    typed: Fields | None = None,
    staged: Sequence[Stage] = (),
) -> list[Asked]:
    """The paper's questions as they may be seen while answering. The one on show (number `here`) holds its
    saved answer, or the fields `typed` that could not be read. `staged` are the paper's sections."""
    states = {number: one.state for one in staged for number in range(one.first, one.last + 1)}
    bank, won, lang = quiz.bank(found.quiz_version), quiz.winners(taps, found.sheets), language()
    made = []
    for number, sheet in enumerate(found.sheets, 1):
        tap = won.get(sheet.question)
        answer = None if tap is None else json.loads(tap.answer)
        act = 0 if tap is None else tap.number
        fields = quiz.page_fields(questions.shown(bank[sheet.question], sheet.order, answer))
        if number == here and (answer is not None or typed is not None):
            html = _ask(found.quiz_version, sheet, lang, answer, typed)
        else:
            html = _unanswered(found.quiz_version, sheet, lang)
        state = states.get(number, "now")
        made.append(Asked(number, sheet.question, html, canonical(fields), act, answer is not None, state))
    return made


@lru_cache(maxsize=4096)
def _unanswered(version: str, sheet: Sheet, lang: str) -> Markup:
    """A question without an answer. Versions never change and papers share questions, so it is made once."""
    return _ask(version, sheet, lang, None, None)


def _ask(version: str, sheet: Sheet, lang: str, answer: Answer | None, typed: Fields | None) -> Markup:
    presented = questions.present(quiz.bank(version)[sheet.question], sheet.order, lang, answer)
    if typed is not None:
        presented = as_typed(presented, typed)
    return rendered("ask", presented.kind, p=presented, name=field_name(sheet.question))


def as_typed(presented: Presented, typed: Fields) -> Presented:
    """The question with what its fields held, readable or not, in place of what is saved."""
    words = {part: " ".join(values) for part, values in typed.items()}
    chosen = typed.get("", ())
    return replace(
        presented,
        answer=words if words.keys() - {""} else words.get("", ""),
        options=tuple(replace(option, chosen=option.key in chosen) for option in presented.options),
        inner=tuple(as_typed(one, _inside(typed, one.id)) for one in presented.inner),
    )


def _inside(typed: Fields, name: str) -> Fields:
    """The fields of a question inside another one."""
    return {
        part[len(name) + 1 :]: values
        for part, values in typed.items()
        if part == name or part.startswith(f"{name}.")
    }


def rendered(part: str, kind: str, **values: Any) -> Markup:
    """A kind's own template, without the cost of a page's context, which it does not use."""
    template = current_app.jinja_env.get_template(f"questions/{kind}/{part}.html")
    return Markup(template.render(values))  # noqa: S704 – rendered by a template that escapes


def last_saved(taps: Sequence[Tap]) -> datetime | None:
    """When the last act was received, in UTC."""
    return max((tap.received_at for tap in taps), default=None)
