"""Pages and files of the outcome: a list from draft to certificate, the summary of a year, the table."""

from __future__ import annotations

import io
from datetime import date

import pypdfium2
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from learnapp import accounts, audit, ledger, records
from learnapp.assessment import recognition
from learnapp.db import db, transaction
from tests.assessment.scene import AT, Scene
from tests.assessment.test_pages import _at, _page, _send
from tests.world import World, sign_in

DAY = date(2026, 9, 10)


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A closed period with grades; one member has an act, one a deduction, one a name like a formula."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    made = Scene(world)
    first, second, third = world.members[0]
    made.module(first, 1, DAY)
    people = world.people
    made.act(first, "volunteering", DAY, proposer=first, confirmer=people["recorder"])
    recorded = {"proposer": people["recorder"], "confirmer": people["secretary"], "origin": "recorded"}
    made.act(second, "absent", DAY, **recorded)
    made.open()
    for member, grade in ((first, "excellent"), (second, "basic"), (third, "excellent")):
        made.grade(member, grade)
    with transaction():
        accounts.correct(third, name="=1+1", phone="", actor_id=third, at=AT)
    return made


def _pdf(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def test_from_a_draft_to_the_certificate(scene: Scene, client: FlaskClient) -> None:
    world, (first, _, third) = scene.world, scene.world.members[0]
    unit = f"/branches/{world.branch[0]}"
    sign_in(client, world.people["secretary"])
    assert "Recognition lists" in _page(client, _at(scene, unit))
    _send(client, _at(scene, unit + "/recognition"), 422, title="", grade="excellent")
    _send(client, _at(scene, unit + "/recognition"), title="2026年度优秀党员", grade="excellent")
    made = recognition.lists_of(scene.period_id, [world.branch[0]])[0].id
    here = f"/assessment/recognition/{made}"
    html = client.get(here).get_data(as_text=True)
    assert f"on-{first}" in html
    assert f"on-{scene.world.members[0][1]}" not in html
    assert "checked" not in html
    refused = _send(client, here, 422, **{f"on-{first}": "1", f"reason-{first}": "", "do": "hand-in"})
    assert "Say why" in refused
    chosen = {f"on-{first}": "1", f"reason-{first}": "三次承担讲课。"}
    _send(client, here, **chosen, do="hand-in")
    assert "Approve and publish" not in _page(client, here)
    _send(client, here + "/decision", 422, do="approve")
    sign_in(client, world.people["committee"])
    assert "三次承担讲课。" in _page(client, here)
    _send(client, here + "/decision", do="approve")
    _send(client, here + "/decision", do="approve")
    sign_in(client, third)
    page = _page(client, "/assessment/recognised")
    assert "三次承担讲课。" in page
    sign_in(client, world.members[2][0])
    assert "三次承担讲课。" not in _page(client, "/assessment/recognised")
    sign_in(client, world.people["secretary"])
    _send(client, here + "/certificates")
    code = records.certificates_of(first)[0].code
    paper = client.get(f"/records/certificates/{code}/pdf")
    assert "表彰名单" in "".join(_pdf(paper.data))
    checked = _page(client, f"/v/{code}")
    assert "This certificate is valid." in checked
    assert "三次承担讲课。" not in checked
    assert "excellent" not in checked.lower().replace("excellent members", "")
    _send(client, here + "/taking-back", 422, reason="")
    _send(client, here + "/taking-back", reason="程序有误。")
    assert "was voided" in _page(client, f"/v/{code}")
    assert client.get(f"/records/certificates/{code}/pdf").status_code == 409
    entry = ledger.entries_after(first, 0)[-1]
    assert (entry.kind, entry.data["reason"]) == ("voided", "taken-back")


def test_the_summary_says_nothing_about_others_nor_why_points_were_taken_off(
    scene: Scene, client: FlaskClient
) -> None:
    first, second, _ = scene.world.members[0]
    sign_in(client, second)
    page = _page(client, _at(scene, f"/members/{second}/summary"))
    assert "One input among others" in page
    assert "Basically qualified" in page
    assert "Absent" not in page
    assert client.get(_at(scene, f"/members/{first}/summary")).status_code == 403
    pages = _pdf(client.post(_at(scene, f"/members/{second}/summary")).data)
    assert len(pages) == 1
    sign_in(client, scene.world.people["secretary"])
    booklet = client.post(_at(scene, f"/branches/{scene.world.branch[0]}/summaries"))
    pages = _pdf(booklet.data)
    assert len(pages) == 5
    assert sum("志愿服务" in page for page in pages) == 1
    db.session.rollback()
    assert audit.events([scene.world.people["secretary"]], limit=9, action="summary-exported")


def test_the_table_is_in_name_order_and_holds_no_formula(scene: Scene, client: FlaskClient) -> None:
    world = scene.world
    sign_in(client, world.people["secretary"])
    answer = client.post(_at(scene, f"/branches/{world.branch[0]}/export"), headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2][:2] == ["Made by", "Secretary"]
    assert rows[5][0] == "Name"
    names = [row[0] for row in rows[6:]]
    assert "'=1+1" in names
    assert [one.lstrip("'") for one in names] == sorted(one.lstrip("'") for one in names)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    one = next(row for row in rows if row[0] == accounts.names([world.members[0][1]])[world.members[0][1]])
    assert one[1:8] == [60, 0, -5, 0, 55, "Basically qualified", "Basically qualified"]
    db.session.rollback()
    assert audit.events([world.people["secretary"]], limit=9, action="points-exported")


def test_above_the_branch_there_are_counts_alone(scene: Scene, client: FlaskClient) -> None:
    world = scene.world
    sign_in(client, world.people["committee"])
    answer = client.post(
        _at(scene, f"/branches/{world.general[0]}/export"), headers={"Accept-Language": "en"}
    )
    sheet = load_workbook(io.BytesIO(answer.data)).active
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "=1+1" not in text
    assert accounts.names([world.members[0][0]])[world.members[0][0]] not in text
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[5] == ["Unit", "Members", "Gained points", "Grades decided"]
    assert len(rows) == 8
