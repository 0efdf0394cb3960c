"""Questions of every kind as hypothesis makes them up: as TOML tables, with keys marked by a secret word."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from learnapp import questions
from learnapp.questions import Criterion, Question

SECRET = "geheim"

texts = st.text(alphabet="党员支部学习abcXYZ 1２，。*_`<>", min_size=1, max_size=12).filter(
    lambda t: t.strip() != ""
)
seeds = st.text(max_size=12)
KINDS = [
    "single",
    "multiple",
    "true-false",
    "numeric",
    "blank",
    "matching",
    "ordering",
    "cloze",
    "short",
    "essay",
    "case",
]
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
    name = kind or draw(st.sampled_from(KINDS))
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


distinct = st.lists(texts, min_size=2, max_size=5).map(
    lambda found: [f"text {place} {text}" for place, text in enumerate(found)]
)
penalties = st.integers(0, 60).map(lambda hundredths: Decimal(hundredths) / 100)


@st.composite
def _matching(draw: st.DrawFn) -> dict[str, Any]:
    """Pairs of which some may share their right side, and choices that fit nothing."""
    left, right = draw(distinct), draw(distinct)
    pairs = [{"left": one, "right": draw(st.sampled_from(right))} for one in left]
    table: dict[str, Any] = {"pairs": pairs, "distractors": [f"other {text}" for text in right]}
    if draw(st.booleans()):
        return table | {"partial": False}
    return table | {"penalty": draw(penalties)}


@st.composite
def _cloze(draw: st.DrawFn) -> dict[str, Any]:
    """One to four blanks of any kind, in any order in the text."""
    count = draw(st.integers(1, 4))
    kinds = [draw(st.sampled_from(["single", "numeric", "blank"])) for _ in range(count)]
    blanks = [draw(_bodies(kind)) for kind in kinds]
    places = draw(st.permutations(range(1, count + 1)))
    text = "，".join(f"{draw(texts)}{{{{{place}}}}}" for place in places)
    table: dict[str, Any] = {"text": text, "blanks": blanks}
    if draw(st.booleans()):
        return table | {"partial": False}
    return table | {"penalty": draw(penalties)}


@st.composite
def _written(draw: st.DrawFn) -> dict[str, Any]:
    """A rubric of one to four criteria, some with levels, and the points that they add up to."""
    rubric: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 4))):
        hundredths = draw(st.integers(2, 500))
        criterion = {"id": f"c{place}", "text": f"{SECRET} {draw(texts)}", "points": _decimal(hundredths)}
        if draw(st.booleans()):
            steps = draw(st.lists(st.integers(0, hundredths - 1), min_size=1, max_size=4, unique=True))
            levels = [{"text": f"{SECRET} {step}", "points": _decimal(step)} for step in (*steps, hundredths)]
            criterion["levels"] = draw(st.permutations(levels))
        rubric.append(criterion)
    table: dict[str, Any] = {"rubric": rubric, "points": sum(one["points"] for one in rubric)}
    if draw(st.booleans()):
        table |= {"model": f"{SECRET} model", "limit": draw(st.integers(100, 2000))}
    return table


def _decimal(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100


@st.composite
def possible_marks(draw: st.DrawFn, wanted: Sequence[Criterion]) -> dict[str, int]:
    """A mark for each criterion that can be given."""
    return {
        one.id: draw(
            st.sampled_from([level.points_hundredths for level in one.levels])
            if one.levels
            else st.integers(0, one.points_hundredths)
        )
        for one in wanted
    }


@st.composite
def _case(draw: st.DrawFn) -> dict[str, Any]:
    """One to three questions of the other kinds."""
    parts = [draw(tables(draw(st.sampled_from(KINDS[:-1])))) for _ in range(draw(st.integers(1, 3)))]
    return {"parts": [{**part, "id": f"part-{number}"} for number, part in enumerate(parts)]}


def _bodies(name: str) -> st.SearchStrategy[dict[str, Any]]:
    shuffle = st.booleans()
    if name == "matching":
        return _matching()
    if name == "ordering":
        return st.fixed_dictionaries({"items": distinct, "partial": st.booleans()})
    if name == "cloze":
        return _cloze()
    if name in ("short", "essay"):
        return _written()
    if name == "case":
        return _case()
    if name == "single":
        return st.fixed_dictionaries({"options": option_lists(st.just(1)), "shuffle": shuffle})
    if name == "multiple":
        many = option_lists(st.integers(1, 7))
        plain = st.fixed_dictionaries({"options": many, "partial": st.booleans(), "shuffle": shuffle})
        costly = st.fixed_dictionaries({"options": many, "partial": st.just(True), "penalty": penalties})
        return st.one_of(plain, costly)
    if name == "true-false":
        return st.fixed_dictionaries({"answer": st.booleans()})
    if name == "numeric":
        tolerance = decimals.map(lambda number: abs(number) / 1000)
        unit = st.sampled_from(["", "学时", "%", "km"])
        number = st.fixed_dictionaries({"value": decimals, "tolerance": tolerance, "unit": unit})
        others = [{"unit": "m", "factor": "1/1000"}, {"unit": "尺", "unit_en": "chi", "factor": "1/3000"}]
        measure = {"value": decimals, "tolerance": tolerance, "unit": st.just("km"), "units": st.just(others)}
        return st.one_of(number, st.fixed_dictionaries(measure))
    words = st.lists(texts.map(lambda text: f"{SECRET} {text}"), min_size=1, max_size=3)
    return st.fixed_dictionaries({"accept": words, "numerals": st.booleans()})


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
    if question.kind == "blank":
        return str(body.accept[0])
    return questions.right_answer(question)


@st.composite
def answers(draw: st.DrawFn, question: Question) -> Any:
    """Any value that a page of this question could send, right, wrong or empty."""
    order = questions.shuffle(question, "")
    keys = "abcdefghijkl"[: len(order)]
    if question.kind == "matching":
        lefts = [str(number) for number in range(1, len(question.body.pairs) + 1)]
        return draw(st.dictionaries(st.sampled_from(lefts), st.sampled_from(["", *keys])))
    if question.kind == "ordering":
        places = [str(number) for number in range(1, len(order) + 1)]
        return draw(st.dictionaries(st.sampled_from(keys), st.sampled_from(["", *places])))
    if question.kind in ("cloze", "case"):
        return draw(_parts(question))
    if question.kind in ("short", "essay"):
        return draw(st.text(max_size=30))
    if question.kind == "single":
        return draw(st.sampled_from(["", *keys]))
    if question.kind == "multiple":
        return draw(st.lists(st.sampled_from(keys), unique=True))
    if question.kind == "true-false":
        return draw(st.sampled_from([None, True, False, "true", "false"]))
    if question.kind == "numeric":
        number = format(draw(st.one_of(decimals, st.just(question.body.value))), "f")
        units = [str(place) for place, _ in enumerate(question.body.units, 1)]
        return {"": number, "unit": draw(st.sampled_from(["", *units]))} if units else number
    return draw(st.one_of(texts, st.sampled_from(question.body.accept)))


@st.composite
def _parts(draw: st.DrawFn, question: Question) -> dict[str, Any]:
    """The fields of the places of a cloze or case, some of them left out."""
    body = question.body
    inner = [(one.id, one) for one in body.parts] if question.kind == "case" else []
    if question.kind == "cloze":
        inner = [
            (one.name, Question(id=one.name, kind=one.kind.name, stem="?", body=one.body))
            for one in body.blanks
        ]
    fields: dict[str, Any] = {}
    for name, one in inner:
        value = draw(st.one_of(st.just(None), answers(one)))
        parts = value if isinstance(value, dict) else {"": value}
        fields |= {f"{name}.{part}" if part else name: given for part, given in parts.items()}
    return fields
