"""`learnapp quiz`: item analysis of a quiz of this instance, or of a table of marks from elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from learnapp import catalogue, quiz
from learnapp.cli.regrade import regrade
from learnapp.cli.running import application
from learnapp.errors import NotFound
from learnapp.quiz import Analysed, Item, MarksFile, Whole

_COLUMNS = (
    ("n", "n"),
    ("facility", "facility"),
    ("sd %", "sd_percent"),
    ("guess", "random_guess"),
    ("intended", "intended_weight"),
    ("effective", "effective_weight"),
    ("discr.", "discrimination"),
    ("discr. eff.", "discriminative_efficiency"),
)
_TEST = (
    ("persons", "n"),
    ("questions", "questions"),
    ("possible points", "possible"),
    ("mean", "mean"),
    ("median", "median"),
    ("standard deviation", "sd"),
    ("skewness", "skewness"),
    ("kurtosis", "kurtosis"),
    ("internal consistency (Cronbach's alpha × 100)", "internal_consistency"),
    ("error ratio %", "error_ratio"),
    ("standard error", "standard_error"),
)


@click.group("quiz")
def group() -> None:
    """Timed quizzes. QUIZ is the id of a quiz, as in its address."""


group.add_command(regrade)


@group.command()
@click.argument("slug", metavar="[QUIZ]", required=False)
@click.option(
    "--marks",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="A table of marks instead of a quiz: rows persons, columns questions.",
)
@click.option(
    "--empty",
    type=click.Choice(["left-out", "zero"]),
    default="left-out",
    help="What an empty cell of the table is: a question the person did not have (the default), or no points.",
)
@click.option("--version", "number", type=int, help="This version of the quiz; without it the current one.")
@click.option("--all-attempts", is_flag=True, help="All attempts, not only the first of each member.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def statistics(
    slug: str | None, marks: Path | None, empty: str, number: int | None, all_attempts: bool, as_json: bool
) -> None:
    """Item analysis: how hard each question was, what it tells apart, how far to trust the result.

    Of a QUIZ of this instance, by ended attempts; with fewer than five there are no numbers. Or of a table of
    marks: CSV with a header row, one row for each person and one column for each question. The first column
    may name the persons; a row named max gives what each question is worth, without it that is the highest
    mark in the column, at least 1. All definitions are those of Moodle (docs/statistics.md).
    """
    if (slug is None) == (marks is None):
        raise click.UsageError("Name either a quiz, or a table with --marks FILE.csv.")
    if marks is not None:
        document = _of_table(marks, empty == "zero")
    else:
        with application():
            document = _of_quiz(str(slug), number, all_attempts)
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False) if as_json else _text(document))


def _of_table(path: Path, empty_is_zero: bool) -> dict[str, Any]:
    try:
        text = quiz.decode(path.read_bytes())
    except UnicodeDecodeError:
        click.echo(f"{path.name} is not a text file. Save the table as CSV in UTF-8.", err=True)
        sys.exit(1)
    found, problems = quiz.read_marks(text, path.name, empty_is_zero=empty_is_zero)
    if found is None:
        for problem in problems:
            click.echo(problem.text(), err=True)
        sys.exit(1)
    return _table_document(path.name, found)


def _table_document(name: str, found: MarksFile) -> dict[str, Any]:
    return {
        "marks": name,
        "label_column": found.label,
        "maxima": "stated" if found.stated else "highest mark",
        "definitions": quiz.SOURCE,
        "test": _whole(quiz.whole(found.marks)),
        "questions": [_item(item) for item in quiz.items(found.marks)],
    }


def _of_quiz(slug: str, number: int | None, every: bool) -> dict[str, Any]:
    found = quiz.report(_version(slug, number), every=every)
    return {
        "quiz": found.quiz.slug,
        "version": found.quiz.number,
        "attempts": "all" if every else "first",
        "ended": found.attempts,
        "withheld": found.whole is None,
        "definitions": quiz.SOURCE,
        "test": None if found.whole is None else _whole(found.whole),
        "questions": [_analysed(one) for one in found.questions],
    }


def _version(slug: str, number: int | None) -> str:
    if number is None:
        return catalogue.quiz(slug).hash
    found = [one.hash for one in catalogue.versions("quiz", slug) if one.number == number]
    if not found:
        raise NotFound("no-version", "There is no such version.")
    return found[0]


def _whole(found: Whole) -> dict[str, Any]:
    """As JSON; `cronbach_alpha` is the coefficient of internal consistency on its own scale."""
    alpha = found.internal_consistency
    document = asdict(found) | {"cronbach_alpha": None if alpha is None else alpha / 100}
    return document | {"missing": _reasons(found.missing)}


def _item(found: Item) -> dict[str, Any]:
    return asdict(found) | {"missing": _reasons(found.missing)}


def _reasons(missing: Mapping[str, str]) -> dict[str, str]:
    return {name: quiz.REASONS[code] for name, code in missing.items()}


def _analysed(one: Analysed) -> dict[str, Any]:
    if one.item is None or one.choices is None:
        return {"question": one.question.id, "n": one.n, "withheld": True}
    texts = quiz.option_texts(one.question, "zh")
    counts = [
        {
            "option": count.place + 1 if count.place is not None else None,
            "text": count.text if count.place is None else texts[count.place],
            "right": count.right,
            "all": count.all,
            "upper": count.upper,
            "lower": count.lower,
        }
        for count in one.choices.counts
    ]
    return _item(one.item) | {
        "kind": one.question.kind,
        "choices": counts,
        "unanswered": one.choices.unanswered.all,
        "upper": one.choices.upper,
        "lower": one.choices.lower,
        "findings": [
            {"code": finding.code, "option": None if finding.place is None else finding.place + 1}
            for finding in one.findings
        ],
    }


def _text(document: Mapping[str, Any]) -> str:
    head = document.get("marks") or f"{document['quiz']}, version {document['version']}"
    if document["test"] is None:
        return f"{head}: {document['ended']} ended attempts; fewer than five, so no numbers."
    test = document["test"]
    lines = [head, ""]
    width = max(len(word) for word, _ in _TEST)
    lines += [f"  {word:<{width}}  {_number(test, name)}" for word, name in _TEST]
    if test["scaled"]:
        lines.append(
            "  Not everybody had the same questions: sums are stretched to the highest possible one."
        )
    lines += ["", "  " + "".join(f"{word:>12}" for word, _ in _COLUMNS) + "  question"]
    for item in document["questions"]:
        cells = "".join(f"{_number(item, name, short=True):>12}" for _, name in _COLUMNS)
        lines.append(f"  {cells}  {item['question']}")
    lines += [f"  {line}" for item in document["questions"] for line in _remarks(item)]
    return "\n".join(lines)


def _remarks(item: Mapping[str, Any]) -> list[str]:
    """What is missing and what is doubtful about a question, in words."""
    if item.get("withheld"):
        return [f"{item['question']}: fewer than five answers, so no numbers."]
    reasons: dict[str, list[str]] = {}
    for name, reason in item["missing"].items():
        if name != "random_guess":
            reasons.setdefault(reason, []).append(name.replace("_", " "))
    said = [f"{item['question']}: no {', '.join(names)}: {reason}." for reason, names in reasons.items()]
    if item.get("discrimination") is not None and item["discrimination"] < 0:
        said.append(
            f"{item['question']}: who did well on the rest did worse here. Check its key and wording."
        )
    codes = {finding["code"] for finding in item.get("findings", ())} - {"negative"}
    if codes:
        said.append(f"{item['question']}: those who did well chose otherwise than the key. Check the key.")
    return said


def _number(item: Mapping[str, Any], name: str, short: bool = False) -> str:
    value = item.get(name)
    if value is None:
        reason = item.get("missing", {}).get(name, "")
        return "–" if short or not reason else f"– ({reason})"
    return str(value) if isinstance(value, int) else f"{value:.2f}"
