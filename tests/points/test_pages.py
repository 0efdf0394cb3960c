"""The pages of points: every number with its lines; names for the branch, counts above it, no order by value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from learnapp import branches, follow, ledger, points
from learnapp.db import db, new_id, transaction
from learnapp.points import Period
from tests import acts
from tests.conftest import AT
from tests.queries import count_queries
from tests.world import World, sign_in

ZONE = "Asia/Shanghai"


@pytest.fixture
def scored(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The small committee in a period; members[0][2] has the most, members[0][0] a capped line."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    with transaction():
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=world.committee, at=AT)
        points.open_period(
            world.committee,
            "2026年度考评",
            title_en="Assessment 2026",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rules,
        )
    for member_id, modules in ((world.members[0][0], 3), (world.members[0][2], 9), (world.members[1][0], 1)):
        with transaction():
            for number in range(modules):
                day = datetime(2026, 9 + number // 3 if modules > 3 else 9, 1 + number, 4, tzinfo=UTC)
                acts.module(member_id, "duties", f"m{number}", day)
    follow.sweep(AT, ZONE)
    return world


def _text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == status, path
    return re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_my_sum_and_why(scored: World, client: FlaskClient) -> None:
    sign_in(client, scored.people["member"])
    page = _squeezed(_text(client, "/points/"))
    assert "基础60＋加分6－扣分0＝66" in page
    assert page.count("+3→0") == 1 and "本月已满6" in page
    assert "第3号" in page and "每月最多6分" in page


def test_a_member_sees_only_their_own(scored: World, client: FlaskClient) -> None:
    sign_in(client, scored.people["member"])
    _text(client, f"/points/members/{scored.members[0][2]}", 403)
    _text(client, f"/points/branches/{scored.branch[0]}", 403)
    assert "66" in _text(client, f"/points/members/{scored.people['member']}")


def test_a_secretary_sees_the_branch_in_name_order(scored: World, client: FlaskClient) -> None:
    sign_in(client, scored.people["secretary"])
    answer = client.get("/points/branches/")
    assert answer.status_code == 303 and answer.location.endswith(scored.branch[0])
    page = _text(client, f"/points/branches/{scored.branch[0]}")
    names = [person.name for person in branches.members_of(scored.branch[0], date(2026, 11, 24))]
    places = [page.index(name) for name in names]
    assert places == sorted(places) and len(names) == 5
    assert "78" in page, "nine modules in three months: 18 points"
    assert "+3" in _text(client, f"/points/members/{scored.members[0][2]}")
    _text(client, f"/points/members/{scored.members[1][0]}", 403)
    _text(client, f"/points/branches/{scored.branch[1]}", 403)


def test_a_committee_sees_counts_and_no_names(scored: World, client: FlaskClient) -> None:
    sign_in(client, scored.people["committee"])
    page = _text(client, f"/points/branches/{scored.general[0]}")
    assert "2人有加分" in page and "1人有加分" in page
    leaf = _text(client, f"/points/branches/{scored.branch[0]}")
    for name in ("王芳", "李建国"):
        assert name not in page and name not in leaf
    _text(client, f"/points/members/{scored.members[0][0]}", 403)
    _text(client, f"/points/branches/{scored.general[1]}", 403)


def test_small_units_are_hidden_above_the_branch(scored: World, client: FlaskClient) -> None:
    """Below general[1] there are two branches of three: six together, so neither is shown."""
    world = scored
    world.grant(world.people["committee"], "committee", world.general[1])
    sign_in(client, world.people["committee"])
    page = _text(client, f"/points/branches/{world.general[1]}")
    assert page.count("不显示") >= 2 and "人有加分" not in page
    assert "第一党支部" in page


def test_without_a_period_the_page_says_so(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["secretary"])
    assert "没有考评周期" in _text(client, "/points/")
    assert "没有考评周期" in _text(client, f"/points/branches/{world.branch[0]}")


def test_lists_cost_the_same_whatever_their_length(scored: World, client: FlaskClient) -> None:
    sign_in(client, scored.people["secretary"])
    path = f"/points/branches/{scored.branch[0]}"
    numbers = []
    for round_ in range(2):
        for number in range(round_ * 8):
            scored.person(f"新{number}", f"new{number}", scored.branch[0], password=False)
        client.get(path)
        with count_queries() as sent:
            assert client.get(path).status_code == 200
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 10, numbers
    with count_queries() as few:
        client.get("/points/")
    with transaction():
        for number in range(30):
            acts.quiz(scored.people["secretary"], f"quiz{number}", AT)
        follow.member(scored.people["secretary"], at=AT, zone=ZONE)
    with count_queries() as many:
        page = client.get("/points/").get_data(as_text=True)
    assert page.count("<details") > 30
    # Versions that are not in the catalogue are asked for each time; those that are stay in memory.
    # Whether a result may be shown is asked three times at most, and only where there are quizzes; who recorded
    # what is asked once.
    assert len([one for one in many if "publication" not in one]) <= len(few) + 4 <= 14, many


def _page(client: FlaskClient, path: str) -> str:
    return _squeezed(_text(client, path))


def _confirm(member_id: str, act: str, day: date, by: str, origin: str = "recorded") -> int:
    act_id = new_id()
    event = ledger.ActConfirmed(
        act=act, act_id=act_id, on=day.isoformat(), origin=origin, seq=99, proposer="p" * 32
    )
    return ledger.record(
        event, member_id=member_id, uid=act_id, occurred_at=AT, at=AT, recorder=by, source="test"
    )


def test_a_closed_period_its_adjustments_and_the_story_of_a_line(scored: World, client: FlaskClient) -> None:
    """The lesson of 1 September is voided after closing: the closed page says so, the next period is 3 less and
    names the act, the cause and the way back."""
    member_id = scored.people["member"]
    (first,) = points.periods_for([scored.committee])
    with transaction():
        points.freeze(member_id, first, at=AT)
        db.session.execute(update(Period).where(Period.id == first.id).values(state="closed"))
        second = points.open_period(
            scored.committee,
            "2027年度考评",
            title_en="Assessment 2027",
            starts_on=date(2027, 1, 1),
            ends_on=date(2027, 12, 31),
            rule_set=first.rules.hash,
        )
    with transaction():
        ledger.void(member_id, 1, reason="duplicate", actor_id=scored.people["secretary"], at=AT)
        follow.stale_member(member_id)
    follow.sweep(AT, ZONE)
    sign_in(client, member_id)
    closed = _page(client, f"/points/?period={first.id}")
    assert "基础60＋加分6－扣分0＝66" in closed and "已关闭" in closed
    assert ("已作废" in closed and "重复登记" in closed) or "作废" in closed
    later = _page(client, f"/points/?period={second}")
    assert "已关闭周期的调整" in later and "－3" in later and "2026年度考评" in later
    every = _page(client, "/points/periods")
    assert every.index("2027年度考评") < every.index("2026年度考评")
    _text(client, "/points/?period=nothing", 404)
    sign_in(client, scored.people["secretary"])
    assert "66" in _page(client, f"/points/members/{member_id}?period={first.id}")


def test_a_veto_a_limit_and_a_class_are_said_calmly(scored: World, client: FlaskClient) -> None:
    """In a college's rules: a veto that stands, an award too many, and a sentence made from each rule."""
    member_id, secretary = scored.people["member"], scored.people["secretary"]
    with transaction():
        rules = points.adopt(points.shipped()["university-college-2026"], actor_id=secretary, at=AT)
        db.session.execute(update(Period).values(rule_set=rules))
        for day in (1, 2, 3):
            _confirm(member_id, "teaching-award", date(2026, 10, day), secretary, "declared")
        _confirm(member_id, "ethics-breach", date(2026, 10, 4), secretary)
        follow.stale_member(member_id)
    follow.sweep(AT, ZONE)
    sign_in(client, member_id)
    page = _page(client, "/points/")
    assert "否决项" in page and "不扣分" in page
    assert "本周期已计2次" in page
    assert "由党员申报，经另一人确认；每次加5分；本周期最多计2次" in page
    name = branches.person(secretary, date(2026, 11, 24))
    assert name is not None and name.name in page, "who confirmed it"


def test_days_that_are_not_scored_are_said_with_their_branch(scored: World, client: FlaskClient) -> None:
    mobile = scored.people["mobile"]
    with transaction():
        acts.module(mobile, "duties", "m1", datetime(2026, 9, 1, 4, tzinfo=UTC))
    follow.sweep(AT, ZONE)
    sign_in(client, mobile)
    page = _page(client, "/points/")
    assert "长期外出的流动党员" in page and "不计分" in page and "＝60" in page
