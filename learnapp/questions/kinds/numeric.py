"""A number: right when it lies within the tolerance of the value, both ends included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part, pick
from learnapp.questions.numbers import decimal_text, read_decimal, within
from learnapp.questions.options import main_part
from learnapp.questions.trail import Trail


@dataclass(frozen=True, slots=True)
class Numeric:
    """Value and tolerance in `unit`; the unit is shown beside the field and may be typed too."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    unit_en: str = ""


class NumericKind:
    """An answer is a decimal as text in its shortest notation, such as "32.5"."""

    name = "numeric"
    label = N_("Number")
    keys = frozenset({"value", "tolerance", "unit", "unit_en"})

    def rule(self, body: Numeric) -> str:
        return N_("Enter a number.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Numeric | None:
        if "value" not in table:
            trail.error(
                "no_value",
                N_("Question %(question)s has no right number."),
                N_("Add value = and the number."),
                "value",
            )
        value, tolerance = (trail.decimal(table, "value"), trail.decimal(table, "tolerance") or Decimal(0))
        if tolerance < 0:
            trail.error(
                "tolerance",
                N_("Question %(question)s: the tolerance is less than 0."),
                N_("Write how far an answer may be off, as 0 or more."),
                "tolerance",
            )
        unit, unit_en = trail.text(table, "unit"), trail.text(table, "unit_en")
        return None if value is None else Numeric(value, tolerance, unit, unit_en)

    def shuffle(self, body: Numeric, mix: Mix) -> Order:
        return ()

    def present(self, body: Numeric, order: Order, lang: str) -> Face:
        return Face(more={"unit": pick(lang, body.unit, body.unit_en)})

    def read(self, body: Numeric, order: Order, given: Given) -> Answer | None:
        values = main_part(given)
        if not values:
            return None
        number = read_decimal(values[0], (body.unit, body.unit_en)) if len(values) == 1 else None
        if number is None:
            raise Invalid("not_a_number", N_("This is not a number. Write it in digits, for example 12.5."))
        return decimal_text(number)

    def shown(self, body: Numeric, order: Order, answer: Answer) -> Json:
        return answer if isinstance(answer, str) else None

    def grade(self, body: Numeric, answer: Answer, points: int) -> tuple[Part, ...]:
        number = read_decimal(answer) if isinstance(answer, str) else None
        right = number is not None and within(number, body.value, body.tolerance)
        return (Part("", points if right else 0, points),)

    def guess(self, body: Numeric) -> Fraction:
        """Nobody hits a number by chance."""
        return Fraction(0)

    def right(self, body: Numeric) -> Answer:
        return decimal_text(body.value)

    def review(self, body: Numeric, order: Order, answer: Answer | None, lang: str) -> Findings:
        unit = pick(lang, body.unit, body.unit_en)
        given = answer if isinstance(answer, str) else ""
        tolerance = decimal_text(body.tolerance) if body.tolerance else ""
        return Findings(
            given=given, key=(decimal_text(body.value),), more={"unit": unit, "tolerance": tolerance}
        )

    def dump(self, body: Numeric) -> dict[str, Json]:
        dumped: dict[str, Json] = {"value": decimal_text(body.value)}
        if body.tolerance:
            dumped["tolerance"] = decimal_text(body.tolerance)
        if body.unit:
            dumped["unit"] = body.unit
        if body.unit_en:
            dumped["unit_en"] = body.unit_en
        return dumped

    def load(self, data: Mapping[str, Any]) -> Numeric:
        tolerance = Decimal(data.get("tolerance", "0"))
        return Numeric(Decimal(data["value"]), tolerance, data.get("unit", ""), data.get("unit_en", ""))


KIND: Kind[Numeric] = NumericKind()
