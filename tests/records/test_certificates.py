"""Issuing, replacing, revoking and forgetting certificates: the same on both engines."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import accounts, audit, catalogue, ledger, records
from learnapp.clock import local_date
from learnapp.db import transaction
from learnapp.errors import Conflict, Invalid, NotFound
from tests.conftest import AT, ZONE
from tests.quiz import exams, quizzes
from tests.records.earned import certified, complete, issued
from tests.study.shelf import put

TODAY = local_date(AT, ZONE)


@pytest.fixture
def member(app: Flask) -> str:
    with transaction():
        return accounts.create("王芳", "wang", at=AT)


def _certified(member: str) -> str:
    version = put().hash
    with transaction():
        return certified(member, "doors", version)


def test_what_it_says_is_kept(member: str) -> None:
    code = _certified(member)
    found = records.certificate(code)
    title = catalogue.course_version(found.subject_version).title
    assert found.text.startswith("王芳（社区第一党支部）于2026年11月24日学完课程")
    assert title in found.text
    assert (found.entry_seq, found.entry_hash) == (1, ledger.entry(member, 1).hash)
    put({"01-before.md": "# Renamed\n\n## One\n\nText.\n"})
    assert records.certificate(code) == found
    assert records.standing_of(found, TODAY) == "valid"


def test_a_second_tap_finds_the_first(member: str) -> None:
    code = _certified(member)
    with transaction():
        assert issued(member, 1, AT + timedelta(seconds=1)) == code
    assert len(records.certificates_of(member)) == 1
    assert len([row for row in audit.events([member], limit=9) if row.action == "certificate-issued"]) == 1


def test_another_name_replaces_it(member: str) -> None:
    code = _certified(member)
    with transaction():
        newer = issued(member, 1, AT + timedelta(days=1), holder="王方")
    assert records.standing_of(records.certificate(code), TODAY) == "replaced"
    assert records.certificate(code).replaced_by == newer
    assert records.standing_of(records.certificate(newer), TODAY) == "valid"


def test_a_voided_entry_takes_it_away_and_its_successor_replaces_it(member: str) -> None:
    code = _certified(member)
    version = records.certificate(code).subject_version
    with transaction():
        ledger.void(member, 1, reason="entered-in-error", actor_id=member, at=AT)
    assert records.standing_of(records.certificate(code), TODAY) == "void"
    with pytest.raises(Conflict), transaction():
        issued(member, 1)
    with transaction():
        newer = issued(member, complete(member, "doors", version))
    assert records.certificate(code).replaced_by == newer


def test_only_what_was_earned(member: str) -> None:
    _certified(member)
    with pytest.raises(Conflict), transaction():
        records.issue(member, "exam", 1, holder="x", unit="y", actor_id=member, at=AT, zone=ZONE)
    with pytest.raises(Conflict), transaction():
        issued(member, 2)


def test_revoking_takes_a_reason_and_is_written_down(member: str) -> None:
    code, boss = _certified(member), "9" * 32
    for reason in (" ", "x" * 201):
        with pytest.raises(Invalid), transaction():
            records.revoke(code, reason=reason, actor_id=boss, at=AT)
    with transaction():
        records.revoke(code, reason="发错了人", actor_id=boss, at=AT)
    found = records.certificate(code)
    assert records.standing_of(found, TODAY) == "revoked"
    assert (found.revoked_by, found.revoke_reason, found.revoked_at) == (boss, "发错了人", AT)
    row = next(row for row in audit.events([member], limit=9) if row.action == "certificate-revoked")
    assert (row.actor_id, row.detail["reason"]) == (boss, "发错了人")
    with pytest.raises(Conflict), transaction():
        records.revoke(code, reason="again", actor_id=boss, at=AT)


def test_what_was_revoked_is_not_taken_again_by_its_member(member: str) -> None:
    code = _certified(member)
    with transaction():
        records.revoke(code, reason="x", actor_id=member, at=AT)
    with pytest.raises(Conflict), transaction():
        issued(member, 1)
    with transaction():
        newer = issued(member, 1, again=True)
    assert records.standing_of(records.certificate(newer), TODAY) == "valid"
    assert records.standing_of(records.certificate(code), TODAY) == "revoked"


def test_forgetting_a_person_takes_the_words_and_says_so(member: str) -> None:
    code = _certified(member)
    with transaction():
        assert records.forget_certificates(member) == 1
    with pytest.raises(NotFound):
        records.certificate(code)
    assert records.certificates_of(member) == []
    assert ledger.verify().ok


def test_an_exam_earns_one_when_its_result_may_be_said(member: str, tmp_path: Path) -> None:
    quiz = quizzes.publish(tmp_path, extra=exams.EXAM)
    attempt = "1" * 32
    event = ledger.QuizEnded(
        quiz=quiz.slug,
        version=quiz.hash,
        attempt=attempt,
        number=1,
        ended_by="member",
        earned=500,
        possible=500,
        passed=True,
        paper_digest="a" * 64,
        acts_digest="a" * 64,
    )
    with transaction():
        ledger.record(event, member_id=member, uid="q", occurred_at=AT, at=AT, recorder=member, source="quiz")
    entries = ledger.entries_after(member, 0)
    assert records.offers(entries, ZONE, {attempt}) == []
    assert [offer.template.id for offer in records.offers(entries, ZONE)] == ["exam"]
    common = {"holder": "王芳", "unit": "支部", "actor_id": member, "at": AT, "zone": ZONE}
    with pytest.raises(Conflict), transaction():
        records.issue(member, "exam", 1, hidden={attempt}, **common)
    with transaction():
        code = records.issue(member, "exam", 1, **common)
    found = records.certificate(code)
    assert found.expires_on == date(2029, 11, 24)
    assert records.standing_of(found, date(2029, 11, 25)) == "expired"


def test_somebody_without_a_unit_has_no_empty_brackets(member: str) -> None:
    version = put().hash
    with transaction():
        seq = complete(member, "doors", version)
        code = records.issue(member, "course", seq, holder="王芳", unit="", actor_id=member, at=AT, zone=ZONE)
    found = records.certificate(code)
    assert found.text.startswith("王芳于")
    assert found.text_en.startswith("王芳 completed")
