"""What may be seen of stored attempts, on both engines: who may still answer, corrections, leaves, the book."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from learnapp import catalogue, drill, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.errors import NotFound
from learnapp.media import Store
from learnapp.questions import ALL
from learnapp.quiz import grading, leaves, measures, reviewing
from learnapp.quiz.phases import AFTER, Phase
from tests.conftest import AT, ZONE
from tests.queries import count_queries
from tests.quiz.exams import CLOSES, EXAM, begin, hand_in, over, publish
from tests.quiz.quizzes import source
from tests.world import World, build

MINUTE = timedelta(minutes=1)
SOON, LATE = AT + 6 * MINUTE, AT + 60 * MINUTE
WHO: dict[str, Any] = {"actor_id": "0" * 32, "reason": "Stromausfall im Haus"}


@pytest.fixture
def exam(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """An exam of 15 minutes that closes at `CLOSES`."""
    return publish(tmp_path)


@pytest.fixture
def world(app: Flask) -> World:
    """People with branches, for measures about units."""
    return build()


def phase(member: str, attempt: str, at: datetime) -> Phase:
    """The phase of an attempt as it is committed now."""
    db.session.rollback()
    return reviewing.phase_of(quiz.attempt(member, attempt), at, ZONE).phase


def test_phases_of_an_exam(exam: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    assert phase(member, attempt, SOON) == "during"
    hand_in(member, attempt)
    assert phase(member, attempt, SOON) == "after"
    assert phase(member, attempt, AT + 5 * MINUTE + AFTER) == "later"
    assert phase(member, attempt, CLOSES - MINUTE) == "later"
    assert phase(member, attempt, CLOSES) == "closed"


def test_a_running_attempt_keeps_the_keys_hidden(exam: catalogue.Quiz, member: str, world: World) -> None:
    attempt, slow = over(member), world.members[0][0]
    with transaction():
        measures.override(slow, "five-kinds", closes_at=CLOSES + 20 * MINUTE, at=AT, **WHO)
    other = begin(slow, at=CLOSES + 2 * MINUTE)
    assert phase(member, attempt, CLOSES + 3 * MINUTE) == "later"
    hand_in(slow, other, at=CLOSES + 4 * MINUTE)
    assert phase(member, attempt, CLOSES + 5 * MINUTE) == "later", "another closing time is still to come"
    assert phase(member, attempt, CLOSES + 20 * MINUTE) == "closed"


def test_an_attempt_that_its_clock_ended_is_done_once_it_is_noticed(
    exam: catalogue.Quiz, member: str
) -> None:
    attempt, other = over(member), new_id()
    running = begin(other, at=CLOSES - MINUTE)
    assert phase(member, attempt, CLOSES + timedelta(seconds=20)) == "later", (
        "a save may still wait for its lock"
    )
    assert phase(member, attempt, CLOSES + MINUTE) == "closed"
    assert quiz.attempt(other, running).open


def test_a_pause_holds_everything(exam: catalogue.Quiz, member: str, world: World) -> None:
    attempt = over(member)
    with transaction():
        number = measures.for_all(
            "five-kinds", world.branch[0], "pause", at=CLOSES - MINUTE, zone=ZONE, **WHO
        )
    assert measures.spread("five-kinds", number, at=CLOSES - MINUTE)
    assert phase(member, attempt, CLOSES + 60 * MINUTE) == "later"
    with transaction():
        number = measures.for_all(
            "five-kinds", world.branch[0], "resume", at=CLOSES + 9 * MINUTE, zone=ZONE, **WHO
        )
    assert phase(member, attempt, CLOSES + 9 * MINUTE) == "later", "ten minutes were lost and are given back"
    assert phase(member, attempt, CLOSES + 10 * MINUTE) == "closed"


@pytest.mark.parametrize("everybody", [True, False])
def test_an_extension_moves_the_keys_too(
    exam: catalogue.Quiz, member: str, world: World, everybody: bool
) -> None:
    attempt = over(member)
    with transaction():
        if everybody:
            measures.for_all("five-kinds", world.committee, "extend", minutes=30, at=LATE, zone=ZONE, **WHO)
        else:
            measures.for_one(world.members[1][0], "five-kinds", "extend", minutes=30, at=LATE, **WHO)
    assert phase(member, attempt, CLOSES + 29 * MINUTE) == "later"
    assert phase(member, attempt, CLOSES + 30 * MINUTE) == "closed"


def test_practice_and_endless_attempts_of_an_earlier_version_hold_nobody_up(
    app: Flask, member: str, tmp_path: Path
) -> None:
    publish(tmp_path, "practice = true\n", attempts=None)
    attempt = over(member)
    with transaction():
        quiz.start(new_id(), "five-kinds", at=AT, zone=ZONE, practice=True)
    publish(tmp_path, EXAM)
    assert phase(member, attempt, CLOSES) == "closed"


def test_the_present_version_decides(app: Flask, member: str, tmp_path: Path) -> None:
    publish(tmp_path, "", attempts=None)
    attempt = over(member)
    found = quiz.attempt(member, attempt)
    assert reviewing.phase_of(found, LATE, ZONE).shows == ALL
    publish(tmp_path, EXAM)
    assert reviewing.phase_of(found, LATE, ZONE).shows == {"answer", "mark"}
    assert reviewing.phase_of(found, CLOSES, ZONE).shows == ALL


def test_many_attempts_take_two_statements(exam: catalogue.Quiz, member: str) -> None:
    for number in range(2):
        over(member, at=AT + 20 * number * MINUTE)
    found = quiz.attempts(member)
    assert len(found) == 2
    for at, most in ((SOON, 1), (CLOSES, 2)):
        with count_queries() as sent:
            reviewing.phases_of(found, at, ZONE)
        assert len(sent) == most, sent


def test_keys_are_open_to_all_after_the_closing_time_only(
    exam: catalogue.Quiz, member: str, tmp_path: Path
) -> None:
    assert not reviewing.keys_open(exam, CLOSES - MINUTE, ZONE)
    assert reviewing.keys_open(exam, CLOSES, ZONE)
    assert not reviewing.keys_open(publish(tmp_path, "", "open-end"), CLOSES, ZONE)
    hidden = publish(tmp_path, EXAM, "never", tail='[review]\nclosed = ["answer"]\n')
    assert not reviewing.keys_open(hidden, CLOSES, ZONE)


@pytest.mark.parametrize(("counts", "numbers"), [("first", [1]), ("last", [2]), ("best", [1, 2])])
def test_which_attempts_count(exam: catalogue.Quiz, member: str, counts: str, numbers: list[int]) -> None:
    for number in range(2):
        over(member, at=AT + 20 * number * MINUTE)
    found = reviewing.counting(quiz.attempts(member), counts)
    assert [one.number for one in found] == numbers


# The wrong-answer book


def collect(member: str, at: datetime) -> int:
    """Collects in a transaction of its own."""
    with transaction():
        return drill.collect(member, at=at, zone=ZONE)


def test_the_book_gets_nothing_before_its_key_may_be_seen(exam: catalogue.Quiz, member: str) -> None:
    attempt = over(member, right=2)
    for at in (SOON, LATE, CLOSES - MINUTE):
        assert collect(member, at) == 0
        assert quiz.mistakes(member, attempt, at=at, zone=ZONE) == ()
        assert not drill.something_due(member, at=at, zone=ZONE)
    assert drill.book(member) == []
    assert collect(member, CLOSES) == 3
    assert drill.something_due(member, at=CLOSES + timedelta(days=1), zone=ZONE)


def test_a_corrected_key_reaches_the_book(app: Flask, member: str, tmp_path: Path) -> None:
    publish(tmp_path, "", attempts=None)
    attempt = begin(member)
    asked = next(s.question for s in quiz.attempt(member, attempt).sheets if s.question.startswith("true"))
    with transaction():
        quiz.save_form(member, attempt, asked, {"": ["false"]}, at=AT)
    hand_in(member, attempt)
    assert collect(member, SOON) == 5
    corrected = publish_corrected(tmp_path)
    with transaction():
        found = quiz.clocks.locked(member, attempt, LATE)
        grading.again(
            found, cause="regraded", trace=new_id(), actor_id=member, at=LATE, key_version=corrected.hash
        )
    assert collect(member, LATE) == 0
    cards = drill.book(member)
    assert asked not in {card.question for card in cards}, "it was right by the corrected key"
    assert {card.key_version for card in cards} == {corrected.hash}
    assert drill.card(member, "five-kinds", cards[0].question).asked.id == cards[0].question
    assert collect(member, LATE) == 0


def publish_corrected(folder: Path) -> catalogue.Quiz:
    """The same quiz in which every true-false statement is false."""
    text = source("five-kinds", attempts=None).replace("answer = true", "answer = false")
    reading = catalogue.read_files("quiz", "five-kinds", {"five-kinds.toml": text.encode()})
    assert reading.definition is not None
    with transaction():
        done = catalogue.publish(reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))
    return catalogue.quiz_version(done.hash)


def test_corrections_say_from_what_to_what(app: Flask, member: str, tmp_path: Path) -> None:
    publish(tmp_path, "", attempts=None)
    attempt = over(member)
    assert reviewing.corrections(member, attempt) == ()
    corrected = publish_corrected(tmp_path)
    trace = new_id()
    with transaction():
        found = quiz.clocks.locked(member, attempt, LATE)
        grading.again(found, cause="late", trace=trace, actor_id=member, at=LATE, key_version=corrected.hash)
    (one,) = reviewing.corrections(member, attempt)
    assert (one.number, one.cause, one.trace, one.was_earned, one.earned) == (2, "late", trace, 0, 0)
    assert one.entry_seq == ledger.entries_after(member, 0)[-1].seq and one.made_at == LATE


# Leaves


@pytest.fixture
def watched(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """An exam in which leaves are written down."""
    return publish(tmp_path, EXAM + "leaves = true\n")


def leave(member: str, attempt: str, left: datetime, back: datetime | None) -> None:
    """The page goes out of sight, and comes back."""
    with transaction():
        leaves.left(member, attempt, at=left)
    if back is not None:
        with transaction():
            leaves.back(member, attempt, at=back)


def away(member: str, attempt: str) -> list[tuple[datetime, datetime | None]]:
    """What is kept."""
    db.session.rollback()
    return [(one.left_at, one.back_at) for one in leaves.of(quiz.attempt(member, attempt))]


def test_leaves_are_kept_where_the_exam_says_so(watched: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    leave(member, attempt, AT + MINUTE, AT + 3 * MINUTE)
    leave(member, attempt, AT + 4 * MINUTE, AT + 4 * MINUTE + timedelta(seconds=2))
    with transaction():
        leaves.back(member, attempt, at=AT + 4 * MINUTE)
    leave(member, attempt, AT + 5 * MINUTE, None)
    leave(member, attempt, AT + 6 * MINUTE, None)
    kept = [(AT + MINUTE, AT + 3 * MINUTE), (AT + 5 * MINUTE, None)]
    assert away(member, attempt) == kept, "a moment is no leave, and who is away cannot leave again"
    hand_in(member, attempt, at=AT + 7 * MINUTE)
    leave(member, attempt, AT + 8 * MINUTE, AT + 9 * MINUTE)
    assert away(member, attempt) == kept, "after the end nothing is written down"
    assert all(
        entry.kind != "leave" and "leav" not in str(entry.data) for entry in ledger.entries_after(member, 0)
    )
    with pytest.raises(NotFound), transaction():
        leaves.left(new_id(), attempt, at=AT)


def test_handing_in_is_no_leave(watched: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    leave(member, attempt, AT + MINUTE, None)
    hand_in(member, attempt, at=AT + MINUTE + timedelta(seconds=1))
    assert away(member, attempt) == []


def test_nothing_is_kept_unless_the_exam_says_so(exam: catalogue.Quiz, member: str) -> None:
    attempt = begin(member)
    leave(member, attempt, AT + MINUTE, AT + 3 * MINUTE)
    assert leaves.members_with(LATE, 10) == [] and away(member, attempt) == []


def test_of_one_attempt_only_so_many_are_kept(
    watched: catalogue.Quiz, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaves, "MOST", 2)
    attempt = begin(member)
    for number in range(4):
        leave(member, attempt, AT + number * MINUTE, AT + number * MINUTE + timedelta(seconds=30))
    assert len(away(member, attempt)) == 2


def test_leaves_are_forgotten(watched: catalogue.Quiz, member: str) -> None:
    attempt, other = begin(member), new_id()
    leave(member, attempt, AT + MINUTE, AT + 2 * MINUTE)
    leave(member, attempt, AT + 3 * MINUTE, AT + 4 * MINUTE)
    leave(other, begin(other), AT + MINUTE, None)
    assert sorted(leaves.members_with(LATE, 10)) == sorted([member, other])
    assert leaves.members_with(AT, 10) == []
    with transaction():
        leaves.forget(member, AT + 2 * MINUTE)
    assert away(member, attempt) == [(AT + 3 * MINUTE, AT + 4 * MINUTE)]
    assert leaves.members_with(AT + 2 * MINUTE, 10) == [other]
