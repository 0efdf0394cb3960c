"""Templates as data, codes, and the one word about a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.errors import Invalid
from learnapp.records import templates
from learnapp.records.rules import Line
from learnapp.records.standing import ALPHABET, LENGTH, new_code, normal, readable, standing
from learnapp.records.templates import filled, parse

GOOD = """
name = "t"
[[certificate]]
id = "c"
earned_by = "course-completed"
subjects = ["doors"]
title = "证"
title_en = "C"
text = "{name}：{thing}"
text_en = "{name}: {thing}"
months = 12
"""


def _line(kind: str = "course", slug: str = "doors") -> Line:
    return Line(kind, slug, "", "a" * 64, date(2026, 1, 31), 1, "f" * 64)


def test_the_shipped_ones_can_be_read() -> None:
    assert [one.id for one in templates()] == ["course", "exam", "recognition"]


def test_what_earns_it() -> None:
    (one,) = parse(GOOD)
    assert one.fits(_line(), exam=False)
    assert not one.fits(_line(slug="other"), exam=False)
    assert not one.fits(_line("quiz"), exam=True)
    exam = next(one for one in templates() if one.id == "exam")
    assert exam.fits(_line("quiz"), exam=True)
    assert not exam.fits(_line("quiz"), exam=False)


def test_validity_ends_on_the_same_day_or_the_last_of_the_month() -> None:
    (one,) = parse(GOOD.replace("12", "1"))
    assert one.expires(date(2026, 1, 31)) == date(2026, 2, 28)
    assert one.expires(date(2026, 12, 5)) == date(2027, 1, 5)
    (endless,) = parse(GOOD.replace("months = 12", ""))
    assert endless.expires(date(2026, 1, 31)) is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"{name}：{thing}"', '"{name} {hours}"', "text"),
        ("months = 12", "months = 0", "months"),
        ("months = 12", "months = true", "months"),
        ('title = "证"', 'title = " "', "title"),
        ("course-completed", "login", "earned_by"),
    ],
)
def test_what_cannot_be_used_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(Invalid) as error:
        parse(GOOD.replace(old, new))
    assert error.value.params["field"] == named


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(Invalid):
        parse(GOOD + GOOD.split("\n", 2)[2])


def test_fields_of_a_name_are_left_as_they_are() -> None:
    assert filled("{name}", {"name": "{thing}"}) == "{thing}"


def test_codes_have_130_random_bits_and_differ() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(len(code) == LENGTH == 26 and set(code) <= set(ALPHABET) for code in codes)
    assert len(ALPHABET) == 32


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=30))
def test_a_code_typed_off_paper_is_found(code: str) -> None:
    assert normal(readable(code)) == code
    assert normal(f" {readable(code).upper()} ".replace("0", "O").replace("1", "I")) == code


@dataclass(frozen=True)
class _Issued:
    entry_hash: str = "f"
    expires_on: date | None = date(2026, 6, 1)
    replaced_by: str | None = None
    revoked: bool = False


def test_the_one_word() -> None:
    day = date(2026, 6, 1)
    assert standing(_Issued(), day, "f", voided=False) == "valid"
    assert standing(_Issued(), day + timedelta(days=1), "f", voided=False) == "expired"
    assert standing(_Issued(), day, "e", voided=False) == "altered"
    assert standing(_Issued(), day, None, voided=False) == "altered"
    assert standing(_Issued(), day, "f", voided=True) == "void"
    assert standing(_Issued(replaced_by="x"), day, "f", voided=True) == "replaced"
    assert standing(_Issued(replaced_by="x", revoked=True), day, None, voided=True) == "revoked"
