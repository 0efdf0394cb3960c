"""Every kind has its templates and its docs page; the templates can be used without seeing and say nothing
they should not; the examples in the docs are real questions."""

from __future__ import annotations

import gettext
import tomllib
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from learnapp import questions
from learnapp.questions import Question
from learnapp.questions.loader import COMMON_KEYS

ROOT = Path(__file__).parents[2]
KINDS = sorted(questions.kinds_by_name())
ANSWERS: dict[str, Any] = {
    "single": "b",
    "multiple": ["a", "c"],
    "true-false": True,
    "numeric": "８１.60",
    "blank": " 党小组会<b>",
    "matching": {"1": "c", "3": "a"},
    "ordering": {"a": "2", "b": "1", "d": "2"},
    "short": "先看记录\n再敲门<b>",
    "essay": "三种情况都照顾到<b>",
    "cloze": {"1": " 党小组会<b>", "2": "１", "3": "b"},
    "case": {"hours": "2", "then.a": "1", "then.c": "3"},
}


OUTCOMES = {
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not right yet",
    "unanswered": "Not answered",
    "waiting": "Waiting to be marked by a person",
}


def strong(source: str) -> str:
    """Markdown as a door might render it."""
    return Markup("<strong>{}</strong>").format(source)


def example(kind: str) -> Question:
    """The question in the docs page of the kind."""
    page = (ROOT / "docs" / "questions" / f"{kind}.md").read_text("utf-8")
    source = page.split("```toml\n")[1].split("```")[0]
    tables = tomllib.loads(source, parse_float=Decimal)["question"]
    found, problems = questions.parse_questions(tables, f"{kind}.md", questions.lines_of(source))
    assert problems == []
    assert found[0].kind == kind
    return found[0]


def render(template: str, **context: Any) -> str:
    """A template as the product renders it, in English, with plain text for markdown."""
    loader = FileSystemLoader(ROOT / "templates")
    extensions = ["jinja2.ext.i18n"]
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, extensions=extensions)
    env.install_gettext_translations(gettext.NullTranslations(), newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    env.globals["static_url"] = lambda name: f"/static/{name}"
    env.filters["points"] = lambda hundredths: f"{hundredths / 100:g}"
    env.filters["inline_markdown"] = lambda source: Markup("<em>{}</em>").format(source)
    return env.get_template(template).render(**context)


class Form(HTMLParser):
    """Collects what a form would send, and how each field is labelled."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fields: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.select = ""
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "label":
            self.labels.append(str(found["for"]))
        if tag == "select":
            self.select = str(found["name"])
        if tag == "option" and "selected" in found and found["value"]:
            self.fields[self.select] = [found["value"]]
        if tag == "textarea":
            self.area = str(found["name"])
            self.fields[self.area] = [""]
        if tag in ("input", "select", "textarea"):
            self.ids.append(str(found["id"]))
            if "aria-label" in found:
                self.labels.append(str(found["id"]))
            if tag == "input" and ("checked" in found or found.get("type") not in ("radio", "checkbox")):
                self.fields.setdefault(str(found["name"]), []).append(found["value"] or "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][0] += data.replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


@pytest.mark.parametrize("kind", KINDS)
def test_ask_is_labelled_gives_nothing_away_and_keeps_the_answer(kind: str) -> None:
    question = example(kind)
    order = questions.shuffle(question, "seed")
    answer = questions.read(question, order, ANSWERS[kind])
    presented = questions.present(question, order, "zh", answer)
    page = render(f"questions/{kind}/ask.html", p=presented, name="q-7", number=7)
    form = Form(page)
    assert form.tags.count("fieldset") == form.tags.count("legend") == (len(presented.inner) or 1)
    assert form.ids and len(set(form.ids)) == len(form.ids) and set(form.ids) == set(form.labels)
    assert questions.read_form(question, order, form.fields, "q-7") == answer
    assert f"<em>{escape(question.stem)}</em>" in page
    assert "7. " in page and presented.rule in page
    assert "以原文为准" not in page and "feedback" not in page and question.explanation not in page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answered", [True, False])
def test_review_says_outcome_key_and_explanation_in_words(kind: str, answered: bool) -> None:
    question = example(kind)
    order = questions.shuffle(question, "seed")
    answer = questions.read(question, order, ANSWERS[kind]) if answered else None
    reviewed = questions.review(question, order, answer, "zh")
    page = render(f"questions/{kind}/review.html", r=reviewed)
    assert OUTCOMES[reviewed.verdict] in page
    assert str(escape(question.explanation)) in page
    told = ("Right answer", "Your choice, right", "An answer to compare with")
    assert any(words in page for words in told) or reviewed.inner or questions.human(question)
    assert "<b>" not in page and "<input" not in page


def test_html_from_the_door_is_used_as_it_is() -> None:
    question = example("single")
    order = questions.shuffle(question, "seed")
    presented = questions.present(question, order, "zh", html=strong)
    page = render("questions/single/ask.html", p=presented, name="q")
    assert f"<strong>{question.stem}</strong>" in page and "<em>" not in page
    assert page.count("<strong>") == 4


@pytest.mark.parametrize("kind", KINDS)
def test_the_docs_name_every_key(kind: str) -> None:
    page = (ROOT / "docs" / "questions" / f"{kind}.md").read_text("utf-8")
    index = (ROOT / "docs" / "questions" / "README.md").read_text("utf-8")
    assert [key for key in questions.kinds_by_name()[kind].keys if f"`{key}`" not in page] == []
    assert f"({kind}.md)" in index
    assert [key for key in COMMON_KEYS if f"`{key}`" not in index] == []
