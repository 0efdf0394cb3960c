"""Sections of a paper: one after the other, and what was left stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from learnapp import quiz
from learnapp.db import new_id, transaction
from learnapp.quiz import NewAct, Sheet, Tap, rules
from tests.conftest import AT, ZONE
from tests.quiz.sectioned import publish
from tests.world import World, sign_in

MS = timedelta(milliseconds=1)
HERE, THERE = "phone00000001", "tablet0000001"
PAPER = (Sheet("a", (), "one"), Sheet("b", (), "one"), Sheet("c", (), "two"), Sheet("d", (), "three"))
EN = {"Accept-Language": "en"}


def tap(number: int, question: str, answer: str = '"x"', session: str = HERE, at: int = 0) -> Tap:
    """An act received so many milliseconds after the start; by default as many as its number."""
    return Tap(session, number, question, answer, 0, 0, AT + (at or number) * MS)


def door(number: int, section: str, session: str = HERE, at: int = 0) -> Tap:
    """The act that enters a section."""
    return tap(number, f"section:{section}", "true", session, at)


def test_what_was_answered_before_the_door_counts_and_nothing_after_it() -> None:
    acts = [tap(1, "a", '"1"'), door(2, "two"), tap(3, "a", '"2"'), tap(4, "c", '"3"')]
    for order in permutations(acts):
        assert rules.latest(order, PAPER) == {"a": "1", "c": "3"}
        assert [one.number for one in rules.shut_out(order, PAPER)] == [3]
        assert rules.entered(order, PAPER) == "two"
    assert rules.sections(PAPER) == ("one", "two", "three") and rules.entered([], PAPER) == "one"
    assert rules.sections(()) == () and rules.entered(acts, [Sheet("a", ())]) == ""


def test_a_phone_that_was_away_may_send_what_it_answered_before_its_own_door() -> None:
    late = [tap(1, "a", '"1"', at=90), door(2, "two", at=90)]
    assert rules.latest(late, PAPER) == {"a": "1"}
    assert rules.latest([door(2, "two", at=50), tap(1, "a", '"1"', at=90)], PAPER) == {"a": "1"}


def test_another_device_counts_only_until_the_door_was_known_to_the_server() -> None:
    entered = door(5, "two", at=50)
    assert rules.latest([entered, tap(3, "a", '"1"', THERE, at=49)], PAPER) == {"a": "1"}
    assert rules.latest([entered, tap(3, "a", '"1"', THERE, at=50)], PAPER) == {}
    assert rules.latest([entered, tap(6, "a", '"1"', THERE, at=49)], PAPER) == {}
    assert rules.latest([entered, tap(6, "c", '"1"', THERE, at=60)], PAPER) == {"c": "1"}


def test_a_door_closes_everything_before_it_and_an_unaccepted_one_nothing() -> None:
    assert rules.latest([tap(4, "c"), door(3, "three"), tap(5, "b")], PAPER) == {}
    refused = Tap(HERE, 3, "section:three", "true", 0, 0, AT, accepted=False)
    assert rules.latest([tap(4, "c"), refused], PAPER) == {"c": "x"}
    assert rules.latest([tap(4, "c"), door(3, "nowhere")], PAPER) == {"c": "x"}


ACTS = st.lists(
    st.builds(
        tap,
        st.integers(1, 9),
        st.sampled_from(["a", "b", "c", "d", "section:two", "section:three"]),
        st.sampled_from(['"1"', '"2"', "null"]),
        st.sampled_from([HERE, THERE]),
        st.integers(1, 9),
    ),
    max_size=12,
    unique_by=lambda one: (one.session, one.number),
)


@given(ACTS, st.randoms())
def test_order_of_arrival_never_matters(acts: list[Tap], random: object) -> None:
    mixed = list(acts)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis's Random
    assert rules.latest(mixed, PAPER) == rules.latest(acts, PAPER)
    assert rules.entered(mixed, PAPER) == rules.entered(acts, PAPER)


@given(ACTS, st.sampled_from(["a", "b"]))
def test_nothing_given_after_a_door_changes_what_lies_before_it(acts: list[Tap], question: str) -> None:
    entered = door(20, "two", at=20)
    before = rules.latest([*acts, entered], PAPER)
    for session in (HERE, THERE):
        after: Sequence[Tap] = [*acts, entered, tap(21, question, '"new"', session)]
        assert rules.latest(after, PAPER) == before


# The services


@pytest.fixture
def two(app: Flask, tmp_path: Path) -> str:
    """Somebody with a running attempt at a quiz of two sections, on both engines."""
    publish(tmp_path)
    member = new_id()
    with transaction():
        quiz.start(member, "two-parts", at=AT, zone=ZONE)
    return member


def keep(member: str, *acts: NewAct, session: str = HERE) -> quiz.Saved:
    """Saves acts a minute after the start."""
    with transaction():
        (found,) = quiz.attempts(member)
        return quiz.save(member, found.id, acts, at=AT + timedelta(minutes=1), session=session)


def act(number: int, question: str, values: list[str], session: str = HERE) -> NewAct:
    """An act as a page sends it."""
    return NewAct(session, number, question, {"": values} if values else {}, number, number)


def test_the_server_keeps_a_door_and_says_what_came_after_it(two: str) -> None:
    saved = keep(two, act(1, "basics-1", ["a"]), act(2, "section:practice", []), act(3, "basics-1", ["b"]))
    assert [one.code for one in saved.outcomes] == ["saved", "saved", "locked"]
    assert keep(two, act(4, "basics-2", ["a"], THERE), session=THERE).outcomes[0].code == "locked"
    assert [one.code for one in keep(two, act(5, "practice-1", ["a"])).outcomes] == ["saved"]
    for nowhere in ("section:basics", "section:none", "section:"):
        assert keep(two, act(6, nowhere, [])).outcomes[0].code == "refused"
    (found,) = quiz.attempts(two)
    with transaction():
        quiz.submit(two, found.id, at=AT + timedelta(minutes=2))
    assert quiz.attempts(two)[0].earned == 200


# The pages, without a script


def test_a_quiz_of_two_sections_without_javascript(
    client: FlaskClient, world: World, site: Flask, tmp_path: Path
) -> None:
    publish(tmp_path, minutes=None)
    sign_in(client, world.people["member"])
    assert "It has 2 parts" in client.get("/quiz/two-parts/", headers=EN).get_data(as_text=True)
    path = client.post("/quiz/two-parts/").location

    def page(address: str) -> str:
        return client.get(address, headers=EN, follow_redirects=True).get_data(as_text=True)

    first = page(f"{path}?q=4")
    assert "Part 1 of 2: Basics" in first and "Question 2/4" in first and "Check and go on" in first
    client.post(path, data={"q": "1", "was": "{}", "a-basics-1": "a", "go": "next"})
    overview = page(f"{path}overview?q=2")
    assert "Part 2: At work" in overview and "Not answered yet: 2." in overview
    assert overview.count("<small>Later</small>") == 2 and "part 1 cannot be changed" in overview
    entered = client.post(f"{path}section", data={"section": "practice"})
    assert entered.location == f"{path}?q=3"
    assert client.post(f"{path}section", data={"section": "practice"}).location == f"{path}?q=3"
    second = page(f"{path}?q=1")
    assert "Part 2 of 2: At work" in second and "Question 3/4" in second
    stale = {"q": "2", "was": "{}", "a-basics-2": "a", "go": "next"}
    refused = client.post(path, data=stale, headers=EN, follow_redirects=True)
    assert "This part has been left" in refused.get_data(as_text=True)
    client.post(path, data={"q": "3", "was": "{}", "a-practice-1": "a", "go": "next"})
    assert page(f"{path}overview?q=4").count("<small>Closed</small>") == 2
    client.post(f"{path}submit")
    assert "2 of 4 right" in page(f"{path}review")


def test_a_door_that_comes_late_is_judged_like_an_answer(
    client: FlaskClient, world: World, site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network was away when the member went on: what was answered behind the door counts as well."""
    publish(tmp_path)
    member = world.people["member"]
    with transaction():
        found = quiz.start(member, "two-parts", at=AT, zone=ZONE).attempt_id
        quiz.save(member, found, [act(1, "basics-1", ["a"])], at=AT + MS, session=HERE)
    late = AT + timedelta(minutes=20)
    with transaction():
        acts = [act(2, "section:practice", []), act(3, "practice-1", ["a"]), act(4, "basics-2", ["a"])]
        saved = quiz.save(member, found, acts, at=late, session=HERE)
    assert {one.code for one in saved.outcomes} == {"late-accepted"}
    taps, attempt = quiz.taps(member, found), quiz.attempt(member, found)
    assert sorted(quiz.latest(taps, attempt.sheets)) == ["basics-1", "practice-1"]
    assert attempt.earned == 200
    monkeypatch.setattr("learnapp.clock.now", lambda: late + timedelta(hours=1))
    sign_in(client, member)
    review = client.get(f"/quiz/attempts/{found}/review", headers=EN)
    assert review.status_code == 200 and "section:" not in review.get_data(as_text=True)
    assert "Question :" not in review.get_data(as_text=True)
