"""Marking by people, on both engines: the queue, the marks, the result, appeals."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue, ledger, quiz
from learnapp.db import new_id, transaction
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from learnapp.ledger import QuizEnded
from learnapp.quiz import appeals, marking
from tests.conftest import AT, ZONE
from tests.quiz.written import ANSWERS, EVENING, SLUG, VISIT, lot, mark, publish, take

LATER = AT + timedelta(hours=2)


@pytest.fixture
def visits(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """The quiz on the shelf, on both engines."""
    return publish(tmp_path)


@pytest.fixture
def marker() -> str:
    """Somebody who marks."""
    return new_id()


def results(member_id: str) -> list[QuizEnded]:
    """The quiz entries of a member that count."""
    entries = ledger.entries_after(member_id, 0)
    void = ledger.voided_seqs(entries)
    events = [one.event for one in entries if one.seq not in void]
    return [one for one in events if isinstance(one, QuizEnded)]


@pytest.mark.usefixtures("visits")
def test_what_waits_is_neither_passed_nor_failed() -> None:
    member_id, attempt_id = take()
    found = quiz.attempt(member_id, attempt_id)
    assert (found.earned, found.possible, found.passed, found.pending) == (300, 1000, None, 2)
    (entry,) = results(member_id)
    assert (entry.passed, entry.pending, entry.earned) == (False, 2, 300)
    assert [(one.question, one.waiting, one.marked) for one in marking.queue(SLUG)] == [
        ("evening", 1, 0),
        ("visit", 1, 0),
    ]
    assert marking.waiting() == 2
    assert marking.queue("another") == []


@pytest.mark.usefixtures("visits")
def test_what_was_not_answered_waits_for_nobody() -> None:
    member_id, attempt_id = take({"sure": ANSWERS["sure"], "evening": {"sure": ["true"]}})
    found = quiz.attempt(member_id, attempt_id)
    assert (found.earned, found.passed, found.pending) == (300, False, 0)
    assert marking.queue() == []


def test_the_last_mark_makes_the_result_final(visits: catalogue.Quiz, marker: str) -> None:
    taken = take()
    first = mark(taken, "visit", marker, VISIT, " 说得清楚。\r\n")
    assert (first.created, first.final) == (True, False)
    assert quiz.attempt(*taken).passed is None
    second = mark(taken, "evening", marker, EVENING)
    assert (second.member_id, second.created, second.final) == (taken[0], True, True)
    found = quiz.attempt(*taken)
    assert (found.earned, found.passed, found.pending) == (800, True, 0)
    (entry,) = results(taken[0])
    assert (entry.passed, entry.pending, entry.earned, entry.cause) == (True, 0, 800, "marked")
    assert marking.waiting() == 0
    told = appeals.told(found, quiz.latest(quiz.taps(*taken), found.sheets))
    assert told["visit"].marked is not None
    assert (told["visit"].marked.marks, told["visit"].marked.comment) == (VISIT, "说得清楚。")


@pytest.mark.usefixtures("visits")
def test_a_double_tap_counts_once_and_a_changed_mind_is_a_new_mark(marker: str) -> None:
    taken = take()
    mark(taken, "evening", marker, EVENING)
    assert mark(taken, "visit", marker, VISIT).created
    assert not mark(taken, "visit", marker, VISIT).created
    with pytest.raises(Conflict, match="meanwhile"):
        mark(taken, "visit", marker, {**VISIT, "prepared": 0})
    changed = mark(taken, "visit", marker, {**VISIT, "prepared": 0}, number=1)
    assert (changed.created, changed.final) == (True, True)
    assert quiz.attempt(*taken).earned == 700
    assert [one.earned for one in results(taken[0])] == [700]
    sheaf = marking.sheaf(lot(*taken, "visit"), marker)
    assert [one.criteria["prepared"] for one in sheaf.given] == [100, 0]
    assert not sheaf.waiting


@pytest.mark.usefixtures("visits")
def test_of_two_markers_the_second_is_told(marker: str) -> None:
    taken = take()
    mark(taken, "visit", marker, VISIT)
    with pytest.raises(Conflict, match="meanwhile"):
        mark(taken, "visit", new_id(), VISIT)
    with pytest.raises(Conflict, match="Somebody else"):
        mark(taken, "visit", new_id(), VISIT, number=1)


def test_two_markers_at_the_same_moment_leave_one_mark(app: Flask, visits: catalogue.Quiz) -> None:
    taken = take()
    start, said = threading.Barrier(4), []

    def work(marker_id: str) -> None:
        with app.app_context():
            start.wait(60)
            try:
                said.append(mark(taken, "visit", marker_id, VISIT).created)
            except Conflict:
                said.append(False)

    threads = [threading.Thread(target=work, args=(new_id(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False, False, False, True]
    assert len(marking.sheaf(lot(*taken, "visit"), new_id()).given) == 1


@pytest.mark.usefixtures("visits")
def test_nobody_marks_their_own_nor_what_is_not_there(marker: str) -> None:
    taken = take()
    with pytest.raises(Forbidden):
        mark(taken, "visit", taken[0], VISIT)
    with pytest.raises(Forbidden):
        marking.sheaf(lot(*taken, "visit"), taken[0])
    assert marking.next_lot(SLUG, "visit", taken[0]) is None
    assert marking.next_lot(SLUG, "visit", marker) == lot(*taken, "visit")
    with pytest.raises(NotFound):
        marking.sheaf("0" * 32, marker)
    for wrong in ({}, {"prepared": 100}, {**VISIT, "manner": 150}, {**VISIT, "more": 1}):
        with pytest.raises(Invalid):
            mark(taken, "visit", marker, wrong)
    with pytest.raises(Invalid, match="too long"):
        mark(taken, "visit", marker, VISIT, "一" * 1001)


@pytest.mark.usefixtures("visits")
def test_answers_come_question_by_question_in_an_order_that_tells_nothing(marker: str) -> None:
    taken = [take(at=AT + timedelta(minutes=number)) for number in range(12)]
    lots = {lot(*one, "visit"): one for one in taken}
    order = []
    while (found := marking.next_lot(SLUG, "visit", marker)) is not None:
        order.append(found)
        mark(lots[found], "visit", marker, VISIT)
    assert sorted(order) == sorted(lots)
    by_time = [lot(*one, "visit") for one in taken]
    start = by_time.index(order[0])
    assert order != by_time[start:] + by_time[:start]
    ring = sorted(order)
    start = ring.index(order[0])
    assert order == ring[start:] + ring[:start]
    assert marking.progress(SLUG, "visit").marked == 12  # type: ignore[union-attr]  # there are answers
    assert marking.progress(SLUG, "evening").waiting == 12  # type: ignore[union-attr]  # there are answers


@pytest.mark.usefixtures("visits")
def test_an_answer_can_be_left_to_somebody_else(marker: str) -> None:
    for _ in range(3):
        take()
    first = marking.next_lot(SLUG, "visit", marker)
    seen = [first]
    while (found := marking.next_lot(SLUG, "visit", marker, seen[-1])) not in seen:
        seen.append(found)
    assert len(seen) == 3 and found == first


def test_the_only_one_left_is_not_offered_again_at_once(visits: catalogue.Quiz, marker: str) -> None:
    taken = take()
    assert marking.next_lot(SLUG, "visit", marker, lot(*taken, "visit")) is None


def test_practice_is_marked_by_nobody(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, settings="practice = true")
    member_id = new_id()
    with transaction():
        ledger.open_stream(member_id)
        attempt_id = quiz.start(member_id, SLUG, at=AT, zone=ZONE, practice=True).attempt_id
    for question, fields in ANSWERS.items():
        with transaction():
            quiz.save_form(member_id, attempt_id, question, dict(fields), at=AT)
    with transaction():
        quiz.submit(member_id, attempt_id, at=AT)
    found = quiz.attempt(member_id, attempt_id)
    assert (found.earned, found.possible, found.passed, found.pending) == (200, 200, True, 0)
    assert marking.queue() == []
    assert results(member_id) == []


def test_a_mark_holds_for_the_answer_it_was_given_for(visits: catalogue.Quiz, marker: str) -> None:
    taken = take()
    mark(taken, "visit", marker, VISIT)
    sheaf = marking.sheaf(lot(*taken, "visit"), marker)
    assert sheaf.given[-1].fits(sheaf.answer)
    assert not sheaf.given[-1].fits("别的")
    assert not sheaf.given[-1].fits(None)


# Appeals --------------------------------------------------------------------------------------------------


def asked(taken: tuple[str, str], text: str = "第二点我写了。", question: str = "visit") -> bool:
    """Asks in a transaction of its own."""
    with transaction():
        return appeals.ask(*taken, question, text, at=LATER)


def decided(
    taken: tuple[str, str], reviewer: str, marks: dict[str, int] | None, reply: str = "看过了。"
) -> marking.Marking:
    """Decides in a transaction of its own."""
    with transaction():
        return appeals.decide(lot(*taken, "visit"), reviewer, marks, reply, at=LATER)


def final(marker: str) -> tuple[str, str]:
    """An attempt that is marked through."""
    taken = take()
    mark(taken, "visit", marker, VISIT)
    mark(taken, "evening", marker, EVENING)
    return taken


@pytest.mark.usefixtures("visits")
def test_a_second_look_can_be_asked_for_once_when_the_result_is_final(marker: str) -> None:
    waiting = take()
    mark(waiting, "visit", marker, VISIT)
    with pytest.raises(NotFound):
        asked(waiting)
    taken = final(marker)
    with pytest.raises(Invalid, match="sentence"):
        asked(taken, " \n")
    with pytest.raises(NotFound):
        asked(taken, question="sure")
    assert asked(taken)
    assert not asked(taken)
    with pytest.raises(Conflict, match="once"):
        asked(taken, "再看看。")
    for person, may in ((new_id(), True), (marker, False), (taken[0], False)):
        assert [(one.text, allowed) for one, allowed in appeals.queue(person)] == [("第二点我写了。", may)]
    with pytest.raises(Conflict, match="second look"):
        mark(taken, "visit", marker, {**VISIT, "prepared": 0}, number=1)


@pytest.mark.usefixtures("visits")
def test_a_reviewer_who_is_somebody_else_changes_or_keeps(marker: str) -> None:
    taken, reviewer = final(marker), new_id()
    asked(taken)
    better = {**VISIT, "manner": 200}
    for nobody in (marker, taken[0]):
        with pytest.raises(Forbidden):
            decided(taken, nobody, better)
    with pytest.raises(Invalid, match="sentence"):
        decided(taken, reviewer, better, " ")
    with pytest.raises(Invalid):
        decided(taken, reviewer, {**VISIT, "manner": 201})
    assert decided(taken, reviewer, better, "两样都有。").final
    assert not decided(taken, reviewer, better, "两样都有。").created
    with pytest.raises(Conflict, match="decided"):
        decided(taken, new_id(), None)
    found = quiz.attempt(*taken)
    assert found.earned == 900
    assert [(one.earned, one.cause) for one in results(taken[0])] == [(900, "appeal")]
    told = appeals.told(found, quiz.latest(quiz.taps(*taken), found.sheets))["visit"]
    assert told.appeal is not None and told.marked is not None
    assert (told.appeal.state, told.appeal.reply, told.marked.marks["manner"]) == (
        "changed",
        "两样都有。",
        200,
    )
    assert not told.may_appeal
    assert appeals.queue(reviewer) == []


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize("same", [True, False])
def test_a_kept_mark_changes_no_result(marker: str, same: bool) -> None:
    taken, reviewer = final(marker), new_id()
    asked(taken)
    before = results(taken[0])
    assert not decided(taken, reviewer, VISIT if same else None).final
    assert not decided(taken, reviewer, VISIT if same else None).created
    assert results(taken[0]) == before
    assert quiz.attempt(*taken).earned == 800
    (told,) = [one for one in appeals.told(quiz.attempt(*taken), {}).values() if one.appeal]
    assert told.appeal is not None and told.appeal.state == "kept"
    assert told.marked is None, "marks are not told for an answer that they were not given for"


# What others make of it ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("visits")
def test_item_analysis_counts_an_attempt_when_it_is_marked_and_by_its_marks(marker: str) -> None:
    """Five of six are marked through; the marks of the visit are 3, 2, 2, 1 and 0 points of 3."""
    given = [(100, 200), (0, 200), (100, 100), (100, 0), (0, 0)]
    for prepared, manner in given:
        taken = take()
        mark(taken, "visit", marker, {"prepared": prepared, "manner": manner})
        mark(taken, "evening", marker, EVENING)
    take()
    version = catalogue.current_hash("quiz", SLUG)
    assert version is not None
    report = quiz.report(version)
    assert report.attempts == 5
    visit = next(one for one in report.questions if one.question.id == "visit")
    assert visit.item is not None and visit.item.facility is not None
    assert visit.item.facility == pytest.approx(100 * 8 / 15)


@pytest.mark.usefixtures("visits")
def test_the_wrong_answer_book_takes_nothing_that_a_person_marks(marker: str) -> None:
    taken = take({**ANSWERS, "sure": {"": ["false"]}})
    mark(taken, "visit", marker, {"prepared": 0, "manner": 0})
    mark(taken, "evening", marker, {"why.late": 0})
    assert [one.question for one in quiz.mistakes(*taken, at=LATER, zone=ZONE)] == ["sure"]
