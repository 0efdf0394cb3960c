"""The study record as a reading of the ledger: what stands, what was corrected, in which year."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from learnapp.records.rules import measured, study_record
from tests.records.streams import Row, course, module, quiz, stream, streams, void

ZONE = "Asia/Shanghai"


def test_a_year_of_study() -> None:
    rows = stream(module("a", 50), module("b", 75, "group"), course(), quiz("1", passed=True))
    (year,) = study_record(rows, ZONE)
    assert [line.module for line in year.modules] == ["a", "b"]
    assert (len(year.courses), len(year.quizzes)) == (1, 1)
    assert year.hours == {"group": 75, "online": 50}
    assert year.total == 125
    assert year.hour_rules == ("rule@1",)


def test_the_year_is_that_of_the_local_day_on_which_it_happened() -> None:
    late = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    kind, data = module("a", 50)
    rows = [
        Row(1, kind, data, late, late + timedelta(days=40)),
        Row(2, kind, {**data, "module": "b"}, late + timedelta(minutes=1), late + timedelta(days=40)),
    ]
    assert [(year.year, year.modules[0].on) for year in study_record(rows, ZONE)] == [
        (2026, date(2026, 1, 1)),
        (2025, date(2025, 12, 31)),
    ]


def test_a_voided_entry_is_a_correction_and_no_line() -> None:
    (year,) = study_record(stream(module("a", 50), void(1)), ZONE)
    assert year.modules == ()
    assert year.hours == {}
    (correction,) = year.corrections
    assert (correction.of, correction.seq, correction.by) == (1, 2, None)
    assert correction.line.module == "a"


def test_a_replaced_result_names_what_replaced_it() -> None:
    rows = stream(
        quiz("1", passed=False), quiz("2", passed=False), void(1, "regraded"), quiz("1", passed=True)
    )
    (year,) = study_record(rows, ZONE)
    assert [line.seq for line in year.quizzes] == [4]
    assert year.corrections[0].by == 4


def test_a_hidden_result_leaves_no_trace() -> None:
    rows = stream(
        quiz("1", passed=False), void(1, "regraded"), quiz("1", passed=True), quiz("2", passed=True)
    )
    (year,) = study_record(rows, ZONE, {"1"})
    assert [line.seq for line in year.quizzes] == [4]
    assert year.corrections == ()
    assert study_record(rows[:3], ZONE, {"1"}) == ()


def test_an_attempt_that_does_not_count_is_not_shown() -> None:
    rows = stream(quiz("1", passed=False), quiz("2", passed=True, counts=False))
    assert study_record(rows, ZONE) == ()


def test_organised_hours_take_online_study_by_its_share() -> None:
    hours = {"online": 150, "group": 200, "private": 300}
    assert measured("organised", hours, ("group", "concentrated"), 0) == 200
    assert measured("organised", hours, ("group", "concentrated"), 33) == 249


@given(streams(), st.integers())
def test_order_does_not_matter(rows: list[Row], seed: int) -> None:
    mixed = random.Random(seed).sample(rows, len(rows))
    assert study_record(mixed, ZONE) == study_record(rows, ZONE)


@given(streams())
def test_hours_are_those_of_the_entries_that_stand(rows: list[Row]) -> None:
    gone = {row.data["seq"] for row in rows if row.kind == "voided"}
    wanted = sum(row.data["hours"] for row in rows if row.kind == "module-completed" and row.seq not in gone)
    assert sum(year.total for year in study_record(rows, ZONE)) == wanted


@given(streams())
def test_every_line_stands_and_every_void_is_one_correction(rows: list[Row]) -> None:
    gone = {row.data["seq"] for row in rows if row.kind == "voided"}
    years = study_record(rows, ZONE)
    lines = [line for year in years for line in (*year.modules, *year.courses, *year.quizzes)]
    assert not {line.seq for line in lines} & gone
    assert {line.seq for line in lines if line.kind != "quiz"} == {
        row.seq
        for row in rows
        if row.kind in ("module-completed", "course-completed") and row.seq not in gone
    }
    corrections = [one for year in years for one in year.corrections]
    begun = {row.seq for row in rows if row.kind == "study-begun"}
    assert sorted(one.of for one in corrections) == sorted(gone - begun)
    assert all(one.by is None or one.by > one.seq for one in corrections)


@given(streams(), st.sampled_from("123"))
def test_nothing_depends_on_a_hidden_attempt(rows: list[Row], attempt: str) -> None:
    # The voids of what is hidden would say that there was a result; without it they are about nothing.
    without = [row for row in rows if row.data.get("attempt") != attempt]
    assert study_record(rows, ZONE, {attempt}) == study_record(without, ZONE)
