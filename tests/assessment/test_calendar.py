"""Working days: the two years that come with the product, and what holds of any calendar."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.assessment import Calendar, working_calendar
from learnapp.assessment.rules import POSTING_DAYS, calendar
from learnapp.errors import Invalid

NOWHERE = Path("/nonexistent")
DAY = timedelta(days=1)


def test_the_years_that_were_published() -> None:
    known = working_calendar(NOWHERE)
    assert known.years == {2025, 2026}
    for day in (
        "2025-01-26",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-28",
        "2026-05-09",
        "2026-10-10",
    ):
        assert date.fromisoformat(day).weekday() >= 5 and known.works_on(date.fromisoformat(day)), day
    for day in (
        "2025-01-28",
        "2025-02-04",
        "2025-10-08",
        "2026-01-01",
        "2026-02-16",
        "2026-04-06",
        "2026-10-07",
    ):
        assert date.fromisoformat(day).weekday() < 5 and not known.works_on(date.fromisoformat(day)), day
    assert sum(known.works_on(date(2026, 1, 1) + DAY * step) for step in range(365)) == 248
    assert sum(known.works_on(date(2025, 1, 1) + DAY * step) for step in range(365)) == 248


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # Tuesday: Wednesday, Thursday, Friday.
        ("2026-11-24", 3, "2026-11-27"),
        # Over a weekend.
        ("2026-11-24", 5, "2026-12-01"),
        # Wednesday before the National Day: 8th, 9th, and Saturday the 10th is worked; Sunday is not.
        ("2026-09-30", 5, "2026-10-13"),
        # Friday before the Spring Festival: Saturday the 14th is worked, then nothing until the 24th.
        ("2026-02-13", 3, "2026-02-25"),
        # 2027 is not known: weekends only, so the New Year's Day counts.
        ("2026-12-31", 3, "2027-01-05"),
    ],
)
def test_the_last_day_of_a_posting(start: str, days: int, last: str) -> None:
    known = working_calendar(NOWHERE)
    assert known.last_day(date.fromisoformat(start), days).isoformat() == last


def test_years_without_data_are_named() -> None:
    known = working_calendar(NOWHERE)
    assert known.unknown(date(2026, 12, 31), date(2027, 1, 5)) == (2027,)
    assert known.unknown(date(2025, 1, 1), date(2026, 12, 31)) == ()


def test_an_operator_replaces_a_year_and_adds_one(tmp_path: Path) -> None:
    (tmp_path / "2026.toml").write_text("year = 2026\n", encoding="utf-8")
    (tmp_path / "2027.toml").write_text(
        'year = 2027\n[[holiday]]\ntitle = "元旦"\nfirst = 2027-01-01\nlast = 2027-01-03\n', encoding="utf-8"
    )
    known = working_calendar(tmp_path)
    assert known.years == {2025, 2026, 2027}
    assert known.works_on(date(2026, 10, 1)) and not known.works_on(date(2027, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "year = ",
        "work = []",
        "year = 2026\nwork = [2027-01-04]",
        'year = 2026\n[[holiday]]\ntitle = "x"\nfirst = 2026-05-05\nlast = 2026-05-01',
        'year = 2026\n[[holiday]]\ntitle = "x"\nfirst = "2026-05-05"\nlast = 2026-05-06',
        "year = 2026\nwork = [2026-01-04T10:00:00]",
    ],
)
def test_what_is_no_calendar(text: str) -> None:
    with pytest.raises(Invalid):
        calendar([text])


days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    lambda off, work: Calendar(frozenset(off - work), frozenset(work), frozenset()),
    st.sets(days, max_size=60),
    st.sets(days, max_size=20),
)


@given(calendars, days, st.sampled_from(POSTING_DAYS))
def test_exactly_so_many_working_days_lie_behind_the_start(known: Calendar, start: date, count: int) -> None:
    last = known.last_day(start, count)
    assert last > start and known.works_on(last)
    assert known.working_days(start, last) == count
    assert known.working_days(start, last - DAY) == count - 1


@given(calendars, days, st.integers(1, 6), st.integers(1, 6))
def test_days_add_up(known: Calendar, start: date, first: int, second: int) -> None:
    assert known.last_day(known.last_day(start, first), second) == known.last_day(start, first + second)


@given(calendars, days, st.integers(0, 20), st.sampled_from(POSTING_DAYS))
def test_who_begins_later_never_ends_earlier(known: Calendar, start: date, later: int, count: int) -> None:
    assert known.last_day(start + DAY * later, count) >= known.last_day(start, count)
