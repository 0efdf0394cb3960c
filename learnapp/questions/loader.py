"""From TOML tables to questions, with every problem named by file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from learnapp.errors import N_, Problem
from learnapp.questions import kinds
from learnapp.questions.contract import ID, Findings, Grading, Kind, Question, Status
from learnapp.questions.folding import fold
from learnapp.questions.trail import LineOf, Trail, no_lines

_TEXTS = ("stem", "stem_en", "topic", "explanation", "explanation_en", "pool", "section", "hint", "hint_en")
COMMON_KEYS = frozenset({"id", "kind", "difficulty", "points", "status", "grading", *_TEXTS})
STATUSES = ("active", "draft", "retired")
GRADINGS = ("", "full", "none")
_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_WHOLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_QUOTES = re.compile(r'"""|\'\'\'')


def parse_questions(
    tables: Sequence[object], file: str, line_of: LineOf = no_lines
) -> tuple[tuple[Question, ...], list[Problem]]:
    """The usable questions of a file in their order, and everything wrong with all of them.

    `tables` are the `[[question]]` tables as tomllib reads them; `line_of` (see `lines_of`) finds the lines.
    A question with an error, or with the id of an earlier one, is left out.
    """
    questions: dict[str, Question] = {}
    problems: list[Problem] = []
    for index, table in enumerate(tables):
        trail = Trail(file, index, line_of)
        question = parse_question(table, trail)
        if question is not None and question.id in questions:
            trail.error(
                "same_id",
                N_("Two questions have the id %(question)s."),
                N_("Give this question an id of its own."),
                "id",
            )
        elif question is not None:
            _check_ids(question.id, questions, trail)
            if not trail.failed:
                questions[question.id] = question
        problems += trail.problems
    return tuple(questions.values()), problems


def _check_ids(ident: str, earlier: Iterable[str], trail: Trail) -> None:
    """The fields of a question's parts are called "id.part", so no id may begin like that."""
    for other in earlier:
        if ident.startswith(f"{other}.") or other.startswith(f"{ident}."):
            trail.error(
                "id_within",
                N_("The ids %(question)s and %(other)s differ only in what follows a dot."),
                N_("Write a hyphen instead of the dot."),
                "id",
                other=other,
            )


def parse_question(table: object, trail: Trail) -> Question | None:
    """One question, or None when the trail holds an error about it."""
    if not isinstance(table, Mapping):
        trail.error(
            "question_shape",
            N_("Question %(question)s is not a table."),
            N_("Start each question with a line [[question]]."),
        )
        return None
    ident = _ident(table, trail)
    kind = _kind(table, trail)
    texts = {key: trail.text(table, key) for key in _TEXTS}
    _check_texts(texts, trail)
    difficulty, points = _difficulty(table, trail), _points(table, trail)
    status = cast("Status", trail.choice(table, "status", STATUSES))
    grading = cast("Grading", trail.choice(table, "grading", GRADINGS))
    if kind is None:
        return None
    trail.known(table, COMMON_KEYS | kind.keys)
    body = kind.parse(table, trail)
    if body is not None and not trail.failed:
        _check_hints(texts, kind, body, trail)
    if body is None or trail.failed:
        return None
    return Question(
        id=ident,
        kind=kind.name,
        body=body,
        difficulty=difficulty,
        points_hundredths=points,
        status=status,
        grading=grading,
        **texts,
    )


def _check_hints(texts: Mapping[str, str], kind: Kind[Any], body: Any, trail: Trail) -> None:
    """A hint helps to find the answer; one that holds it is an error, since it may be read beforehand."""
    for key in ("hint", "hint_en"):
        hint = fold(texts[key])
        if hint and any(_tells(hint, answer) for answer in _answers(kind, body)):
            trail.error(
                "hint_tells",
                N_("Question %(question)s: “%(key)s” holds a right answer."),
                N_("Say where to look or how to think, not what is right."),
                key,
            )


def _answers(kind: Kind[Any], body: Any) -> Iterable[str]:
    """What is right, as folded texts. What an option says may be said by chance where it is short."""
    order = kind.shuffle(body, tuple)
    for lang in ("zh", "en"):
        found: Findings = kind.review(body, order, None, lang)
        yield from (fold(text) for text in found.key)
        yield from (fold(option.text) for option in found.options if option.right and len(option.text) > 2)


def _tells(hint: str, answer: str) -> bool:
    """Whether the answer stands in the hint; a number only as a whole, not as a piece of another one."""
    if _WHOLE.fullmatch(answer):
        return answer in _WHOLE.findall(hint)
    return bool(answer) and answer in hint


def _ident(table: Mapping[str, object], trail: Trail) -> str:
    ident = trail.text(table, "id")
    if ID.fullmatch(ident):
        trail.question = ident
    else:
        trail.error(
            "question_id",
            N_("Question %(question)s has no id that can be used."),
            N_("Add id = with letters a-z, digits, hyphen, dot and underscore, at most 64 characters."),
            "id",
        )
    return ident


def _kind(table: Mapping[str, object], trail: Trail) -> Kind[Any] | None:
    name = trail.text(table, "kind")
    kind = kinds.discover().get(name)
    if kind is None:
        trail.error(
            "unknown_kind",
            N_("Question %(question)s has a kind that is not known: “%(kind)s”."),
            N_("Use one of: %(kinds)s."),
            "kind",
            kind=name,
            kinds=", ".join(kinds.discover()),
        )
    return kind


def _check_texts(texts: Mapping[str, str], trail: Trail) -> None:
    if not texts["stem"].strip():
        trail.error(
            "no_stem",
            N_("Question %(question)s has no text."),
            N_('Add stem = "…" with what is asked.'),
            "stem",
        )
    if not texts["explanation"].strip():
        trail.warn(
            "no_explanation",
            N_("Question %(question)s has no explanation."),
            N_('Add explanation = "…"; it is what a person learns from after answering.'),
            "explanation",
        )


def _difficulty(table: Mapping[str, object], trail: Trail) -> int:
    value = table.get("difficulty", 2)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3:
        return value
    trail.error(
        "difficulty",
        N_("Question %(question)s: the difficulty must be 1, 2 or 3."),
        N_("Write 1 for easy, 2 for usual, 3 for hard."),
        "difficulty",
    )
    return 2


def _points(table: Mapping[str, object], trail: Trail) -> int:
    points = Decimal(1) if "points" not in table else trail.decimal(table, "points")
    if points is None:
        return 100
    hundredths = points * 100
    if 0 < hundredths <= 100_000 and hundredths == hundredths.to_integral_value():
        return int(hundredths)
    trail.error(
        "points",
        N_("Question %(question)s: points must be more than 0 and at most 1000, with up to two decimals."),
        N_("Write for example points = 2 or points = 0.5."),
        "points",
    )
    return 100


def lines_of(source: str, table: str = "question") -> LineOf:
    """A finder of lines in a TOML text: where the n-th `[[table]]` begins, and where its keys stand.

    tomllib keeps no lines, so the text is scanned once; texts over several lines are stepped over.
    """
    found: list[dict[str, int]] = []
    inside, quote = False, ""
    for number, line in enumerate(source.splitlines(), 1):
        if not quote:
            if header := _HEADER.match(line):
                inside = header.group(1) == table
                if inside:
                    found.append({"": number})
            elif inside and (key := _KEY.match(line)):
                found[-1].setdefault(key.group(1), number)
        for mark in _QUOTES.findall(line):
            quote = "" if quote == mark else quote or mark

    def line_of(index: int, key: str) -> int:
        return found[index].get(key, 0) if 0 <= index < len(found) else 0

    return line_of
