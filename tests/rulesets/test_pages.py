"""Committee staff write a rule set, try it and adopt it; a secretary reads names of the own branch, in name order."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.test import TestResponse

from learnapp import branches, points
from learnapp.db import db, transaction
from learnapp.points import drafting, trial
from tests.conftest import AT, ZONE
from tests.queries import count_queries
from tests.rulesets.places import SHIPPED, fill, tried
from tests.world import World, sign_in

GENEROUS = SHIPPED.replace("cap = 6\n", "cap = 9\n")
_CHINESE = {"Accept-Language": "zh"}


@pytest.fixture
def office(world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> World:
    """The small committee, with committee staff signed in."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    sign_in(client, world.people["committee"])
    return world


def _text(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _get(client: FlaskClient, path: str, status: int = 200) -> str:
    return _text(client.get(path, headers=_CHINESE), status)


def _begin(client: FlaskClient, world: World, chosen: str = "shipped:municipal-2026") -> str:
    answer = client.post(f"/rulesets/units/{world.general[0]}/drafts", data={"from": chosen})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    db.session.rollback()
    return str(answer.location).rsplit("/", 1)[-1]


def _form(draft_id: str, kind: drafting.Kind, number: int, **changed: str) -> dict[str, Any]:
    """What the form of a row sends."""
    table = drafting.rows_of(drafting.draft(draft_id).data, kind)[number]
    db.session.rollback()
    row: dict[str, Any] = {**drafting.read(kind, table), "seen": drafting.digest(table)}
    if kind == "rule":
        row["only"] = row["only"].split()
    return {**row, **changed}


def _save(
    client: FlaskClient, draft_id: str, kind: drafting.Kind, number: int, **changed: str
) -> TestResponse:
    data = _form(draft_id, kind, number, **changed)
    return client.post(f"/rulesets/drafts/{draft_id}/{kind}/{number}", data=data, headers=_CHINESE)


def test_from_an_example_to_a_version(office: World, client: FlaskClient) -> None:
    """Begin, change a base and a cap, try it over last year, adopt it, see what differs from the one before."""
    period_id = fill(office)
    sign_in(client, office.people["committee"])
    assert "市直机关党员积分办法" in _get(client, f"/rulesets/units/{office.general[0]}")
    first = _begin(client, office)
    answer = client.post(
        f"/rulesets/drafts/{first}/adopt", data={"note": "照样例", "revision": "1", "without_run": "1"}
    )
    assert answer.status_code == 303
    db.session.rollback()
    (version,) = drafting.versions_for([office.general[0]])
    draft_id = _begin(client, office, f"version:{version.id}")
    assert _save(client, draft_id, "rule", 0, cap="9").status_code == 303
    assert _save(client, draft_id, "head", 0, base="61").status_code == 303
    assert "每月最多9分" in _get(client, f"/rulesets/drafts/{draft_id}")
    assert client.post(f"/rulesets/drafts/{draft_id}/trial", data={"period": period_id}).status_code == 303
    db.session.rollback()
    (run,) = trial.runs(draft_id=draft_id)
    assert "正在排队" in _get(client, f"/rulesets/runs/{run.id}")
    assert client.get(f"/rulesets/runs/{run.id}/progress").get_json()["state"] == "waiting"
    assert trial.work(run.id, zone=ZONE, now=lambda: AT)
    page = _get(client, f"/rulesets/runs/{run.id}")
    assert "共18名党员：18人会增加，0人会减少，0人不变" in page
    assert "+1 9" in page and "+4 9" in page
    asking = _get(client, f"/rulesets/drafts/{draft_id}/adopt")
    assert "每月最多6分" in asking and "每月最多9分" in asking and "基础分61分" in asking
    data = {"note": "每月上限放宽", "revision": "3"}
    answer = client.post(f"/rulesets/drafts/{draft_id}/adopt", data=data)
    assert answer.status_code == 303
    page = _get(client, answer.location)
    assert "第2版" in page and "每月上限放宽" in page and "确定前查看的试算" in page and "Committee" in page
    assert "原为：" in page and "改为：" in page
    assert _get(client, f"/rulesets/versions/{version.id}").count("确定前没有试算") == 1
    planning = _get(client, f"/assessment/units/{office.general[0]}/plan")
    assert "市直机关党员积分办法（2026年），第2版" in planning
    other = _get(client, f"{answer.location}?with={version.id}")
    assert "与第1版的不同" in other


def test_what_is_typed_is_put_into_words_and_never_lost(office: World, client: FlaskClient) -> None:
    draft_id = _begin(client, office)
    path = f"/rulesets/drafts/{draft_id}/rule/0"
    shown = client.post(f"{path}/preview", data=_form(draft_id, "rule", 0, worth="2.5"), headers=_CHINESE)
    assert "每次加2.5分" in _text(shown) and "2.5 points each" in _text(shown)
    wrong = client.post(f"{path}/preview", data=_form(draft_id, "rule", 0, cap="很多"), headers=_CHINESE)
    assert 'data-about="cap"' in wrong.get_data(as_text=True) and "“最多计分”" in _text(wrong)
    looked = client.post(path, data=_form(draft_id, "rule", 0, worth="2.5", do="preview"), headers=_CHINESE)
    assert "每次加2.5分" in _text(looked)
    assert drafting.draft(draft_id).revision == 1
    db.session.rollback()
    assert _save(client, draft_id, "rule", 0, cap="很多").status_code == 303
    page = client.get(path, headers=_CHINESE).get_data(as_text=True)
    assert 'value="很多"' in page and 'aria-invalid="true"' in page
    assert "还有1处问题" in _get(client, f"/rulesets/drafts/{draft_id}")
    answer = client.get(f"/rulesets/drafts/{draft_id}/adopt")
    assert answer.status_code == 303 and answer.location.endswith(draft_id)


def test_the_form_of_an_act_refuses_what_may_not_be_asked_for(office: World, client: FlaskClient) -> None:
    draft_id = _begin(client, office)
    assert _save(client, draft_id, "rule", 0, what="declared", text="每天签到一次").status_code == 303
    page = _get(client, f"/rulesets/drafts/{draft_id}/rule/0")
    assert points.REFUSALS[0].code == "login" and "积分办法中不能有此内容" in page


def test_the_same_row_in_two_tabs(office: World, client: FlaskClient) -> None:
    """Whoever saves second sees both, and decides; a script gets 409."""
    draft_id = _begin(client, office)
    mine, theirs = _form(draft_id, "rule", 0, worth="4"), _form(draft_id, "rule", 0, worth="5")
    path = f"/rulesets/drafts/{draft_id}/rule/0"
    assert client.post(path, data=theirs).status_code == 303
    assert client.post(path, data=mine, headers={"Accept": "application/json"}).status_code == 409
    answer = client.post(path, data=mine, headers=_CHINESE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and 'name="worth" value="4"' in page and "每次加5分" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert client.post(path, data={**mine, "seen": seen.group(1)}).status_code == 303
    table = drafting.rows_of(drafting.draft(draft_id).data, "rule")[0]
    assert table["worth"] == 4


def test_the_page_saves_by_itself(office: World, client: FlaskClient) -> None:
    draft_id = _begin(client, office)
    path, data = f"/rulesets/drafts/{draft_id}/rule/0", _form(draft_id, "rule", 0, worth="4")
    answer = client.post(path, data=data, headers={"Accept": "application/json"})
    saved = answer.get_json()
    assert answer.status_code == 200 and saved["revision"] == 2
    again = client.post(
        path, data={**data, "worth": "5", "seen": saved["base"]}, headers={"Accept": "application/json"}
    )
    assert again.get_json()["revision"] == 3


@pytest.mark.parametrize("kind", drafting.LISTS)
def test_rows_of_every_kind(office: World, client: FlaskClient, kind: drafting.Kind) -> None:
    draft_id = _begin(client, office)
    number = len(drafting.rows_of(drafting.draft(draft_id).data, kind))
    db.session.rollback()
    answer = client.post(f"/rulesets/drafts/{draft_id}/{kind}/add")
    assert answer.status_code == 303 and answer.location.endswith(f"/{kind}/{number}")
    assert client.get(answer.location).status_code == 200
    assert client.post(f"{answer.location}/preview", data=_form(draft_id, kind, number)).status_code == 200
    seen = _form(draft_id, kind, number)["seen"]
    assert client.post(f"{answer.location}/up", data={"seen": seen}).status_code == 303
    place = max(0, number - 1)
    removed = client.post(f"/rulesets/drafts/{draft_id}/{kind}/{place}/remove", data={"seen": seen})
    assert removed.status_code == 303
    assert len(drafting.rows_of(drafting.draft(draft_id).data, kind)) == number


def test_pages_that_are_not_there(office: World, client: FlaskClient) -> None:
    draft_id = _begin(client, office)
    for path in (f"{draft_id}/nothing/0", f"{draft_id}/rule/99", "0" * 32):
        assert client.get(f"/rulesets/drafts/{path}").status_code == 404
    for path in ("head/add", "head/0/remove", "head/0/up"):
        assert client.post(f"/rulesets/drafts/{draft_id}/{path}").status_code == 404


def test_a_file_comes_in_and_goes_out(office: World, client: FlaskClient) -> None:
    """The same text comes back; what is wrong is said at its row with the line of the file."""
    path = f"/rulesets/units/{office.general[0]}/drafts"

    def send(text: str) -> TestResponse:
        data = {"file": (io.BytesIO(text.encode()), "rules.toml")}
        return client.post(path, data=data, content_type="multipart/form-data", headers=_CHINESE)

    answer = send(SHIPPED)
    assert answer.status_code == 303
    file = client.get(f"{answer.location}/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="municipal-2026.toml"'
    before, after = points.parse(SHIPPED).rules, points.parse(file.get_data(as_text=True)).rules
    assert before is not None and after is not None and not drafting.differences(before, after)
    again = send(file.get_data(as_text=True))
    assert client.get(f"{again.location}/file").get_data() == file.get_data()
    broken = _text(send('id = "a"\nbase = = 3\n'), 422)
    assert "这不是有效的TOML" in broken
    faulty = send(SHIPPED.replace("worth = 3", 'worth = 3\nphotos = "yes"', 1))
    page = _get(client, faulty.location)
    assert "行）" in page and "照片" in page
    assert client.post(path, data={"from": "version:" + "0" * 32}).status_code == 404
    assert send("\x00").status_code == 422


def test_throwing_a_draft_away(office: World, client: FlaskClient) -> None:
    period_id = fill(office)
    draft_id = _begin(client, office)
    run_id = tried(office, period_id, GENEROUS, draft_id)
    db.session.rollback()
    assert client.post(f"/rulesets/drafts/{draft_id}/discard", data={"revision": "0"}).status_code == 303
    assert client.get(f"/rulesets/drafts/{draft_id}").status_code == 200
    assert client.post(f"/rulesets/drafts/{draft_id}/discard", data={"revision": "1"}).status_code == 303
    assert client.get(f"/rulesets/drafts/{draft_id}").status_code == 404
    assert client.get(f"/rulesets/runs/{run_id}").status_code == 404


def test_a_committee_sees_counts_and_a_secretary_names(office: World, client: FlaskClient) -> None:
    """Of branch[1], thirteen people, a number; of branch[0], five people, none that could be had by subtraction is
    missing; names in name order for the own branch alone."""
    period_id = fill(office)
    run_id = tried(office, period_id, GENEROUS)
    names = ["王芳", "孟浩然"]
    page = _get(client, f"/rulesets/runs/{run_id}")
    assert "共18名党员：9人会增加" in page and "加3分，每月最多6分" in page
    below = _get(client, f"/rulesets/runs/{run_id}/units/{office.branch[1]}")
    assert not any(name in page + below for name in names) and "姓名只对本支部显示" in below
    sign_in(client, office.people["secretary"])
    assert client.get(f"/rulesets/runs/{run_id}").status_code == 403
    assert client.get(f"/rulesets/runs/{run_id}/units/{office.branch[1]}").status_code == 403
    own = _get(client, f"/rulesets/runs/{run_id}/units/{office.branch[0]}")
    assert "5人中有1人" in own and "王芳" in own and "66 → 69" in own and "+3" in own
    listed = client.get("/rulesets/runs/", headers=_CHINESE).get_data(as_text=True)
    assert f"/rulesets/runs/{run_id}/units/{office.branch[0]}" in listed


def test_small_units_and_small_amounts_are_hidden(office: World, client: FlaskClient) -> None:
    """With four people in branch[0] neither it nor its sister is told; an amount of fewer than five joins another."""
    period_id = fill(office)
    member = branches.Membership
    with transaction():
        db.session.execute(delete(member).where(member.member_id == office.members[0][2]))
    run_id = tried(office, period_id, GENEROUS)
    page = _get(client, f"/rulesets/runs/{run_id}")
    assert page.count("不显示：人数太少") == 2
    mixed = GENEROUS.replace("base = 60", "base = 61")
    page = _get(client, f"/rulesets/runs/{tried(office, period_id, mixed)}")
    assert "+1 8" in page and "+4 9" in page
    few = tried(office, period_id, SHIPPED.replace("cap = 6\n", "cap = 3\n"))
    page = _get(client, f"/rulesets/runs/{few}")
    assert "－3 9" in page and "减少人数：9" in page


def test_a_run_is_stopped_and_ordered_again(office: World, client: FlaskClient) -> None:
    period_id = fill(office)
    with transaction():
        run_id = trial.ask(GENEROUS, period_id, actor_id=office.people["committee"], at=AT)
    assert client.post(f"/rulesets/runs/{run_id}/cancel").status_code == 303
    assert "试算已停止" in _get(client, f"/rulesets/runs/{run_id}")
    answer = client.post(f"/rulesets/runs/{run_id}/again")
    assert answer.status_code == 303
    assert "正在排队" in _get(client, answer.location)
    foreign = fill_foreign(office)
    draft_id = _begin(client, office)
    assert client.post(f"/rulesets/drafts/{draft_id}/trial", data={"period": foreign}).location.endswith(
        draft_id
    )


def fill_foreign(world: World) -> str:
    """A period of a unit that the staff has nothing to do with."""
    with transaction():
        return points.open_period(
            world.general[1],
            "别处",
            title_en="",
            starts_on=date(2024, 1, 1),
            ends_on=date(2024, 12, 31),
            rule_set=points.adopt(SHIPPED, actor_id=world.committee, at=AT),
            at=AT,
        )


def test_staff_of_another_unit_learns_nothing(office: World, client: FlaskClient) -> None:
    other = office.person("外人", "other-staff", office.branch[2])
    office.grant(other, "committee", office.general[1])
    draft_id = _begin(client, office)
    run_id = tried(office, fill(office), GENEROUS)
    sign_in(client, other)
    for path in (
        f"drafts/{draft_id}",
        f"drafts/{draft_id}/rule/0",
        f"drafts/{draft_id}/file",
        f"runs/{run_id}",
    ):
        assert client.get(f"/rulesets/{path}").status_code == 403, path
    for path in ("rule/0", "rule/0/preview", "rule/add", "adopt", "trial", "discard"):
        assert client.post(f"/rulesets/drafts/{draft_id}/{path}").status_code == 403, path


def test_pages_ask_little_of_the_database(office: World, client: FlaskClient) -> None:
    period_id = fill(office)
    draft_id = _begin(client, office)
    run_id = tried(office, period_id, GENEROUS)
    db.session.rollback()
    with count_queries() as counted:
        client.get(f"/rulesets/drafts/{draft_id}/rule/0")
    assert len(counted) <= 8
    with count_queries() as counted:
        client.get(f"/rulesets/runs/{run_id}")
    assert len(counted) <= 25
