"""Decimal numbers as people type them and as they are stored. No float takes part in grading."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from unicodedata import category

from learnapp.questions.folding import fold

_EXACT = Context(prec=100)
_DIGITS = 30
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = {ord("−"): "-", ord("–"): "-", ord("—"): "-", ord("﹣"): "-", ord("﹢"): "+"}
_NARROW: dict[int, int | str] = {**_WIDE, **_SIGNS}
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


def within(value: Decimal, centre: Decimal, tolerance: Decimal) -> bool:
    """Whether value lies in centre ± tolerance, both ends included, computed exactly."""
    return _EXACT.subtract(value, centre).copy_abs() <= tolerance
