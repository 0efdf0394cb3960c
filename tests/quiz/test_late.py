"""What the server can know of an answer that came late: phones that are honest, slow, asleep, and others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.quiz import late
from learnapp.quiz.journal import FORM_SESSION
from learnapp.quiz.late import Claim
from learnapp.quiz.rules import Tap
from learnapp.quiz.timing import GRACE
from tests.conftest import AT

LIMIT = 15 * 60_000
END = AT + timedelta(milliseconds=LIMIT)
MS = timedelta(milliseconds=1)
HOUR = 3_600_000


@dataclass(frozen=True)
class Step:
    """What happens before a tap, in milliseconds: the phone is used, sleeps, its wall clock is put right by
    the network; and how long the tap is under way afterwards."""

    used: int
    asleep: int
    put_right: int
    delay: int


def journal(session: str, opened: int, steps: Sequence[Step], drift: float = 0.0) -> list[tuple[int, Tap]]:
    """The taps of a page that was opened so many milliseconds after the start, each with the true moment."""
    made = []
    true, slept, moved = 0, 0, 0
    for number, step in enumerate(steps, 1):
        true, slept, moved = true + step.used + step.asleep, slept + step.asleep, moved + step.put_right
        tap = Tap(
            session=session,
            number=number,
            question=f"q{number % 7}",
            answer='"a"',
            wall_ms=max(0, round(true * (1 + drift)) + moved),
            monotonic_ms=round((true - slept) * (1 - drift)),
            received_at=AT + (opened + true + step.delay) * MS,
        )
        made.append((opened + true, tap))
    return made


def judged(taps: Sequence[Tap]) -> dict[tuple[str, int], Claim]:
    """The verdicts on those that arrived after the end."""
    in_time = [tap for tap in taps if tap.received_at <= END + GRACE]
    came_late = [tap for tap in taps if tap.received_at > END + GRACE]
    return {(one.tap.session, one.tap.number): one for one in late.judge(AT, END, in_time, came_late)}


def steps(
    *, asleep: bool = True, put_right: bool = True, longest: int = 20 * 60_000
) -> st.SearchStrategy[list[Step]]:
    """What happens to a phone, with or without sleep and steps of its clock."""
    span = st.integers(0, longest)
    none = st.just(0)
    return st.lists(
        st.builds(
            Step,
            used=span,
            asleep=span if asleep else none,
            put_right=st.integers(-2 * HOUR, 2 * HOUR) | none if put_right else none,
            delay=st.integers(0, 3_000) | st.integers(0, 3 * HOUR),
        ),
        min_size=1,
        max_size=12,
    )


drifts = st.floats(-0.0003, 0.0003)


@given(st.integers(0, LIMIT), steps(), st.integers(0, LIMIT), steps(), drifts)
def test_an_honest_phone_is_never_told_that_it_was_not_in_time(
    first: int, one: list[Step], second: int, two: list[Step], drift: float
) -> None:
    """Whatever the delays, sleeps and reloads, with two devices, and with clocks that the network sets."""
    made = journal("phone0001", first, one, drift) + journal("tablet0001", second, two, -drift)
    verdicts = judged([tap for true, tap in made if true <= LIMIT])
    assert "not-in-time" not in {claim.verdict for claim in verdicts.values()}


@given(st.integers(0, LIMIT), steps(put_right=False), st.integers(0, LIMIT), steps(put_right=False))
def test_what_was_late_by_honest_clocks_is_never_in_time(
    first: int, one: list[Step], second: int, two: list[Step]
) -> None:
    made = journal("phone0001", first, one) + journal("tablet0001", second, two)
    verdicts = judged([tap for _, tap in made])
    for true, tap in made:
        claim = verdicts.get((tap.session, tap.number))
        if claim is not None and claim.latest is not None:
            assert claim.earliest <= AT + true * MS <= claim.latest
        if claim is not None and true * MS > LIMIT * MS + GRACE:
            assert claim.verdict != "in-time" and (claim.findings or claim.verdict == "not-in-time")


# An answer within the first minute that arrives at once ties the page's clocks to the server's.
ANCHORED = Step(30_000, 0, 0, 100)


@given(
    steps(asleep=False, put_right=False), st.sampled_from(["wall_ms", "monotonic_ms"]), st.integers(1, HOUR)
)
def test_one_clock_that_is_shifted_brings_nothing_into_time(more: list[Step], clock: str, shift: int) -> None:
    made = journal("phone0001", 0, [ANCHORED, *more])
    shifted = [
        (true, replace(tap, **{clock: max(0, getattr(tap, clock) - shift)}) if true > LIMIT else tap)
        for true, tap in made
    ]
    verdicts = judged([tap for _, tap in shifted])
    for true, tap in shifted:
        claim = verdicts.get((tap.session, tap.number))
        if claim is not None and true > LIMIT + GRACE // MS + late.tolerance(true):
            assert claim.verdict == "not-in-time" or claim.findings


@given(
    steps(asleep=False, put_right=False), st.sampled_from(["wall_ms", "monotonic_ms"]), st.integers(1, HOUR)
)
def test_a_clock_that_runs_ahead_of_the_server_is_found(more: list[Step], clock: str, shift: int) -> None:
    """An answer cannot have been made so long after the page was opened that it had not arrived yet."""
    made = [tap for _, tap in journal("phone0001", 0, [ANCHORED, *more])]
    shifted = [replace(made[0]), *(replace(tap, **{clock: getattr(tap, clock) + shift}) for tap in made[1:])]
    for tap in shifted:
        claim = judged(shifted).get((tap.session, tap.number))
        ahead = AT + getattr(tap, clock) * MS > tap.received_at
        if claim is not None and ahead and shift > 2 * late.tolerance(HOUR * 10):
            assert claim.findings


# One phone, by hand -------------------------------------------------------------------------------------


def act(
    number: int, minute: float, arrives: float, *, wall: float | None = None, session: str = "phone0001"
) -> Tap:
    """A tap so many minutes after the start; `wall` is what the wall clock says instead."""
    ms = round(minute * 60_000)
    return Tap(
        session=session,
        number=number,
        question=f"q{number}",
        answer='"a"',
        wall_ms=ms if wall is None else round(wall * 60_000),
        monotonic_ms=ms,
        received_at=AT + timedelta(minutes=arrives),
    )


FIRST = act(1, 1, 1.01)


def codes(*taps: Tap) -> tuple[str, list[str]]:
    """Verdict and findings of the last of these."""
    claim = list(judged(taps).values())[-1]
    return claim.verdict, [finding.code for finding in claim.findings]


def test_answers_of_the_minutes_without_a_network_are_in_time() -> None:
    verdicts = judged([FIRST, act(2, 12.5, 40), act(3, 14.9, 40)])
    assert {claim.verdict for claim in verdicts.values()} == {"in-time"}
    claim = verdicts["phone0001", 3]
    assert claim.earliest == AT + timedelta(minutes=14.9)
    assert claim.latest == AT + timedelta(minutes=14.91)


def test_a_phone_that_slept_is_in_time_too() -> None:
    """The stopwatch stood still for six minutes."""
    asleep = replace(act(2, 14, 40), monotonic_ms=8 * 60_000)
    assert codes(FIRST, asleep) == ("in-time", [])


@pytest.mark.parametrize(
    ("taps", "verdict", "found"),
    [
        ([act(2, 14, 40)], "claimed", ["unanchored"]),
        ([FIRST, act(2, 14, 40, wall=13)], "claimed", ["wall-behind"]),
        ([FIRST, act(2, 5, 9.1, wall=9), act(3, 9, 40, wall=11)], "claimed", ["set-back"]),
        ([FIRST, act(2, 13, 40), act(3, 12, 40)], "claimed", ["order"]),
        ([FIRST, act(3, 9, 9.1), act(2, 8, 40)], "claimed", ["overtaken"]),
        ([FIRST, act(2, 9, 9.1), act(3, 8, 40)], "claimed", ["order", "overtaken"]),
        ([act(1, 5, 1.0), act(2, 14, 40)], "claimed", ["before-start"]),
        ([act(1, 5, 9), act(2, 14, 40)], "claimed", ["after-deadline"]),
        ([FIRST, act(2, 15.2, 40)], "not-in-time", []),
        ([FIRST, act(2, 14, 40, wall=20)], "claimed", ["after-deadline"]),
        ([FIRST, *(act(number, 14, 40) for number in range(2, 12))], "claimed", ["cluster"]),
        ([FIRST, *(act(number, 14, 40) for number in range(2, 11))], "in-time", []),
    ],
)
def test_every_finding_has_a_name(taps: list[Tap], verdict: str, found: list[str]) -> None:
    assert codes(*taps) == (verdict, found)
    assert set(found) <= set(late.FINDINGS)


def test_the_texts_of_findings_fit_their_numbers() -> None:
    taps = [
        FIRST,
        *(act(number, 14, 40, wall=12) for number in range(2, 14)),
        act(1, 13, 40, session="tablet0001"),
    ]
    for claim in judged([*taps, act(14, 30, 40), act(15, 20, 40)]).values():
        for finding in claim.findings:
            assert "%(" not in late.FINDINGS[finding.code] % finding.params


def test_a_form_is_timed_by_the_server() -> None:
    form = replace(act(2, 15.5, 15.5), session=FORM_SESSION)
    assert codes(FIRST, form) == ("not-in-time", [])


def test_a_large_journal_is_judged_quickly() -> None:
    """Ten thousand acts of one page, and as many pages."""
    one = [act(number, number / 1000, 40) for number in range(2, 10_000)]
    many = [act(1, 1, 40, session=f"page{number:06d}") for number in range(10_000)]
    assert len(judged([FIRST, *one])) == len(one)
    assert len(judged(many)) == len(many)


# The quiz's rule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "tap", "expected"),
    [
        ("accept", act(2, 14, 40), ("accepted", "in-time")),
        ("accept", act(2, 14, 40, wall=13), ("waiting", "findings")),
        ("accept", act(2, 16, 40), ("refused", "not-in-time")),
        ("accept", act(2, 14, 15 + 24 * 60), ("accepted", "in-time")),
        ("accept", act(2, 14, 15.01 + 24 * 60), ("refused", "hours")),
        ("ask", act(2, 14, 40), ("waiting", "ask")),
        ("ask", act(2, 14, 40, wall=13), ("waiting", "ask")),
        ("ask", act(2, 16, 40), ("refused", "not-in-time")),
        ("ask", act(2, 14, 15.01 + 24 * 60), ("refused", "hours")),
        ("refuse", act(2, 14, 40), ("refused", "refuse")),
    ],
)
def test_the_rule_of_the_quiz(policy: str, tap: Tap, expected: tuple[str, str]) -> None:
    (claim,) = judged([FIRST, tap]).values()
    assert late.fate(policy, 24, END, claim) == expected
