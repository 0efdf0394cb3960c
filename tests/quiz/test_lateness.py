"""What becomes of answers that arrive after the end, on both engines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from learnapp import audit, catalogue, ledger, quiz
from learnapp.db import new_id, transaction
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from learnapp.media import Store
from learnapp.quiz import NewAct, lateness
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import RIGHT, source

END = AT + timedelta(minutes=15)
PHONE, TABLET = "phone00000001", "tablet0000001"
KINDS = list(RIGHT)


def shelve(folder: Path, slug: str = "five-kinds", more: str = "", **settings: object) -> catalogue.Quiz:
    """Publishes the quiz of all kinds with these settings, and `more` as it is, at its top."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    text = "\n".join([*lines, more, source(slug)])
    definition = catalogue.read_files("quiz", slug, {f"{slug}.toml": text.encode()}).definition
    assert definition is not None
    with transaction():
        done = catalogue.publish(definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))
    return catalogue.quiz_version(done.hash)


def begin(member: str, *, practice: bool = False) -> str:
    """A running attempt."""
    with transaction():
        ledger.open_stream(member)
        return quiz.start(member, "five-kinds", at=AT, zone=ZONE, practice=practice, seed="5" * 64).attempt_id


def act(
    member: str, attempt: str, number: int, minute: float, *, wall: float | None = None, session: str = PHONE
) -> NewAct:
    """The right answer to question `number`, as a page sends it that was opened when the attempt began."""
    question = quiz.attempt(member, attempt).sheets[number - 1].question
    ms = round(minute * 60_000)
    return NewAct(
        session,
        number,
        question,
        {"": RIGHT[question[:-2]]},
        ms if wall is None else round(wall * 60_000),
        ms,
    )


def keep(member: str, attempt: str, acts: Sequence[NewAct], minute: float) -> list[str]:
    """What the page is told about each act that arrives so many minutes after the start."""
    with transaction():
        saved = quiz.save(member, attempt, acts, at=AT + timedelta(minutes=minute), session=PHONE)
    return [outcome.code for outcome in saved.outcomes]


def cut(member: str, attempt: str, *, minute: float = 10) -> None:
    """The first two questions are answered and saved; then there is no network."""
    assert keep(member, attempt, [act(member, attempt, 1, 1)], 1.01) == ["saved"]
    assert keep(member, attempt, [act(member, attempt, 2, minute)], minute + 0.01) == ["saved"]


def sweep(member: str, attempt: str) -> None:
    """The sweeper finds the end."""
    with transaction():
        assert quiz.close(member, attempt, at=END + timedelta(seconds=30))


def kinds(member: str) -> list[tuple[str, object]]:
    """The member's ledger: kind, and what was earned or why something was voided."""
    return [
        (one.kind, one.data.get("earned", one.data.get("reason"))) for one in ledger.entries_after(member, 0)
    ]


@pytest.mark.parametrize("finder", ["sweeper", "request", "journal"])
def test_what_was_made_in_time_counts_and_corrects_the_ledger(
    app: Flask, tmp_path: Path, member: str, finder: str
) -> None:
    shelve(tmp_path)
    attempt = begin(member)
    cut(member, attempt)
    if finder == "sweeper":
        sweep(member, attempt)
    elif finder == "request":
        with transaction():
            quiz.submit(member, attempt, at=END + timedelta(minutes=1))
    late = [act(member, attempt, number, minute) for number, minute in ((3, 12), (4, 13.5), (5, 14.98))]
    assert keep(member, attempt, late, 40) == ["late-accepted"] * 3
    found = quiz.attempt(member, attempt)
    assert (found.ended_by, found.ended_at, found.earned, found.passed) == ("deadline", END, 500, True)
    assert found.late_state == "accepted" and found.corrections == 1
    assert [(tap.accepted, tap.late) for tap in sorted(quiz.taps(member, attempt), key=lambda tap: tap.number)] == [
        (True, False), (True, False), (True, True), (True, True), (True, True)
    ]  # fmt: skip
    assert kinds(member) == [("quiz-ended", 200), ("voided", "late"), ("quiz-ended", 500)]
    entries = ledger.entries_after(member, 0)
    assert entries[-1].seq == found.entry_seq and entries[-1].data["cause"] == "late"
    assert entries[-1].data["trace"] == entries[-2].data["trace"] != ""
    assert [one.seq for one in ledger.effective(entries)] == [found.entry_seq]
    # The same acts once more, in another order and with one that was in time: nothing changes.
    again = [*reversed(late), act(member, attempt, 2, 10)]
    assert keep(member, attempt, again, 50) == ["late-accepted"] * 3 + ["saved"]
    assert kinds(member) == [("quiz-ended", 200), ("voided", "late"), ("quiz-ended", 500)]
    assert [one.state for one in lateness.deliveries(member, attempt)] == ["accepted"]
    assert ledger.verify().ok


def test_in_two_messages_from_two_phones(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt = begin(member)
    cut(member, attempt)
    tablet = [act(member, attempt, number, minute, session=TABLET) for number, minute in ((3, 11), (4, 14))]
    assert keep(member, attempt, tablet[:1], 11.01) == ["saved"]
    assert keep(member, attempt, [act(member, attempt, 5, 14)], 20) == ["late-accepted"]
    assert keep(member, attempt, tablet, 25) == ["saved", "late-accepted"]
    assert quiz.attempt(member, attempt).earned == 500
    assert [(one.number, one.state) for one in lateness.deliveries(member, attempt)] == [
        (1, "accepted"),
        (2, "accepted"),
    ]
    assert [kind for kind, _ in kinds(member)] == [
        "quiz-ended",
        "voided",
        "quiz-ended",
        "voided",
        "quiz-ended",
    ]


def unclear(member: str, attempt: str) -> NewAct:
    """An answer whose clocks do not agree."""
    return act(member, attempt, 3, 14, wall=12)


@pytest.mark.parametrize(
    "where", ["its own review", "the review of a later attempt", "the wrong-answer book"]
)
def test_whoever_saw_the_right_answers_first_needs_a_person(
    app: Flask, tmp_path: Path, member: str, where: str
) -> None:
    """The clocks of a phone are claims. What tells a forger from an honest phone is what came in between."""
    shelve(tmp_path)
    attempt = begin(member)
    cut(member, attempt)
    sweep(member, attempt)
    with transaction():
        shown = attempt
        if where == "the review of a later attempt":
            later = AT + timedelta(minutes=16)
            shown = quiz.start(member, "five-kinds", at=later, zone=ZONE).attempt_id
            quiz.submit(member, shown, at=later)
        at = AT + timedelta(minutes=20)
        if where == "the wrong-answer book":
            assert quiz.mistakes(member, attempt, at=at, zone=ZONE)
        else:
            mine = quiz.attempts(member, "five-kinds")
            quiz.reviewing.note_keys_seen(quiz.attempt(member, shown), mine, at)
    assert keep(member, attempt, [act(member, attempt, 3, 12)], 21) == ["late-waiting"]
    (held,) = lateness.deliveries(member, attempt)
    assert [finding.code for act_ in held.evidence.acts for finding in act_.findings] == ["seen"]


def test_when_the_right_answers_may_be_public_a_person_decides(
    app: Flask, tmp_path: Path, member: str
) -> None:
    shelve(tmp_path, more="closes = 2026-11-24T10:45:00")
    attempt = begin(member)
    cut(member, attempt)
    sweep(member, attempt)
    assert keep(member, attempt, [act(member, attempt, 3, 12)], 21) == ["late-waiting"]
    (held,) = lateness.deliveries(member, attempt)
    assert [finding.code for act_ in held.evidence.acts for finding in act_.findings] == ["public"]


def test_what_was_handed_in_by_the_member_notes_nothing(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt = begin(member)
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(minutes=3))
        mine = quiz.attempts(member, "five-kinds")
        quiz.reviewing.note_keys_seen(mine[0], mine, AT + timedelta(minutes=4))
    assert quiz.attempt(member, attempt).keys_seen_at is None


def test_what_is_unclear_waits_for_a_person_who_accepts(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt, secretary = begin(member), new_id()
    cut(member, attempt)
    late = [unclear(member, attempt), act(member, attempt, 4, 14.5)]
    assert keep(member, attempt, late, 40) == ["late-waiting", "late-accepted"]
    assert keep(member, attempt, [act(member, attempt, 5, 14.6, wall=13)], 41) == ["late-waiting"]
    assert keep(member, attempt, late, 42) == ["late-waiting", "late-accepted"]
    found = quiz.attempt(member, attempt)
    assert (found.earned, found.late_state) == (300, "waiting")
    (waiting,) = lateness.waiting([member])
    assert (waiting.attempt_id, waiting.quiz, waiting.attempt_number) == (attempt, "five-kinds", 1)
    assert lateness.waiting_count([member]) == 1 and lateness.waiting([new_id()]) == []
    delivery = next(one for one in lateness.deliveries(member, attempt) if one.state == "waiting")
    assert [act.number for act in delivery.evidence.acts] == [3, 5]
    assert {finding.code for act in delivery.evidence.acts for finding in act.findings} == {"wall-behind"}
    assert delivery.evidence.contact == AT + timedelta(minutes=10.01)
    before, after = lateness.would_be(found, delivery)
    assert (before.earned, after.earned) == (300, 500)

    at = AT + timedelta(hours=3)
    with transaction():
        decided = lateness.decide(
            member, attempt, waiting.number, "accept", reason="  手机时钟  被调整 ", actor_id=secretary, at=at
        )
    changed = decided.changed
    assert decided.new and decided.moved and changed is not None
    assert (changed.before.earned, changed.after.earned) == (300, 500)
    found = quiz.attempt(member, attempt)
    assert (found.earned, found.late_state) == (500, "accepted")
    entries = ledger.entries_after(member, 0)
    assert entries[-2].kind == "voided" and entries[-2].recorder == secretary
    assert ledger.note_text(member, entries[-2].data["note"]) == "手机时钟 被调整"
    (row,) = audit.events([member], limit=9)
    assert (row.action, row.actor_id, row.subject) == ("late-accepted", secretary, "quiz/five-kinds")
    assert lateness.waiting([member]) == []
    # The same tap once more is harmless; another decision is refused.
    with transaction():
        again = lateness.decide(
            member, attempt, waiting.number, "accept", reason="一样", actor_id=secretary, at=at
        )
    assert not again.new
    for actor, decision in ((secretary, "refuse"), (new_id(), "accept")):
        with pytest.raises(Conflict), transaction():
            lateness.decide(member, attempt, waiting.number, decision, reason="x", actor_id=actor, at=at)
    assert len(ledger.entries_after(member, 0)) == len(entries)
    assert keep(member, attempt, late, 300) == ["late-accepted"] * 2


def test_a_person_refuses(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt, at = begin(member), AT + timedelta(hours=3)
    cut(member, attempt)
    late = [unclear(member, attempt)]
    assert keep(member, attempt, late, 40) == ["late-waiting"]
    with transaction():
        done = lateness.decide(member, attempt, 1, "refuse", reason="说不清", actor_id=new_id(), at=at)
    assert done.new and not done.moved
    found = quiz.attempt(member, attempt)
    assert (found.earned, found.late_state) == (200, "refused")
    assert kinds(member) == [("quiz-ended", 200)]
    assert keep(member, attempt, late, 300) == ["late"]
    assert [row.action for row in audit.events([member], limit=9)] == ["late-refused"]


def test_who_may_decide_and_how(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt, other = begin(member), new_id()
    cut(member, attempt)
    keep(member, attempt, [unclear(member, attempt)], 40)
    for error, actor, number, reason in (
        (Forbidden, member, 1, "我自己"),
        (Invalid, other, 1, "  "),
        (Invalid, other, 1, "长" * 501),
        (NotFound, other, 2, "没有"),
    ):
        with pytest.raises(error), transaction():
            lateness.decide(member, attempt, number, "accept", reason=reason, actor_id=actor, at=AT)
    with pytest.raises(NotFound), transaction():
        lateness.decide(other, attempt, 1, "accept", reason="x", actor_id=new_id(), at=AT)
    assert quiz.attempt(member, attempt).late_state == "waiting"


@pytest.mark.parametrize(
    ("settings", "minute", "told", "state"),
    [
        ({}, 15 + 24 * 60, "late-accepted", "accepted"),
        ({}, 15.1 + 24 * 60, "late", "refused"),
        ({"late_hours": 48}, 15.1 + 24 * 60, "late-accepted", "accepted"),
        ({"late_sync": "ask"}, 40, "late-waiting", "waiting"),
        ({"late_sync": "ask", "late_hours": 1}, 80, "late", "refused"),
        ({"exam": True}, 40, "late-waiting", "waiting"),
        ({"late_sync": "refuse"}, 16, "late", "refused"),
    ],
)
def test_the_rule_of_the_quiz_decides(
    app: Flask, tmp_path: Path, member: str, settings: dict[str, object], minute: float, told: str, state: str
) -> None:
    shelve(tmp_path, **settings)
    attempt = begin(member)
    cut(member, attempt)
    sweep(member, attempt)
    assert keep(member, attempt, [act(member, attempt, 3, 14)], minute) == [told]
    found = quiz.attempt(member, attempt)
    assert (found.late_state, found.earned) == (state, 300 if state == "accepted" else 200)
    (delivery,) = lateness.deliveries(member, attempt)
    assert delivery.state == state and (delivery.decided_at is None) is (state == "waiting")


def test_what_was_made_after_the_end_never_counts(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path)
    attempt = begin(member)
    cut(member, attempt)
    assert keep(member, attempt, [act(member, attempt, 3, 16)], 16.01) == ["late"]
    (delivery,) = lateness.deliveries(member, attempt)
    assert [(one.verdict, one.why) for one in delivery.evidence.acts] == [("not-in-time", "not-in-time")]
    assert kinds(member) == [("quiz-ended", 200)]


def test_after_a_hand_in_nothing_is_judged(app: Flask, tmp_path: Path, member: str) -> None:
    """Whoever hands in says that this is all; what a phone still had is kept and shown."""
    shelve(tmp_path)
    attempt = begin(member)
    cut(member, attempt)
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(minutes=11))
    assert keep(member, attempt, [act(member, attempt, 3, 10.5)], 12) == ["ended"]
    assert keep(member, attempt, [act(member, attempt, 3, 10.5)], 40) == ["ended"]
    assert lateness.deliveries(member, attempt) == [] and quiz.attempt(member, attempt).late_state is None
    assert [(tap.accepted, tap.late) for tap in quiz.taps(member, attempt) if tap.number == 3] == [
        (False, True)
    ]


def test_a_late_answer_that_is_older_than_one_in_time_changes_nothing(
    app: Flask, tmp_path: Path, member: str
) -> None:
    """It is accepted, and per question the highest number counts all the same."""
    shelve(tmp_path)
    attempt = begin(member)
    assert keep(member, attempt, [act(member, attempt, 1, 1)], 1.01) == ["saved"]
    question = quiz.attempt(member, attempt).sheets[0].question
    tablet = NewAct(TABLET, 9, question, {"": RIGHT[question[:-2]]}, 300_000, 300_000)
    assert keep(member, attempt, [tablet], 5.01) == ["saved"]
    wrong = NewAct(PHONE, 2, question, {}, 840_000, 840_000)
    assert keep(member, attempt, [wrong], 40) == ["late-accepted"]
    assert quiz.attempt(member, attempt).earned == 100
    assert quiz.latest(quiz.taps(member, attempt), quiz.attempt(member, attempt).sheets)


def test_nothing_is_asked_of_a_person_about_practice(app: Flask, tmp_path: Path, member: str) -> None:
    shelve(tmp_path, practice=True)
    attempt = begin(member, practice=True)
    assert quiz.attempt(member, attempt).deadline_at is None
    assert keep(member, attempt, [act(member, attempt, 1, 1)], 60 * 24) == ["saved"]
    with transaction():
        quiz.submit(member, attempt, at=AT + timedelta(days=2))
    assert keep(member, attempt, [act(member, attempt, 2, 5)], 60 * 72) == ["ended"]
    assert lateness.deliveries(member, attempt) == [] and kinds(member) == []


def test_an_open_attempt_with_a_delivery_keeps_its_clock(app: Flask, tmp_path: Path, member: str) -> None:
    """Opened again, the accepted answers belong to the result that is still to come."""
    shelve(tmp_path)
    attempt, at = begin(member), AT + timedelta(hours=1)
    cut(member, attempt)
    keep(member, attempt, [unclear(member, attempt)], 40)
    with transaction():
        quiz.measures.reopen(member, attempt, minutes=10, reason="停电", actor_id=new_id(), at=at)
    with transaction():
        done = lateness.decide(member, attempt, 1, "accept", reason="核实过", actor_id=new_id(), at=at)
    assert done.changed is None and quiz.attempt(member, attempt).open
    with transaction():
        quiz.submit(member, attempt, at=at + timedelta(minutes=1))
    assert quiz.attempt(member, attempt).earned == 300
