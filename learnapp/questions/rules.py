"""What can be done with a question, whatever its kind: the common half of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions import grading, kinds
from learnapp.questions.contract import (
    ALL,
    Answer,
    Findings,
    Given,
    Json,
    Marked,
    Order,
    Presented,
    PresentedOption,
    Question,
    Reviewed,
    ReviewedOption,
    Score,
    Show,
    Verdict,
    pick,
)
from learnapp.questions.seeds import mixed

Html = Callable[[str], str]

# A mark that is not shown, what a marker's judgement needs to be shown, the place of what was put nowhere, and
# what each cell of a place needs.
_UNTOLD = Score(0, 0, ())
_JUDGED: frozenset[Show] = frozenset({"mark", "correctness", "feedback"})
_NOWHERE = 10**6
_CELLS: Mapping[str, Show] = {"given": "answer", "key": "key", "place": "key", "right": "correctness"}

_DEFAULTS = {f.name: f.default for f in fields(Question) if f.name not in ("id", "kind", "stem", "body")}


def shuffle(question: Question, seed: str) -> Order:
    """The order of the question's options under this seed, the same for ever. Freeze it with the paper."""
    kind = kinds.get(question.kind)
    return kind.shuffle(question.body, lambda ids: mixed(ids, seed, "options", question.id))


def written_order(question: Question) -> Order:
    """The question's options in the order of the definition."""
    return kinds.get(question.kind).shuffle(question.body, tuple)


def chance(question: Question) -> Fraction | None:
    """The share of the points that a random guess earns on average: of a single choice, one out of the number
    of its options; of a typed answer nothing. None where a kind cannot tell."""
    guess = getattr(kinds.get(question.kind), "guess", None)
    found: Fraction | None = None if guess is None else guess(question.body)
    return found


def present(
    question: Question, order: Order, lang: str, answer: Answer | None = None, html: Html | None = None
) -> Presented:
    """What may reach a browser before submission, with the person's saved answer put back in its place.

    `html` turns markdown source into safe HTML; without it the `html` fields stay empty.
    """
    kind = kinds.get(question.kind)
    face = kind.present(question.body, order, lang)
    saved = None if answer is None else kind.shown(question.body, order, answer)
    stem = pick(lang, question.stem, question.stem_en)
    hint = pick(lang, question.hint, question.hint_en)
    return Presented(
        id=question.id,
        kind=question.kind,
        stem=stem,
        rule=kind.rule(question.body),
        hint=hint,
        points_hundredths=question.points_hundredths,
        options=tuple(_shown_option(option, saved, html) for option in face.options),
        answer=saved,
        more=face.more,
        inner=tuple(
            present(one.question, one.order, lang, _inside(answer, one.question.id), html)
            for one in face.inner
        ),
        stem_html=html(stem) if html else "",
        hint_html=html(hint) if html and hint else "",
    )


def _inside(answer: Answer | None, name: str) -> Answer | None:
    """The answer to a question inside another one; where there are such, an answer is a mapping."""
    return answer.get(name) if isinstance(answer, Mapping) else None


def _shown_option(option: PresentedOption, saved: Json, html: Html | None) -> PresentedOption:
    chosen = option.key == saved or (isinstance(saved, list | tuple) and option.key in saved)
    return replace(option, chosen=chosen, html=html(option.text) if html else "")


def shown(question: Question, order: Order, answer: Answer | None) -> Json:
    """A stored answer in the terms of this person's page, for a script there; None if unanswered."""
    return None if answer is None else kinds.get(question.kind).shown(question.body, order, answer)


def read(question: Question, order: Order, value: object) -> Answer | None:
    """The answer in a JSON act, in the definition's terms; None when it is empty.

    `value` is a text, number, true or false, a list of these, or an object part -> such a value (part ""
    is the answer itself), so a page may send its form fields as they are. Raises Invalid when it cannot
    be understood.
    """
    return kinds.get(question.kind).read(question.body, order, _given(value))


def read_form(
    question: Question, order: Order, form: Mapping[str, Sequence[str]], name: str
) -> Answer | None:
    """The answer in a form post (field -> values): the field `name`, and fields `name.part` for parts.
    None when it is empty; raises Invalid when it cannot be understood."""
    given: dict[str, tuple[str, ...]] = {}
    for field, values in form.items():
        if field == name:
            given[""] = tuple(values)
        elif field.startswith(f"{name}."):
            given[field[len(name) + 1 :]] = tuple(values)
    return kinds.get(question.kind).read(question.body, order, given)


def _given(value: object) -> Given:
    if isinstance(value, Mapping):
        return {str(part): _values(inner) for part, inner in value.items()}
    return {"": values} if (values := _values(value)) else {}


def _values(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float):
        return (repr(value),)
    if isinstance(value, list | tuple) and not any(isinstance(item, list | tuple) for item in value):
        return tuple(text for item in value for text in _values(item))
    raise Invalid("answer_shape", N_("This answer cannot be read."))


def right_answer(question: Question) -> Answer:
    """An answer that earns everything, in the definition's terms."""
    return kinds.get(question.kind).right(question.body)


def review(
    question: Question,
    order: Order,
    answer: Answer | None,
    lang: str,
    html: Html | None = None,
    *,
    marked: Marked | None = None,
    waits: bool = True,
    shows: frozenset[Show] = ALL,
    careful: bool = False,
) -> Reviewed:
    """What may be seen after submission, and nothing else: of chosen, right, key and explanation what `shows`
    names. `html` as for `present`.

    `marked` is what a person made of the answer, where one had to; `waits` says whether one still will.
    `careful` hides whether the answer is right wherever that tells the key, for as long as others may still
    answer. Raises Invalid for marks that do not fit the answer.
    """
    told = shows
    if careful and tells(question):
        shows = shows - {"correctness"}
    found = kinds.get(question.kind).review(question.body, order, answer, lang)
    score = (
        grading.grade(question, answer)
        if marked is None
        else grading.grade_marked(question, answer, marked.marks)
    )
    stem = pick(lang, question.stem, question.stem_en)
    explanation = pick(lang, question.explanation, question.explanation_en)
    return Reviewed(
        id=question.id,
        kind=question.kind,
        stem=stem,
        verdict=_verdict(answer, score, waits, shows),
        score=score if shows >= {"mark", "correctness"} else _UNTOLD,
        options=tuple(_reviewed_option(option, shows, html) for option in found.options),
        given=found.given if "answer" in shows else "",
        key=found.key if "key" in shows else (),
        explanation=explanation if "key" in shows else "",
        more=_more(found, shows),
        inner=tuple(
            review(
                one.question,
                one.order,
                _inside(answer, one.question.id),
                lang,
                html,
                marked=grading.marked_inside(marked, one.question.id),
                waits=waits,
                shows=told,
                careful=careful,
            )
            for one in found.inner
        ),
        criteria=grading.reviewed_criteria(question, answer, marked, lang) if shows >= _JUDGED else (),
        comment=marked.comment if marked and "feedback" in shows else "",
        stem_html=html(stem) if html else "",
        explanation_html=html(explanation) if html and explanation and "key" in shows else "",
        shows=shows,
    )


def tells(question: Question) -> bool:
    """Whether it tells the key to learn that an answer is right or wrong: with two options, say."""
    return kinds.told(kinds.get(question.kind), question.body)


def _reviewed_option(option: ReviewedOption, shows: frozenset[Show], html: Html | None) -> ReviewedOption:
    said = "feedback" in shows and (option.chosen or "key" in shows)
    feedback = option.feedback if said else ""
    return replace(
        option,
        chosen=option.chosen and "answer" in shows,
        right=option.right and "key" in shows,
        feedback=feedback,
        html=html(option.text) if html else "",
        feedback_html=html(feedback) if html and feedback else "",
    )


def _more(found: Findings, shows: frozenset[Show]) -> Mapping[str, Json]:
    """What the template of the kind gets besides; places in the right order only where that is shown."""
    more = dict(found.more)
    if "key" in shows:
        more |= found.key_more
    if "answer" in shows:
        more |= found.given_more
    if not found.rows:
        return more
    hidden = {name for name, need in _CELLS.items() if need not in shows}
    rows = sorted(found.rows, key=lambda row: _place(row, "place" if "key" in shows else "given", shows))
    cut: list[Json] = [{name: cell for name, cell in row.items() if name not in hidden} for row in rows]
    return {**more, "rows": cut}


def _place(row: Mapping[str, Json], by: str, shows: frozenset[Show]) -> int:
    """Where a thing belongs, of those that have to be put in order; until that is shown, where it was put."""
    if "place" not in row or _CELLS[by] not in shows:
        return 0
    place = row.get(by)
    return place if isinstance(place, int) else _NOWHERE


def _verdict(answer: Answer | None, score: Score, waits: bool, shows: frozenset[Show]) -> Verdict:
    if not shows & {"answer", "correctness"}:
        return "untold"
    if answer is None:
        return "unanswered"
    if score.pending:
        return "waiting" if waits else "unmarked"
    if "correctness" not in shows:
        return "untold"
    if score.full:
        return "right"
    return "partly" if score.earned_hundredths else "wrong"


def to_canonical(question: Question) -> dict[str, Json]:
    """The question as JSON without floats, for storing and hashing. Fields that equal their default are
    left out, so that a field added later does not change the hash of what was published before."""
    dumped: dict[str, Json] = {"id": question.id, "kind": question.kind, "stem": question.stem}
    for name, default in _DEFAULTS.items():
        value = getattr(question, name)
        if value != default:
            dumped[name] = value
    dumped["body"] = kinds.get(question.kind).dump(question.body)
    return dumped


def with_texts(question: Question, change: Callable[[str], str]) -> Question:
    """The question with every text of it changed, whatever its kind calls them. Ids and other words pass
    through `change` as well, so it must leave alone what it is not about."""
    return from_canonical(_changed(to_canonical(question), change))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(inner, change) for key, inner in value.items()}
    return [_changed(inner, change) for inner in value] if isinstance(value, list) else value


def from_canonical(data: Mapping[str, Any]) -> Question:
    """The question that `to_canonical` wrote. Raises Invalid for a kind that is not known."""
    body = kinds.get(data["kind"]).load(data["body"])
    return Question(**{**data, "body": body})
