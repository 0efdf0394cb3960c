"""Starting, saving, handing in and closing, on both engines."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from learnapp import catalogue, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.quiz import GRACE, NewAct
from learnapp.quiz.rules import acts_digest, digest
from learnapp.quiz.timing import SETTLE
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import RIGHT, publish

MS = timedelta(milliseconds=1)
END = AT + timedelta(minutes=15)
PHONE, TABLET = "phone00000001", "tablet0000001"


def begin(member: str, slug: str = "five-kinds", at: datetime = AT, seed: str = "5" * 64) -> str:
    """A running attempt."""
    with transaction():
        return quiz.start(member, slug, at=at, zone=ZONE, seed=seed).attempt_id


def act(number: int, question: str, answer: object, session: str = PHONE) -> NewAct:
    """One act as a phone sends it."""
    return NewAct(session, number, question, answer, number * 1000, number * 1000)


def keep(member: str, attempt: str, *acts: NewAct, at: datetime = AT + timedelta(minutes=1)) -> quiz.Saved:
    """Saves in a transaction of its own."""
    with transaction():
        return quiz.save(member, attempt, acts, at=at, session=PHONE)


def asked(member: str, attempt: str, kind: str) -> str:
    """The question of this kind on the paper."""
    return next(s.question for s in quiz.attempt(member, attempt).sheets if s.question.startswith(f"{kind}-"))


def answer_all(member: str, attempt: str, kinds: int = 5, at: datetime = AT + timedelta(minutes=1)) -> None:
    """Right answers to so many questions."""
    orders = {sheet.question: sheet.order for sheet in quiz.attempt(member, attempt).sheets}
    acts = [
        act(number, asked(member, attempt, kind), {"": RIGHT[kind]})
        for number, kind in enumerate(list(RIGHT)[:kinds], 1)
    ]
    assert all(one.question in orders for one in acts)
    assert {outcome.code for outcome in keep(member, attempt, *acts, at=at).outcomes} == {"saved"}


def entries(member: str) -> list[ledger.Entry]:
    """The member's ledger."""
    return ledger.entries_after(member, 0)


# Starting


def test_a_start_freezes_a_paper_of_the_current_version(five: catalogue.Quiz, member: str) -> None:
    found = quiz.attempt(member, begin(member))
    assert (found.quiz, found.quiz_version, found.number, found.open) == ("five-kinds", five.hash, 1, True)
    assert found.deadline_at == END and found.possible == 500 and found.highest == 0
    assert found.paper_digest == digest(found.paper)
    assert sorted(name[:-2] for name in (sheet.question for sheet in found.sheets)) == sorted(RIGHT)
    assert "geheim" not in found.paper and "right" not in found.paper


def test_starting_again_is_going_on(five: catalogue.Quiz, member: str) -> None:
    first = begin(member)
    with transaction():
        again = quiz.start(member, "five-kinds", at=AT + timedelta(minutes=14), zone=ZONE)
    assert (again.attempt_id, again.created, again.ended_one) == (first, False, False)
    assert len(quiz.attempts(member)) == 1


def test_attempts_run_out_and_other_members_are_not_concerned(five: catalogue.Quiz, member: str) -> None:
    for number in (1, 2, 3):
        attempt = begin(member)
        assert quiz.attempt(member, attempt).number == number
        with transaction():
            quiz.submit(member, attempt, at=AT + timedelta(minutes=number))
    with pytest.raises(Conflict, match="have been used"):
        begin(member)
    other = new_id()
    assert quiz.attempt(other, begin(other)).number == 1


def test_a_start_closes_what_the_clock_ended(five: catalogue.Quiz, member: str) -> None:
    first = begin(member)
    with transaction():
        started = quiz.start(member, "five-kinds", at=END + GRACE + MS, zone=ZONE)
    assert started.created and started.ended_one
    assert [(a.number, a.state, a.ended_by, a.ended_at) for a in quiz.attempts(member, "five-kinds")] == [
        (1, "ended", "deadline", END),
        (2, "open", None, None),
    ]
    assert [entry.data["attempt"] for entry in entries(member)] == [first]


def test_unknown_things_are_not_found(five: catalogue.Quiz, member: str) -> None:
    with pytest.raises(NotFound):
        begin(member, "no-such-quiz")
    attempt = begin(member)
    for stranger, name in ((new_id(), attempt), (member, new_id())):
        with pytest.raises(NotFound):
            quiz.attempt(stranger, name)
        for verb in (quiz.submit, quiz.close):
            with pytest.raises(NotFound), transaction():
                verb(stranger, name, at=AT)
        with pytest.raises(NotFound):
            keep(stranger, name, act(1, "single-1", "a"))


# Saving


def test_an_attempt_keeps_no_more_acts_than_a_person_makes(
    five: catalogue.Quiz, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script could fill the disk, and every look at the attempt would read all of it; handing in goes on."""
    monkeypatch.setattr("learnapp.quiz.journal.MAX_KEPT", 3)
    attempt = begin(member)
    question = asked(member, attempt, "single")
    saved = keep(member, attempt, *(act(number, question, {"": ["a"]}) for number in range(1, 6)))
    assert [outcome.code for outcome in saved.outcomes] == ["saved"] * 3 + ["refused"] * 2
    assert {outcome.code for outcome in keep(member, attempt, act(6, question, {"": ["a"]})).outcomes} == {
        "refused"
    }
    with pytest.raises(Invalid), transaction():
        quiz.save_form(member, attempt, question, {"": ["b"]}, at=AT + timedelta(minutes=2))
    assert len(quiz.taps(member, attempt)) == 3
    with transaction():
        assert quiz.submit(member, attempt, at=AT + timedelta(minutes=3)).ended_now


def test_acts_in_any_order_any_number_of_times(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single = asked(member, attempt, "single")
    assert keep(member, attempt, act(3, single, ["b"])).elsewhere == 0
    assert keep(member, attempt, act(1, single, ["a"]), act(2, single, ["c"])).elsewhere == 0
    assert keep(member, attempt, act(3, single, ["b"])).outcomes[0].code == "saved"
    assert quiz.latest(quiz.taps(member, attempt), ()) == {single: "2"}
    assert len(quiz.taps(member, attempt)) == 3


def test_two_devices_and_one_numbering(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single = asked(member, attempt, "single")
    keep(member, attempt, act(1, single, ["a"]))
    with transaction():
        there = (act(2, single, ["b"], TABLET),)
        assert quiz.save(member, attempt, there, at=AT, session=TABLET).elsewhere == 1
    answered = keep(member, attempt, act(2, single, ["c"]), at=AT + timedelta(minutes=2))
    assert answered.elsewhere == 2 and quiz.attempt(member, attempt).highest == 2
    assert quiz.latest(quiz.taps(member, attempt), ()) == {single: "3"}


def test_one_bad_act_does_not_keep_the_others_back(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    number, single = asked(member, attempt, "numeric"), asked(member, attempt, "single")
    saved = keep(member, attempt, act(1, number, ["many"]), act(2, single, ["a"]), act(3, "not-drawn", ["a"]))
    assert [(outcome.number, outcome.code) for outcome in saved.outcomes] == [
        (1, "refused"),
        (2, "saved"),
        (3, "refused"),
    ]
    assert "not a number" in saved.outcomes[0].message
    assert [tap.number for tap in quiz.taps(member, attempt)] == [2]


def test_the_clock_is_told_and_an_empty_message_changes_nothing(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    saved = keep(member, attempt, at=END - timedelta(minutes=4))
    assert (saved.remaining_ms, saved.open, saved.ended_now) == (240_000, True, False)
    assert quiz.taps(member, attempt) == []


def test_within_the_grace_an_act_counts_after_it_not(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single, blank = asked(member, attempt, "single"), asked(member, attempt, "blank")
    assert keep(member, attempt, act(1, single, ["b"]), at=END + GRACE).outcomes[0].code == "saved"
    late = keep(member, attempt, act(1, single, ["b"]), act(2, blank, ["x"]), at=END + GRACE + MS)
    # The page had first been heard from within the grace: when it was opened, nothing shows to the second.
    assert [outcome.code for outcome in late.outcomes] == ["saved", "late-waiting"]
    assert (late.open, late.ended_now, late.remaining_ms) == (False, True, 0)
    kept = {tap.number: tap.accepted for tap in quiz.taps(member, attempt)}
    assert kept == {1: True, 2: False}
    found = quiz.attempt(member, attempt)
    assert (found.ended_by, found.ended_at, found.earned, found.passed) == ("deadline", END, 100, False)


def test_after_the_hand_in_an_act_is_kept_and_does_not_count(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single = asked(member, attempt, "single")
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(minutes=3))
    saved = keep(member, attempt, act(1, single, ["b"]), at=AT + timedelta(minutes=3, seconds=1))
    assert [outcome.code for outcome in saved.outcomes] == ["ended"]
    assert [tap.accepted for tap in quiz.taps(member, attempt)] == [False]
    assert quiz.attempt(member, attempt).earned == 0


def test_a_form_is_numbered_by_the_server(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single, number = asked(member, attempt, "single"), asked(member, attempt, "numeric")
    keep(member, attempt, act(7, single, ["a"]))
    for value in ("b", "c"):
        with transaction():
            quiz.save_form(member, attempt, single, {"": [value]}, at=AT + timedelta(minutes=2))
    assert sorted((tap.session, tap.number) for tap in quiz.taps(member, attempt)) == [
        ("form", 8),
        ("form", 9),
        (PHONE, 7),
    ]
    assert quiz.latest(quiz.taps(member, attempt), ()) == {single: "3"}
    with pytest.raises(Invalid), transaction():
        quiz.save_form(member, attempt, number, {"": ["many"]}, at=AT)


def test_a_quiz_without_minutes_never_runs_out(five: catalogue.Quiz, member: str, tmp_path: Path) -> None:
    publish(tmp_path, "untimed", minutes=None, attempts=None)
    attempt = begin(member, "untimed")
    saved = keep(
        member, attempt, act(1, asked(member, attempt, "single"), ["b"]), at=AT + timedelta(days=400)
    )
    assert (saved.outcomes[0].code, saved.remaining_ms, saved.open) == ("saved", None, True)
    assert quiz.expired(AT + timedelta(days=400), 10) == []


def test_saving_takes_two_statements(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    single, blank = asked(member, attempt, "single"), asked(member, attempt, "blank")
    keep(member, attempt, act(1, single, ["a"]))
    seen: list[str] = []
    listener = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        keep(member, attempt, act(2, single, ["a"]), act(3, blank, ["x"]))
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    statements = [text for text in seen if not text.startswith("BEGIN")]
    assert [text.split()[0] for text in statements] == ["SELECT", "INSERT"]


# Ending


@pytest.mark.parametrize("right", range(6))
def test_submit_grades_and_records(five: catalogue.Quiz, member: str, right: int) -> None:
    attempt = begin(member)
    if right:
        answer_all(member, attempt, right)
    with transaction():
        assert quiz.submit(member, attempt, at=AT + timedelta(minutes=5)).ended_now
    found = quiz.attempt(member, attempt)
    assert (found.earned, found.passed) == (100 * right, right >= 3)
    (entry,) = entries(member)
    assert entry.kind == "quiz-ended" and entry.seq == found.entry_seq
    assert entry.occurred_at == AT + timedelta(minutes=5)
    assert entry.data["paper_digest"] == found.paper_digest
    assert entry.subject == "quiz/five-kinds" and entry.subject_version == five.hash
    assert (entry.data["earned"], entry.data["passed"], entry.data["ended_by"]) == (
        100 * right,
        right >= 3,
        "member",
    )


def test_submitting_twice_is_submitting_once(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    for minutes, ended in ((1, True), (2, False), (99, False)):
        with transaction():
            assert quiz.submit(member, attempt, at=AT + timedelta(minutes=minutes)).ended_now is ended
    assert len(entries(member)) == 1
    assert quiz.attempt(member, attempt).ended_at == AT + timedelta(minutes=1)


def test_a_running_attempt_is_not_closed(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    with transaction():
        assert not quiz.close(member, attempt, at=END + GRACE)
    assert quiz.attempt(member, attempt).open


def test_the_sweeper_finds_what_is_over_for_a_while(five: catalogue.Quiz, member: str) -> None:
    attempt, others = begin(member), [begin(new_id(), at=AT + n * MS) for n in (3, 2, 1)]
    assert quiz.expired(END + GRACE + SETTLE, 10) == []
    assert list(quiz.expired(END + GRACE + SETTLE + MS, 10)) == [(member, attempt)]
    found = quiz.expired(END + timedelta(days=1), 3)
    assert [name for _, name in found] == [attempt, others[2], others[1]]


@pytest.mark.parametrize("finder", ["sweeper", "view", "start", "save", "submit"])
def test_whoever_finds_the_end_the_result_is_one(five: catalogue.Quiz, member: str, finder: str) -> None:
    attempt = begin(member)
    answer_all(member, attempt, 4, at=END + GRACE)
    at = END + timedelta(hours=5)
    with transaction():
        if finder == "sweeper":
            for who, name in quiz.expired(at, 10):
                assert quiz.close(who, name, at=at)
        elif finder == "view":
            assert quiz.close(member, attempt, at=at)
        elif finder == "start":
            assert quiz.start(member, "five-kinds", at=at, zone=ZONE).ended_one
        elif finder == "save":
            late = (act(9, asked(member, attempt, "blank"), ["too late"]),)
            assert quiz.save(member, attempt, late, at=at).ended_now
        else:
            assert quiz.submit(member, attempt, at=at).ended_now
    found = quiz.attempt(member, attempt)
    assert (found.ended_by, found.ended_at, found.earned, found.passed) == ("deadline", END, 400, True)
    (entry,) = entries(member)
    assert entry.occurred_at == END and entry.data["acts_digest"] == _digest_of_accepted(member, attempt)
    with transaction():
        assert not quiz.close(member, attempt, at=at + timedelta(days=1))
    assert len(entries(member)) == 1


def _digest_of_accepted(member: str, attempt: str) -> str:
    return acts_digest(tap for tap in quiz.taps(member, attempt) if tap.number <= 4)


def test_the_digests_bind_the_entry_to_what_is_stored(five: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    answer_all(member, attempt)
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(minutes=5))
    (entry,) = entries(member)
    assert entry.data["acts_digest"] == acts_digest(quiz.taps(member, attempt))
    row = db.session.execute(select(quiz.Attempt.paper).where(quiz.Attempt.id == attempt)).scalar_one()
    assert json.loads(row)["version"] == five.hash and digest(row) == entry.data["paper_digest"]


def test_an_old_version_grades_an_old_attempt(five: catalogue.Quiz, member: str, tmp_path: Path) -> None:
    attempt = begin(member)
    newer = publish(tmp_path, minutes=30)
    assert newer.hash != five.hash
    answer_all(member, attempt)
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(minutes=5))
    found = quiz.attempt(member, attempt)
    assert (found.quiz_version, found.earned, found.deadline_at) == (five.hash, 500, END)
    assert quiz.attempt(member, begin(member)).quiz_version == newer.hash
