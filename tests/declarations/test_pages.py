"""The pages: declaring, a month on one screen, deciding, recording and signing."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from learnapp import declarations, follow, ledger, notices, points
from learnapp.db import db, transaction
from learnapp.web.declarations import waiting
from tests.catalogue.folders import PNG
from tests.conftest import AT, ZONE
from tests.declarations import acting
from tests.declarations.office import open_year
from tests.queries import count_queries
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}


@pytest.fixture
def year(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose committee has rules for acts, on the day of the tests."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    open_year(world)
    return world


def page(client: FlaskClient, address: str) -> str:
    """A page in English, references resolved."""
    answer = client.get(address, headers=EN, follow_redirects=True)
    assert answer.status_code == 200, answer.status
    return unescape(answer.get_data(as_text=True))


def post(client: FlaskClient, address: str, data: Any = None) -> tuple[int, str]:
    """Status and page after the redirect, if there is one."""
    answer = client.post(address, data=data or {}, headers=EN)
    db.session.rollback()
    if answer.status_code == 303:
        return 303, page(client, answer.headers["Location"])
    return answer.status_code, unescape(answer.get_data(as_text=True))


def hidden(text: str, name: str) -> list[str]:
    """The values of the hidden fields of this name."""
    return re.findall(rf'name="{name}" value="([^"]*)"', text)


def send(client: FlaskClient, **typed: Any) -> tuple[int, str]:
    """Declares by the form."""
    (uid,) = hidden(page(client, "/declarations/new"), "uid")
    data = {"uid": uid, "act": "volunteering", "on": "2026-11-20", "text": "清扫楼道", **typed}
    return post(client, "/declarations/new", data)


def test_declaring_by_the_form_twice_is_once(year: World, client: FlaskClient) -> None:
    member = year.people["member"]
    sign_in(client, member)
    form = page(client, "/declarations/new")
    assert "Volunteering once" in form and "Absent" not in form
    data = {"uid": hidden(form, "uid")[0], "act": "volunteering", "on": "2026-11-20", "text": "清扫楼道"}
    for _ in range(2):
        status, shown = post(client, "/declarations/new", data)
        assert status == 303 and "清扫楼道" in shown and "not confirmed yet" in shown
        assert f'data-got="{data["uid"]}"' in shown
    assert len(declarations.acts_of(member)) == 1
    assert 'data-got="' not in page(client, "/declarations/?got=" + "0" * 32)


def test_what_is_refused_comes_back_with_all_that_was_typed(year: World, client: FlaskClient) -> None:
    sign_in(client, year.people["member"])
    status, shown = send(client, on="2026-12-01", text="讲了一课", act="lecture")
    assert status == 422 and "has not come yet" in shown and "讲了一课" in shown
    assert 'value="lecture" checked' in shown
    for typed in ({"act": "absence"}, {"act": ""}, {"on": "gestern"}, {"uid": "x"}):
        assert send(client, **typed)[0] == 422
    assert send(client, file=(io.BytesIO(b"MZ no picture"), "a.png"))[0] == 422
    assert declarations.acts_of(year.people["member"]) == []


def test_sent_before_with_other_words_is_shown_and_can_be_sent_anew(year: World, client: FlaskClient) -> None:
    sign_in(client, year.people["member"])
    uid = acting.fresh()
    assert send(client, uid=uid)[0] == 303
    status, shown = send(client, uid=uid, text="别的事")
    assert status == 409 and "清扫楼道" in shown and "别的事" in shown
    (fresh,) = hidden(shown, "uid")
    assert fresh != uid and send(client, uid=fresh, text="别的事")[0] == 303
    assert len(declarations.acts_of(year.people["member"])) == 2


def test_a_month_on_one_screen(year: World, client: FlaskClient) -> None:
    """Ordinary ones go with one press; two are left to be looked at; what came meanwhile is not confirmed unseen."""
    members = [year.person(f"党员{number:02}", f"p{number}", year.branch[0]) for number in range(28)]
    for member_id in members:
        acting.declare(member_id, on=date(2026, 11, 20), text=f"{member_id}做的事")
    member, mobile = year.people["member"], year.people["mobile"]
    acting.declare(member, file=PNG, text="附件")
    acting.record(mobile, year.people["recorder"])
    sign_in(client, year.people["secretary"])
    address = f"/declarations/waiting/{year.branch[0]}"
    shown = page(client, "/declarations/waiting")
    assert "2 to look at" in shown and "28 ordinary" in shown
    assert "a file is attached" in shown and "takes points away" in shown
    keys = hidden(shown, "act")
    assert len(keys) == 28
    late = acting.declare(member, "lecture", text="刚刚申报")
    data = {"act": keys, "month": "2026-11"}
    status, after = post(client, address, data)
    assert status == 303 and "28 confirmed, 3 left to look at." in after
    assert acting.state(member, late) == "declared"
    assert "0 confirmed" in post(client, address, data)[1]
    for member_id in members:
        assert [one.standing.state for one in declarations.acts_of(member_id)] == ["confirmed"]
        assert declarations.check(member_id) == []
    assert points.total(members[0], points.periods_for([year.committee])[0]).total == 6100
    assert ledger.verify().ok


def test_as_many_statements_for_many_members_as_for_few(year: World, client: FlaskClient) -> None:
    def counted() -> int:
        with count_queries() as sent:
            page(client, f"/declarations/waiting/{year.branch[0]}")
        return len(sent)

    for member_id in year.members[0]:
        acting.declare(member_id, text=member_id)
    sign_in(client, year.people["secretary"])
    counted()
    few = counted()
    for number in range(40):
        one = year.person(f"党员{number:02}", f"q{number}", year.branch[0], password=False)
        acting.declare(one, text=one)
        acting.declare(one, "lecture", text=one)
    assert counted() == few <= 15


def test_declined_the_member_is_told_and_declares_again(year: World, client: FlaskClient) -> None:
    member, secretary = year.people["member"], year.people["secretary"]
    act_id = acting.declare(member, text="好事")
    sign_in(client, secretary)
    address = f"/declarations/decide/{member}.{act_id}"
    status, shown = post(client, address, {"do": "decline", "month": "2026-11"})
    assert status == 422 and "Choose a reason" in shown
    status, _ = post(client, address, {"do": "decline", "reason": "too-short", "text": "请写清楚"})
    assert status == 303
    (told,) = notices.waiting(member)
    assert (told.what, told.data["reason"]) == ("act", "too-short")
    sign_in(client, member)
    assert "What you declared for 2026-11-24 was not recognised" in page(client, "/")
    notice = page(client, "/notices/")
    assert "请写清楚" in notice and "does not say what was done" in notice
    mine = page(client, "/declarations/")
    assert "请写清楚" in mine and f"again={act_id}" in mine
    again = page(client, f"/declarations/new?again={act_id}")
    assert "好事" in again and 'value="volunteering" checked' in again
    ledger_page = page(client, "/ledger/")
    assert "Not recognised: Volunteering once" in ledger_page and "好事" not in ledger_page


def test_the_ledger_of_many_acts_asks_no_more_than_of_one(year: World, client: FlaskClient) -> None:
    member = year.people["member"]
    sign_in(client, member)

    def counted() -> int:
        with count_queries() as sent:
            page(client, "/ledger/")
        return len(sent)

    acting.declare(member)
    counted()
    one = counted()
    for number in range(12):
        acting.confirm(member, acting.declare(member, text=str(number)), year.people["secretary"])
    assert counted() == one


def test_who_decides_is_asked_again_when_pressing(year: World, client: FlaskClient) -> None:
    """The recorder may open the screen, and decides only what the secretary cannot."""
    member, secretary, recorder = (year.people[who] for who in ("member", "secretary", "recorder"))
    theirs = acting.declare(member)
    own = acting.declare(secretary, text="书记讲课")
    sign_in(client, recorder)
    shown = page(client, f"/declarations/waiting/{year.branch[0]}")
    assert "书记讲课" in shown and "confirms here themselves" in shown and member not in shown
    assert post(client, f"/declarations/decide/{member}.{theirs}", {"do": "confirm"})[0] == 403
    keys = {"act": [f"{member}.{theirs}"], "month": "2026-11"}
    assert "0 confirmed" in post(client, f"/declarations/waiting/{year.branch[0]}", keys)[1]
    assert post(client, f"/declarations/decide/{secretary}.{own}", {"do": "confirm"})[0] == 303
    assert acting.state(member, theirs) == "declared" and acting.state(secretary, own) == "confirmed"
    sign_in(client, secretary)
    assert post(client, f"/declarations/decide/{secretary}.{own}", {"do": "confirm"})[0] == 403


def test_a_small_branch_goes_to_the_unit_above(year: World, client: FlaskClient) -> None:
    """One official: their own acts, and what they recorded, are confirmed above; the others' at the branch."""
    only, other = year.members[1][0], year.members[1][1]
    year.grant(only, "secretary", year.branch[1])
    mine, theirs = acting.declare(only, text="书记自己的"), acting.declare(other, text="党员的")
    recorded = acting.record(other, only, "absence")
    sign_in(client, year.people["committee"])
    shown = page(client, f"/declarations/waiting/{year.general[0]}")
    assert "书记自己的" in shown and "党员的" not in shown and "无故缺席" in shown
    assert "社区第二党支部" in shown
    assert post(client, f"/declarations/decide/{other}.{theirs}", {"do": "confirm"})[0] == 403
    assert post(client, f"/declarations/decide/{only}.{mine}", {"do": "confirm"})[0] == 303
    assert post(client, f"/declarations/decide/{other}.{recorded}", {"do": "confirm"})[0] == 303
    assert acting.state(other, recorded) == "confirmed"
    (told,) = notices.waiting(other)
    assert told.data["state"] == "against"
    sign_in(client, other)
    assert "counts against you" in page(client, "/notices/")


def test_recording_for_several_people_is_once_for_each(year: World, client: FlaskClient) -> None:
    first, second, foreign = year.members[0][0], year.members[0][1], year.members[2][0]
    sign_in(client, year.people["recorder"])
    form = page(client, "/declarations/record")
    assert "Absent once" in form and "Volunteering" not in form and year.people["recorder"] not in form
    data = {
        "uid": hidden(form, "uid")[0],
        "act": "absence",
        "on": "2026-11-20",
        "text": "",
        "member": [first, second, foreign, year.people["recorder"]],
    }
    assert post(client, f"/declarations/record/{year.branch[0]}", data)[0] == 403
    data["member"] = [first, second, foreign]
    for _ in range(2):
        status, shown = post(client, f"/declarations/record/{year.branch[0]}", data)
        assert status == 303 and "for 2 people" in shown
    assert [len(declarations.acts_of(one)) for one in (first, second, foreign)] == [1, 1, 0]
    assert post(client, f"/declarations/record/{year.branch[0]}", {**data, "member": []})[0] == 422
    assert (
        post(client, f"/declarations/record/{year.branch[0]}", {**data, "act": "lecture", "uid": "n"})[0]
        == 422
    )


def test_what_a_workers_period_knows_is_recorded_and_confirmed_too(year: World, client: FlaskClient) -> None:
    with transaction():
        work = points.open_period(
            year.committee,
            "工作",
            title_en="Work",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=points.adopt(points.shipped()["party-workers-2026"], actor_id=year.committee, at=AT),
            people="workers",
        )
    trainer = year.members[0][0]
    sign_in(client, year.people["recorder"])
    form = page(client, "/declarations/record")
    assert "Gave a model lesson" in form and "Absent once" in form
    data = {"uid": hidden(form, "uid")[0], "act": "lesson-shown", "on": "2026-11-20", "member": [trainer]}
    assert post(client, f"/declarations/record/{year.branch[0]}", {**data, "text": ""})[0] == 303
    (act,) = declarations.acts_of(trainer)
    with transaction():
        declarations.confirm(trainer, act.standing.id, confirmer=year.people["secretary"], at=AT)
    with transaction():
        follow.member(trainer, at=AT, zone=ZONE)
    period = next(one for one in points.periods_for([year.committee]) if one.id == work)
    assert points.total(trainer, period).total == 300


def test_a_file_is_seen_by_the_member_and_whoever_confirms(year: World, client: FlaskClient) -> None:
    member = year.people["member"]
    sign_in(client, member)
    assert send(client, file=(io.BytesIO(PNG), "奖状.png"))[0] == 303
    address = f"/declarations/file/{member}.{declarations.acts_of(member)[0].standing.id}"
    for who, status in (
        ("member", 200),
        ("secretary", 200),
        ("recorder", 403),
        ("mobile", 403),
        ("auditor", 403),
    ):
        sign_in(client, year.people[who])
        answer = client.get(address)
        assert answer.status_code == status, who
    sign_in(client, member)
    answer = client.get(address)
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_page_asks_for_a_photo(year: World, client: FlaskClient) -> None:
    sign_in(client, year.people["member"])
    form = page(client, "/declarations/new")
    field = re.search(r"<input[^>]*type=\"file\"[^>]*>", form)
    assert field and "required" not in field[0] and "capture" not in field[0]
    assert "Never asked for" in form


def test_signing_a_quarter_and_what_changes_after(year: World, client: FlaskClient) -> None:
    member, secretary = year.people["member"], year.people["secretary"]

    def confirmed(on: date, text: str) -> int:
        seq = acting.confirm(member, acting.declare(member, on=on, text=text), secretary)
        with transaction():
            follow.member(member, at=AT, zone=ZONE)
        return seq

    first = confirmed(date(2026, 8, 3), "八月")
    confirmed(date(2026, 10, 3), "十月")
    sign_in(client, member)
    home = page(client, "/")
    line = re.search(r'href="(/declarations/quarter/[^"]+)"', home)
    assert line and "Quarter 3 of 2026 can be looked through and signed" in home
    shown = page(client, line[1])
    assert "point in 1 line" in shown
    assert "I sign" in shown and "+1" in shown
    (digest,) = hidden(shown, "digest")
    for _ in range(2):
        status, after = post(client, line[1], {"digest": digest})
        assert status == 303 and "Signed by you on" in after and "I sign" not in after
    assert sum(entry.kind == "quarter-signed" for entry in ledger.entries_after(member, 0)) == 1
    assert "can be looked through" not in page(client, "/")
    confirmed(date(2026, 11, 3), "别的季度")
    assert "Signed by you on" in page(client, line[1])
    with transaction():
        ledger.void(member, first, reason="entered-in-error", actor_id=secretary, at=AT)
    with transaction():
        follow.member(member, at=AT, zone=ZONE)
    changed = page(client, line[1])
    assert "Something changed since you signed" in changed and "I sign" in changed
    assert "can be looked through" not in page(client, "/")
    status, again = post(client, line[1], {"digest": digest})
    assert status == 303 and "look once more" in again
    status, again = post(client, line[1], {"digest": hidden(changed, "digest")[0]})
    assert "Signed by you on" in again
    assert client.get(line[1].replace("Q3", "Q4")).status_code == 404
    db.session.rollback()
    with transaction():
        db.session.execute(update(points.Period).values(state="closed"))
    closed = page(client, line[1])
    assert "Signed by you on" in closed and "I sign" not in closed
    assert post(client, line[1], {"digest": hidden(changed, "digest")[0]})[0] == 409
    assert "Quarter 3 of 2026" in page(client, "/declarations/")
    other_quarter = line[1].replace("Q3", "Q4").replace("2026", "2027")
    assert client.get(other_quarter).status_code == 404


def test_the_quiet_line_of_a_secretary(year: World, client: FlaskClient) -> None:
    secretary, member = year.people["secretary"], year.people["member"]
    sign_in(client, secretary)
    assert "to be confirmed" not in page(client, "/")
    acting.declare(secretary)
    assert "to be confirmed" not in page(client, "/")
    acting.declare(member)
    assert "1 act waits to be confirmed" in page(client, "/")
    assert re.search(r"To confirm<span class=\"row-note\">1 waits<", page(client, "/work"))
    sign_in(client, year.people["recorder"])
    assert re.search(r"To confirm<span class=\"row-note\">1 waits<", page(client, "/work"))
    sign_in(client, year.people["committee"])
    assert "what nobody of a branch can confirm" in page(client, "/work")


def test_the_first_page_asks_one_question_more(year: World, client: FlaskClient) -> None:
    sign_in(client, year.people["member"])
    page(client, "/")
    with count_queries() as sent:
        page(client, "/")
    about = [one for one in sent if "quarter_signature" in one or "declared_act" in one]
    assert len(about) == 1, about


def test_many_acts_stand_on_pages_and_each_button_confirms_its_own(year: World, client: FlaskClient) -> None:
    """What was not shown is not confirmed, and the page stays the same one."""
    with transaction():
        for number in range(2 * waiting.PAGE + 5):
            declarations.declare(
                year.members[0][number % 3],
                "lecture",
                on=date(2026, 11, 1 + number // 3 % 24),
                text=f"第{number}次",
                allowed=acting.ALLOWED,
                at=AT,
                today=acting.TODAY,
                uid=acting.fresh(),
            )
    sign_in(client, year.people["secretary"])
    address = f"/declarations/waiting/{year.branch[0]}"
    first, last = page(client, address), page(client, f"{address}?page=999")
    assert "1 / 3" in first and "Next page" in first and "3 / 3" in last and "Previous page" in last
    keys = hidden(last, "act")
    assert 0 < len(keys) <= 5 and not set(keys) & set(hidden(first, "act"))
    status, shown = post(client, address, {"act": keys, "month": "2026-11", "page": "3"})
    assert status == 303 and f"{len(keys)} confirmed" in shown
    assert len(shown) < 200_000
