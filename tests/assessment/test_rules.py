"""Shares of a grade, and the digest of a period."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from learnapp.assessment import NOT_GRADED, over_share, period_digest


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
