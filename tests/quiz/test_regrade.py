"""A corrected key: what a dry run says is what happens, once, however often it is broken off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from learnapp import catalogue, ledger, quiz
from learnapp.db import db, table_of, transaction
from learnapp.errors import Conflict, Invalid
from learnapp.jobs import sweeper
from learnapp.quiz import regrade
from learnapp.quiz.models import Attempt, Grade
from tests.conftest import AT
from tests.queries import count_queries
from tests.quiz.keyed import RIGHT, SLUG, Keys, carry_out, publish, take

LATER = AT + timedelta(days=1)
PEOPLE: tuple[dict[str, Any], ...] = (
    {**RIGHT, "single": "c"},
    {**RIGHT, "single": "c", "true": "false", "number": "1"},
    RIGHT,
    {"single": "a", "true": "true", "number": "32"},
    {},
)


@pytest.fixture
def first(app: Flask, tmp_path: Path) -> catalogue.Quiz:
    """The version with the wrong key of `single`, answered by five members."""
    return publish(tmp_path)


def results(member_id: str) -> list[tuple[int | None, int, bool | None, str | None]]:
    return [(one.earned, one.possible, one.passed, one.key_version) for one in quiz.attempts(member_id)]


def entries(member_id: str) -> list[tuple[str, Any, Any]]:
    return [
        (one.kind, one.data.get("reason") or one.data.get("cause"), one.data.get("earned"))
        for one in ledger.entries_after(member_id, 0)
    ]


def grades() -> dict[str, tuple[Any, ...]]:
    grade = table_of(Grade)
    rows = db.session.execute(select(grade).order_by(grade.c.member_id))
    return {
        row.attempt_id: (
            row.was_earned,
            row.was_possible,
            row.was_passed,
            row.earned,
            row.possible,
            row.passed,
            row.trace,
            row.cause,
        )
        for row in rows
    }


def test_a_dry_run_says_what_happens(first: catalogue.Quiz, tmp_path: Path) -> None:
    people = [take(row)[0] for row in PEOPLE]
    second = publish(tmp_path, Keys(single="c"))
    plan = regrade.dry_run(first.hash, second.hash)
    assert (plan.total, plan.members, plan.changed, plan.open) == (5, 5, 4, 0)
    assert (plan.newly_passed, plan.no_longer_passed, plan.unchanged) == (1, 1, 1)
    assert plan.passed == (3, 3) and sum(plan.bands[0]) == sum(plan.bands[1]) == 5
    assert (plan.shifts["single"].more, plan.shifts["single"].less) == (2, 2)
    assert plan.shifts["true"] == regrade.Shift(0, 0, 5)
    assert all(not one.passed or one.earned >= 300 for one in plan.rows)
    trace = carry_out(plan)
    assert grades() == {
        row.attempt_id: (
            row.was_earned,
            row.was_possible,
            row.was_passed,
            row.earned,
            row.possible,
            row.passed,
            trace,
            "regraded",
        )
        for row in plan.rows
    }
    assert [results(one)[0][:3] for one in people] == [
        (500, 500, True),
        (300, 500, True),
        (400, 500, True),
        (200, 500, False),
        (0, 500, False),
    ]
    assert all(results(one)[0][3] == second.hash for one in people), "the unchanged one is marked by it too"
    assert entries(people[0]) == [
        ("quiz-ended", "ended", 400),
        ("voided", "regraded", None),
        ("quiz-ended", "regraded", 500),
    ]
    assert entries(people[4]) == [("quiz-ended", "ended", 0)]


def test_nothing_is_written_by_a_dry_run(first: catalogue.Quiz, tmp_path: Path) -> None:
    member_id, _attempt = take(PEOPLE[0])
    second = publish(tmp_path, Keys(single="c"))
    with count_queries() as sent:
        plan = regrade.dry_run(first.hash, second.hash)
    assert all(one.lstrip().upper().startswith("SELECT") for one in sent) and len(sent) <= 9, sent
    assert plan.changed == 1 and entries(member_id) == [("quiz-ended", "ended", 400)]


def test_the_number_of_statements_does_not_grow_with_the_attempts(
    first: catalogue.Quiz, tmp_path: Path
) -> None:
    second = publish(tmp_path, Keys(single="c"))
    regrade.dry_run(first.hash, second.hash)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            # The version with the wrong key is taken by those who began before the other was published.
            _take_at(first, PEOPLE[0])
        with count_queries() as sent:
            regrade.dry_run(first.hash, second.hash)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def _take_at(version: catalogue.Quiz, answers: dict[str, Any]) -> tuple[str, str]:
    """An attempt at a version that is not the current one any more."""
    from unittest.mock import patch

    with patch.object(catalogue, "quiz", lambda _slug: version):
        return take(answers)


def test_confirming_twice_is_confirming_once(first: catalogue.Quiz, tmp_path: Path) -> None:
    member_id, _attempt = take(PEOPLE[0])
    second = publish(tmp_path, Keys(single="c"))
    plan = regrade.dry_run(first.hash, second.hash)
    trace = carry_out(plan)
    before = entries(member_id)
    assert carry_out(plan, LATER) == trace and entries(member_id) == before
    again = regrade.dry_run(first.hash, second.hash)
    assert again.changed == 0 and not again.corrects and again.digest != plan.digest
    with pytest.raises(Invalid), transaction():
        regrade.confirm(again, digest=again.digest, actor_id="9" * 32, reason="再来", at=LATER)
    assert [one.id for one in regrade.decisions(SLUG)] == [trace]
    assert regrade.progress(regrade.decided(trace)) == regrade.Progress(0, 1)
    assert regrade.reasons([trace, "0" * 32]) == {trace: "第一题的答案改正了。"}


def test_a_plan_is_outdated_as_soon_as_another_attempt_ends(first: catalogue.Quiz, tmp_path: Path) -> None:
    take(PEOPLE[0])
    running, attempt_id = take(PEOPLE[1], submit=False)
    second = publish(tmp_path, Keys(single="c"))
    plan = regrade.dry_run(first.hash, second.hash)
    assert plan.open == 1 and plan.total == 1
    with transaction():
        quiz.submit(running, attempt_id, at=AT)
    for stale in (plan, regrade.dry_run(first.hash, second.hash)):
        with pytest.raises(Conflict), transaction():
            regrade.confirm(stale, digest=plan.digest, actor_id="9" * 32, reason="改正", at=AT)
    assert not regrade.decisions(SLUG)


@pytest.mark.parametrize("reason", ["", "  \n ", "长" * 501])
def test_members_are_told_why(first: catalogue.Quiz, tmp_path: Path, reason: str) -> None:
    take(PEOPLE[0])
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    with pytest.raises(Invalid), transaction():
        regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason=reason, at=AT)


def test_an_open_attempt_ends_under_the_corrected_key(first: catalogue.Quiz, tmp_path: Path) -> None:
    member_id, attempt_id = take(PEOPLE[0], submit=False)
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    assert plan.corrects and plan.total == 0
    carry_out(plan)
    with transaction(), count_queries() as sent:
        quiz.submit(member_id, attempt_id, at=AT)
    assert entries(member_id) == [("quiz-ended", "ended", 500)]
    other, other_attempt = _take_at(first, {**PEOPLE[0]})
    assert results(other)[0][0] == 400, (
        "who begins at the old version later has its key, until somebody decides"
    )
    assert other_attempt and len(sent) <= 8, sent


def test_the_sweeper_goes_on_where_it_was_broken_off(
    first: catalogue.Quiz, tmp_path: Path, app: Flask
) -> None:
    people = sorted(take(PEOPLE[0])[0] for _ in range(4))
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    with transaction():
        found = regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason="改正", at=AT)
    with transaction():
        regrade.correct(found.id, people[0], at=AT)
    assert not regrade.complete(found.id, at=AT) and regrade.undone() == [found.id]
    assert regrade.progress(found) == regrade.Progress(3, 1)
    assert regrade.members_left(found.id) == people[1:]
    db.session.rollback()
    assert sweeper.run_once(app, LATER).corrected == 3
    assert all(entries(one)[-1] == ("quiz-ended", "regraded", 500) for one in people)
    assert regrade.undone() == [] and regrade.decided(found.id).done_at == LATER
    assert sweeper.run_once(app, LATER).corrected == 0


def test_one_who_fails_does_not_stop_the_others(
    first: catalogue.Quiz, tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = sorted(take(PEOPLE[0])[0] for _ in range(3))
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    with transaction():
        found = regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason="改正", at=AT)
    real = regrade.correct

    def failing(trace: str, member_id: str, **rest: Any) -> int:
        if member_id == people[0]:
            raise RuntimeError("this one fails")
        return real(trace, member_id, **rest)

    with monkeypatch.context() as broken:
        broken.setattr(regrade, "correct", failing)
        assert sweeper.run_once(app, LATER).corrected == 2
    assert regrade.members_left(found.id) == people[:1] and regrade.undone() == [found.id]


def test_who_hands_in_while_keys_are_corrected_is_marked_by_the_new_one(
    first: catalogue.Quiz, tmp_path: Path, app: Flask
) -> None:
    running = [take(PEOPLE[0], submit=False) for _ in range(12)]
    take(PEOPLE[0])
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    begun = threading.Barrier(3)

    def handing_in(some: list[tuple[str, str]]) -> None:
        with app.app_context():
            begun.wait(20)
            for member_id, attempt_id in some:
                with transaction():
                    quiz.submit(member_id, attempt_id, at=AT)
            db.session.remove()

    threads = [threading.Thread(target=handing_in, args=(running[place::2],)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    with transaction():
        found = regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason="改正", at=AT)
    begun.wait(20)
    for _ in range(100):
        if not regrade.undone():
            break
        db.session.rollback()
        sweeper.run_once(app, LATER)
    for thread in threads:
        thread.join(20)
    assert {results(member_id)[0] for member_id, _attempt in running} == {(500, 500, True, plan.to_version)}
    assert regrade.decided(found.id).done_at == LATER


def test_several_attempts_practice_and_void_entries(first: catalogue.Quiz, tmp_path: Path) -> None:
    member_id, _one = take(PEOPLE[0])
    take(PEOPLE[1], member_id)
    _take_practice(member_id)
    plan = regrade.dry_run(first.hash, publish(tmp_path, Keys(single="c")).hash)
    assert (plan.total, plan.members, plan.changed) == (2, 1, 2)
    carry_out(plan)
    assert [one[0] for one in results(member_id) if one[0] is not None].count(500) >= 1
    counted = ledger.effective(ledger.entries_after(member_id, 0))
    assert sorted(entry.data["earned"] for entry in counted) == [300, 500]
    assert all(one[3] == plan.to_version for one in results(member_id)), "practice shows the corrected key"


def _take_practice(member_id: str) -> None:
    attempt = table_of(Attempt)
    row = dict(
        db.session.execute(select(attempt).where(attempt.c.member_id == member_id)).mappings().first() or {}
    )
    row |= {"id": "f" * 32, "number": -1, "entry_seq": None}
    with transaction():
        db.session.execute(attempt.insert(), row)


def test_points_and_decisions_about_faulty_questions(first: catalogue.Quiz, tmp_path: Path) -> None:
    people = [take(row)[0] for row in PEOPLE]
    second = publish(tmp_path, Keys(points=(1, 2, 1, 1, 1), grading=("none", "", "", "", "full")))
    plan = regrade.dry_run(first.hash, second.hash)
    assert {one.before.id: one.what for one in plan.comparison.corrections} == {
        "single": ("grading",),
        "multiple": ("points",),
        "word": ("grading",),
    }
    carry_out(plan)
    assert [results(one)[0][:3] for one in people] == [
        (500, 500, True),
        (300, 500, True),
        (500, 500, True),
        (300, 500, True),
        (100, 500, False),
    ]


def test_a_question_that_asks_something_else_keeps_its_key(first: catalogue.Quiz, tmp_path: Path) -> None:
    member_id, _attempt = take(RIGHT)
    second = publish(tmp_path, Keys(single="c", true=False, stems=(("single", "另一个题干。"),)))
    plan = regrade.dry_run(first.hash, second.hash)
    assert [one.id for one in plan.comparison.kept] == ["single"]
    assert [one.before.id for one in plan.comparison.corrections] == ["true"]
    carry_out(plan)
    assert results(member_id)[0][0] == 400


def test_a_later_decision_ends_an_earlier_one(first: catalogue.Quiz, tmp_path: Path, app: Flask) -> None:
    people = [take(PEOPLE[0])[0] for _ in range(3)]
    second = publish(tmp_path, Keys(single="c"))
    wrong = regrade.dry_run(first.hash, second.hash)
    with transaction():
        earlier = regrade.confirm(wrong, digest=wrong.digest, actor_id="9" * 32, reason="改成丙", at=AT)
    with transaction():
        regrade.correct(earlier.id, people[0], at=AT)
    third = publish(tmp_path, Keys(single="b"))
    carry_out(regrade.dry_run(first.hash, third.hash), LATER)
    with transaction():
        assert regrade.correct(earlier.id, people[1], at=LATER) == 0
    assert {results(one)[0][0] for one in people} == {400} and regrade.undone() == []
    back = regrade.dry_run(first.hash, first.hash)
    assert back.corrects and back.changed == 0, "its own key can be taken up again"
    carry_out(back, LATER)
    assert {results(one)[0][3] for one in people} == {first.hash}


def test_versions_of_two_quizzes_are_refused(first: catalogue.Quiz, tmp_path: Path) -> None:
    from tests.quiz.quizzes import publish as publish_other

    with pytest.raises(Invalid):
        regrade.dry_run(first.hash, publish_other(tmp_path).hash)


def test_which_versions_are_marked_by_other_keys(first: catalogue.Quiz, tmp_path: Path) -> None:
    take(PEOPLE[0])
    second = publish(tmp_path, Keys(single="c"))
    take(PEOPLE[0])
    assert regrade.unmarked_by(SLUG, second.hash) == {first.hash: (1, 1)}
    carry_out(regrade.dry_run(first.hash, second.hash))
    assert regrade.unmarked_by(SLUG, second.hash) == {}
    assert set(regrade.unmarked_by(SLUG, first.hash)) == {first.hash, second.hash}


# Property -----------------------------------------------------------------------------------------------

_KEYS = st.builds(
    Keys,
    single=st.sampled_from("abc"),
    multiple=st.frozensets(st.sampled_from("abc"), min_size=1),
    partial=st.booleans(),
    true=st.booleans(),
    number=st.sampled_from([32, 40]),
    tolerance=st.sampled_from([0, 8]),
    word=st.sampled_from([("党员大会",), ("支部大会",), ("党员大会", "支部大会")]),
    points=st.tuples(*[st.integers(1, 3)] * 5),
    grading=st.tuples(*[st.sampled_from(["", "", "", "full", "none"])] * 5),
    stems=st.sampled_from([(), (), (("single", "另一个题干。"),)]),
)
_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "single": st.sampled_from("abc"),
        "multiple": st.lists(st.sampled_from("abc"), unique=True),
        "true": st.sampled_from(["true", "false"]),
        "number": st.sampled_from(["32", "40", "24"]),
        "word": st.sampled_from(["党员大会", "支部大会", "别的"]),
    },
)


@pytest.fixture
def fresh(site: Flask) -> Iterator[Flask]:
    """One database for all examples; every one uses new members and new versions."""
    yield site


@given(
    versions=st.lists(_KEYS, min_size=2, max_size=3, unique_by=repr),
    rows=st.lists(_ANSWERS, min_size=1, max_size=5),
    draw=st.sampled_from([0, 3]),
    number=st.integers(0, 10**9),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_dry_run_is_real_run(
    fresh: Flask, tmp_path: Path, versions: list[Keys], rows: list[dict[str, Any]], draw: int, number: int
) -> None:
    made = [replace(keys, note=f"{number}-{place}", draw=draw) for place, keys in enumerate(versions)]
    first = publish(tmp_path, made[0])
    people = [take(row)[0] for row in rows]
    for keys in made[1:]:
        before = set(grades())
        plan = regrade.dry_run(first.hash, publish(tmp_path, keys).hash)
        if not plan.corrects:
            continue
        trace = carry_out(plan)
        real = {name: row[:6] for name, row in grades().items() if row[6] == trace}
        assert real == {
            row.attempt_id: (
                row.was_earned,
                row.was_possible,
                row.was_passed,
                row.earned,
                row.possible,
                row.passed,
            )
            for row in plan.rows
        }
        assert before <= set(grades()) or before
        assert regrade.dry_run(first.hash, plan.to_version).changed == 0
    for member_id in people:
        (attempt,) = quiz.attempts(member_id)
        (entry,) = ledger.effective(ledger.entries_after(member_id, 0))
        assert (entry.data["earned"], entry.data["possible"], entry.data["passed"]) == (
            attempt.earned,
            attempt.possible,
            attempt.passed,
        )
