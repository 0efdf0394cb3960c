"""`learnapp quiz statistics` on tables of marks: good ones in several dresses, and plain words for bad ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from learnapp import config
from learnapp.app import create_app
from tests import databases
from tests.cli.test_commands import Run, run
from tests.quiz.crowd import ROWS, everybody, publish

__all__ = ["run"]

TABLE = """person,q1,q2,q3
max,1,1,2
wang,1,1,2
li,1,0,1.5
zhao,0,1,1
qian,0,0,0
sun,1,1,0.5
"""


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a table and returns its path."""

    def put(text: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "marks.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return put


def analysed(run: Run, path: str, *more: str) -> dict[str, Any]:
    """The JSON document of a table."""
    found: dict[str, Any] = json.loads(run("quiz", "statistics", "--marks", path, "--json", *more).output)
    return found


def test_a_table_agrees_with_numpy(run: Run, write: Any) -> None:
    found = analysed(run, write(TABLE))
    marks = np.array([[1, 1, 2], [1, 0, 1.5], [0, 1, 1], [0, 0, 0], [1, 1, 0.5]])
    sums = marks.sum(axis=1)
    for place, item in enumerate(found["questions"]):
        column = marks[:, place]
        assert item["question"] == f"q{place + 1}" and item["n"] == 5
        assert item["facility"] == pytest.approx(100 * column.mean() / [1, 1, 2][place], abs=1e-6)
        assert item["sd"] == pytest.approx(column.std(ddof=1), abs=1e-6)
        rest = np.corrcoef(column, sums - column)[0, 1]
        assert item["discrimination"] == pytest.approx(100 * rest, abs=1e-6)
        assert item["intended_weight"] == [25.0, 25.0, 50.0][place]
    assert found["test"]["mean"] == pytest.approx(sums.mean())
    assert found["test"]["sd"] == pytest.approx(sums.std(ddof=1), abs=1e-6)
    alpha = 3 / 2 * (1 - marks.var(axis=0, ddof=1).sum() / sums.var(ddof=1))
    assert found["test"]["cronbach_alpha"] == pytest.approx(alpha, abs=1e-6)
    assert found["test"]["standard_error"] == pytest.approx(sums.std(ddof=1) * (1 - alpha) ** 0.5, abs=1e-6)
    assert (found["label_column"], found["maxima"]) == ("person", "stated")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE.replace(",", ";"), "utf-8"),
        (TABLE.replace(",", "\t").replace("\n", "\r\n"), "utf-8-sig"),
        (TABLE.replace("person", "姓名").replace("wang", "王丽"), "gb18030"),
        (TABLE.replace("person", "").replace("wang", "1").replace("li", "2") + "\n,,,\n", "utf-8"),
        # Without names the row of maxima has a cell more than the others.
        ("q1,q2,q3\nmax,1,1,2\n1,1,2\n1,0,1.5\n0,1,1\n0,0,0\n1,1,0.5\n", "utf-8"),
    ],
)
def test_the_same_table_in_other_dresses(run: Run, write: Any, text: str, encoding: str) -> None:
    plain = analysed(run, write(TABLE))
    other = analysed(run, write(text, encoding))
    assert (other["test"], other["questions"]) == (plain["test"], plain["questions"])


def test_a_table_without_names_and_maxima(run: Run, write: Any) -> None:
    found = analysed(run, write("q1,q2\n1,4\n0,2\n0,0\n"))
    assert (found["label_column"], found["maxima"]) == (None, "highest mark")
    assert [item["maximum"] for item in found["questions"]] == [1.0, 4.0]
    # Nobody earned anything: what the question is worth is not 0 for all that.
    assert analysed(run, write("q1,q2\n0,4\n0,2\n"))["questions"][0]["facility"] == 0.0


def test_empty_cells_are_left_out_or_nothing(run: Run, write: Any) -> None:
    path = write("person,q1,q2\nmax,1,1\na,1,1\nb,,0\nc,0,1\n")
    assert analysed(run, path)["questions"][0]["facility"] == 50.0
    assert analysed(run, path)["test"]["scaled"]
    zero = analysed(run, path, "--empty", "zero")
    assert zero["questions"][0]["facility"] == pytest.approx(100 / 3) and not zero["test"]["scaled"]


def test_too_little_says_so(run: Run, write: Any) -> None:
    path = write("person,q1,q2\na,1,1\n")
    found = analysed(run, path)
    assert found["questions"][0]["discrimination"] is None
    assert found["questions"][0]["missing"]["discrimination"] == "too few answers"
    assert found["test"]["missing"]["internal_consistency"] == "too few answers"
    assert "too few answers" in run("quiz", "statistics", "--marks", path).output


def test_a_readable_table(run: Run, write: Any) -> None:
    text = run("quiz", "statistics", "--marks", write(TABLE)).output
    assert "Cronbach's alpha" in text
    (row,) = [line for line in text.splitlines() if line.endswith("  q3")]
    assert row.split()[:2] == ["5", "50.00"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TABLE.replace("1.5", "x"), ["marks.csv:4", "Row 4, column “q3”", "“x” is not a number"]),
        (TABLE.replace("1.5", "3"), ["Row 4, column “q3”", "3 is more than the maximum, 2"]),
        (TABLE.replace("max,1,1,2", "max,1,0,2"), ["Row 2, column “q2”", "a number above 0"]),
        (TABLE.replace("max,1,1,2", "max,1,,2"), ["Row 2, column “q2”", "a number above 0"]),
        (TABLE.replace("li,1,0,1.5", "li,1,0"), ["Row 4 has 2 marks", "names 3 questions"]),
        (TABLE.replace("q2", "q1"), ["Column 3 has the name “q1”"]),
        (TABLE.replace("q2", ""), ["Column 3 has no name"]),
        (TABLE + "max,1,1,2\n", ["Row 8 is a second row named “max”"]),
        (TABLE.replace("0,1,1\n", "0,nan,1\n"), ["Row 5, column “q2”", "“nan” is not a number"]),
        (TABLE.replace("0,1,1\n", "0,1e999999999,1\n"), ["Row 5, column “q2”", "is not a number"]),
        ("person,q1\n", ["no header row"]),
        ("", ["no header row"]),
        ("person\nwang\n", ["names no question"]),
    ],
)
def test_bad_input_is_told_with_row_and_column(run: Run, write: Any, text: str, told: list[str]) -> None:
    result = run("quiz", "statistics", "--marks", write(text), "--json", code=1)
    assert result.stdout == ""
    assert all(words in result.stderr for words in told), result.stderr


def test_what_is_no_text_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_bytes(b"\xff\xff\xff\x00")
    assert "not a text file" in run("quiz", "statistics", "--marks", str(path), code=1).stderr


def test_a_quiz_or_a_table_but_not_both(run: Run, write: Any) -> None:
    run("quiz", "statistics", code=2)
    run("quiz", "statistics", "some-quiz", "--marks", write(TABLE), code=2)
    assert "no such quiz" in run("quiz", "statistics", "some-quiz", code=1).stderr


@pytest.fixture
def crowd(run: Run, tmp_path: Path) -> Iterator[None]:
    """Twelve members took a quiz with a wrong key in the database that the commands use."""
    app = create_app(config.load())
    with app.app_context():
        publish(tmp_path)
        everybody()
        yield
        databases.close(app)


def test_a_quiz_of_this_instance(run: Run, crowd: None) -> None:
    found = json.loads(run("quiz", "statistics", "crowd", "--json").output)
    assert (found["quiz"], found["version"], found["ended"], found["withheld"]) == ("crowd", 1, 12, False)
    fourth = found["questions"][3]
    assert fourth["question"] == "single-4" and fourth["facility"] == 50.0
    assert [(one["text"], one["right"], one["all"]) for one in fourth["choices"]] == [
        ("甲4", True, 6),
        ("乙4", False, 0),
        ("丙4", False, 6),
    ]
    assert {one["code"] for one in fourth["findings"]} == {"key", "negative"}
    text = run("quiz", "statistics", "crowd").output
    assert "single-4: those who did well chose otherwise than the key. Check the key." in text
    assert json.loads(run("quiz", "statistics", "crowd", "--all-attempts", "--json").output)["ended"] == 12
    assert "no such version" in run("quiz", "statistics", "crowd", "--version", "2", code=1).stderr


def test_a_quiz_with_too_few_attempts_keeps_its_numbers(run: Run, tmp_path: Path) -> None:
    app = create_app(config.load())
    with app.app_context():
        publish(tmp_path)
        everybody(ROWS[:4])
        databases.close(app)
    found = json.loads(run("quiz", "statistics", "crowd", "--json").output)
    assert (found["ended"], found["withheld"], found["test"], found["questions"]) == (4, True, None, [])
    assert "fewer than five" in run("quiz", "statistics", "crowd").output
