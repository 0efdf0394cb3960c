"""Waiving, accepting and correcting as pages: nothing happens before it is confirmed, and nothing twice."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient

from learnapp import audit, catalogue, coverage, declarations, follow, ledger, notices, plans, records, study
from learnapp.clock import local_date
from learnapp.db import db, transaction
from tests import acts
from tests.conftest import AT, ZONE
from tests.quiz.exams import CLOSES, over, publish
from tests.records.earned import certified
from tests.study.shelf import put
from tests.world import World, sign_in

ACT = "a" * 32
WAIVER = {"thing": "course/doors", "basis": "post-changed", "until": "", "text": "", "act": ACT}


@pytest.fixture
def town(world: World) -> World:
    """The small committee with one course due."""
    put()
    day = local_date(AT, ZONE)
    with transaction():
        plans.assign(
            world.committee,
            "计划",
            [("course", "doors")],
            starts_on=day,
            due_on=day.replace(month=12, day=20),
            actor_id=world.people["committee"],
            at=AT,
        )
    return world


def entries(member_id: str) -> list[ledger.Entry]:
    db.session.rollback()
    return ledger.entries_after(member_id, 0)


def state(member_id: str) -> str:
    db.session.rollback()
    (found,) = coverage.states(member_id).values()
    return found


def test_a_preview_changes_nothing_and_a_double_tap_decides_once(town: World, client: FlaskClient) -> None:
    me, page = town.people["member"], f"/corrections/members/{town.people['member']}/waive"
    sign_in(client, town.people["secretary"])
    with transaction():
        follow.fold(me, at=AT, zone=ZONE)
    answer = client.post(page, data={**WAIVER, "do": "preview"})
    assert answer.status_code == 200 and ACT in answer.text
    assert entries(me) == [] and state(me) == "open" and not notices.all_of(me)
    for _ in range(2):
        assert client.post(page, data={**WAIVER, "do": "confirm"}).status_code == 303
    (one,) = entries(me)
    assert (one.kind, one.recorder, one.data["basis"]) == ("waived", town.people["secretary"], "post-changed")
    assert state(me) == "out"
    assert [told.what for told in notices.waiting(me)] == ["waived"]
    assert len(audit.events([me], limit=9, action="study-waived")) == 1


def test_a_form_comes_back_with_what_was_typed(town: World, client: FlaskClient) -> None:
    me = town.people["member"]
    sign_in(client, town.people["secretary"])
    form = {
        "thing": "course/doors",
        "basis": "party-school",
        "on": "2026-13-01",
        "hours": "2.5",
        "text": "见证书",
    }
    answer = client.post(f"/corrections/members/{me}/accept", data=form)
    assert answer.status_code == 422
    assert all(one in answer.text for one in ("2.5", "见证书", 'value="party-school" checked'))
    for hours in ("-1", "nan", "many", "1e9"):
        wrong = {**form, "on": "2026-11-01", "hours": hours}
        assert client.post(f"/corrections/members/{me}/accept", data=wrong).status_code == 422


def test_committee_staff_find_people_by_their_sign_in_name_and_nobody_elses(
    town: World, client: FlaskClient
) -> None:
    sign_in(client, town.people["committee"])
    page = client.get("/corrections/")
    assert "王芳" not in page.text, "names are at home in the branch"
    found = client.get("/corrections/?name=m00")
    assert found.location.endswith(town.people["member"])
    for foreign in ("m20", "nobody"):
        answer = client.get(f"/corrections/?name={foreign}")
        assert answer.status_code == 404
    assert client.get(f"/corrections/members/{town.members[2][0]}").status_code == 403


def test_a_lesson_that_was_voided_can_be_studied_once_more(town: World, client: FlaskClient) -> None:
    me = town.people["member"]
    course = study.standing(me, "doors").course
    _study_all(me, course)
    first = [one for one in entries(me) if one.kind == "module-completed"]
    assert state(me) == "done"
    sign_in(client, town.people["secretary"])
    page = f"/corrections/members/{me}/entries/{first[0].seq}"
    form = {"reason": "entered-in-error", "words": "点错了", "act": ACT}
    shown = client.post(page, data={**form, "do": "preview"})
    assert shown.status_code == 200 and state(me) == "done"
    for _ in range(2):
        assert client.post(page, data={**form, "do": "confirm"}).status_code == 303
    assert state(me) == "under"
    void = [one for one in entries(me) if one.kind == "voided"]
    assert [ledger.entry(me, one.data["seq"]).kind for one in void] == [
        "module-completed",
        "course-completed",
    ]
    assert len(audit.events([me], limit=9, action="entry-voided")) == 2
    (told,) = notices.waiting(me)
    assert told.data["entries"] == [one.data["seq"] for one in void]
    _study_all(me, course)
    again = ledger.effective(entries(me))
    assert [one.kind for one in again].count("module-completed") == len(course.modules)
    assert state(me) == "done" and ledger.verify().ok
    sign_in(client, me)
    assert "点错了" in client.get("/ledger/").text and "点错了" in client.get("/notices/").text


def _study_all(member_id: str, course: catalogue.Course) -> None:
    for module in course.modules:
        for section in module.section_ids:
            with transaction():
                study.complete_section(member_id, "doors", module.id, section, at=AT, zone=ZONE)
        if check := catalogue.module(course.hash, module.id).check:
            answers = study.right_answers(check)
            with transaction():
                study.answer_check(member_id, "doors", module.id, answers, at=AT, zone=ZONE)
    with transaction():
        follow.member(member_id, at=AT, zone=ZONE)


def test_the_right_person_gets_it_once_also_after_a_crash(town: World, client: FlaskClient) -> None:
    """The machine stopped between the two records: the voided entry offers the second, and it is made once."""
    wrong, right = town.people["member"], town.members[0][2]
    with transaction():
        seq = acts.course(wrong, "doors", AT)
        declarations.correct(
            wrong,
            seq,
            reason="wrong-person",
            text="用错了手机",
            actor_id=town.people["secretary"],
            at=AT,
            act=ACT,
        )
    sign_in(client, town.people["secretary"])
    page = f"/corrections/members/{wrong}/entries/{seq}"
    assert 'name="right"' in client.get(page).text
    for _ in range(2):
        assert client.post(f"{page}/right", data={"right": "m02"}).status_code == 303
    (one,) = entries(right)
    assert (one.kind, one.subject, one.data["basis"]) == (
        "equivalence-granted",
        "course/doors",
        "other-account",
    )
    assert client.post(f"{page}/right", data={"right": "m20"}).status_code == 404, (
        "somebody of a foreign unit"
    )
    assert client.post(f"{page}/right", data={"right": "secretary"}).status_code == 403, "never oneself"
    assert client.post(f"{page}/right", data={"right": "m00"}).status_code == 422
    assert ledger.verify().ok


def test_both_records_in_one_act(town: World, client: FlaskClient) -> None:
    wrong, right = town.people["member"], town.members[0][2]
    with transaction():
        seq = acts.course(wrong, "doors", AT)
    sign_in(client, town.people["secretary"])
    page = f"/corrections/members/{wrong}/entries/{seq}"
    form = {"reason": "wrong-person", "words": "", "right": "m02", "act": ACT}
    assert client.post(page, data={**form, "do": "preview"}).status_code == 200
    assert len(entries(wrong)) == 1 and entries(right) == []
    for _ in range(2):
        assert client.post(page, data={**form, "do": "confirm"}).status_code == 303
    assert [one.kind for one in entries(wrong)] == ["course-completed", "voided"]
    assert [one.kind for one in entries(right)] == ["equivalence-granted"]
    assert (state(wrong), state(right)) == ("open", "done")


def test_what_the_second_record_refuses_keeps_the_first_from_happening(
    town: World, client: FlaskClient
) -> None:
    wrong, right = town.people["member"], town.members[0][2]
    with transaction():
        seq = acts.course(wrong, "doors", AT)
        acts.course(right, "doors", AT)
    sign_in(client, town.people["secretary"])
    form = {"reason": "wrong-person", "right": "m02", "act": ACT, "do": "confirm"}
    assert client.post(f"/corrections/members/{wrong}/entries/{seq}", data=form).status_code == 409
    assert len(entries(wrong)) == 1


def test_a_corrected_waiver_is_replaced_in_the_same_act(town: World, client: FlaskClient) -> None:
    me = town.people["member"]
    sign_in(client, town.people["secretary"])
    client.post(f"/corrections/members/{me}/waive", data={**WAIVER, "do": "confirm"})
    page = f"/corrections/members/{me}/entries/1"
    assert 'value="post-changed" checked' in client.get(page).text
    right = {**WAIVER, "act": "b" * 32, "basis": "seconded", "until": "2027-01-31"}
    form = {**right, "reason": "corrected", "words": "依据选错"}
    assert client.post(page, data={**form, "do": "preview"}).status_code == 200
    for _ in range(2):
        assert client.post(page, data={**form, "do": "confirm"}).status_code == 303
    kinds = [(one.kind, one.data.get("reason", one.data.get("basis"))) for one in entries(me)]
    assert kinds == [("waived", "post-changed"), ("voided", "corrected"), ("waived", "seconded")]
    missing = {"reason": "corrected", "act": "c" * 32, "do": "confirm", "thing": "course/doors", "basis": ""}
    answer = client.post(f"/corrections/members/{me}/entries/3", data=missing)
    assert answer.status_code == 422 and len(entries(me)) == 3, "all or nothing"


def test_what_is_refused_says_what_helps(town: World, client: FlaskClient) -> None:
    me = town.people["member"]
    with transaction():
        acts.begin(me, "doors", AT)
        seq = acts.quiz(me, "any", AT)
    sign_in(client, town.people["secretary"])
    page = client.get(f"/corrections/members/{me}/entries/1")
    assert "Correct the lesson" in page.text or "请更正误记为学完的那一课" in page.text
    attempt = ledger.entry(me, seq).data["attempt"]
    with patch("learnapp.web.corrections.entries.hidden_in", return_value=frozenset({attempt})):
        shown = client.get(f"/corrections/members/{me}/entries/{seq}")
        assert 'name="reason"' not in shown.text
        form = {"reason": "duplicate", "do": "confirm", "act": ACT}
        assert client.post(f"/corrections/members/{me}/entries/{seq}", data=form).status_code == 409
    assert len(entries(me)) == 2


def test_a_quiz_that_was_voided_says_so_where_its_result_is_shown(
    town: World, client: FlaskClient, tmp_path: Path
) -> None:
    """While the result is hidden nobody voids it, and once it is shown the attempt tells that it was voided."""
    publish(tmp_path)
    me = town.people["member"]
    attempt = over(me, right=5)
    (seq,) = [one.seq for one in entries(me) if one.kind == "quiz-ended"]
    sign_in(client, town.people["secretary"])
    page, form = f"/corrections/members/{me}/entries/{seq}", {"reason": "duplicate", "act": ACT}
    with at(AT + timedelta(minutes=6)):
        assert client.post(page, data={**form, "do": "preview"}).status_code == 409
    later = CLOSES + timedelta(minutes=30)
    with at(later):
        sign_in(client, town.people["secretary"])
        assert client.post(page, data={**form, "do": "confirm"}).status_code == 303
        sign_in(client, me)
        shown = client.get(f"/quiz/attempts/{attempt}/review", headers={"Accept-Language": "en"})
        assert "voided by hand" in shown.text
    assert ledger.verify().ok


def at(moment: datetime) -> AbstractContextManager[object]:
    """The time of the requests."""
    return patch("learnapp.clock.now", lambda: moment)


def test_the_preview_names_the_certificate_that_ends(town: World, client: FlaskClient) -> None:
    me = town.people["member"]
    with transaction():
        code = certified(me, "doors", study.standing(me, "doors").course.hash)
    (seq,) = [one.seq for one in entries(me) if one.kind == "course-completed"]
    sign_in(client, town.people["secretary"])
    page, form = f"/corrections/members/{me}/entries/{seq}", {"reason": "entered-in-error", "act": ACT}
    title = records.certificate(code).title
    shown = client.post(page, data={**form, "do": "preview"}).text
    assert title in shown
    assert standing(code) == "valid", "nothing happened yet"
    client.post(page, data={**form, "do": "confirm"})
    assert standing(code) == "void"


def standing(code: str) -> str:
    db.session.rollback()
    return records.standing_of(records.certificate(code), today=local_date(AT, ZONE))


def test_the_list_and_the_rules_of_a_quiz_do_not_call_a_voided_result_passed(
    town: World, client: FlaskClient, tmp_path: Path
) -> None:
    me = town.people["member"]
    publish(tmp_path, head="", attempts=None)
    over(me, right=5)
    over(me, right=0, at=AT + timedelta(hours=1))
    first = next(one for one in entries(me) if one.kind == "quiz-ended")
    assert first.data["passed"]

    def words() -> tuple[str, str]:
        sign_in(client, me)
        english = {"Accept-Language": "en"}
        return client.get("/quiz/", headers=english).text, client.get(
            "/quiz/five-kinds/", headers=english
        ).text

    assert [text.count("Passed") for text in words()] == [1, 1]
    sign_in(client, town.people["secretary"])
    page = f"/corrections/members/{me}/entries/{first.seq}"
    assert client.post(page, data={"reason": "wrong-person", "act": ACT, "do": "confirm"}).status_code == 303
    listed, rules = words()
    assert "Passed" not in listed + rules and "Not passed yet" in listed
    assert "Voided, does not count" in rules
