"""A number: right when it lies within the tolerance of the value, both ends included.

With `units` it may be given in other units as well; each names its factor, how much of the main unit one of
it is, as a number or a fraction. Comparing is exact: 70 minutes of 45 to the hour are 14/9 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Answer, Face, Findings, Given, Json, Kind, Mix, Order, Part, pick
from learnapp.questions.folding import fold
from learnapp.questions.numbers import decimal_text, read_decimal, read_factor
from learnapp.questions.trail import Trail

_UNIT_KEYS = frozenset({"unit", "unit_en", "factor"})


@dataclass(frozen=True, slots=True)
class Unit:
    """Another unit for the answer. `factor` is how much of the main unit one of it is, such as "1/45"."""

    unit: str
    factor: str
    unit_en: str = ""


@dataclass(frozen=True, slots=True)
class Numeric:
    """Value and tolerance in `unit`; the unit is shown beside the field and may be typed too."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    unit_en: str = ""
    units: tuple[Unit, ...] = ()


class NumericKind:
    """An answer is a decimal as text in its shortest notation, such as "32.5"; in a unit other than the main
    one, the unit follows after a space: "90 分钟". A page sends the number and, as the part "unit", the number
    of the unit in the list; what is typed behind the number goes before it."""

    name = "numeric"
    label = N_("Number")
    keys = frozenset({"value", "tolerance", "unit", "unit_en", "units"})

    def rule(self, body: Numeric) -> str:
        if body.units:
            return N_("Enter a number and choose its unit.")
        return N_("Enter a number.")

    def parse(self, table: Mapping[str, object], trail: Trail) -> Numeric | None:
        if table.get("value") is None:
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
        units = _parse_units(table, (unit, unit_en), trail)
        return None if value is None else Numeric(value, tolerance, unit, unit_en, units)

    def shuffle(self, body: Numeric, mix: Mix) -> Order:
        return ()

    def present(self, body: Numeric, order: Order, lang: str) -> Face:
        more: dict[str, Json] = {"unit": pick(lang, body.unit, body.unit_en)}
        if body.units:
            more["units"] = [
                {"key": str(number), "text": pick(lang, one.unit, one.unit_en)}
                for number, one in enumerate(body.units, 1)
            ]
        return Face(more=more)

    def read(self, body: Numeric, order: Order, given: Given) -> Answer | None:
        if not given.keys() <= ({"", "unit"} if body.units else {""}):
            raise Invalid("answer_parts", N_("This answer has parts that the question does not have."))
        values, chosen = _filled(given, ""), _filled(given, "unit")
        if not values:
            return None
        numbers = {str(number): one for number, one in enumerate(body.units, 1)}
        if len(values) > 1 or len(chosen) > 1 or not chosen <= numbers.keys():
            raise _no_number()
        typed = values.pop()
        number = read_decimal(typed)
        if number is not None:
            return decimal_text(number) + (f" {numbers[chosen.pop()].unit}" if chosen else "")
        return _with_unit(body, typed)

    def shown(self, body: Numeric, order: Order, answer: Answer) -> Json:
        number, unit = _split(answer)
        place = next((str(n) for n, one in enumerate(body.units, 1) if one.unit == unit), None)
        if place:
            return {"": number, "unit": place}
        return answer if isinstance(answer, str) else None

    def grade(self, body: Numeric, answer: Answer, points: int) -> tuple[Part, ...]:
        number, unit = _split(answer)
        factors = {"": Fraction(1)} | {one.unit: Fraction(one.factor) for one in body.units}
        value = read_decimal(number)
        right = (
            value is not None
            and unit in factors
            and abs(Fraction(value) * factors[unit] - Fraction(body.value)) <= Fraction(body.tolerance)
        )
        return (Part("", points if right else 0, points),)

    def guess(self, body: Numeric) -> Fraction:
        """Nobody hits a number by chance."""
        return Fraction(0)

    def told(self, body: Numeric) -> bool:
        """A wrong number tells little."""
        return False

    def right(self, body: Numeric) -> Answer:
        return decimal_text(body.value)

    def review(self, body: Numeric, order: Order, answer: Answer | None, lang: str) -> Findings:
        number, typed = _split(answer)
        main = pick(lang, body.unit, body.unit_en)
        names = {one.unit: pick(lang, one.unit, one.unit_en) for one in body.units}
        tolerance = decimal_text(body.tolerance) if body.tolerance else ""
        return Findings(
            given=number,
            key=(decimal_text(body.value),),
            more={"unit": main},
            key_more={"tolerance": tolerance},
            given_more={"given_unit": names.get(typed, typed)} if typed else {},
        )

    def dump(self, body: Numeric) -> dict[str, Json]:
        dumped: dict[str, Json] = {"value": decimal_text(body.value)}
        if body.tolerance:
            dumped["tolerance"] = decimal_text(body.tolerance)
        if body.unit:
            dumped["unit"] = body.unit
        if body.unit_en:
            dumped["unit_en"] = body.unit_en
        if body.units:
            dumped["units"] = [_dump_unit(one) for one in body.units]
        return dumped

    def load(self, data: Mapping[str, Any]) -> Numeric:
        tolerance = Decimal(data.get("tolerance", "0"))
        units = tuple(Unit(**one) for one in data.get("units", ()))
        unit, unit_en = data.get("unit", ""), data.get("unit_en", "")
        return Numeric(Decimal(data["value"]), tolerance, unit, unit_en, units)


def _dump_unit(one: Unit) -> dict[str, Json]:
    dumped: dict[str, Json] = {"unit": one.unit, "factor": one.factor}
    return {**dumped, "unit_en": one.unit_en} if one.unit_en else dumped


def _filled(given: Given, part: str) -> set[str]:
    return {value for value in given.get(part, ()) if value.strip()}


def _no_number() -> Invalid:
    return Invalid("not_a_number", N_("This is not a number. Write it in digits, for example 12.5."))


def _split(answer: Answer | None) -> tuple[str, str]:
    """Number and unit of a stored answer; the unit is "" for the main one."""
    number, _, unit = answer.partition(" ") if isinstance(answer, str) else ("", "", "")
    return number, unit


def _with_unit(body: Numeric, typed: str) -> str:
    """A number typed with a unit behind it, as it is stored. Raises Invalid."""
    number = read_decimal(typed, (body.unit, body.unit_en))
    if number is not None:
        return decimal_text(number)
    for one in body.units:
        number = read_decimal(typed, (one.unit, one.unit_en))
        if number is not None:
            return f"{decimal_text(number)} {one.unit}"
    raise _no_number()


def _parse_units(table: Mapping[str, object], main: tuple[str, str], trail: Trail) -> tuple[Unit, ...]:
    raw = table.get("units", [])
    units = [_parse_unit(one, trail) for one in raw] if isinstance(raw, list) else [None]
    good = tuple(one for one in units if one is not None)
    if len(good) < len(units) or (good and not main[0].strip()):
        trail.error(
            "units",
            N_(
                "Question %(question)s: the other units cannot be read, or have no main unit to be turned into."
            ),
            N_('Write unit = "km" and units = [ { unit = "m", factor = "1/1000" } ].'),
            "units",
        )
        return ()
    each = [{fold(name) for name in names if name} for names in (main, *((u.unit, u.unit_en) for u in good))]
    if len(set(chain.from_iterable(each))) < sum(map(len, each)):
        trail.error(
            "units_alike",
            N_("Question %(question)s has two units of the same name."),
            N_("Give each unit a name of its own."),
            "units",
        )
    return good


def _parse_unit(raw: object, trail: Trail) -> Unit | None:
    if not isinstance(raw, Mapping):
        return None
    trail.known(raw, _UNIT_KEYS, "units")
    factor = read_factor(raw.get("factor"))
    unit = trail.text(raw, "unit").strip()
    return None if factor is None or not unit else Unit(unit, factor, trail.text(raw, "unit_en").strip())


KIND: Kind[Numeric] = NumericKind()
