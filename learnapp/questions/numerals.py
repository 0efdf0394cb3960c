"""Chinese numerals as Arabic ones: 三十二 is 32, 二〇一八 is 2018, 3万 is 30000. Only whole, well-formed ones."""

from __future__ import annotations

import re

_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_RUN = re.compile(r"[0-9]*[〇零一二两三四五六七八九十百千万亿]+")
_ONE_BY_ONE = re.compile(r"[〇零一二三四五六七八九]{3,}")
_MIXED = re.compile(r"([0-9]{1,8})(万亿|亿|万)")
_ONES = "[一二三四五六七八九]"
_UNITS = "[一二两三四五六七八九]"
# Thousands, hundreds, tens, ones; 零 stands for what is missing in between, and only there.
_BELOW_TEN_THOUSAND = re.compile(
    rf"(?:({_UNITS})千)?(?:(零)?({_UNITS})百)?(?:(零)?({_ONES})?十)?(?:(零)?({_UNITS}))?"
)
_GREAT = (("亿", 10**8), ("万", 10**4))


def in_digits(text: str) -> str:
    """The text with every numeral in it written in digits; what is not well-formed stays as it is.

    A run of numeral characters is taken whole: 三十二 is a number and 三二 (three or two) is none, and neither
    is 十四五. Understood: 一 to 九千九百九十九万亿 by places (两 for 二 but not for tens, 十五 for 一十五, 零 for
    each gap), three or more digits one by one (二〇一八, 二零一八), and Arabic digits before 万 and 亿.
    """
    return _RUN.sub(lambda match: _digits(match[0]), text)


def _digits(run: str) -> str:
    if mixed := _MIXED.fullmatch(run):
        return str(int(mixed[1]) * {"万": 10**4, "亿": 10**8, "万亿": 10**12}[mixed[2]])
    if run[0] in "0123456789":
        return run
    if _ONE_BY_ONE.fullmatch(run):
        return "".join(str(_DIGITS[c]) for c in run)
    if run in ("〇", "零"):
        return "0"
    value = _value(run.replace("〇", "零"))
    return run if value is None else str(value)


def _value(run: str) -> int | None:
    """The number written by places, or None when it is not well-formed."""
    for name, worth in _GREAT:
        high, found, low = run.rpartition(name)
        if not found:
            continue
        above = _value(high)
        if above is None or above >= 10**8 or (name == "万" and above >= 10**4):
            return None
        if not low:
            return above * worth
        gap, below = low.startswith("零"), _value(low.removeprefix("零"))
        if below is None or below >= worth or (below * 10 < worth) != gap or low.startswith("十"):
            return None
        return above * worth + below
    return _small(run)


def _small(run: str) -> int | None:
    """A number below ten thousand. Each gap of missing places is one 零."""
    match = _BELOW_TEN_THOUSAND.fullmatch(run)
    if match is None or not run or run[0] == "零":
        return None
    thousands, gap_h, hundreds, gap_t, tens, gap_o, ones = match.groups()
    has_tens = "十" in run
    if has_tens and tens is None and (thousands or hundreds):
        return None
    if bool(gap_h):
        return None
    if has_tens and bool(gap_t) != bool(thousands and not hundreds):
        return None
    if ones and bool(gap_o) != bool((thousands or hundreds) and not has_tens):
        return None
    if ones == "两" and (thousands or hundreds or has_tens):
        return None
    tens_value = (_DIGITS[tens] if tens else 1) if has_tens else 0
    total = _DIGITS.get(thousands, 0) * 1000 + _DIGITS.get(hundreds, 0) * 100 + tens_value * 10
    return total + (_DIGITS[ones] if ones else 0)
