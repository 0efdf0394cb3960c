"""A sample of the recorded traffic, and leaks that are planted: each has to be found."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, Response, request
from sqlalchemy import select

from learnapp import questions, quiz
from learnapp.db import db, table_of
from learnapp.quiz import phases
from learnapp.web.quiz import results, shown
from tests.prove import traffic
from tests.prove.traffic_search import Answer, alike, marks

MARK = "qzkabcdefgh23"
SEED = 3


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """A question that a planted leak has rendered must not be met again, here or in another test."""
    shown._unanswered.cache_clear()
    yield
    shown._unanswered.cache_clear()


def _answer(body: bytes, packed: bool = False, headers: bytes = b"") -> Answer:
    return Answer("GET /", 200, headers, gzip.compress(body) if packed else body, packed)


FORMS = {
    "as it is": f"<p>{MARK}</p>".encode(),
    "html": "".join(f"&#x{ord(c):x};" for c in MARK).encode(),
    "json": json.dumps(MARK).replace("q", "\\u0071").encode(),
    "address": quote(MARK).replace("k", "%6b").encode(),
    "base64": base64.b64encode(f"..{MARK}..".encode()),
    "base64 with its end cut": base64.b64encode(f"::: {MARK}".encode()).rstrip(b"="),
    "base64 with an end of two": base64.b64encode(f":: {MARK}".encode()),
    "base64, one later": base64.b64encode(f".{MARK}..".encode()),
    "base64 in an address": base64.urlsafe_b64encode(f"<?>{MARK}?>?".encode()),
    "hexadecimal": f"a{MARK}".encode().hex().encode(),
    "tags in its middle": b"qzk<b>abcdef</b>gh23",
    "a signed session": base64.urlsafe_b64encode(zlib.compress(f"x {MARK}".encode())),
}


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("packed", [False, True])
def test_a_mark_is_found_in_every_form(form: str, packed: bool) -> None:
    assert marks(_answer(b"one " + FORMS[form] + b" two", packed)) == {MARK}
    assert marks(_answer(b"", headers=b"X-Told: " + FORMS[form])) == {MARK}


def test_numbers_are_marks_and_nothing_else_is() -> None:
    assert marks(_answer(b"73519123456 735191234 qzkshort")) == {"73519123456"}


def test_ids_may_differ_and_words_may_not() -> None:
    one, two = (b"<p id=%s>%s</p>" % (name * 32, name * 32) for name in (b"a", b"b"))
    assert alike(_answer(one)) == alike(_answer(two))
    assert alike(_answer(one + b"Right")) != alike(_answer(two + b"Wrong"))
    assert alike(_answer(one)) != alike(_answer(b"<p id=%s>%s</p>" % (b"a" * 32, b"b" * 32)))


@pytest.mark.process
def test_nothing_is_sent_before_its_phase(tmp_path: Path, sqlite_template: Path) -> None:
    figures = traffic.prove(3, SEED, tmp_path, sqlite_template)
    assert figures.ok, figures.text()
    assert figures.answers > 400 and figures.compared > 50, figures.text()
    assert figures.seen["paper"] > 1000 and figures.seen["key"] > 50, figures.text()


# Leaks, each as somebody might really make it


def _key_shown_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """The phases forget that others may still answer."""
    monkeypatch.setattr(phases, "careful", lambda found, settings: False)


def _explanation_in_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A running page carries explanations along, packed away for its script."""
    present = questions.present

    def leaking(question: questions.Question, *values: Any, **more: Any) -> questions.Presented:
        packed = base64.b64encode(question.explanation.encode()).decode()
        return replace(present(question, *values, **more), hint=packed)

    monkeypatch.setattr(questions, "present", leaking)


def _right_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A review without the key still marks the right option: no text tells it, only how the page looks."""
    review = questions.review

    def leaking(question: Any, order: Any, answer: Any, lang: str, **values: Any) -> Any:
        told = review(question, order, answer, lang, **values)
        full = review(question, order, answer, lang)
        options = tuple(replace(a, right=b.right) for a, b in zip(told.options, full.options, strict=True))
        return replace(told, options=options)

    monkeypatch.setattr(questions, "review", leaking)


def _marks_in_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of quizzes says at once who earned much."""

    def leaking(self: results.Results, found: quiz.AttemptInfo) -> phases.Standing:
        return "passed" if (found.earned or 0) >= 150 else "received"

    monkeypatch.setattr(results.Results, "standing", leaking)


def _undrawn_in_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question of the pool travels along in a header, escaped."""
    frame = Flask.process_response

    def leaking(self: Flask, response: Response) -> Response:
        found = re.search(r"/attempts/([0-9a-f]{32})/", request.path)
        if found and request.method == "GET" and response.status_code == 200:
            version = _version(found.group(1))
            response.headers["X-Pool"] = quote(" ".join(one.stem for one in quiz.bank(version).values()))
        return frame(self, response)

    monkeypatch.setattr(Flask, "process_response", leaking)


def _version(attempt: str) -> str:
    column = table_of(quiz.Attempt)
    return str(db.session.scalar(select(column.c.quiz_version).where(column.c.id == attempt)))


PLANTED = {
    "keys too early": (_key_shown_early, "leaks"),
    "an explanation in the page": (_explanation_in_the_page, "leaks"),
    "the class of the right option": (_right_class, "differences"),
    "marks in a list": (_marks_in_a_list, "differences"),
    "undrawn questions in a header": (_undrawn_in_a_header, "leaks"),
}


@pytest.mark.process
@pytest.mark.parametrize("name", list(PLANTED))
def test_a_planted_leak_is_found(
    name: str, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, where = PLANTED[name]
    plant(monkeypatch)
    figures = traffic.prove(3, SEED, tmp_path, sqlite_template)
    assert not figures.ok
    assert getattr(figures, where), figures.text()
