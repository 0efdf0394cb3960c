"""The pages of coverage: a sentence first, the tree's own order, names for the branch only, small ones hidden."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from learnapp import audit, branches, coverage, follow, plans
from learnapp.db import db, transaction
from learnapp.web.coverage.sheet import escaped
from tests import acts, shelf
from tests.conftest import AT
from tests.queries import count_queries
from tests.world import World, sign_in

ZONE = "Asia/Shanghai"


@pytest.fixture
def due(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """One course due from everybody, one quiz past its date from branch[0]; some have done something."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    monkeypatch.setattr("learnapp.web.coverage.board.catalogue.courses", tuple)
    monkeypatch.setattr("learnapp.web.coverage.board.catalogue.quizzes", tuple)
    with transaction():
        shelf.put("course", "duties", AT)
        shelf.put("quiz", "duties-quiz", AT)
        for unit, kind, slug, last in (
            (world.committee, "course", "duties", date(2026, 12, 31)),
            (world.branch[0], "quiz", "duties-quiz", date(2026, 11, 20)),
        ):
            plans.assign(
                unit,
                f"计划 {slug}",
                [(kind, slug)],  # type: ignore[list-item]  # spelled above
                starts_on=date(2026, 9, 1),
                due_on=last,
                actor_id=world.committee,
                at=AT,
            )
        acts.course(world.members[0][0], "duties", AT)
    with transaction():
        acts.begin(world.members[0][1], "duties", AT)
    with transaction():
        acts.course(world.members[1][0], "duties", AT)
    _settle()
    return world


def _settle() -> None:
    follow.sweep(AT, ZONE)
    with transaction():
        coverage.roll_up(AT)


def _page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == status, path
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"[ \n]+", " ", text)


def _item(world: World, slug: str) -> str:
    return next(item.item_id for item in plans.everything() if item.slug == slug)


def test_a_secretary_reads_a_sentence_and_then_the_names(due: World, client: FlaskClient) -> None:
    sign_in(client, due.people["secretary"])
    path = f"/coverage/{due.branch[0]}"
    assert "应训10人次：完成1，进行中1，未开始8。" in _page(client, path)
    page = _page(client, f"{path}?item={_item(due, 'duties')}")
    assert "应训5人：完成1，进行中1，未开始3。" in page
    groups = page[page.index("可以帮一把") :]
    assert re.search(r"未开始 · 3 .+进行中 · 1 +李建国 .+已完成 · 1 +王芳 ", groups)
    late = _page(client, f"{path}?item={_item(due, 'duties-quiz')}")
    assert "11月20日到期，还有5人未完成" in late


def test_what_somebody_did_is_seen_at_once_in_the_own_branch(due: World, client: FlaskClient) -> None:
    with transaction():
        acts.course(due.people["secretary"], "duties", AT)
    with transaction():
        follow.member(due.people["secretary"], at=AT, zone=ZONE)
    sign_in(client, due.people["secretary"])
    page = _page(client, f"/coverage/{due.branch[0]}?item={_item(due, 'duties')}")
    assert "应训5人：完成2，进行中1，未开始2。" in page


def test_who_is_not_expected_has_one_label(due: World, client: FlaskClient) -> None:
    with transaction():
        branches.exempt(
            due.members[0][2],
            valid_from=date(2026, 12, 1),
            valid_to=date(2027, 2, 1),
            approved_by=due.people["secretary"],
            at=AT,
        )
        follow.stale_member(due.members[0][2])
    _settle()
    sign_in(client, due.people["secretary"])
    page = _page(client, f"/coverage/{due.branch[0]}?item={_item(due, 'duties')}")
    assert "应训4人：完成1，进行中1，未开始2；另1人不在应训范围。" in page
    assert re.search(r"不在应训范围 · 1 +欧阳丽华", page)
    assert "豁免" not in page


def test_a_committee_sees_units_in_the_trees_order_and_no_names(due: World, client: FlaskClient) -> None:
    sign_in(client, due.people["committee"])
    page = _page(client, f"/coverage/{due.general[0]}?item={_item(due, 'duties')}")
    assert "应训13人：完成2，进行中1，未开始10。" in page
    assert re.search(r"社区第一党支部.* 1/5 .*社区第二党支部.* 1/8 ", page)
    assert "截至11月24日 10:30" in page
    for name in ("王芳", "李建国", "Secretary"):
        assert name not in page
        assert name not in _page(client, f"/coverage/{due.branch[0]}")


def test_parents_are_the_sum_of_their_children(due: World) -> None:
    item = _item(due, "duties")
    tables = coverage.tables([due.committee, *due.general, *due.branch])
    assert tables[due.committee].of([item]).due == 19
    for general, children in ((due.general[0], due.branch[:2]), (due.general[1], due.branch[2:])):
        assert tables[general].of([item]) == coverage.total(tables[one].of([item]) for one in children)


def test_small_units_are_hidden_above_the_branch(due: World, client: FlaskClient) -> None:
    due.grant(due.people["committee"], "committee", due.committee)
    sign_in(client, due.people["committee"])
    item = _item(due, "duties")
    page = _page(client, f"/coverage/{due.general[1]}?item={item}")
    assert "应训6人" in page and page.count("不显示") >= 3
    assert "人数太少" in _page(client, f"/coverage/{due.branch[2]}")
    # The quiz is due from five in one branch of thirteen: shown there and above.
    assert "应训5人" in _page(client, f"/coverage/{due.committee}?item={_item(due, 'duties-quiz')}")


def test_others_do_not_get_in(due: World, client: FlaskClient) -> None:
    sign_in(client, due.people["member"])
    _page(client, "/coverage/", 403)
    _page(client, f"/coverage/{due.branch[0]}", 403)
    sign_in(client, due.people["secretary"])
    _page(client, f"/coverage/{due.branch[1]}", 403)
    _page(client, f"/coverage/{due.general[0]}", 403)
    _page(client, f"/coverage/{'0' * 32}", 404)
    _page(client, f"/coverage/{due.branch[0]}?item=nothing", 404)
    assert client.get("/coverage/").location.endswith(due.branch[0])
    sign_in(client, due.people["recorder"])
    assert client.post(f"/coverage/{due.branch[0]}/export").status_code == 403


def test_an_export_opens_in_a_spreadsheet_and_names_who_made_it(due: World, client: FlaskClient) -> None:
    due.person("=cmd|' /C calc'!A0", "formula", due.branch[0], password=False)
    _settle()
    sign_in(client, due.people["secretary"])
    answer = client.post(
        f"/coverage/{due.branch[0]}/export",
        data={"item": _item(due, "duties")},
        headers={"Accept-Language": "zh"},
    )
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="coverage-')
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[2][:2] == ["导出人", "Secretary"]
    assert ["duties", "2026-12-31", "6", "1", "1", "4", "0"] in rows
    assert ["王芳", "已完成"] in rows
    assert ["'=cmd|' /C calc'!A0", "未开始"] in rows
    db.session.rollback()  # this test's own view of the database ends here
    (made,) = [
        event
        for event in db.session.execute(select(audit.models.AuditEvent)).scalars()
        if event.action == "exported"
    ]
    assert (made.actor_id, made.subject) == (due.people["secretary"], f"branch/{due.branch[0]}")


def test_an_export_above_the_branch_has_no_names(due: World, client: FlaskClient) -> None:
    sign_in(client, due.people["committee"])
    text = client.post(f"/coverage/{due.general[0]}/export").data.decode("utf-8-sig")
    assert "社区第一党支部" in text and "王芳" not in text and "duties-quiz" in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1"])
def test_what_could_begin_a_formula_is_put_behind_an_apostrophe(text: str) -> None:
    assert escaped(text) == f"'{text}"
    assert escaped(f"a{text}") == f"a{text}"


def test_a_unit_without_plans_says_so(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["secretary"])
    assert "没有应训任务" in _page(client, f"/coverage/{world.branch[0]}")


def test_a_page_costs_the_same_whatever_the_size_of_the_unit(due: World, client: FlaskClient) -> None:
    numbers = []
    for who, path in (("committee", due.general[0]), ("secretary", due.branch[0])):
        for extra in range(2):
            for number in range(extra * 6):
                due.person(f"新{number}", f"{who}{number}", due.branch[number % 2], password=False)
            _settle()
            sign_in(client, due.people[who])
            client.get(f"/coverage/{path}")
            with count_queries() as sent:
                assert client.get(f"/coverage/{path}").status_code == 200
            numbers.append(len(sent))
    assert numbers[0] == numbers[1] and numbers[2] == numbers[3] and max(numbers) <= 14, numbers
