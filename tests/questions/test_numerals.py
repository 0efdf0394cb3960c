"""Chinese numerals fold to digits where they are well-formed, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp import questions
from learnapp.questions.numerals import in_digits

from .strategies import parsed

DIGITS = "零一二三四五六七八九"


def below_ten_thousand(number: int) -> str:
    """How a number from 0 to 9999 is written by places, said independently of the product."""
    written = ""
    for worth, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // worth % 10
        if digit:
            written += DIGITS[digit] + unit
        elif written and number % worth and not written.endswith("零"):
            written += "零"
    return written


def by_places(number: int) -> str:
    """How a number is written by places."""
    if not number:
        return "零"
    written = ""
    for worth, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        group = number // worth % 10_000
        if group:
            gap = "零" if written and group < 1000 else ""
            written += gap + below_ten_thousand(group) + unit
        elif written and number % worth and not written.endswith("零"):
            written += ""
    return written


@given(st.integers(0, 10**12 - 1))
def test_every_number_written_by_places_is_read(number: int) -> None:
    groups = [number // 10**8, number // 10**4 % 10**4, number % 10**4]
    if groups[0] and not groups[1] and groups[2]:
        groups[1] = 1  # a whole group missing is written in more than one way
    number = groups[0] * 10**8 + groups[1] * 10**4 + groups[2]
    assert in_digits(by_places(number)) == str(number)


@given(st.integers(100, 10**9))
def test_digits_one_by_one_are_read(number: int) -> None:
    assert in_digits("".join(DIGITS[int(digit)] for digit in str(number))) == str(number)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("三十二", "32"),
        ("十", "10"),
        ("十五", "15"),
        ("一十五", "15"),
        ("一百零五", "105"),
        ("一百一十五", "115"),
        ("一千零一十", "1010"),
        ("两千二百", "2200"),
        ("两", "2"),
        ("三万零五", "30005"),
        ("十万", "100000"),
        ("九千八百万", "98000000"),
        ("9800万", "98000000"),
        ("一亿零五万", "100050000"),
        ("一万亿", "1000000000000"),
        ("二〇一八年", "2018年"),
        ("二零一八", "2018"),
        ("第二十条", "第20条"),
        ("三会一课", "3会1课"),
        ("零", "0"),
        ("32", "32"),
    ],
)
def test_numerals_are_read_as_people_write_them(text: str, folded: str) -> None:
    assert in_digits(text) == folded


@pytest.mark.parametrize(
    "text",
    [
        "三二",
        "七八",
        "十四五",
        "一百五",
        "一百十五",
        "一百零十",
        "两十",
        "十两",
        "一千零零一",
        "百",
        "千万",
        "万",
        "12十",
    ],
)
def test_what_is_no_numeral_stays(text: str) -> None:
    assert in_digits(text) == text


@given(st.text(alphabet="〇零一二两三四五六七八九十百千万亿0123456789年", max_size=12))
def test_any_run_is_read_or_left_alone_and_reading_twice_changes_nothing(text: str) -> None:
    once = in_digits(text)
    assert in_digits(once) == once or "万" in once or "亿" in once


def test_a_blank_takes_either_notation_unless_it_says_otherwise() -> None:
    def earns(typed: str, **keys: object) -> bool:
        table = {"id": "q", "kind": "blank", "stem": "?", "explanation": "!", **keys}
        return questions.grade(parsed(table), typed).full

    assert all(earns(typed, accept=["三十二学时"]) for typed in ("32 学时", "３２学时", "三十二学时。"))
    assert not earns("三二学时", accept=["三十二学时"])
    assert earns("三十二", accept=["32"]) and not earns("三十二", accept=["32"], numerals=False)
    assert not earns("23", accept=["32"])
