"""What meets: reopening, late answers, corrected keys, marks, pauses, practice and which attempt counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from learnapp import branches, catalogue, ledger, quiz
from learnapp.branches import Membership
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, Invalid
from learnapp.quiz import appeals, measures
from tests.conftest import AT, ZONE
from tests.quiz import exams, keyed, quizzes, sectioned, written

MINUTE = timedelta(minutes=1)
BOSS = "b" * 32
END = AT + 15 * MINUTE


def reopen(member: str, attempt: str, at: datetime, minutes: int | None = 10) -> None:
    """Opens an attempt again."""
    with transaction():
        measures.reopen(member, attempt, minutes=minutes, reason="误交", actor_id=BOSS, at=at)


def submit(member: str, attempt: str, at: datetime) -> None:
    """Hands in."""
    with transaction():
        quiz.submit(member, attempt, at=at)


def standing(member: str) -> list[ledger.Entry]:
    """The results in the ledger that hold."""
    db.session.rollback()
    entries = ledger.effective(ledger.entries_after(member, 0))
    return [entry for entry in entries if entry.kind == "quiz-ended"]


def test_a_reopened_attempt_can_be_corrected(app: Flask, tmp_path: Path) -> None:
    first = keyed.publish(tmp_path)
    member, attempt = keyed.take({**keyed.RIGHT, "single": "c"})
    reopen(member, attempt, AT + 10 * MINUTE, None)
    submit(member, attempt, AT + 12 * MINUTE)
    (held,) = standing(member)
    assert held.data["earned"] == 400
    later = keyed.publish(tmp_path, keyed.WITH_C)
    keyed.carry_out(quiz.regrade.dry_run(first.hash, later.hash), AT + 20 * MINUTE)
    (held,) = standing(member)
    assert held.data["earned"] == 500 and held.data["cause"] == "regraded"
    reopen(member, attempt, AT + 30 * MINUTE, None)
    assert standing(member) == []
    submit(member, attempt, AT + 31 * MINUTE)
    (held,) = standing(member)
    assert held.data["earned"] == 500


def test_an_earlier_attempt_that_is_opened_again_does_not_count_beside_the_last(
    app: Flask, member: str, tmp_path: Path
) -> None:
    quizzes.publish(tmp_path, extra='counts = "last"')
    first = exams.over(member, 5)
    second = exams.over(member, 0, AT + 20 * MINUTE)
    (held,) = standing(member)
    assert held.data["attempt"] == second
    reopen(member, first, AT + 40 * MINUTE)
    submit(member, first, AT + 41 * MINUTE)
    assert [one.data["attempt"] for one in standing(member) if one.data["counts"]] == [second]


def test_an_appeal_is_not_decided_while_its_attempt_runs_again(app: Flask, tmp_path: Path) -> None:
    written.publish(tmp_path)
    taken = written.take()
    written.mark(taken, "visit", "1" * 32, written.VISIT)
    written.mark(taken, "evening", "1" * 32, written.EVENING)
    with transaction():
        assert appeals.ask(*taken, "visit", "请再看一遍。", at=AT + 2 * 60 * MINUTE)
    reopen(*taken, AT + 3 * 60 * MINUTE, None)
    with pytest.raises(Conflict), transaction():
        appeals.decide(
            written.lot(*taken, "visit"),
            "2" * 32,
            {"prepared": 100, "manner": 200},
            "应当给满分。",
            at=AT + 4 * 60 * MINUTE,
        )
    db.session.rollback()
    assert quiz.attempt(*taken).earned is None
    submit(*taken, AT + 5 * 60 * MINUTE)
    with transaction():
        appeals.decide(
            written.lot(*taken, "visit"),
            "2" * 32,
            {"prepared": 100, "manner": 200},
            "应当给满分。",
            at=AT + 6 * 60 * MINUTE,
        )
    (held,) = standing(taken[0])
    assert held.data["cause"] == "appeal" and held.data["earned"] == quiz.attempt(*taken).earned


def test_nothing_is_told_as_saved_that_does_not_count_after_a_reopening(
    app: Flask, member: str, tmp_path: Path
) -> None:
    """The reply that told a phone "handed in before" was lost; the phone sends the act again, and then another."""
    quizzes.publish(tmp_path)
    attempt = exams.begin(member)
    sheet = quiz.attempt(member, attempt).sheets[0].question
    kind = sheet.rsplit("-", 1)[0]
    submit(member, attempt, AT + MINUTE)
    answer = {"": quizzes.RIGHT[kind]}
    act = quiz.NewAct("aaaaaaaa", 1, sheet, answer, 1000, 1000)
    with transaction():
        (told,) = quiz.save(member, attempt, [act], at=AT + 2 * MINUTE, session="aaaaaaaa").outcomes
    assert told.code == "ended"
    reopen(member, attempt, AT + 3 * MINUTE)
    with transaction():
        again = quiz.NewAct("aaaaaaaa", 2, sheet, answer, 2000, 2000)
        told = quiz.save(member, attempt, [act], at=AT + 4 * MINUTE, session="aaaaaaaa").outcomes
        told += quiz.save(member, attempt, [again], at=AT + 4 * MINUTE, session="aaaaaaaa").outcomes
    assert [one.code for one in told] == ["ended", "saved"]
    submit(member, attempt, AT + 5 * MINUTE)
    (held,) = standing(member)
    assert held.data["earned"] == 100


def test_who_moves_away_during_a_pause_goes_on_with_the_others(app: Flask, tmp_path: Path) -> None:
    quizzes.publish(tmp_path)
    member = new_id()
    since = (AT - timedelta(days=400)).date()
    with transaction():
        top = branches.found("committee", "党委", parent_id=None, at=AT)
        old, new = (branches.found("branch", name, parent_id=top, at=AT) for name in ("甲", "乙"))
        branches.join(member, old, member_class="full", valid_from=since, actor_id=BOSS, at=AT)
    attempt = exams.begin(member)

    def everybody(kind: measures.ForAll, at: datetime) -> None:
        with transaction():
            number = measures.for_all("five-kinds", old, kind, reason="停电", actor_id=BOSS, at=at, zone=ZONE)
        assert measures.spread("five-kinds", number, at=at)

    everybody("pause", AT + 5 * MINUTE)
    tomorrow = AT + timedelta(days=1)
    with transaction():
        db.session.execute(
            update(Membership).where(Membership.member_id == member).values(valid_to=tomorrow.date())
        )
        branches.join(
            member, new, member_class="full", valid_from=tomorrow.date(), actor_id=BOSS, at=AT + 6 * MINUTE
        )
    everybody("resume", tomorrow)
    db.session.rollback()
    found = quiz.attempt(member, attempt)
    assert found.paused_at is None and found.deadline_at == tomorrow + 10 * MINUTE


def test_nobody_practises_what_others_may_still_answer(app: Flask, member: str, tmp_path: Path) -> None:
    """Practice shows marks, and whoever may try without end finds every key by its mark."""
    quizzes.publish(
        tmp_path, extra='practice = true\nopens = "2026-11-24T12:00"\ncloses = "2026-11-24T18:00"'
    )
    for at in (AT, AT + timedelta(hours=3)):
        with pytest.raises(Conflict, match="practised"), transaction():
            quiz.start(member, "five-kinds", at=at, zone=ZONE, practice=True)
    with transaction():
        assert quiz.start(member, "five-kinds", at=exams.CLOSES + MINUTE, zone=ZONE, practice=True).created


def test_a_quiz_that_is_not_open_yet_is_not_practised(app: Flask, member: str, tmp_path: Path) -> None:
    quizzes.publish(tmp_path, extra='practice = true\nopens = "2026-11-24T12:00"')
    with pytest.raises(Conflict, match="practised"), transaction():
        quiz.start(member, "five-kinds", at=AT, zone=ZONE, practice=True)


def test_what_is_looked_at_again_is_not_answered_any_more(app: Flask, member: str, tmp_path: Path) -> None:
    """A page gives its door a high number, looks at the keys of the part before it, and answers with lower ones."""
    sectioned.publish(tmp_path, shows='["answer", "correctness", "feedback", "key"]')
    with transaction():
        attempt = quiz.start(member, "two-parts", at=AT, zone=ZONE).attempt_id

    def send(number: int, question: str, answer: object, at: datetime) -> str:
        act = quiz.NewAct("aaaaaaaa", number, question, answer, 1000, 1000)
        with transaction():
            return quiz.save(member, attempt, [act], at=at, session="aaaaaaaa").outcomes[0].code

    assert send(1, "basics-1", {"": ["a"]}, AT + MINUTE) == "saved"
    assert send(1_000_000, "section:practice", {}, AT + 2 * MINUTE) == "saved"
    assert send(1, "basics-1", {"": ["a"]}, AT + 3 * MINUTE) == "saved"
    assert send(2, "basics-2", {"": ["a"]}, AT + 3 * MINUTE) == "locked"
    assert send(3, "practice-1", {"": ["a"]}, AT + 3 * MINUTE) == "saved"
    submit(member, attempt, AT + 4 * MINUTE)
    (held,) = standing(member)
    assert held.data["earned"] == 200


def test_an_appeal_outlives_that_its_answer_was_taken_away(app: Flask, tmp_path: Path) -> None:
    written.publish(tmp_path)
    taken = written.take()
    written.mark(taken, "visit", "1" * 32, written.VISIT)
    written.mark(taken, "evening", "1" * 32, written.EVENING)
    with transaction():
        assert appeals.ask(*taken, "visit", "请再看一遍。", at=AT + 120 * MINUTE)
    reopen(*taken, AT + 180 * MINUTE, None)
    with transaction():
        quiz.save_form(*taken, "visit", {"": ["别的话。"]}, at=AT + 181 * MINUTE)
    submit(*taken, AT + 182 * MINUTE)
    assert quiz.attempt(*taken).pending == 1
    reopen(*taken, AT + 183 * MINUTE, None)
    with transaction():
        quiz.save_form(*taken, "visit", {}, at=AT + 184 * MINUTE)
    submit(*taken, AT + 185 * MINUTE)
    with transaction():
        appeals.decide(written.lot(*taken, "visit"), "2" * 32, None, "答案已经收回。", at=AT + 186 * MINUTE)
    db.session.rollback()
    assert appeals.waiting() == 0 and quiz.attempt(*taken).pending == 0


def test_what_is_opened_again_in_a_quiz_with_a_closing_time_ends(
    app: Flask, member: str, tmp_path: Path
) -> None:
    """Nothing would ever end it, and so it would not keep the keys from anybody."""
    quizzes.publish(tmp_path, minutes=None, extra='closes = "2026-11-24T18:00"')
    attempt = exams.over(member)
    with pytest.raises(Invalid, match="minutes"):
        reopen(member, attempt, exams.CLOSES + MINUTE, None)
    reopen(member, attempt, exams.CLOSES + MINUTE, 10)
    db.session.rollback()
    assert not quiz.reviewing.everybody_done(catalogue.quiz("five-kinds"), exams.CLOSES + 5 * MINUTE, ZONE)


def test_a_late_answer_that_changes_nothing_is_told_all_the_same(
    app: Flask, member: str, tmp_path: Path
) -> None:
    """The ledger tells only what changes, so the door that decides has to know that nothing did."""
    quizzes.publish(tmp_path, extra='late_sync = "ask"')
    attempt = exams.begin(member)
    sheet = quiz.attempt(member, attempt).sheets[0].question
    act = quiz.NewAct("aaaaaaaa", 1, sheet, {"": []}, 60_000, 60_000)
    with transaction():
        (told,) = quiz.save(member, attempt, [act], at=END + 30 * MINUTE, session="aaaaaaaa").outcomes
    assert told.code == "late-waiting"
    with transaction():
        decided = quiz.lateness.decide(
            member, attempt, 1, "accept", reason="断网", actor_id=BOSS, at=END + 40 * MINUTE
        )
    assert decided.new and not decided.moved and decided.changed is not None
    assert decided.changed.before.earned == decided.changed.after.earned == 0


def test_an_appeal_that_moves_marks_but_not_their_sum_is_told_all_the_same(
    app: Flask, tmp_path: Path
) -> None:
    written.publish(tmp_path)
    taken = written.take()
    written.mark(taken, "visit", "1" * 32, {"prepared": 100, "manner": 100})
    written.mark(taken, "evening", "1" * 32, written.EVENING)
    with transaction():
        appeals.ask(*taken, "visit", "请再看一遍。", at=AT + 120 * MINUTE)
    with transaction():
        decided = appeals.decide(
            written.lot(*taken, "visit"),
            "2" * 32,
            {"prepared": 0, "manner": 200},
            "分在这里。",
            at=AT + 180 * MINUTE,
        )
    assert decided.created and not decided.final
