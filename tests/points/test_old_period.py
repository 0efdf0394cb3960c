"""A period stored when the first engine was in use: entries, rules, lines. It gives the same for ever."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from learnapp import points
from tests.points.entries import Fact

OLD = Path(__file__).parent / "old"


@pytest.fixture(scope="module")
def period() -> dict[str, Any]:
    """The stored period."""
    found: dict[str, Any] = json.loads((OLD / "period-engine-1.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("engine", sorted(points.ENGINES))
def test_an_old_period_gives_the_lines_it_gave_then(period: dict[str, Any], engine: int) -> None:
    """By the engine of its time; and by every later one, since nothing in its rules means anything else now."""
    parsed = points.parse((OLD / "municipal-2026.toml").read_text(encoding="utf-8"))
    assert parsed.rules is not None and parsed.rules.hash == period["rule_set"]
    stream = [
        Fact(one["seq"], one["kind"], one["subject"], datetime.fromisoformat(one["occurred_at"]), one["data"])
        for one in period["entries"]
    ]
    span = points.Span(date.fromisoformat(period["starts_on"]), date.fromisoformat(period["ends_on"]))
    found = points.ENGINES[engine].evaluate(stream, parsed.rules, span, period["zone"])
    lines = [
        [line.seq, line.rule, line.worth, line.counted, line.reason, line.on.isoformat()]
        for line in found.lines
    ]
    assert lines == period["lines"] and len(lines) == 34
    sums = {key: getattr(found, key) for key in ("base", "bonus", "deduction", "total")}
    assert sums == {key: period[key] for key in sums}
    assert {line[4] for line in lines} == {"", "once", "voided", "full-month"}


def test_the_newest_engine_is_for_new_periods() -> None:
    assert max(points.ENGINES) == points.ENGINE
