"""Suggested grades, shares, and the digest of a period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.assessment import NOT_GRADED, over_share, period_digest, suggested


@dataclass(frozen=True)
class Band:
    """A grade as a rule set names it."""

    id: str
    at_least: int


# The university college of the domain notes: 90 excellent, 80 qualified, 60 basically qualified.
BANDS = (Band("excellent", 9000), Band("qualified", 8000), Band("basic", 6000), Band("not", 0))


@pytest.mark.parametrize(
    ("total", "grade"), [(9000, "excellent"), (8999, "qualified"), (6000, "basic"), (5999, "not"), (0, "not")]
)
def test_what_a_sum_suggests(total: int, grade: str) -> None:
    assert suggested(total, BANDS) == grade
    assert suggested(total, tuple(reversed(BANDS))) == grade


def test_a_veto_suggests_the_lowest_and_no_bands_nothing() -> None:
    assert suggested(9500, BANDS, vetoed=True) == "not"
    assert suggested(9500, ()) == ""
    assert suggested(100, (Band("excellent", 9000),)) == ""


def test_a_third_of_twelve_is_four() -> None:
    grades = ["excellent"] * 5 + ["qualified"] * 7
    assert over_share(grades, "excellent", Fraction(1, 3)) == (5, 4)
    assert over_share(grades[1:], "excellent", Fraction(1, 3)) == (4, 3)
    assert over_share([*grades[1:], "qualified"], "excellent", Fraction(1, 3)) is None
    assert over_share(grades, "qualified", None) is None
    assert over_share([*grades, NOT_GRADED, NOT_GRADED, NOT_GRADED, ""], "excellent", Fraction(1, 3)) == (
        5,
        4,
    )


@given(st.integers(0, 12_000), st.integers(0, 12_000))
def test_more_points_never_suggest_less(one: int, other: int) -> None:
    order = [band.id for band in reversed(BANDS)]
    low, high = sorted((one, other))
    assert order.index(suggested(low, BANDS)) <= order.index(suggested(high, BANDS))


@given(
    st.dictionaries(
        st.text("0123456789abcdef", min_size=4, max_size=4),
        st.text("0123456789abcdef", min_size=8, max_size=8),
        max_size=6,
    ),
    st.randoms(),
)
def test_the_digest_knows_no_order_and_every_member(found: dict[str, str], random: object) -> None:
    pairs = list(found.items())
    assert period_digest(pairs) == period_digest(reversed(pairs))
    for member_id, digest in pairs:
        assert period_digest({**found, member_id: digest + "0"}.items()) != period_digest(pairs)
        assert period_digest(one for one in pairs if one[0] != member_id) != period_digest(pairs)
