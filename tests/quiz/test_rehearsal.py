"""The rehearsal of three questions: practice on the real engine that leaves no trace."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, clock, drill, ledger, quiz
from learnapp.db import db, new_id, transaction
from learnapp.media import Store
from learnapp.quiz import NewAct, rehearsal
from tests.conftest import AT, ZONE
from tests.quiz.test_lateness import shelve
from tests.world import World, sign_in


def text(client: FlaskClient, address: str) -> str:
    """The page as text in English."""
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def started(client: FlaskClient, slug: str = "") -> str:
    """The attempt of a rehearsal that was started on its page."""
    answer = client.post("/quiz/rehearsal", data={"quiz": slug})
    assert answer.status_code == 303
    db.session.rollback()
    return answer.headers["Location"].rstrip("/").rpartition("/")[2]


def give(member: str, attempt: str, answers: list[tuple[str, str, int]], at: datetime) -> None:
    """Taps as (question, value, seconds after the page was opened), that arrive together."""
    acts = [
        NewAct("phone00000001", number, question, {"": [value]}, seconds * 1000, seconds * 1000)
        for number, (question, value, seconds) in enumerate(answers, 1)
    ]
    with transaction():
        saved = quiz.save(member, attempt, acts, at=at)
    assert {outcome.code for outcome in saved.outcomes} == {"saved"}


def test_it_is_practice_that_stands_nowhere(world: World, client: FlaskClient, tmp_path: Path) -> None:
    shelve(tmp_path)
    member = world.people["member"]
    sign_in(client, member)
    assert "Try it first: three questions without a network" in text(client, "/quiz/five-kinds/")
    assert "Switch the network off" in text(client, "/quiz/rehearsal?quiz=five-kinds")
    attempt = started(client, "five-kinds")
    assert started(client) == attempt, "pressed twice, it is one"
    found = quiz.attempt(member, attempt)
    assert (found.number, found.practice, found.deadline_at, found.open) == (-1, True, None, True)
    assert [sheet.question for sheet in found.sheets] == ["online", "offline", "back-again"]
    assert [one.slug for one in catalogue.quizzes()] == ["five-kinds"]
    assert catalogue.current_hash("quiz", rehearsal.SLUG) is None
    give(member, attempt, [("online", "true", 5), ("offline", "a", 20), ("back-again", "7", 41)], clock.now())
    assert client.post(f"/quiz/attempts/{attempt}/submit").status_code == 303
    db.session.rollback()
    review = client.get(f"/quiz/attempts/{attempt}/review")
    assert review.status_code == 303 and review.headers["Location"].endswith(f"{attempt}/rehearsal")
    assert ledger.entries_after(member, 0) == []
    with transaction():
        assert drill.collect(member, at=clock.now(), zone=ZONE) == 0
    assert quiz.runs(every=True) == []
    for page in ("/", "/quiz/", "/ledger/"):
        assert "Rehearsal" not in text(client, page)
    assert started(client) != attempt and quiz.attempts(member)[0].number == -2


def test_the_result_says_when_each_tap_was_made_and_arrived(
    world: World, client: FlaskClient, tmp_path: Path
) -> None:
    shelve(tmp_path)
    member = world.people["member"]
    sign_in(client, member)
    attempt = started(client, "five-kinds")
    began = quiz.attempt(member, attempt).started_at
    give(member, attempt, [("online", "true", 5)], began + timedelta(seconds=6))
    acts = [
        NewAct("phone00000001", number, question, {"": [value]}, seconds * 1000, seconds * 1000)
        for number, question, value, seconds in (
            (2, "offline", "a", 20),
            (3, "offline", "b", 25),
            (4, "back-again", "7", 40),
        )
    ]
    with transaction():
        quiz.save(member, attempt, acts, at=began + timedelta(seconds=90))
        quiz.submit(member, attempt, at=began + timedelta(seconds=95))
    steps = rehearsal.steps(member, attempt)
    assert [round(step.under_way.total_seconds()) for step in steps] == [0, 69, 64, 49]
    assert [step.kept for step in steps] == [False, True, True, True]
    page = text(client, f"/quiz/attempts/{attempt}/rehearsal")
    assert "Nothing was lost: 3 taps were kept on this phone" in page
    assert "3 questions are answered" in page and "1 min 9 s" in page
    assert "/quiz/five-kinds/" in page


def test_a_rehearsal_with_the_network_on_says_so(world: World, client: FlaskClient, site: Flask) -> None:
    member = world.people["member"]
    sign_in(client, member)
    attempt = started(client, "no-such-quiz")
    with transaction():
        quiz.submit(member, attempt, at=clock.now())
    assert "Nothing was answered" in text(client, f"/quiz/attempts/{attempt}/rehearsal")
    attempt = started(client)
    give(member, attempt, [("online", "false", 5)], clock.now())
    with transaction():
        quiz.submit(member, attempt, at=clock.now())
    page = text(client, f"/quiz/attempts/{attempt}/rehearsal")
    assert "the network was on all the time" in page and "/quiz/no-such-quiz" not in page


def test_other_attempts_have_no_such_page(world: World, client: FlaskClient, tmp_path: Path) -> None:
    shelve(tmp_path, practice=True)
    member = world.people["member"]
    with transaction():
        other = quiz.start(member, "five-kinds", at=AT, zone=ZONE, practice=True).attempt_id
        quiz.submit(member, other, at=AT)
    sign_in(client, member)
    assert client.get(f"/quiz/attempts/{other}/rehearsal").status_code == 404


def test_starting_it_on_both_engines(app: Flask, tmp_path: Path, member: str) -> None:
    with transaction():
        ledger.open_stream(member)
    for _ in range(2):
        with transaction():
            attempt = rehearsal.start(member, at=AT, zone=ZONE, store=Store(tmp_path / "media"))
    assert [one.id for one in quiz.attempts(member)] == [attempt]
    assert len(catalogue.versions("quiz", rehearsal.SLUG)) == 1


def test_many_who_are_first_at_once(app: Flask, tmp_path: Path) -> None:
    def one(_: int) -> str:
        with app.app_context():
            member = new_id()
            with transaction():
                attempt = rehearsal.start(member, at=AT, zone=ZONE, store=Store(tmp_path / "media"))
            db.session.remove()
            return attempt

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(one, range(12)))) == 12
    assert len(catalogue.versions("quiz", rehearsal.SLUG)) == 1


def test_its_questions_are_in_both_languages() -> None:
    found = rehearsal.definition()
    assert found.slug == rehearsal.SLUG and found.title_en and found.intro_en and found.settings.practice
    source = Path(rehearsal.__file__).with_name("rehearsal.toml").read_bytes()
    problems = catalogue.read_files("quiz", rehearsal.SLUG, {f"{rehearsal.SLUG}.toml": source}).problems
    assert {one.code for one in problems} == {"no_explanation"}, "nothing is explained afterwards"
