"""What pages say of an attempt in each phase: the review, lists, the ledger, points, what is due, the book."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import accounts, catalogue, follow, plans, points, quiz
from learnapp.catalogue import quiz_settings
from learnapp.db import new_id, transaction
from learnapp.media import Store
from learnapp.quiz import grading, measures
from learnapp.quiz.phases import AFTER
from learnapp.web.quiz import results, tokens
from tests.conftest import AT, ZONE
from tests.quiz import sectioned
from tests.quiz.exams import CLOSES, EXAM, begin, hand_in, over, publish
from tests.quiz.quizzes import SECRET
from tests.quiz.test_pages import EN, HERE, Watch, text_of, watch
from tests.quiz.test_reviewing import publish_corrected
from tests.world import World, sign_in

__all__ = ["watch"]

MINUTE = timedelta(minutes=1)
EXPLAINED = f"{SECRET} 解析"


@pytest.fixture
def me(watch: Watch, world: World, client: FlaskClient) -> str:
    """A member who is signed in."""
    sign_in(client, world.people["member"])
    return world.people["member"]


def words(client: FlaskClient, path: str) -> str:
    """A page in English as one line of words."""
    answer = client.get(path, headers=EN)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


def review(client: FlaskClient, attempt: str) -> str:
    """The review in words."""
    return words(client, f"/quiz/attempts/{attempt}/review")


def test_an_exam_says_when_the_rest_is_shown(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path)
    attempt = over(me, right=5)
    watch.at = AT + 6 * MINUTE
    page = review(client, attempt)
    for said in (
        "Handed in. The result is not shown yet.",
        "Shown from 24 Nov 2026 10:45 on: the result.",
        "Shown after the closing time, once everybody has handed in (expected on 24 Nov 2026 18:00): "
        "which answers are right, remarks on your answers, the right answers and explanations.",
        "Your choice",
    ):
        assert said in page
    for hidden in ("Passed", "5 right", "Right", "Not right", "points", EXPLAINED):
        rest = page.replace(said_of_rights, "")
        assert hidden not in rest, rest[max(rest.index(hidden) - 60, 0) :]
    watch.at = AT + 5 * MINUTE + AFTER
    page = review(client, attempt)
    assert "Passed" in page and "5 of 5 points" in page and EXPLAINED not in page
    assert "Shown from" not in page
    watch.at = CLOSES
    page = review(client, attempt)
    assert "5 of 5 right" in page and EXPLAINED in page and "Shown" not in page


said_of_rights = "which answers are right, remarks on your answers, the right answers and explanations"


def test_while_somebody_still_answers_no_time_is_named(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path, world: World
) -> None:
    """Whose extra time it is, or how long, is nobody else's business."""
    publish(tmp_path)
    attempt = over(me)
    with transaction():
        measures.override(
            world.members[1][0], "five-kinds", closes_at=CLOSES + 30 * MINUTE, reason="ok", actor_id=me, at=AT
        )
    watch.at = CLOSES + MINUTE
    page = review(client, attempt)
    assert f"Shown as soon as everybody has handed in: {said_of_rights}." in page
    assert "18:30" not in page and SECRET not in page
    watch.at = CLOSES + 30 * MINUTE
    assert SECRET in review(client, attempt)


def test_a_quiz_of_a_lesson_is_explained_at_once(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, "", attempts=None)
    watch.at = AT + 6 * MINUTE
    page = review(client, over(me, right=2))
    assert "2 of 5 right" in page and SECRET in page and "2 of 5 points" in page
    assert "1 question short" in page and "Wrong-answer book" in page and "Shown" not in page


def test_keys_that_are_never_shown_are_said_to_be(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    tail = '[review]\nafter = ["mark"]\nlater = ["mark"]\nclosed = ["mark"]\n'
    publish(tmp_path, "", attempts=None, tail=tail)
    intro = words(client, "/quiz/five-kinds/")
    assert "Shown once you have handed in: the result." in intro
    assert "The right answers to this quiz are not shown." in intro
    watch.at = AT + 6 * MINUTE
    page = review(client, over(me, right=2))
    assert "The right answers to this quiz are not shown." in page and "1 question short." in page
    assert "题干" not in page and "Read the explanations" not in page and "Wrong-answer book" not in page


def test_no_list_tells_a_result_before_its_time(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path, world: World
) -> None:
    publish(tmp_path, attempts=1)
    _period(world)
    attempt = over(me, right=5)
    with transaction():
        follow.member(me, at=AT + 5 * MINUTE, zone=ZONE)
    watch.at = AT + 6 * MINUTE
    pages = {
        path: words(client, path) for path in ("/", "/quiz/", "/quiz/five-kinds/", "/ledger/", "/points/")
    }
    for path, page in pages.items():
        assert "Passed" not in page and "assed the quiz" not in page, path
    assert "Handed in, result not shown yet" in pages["/"]
    assert "Handed in, result not shown yet" in pages["/quiz/"]
    assert "All attempts have been used" not in pages["/quiz/five-kinds/"]
    assert "Took the quiz “Five kinds”, result not yet published" in pages["/ledger/"]
    assert "shown with the result" in pages["/ledger/"]
    assert "Without 1 quiz whose result is not published yet." in pages["/points/"]
    assert "Bonus" in pages["/points/"] and "+3" not in pages["/points/"]
    watch.at = AT + 5 * MINUTE + AFTER
    assert "Nothing is due" in words(client, "/")
    assert "Passed" in words(client, "/quiz/") and "You have passed this quiz." in words(
        client, "/quiz/five-kinds/"
    )
    assert "Passed the quiz “Five kinds”" in words(client, "/ledger/")
    assert "Without" not in words(client, "/points/")
    assert quiz.attempt(me, attempt).passed


def _period(world: World) -> None:
    """Points for the quiz, and a plan in which it is due."""
    with transaction():
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=world.committee, at=AT)
        points.open_period(
            world.committee,
            "2026",
            title_en="2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rules,
        )
        plans.assign(
            world.committee,
            "计划",
            [("quiz", "five-kinds")],
            starts_on=date(2026, 1, 1),
            due_on=date(2026, 12, 31),
            actor_id=world.committee,
            at=AT,
        )


def test_a_member_whose_result_is_passed_and_one_who_failed_see_the_same(
    client: FlaskClient, world: World, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, attempts=1)
    _period(world)
    seen = []
    for member, right in ((world.members[0][0], 5), (world.members[0][2], 0)):
        watch.at = AT
        begun = begin(member)
        hand_in(member, begun, right=right)
        with transaction():
            follow.member(member, at=AT + 5 * MINUTE, zone=ZONE)
        watch.at = AT + 6 * MINUTE
        sign_in(client, member)
        paths = ("/", "/quiz/", "/quiz/five-kinds/", "/ledger/", "/points/", "/drill/", "/drill/book")
        name = accounts.profile(member).name
        seen.append([words(client, path).replace(name, "") for path in paths])
    assert seen[0] == seen[1]


def test_what_happened_to_a_result_since(client: FlaskClient, me: str, watch: Watch, tmp_path: Path) -> None:
    publish(tmp_path, "", attempts=None)
    attempt = begin(me)
    asked = next(s.question for s in quiz.attempt(me, attempt).sheets if s.question.startswith("true"))
    with transaction():
        quiz.save_form(me, attempt, asked, {"": ["false"]}, at=AT)
    hand_in(me, attempt)
    corrected = publish_corrected(tmp_path)
    watch.at = AT + 60 * MINUTE
    assert "What happened to this result since" not in review(client, attempt)
    with transaction():
        found = quiz.clocks.locked(me, attempt, watch.at)
        grading.again(
            found, cause="regraded", trace=new_id(), actor_id=me, at=watch.at, key_version=corrected.hash
        )
    page = review(client, attempt)
    for said in (
        "What happened to this result since",
        "A question was corrected for everybody.",
        "0 of 5 points → 1 of 5 points",
        "24 Nov 2026 11:30",
        "1 of 5 right",
    ):
        assert said in page, said


def test_a_corrected_result_stays_hidden_until_its_phase(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path)
    attempt = over(me)
    with transaction():
        found = quiz.clocks.locked(me, attempt, AT + 6 * MINUTE)
        grading.again(found, cause="late", trace=new_id(), actor_id=me, at=AT + 6 * MINUTE)
    watch.at = AT + 7 * MINUTE
    assert "What happened to this result since" not in review(client, attempt)


def test_practice_is_named(client: FlaskClient, me: str, watch: Watch, tmp_path: Path) -> None:
    publish(tmp_path, "practice = true\n", attempts=None)
    with transaction():
        attempt = quiz.start(me, "five-kinds", at=AT, zone=ZONE, practice=True).attempt_id
    hand_in(me, attempt, right=5)
    watch.at = AT + 6 * MINUTE
    page = review(client, attempt)
    assert "Practice: recorded nowhere" in page and "Entry" not in page
    assert "Passed" not in words(client, "/quiz/")


# Parts that are closed


def _sections(folder: Path, during: str) -> None:
    text = sectioned.source() + f"\n[review]\nduring = {during}\n"
    reading = catalogue.read_files("quiz", "two-parts", {"two-parts.toml": text.encode()})
    assert reading.definition is not None, reading.problems
    with transaction():
        catalogue.publish(reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media"))


def _enter(client: FlaskClient, path: str) -> None:
    assert client.post(f"{path}section", data={"section": "practice"}).status_code == 303


def test_a_part_that_was_left_may_be_looked_at_as_the_settings_say(
    client: FlaskClient, me: str, tmp_path: Path
) -> None:
    _sections(tmp_path, '["answer", "correctness"]')
    path = client.post("/quiz/two-parts/").location
    back = f"{path}parts/basics"
    assert client.get(back).location == path, "it is still being answered"
    assert re.search(r'data-look="1" hidden', client.get(path).get_data(as_text=True))
    _enter(client, path)
    assert re.search(r'data-look="1">', client.get(path).get_data(as_text=True))
    page = words(client, back)
    assert "题干 basics-1" in page and "题干 practice" not in page
    assert "Not answered" in page and "解析" not in page
    assert client.get(f"{path}parts/practice").location == path
    client.post(f"{path}submit")
    assert client.get(back).location.endswith("/review")


def test_without_such_a_setting_nobody_looks_back(client: FlaskClient, me: str, tmp_path: Path) -> None:
    _sections(tmp_path, "[]")
    path = client.post("/quiz/two-parts/").location
    _enter(client, path)
    assert client.get(f"{path}parts/basics").location == path
    assert "data-look" not in client.get(path).get_data(as_text=True)


# Page leaves


def leave(client: FlaskClient, member: str, attempt: str, page: object, token: str = "") -> int:
    """What the script sends; returns the status."""
    headers = {**HERE, tokens.HEADER: token or tokens.attempt_token(member, attempt)}
    return client.post(f"/quiz/attempts/{attempt}/leaves", json=page, headers=headers).status_code


def test_leaves_are_said_before_written_down_and_shown(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, EXAM + "leaves = true\n")
    assert "it is written down when the page goes out of sight" in words(client, "/quiz/five-kinds/")
    attempt = begin(me)
    page = client.get(f"/quiz/attempts/{attempt}/").get_data(as_text=True)
    assert 'data-controller="quiz-leaves"' in page
    watch.at = AT + MINUTE
    assert leave(client, me, attempt, {"page": "left"}) == 204
    watch.at = AT + 3 * MINUTE
    assert leave(client, me, attempt, {"page": "back"}) == 204
    wrong: object
    for wrong in ({"page": "gone"}, [], None, "left"):
        assert leave(client, me, attempt, wrong) == 422
    assert leave(client, me, attempt, {"page": "left"}, "0" * 64) == 403
    hand_in(me, attempt)
    watch.at = AT + 6 * MINUTE
    page = review(client, attempt)
    assert "The page was out of sight 1 time" in page and "10:31 – 10:33" in page.replace("–", " – ").replace(
        "  ", " "
    )
    assert "It has no consequence by itself" in page


def test_without_the_setting_nothing_is_sent(client: FlaskClient, me: str, tmp_path: Path) -> None:
    publish(tmp_path)
    assert "out of sight" not in words(client, "/quiz/five-kinds/")
    attempt = begin(me)
    assert "quiz-leaves" not in client.get(f"/quiz/attempts/{attempt}/").get_data(as_text=True)
    assert leave(client, me, attempt, {"page": "left"}) == 204
    assert quiz.leaves.of(quiz.attempt(me, attempt)) == ()


def test_every_setting_has_its_words(site: Flask) -> None:
    assert set(results._SHOWN) == set(quiz_settings.SHOWS)


def test_opening_an_attempt_again_does_not_tell_its_earlier_result(
    client: FlaskClient, me: str, watch: Watch, tmp_path: Path
) -> None:
    publish(tmp_path, tail='\n[review]\nlater = ["answer"]\n')
    attempt = over(me, right=5)
    at = AT + 60 * MINUTE
    assert "result not yet published" in words(client, "/ledger/")
    with transaction():
        measures.reopen(me, attempt, minutes=20, reason="误交卷", actor_id="b" * 32, at=at)
        follow.member(me, at=at, zone=ZONE)
    watch.at = at + MINUTE
    page = words(client, "/ledger/")
    assert "result not yet published" in page and "Passed" not in page
