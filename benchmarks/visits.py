"""What a member's browser does, request by request: sign in, read a module, take a quiz.

The requests are those of a browser with JavaScript: an answer is posted as JSON by the page's script, with the
attempt's own token. A form is sent with the CSRF token that stood in it.
"""

from __future__ import annotations

import gzip
import html
import itertools
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.client import Answer, Ask, Script
from benchmarks.world import COURSE, MODULE, PASSWORD, QUIZ, sign_in_name

MODULE_PAGE = "module page"
START, PAPER, SAVE, SUBMIT, REVIEW = "quiz start", "paper page", "save one answer", "submit", "review page"
CLOCK = "clock of a running page"
STEPS = (START, PAPER, SAVE, SUBMIT, REVIEW)
QUESTIONS = 10
REQUESTS = QUESTIONS + 4  # of one attempt: start, paper, a save per question, submit, review

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_TOKEN = re.compile(r'data-token="([^"]+)"')
_QUESTION = re.compile(r'<(?:section|template) data-question="([^"]+)"(.*?)</(?:section|template)>', re.S)
_CHOICE = re.compile(r'<input[^>]*type="(?:radio|checkbox)"[^>]*>')
_NAME, _VALUE = re.compile(r' name="([^"]+)"'), re.compile(r' value="([^"]*)"')


def page(answer: Answer) -> str:
    """The text of a page as the browser reads it."""
    body = gzip.decompress(answer.body) if answer.header("Content-Encoding") == "gzip" else answer.body
    return body.decode()


def form_token(text: str) -> str:
    """The CSRF token of a form on a page."""
    return _first(_CSRF, text)


def paper_of(text: str) -> tuple[str, list[tuple[str, dict[str, list[str]]]]]:
    """The attempt's token on the page of a running attempt, and each of its questions with an answer to it."""
    return _first(_TOKEN, text), [(name, _choice(part)) for name, part in _QUESTION.findall(text)]


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise ValueError(f"{pattern.pattern} is not on the page {text[:200]!r}")
    return html.unescape(found[1])


def sign_in(number: int) -> Script:
    """Through the real form."""
    form = yield Ask("sign-in page", "/accounts/sign-in")
    fields = {
        "csrf_token": form_token(page(form)),
        "name": sign_in_name(number),
        "password": PASSWORD,
        "next": "/",
    }
    yield Ask("sign in", "/accounts/sign-in", urlencode(fields).encode(), expect=303)


def read_module(until: float) -> Script:
    """The module page, again and again."""
    while time.perf_counter() < until:
        yield Ask(MODULE_PAGE, f"/study/{COURSE}/{MODULE}/")


@dataclass
class Member:
    """What a browser remembers between the steps of an attempt."""

    csrf: str = ""
    attempt: str = ""
    token: str = ""
    answers: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def open_quiz(self) -> Script:
        """The page with the start button, for its token."""
        answer = yield Ask("quiz page", f"/quiz/{QUIZ}/")
        self.csrf = form_token(page(answer))

    def start(self) -> Script:
        """Presses start."""
        answer = yield Ask(START, f"/quiz/{QUIZ}/", self._form(), expect=303)
        self.attempt = answer.header("Location").rstrip("/").rsplit("/", 1)[1]

    def paper(self) -> Script:
        """Opens the paper and picks an answer for each of its ten questions."""
        answer = yield Ask(PAPER, f"/quiz/attempts/{self.attempt}/")
        text = page(answer)
        self.token, self.answers = paper_of(text)
        if len(self.answers) != QUESTIONS:
            raise ValueError(f"{len(self.answers)} questions on a paper of {QUESTIONS}")

    def saves(self) -> Script:
        """Taps one answer after the other; each is posted at once and must be answered as saved."""
        session = secrets.token_hex(8)
        for number, (question, given) in enumerate(self.answers, 1):
            act = {
                **{"session": session, "number": number, "question": question, "answer": given},
                **{"wall_ms": number * 4000, "monotonic_ms": number * 4000},
            }
            answer = yield Ask(
                SAVE,
                f"/quiz/attempts/{self.attempt}/acts",
                json.dumps({"session": session, "acts": [act]}).encode(),
                "application/json",
                accept="application/json",
                headers=f"\r\nX-Attempt-Token: {self.token}\r\nSec-Fetch-Site: same-origin",
            )
            if b'"saved"' not in answer.body:
                raise ValueError(f"not saved: {answer.text[:200]}")

    def polls(self) -> Script:
        """Asks for the clock, as a running page does every four seconds; no part of an attempt here, since how
        often depends on how long somebody thinks."""
        for _ in range(QUESTIONS):
            path = f"/quiz/attempts/{self.attempt}/clock"
            answer = yield Ask(CLOCK, path, accept="application/json")
            if b'"open":true' not in answer.body:
                raise ValueError(f"no clock: {answer.text[:200]}")

    def submit(self) -> Script:
        """Hands in."""
        path = f"/quiz/attempts/{self.attempt}/submit"
        yield Ask(SUBMIT, path, self._form(), expect=303)

    def review(self) -> Script:
        """Reads the result."""
        yield Ask(REVIEW, f"/quiz/attempts/{self.attempt}/review")

    def attempts(self, until: float) -> Script:
        """One attempt after the other, from start to review, until the time is up."""
        while True:
            for step in self.steps():
                script = step()
                answer: Answer | None = None
                while True:
                    try:
                        ask = next(script) if answer is None else script.send(answer)
                    except StopIteration:
                        break
                    if time.perf_counter() >= until:
                        return
                    answer = yield ask

    def steps(self) -> tuple[Callable[[], Script], ...]:
        """The steps of one attempt in their order."""
        return (self.start, self.paper, self.saves, self.submit, self.review)

    def _form(self) -> bytes:
        return urlencode({"csrf_token": self.csrf}).encode()


def _choice(part: str) -> dict[str, list[str]]:
    """The first thing one can choose, or a 3 in every field for text."""
    choice = _CHOICE.search(part)
    if choice:
        return {"": [_first(_VALUE, choice[0])]}
    names = itertools.chain.from_iterable(_NAME.findall(tag) for tag in re.findall(r"<input[^>]*>", part))
    return {name.partition(".")[2]: ["3"] for name in names}
