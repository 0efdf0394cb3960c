"""Ledger entries as the engine sees them, made without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from learnapp import points

ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Fact:
    """The part of an entry that the engine reads."""

    seq: int
    kind: str
    subject: str
    occurred_at: datetime
    data: dict[str, Any] = field(default_factory=dict)


def on(month: int, day: int, hour: int = 4) -> datetime:
    """An instant of 2026 in UTC; hour 4 is noon in Shanghai."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def module(seq: int, at: datetime, name: str = "", hours: int = 50) -> Fact:
    """A completed module of the course `c`, worth so many hundredths of a study hour."""
    name = name or f"m{seq}"
    return Fact(seq, "module-completed", f"module/c/{name}", at, {"course": "c", "hours": hours})


def quiz(seq: int, at: datetime, name: str = "q", passed: bool = True) -> Fact:
    """An ended attempt at a quiz."""
    return Fact(seq, "quiz-ended", f"quiz/{name}", at, {"quiz": name, "passed": passed})


def course(seq: int, at: datetime, name: str = "c") -> Fact:
    """A completed course."""
    return Fact(seq, "course-completed", f"course/{name}", at, {"course": name})


def void(seq: int, of: int, at: datetime) -> Fact:
    """The voiding of an earlier entry."""
    return Fact(seq, "voided", f"entry/{of}", at, {"seq": of, "reason": "duplicate"})


def rules(text: str) -> points.rules.RuleSet:
    """A rule set that must be usable."""
    parsed = points.parse(text)
    assert parsed.rules is not None, [problem.text() for problem in parsed.problems]
    return parsed.rules


def act(seq: int, code: str, day: date, origin: str = "recorded", act_id: str = "") -> Fact:
    """A confirmed act: `recorded` by somebody, or `declared` by the member."""
    data = {"act": code, "on": day.isoformat(), "origin": origin}
    return Fact(seq, "act-confirmed", f"act/{act_id or seq}", on(12, 31), data)


def work(seq: int, kind: str, day: date, ref: str = "") -> Fact:
    """Work of a party worker that came to its end."""
    ref = ref or f"r{seq}"
    return Fact(seq, "work-done", f"work/{kind}/{ref}", on(12, 31), {"work": kind, "on": day.isoformat()})
