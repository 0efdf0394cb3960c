"""The pages without JavaScript, and the address that the script talks to."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from learnapp import catalogue, clock, ledger, quiz
from learnapp.db import db
from tests.conftest import AT
from tests.quiz.quizzes import RIGHT, SECRET, publish
from tests.world import World, sign_in

SESSION = "phone0000001"
EN = {"Accept-Language": "en"}
HERE = {"Origin": "http://localhost", "Accept": "application/json"}


class Watch:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> Any:
        return self.at


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The product's clock, standing at `AT` until a test turns it."""
    made = Watch()
    monkeypatch.setattr(clock, "now", made.now)
    return made


@pytest.fixture
def shelf(site: Flask, tmp_path: Path) -> catalogue.Quiz:
    """A quiz of five questions, 15 minutes, two attempts."""
    return publish(tmp_path, attempts=2)


@pytest.fixture
def me(watch: Watch, world: World, shelf: catalogue.Quiz, client: FlaskClient) -> str:
    """A member who is signed in."""
    sign_in(client, world.people["member"])
    return world.people["member"]


def text_of(answer: TestResponse) -> str:
    """The page as text."""
    return html.unescape(answer.get_data(as_text=True))


def started(client: FlaskClient) -> str:
    """Presses the button and returns the address of the running attempt."""
    answer = client.post("/quiz/five-kinds/")
    assert answer.status_code == 303
    return str(answer.location)


def seen_of(page: str) -> str:
    """The page without what lies in templates for the script."""
    return re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)


def attempt_of(member: str, path: str) -> quiz.Frozen:
    """The attempt behind an address, as it is committed now."""
    db.session.rollback()
    return quiz.attempt(member, path.split("/")[3])


def taps_of(member: str, path: str) -> list[quiz.Tap]:
    """Its acts, as they are committed now."""
    db.session.rollback()
    return quiz.taps(member, path.split("/")[3])


def entries_of(member: str) -> list[ledger.Entry]:
    """The member's ledger, as it is committed now."""
    db.session.rollback()
    return ledger.entries_after(member, 0)


def token_of(client: FlaskClient, path: str) -> str:
    """What the running page's script carries."""
    found = re.search(r'data-token="([0-9a-f]{64})"', text_of(client.get(path)))
    assert found
    return found.group(1)


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the answers' form."""
    form = page[page.index("data-answers") :]
    return dict(re.findall(r'<input type="hidden" name="(q|was)" value="([^"]*)"', form))


def question_of(page: str) -> str:
    """The id of the question that is shown."""
    found = re.search(r'<section data-question="([^"]+)"', page)
    assert found
    return found.group(1)


def answer_here(
    client: FlaskClient, path: str, q: int, go: str = "next", value: list[str] | None = None
) -> Any:
    """Opens a question, fills in the right answer (or `value`) and presses a button."""
    page = text_of(client.get(f"{path}?q={q}"))
    question = question_of(page)
    given = RIGHT[question[:-2]] if value is None else value
    return client.post(path, data={**form_of(page), f"a-{question}": given, "go": go})


def post_acts(client: FlaskClient, path: str, acts: list[dict[str, Any]], **headers: str) -> TestResponse:
    """Posts acts as the page's script does."""
    token = {"X-Attempt-Token": token_of(client, path)}
    return client.post(
        f"{path}acts", json={"session": SESSION, "acts": acts}, headers={**HERE, **token, **headers}
    )


def act(number: int, question: str, answer: Any) -> dict[str, Any]:
    """One act as the script sends it."""
    return {
        "session": SESSION,
        "number": number,
        "question": question,
        "answer": answer,
        "wall_ms": 1,
        "monotonic_ms": 1,
    }


def test_before_the_start(client: FlaskClient, me: str) -> None:
    listed = text_of(client.get("/quiz/", headers=EN))
    assert "Five kinds" in listed and "15 minutes · 2 attempts left" in listed
    intro = text_of(client.get("/quiz/five-kinds/", headers=EN))
    for words in (
        "5 questions",
        "15 minutes",
        "3 right answers",
        "2 left of 2",
        "saved at once",
        "If the network",
    ):
        assert words in intro
    assert intro.count("btn-primary") == 1
    assert client.get("/quiz/nothing/").status_code == 404


def test_a_quiz_without_javascript_from_start_to_review(client: FlaskClient, me: str, watch: Watch) -> None:
    path = started(client)
    for q in range(1, 5):
        watch.at += timedelta(seconds=20)
        answer = answer_here(client, path, q)
        assert (answer.status_code, answer.location) == (303, f"{path}?q={q + 1}")
    assert "Question 5/5" in (page := text_of(client.get(f"{path}?q=5", headers=EN)))
    assert "13 minutes left" in page and "Saved 10:31" in page and seen_of(page).count("btn-primary") == 1
    overview = text_of(client.get(f"{path}overview?q=5", headers=EN))
    assert "Not answered yet: 5." in overview
    back = answer_here(client, path, 5, go="overview")
    assert back.location == f"{path}overview?q=5"
    assert "Every question is answered." in text_of(client.get(back.location, headers=EN))
    assert client.post(f"{path}submit").location == f"{path}review"
    review = text_of(client.get(f"{path}review", headers=EN))
    assert "Passed" in review and "5 of 5 right" in review and review.count(f"{SECRET} 解析") == 5
    (entry,) = entries_of(me)
    assert (entry.data["earned"], entry.data["passed"]) == (500, True)
    assert "Passed" in text_of(client.get("/quiz/", headers=EN))


def test_not_passed_says_how_much_was_missing(client: FlaskClient, me: str) -> None:
    path = started(client)
    answer_here(client, path, 1)
    client.post(f"{path}submit")
    review = text_of(client.get(f"{path}review", headers=EN))
    assert "2 questions short. Read the explanations and try again." in review and "1 of 5 right" in review
    second = started(client)
    client.post(f"{second}submit")
    assert "3 questions short. The explanations are below." in text_of(
        client.get(f"{second}review", headers=EN)
    )
    assert client.post("/quiz/five-kinds/", headers=EN).location == "/quiz/five-kinds/"
    intro = text_of(client.get("/quiz/five-kinds/", headers=EN))
    assert "All attempts at this quiz have been used." in intro and "btn-primary" not in intro


def test_an_answer_that_cannot_be_read_is_shown_again(client: FlaskClient, me: str) -> None:
    path = started(client)
    (q,) = [
        n for n, sheet in enumerate(attempt_of(me, path).sheets, 1) if sheet.question.startswith("numeric")
    ]
    answer = answer_here(client, path, q, value=["thirty <two>"])
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'value="thirty <two>"' in page and 'class="error"' in page
    assert taps_of(me, path) == []


def test_turning_the_page_records_nothing_and_overwrites_nothing(client: FlaskClient, me: str) -> None:
    path = started(client)
    old_tab = text_of(client.get(f"{path}?q=1"))
    client.post(path, data={**form_of(old_tab), "go": "next"})
    assert taps_of(me, path) == []
    answer_here(client, path, 1)
    assert len(taps_of(me, path)) == 1
    client.post(path, data={**form_of(old_tab), "go": "next"})
    client.post(path, data={**form_of(old_tab), "go": "previous"})
    assert len(taps_of(me, path)) == 1
    page = text_of(client.get(f"{path}?q=1"))
    client.post(path, data={**form_of(page), "go": "next"})
    assert quiz.latest(taps_of(me, path), ()) == {}


def test_double_taps_and_the_back_button_are_harmless(client: FlaskClient, me: str) -> None:
    path = started(client)
    assert started(client) == path
    page = text_of(client.get(f"{path}?q=1"))
    for _ in range(2):
        client.post(path, data={**form_of(page), f"a-{question_of(page)}": RIGHT[question_of(page)[:-2]]})
    assert len(quiz.latest(taps_of(me, path), ())) == 1
    assert [client.post(f"{path}submit").location for _ in range(3)] == [f"{path}review"] * 3
    assert len(entries_of(me)) == 1
    for address in (path, f"{path}?q=3", f"{path}overview"):
        assert client.get(address).location == f"{path}review"
    assert client.post(path, data={"q": "1", "was": "{}", "go": "next"}).location == f"{path}review"


@pytest.mark.parametrize("door", ["", "overview", "review", "list", "intro"])
def test_the_clock_ends_it_whichever_page_is_opened(
    client: FlaskClient, me: str, watch: Watch, door: str
) -> None:
    path = started(client)
    answer_here(client, path, 1)
    watch.at += timedelta(hours=2)
    client.get({"list": "/quiz/", "intro": "/quiz/five-kinds/"}.get(door, path + door))
    (entry,) = entries_of(me)
    assert (entry.data["ended_by"], entry.data["earned"]) == ("deadline", 100)
    assert entry.occurred_at == AT + timedelta(minutes=15)
    assert "The time was up" in text_of(client.get(f"{path}review", headers=EN))


def test_somebody_elses_attempt_is_not_there(client: FlaskClient, me: str, world: World, site: Flask) -> None:
    path = started(client)
    other = site.test_client()
    sign_in(other, world.people["secretary"])
    for address in (path, f"{path}overview", f"{path}review"):
        assert other.get(address).status_code == 404
    assert other.post(path, data={"q": "1", "go": "next"}).status_code == 404
    assert other.post(f"{path}submit").status_code == 404
    token = token_of(client, path)
    stolen = other.post(
        f"{path}acts", json={"session": SESSION, "acts": []}, headers={**HERE, "X-Attempt-Token": token}
    )
    assert stolen.status_code == 403


# The address the script talks to


def test_acts_are_saved_and_the_clock_is_told(client: FlaskClient, me: str, watch: Watch) -> None:
    path = started(client)
    first = attempt_of(me, path).sheets[0].question
    watch.at += timedelta(minutes=3)
    answer = post_acts(client, path, [act(1, first, {"": RIGHT[first[:-2]]}), act(2, "nothing", {})])
    assert answer.status_code == 200 and answer.json is not None
    assert answer.json["acts"][0] == [SESSION, 1, "saved", ""]
    assert answer.json["acts"][1][2] == "refused" and answer.json["acts"][1][3]
    assert answer.json["remaining_ms"] == 12 * 60_000
    assert (answer.json["open"], answer.json["elsewhere"], answer.json["saved_at"]) == (True, 0, "10:33")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Attempt-Token": "0" * 64},
        {"X-Attempt-Token": "不是"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_acts_from_elsewhere_are_refused(client: FlaskClient, me: str, headers: dict[str, str]) -> None:
    path = started(client)
    values = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert post_acts(client, path, [], **values).status_code == 403
    assert post_acts(client, path, []).status_code == 200
    assert post_acts(client, path, [], **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_a_request_without_any_origin_is_refused(client: FlaskClient, me: str) -> None:
    path = started(client)
    token = token_of(client, path)
    assert (
        client.post(
            f"{path}acts", json={"session": SESSION, "acts": []}, headers={"X-Attempt-Token": token}
        ).status_code
        == 403
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"acts": 1}',
        b"\xff",
        b'{"session": "phone0000001", "acts": [{}]}',
        b'{"acts": []}',
    ],
)
def test_a_message_that_is_none_is_refused_in_words(client: FlaskClient, me: str, body: bytes) -> None:
    path = started(client)
    token = token_of(client, path)
    headers = {**HERE, "X-Attempt-Token": token, "Content-Type": "application/json"}
    answer = client.post(f"{path}acts", data=body, headers=headers)
    assert answer.status_code == 422 and answer.json is not None and answer.json["code"] == "acts"


def test_late_acts_are_answered_and_named_in_the_review(client: FlaskClient, me: str, watch: Watch) -> None:
    path = started(client)
    first = attempt_of(me, path).sheets[0].question
    token = token_of(client, path)
    watch.at += timedelta(minutes=15, seconds=6)
    late = act(1, first, {"": RIGHT[first[:-2]]})
    headers = {**HERE, "X-Attempt-Token": token, **EN}
    answer = client.post(f"{path}acts", json={"session": SESSION, "acts": [late]}, headers=headers)
    assert answer.json is not None and answer.json["open"] is False
    assert answer.json["acts"][0][2:] == [
        "late-waiting",
        "This answer arrived after the time was up. A person decides whether it counts.",
    ]
    assert "answer to question 1." in text_of(client.get(f"{path}review", headers=EN))
    assert len(entries_of(me)) == 1


def test_signed_out_a_save_says_so_and_changes_nothing(client: FlaskClient, me: str) -> None:
    path = started(client)
    client.delete_cookie("learnapp")
    answer = client.post(f"{path}acts", json={"session": SESSION, "acts": []}, headers=HERE)
    assert answer.status_code == 401 and answer.json is not None


def test_nothing_that_must_stay_hidden_is_in_any_byte(client: FlaskClient, me: str, tmp_path: Path) -> None:
    publish(tmp_path, "recorded", per_kind=2)
    seen: list[bytes] = []

    def record(answer: TestResponse) -> TestResponse:
        seen.append(answer.get_data())
        seen.append(str(answer.headers).encode())
        return answer

    for address in ("/quiz/", "/quiz/recorded/"):
        record(client.get(address))
    path = str(record(client.post("/quiz/recorded/")).location)
    attempt = attempt_of(me, path)
    for q, sheet in enumerate(attempt.sheets, 1):
        record(client.get(f"{path}?q={q}"))
        record(
            answer_here(
                client,
                path,
                q,
                value=["a"]
                if sheet.question.startswith(("single", "multiple"))
                else ["true" if "true" in sheet.question else "7"],
            )
        )
        record(post_acts(client, path, [act(q + 50, sheet.question, {"": ["b"]})]))
        record(client.get(f"{path}overview"))
    traffic = b"".join(seen).decode()
    drawn = {sheet.question for sheet in attempt.sheets}
    bank = quiz.bank(attempt.quiz_version)
    assert len(drawn) == 10 and all(name in traffic for name in drawn)
    for hidden in {SECRET, "73.19", *(bank.keys() - drawn)}:
        assert hidden not in traffic, hidden
    assert len({html_of(traffic, name) for name in drawn}) == 10
    client.post(f"{path}submit")
    assert SECRET in text_of(client.get(f"{path}review"))


def html_of(traffic: str, question: str) -> str:
    """The first showing of a question."""
    return traffic[traffic.index(f'data-question="{question}"') :][:200]


def test_pages_ask_few_questions_of_the_database(client: FlaskClient, me: str) -> None:
    path = started(client)
    client.get(path)
    seen: list[str] = []
    listener = lambda conn, cursor, statement, *rest: seen.append(statement)  # noqa: E731

    def counted(address: str) -> int:
        seen.clear()
        client.get(address)
        return len([text for text in seen if not text.startswith("BEGIN")])

    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        assert counted(path) == 3
        assert counted("/quiz/") == 4
        assert counted(f"{path}clock") == 2
        assert counted("/quiz/five-kinds/") == 4
        first = attempt_of(me, path).sheets[0].question
        token = token_of(client, path)
        seen.clear()
        body = {"session": SESSION, "acts": [act(1, first, {"": []})]}
        client.post(f"{path}acts", json=body, headers={**HERE, "X-Attempt-Token": token})
        assert len([text for text in seen if not text.startswith("BEGIN")]) == 3
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


def test_every_field_value_in_the_page_reads_back(client: FlaskClient, me: str) -> None:
    path = started(client)
    for q in range(1, 6):
        answer_here(client, path, q)
    page = client.get(path).get_data(as_text=True)
    fields = [json.loads(html.unescape(text)) for text in re.findall(r'data-fields="([^"]*)"', page)]
    assert sorted(fields, key=str) == sorted(({"": value} for value in RIGHT.values()), key=str)
