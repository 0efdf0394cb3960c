"""Pages around the clock: what is said before a start, the address that tells the clock, practice."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from learnapp import clock, quiz
from learnapp.db import db, transaction
from learnapp.quiz import GRACE, measures
from tests.conftest import AT, ZONE
from tests.quiz.quizzes import publish
from tests.quiz.test_pages import EN, Watch, answer_here, text_of
from tests.world import World, sign_in

MINUTE = timedelta(minutes=1)
EXAM = 'exam = true\ncloses = "2026-12-24T11:00"'
BOSS = "b" * 32


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The product's clock, standing at `AT` until a test turns it."""
    made = Watch()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def me(client: FlaskClient, world: World, watch: Watch) -> str:
    """A member who is signed in."""
    sign_in(client, world.people["member"])
    return world.people["member"]


def intro(client: FlaskClient, slug: str = "five-kinds") -> str:
    """What is said before a start, in English."""
    return text_of(client.get(f"/quiz/{slug}/", headers=EN))


def start(client: FlaskClient, slug: str = "five-kinds", **data: str) -> str:
    """Presses a button there; where it leads."""
    return str(client.post(f"/quiz/{slug}/", data=data).location)


def told(client: FlaskClient, path: str) -> dict[str, object]:
    """What a running page is told about its clock."""
    found = client.get(f"{path}clock").json
    assert isinstance(found, dict)
    return found


def for_all(world: World, kind: measures.ForAll, minutes: int = 0, at: timedelta = timedelta()) -> None:
    """A measure for the whole committee, in no attempt yet."""
    with transaction():
        measures.for_all(
            "five-kinds",
            world.committee,
            kind,
            minutes=minutes,
            reason="Power cut",
            actor_id=BOSS,
            at=AT + at,
            zone=ZONE,
        )


def test_a_window_is_said_and_kept(client: FlaskClient, me: str, watch: Watch, tmp_path: Path) -> None:
    times = ("opens", "2026-11-24T11:00"), ("due", "2026-11-24T12:00"), ("closes", "2026-11-24T13:00")
    publish(tmp_path, extra="\n".join(f'{name} = "{at}"' for name, at in times))
    before = intro(client)
    for words in (
        "24 Nov 2026 11:00",
        "24 Nov 2026 12:00",
        "24 Nov 2026 13:00",
        "At the closing time it ends",
    ):
        assert words in before
    assert "This quiz can be started from 24 Nov 2026 11:00 on." in before and "btn-primary" not in before
    assert start(client) == "/quiz/five-kinds/"
    watch.at = AT + timedelta(hours=2)
    late = intro(client)
    assert (
        "It was due on 24 Nov 2026 12:00. It can still be taken." in late and late.count("btn-primary") == 1
    )
    watch.at = AT + timedelta(hours=2, minutes=20)
    path = start(client)
    assert told(client, path)["remaining_ms"] == 600_000
    watch.at = AT + timedelta(hours=2, minutes=31)
    assert client.get(path).location == f"{path}review"
    assert "This quiz closed on 24 Nov 2026 13:00" in intro(client)


def test_it_says_when_the_next_attempt_is_possible_and_which_counts(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, extra='wait_minutes = 10\ncounts = "last"')
    assert "the next one is possible 10 minutes later" in intro(client)
    assert "The last attempt counts" in intro(client)
    client.post(f"{start(client)}submit")
    assert "The next attempt can be started from 24 Nov 2026 10:40 on." in intro(client)
    refused = client.post("/quiz/five-kinds/", headers=EN, follow_redirects=True)
    assert text_of(refused).count("can be started from 24 Nov 2026 10:40 on") == 2
    watch.at = AT + 10 * MINUTE
    assert "/attempts/" in start(client)
    publish(tmp_path, extra='counts = "first"')
    assert "The first attempt counts" in intro(client)


def test_anybody_may_have_half_as_much_time_again_but_not_in_an_exam(
    client: FlaskClient, me: str, tmp_path: Path
) -> None:
    publish(tmp_path)
    assert "half as much time again" in intro(client) and "22 minutes. Anybody" in intro(client)
    assert told(client, start(client, longer="1"))["remaining_ms"] == 22.5 * 60_000
    publish(tmp_path, "an-exam", extra=EXAM)
    assert "half as much time again" not in intro(client, "an-exam")
    assert told(client, start(client, "an-exam", longer="1"))["remaining_ms"] == 15 * 60_000


def test_standing_extra_time_is_said_and_given(client: FlaskClient, me: str, tmp_path: Path) -> None:
    publish(tmp_path, "an-exam", extra=EXAM)
    with transaction():
        measures.allow(me, 200, actor_id=BOSS, at=AT)
    assert "15 minutes, for you 30 minutes" in intro(client, "an-exam")
    assert told(client, start(client, "an-exam"))["remaining_ms"] == 30 * 60_000


def test_attempts_that_were_given_are_in_the_list(client: FlaskClient, me: str, tmp_path: Path) -> None:
    publish(tmp_path, attempts=1)
    with transaction():
        measures.override(me, "five-kinds", attempts=2, reason="出差", actor_id=BOSS, at=AT)
    assert "3 attempts left" in text_of(client.get("/quiz/", headers=EN))
    assert "3 left of 3" in intro(client)


def test_the_clock_is_told_and_nothing_is_written(
    client: FlaskClient, me: str, world: World, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path)
    path = start(client)
    attempt = path.split("/")[3]
    watch.at = AT + 10 * MINUTE
    first = told(client, path)
    assert (first["remaining_ms"], first["paused"], first["open"], first["reason"]) == (
        300_000,
        False,
        True,
        "",
    )
    for_all(world, "extend", 5, at=10 * MINUTE)
    assert told(client, path)["remaining_ms"] == 600_000
    for_all(world, "pause", at=11 * MINUTE)
    watch.at = AT + 60 * MINUTE
    found = told(client, path)
    assert (found["remaining_ms"], found["paused"], found["reason"]) == (540_000, True, "Power cut")
    db.session.rollback()
    assert quiz.attempt(me, attempt).deadline_at == AT + 15 * MINUTE
    page = text_of(client.get(path, headers=EN))
    assert "The clock stands still: Power cut." in page and '<fieldset class="bare" disabled>' in page
    db.session.rollback()
    assert quiz.attempt(me, attempt).paused_at == AT + 11 * MINUTE
    ledger_page = text_of(client.get("/ledger/", headers=EN))
    assert "was extended by 5 minutes" in ledger_page and "was paused" in ledger_page
    assert "Reason: Power cut" in ledger_page
    # An answer given before the page learned of it is kept.
    assert answer_here(client, path, 1).status_code == 303
    for_all(world, "resume", at=60 * MINUTE)
    assert told(client, path)["paused"] is False
    watch.at = AT + 69 * MINUTE + GRACE + timedelta(milliseconds=1)
    assert told(client, path)["open"] is False
    assert client.get(path).location == f"{path}review"


def test_long_times_are_told_in_hours_and_days(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, minutes=None, extra='closes = "2026-11-30T10:30"')
    path = start(client)
    assert "6 days left" in text_of(client.get(path, headers=EN))
    watch.at = AT + timedelta(days=5, hours=20)
    assert "4 hours left" in text_of(client.get(path, headers=EN))
    watch.at = AT + timedelta(days=5, hours=22)
    assert "120 minutes left" in text_of(client.get(path, headers=EN))


def test_practice_from_start_to_review(client: FlaskClient, me: str, tmp_path: Path) -> None:
    publish(tmp_path, attempts=1, extra="practice = true")
    assert "It never counts" in intro(client)
    path = start(client, practice="1")
    page = text_of(client.get(path, headers=EN))
    assert "Practice: it never counts." in page and "data-remaining" not in page
    assert "Go on practising" in intro(client) and "1 left of 1" in intro(client)
    answer_here(client, path, 1)
    assert client.post(f"{path}submit").location == f"{path}review"
    review = text_of(client.get(f"{path}review", headers=EN))
    assert "1 of 5 right" in review and "ledger" not in re.sub(r"<nav.*?</nav>", "", review, flags=re.S)
    assert "Practice 1" in intro(client)
    assert "Passed" not in text_of(client.get("/quiz/", headers=EN))
