"""Decimal numbers as people type them and as they are stored. No float takes part in grading."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import category

from learnapp.questions.folding import fold

_DIGITS = 30
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = {ord("−"): "-", ord("–"): "-", ord("—"): "-", ord("﹣"): "-", ord("﹢"): "+"}
_NARROW: dict[int, int | str] = {**_WIDE, **_SIGNS}
_FRACTION = re.compile(r"([0-9]{1,15})\s*/\s*([0-9]{1,15})")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?")


def decimal_text(value: Decimal) -> str:
    """The shortest plain notation: 32.50 -> "32.5", 1E+3 -> "1000", -0 -> "0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "+0") else text


def read_decimal(text: str, units: tuple[str, ...] = ()) -> Decimal | None:
    """The number in a typed text, or None when it is no number.

    Understood: full-width digits and signs, white space anywhere, commas between thousands ("1,000" and
    "１，０００"), a leading + or minus sign of any kind, and one of `units` at the end (compared folded).
    At most 30 digits; no powers, fractions or superscripts.
    """
    narrow = "".join(c for c in text.translate(_NARROW) if not c.isspace() and category(c) != "Cf")
    match = _NUMBER.match(narrow)
    if match is None:
        return None
    sign, whole, part = (match.group(1), match.group(2).replace(",", ""), match.group(3) or "")
    if not 0 < len(whole + part) <= _DIGITS:
        return None
    rest = fold(narrow[match.end() :])
    if rest and rest not in {fold(unit) for unit in units if unit}:
        return None
    return Decimal(f"{sign}{whole or '0'}.{part or '0'}")


def fits(value: Decimal) -> bool:
    """Whether an author's number is finite and small enough to be typed and stored (30 digits each side)."""
    if not value.is_finite():
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_DIGITS and value.adjusted() < _DIGITS


def in_points(hundredths: int) -> Decimal:
    """Hundredths of a point as points: 50 -> 0.5."""
    return Decimal(hundredths).scaleb(-2)


def read_factor(value: object) -> str | None:
    """A positive factor as an author writes it, a number or a fraction such as "1/45", in the notation in
    which it is kept; None when it is neither."""
    if isinstance(value, str) and (match := _FRACTION.fullmatch(value.strip())):
        return f"{int(match[1])}/{int(match[2])}" if int(match[1]) and int(match[2]) else None
    number = value if isinstance(value, Decimal) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value))
    if isinstance(value, str):
        number = read_decimal(value)
    return decimal_text(number) if number is not None and fits(number) and number > 0 else None
