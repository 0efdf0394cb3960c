"""Questions of every kind as hypothesis makes them up: as TOML tables, with keys marked by a secret word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from learnapp import questions
from learnapp.questions import Question

SECRET = "geheim"

texts = st.text(alphabet="党员支部学习abcXYZ 1２，。*_`<>", min_size=1, max_size=12).filter(
    lambda t: t.strip() != ""
)
seeds = st.text(max_size=12)
decimals = st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False)


def option(text: str, right: bool) -> dict[str, Any]:
    """One option whose text does not tell whether it is right."""
    return {"text": text, "right": right, "feedback": f"{SECRET} feedback"}


@st.composite
def option_lists(draw: st.DrawFn, rights: st.SearchStrategy[int]) -> list[dict[str, Any]]:
    """Two to seven options with distinct texts, of which `rights` (capped) are right."""
    count = draw(st.integers(2, 7))
    right = min(draw(rights), count)
    places = draw(st.permutations(range(count)))[:right]
    return [option(f"text {place} {draw(texts)}", place in places) for place in range(count)]


@st.composite
def tables(draw: st.DrawFn, kind: str | None = None) -> dict[str, Any]:
    """A `[[question]]` table without fault."""
    name = kind or draw(st.sampled_from(["single", "multiple", "true-false", "numeric", "blank"]))
    table: dict[str, Any] = {
        "id": draw(st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True)),
        "kind": name,
        "stem": draw(texts),
        "explanation": f"{SECRET} explanation",
        "points": Decimal(draw(st.integers(1, 1000))) / 100,
        "difficulty": draw(st.integers(1, 3)),
        "topic": draw(st.sampled_from(["", "学时"])),
        "pool": draw(st.sampled_from(["", "duties"])),
    }
    if draw(st.booleans()):
        table |= {"stem_en": draw(texts), "explanation_en": f"{SECRET} in English"}
    return table | draw(_bodies(name))


def _bodies(name: str) -> st.SearchStrategy[dict[str, Any]]:
    shuffle = st.booleans()
    if name == "single":
        return st.fixed_dictionaries({"options": option_lists(st.just(1)), "shuffle": shuffle})
    if name == "multiple":
        many = option_lists(st.integers(1, 7))
        return st.fixed_dictionaries({"options": many, "partial": st.booleans(), "shuffle": shuffle})
    if name == "true-false":
        return st.fixed_dictionaries({"answer": st.booleans()})
    if name == "numeric":
        tolerance = decimals.map(lambda number: abs(number) / 1000)
        unit = st.sampled_from(["", "学时", "%", "km"])
        return st.fixed_dictionaries({"value": decimals, "tolerance": tolerance, "unit": unit})
    words = st.lists(texts.map(lambda text: f"{SECRET} {text}"), min_size=1, max_size=3)
    return st.fixed_dictionaries({"accept": words})


def parsed(table: dict[str, Any]) -> Question:
    """The question of a table without fault."""
    found, problems = questions.parse_questions([table], "test.toml")
    assert [problem for problem in problems if problem.severity == "error"] == []
    return found[0]


def asked(kind: str | None = None) -> st.SearchStrategy[Question]:
    """Questions of one kind, or of all."""
    return tables(kind).map(parsed)


def right_answer(question: Question) -> questions.Answer:
    """An answer that earns everything, found from the definition."""
    body = question.body
    if question.kind == "single":
        return next(str(option.id) for option in body.options if option.right)
    if question.kind == "multiple":
        return [option.id for option in body.options if option.right]
    if question.kind == "true-false":
        return bool(body.answer)
    if question.kind == "numeric":
        return format(body.value, "f")
    return str(body.accept[0])


@st.composite
def answers(draw: st.DrawFn, question: Question) -> Any:
    """Any value that a page of this question could send, right, wrong or empty."""
    keys = "abcdefg"[: len(questions.shuffle(question, ""))]
    if question.kind == "single":
        return draw(st.sampled_from(["", *keys]))
    if question.kind == "multiple":
        return draw(st.lists(st.sampled_from(keys), unique=True))
    if question.kind == "true-false":
        return draw(st.sampled_from([None, True, False, "true", "false"]))
    if question.kind == "numeric":
        return format(draw(st.one_of(decimals, st.just(question.body.value))), "f")
    return draw(st.one_of(texts, st.sampled_from(question.body.accept)))
