"""The pages of those who mark, and what a member sees of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from learnapp import accounts, quiz
from learnapp.db import db, transaction
from learnapp.quiz import appeals
from learnapp.quiz.scripts import Given
from tests.conftest import AT
from tests.quiz.written import ANSWERS, EVENING, SECRET, SLUG, VISIT, lot, mark, publish, take
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}
FIELDS = {"c-prepared": "１", "c-manner": "1", "comment": "说得清楚。", "number": "0"}


@pytest.fixture(autouse=True)
def visits(world: World, tmp_path: Path) -> None:
    """The quiz on the shelf."""
    publish(tmp_path)


def name_of(member_id: str) -> str:
    """The member's name."""
    return accounts.names([member_id])[member_id]


def given(taken: tuple[str, str], question: str) -> tuple[Given, ...]:
    """The marks of an answer as they are now, not as when this test last looked."""
    db.session.rollback()
    return quiz.marking.sheaf(lot(*taken, question), "0" * 32).given


def page(client: FlaskClient, address: str) -> str:
    """A page in English, wherever its address leads."""
    answer = client.get(address, headers=EN, follow_redirects=True)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_a_marker_goes_from_the_work_tab_through_all_answers(world: World, client: FlaskClient) -> None:
    taken = [take(member=world.members[0][number]) for number in (0, 1)]
    sign_in(client, world.people["trainer"])
    assert "4 answers wait" in page(client, "/work")
    queue = page(client, "/quiz/marking")
    assert "0 of 2 marked" in queue and "2 to mark" in queue and "Visits" in queue
    seen = page(client, f"/quiz/marking/{SLUG}/visit")
    assert "0 of 2 marked" in seen and "先看记录。\n再问近况。" in seen and "geheim 看过记录" in seen
    lots = {lot(*one, "visit") for one in taken}
    for done in (1, 2):
        found = client.get(f"/quiz/marking/{SLUG}/visit", headers=EN).location.rsplit("/", 1)[1]
        lots.remove(found)
        answer = client.post(f"/quiz/marking/{found}", data=FIELDS, headers=EN, follow_redirects=True)
        assert ("1 of 2 marked" if done == 1 else "No answer waits") in answer.get_data(as_text=True)
    assert "Look at the last one again" in answer.get_data(as_text=True)
    (mark_of,) = given(taken[0], "visit")
    assert (mark_of.criteria, mark_of.comment) == (VISIT, "说得清楚。")


def test_a_blind_marker_learns_nothing_about_who_wrote(world: World, client: FlaskClient) -> None:
    taken = take(member=world.members[0][0])
    sign_in(client, world.people["trainer"])
    for address in (f"/quiz/marking/{lot(*taken, 'visit')}", "/quiz/marking"):
        seen = page(client, address)
        assert taken[0] not in seen and taken[1] not in seen and name_of(taken[0]) not in seen


def test_a_marker_who_may_know_sees_the_name(world: World, client: FlaskClient, tmp_path: Path) -> None:
    publish(tmp_path, settings="blind = false")
    taken = take(member=world.members[0][0])
    sign_in(client, world.people["trainer"])
    assert name_of(taken[0]) in page(client, f"/quiz/marking/{lot(*taken, 'visit')}")


def test_what_cannot_be_read_loses_nothing(world: World, client: FlaskClient) -> None:
    taken = take(member=world.members[0][0])
    sign_in(client, world.people["trainer"])
    address = f"/quiz/marking/{lot(*taken, 'visit')}"
    for wrong in ("viel", "1.005", "2", ""):
        answer = client.post(address, data={**FIELDS, "c-prepared": wrong}, headers=EN)
        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        assert "说得清楚。" in text and f'value="{wrong}"' in text and 'role="alert"' in text
    assert given(taken, "visit") == ()


def test_a_second_marker_is_told_and_goes_on(world: World, client: FlaskClient) -> None:
    taken = take(member=world.members[0][0])
    mark(taken, "visit", world.people["reviewer"], VISIT)
    sign_in(client, world.people["trainer"])
    address = f"/quiz/marking/{lot(*taken, 'visit')}"
    assert "Somebody else marked this answer." in page(client, address)
    answer = client.post(address, data=FIELDS, headers=EN, follow_redirects=True)
    assert "has been marked meanwhile" in answer.get_data(as_text=True)


def test_who_marked_can_change_the_mark(world: World, client: FlaskClient) -> None:
    taken = take(member=world.members[0][0])
    mark(taken, "visit", world.people["trainer"], VISIT, "好。")
    sign_in(client, world.people["trainer"])
    address = f"/quiz/marking/{lot(*taken, 'visit')}"
    seen = page(client, address)
    assert 'value="1" checked' in seen and "好。" in seen and 'name="number" value="1"' in seen
    client.post(address, data={**FIELDS, "c-manner": "2", "number": "1"})
    assert [one.criteria["manner"] for one in given(taken, "visit")] == [100, 200]


def test_of_a_case_only_what_a_person_marks_has_fields(world: World, client: FlaskClient) -> None:
    taken = take(member=world.members[0][0])
    sign_in(client, world.people["trainer"])
    seen = page(client, f"/quiz/marking/{lot(*taken, 'evening')}")
    assert seen.count('name="c-') == 1 and 'name="c-why.late"' in seen and "at most 4" in seen
    answer = client.post(f"/quiz/marking/{lot(*taken, 'evening')}", data={"c-why.late": "3.5", "number": "0"})
    assert answer.status_code == 303
    assert [one.criteria for one in given(taken, "evening")] == [{"why.late": 350}]


def test_the_member_waits_then_reads_and_asks_and_somebody_else_replies(
    world: World, client: FlaskClient
) -> None:
    member = world.members[0][0]
    taken = take(member=member)
    review = f"/quiz/attempts/{taken[1]}/review"
    sign_in(client, member)
    waiting = page(client, review)
    assert waiting.count("Waiting to be marked by a person") >= 2
    assert "Passed" not in waiting and "short" not in waiting.split("<main")[1].split("</main")[0]
    mark(taken, "visit", world.people["trainer"], VISIT, "说得清楚。")
    assert "说得清楚。" not in page(client, review), "what one marker gave is not told before all did"
    mark(taken, "evening", world.people["trainer"], EVENING)
    told = page(client, review)
    assert "说得清楚。" in told and "Points: 1 of 2" in told and "Ask for a second look" in told
    ask = f"/quiz/attempts/{taken[1]}/appeal"
    empty = client.post(ask, data={"question": "visit", "text": " "}, headers=EN, follow_redirects=True)
    assert "in a sentence" in empty.get_data(as_text=True)
    asked = client.post(ask, data={"question": "visit", "text": "两样我都写了。"}, headers=EN)
    assert asked.location.endswith("#q2")
    assert "You asked for a second look." in page(client, review)

    sign_in(client, world.people["trainer"])
    assert "somebody else decides" in page(client, "/quiz/appeals")
    address = f"/quiz/appeals/{lot(*taken, 'visit')}"
    refused = client.post(address, data={**FIELDS, "reply": "不改。", "do": "keep"}, headers=EN)
    assert refused.status_code == 403

    sign_in(client, world.people["reviewer"])
    assert "1 second look is asked for" in page(client, "/work")
    assert "两样我都写了。" in page(client, "/quiz/appeals")
    seen = page(client, address)
    assert "两样我都写了。" in seen and member not in seen and taken[1] not in seen
    given = {**FIELDS, "c-manner": "2", "do": "change"}
    empty = client.post(address, data={**given, "reply": ""}, headers=EN)
    assert empty.status_code == 422 and "in a sentence why" in empty.get_data(as_text=True)
    done = client.post(address, data={**given, "reply": "确实都有。"}, headers=EN, follow_redirects=True)
    assert "Decided." in done.get_data(as_text=True)
    assert "The marks were changed." in page(client, address)

    sign_in(client, member)
    heard = page(client, "/notices/")
    assert heard.count("A reply to your question about the marks") == 1
    told = page(client, review)
    assert "After a second look the marks were changed." in told and "确实都有。" in told
    assert "Points: 2 of 2" in told and "Ask for a second look" in told, (
        "the other answer can still be asked for"
    )
    again = client.post(ask, data={"question": "visit", "text": "再来。"}, headers=EN, follow_redirects=True)
    assert "can be asked for once" in again.get_data(as_text=True)


def test_nobody_sees_others_answers_or_marks_their_own(world: World, client: FlaskClient) -> None:
    taken = take(member=world.people["trainer"])
    sign_in(client, world.people["trainer"])
    assert client.get(f"/quiz/marking/{lot(*taken, 'visit')}").status_code == 403
    assert "No answer waits for you here" in page(client, f"/quiz/marking/{SLUG}/visit")
    sign_in(client, world.people["secretary"])
    assert client.get(f"/quiz/marking/{lot(*taken, 'visit')}").status_code == 403
    assert client.post(f"/quiz/attempts/{taken[1]}/appeal", data={"question": "visit"}).status_code == 404


def test_while_answering_nothing_of_the_rubric_is_sent(world: World, client: FlaskClient) -> None:
    member = world.members[0][0]
    taken = take(member=member, submit=False)
    sign_in(client, member)
    seen = page(client, f"/quiz/attempts/{taken[1]}/?q=2")
    assert SECRET not in seen and "先问近况" not in seen
    assert "11 of at most 200 characters" in seen and "先看记录。\n再问近况。</textarea>" in seen


def test_a_page_that_only_turns_keeps_what_another_device_wrote(world: World, client: FlaskClient) -> None:
    """A browser sends line ends of its own; they are no new answer."""
    member = world.members[0][0]
    taken = take(member=member, submit=False)
    sign_in(client, member)
    before = quiz.taps(*taken)
    was = '{"":["先看记录。\\n再问近况。"]}'
    fields = {"q": "2", "a-visit": "先看记录。\r\n再问近况。", "was": was, "go": "next"}
    client.post(f"/quiz/attempts/{taken[1]}/", data=fields)
    assert quiz.taps(*taken) == before


def test_marks_that_stay_are_told_with_the_reply(world: World, client: FlaskClient) -> None:
    taken = take({"sure": ANSWERS["sure"], "visit": ANSWERS["visit"]}, world.members[0][0])
    mark(taken, "visit", world.people["trainer"], VISIT)
    with transaction():
        appeals.ask(*taken, "visit", "请再看。", at=AT + timedelta(hours=2))
    sign_in(client, world.people["reviewer"])
    address = f"/quiz/appeals/{lot(*taken, 'visit')}"
    for _tap in range(2):
        client.post(address, data={"reply": "理由不足。", "do": "keep"}, headers=EN)
    sign_in(client, world.members[0][0])
    heard = page(client, "/notices/")
    assert heard.count("理由不足。") == 1 and "The marks stay as they are." in heard


def test_empty_lists_say_so(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["reviewer"])
    assert "Nothing to mark" in page(client, "/quiz/marking")
    assert "No second look is asked for" in page(client, "/quiz/appeals")
    assert "nothing waits" in page(client, "/work")


def test_marks_after_a_look_again_are_those_of_the_reviewer(world: World, client: FlaskClient) -> None:
    taken = take({"sure": ANSWERS["sure"], "visit": ANSWERS["visit"]}, world.members[0][0])
    mark(taken, "visit", world.people["trainer"], VISIT)
    with transaction():
        appeals.ask(*taken, "visit", "请再看。", at=AT + timedelta(hours=2))
    sign_in(client, world.people["trainer"])
    seen = client.post(
        f"/quiz/marking/{lot(*taken, 'visit')}",
        data={**FIELDS, "c-manner": "2", "number": "1"},
        headers=EN,
        follow_redirects=True,
    )
    assert "the first mark stays as it is" in seen.get_data(as_text=True)
