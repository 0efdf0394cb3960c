"""Extensions, pauses, overrides, reopenings and standing extra time, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from learnapp import audit, branches, catalogue, jobs, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import AppError, Conflict, Invalid, NotFound
from learnapp.quiz import GRACE, measures
from learnapp.quiz.models import Measure
from learnapp.quiz.timing import SETTLE
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import publish

MS = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
END = AT + 15 * MINUTE
BOSS = "b" * 32


class Town:
    """A committee with two branches and somebody in each."""

    def __init__(self) -> None:
        with transaction():
            self.top = branches.found("committee", "党委", parent_id=None, at=AT)
            self.units = [branches.found("branch", name, parent_id=self.top, at=AT) for name in ("甲", "乙")]
            self.members = [self._join(unit) for unit in self.units]

    def _join(self, unit: str) -> str:
        member = new_id()
        since = (AT - timedelta(days=400)).date()
        branches.join(member, unit, member_class="full", valid_from=since, actor_id=BOSS, at=AT)
        return member


@pytest.fixture
def town(app: Flask) -> Town:
    """Two members at home in two branches."""
    return Town()


def begin(member: str, at: datetime = AT, slug: str = "five-kinds", **more: bool) -> str:
    """A running attempt."""
    with transaction():
        return quiz.start(member, slug, at=at, zone=ZONE, seed="5" * 64, **more).attempt_id


def for_all(unit: str, kind: measures.ForAll, at: datetime, minutes: int = 0, seen: int | None = None) -> int:
    """A measure for all, not yet spread."""
    with transaction():
        return measures.for_all(
            "five-kinds",
            unit,
            kind,
            minutes=minutes,
            reason="停电",
            actor_id=BOSS,
            at=at,
            zone=ZONE,
            seen=seen,
        )


def for_one(member: str, kind: measures.ForAll, at: datetime, minutes: int = 0) -> int:
    """A measure for one."""
    with transaction():
        return measures.for_one(
            member, "five-kinds", kind, minutes=minutes, reason="断网", actor_id=BOSS, at=at
        )


def close(member: str, attempt: str, at: datetime) -> bool:
    """Ends it if its time is up."""
    with transaction():
        return quiz.close(member, attempt, at=at)


def told(member: str) -> list[tuple[str, str, int]]:
    """What the ledger says was done to clocks: measure, reason, minutes."""
    db.session.rollback()
    return [
        (entry.data["measure"], ledger.note_text(member, entry.data["note"]), entry.data["minutes"])
        for entry in ledger.entries_after(member, 0)
        if entry.kind == "quiz-measured"
    ]


def info(member: str, attempt: str) -> quiz.Frozen:
    """The attempt as it is committed."""
    db.session.rollback()
    return quiz.attempt(member, attempt)


# For all


def test_an_extension_reaches_who_is_at_home_there_and_nobody_else(five: catalogue.Quiz, town: Town) -> None:
    here, there = town.members
    attempts = {member: begin(member) for member in town.members}
    number = for_all(town.units[0], "extend", AT + 5 * MINUTE, 20)
    assert measures.pending(10) == [("five-kinds", 1)] and number == 1
    assert measures.spread("five-kinds", number, at=AT + 5 * MINUTE) and measures.pending(10) == []
    assert info(here, attempts[here]).deadline_at == END + 20 * MINUTE
    assert info(there, attempts[there]).deadline_at == END
    assert not close(there, attempts[there], END) and info(there, attempts[there]).measures == 1
    assert told(here) == [("extend", "停电", 20)] and told(there) == []
    assert measures.spread("five-kinds", number, at=AT + 6 * MINUTE)
    assert told(here) == [("extend", "停电", 20)]


def test_whoever_is_not_reached_has_it_all_the_same(five: catalogue.Quiz, town: Town) -> None:
    """The door was killed between the measure and the attempts: a look, a save and the sweeper agree."""
    member, attempt = town.members[0], begin(town.members[0])
    for_all(town.top, "extend", END, 20)
    assert info(member, attempt).behind and info(member, attempt).deadline_at == END
    run = quiz.clocks.look(quiz.glance(member, attempt))
    assert run.clock.remaining_ms(END) == 20 * 60_000
    assert list(quiz.expired(END + GRACE + SETTLE + MS, 9)) == [(member, attempt)]
    assert not close(member, attempt, END + GRACE + SETTLE + MS)
    assert not info(member, attempt).behind and info(member, attempt).deadline_at == END + 20 * MINUTE
    assert told(member) == [("extend", "停电", 20)]


def test_whoever_has_not_begun_gets_only_the_later_end(
    five: catalogue.Quiz, town: Town, tmp_path: Path
) -> None:
    publish(tmp_path, extra='closes = "2026-11-24T11:00"')
    for_all(town.top, "extend", AT, 20)
    member = town.members[0]
    attempt = begin(member, AT + 40 * MINUTE)
    assert info(member, attempt).deadline_at == AT + 50 * MINUTE and told(member) == []
    with pytest.raises(Conflict, match="closed"):
        begin(town.members[1], AT + 50 * MINUTE)


def test_a_pause_stops_the_clock_for_start_save_and_sweeper(five: catalogue.Quiz, town: Town) -> None:
    member, other = town.members
    attempt = begin(member)
    for_all(town.top, "pause", AT + 10 * MINUTE)
    with pytest.raises(Conflict, match="停电"):
        begin(other, AT + 11 * MINUTE)
    late = AT + timedelta(hours=3)
    with transaction():
        question = quiz.attempt(member, attempt).sheets[0].question
        saved = quiz.save(member, attempt, [quiz.NewAct("phone0000001", 1, question, {}, 1, 1)], at=late)
    assert (saved.paused, saved.open, saved.remaining_ms) == (True, True, 300_000)
    assert quiz.expired(late, 9) == [] and not close(member, attempt, late)
    for_all(town.top, "resume", late)
    assert not close(member, attempt, late + 5 * MINUTE + GRACE)
    assert info(member, attempt).clock == quiz.Clock(late + 5 * MINUTE)
    assert close(member, attempt, late + 5 * MINUTE + GRACE + MS)
    assert info(member, attempt).ended_at == late + 5 * MINUTE
    assert [name for name, _, _ in told(member)] == ["pause", "resume"]
    assert quiz.attempt(other, begin(other, late)).deadline_at == late + 15 * MINUTE


def test_pausing_twice_and_a_form_sent_twice(five: catalogue.Quiz, town: Town) -> None:
    for_all(town.top, "pause", AT, seen=0)
    for again in (lambda: for_all(town.top, "pause", AT), lambda: for_all(town.top, "resume", AT, seen=0)):
        with pytest.raises(Conflict):
            again()
    with pytest.raises(Conflict, match="Nothing is paused"):
        for_all(town.units[0], "resume", AT)
    assert for_all(town.top, "resume", AT, seen=1) == 2
    with pytest.raises(NotFound):
        for_all("0" * 32, "pause", AT)


# For one


def test_for_one_it_is_applied_at_once(five: catalogue.Quiz, town: Town) -> None:
    member, other = town.members
    attempt, foreign = begin(member), begin(other)
    for_one(member, "extend", AT + 5 * MINUTE, 10)
    for_one(member, "pause", AT + 6 * MINUTE)
    for_one(member, "resume", AT + 8 * MINUTE)
    found = info(member, attempt)
    assert (found.deadline_at, found.paused_at, found.behind) == (END + 12 * MINUTE, None, False)
    assert info(other, foreign).deadline_at == END and told(other) == []
    assert told(member) == [("extend", "断网", 10), ("pause", "断网", 0), ("resume", "断网", 0)]
    with pytest.raises(Conflict):
        for_one(member, "resume", AT + 9 * MINUTE)


def test_terms_of_ones_own(five: catalogue.Quiz, town: Town, tmp_path: Path) -> None:
    publish(tmp_path, attempts=1, extra='opens = "2026-11-24T12:00"\ncloses = "2026-11-24T13:00"')
    member, other = town.members
    with pytest.raises(Conflict):
        begin(member)
    with transaction():
        measures.override(
            member,
            "five-kinds",
            opens_at=AT,
            closes_at=AT + timedelta(hours=9),
            minutes=40,
            attempts=1,
            reason="出差",
            actor_id=BOSS,
            at=AT,
        )
    first = begin(member, AT + MINUTE)
    assert info(member, first).deadline_at == AT + 41 * MINUTE
    with transaction():
        quiz.submit(member, first, at=AT + 2 * MINUTE)
    assert info(member, begin(member, AT + 3 * MINUTE)).number == 2
    for who, at in ((other, AT), (other, AT + timedelta(hours=9))):
        with pytest.raises(Conflict):
            begin(who, at)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "what is to be different"),
        ({"minutes": 0, "attempts": 1}, "minutes"),
        ({"minutes": 10_081}, "minutes"),
        ({"attempts": 21}, "attempts"),
        ({"opens_at": AT, "closes_at": AT}, "later"),
        ({"minutes": 5, "reason": "  "}, "reason"),
        ({"minutes": 5, "reason": "x" * 501}, "too long"),
    ],
)
def test_what_cannot_be_set(
    five: catalogue.Quiz, town: Town, values: dict[str, object], message: str
) -> None:
    with pytest.raises(Invalid, match=message), transaction():
        measures.override(
            town.members[0],
            "five-kinds",
            actor_id=BOSS,
            at=AT,
            **{"reason": "出差", **values},  # type: ignore[arg-type]  # by name
        )


def test_opening_again(five: catalogue.Quiz, town: Town) -> None:
    member = town.members[0]
    attempt = begin(member)

    def reopen(at: datetime, minutes: int | None = 10) -> None:
        with transaction():
            measures.reopen(member, attempt, minutes=minutes, reason="误交", actor_id=BOSS, at=at)

    with pytest.raises(Conflict, match="still running"):
        reopen(AT + MINUTE)
    # Nobody has noticed that its time is up: this does, and then opens it again.
    with pytest.raises(Invalid):
        reopen(END + GRACE + MS, None)
    reopen(END + timedelta(hours=1))
    found = info(member, attempt)
    assert (found.open, found.deadline_at) == (True, END + timedelta(hours=1, minutes=10))
    entries = ledger.entries_after(member, 0)
    assert [entry.kind for entry in entries] == ["quiz-ended", "voided", "quiz-measured"]
    assert ledger.effective(entries) == [entries[2]] and told(member) == [("reopen", "误交", 10)]
    assert ledger.note_text(member, entries[1].data["note"]) == "误交"
    assert close(member, attempt, END + timedelta(hours=2))
    assert info(member, attempt).ended_at == END + timedelta(hours=1, minutes=10)
    assert [entry.kind for entry in ledger.effective(ledger.entries_after(member, 0))] == [
        "quiz-measured",
        "quiz-ended",
    ]


# Standing extra time


def test_standing_time_holds_for_running_and_for_every_later_attempt(
    five: catalogue.Quiz, town: Town
) -> None:
    member, other = town.members
    attempt = begin(member)
    assert measures.allowance(member) == 100
    with transaction():
        measures.allow(member, 200, actor_id=BOSS, at=AT + MINUTE)
    assert info(member, attempt).deadline_at == AT + 30 * MINUTE and measures.allowance(member) == 200
    for_all(town.top, "extend", AT + 2 * MINUTE, 5)
    assert not close(member, attempt, END) and info(member, attempt).deadline_at == AT + 35 * MINUTE
    with transaction():
        measures.allow(member, 100, actor_id=BOSS, at=AT + 3 * MINUTE)
        quiz.submit(member, attempt, at=AT + 4 * MINUTE)
    assert info(member, attempt).deadline_at == AT + 35 * MINUTE
    with transaction():
        measures.allow(member, 125, actor_id=BOSS, at=AT + 5 * MINUTE)
    assert info(member, begin(member, AT + 6 * MINUTE)).deadline_at == AT + 24.75 * MINUTE
    longer = info(other, begin(other, AT + 3 * MINUTE, longer=True))
    assert (longer.limit_percent, longer.deadline_at) == (150, AT + 25.5 * MINUTE)
    with pytest.raises(Invalid), transaction():
        measures.allow(other, 120, actor_id=BOSS, at=AT)


def test_every_power_is_in_the_security_log_and_no_reason_is(five: catalogue.Quiz, town: Town) -> None:
    member = town.members[0]
    for_all(town.top, "extend", AT, 5)
    for_one(member, "pause", AT)
    with transaction():
        measures.allow(member, 150, actor_id=BOSS, at=AT)
        found = audit.events([member, BOSS], limit=9)
    assert {one.action for one in found} == {"quiz-extend", "quiz-pause", "quiz-allowance"}
    assert all("停电" not in str(one.detail) for one in found)


# Practice, waiting, banks


def test_practice_has_no_clock_and_leaves_no_trace(five: catalogue.Quiz, town: Town, tmp_path: Path) -> None:
    member = town.members[0]
    with pytest.raises(Conflict, match="practised"):
        begin(member, practice=True)
    publish(tmp_path, extra="practice = true")
    attempt = begin(member, practice=True)
    real = begin(member)
    assert info(member, attempt).number == -1 and info(member, real).number == 1
    assert begin(member, practice=True) == attempt
    for_all(town.top, "pause", AT)
    assert not info(member, attempt).behind and info(member, attempt).deadline_at is None
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(days=9))
    assert ledger.entries_after(member, 0) == []
    for_all(town.top, "resume", AT)
    assert info(member, begin(member, AT + timedelta(days=9), practice=True)).number == -2
    assert info(member, begin(member, AT + timedelta(days=9))).number == 2


def test_an_exam_is_not_practised_while_its_keys_are_hidden(town: Town, tmp_path: Path) -> None:
    publish(tmp_path, "exam", attempts=1, extra='practice = true\nexam = true\ncloses = "2026-11-24T11:00"')
    with pytest.raises(Conflict):
        begin(town.members[0], slug="exam", practice=True)
    assert begin(town.members[0], AT + timedelta(hours=1), slug="exam", practice=True)


def test_between_two_attempts_there_is_a_wait(five: catalogue.Quiz, town: Town, tmp_path: Path) -> None:
    publish(tmp_path, extra="wait_minutes = 10")
    member = town.members[0]
    first = begin(member)
    with transaction():
        quiz.submit(member, first, at=AT + 3 * MINUTE)
    with pytest.raises(Conflict) as refused:
        begin(member, AT + 12 * MINUTE)
    assert (refused.value.code, refused.value.params["at"]) == ("wait", AT + 13 * MINUTE)
    assert begin(member, AT + 13 * MINUTE) != first


def test_a_bank_cannot_be_started(town: Town, tmp_path: Path) -> None:
    publish(tmp_path, "shelf", minutes=None, attempts=None, per_kind=0, extra="bank = true")
    with pytest.raises(NotFound):
        begin(town.members[0], slug="shelf")


# What it costs


def counted(work: Callable[[], object]) -> list[str]:
    """The statements of a piece of work, by their first words."""
    seen: list[str] = []
    listener = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    return [text.split()[0] for text in seen if not text.startswith("BEGIN")]


def test_the_clock_is_one_statement_and_two_while_something_is_new(five: catalogue.Quiz, town: Town) -> None:
    member = town.members[0]
    attempt = begin(member)
    quiz.clocks.look(quiz.glance(member, attempt))
    ask = lambda: quiz.clocks.look(quiz.glance(member, attempt))  # noqa: E731
    assert counted(ask) == ["SELECT"]
    for_all(town.top, "extend", AT, 5)
    assert counted(ask) == ["SELECT", "SELECT"]


def test_a_start_stays_cheap(five: catalogue.Quiz, town: Town) -> None:
    begin(town.members[1])
    statements = counted(lambda: begin(town.members[0]))
    assert len(statements) <= 8, statements


def test_a_measure_that_fails_for_one_is_finished_by_the_sweeper(
    five: catalogue.Quiz, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, other = town.members
    attempts = {one: begin(one) for one in town.members}
    number = for_all(town.top, "extend", AT + MINUTE, 5)
    real = measures.locked

    def broken(member_id: str, *rest: object) -> quiz.Frozen:
        if member_id == other:
            raise AppError("broken", "broken")
        return real(member_id, *rest)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(measures, "locked", broken)
    assert not measures.spread("five-kinds", number, at=AT + MINUTE)
    assert info(member, attempts[member]).deadline_at == END + 5 * MINUTE
    assert info(other, attempts[other]).deadline_at == END
    monkeypatch.undo()
    assert measures.pending(9) == [("five-kinds", number)]
    assert measures.spread("five-kinds", number, at=AT + 2 * MINUTE)
    assert info(other, attempts[other]).deadline_at == END + 5 * MINUTE
    done = db.session.execute(select(Measure.done_at)).scalar_one()
    assert done == AT + 2 * MINUTE


def test_the_sweeper_finishes_what_a_crash_left_and_only_then_closes(
    app: Flask, five: catalogue.Quiz, town: Town
) -> None:
    """Paused and gone on, and neither was written into the attempt: the time of the pause is given back."""
    member, attempt = town.members[0], begin(town.members[0])
    for_all(town.top, "pause", AT + 10 * MINUTE)
    jobs.run_once(app, AT + 30 * MINUTE)
    assert info(member, attempt).paused_at == AT + 10 * MINUTE and measures.pending(9) == []
    for_all(town.top, "resume", AT + 40 * MINUTE)
    db.session.rollback()
    done = jobs.run_once(app, AT + 45 * MINUTE + GRACE + SETTLE)
    assert (done.spread, done.closed) == (1, 0)
    assert info(member, attempt).deadline_at == AT + 45 * MINUTE
    assert jobs.run_once(app, AT + 45 * MINUTE + GRACE + SETTLE + MS).closed == 1
    assert info(member, attempt).ended_at == AT + 45 * MINUTE
