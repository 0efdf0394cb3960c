"""Notices: read off the ledger once, made again without losing what was seen, told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from learnapp import follow, ledger, notices
from learnapp.db import db, new_id, table_of, transaction
from learnapp.notices import Notice, Told
from tests.conftest import AT
from tests.notices.streams import corrected, ended, void
from tests.queries import count_queries

ZONE = "Asia/Shanghai"
LATER = AT + timedelta(hours=1)


@pytest.fixture
def member(app: Flask) -> str:
    """Somebody with one result."""
    member_id = new_id()
    with transaction():
        ledger.open_stream(member_id)
        ended(member_id, AT)
    return member_id


def folded(member_id: str) -> list[Told]:
    with transaction():
        follow.member(member_id, at=LATER, zone=ZONE)
    return notices.waiting(member_id)


def rows(member_id: str) -> list[tuple[object, ...]]:
    notice = table_of(Notice)
    found = db.session.execute(select(notice).where(notice.c.member_id == member_id).order_by(notice.c.key))
    return [tuple(row) for row in found]


def test_a_first_result_is_no_news(member: str) -> None:
    assert folded(member) == [] and notices.all_of(member) == []


def test_voided_and_replaced_under_one_trace_is_one_notice(member: str) -> None:
    folded(member)
    with transaction():
        seq = corrected(member, 1, LATER, earned=400, passed=True)
    (one,) = folded(member)
    assert (one.kind, one.what, one.subject, one.entry_seq, one.made_at) == (
        "result",
        "regraded",
        "quiz/crowd",
        seq,
        LATER,
    )
    assert one.data["changes"] == {
        "1" * 32: {
            "number": 1,
            "was": {"earned": 300, "possible": 500, "passed": False, "pending": 0},
            "now": {"earned": 400, "possible": 500, "passed": True, "pending": 0},
        }
    }


@pytest.mark.parametrize("at_once", [True, False])
def test_folding_twice_and_step_by_step_changes_nothing(member: str, at_once: bool) -> None:
    if not at_once:
        folded(member)
    with transaction():
        seq = corrected(member, 1, LATER, earned=400, passed=True)
    if not at_once:
        folded(member)
    with transaction():
        corrected(member, seq, LATER, earned=100, passed=False, cause="appeal", trace="u")
    folded(member)
    before = rows(member)
    for _ in range(2):
        with transaction():
            assert follow.fold(member, at=LATER, zone=ZONE)
    assert rows(member) == before and len(before) == 2


def test_making_them_again_leaves_what_was_seen(member: str) -> None:
    with transaction():
        corrected(member, 1, LATER, earned=400, passed=True)
    (one,) = folded(member)
    with transaction():
        notices.seen(member, [one.id], at=LATER)
        notices.tell(member, "fault", "x", subject="quiz/crowd", at=LATER, reply="改正了")
    assert [other.what for other in notices.waiting(member)] == ["fault"]
    before = rows(member)
    with transaction():
        assert follow.rebuild("notices", member, at=LATER, zone=ZONE)
    assert rows(member) == before


def test_what_no_longer_follows_from_the_ledger_goes_with_making_them_again(member: str) -> None:
    with transaction():
        corrected(member, 1, LATER, earned=400, passed=True)
    folded(member)
    stray = dict(zip(table_of(Notice).c.keys(), rows(member)[0], strict=True)) | {
        "id": "f" * 32,
        "key": "stray",
    }
    with transaction():
        db.session.execute(table_of(Notice).insert(), stray)
    with transaction():
        follow.rebuild("notices", member, at=LATER, zone=ZONE)
    assert [row[2] for row in rows(member)] == ["t/quiz/crowd"]


def test_two_attempts_under_one_trace_are_one_notice_that_is_seen_anew(member: str) -> None:
    with transaction():
        second = ended(member, AT, attempt="2" * 32, number=2, earned=200)
        corrected(member, 1, LATER, earned=400, passed=True)
    (one,) = folded(member)
    with transaction():
        notices.seen(member, [one.id], at=LATER)
    with transaction():
        corrected(member, second, LATER, earned=250, passed=False)
    (grown,) = folded(member)
    assert grown.id == one.id and set(grown.data["changes"]) == {"1" * 32, "2" * 32}
    before = rows(member)
    with transaction():
        follow.rebuild("notices", member, at=LATER, zone=ZONE)
    assert rows(member) == before


def test_an_equal_result_and_other_voidings_tell_nothing(member: str) -> None:
    with transaction():
        seq = corrected(member, 1, LATER, earned=300, passed=False, cause="late")
        void(member, seq, LATER, reason="superseded", trace="")
        other = ended(member, LATER, attempt="3" * 32, number=2)
        void(member, other, LATER, reason="unmerged", trace="")
    assert folded(member) == []


def test_an_entry_that_somebody_voided_by_hand_is_told_once(member: str) -> None:
    with transaction():
        void(member, 1, LATER, reason="entered-in-error", trace="a" * 32)
    (one,) = folded(member)
    assert (one.kind, one.what, one.data["entries"]) == ("decision", "corrected", [1])
    before = rows(member)
    with transaction():
        follow.rebuild("notices", member, at=LATER, zone=ZONE)
    assert rows(member) == before


def test_an_attempt_that_was_opened_again_is_told(member: str) -> None:
    with transaction():
        void(member, 1, LATER, reason="reopened", trace="r")
    (one,) = folded(member)
    assert one.what == "reopened" and one.data["changes"]["1" * 32]["now"] is None
    with transaction():
        ended(member, LATER, earned=500, passed=True)
    assert len(folded(member)) == 1


def test_told_once_seen_and_counted(member: str) -> None:
    with transaction():
        assert notices.tell(member, "time", "a", subject="quiz/crowd", at=AT, minutes=10)
        assert not notices.tell(member, "time", "a", subject="quiz/crowd", at=LATER, minutes=20)
        for number in range(5):
            notices.tell(member, "fault", str(number), subject="quiz/crowd", at=AT, reply="好")
    with count_queries() as sent:
        assert len(notices.waiting(member, most=4)) == 4
    assert len(sent) == 1
    with pytest.raises(ValueError, match="nothing that members"), transaction():
        notices.tell(member, "fault", "y", subject="quiz/crowd", at=AT, points=5)
    other = new_id()
    assert notices.waiting(other) == []
    with transaction():
        notices.seen(other, [one.id for one in notices.waiting(member)], at=LATER)
    assert len(notices.waiting(member)) == 6, "nobody sees for somebody else"


def test_what_is_new_costs_three_statements_at_most(member: str) -> None:
    folded(member)
    with transaction():
        ended(member, LATER, attempt="4" * 32, number=2)
    entries = ledger.entries_after(member, 0)
    with transaction(), count_queries() as sent:
        notices.fold(member, entries)
    assert len(sent) <= 2, sent
