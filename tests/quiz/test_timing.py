"""The clock by itself: windows, limits, and what moves them, each at its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.quiz import timing
from learnapp.quiz.timing import GRACE, Begun, Clock, Move, Terms, Window, may_start, run, terms
from tests.conftest import AT

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
END = AT + 15 * MINUTE
BEGUN = Begun("a1", AT, 15)


def move(number: int, kind: timing.Kind, minute: float, **more: object) -> Move:
    """A measure for all of one unit, so many minutes after the start."""
    values = {"unit": "u", **more}
    return Move("all", number, kind, AT + minute * MINUTE, **values)  # type: ignore[arg-type]  # by name


def deadline(*moves: Move, begun: Begun = BEGUN) -> datetime | None:
    """When the time is up after these measures."""
    return run(begun, moves).clock.deadline_at


# One clock


def test_the_clock_of_an_attempt() -> None:
    clock = Clock(END)
    assert clock.in_time(END + GRACE) and not clock.overdue(END + GRACE)
    assert clock.overdue(END + GRACE + MS)
    assert clock.remaining_ms(AT) == 900_000 and clock.remaining_ms(END + GRACE) == 0
    assert clock.ending(END - MS) == ("member", END - MS)
    assert clock.ending(END) == clock.ending(END + timedelta(days=9)) == ("deadline", END)


def test_a_clock_without_a_deadline_never_ends() -> None:
    assert Clock().in_time(AT + timedelta(days=3650)) and Clock().remaining_ms(AT) is None
    assert Clock().ending(AT) == ("member", AT)


def test_a_clock_that_stands() -> None:
    clock = Clock(END, END - 4 * MINUTE)
    assert clock.in_time(END + timedelta(days=9)) and clock.remaining_ms(END + MINUTE) == 240_000
    assert clock.ending(END + MINUTE) == ("member", END + MINUTE)


# Before the start


def test_local_times_are_those_of_the_zone() -> None:
    assert timing.local("2026-12-01T08:00", "Asia/Shanghai") == datetime(2026, 12, 1, tzinfo=UTC)
    assert timing.local(None, "Asia/Shanghai") is None


@pytest.mark.parametrize(
    ("at", "code", "when"),
    [(-1, "not-open", 0), (0, "", None), (59, "", None), (60, "closed", 60), (999, "closed", 60)],
)
def test_the_window(at: int, code: str, when: int | None) -> None:
    window = Window(opens=AT, due=AT + 30 * MINUTE, closes=AT + 60 * MINUTE)
    found = may_start(Terms(window), used=0, last_ended_at=None, wait_minutes=0, at=AT + at * MINUTE)
    assert (found.code, found.at) == (code, None if when is None else AT + when * MINUTE)
    assert found.may == (not code)


def test_attempts_and_the_wait_between_them() -> None:
    def asked(used: int, minute: int, closes: int | None = None) -> tuple[str, datetime | None]:
        window = Window(closes=None if closes is None else AT + closes * MINUTE)
        found = may_start(
            Terms(window, attempts=3), used=used, last_ended_at=AT, wait_minutes=10, at=AT + minute * MINUTE
        )
        return found.code, found.at

    assert [timing.attempts_left(3, used) for used in range(5)] == [3, 2, 1, 0, 0]
    assert timing.attempts_left(None, 99) is None
    assert asked(3, 99) == ("no-attempts-left", None)
    assert asked(1, 9) == ("wait", AT + 10 * MINUTE) and asked(1, 10) == ("", None)
    assert asked(1, 5, closes=10) == ("wait-closed", AT + 10 * MINUTE)
    assert may_start(Terms(), used=1, last_ended_at=AT + MINUTE, wait_minutes=0, at=AT).may


def test_terms_of_whom_has_not_begun() -> None:
    base = Terms(Window(AT, AT + 30 * MINUTE, AT + 60 * MINUTE), 15, 1)
    extended = terms(base, [move(1, "extend", 5, minutes=20)])
    assert extended == Terms(Window(AT, AT + 50 * MINUTE, AT + 80 * MINUTE), 15, 1)
    paused = terms(base, [move(1, "pause", 5)])
    assert paused.paused is not None and paused.window == base.window
    verdict = may_start(paused, used=0, last_ended_at=None, wait_minutes=0, at=AT + 6 * MINUTE)
    assert verdict.code == "paused"
    assert terms(base, [move(1, "pause", 5), move(2, "resume", 12)]).window.closes == AT + 67 * MINUTE
    assert terms(base, [move(1, "pause", 61), move(2, "resume", 70)]) == base
    shut = terms(base, [move(1, "pause", 61)])
    assert may_start(shut, used=0, last_ended_at=None, wait_minutes=0, at=AT + 62 * MINUTE).code == "closed"
    again = terms(base, [move(1, "pause", 61), move(2, "extend", 65, minutes=10)])
    assert may_start(again, used=0, last_ended_at=None, wait_minutes=0, at=AT + 99 * MINUTE).code == "paused"
    gone_on = [move(1, "pause", 61), move(2, "extend", 65, minutes=10), move(3, "resume", 68)]
    assert terms(base, gone_on).window.closes == AT + 73 * MINUTE
    own = Move("one", 1, "override", AT, minutes=40, attempts=2, closes_at=AT + 90 * MINUTE)
    assert terms(base, [own]) == Terms(Window(AT, AT + 30 * MINUTE, AT + 90 * MINUTE), 40, 3)
    assert terms(base, [own, move(1, "extend", 5, minutes=20)]).window.closes == AT + 110 * MINUTE
    assert terms(Terms(), [own]).attempts is None


@pytest.mark.parametrize(
    ("minutes", "exam", "longer", "allowance", "found"),
    [
        (15, False, False, None, 100),
        (15, False, True, None, 150),
        (15, True, True, None, 100),
        (15, True, True, 125, 125),
        (15, False, True, 125, 150),
        (15, False, True, 200, 200),
        (None, False, True, 200, 100),
    ],
)
def test_the_larger_share_of_the_limit_counts(
    minutes: int | None, exam: bool, longer: bool, allowance: int | None, found: int
) -> None:
    assert timing.percent(minutes, exam=exam, longer=longer, allowance=allowance) == found


# While it runs


def test_the_limit_stretched_or_the_closing_time_whichever_is_first() -> None:
    assert deadline() == END
    assert deadline(begun=Begun("a1", AT, 15, 150)) == AT + 22.5 * MINUTE
    assert deadline(begun=Begun("a1", AT, 15, 150, AT + 20 * MINUTE)) == AT + 20 * MINUTE
    assert deadline(begun=Begun("a1", AT, None, 100, AT + 20 * MINUTE)) == AT + 20 * MINUTE
    assert deadline(begun=Begun("a1", AT, None)) is None


def test_an_extension_moves_limit_and_closing_time_of_who_runs() -> None:
    late = Begun("a1", AT, 15, 100, AT + 10 * MINUTE)
    extension = move(1, "extend", 5, minutes=20)
    assert deadline(extension) == END + 20 * MINUTE
    assert deadline(extension, begun=late) == AT + 30 * MINUTE
    before = move(1, "extend", -5, minutes=20)
    assert deadline(before) == END and run(BEGUN, [before]).touched == ()
    assert deadline(before, begun=late) == END


def test_what_is_set_after_the_end_does_not_touch_it() -> None:
    assert deadline(move(1, "extend", 15, minutes=5)) == END + 5 * MINUTE
    last = Move("all", 1, "extend", END + GRACE, minutes=5)
    assert deadline(last) == END + 5 * MINUTE
    after = Move("all", 1, "extend", END + GRACE + MS, minutes=5)
    assert deadline(after) == END and run(BEGUN, [after]).touched == ()
    assert run(BEGUN, [move(1, "pause", 16)]).clock == Clock(END)


def test_a_pause_moves_everything_by_its_length() -> None:
    pause, resume = move(1, "pause", 5), move(2, "resume", 65)
    standing = run(BEGUN, [pause])
    assert standing.clock == Clock(END, AT + 5 * MINUTE) and standing.paused == pause
    gone_on = run(BEGUN, [pause, resume])
    assert gone_on.clock == Clock(END + 60 * MINUTE) and gone_on.touched == (pause, resume)
    assert gone_on.paused is None
    # An extension during a pause is set at once, although the limit itself has passed by then.
    assert deadline(pause, move(2, "extend", 40, minutes=3), move(3, "resume", 65)) == END + 63 * MINUTE


def test_pauses_that_overlap_count_once() -> None:
    one = [
        Move("one", 1, "pause", AT + 10 * MINUTE),
        Move("one", 2, "resume", AT + 50 * MINUTE),
    ]
    assert deadline(move(1, "pause", 5), move(2, "resume", 30), *one) == END + 45 * MINUTE
    assert run(BEGUN, [move(1, "pause", 5), move(2, "resume", 30), one[0]]).clock.paused_at == AT + 5 * MINUTE
    assert deadline(move(1, "resume", 3), *one) == END + 40 * MINUTE


def test_an_override_never_makes_a_running_attempt_shorter() -> None:
    begun = Begun("a1", AT, 15, 200, AT + 60 * MINUTE)
    assert deadline(Move("one", 1, "override", AT + MINUTE, minutes=5), begun=begun) == AT + 30 * MINUTE
    assert deadline(Move("one", 1, "override", AT + MINUTE, minutes=25), begun=begun) == AT + 50 * MINUTE
    closes = Move("one", 1, "override", AT + MINUTE, minutes=40, closes_at=AT + 70 * MINUTE)
    assert deadline(closes, begun=begun) == AT + 70 * MINUTE
    assert run(begun, [Move("one", 1, "override", AT + MINUTE, attempts=1)]).touched == ()
    assert deadline(Move("one", 1, "override", AT - MINUTE, minutes=5), begun=begun) == AT + 10 * MINUTE


def test_what_was_opened_again_has_only_the_minutes_given() -> None:
    begun = Begun("a1", AT, 15, 100, AT + 20 * MINUTE)
    reopened = Move("one", 1, "reopen", AT + 90 * MINUTE, minutes=10, attempt_id="a1")
    other = Move("one", 1, "reopen", AT + 90 * MINUTE, minutes=10, attempt_id="a2")
    assert deadline(reopened, begun=begun) == AT + 100 * MINUTE and deadline(other, begun=begun) == END
    later = Move("all", 1, "extend", AT + 95 * MINUTE, minutes=5)
    found = run(begun, [later, reopened, move(1, "extend", 5, minutes=5)])
    assert found.clock.deadline_at == AT + 105 * MINUTE and found.touched == (reopened, later)
    paused = run(begun, [move(1, "pause", 5), reopened, move(2, "resume", 93)])
    assert paused.clock == Clock(AT + 103 * MINUTE)
    # A pause that began when the time was up is still in force when it is opened again.
    meanwhile = run(begun, [move(1, "pause", 60), reopened])
    assert meanwhile.clock == Clock(AT + 100 * MINUTE, AT + 90 * MINUTE) and meanwhile.paused is not None
    assert run(begun, [move(1, "pause", 60)]).paused is None


# Whatever is set

KINDS = st.sampled_from(["extend", "pause", "resume", "override", "reopen"])


@st.composite
def measures(draw: st.DrawFn) -> list[Move]:
    """Any measures for all of two units and for one, in any order, before and after the start and the end."""
    found = []
    for number in range(1, draw(st.integers(0, 7)) + 1):
        kind = draw(KINDS)
        source = "one" if kind in ("override", "reopen") else draw(st.sampled_from(["all", "one"]))
        found.append(
            Move(
                source,  # type: ignore[arg-type]  # one of the two
                number,
                kind,
                AT + timedelta(seconds=draw(st.integers(-600, 3_000))),
                unit=draw(st.sampled_from(["u", "v"])) if source == "all" else "",
                minutes=draw(st.integers(1, 40)),
                attempts=draw(st.none() | st.integers(1, 3)),
                closes_at=draw(st.none() | st.integers(1, 60).map(lambda minute: AT + minute * MINUTE)),
                attempt_id="a1",
            )
        )
    return found


BEGINNINGS = st.builds(
    Begun,
    st.just("a1"),
    st.just(AT),
    st.none() | st.integers(1, 30),
    st.sampled_from([100, 150, 200]),
    st.none() | st.integers(1, 60).map(lambda minute: AT + minute * MINUTE),
)


@given(BEGINNINGS, measures(), st.randoms())
def test_the_order_in_which_measures_are_read_does_not_matter(
    begun: Begun, moves: list[Move], random: object
) -> None:
    mixed = list(moves)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis's Random
    assert run(begun, mixed) == run(begun, moves)
    assert terms(Terms(Window(AT, AT, AT), 9, 9), mixed) == terms(Terms(Window(AT, AT, AT), 9, 9), moves)


@given(BEGINNINGS, measures(), st.integers(0, 7))
def test_a_clock_that_lacks_measures_is_too_early_never_too_late(
    begun: Begun, moves: list[Move], known: int
) -> None:
    """The stored deadline may lack the newest measures; the sweeper's list of candidates rests on this. What is
    opened again is written at once."""
    moves = [one for one in moves if one.kind != "reopen"]
    since = [one for one in timing.in_order(moves) if one.at >= begun.started_at]
    some = [*(one for one in moves if one not in since), *since[:known]]
    early, full = run(begun, some), run(begun, moves)
    if early.clock.deadline_at is None or early.clock.paused_at is not None:
        return
    if full.clock.deadline_at is not None and full.touched[: len(early.touched)] == early.touched:
        assert early.clock.deadline_at <= full.clock.deadline_at


@given(BEGINNINGS, measures())
def test_what_touched_an_attempt_is_enough_to_know_its_clock(begun: Begun, moves: list[Move]) -> None:
    before = [one for one in moves if one.at < begun.started_at]
    touched = run(begun, moves).touched
    if not any(one.kind == "reopen" for one in touched):
        assert run(begun, [*before, *touched]).clock == run(begun, moves).clock


def test_a_closing_time_that_was_moved_unseen_counts_for_what_comes_later() -> None:
    begun = Begun("a1", AT, 1, 100, AT + MINUTE)
    own = {"attempt_id": "a1"}
    moves = [
        Move("one", 1, "extend", AT, minutes=1, **own),  # type: ignore[arg-type]  # by name
        Move("one", 2, "override", AT, minutes=1, closes_at=AT + 3 * MINUTE, **own),  # type: ignore[arg-type]  # by name
        Move("one", 3, "override", AT, minutes=2, **own),  # type: ignore[arg-type]  # by name
    ]
    found = run(begun, moves)
    assert found.touched == tuple(moves) and found.clock.deadline_at == AT + 3 * MINUTE


@given(measures())
def test_every_measure_has_a_name_of_its_own(moves: list[Move]) -> None:
    assert len({(one.source, one.number) for one in moves}) == len({one.id for one in moves})
