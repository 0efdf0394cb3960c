"""Locks and codes, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.accounts import rules
from learnapp.errors import Invalid

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, None), (4, None), (5, 1), (6, 5), (7, 15), (8, 60), (9, 60), (500, 60)]
)
def test_the_wait_grows_from_the_fifth_failure_on(failures: int, minutes: int | None) -> None:
    expected = None if minutes is None else timedelta(minutes=minutes)
    assert rules.lock_time(failures) == expected


def test_the_count_goes_on_until_a_day_after_the_last_wait() -> None:
    assert rules.failures_after(6, AT, AT + timedelta(hours=23)) == 7
    assert rules.failures_after(6, AT, AT + timedelta(hours=25)) == 1
    assert rules.failures_after(3, None, AT) == 4


_CODES = st.text(rules.CODE_ALPHABET, min_size=16, max_size=16)


@given(_CODES)
def test_a_code_reads_the_same_in_every_spelling(code: str) -> None:
    printed = rules.readable_code(code)
    assert rules.normal_code(printed) == code
    assert rules.normal_code(f"  {printed.lower()} ") == code
    assert rules.normal_code(code.replace("0", "O").replace("1", "l")) == code
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert rules.normal_code(full_width) == code


@given(st.text(max_size=30))
def test_anything_else_is_no_code(text: str) -> None:
    code = rules.normal_code(text)
    assert code is None or (len(code) == 16 and set(code) <= set(rules.CODE_ALPHABET))


def test_a_code_has_at_least_eighty_random_bits_and_no_signs_that_look_alike() -> None:
    assert len(set(rules.CODE_ALPHABET)) ** rules.CODE_LENGTH >= 2**80
    assert not set("ILOU") & set(rules.CODE_ALPHABET)


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaa", "abababab", "wang.fang"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        rules.check_password(password, "wang.fang")


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Wang.Fang ", "wang.fang"), ("ｗａｎｇ", "wang"), ("王芳", "王芳")]
)
def test_sign_in_names_are_folded(typed: str, kept: str) -> None:
    assert rules.normal_sign_in(typed) == kept


@pytest.mark.parametrize("typed", ["", "x", "two words", "-dash", "a" * 41, "<script>"])
def test_other_sign_in_names_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        rules.normal_sign_in(typed)
