"""Streams of a member for the rules, put together freely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

START = datetime(2024, 12, 30, 3, 0, tzinfo=UTC)
VERSION = "a" * 64


@dataclass(frozen=True)
class Row:
    """What the rules read of an entry."""

    seq: int
    kind: str
    data: Mapping[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    hash: str = "f" * 64


def module(name: str, hours: int, mode: str = "online") -> tuple[str, dict[str, Any]]:
    """A module was completed."""
    data = {"course": "c", "module": name, "version": VERSION, "hours": hours, "mode": mode}
    return "module-completed", {**data, "source": VERSION, "minutes": 20, "hour_rule": "rule@1"}


def quiz(attempt: str, *, passed: bool, slug: str = "q", counts: bool = True) -> tuple[str, dict[str, Any]]:
    """An attempt ended."""
    data = {"quiz": slug, "version": VERSION, "attempt": attempt, "passed": passed, "counts": counts}
    return "quiz-ended", data


def course(slug: str = "c") -> tuple[str, dict[str, Any]]:
    """A course was completed."""
    return "course-completed", {"course": slug, "version": VERSION}


def void(seq: int, reason: str = "entered-in-error") -> tuple[str, dict[str, Any]]:
    """An entry is void."""
    return "voided", {"seq": seq, "reason": reason, "trace": "", "note": ""}


def stream(*facts: tuple[str, dict[str, Any]], step: timedelta = timedelta(hours=7)) -> list[Row]:
    """Facts as entries, one after the other."""
    return [
        Row(number, kind, data, START + step * number, START + step * number)
        for number, (kind, data) in enumerate(facts, 1)
    ]


@st.composite
def streams(draw: st.DrawFn) -> list[Row]:
    """Random lives: study, quizzes, voids and replacements, over several years."""
    facts: list[tuple[str, dict[str, Any]]] = []
    open_seqs: list[int] = []
    for _ in range(draw(st.integers(0, 25))):
        if open_seqs and draw(st.integers(0, 3)) == 0:
            seq = draw(st.sampled_from(open_seqs))
            open_seqs.remove(seq)
            facts.append(void(seq, draw(st.sampled_from(["entered-in-error", "regraded"]))))
            if draw(st.booleans()):
                kind, data = facts[seq - 1]
                again = {**data, "passed": draw(st.booleans())} if kind == "quiz-ended" else data
                facts.append((kind, again))
                open_seqs.append(len(facts))
            continue
        modes = st.sampled_from(["online", "group", "concentrated", "private", "brought-home"])
        fact = draw(
            st.one_of(
                st.builds(module, st.sampled_from("abc"), st.integers(0, 8).map(lambda n: n * 25), modes),
                st.builds(lambda a, p: quiz(a, passed=p), st.sampled_from("123"), st.booleans()),
                st.just(course()),
                st.just(("study-begun", {"course": "c", "version": VERSION})),
            )
        )
        facts.append(fact)
        open_seqs.append(len(facts))
    return stream(*facts, step=timedelta(days=draw(st.integers(1, 40)), hours=5))
