"""The pages, walked without a browser: committee, secretary, member, reviewer, from opening to the next period."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from learnapp import assessment, ledger, points
from learnapp.db import db, transaction
from learnapp.jobs import assessing
from tests.assessment.scene import AT, RULES, ZONE, Scene
from tests.queries import count_queries
from tests.world import World, sign_in

DAY = date(2026, 9, 10)
WORKERS = points.shipped()["party-workers-2026"]


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A planned period; the member has two lessons and an act that the recorder confirmed."""
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    made = Scene(world)
    member = world.members[0][0]
    made.module(member, 1, DAY)
    made.module(member, 2, DAY)
    made.act(member, "volunteering", DAY, proposer=member, confirmer=world.people["recorder"])
    made.act(
        world.members[0][2],
        "absent",
        DAY,
        proposer=world.people["recorder"],
        confirmer=world.people["secretary"],
        origin="recorded",
    )
    return made


def _page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status)
    assert answer.headers["Cache-Control"] == "no-store"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def _send(client: FlaskClient, path: str, status: int = 303, **data: str) -> str:
    answer = client.post(path, data=data, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status, answer.get_data(as_text=True)[-600:])
    db.session.rollback()
    return answer.get_data(as_text=True)


def _at(scene: Scene, rest: str = "") -> str:
    return f"/assessment/periods/{scene.period_id}{rest}"


def test_the_whole_way(scene: Scene, client: FlaskClient) -> None:
    world, people = scene.world, scene.world.people
    member, branch = world.members[0][0], world.branch[0]
    sign_in(client, people["committee"])
    assert "2026年度考评" in _page(client, "/assessment/") or "Assessment" in _page(client, "/assessment/")
    assert "Open the period" in _page(client, _at(scene))
    _send(client, _at(scene, "/open"))
    _send(client, _at(scene, "/open"))
    scene.fold()
    assert "Post it" in _page(client, _at(scene))
    assert "until 1 Dec 2026" in _page(client, _at(scene, "/posting"))
    _send(client, _at(scene, "/posting"), days="5")
    assert "The posting hangs until" in _page(client, _at(scene))

    sign_in(client, people["secretary"])
    assert "2 grades" not in _page(client, "/assessment/")
    sheet = _page(client, _at(scene, f"/branches/{branch}/sheet"))
    assert "王芳" in sheet and "Voluntary service" in sheet and "Absent" not in sheet
    assert "欧阳丽华" not in sheet, "of whom nothing is recognised nothing is said"

    sign_in(client, member)
    assert "What is posted in your branch" in _page(client, "/")
    mine = _page(client, "/assessment/mine")
    assert "71 points" in mine and "Something is not right" in mine
    seq = scene.period and next(
        line.seq for line in points.lines(member, scene.period) if line.rule == "volunteering"
    )
    form = f"/assessment/mine/{scene.period_id}/object"
    assert "Voluntary service" in _page(client, f"{form}?entry={seq}")
    _send(client, form, 422, member=member, entry=str(seq), text="")
    _send(client, form, member=member, entry=str(seq), text="那次是两天，少记一次。")
    _send(client, form, member=member, entry=str(seq), text="那次是两天，少记一次。")
    assert "那次是两天" in _page(client, "/assessment/mine")
    (raised,) = assessment.objections.raised_by(member)

    sign_in(client, people["secretary"])
    assert "1 waits" in _page(client, "/work")
    assert "An objection waits for you to decide" in _page(client, "/notices/")
    one = f"/assessment/objections/{member}/{raised.id}"
    assert "那次是两天" in _page(client, one)
    _send(client, one, 422, outcome="upheld", reply="")
    _send(client, one, outcome="partly", reply="重新认定一次。", void="1")
    _send(client, one, outcome="partly", reply="重新认定一次。", void="1")
    assert "Upheld in part" in _page(client, one)

    sign_in(client, member)
    assert "A reply to your objection" in _page(client, "/notices/")
    assert "重新认定一次" in _page(client, "/assessment/mine")
    assert "66 points" in _page(client, "/assessment/mine")

    sign_in(client, people["secretary"])
    grades = _at(scene, f"/branches/{branch}/grades")
    assert "suggested: Excellent" in _page(client, grades)
    chosen = {f"grade-{one}": "qualified" for one in (*world.members[0], people["recorder"])}
    _send(client, grades, 422, meeting_on="2026-11-24", **chosen)
    _send(client, grades, meeting_on="2026-11-24", minute="纪要11号", **chosen)
    assert "decided: Qualified" in _page(client, grades)
    assert assessment.grades.current(people["secretary"], scene.period_id) is None
    change = {f"grade-{member}": "excellent", f"seen-{member}": "1"}
    assert "Say in a sentence" in _send(client, grades, 422, meeting_on="2026-11-24", minute="12号", **change)
    _send(client, grades, meeting_on="2026-11-24", minute="12号", reason="再议", **change)

    sign_in(client, people["committee"])
    page = _page(client, grades)
    assert "Secretary" in page and "王芳" not in page
    _send(
        client,
        grades,
        meeting_on="2026-11-24",
        minute="党委5号",
        **{f"grade-{people['secretary']}": "excellent"},
    )
    closing = _page(client, _at(scene, "/closing"))
    assert "The posting still hangs" in closing and "8 grades are not decided" in closing
    _send(client, _at(scene, "/closing"), 409)
    _send(client, _at(scene, "/closing"), reason="各支部已议定")
    _send(client, _at(scene, "/closing"), reason="各支部已议定")
    assert "Being closed: 0 of 13 members" in _page(client, _at(scene))
    db.session.rollback()
    assessing.go_on(AT, ZONE)
    closed = _page(client, _at(scene))
    assert "with 13 members" in closed and "各支部已议定" in closed

    scene.module(member, 3, DAY)
    scene.fold()
    sign_in(client, member)
    mine = _page(client, "/assessment/mine")
    assert "Nothing is posted" in mine and "Excellent" in mine and "12号" in mine
    assert points.total(member, points.period(scene.next_id)).adjustment == 300
    assert [entry.kind for entry in ledger.entries_after(member, 0)][-2:] == [
        "period-closed",
        "module-completed",
    ]
    _page(client, "/ledger/")


def test_a_posting_is_for_its_branch_and_its_days(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = scene.world
    scene.open()
    scene.post(days=3)
    sign_in(client, world.members[1][0])
    assert "王芳" not in _page(client, "/assessment/mine")
    seq = points.lines(world.members[0][0], scene.period)[0].seq
    form = f"/assessment/mine/{scene.period_id}/object"
    _send(client, form, 404, member=world.members[0][0], entry=str(seq), text="不对")
    sign_in(client, world.members[0][1])
    assert "王芳" in _page(client, "/assessment/mine")
    _send(client, form, 404, member=world.members[0][0], entry="0", text="他的总分不对")
    later = AT.replace(day=28)
    monkeypatch.setattr("learnapp.clock.now", lambda: later)
    over = _page(client, "/assessment/mine")
    assert "王芳" not in over and "Nothing is posted" in over
    assert "What is posted" not in _page(client, "/")
    sign_in(client, world.people["secretary"])
    sheet = _page(client, _at(scene, f"/branches/{world.branch[0]}/sheet"))
    assert "The posting is over" in sheet and "王芳" not in sheet


def test_what_hung_of_others_is_not_shown_once_it_is_over(
    scene: Scene, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the form of an objection nor in its answer; one's own words are not lost."""
    world = scene.world
    scene.open()
    scene.post(days=3)
    other = world.members[0][0]
    seq = points.lines(other, scene.period)[0].seq
    form = f"/assessment/mine/{scene.period_id}/object"
    sign_in(client, world.members[0][1])
    assert "王芳" in _page(client, f"{form}?member={other}&entry={seq}")
    monkeypatch.setattr("learnapp.clock.now", lambda: AT.replace(day=28))
    assert "王芳" not in _page(client, f"{form}?member={other}&entry={seq}", 409)
    assert "王芳" not in _send(client, form, 409, member=other, entry=str(seq), text="不对")
    assert "我的总分不对" in _send(client, form, 409, entry="0", text="我的总分不对")


def test_ids_of_elsewhere_are_refused(scene: Scene, client: FlaskClient) -> None:
    """Another branch's member, another unit's period, an objection under another member."""
    world, people = scene.world, scene.world.people
    scene.open()
    scene.post()
    member, foreign = world.members[0][0], world.members[2][0]
    raised = scene.object(member, "少了一次")
    with transaction():
        elsewhere = assessment.planning.plan(
            world.general[1],
            "外单位",
            starts_on=scene.starts_on,
            ends_on=scene.ends_on,
            rule_set=scene.period.rules.hash,
            title_en="Elsewhere",
            people="members",
            actor_id=scene.actor,
            at=AT,
        )
    branch = f"/branches/{world.branch[0]}"
    sign_in(client, people["secretary"])
    _send(client, f"/assessment/objections/{foreign}/{raised}", 404, outcome="upheld", reply="好")
    _send(client, f"/assessment/periods/{elsewhere}{branch}/grades", 404, meeting_on="2026-11-24", minute="1")
    for unit in (world.branch[1], world.branch[2]):
        _send(client, _at(scene, f"/branches/{unit}/grades"), 403, meeting_on="2026-11-24", minute="1")
        _page(client, _at(scene, f"/branches/{unit}/sheet"), 403)
    held = {"meeting_on": "2026-11-24", "minute": "1"}
    _send(client, _at(scene, f"{branch}/grades"), **{f"grade-{foreign}": "not"}, **held)
    assert assessment.grades.current(foreign, scene.period_id) is None
    sign_in(client, people["committee"])
    for rest in ("open", "posting", "closing", "amendment"):
        _send(client, f"/assessment/periods/{elsewhere}/{rest}", 403, days="3", reason="x", rule_set="x")
    _send(client, f"/assessment/units/{world.general[1]}/plan", 403, title="x")
    sign_in(client, world.members[0][1])
    _send(client, f"/assessment/objections/{member}/{raised}", 403, outcome="upheld", reply="好")
    _send(client, f"/assessment/mine/{elsewhere}/object", 404, member=foreign, entry="1", text="不对")


def test_both_postings_hang_on_one_page(scene: Scene, client: FlaskClient) -> None:
    """That of the members and that of the workers, one behind the other."""
    world = scene.world
    with transaction():
        rules = points.adopt(WORKERS, actor_id=scene.actor, at=AT)
        workers = assessment.planning.plan(
            world.general[0],
            "工作者考评",
            starts_on=scene.starts_on,
            ends_on=scene.ends_on,
            rule_set=rules,
            title_en="Workers",
            people="workers",
            actor_id=scene.actor,
            at=AT,
        )
        assessment.planning.open_(workers, actor_id=scene.actor, at=AT)
    scene.open()
    scene.post()
    with transaction():
        points.post_period(workers, until=scene.period.post_until, show_totals=False, at=AT)
    sign_in(client, world.members[0][0])
    page = _page(client, "/assessment/mine")
    assert page.index("Assessment, posted until") < page.index("Workers, posted until")
    assert "Party workers of your branch" in page and page.count("About you") == 1


def test_amending_shows_who_moves_and_tells_everyone(scene: Scene, client: FlaskClient) -> None:
    scene.open()
    with transaction():
        other = points.adopt(RULES.replace("worth = 3", "worth = 4"), actor_id=scene.actor, at=AT)
    before = scene.period.rules.hash
    sign_in(client, scene.world.people["committee"])
    page = _page(client, _at(scene, f"/amendment?rule_set={other}"))
    assert "1 member would have another sum" in page and "+2: 1 member" in page
    _send(client, _at(scene, "/amendment"), 422, rule_set=other, before=before, reason="")
    _send(client, _at(scene, "/amendment"), rule_set=other, before=before, reason="更正笔误")
    _send(client, _at(scene, "/amendment"), rule_set=other, before=before, reason="更正笔误")
    assert "更正笔误" in _page(client, _at(scene))
    scene.fold()
    assessing.go_on(AT, ZONE)
    sign_in(client, scene.world.members[0][1])
    notices = _page(client, "/notices/")
    assert "The rules of points were amended" in notices and "更正笔误" in notices


def test_planning(scene: Scene, client: FlaskClient) -> None:
    sign_in(client, scene.world.people["committee"])
    plan = f"/assessment/units/{scene.world.general[0]}/plan"
    assert "frozen when the period opens" in _page(client, plan)
    rules = scene.period.rules.hash
    wanted = {"title": "2028", "starts_on": "2027-12-01", "ends_on": "2028-11-30", "rule_set": rules}
    _send(client, plan, 422, **{**wanted, "title": ""})
    _send(client, plan, 409, **{**wanted, "starts_on": "2027-11-30"})
    _send(client, plan, **wanted)
    _send(
        client,
        plan,
        **{**wanted, "starts_on": "2029-01-01", "ends_on": "2029-12-31", "rule_set": "municipal-2026"},
    )
    assert len(points.periods_for([scene.world.general[0]])) == 4


def test_pages_ask_as_much_of_many_as_of_few(scene: Scene, client: FlaskClient) -> None:
    """Forty more members with an act each: the same number of questions."""
    world = scene.world
    scene.open()
    scene.post()
    branch = world.branch[0]

    def asked() -> list[int]:
        counts = []
        for who, path in (
            ("secretary", _at(scene, f"/branches/{branch}")),
            ("secretary", _at(scene, f"/branches/{branch}/sheet")),
            ("secretary", _at(scene, f"/branches/{branch}/grades")),
            ("member", "/assessment/mine"),
            ("committee", _at(scene)),
        ):
            sign_in(client, world.people[who])
            with count_queries() as queries:
                _page(client, path)
            counts.append(len(queries))
        return counts

    few = asked()
    with transaction():
        db.session.execute(db.text("DELETE FROM posted_line"))
        db.session.execute(db.text("DELETE FROM posted_total"))
        db.session.execute(db.text("UPDATE period SET state = 'open' WHERE state = 'posted'"))
    for number in range(40):
        member = world.person(f"成员{number:02}", f"more{number}", branch, password=False)
        scene.act(member, "volunteering", DAY, proposer=member, confirmer=world.people["recorder"])
    scene.fold()
    scene.post()
    assert asked() == few
    assert max(few) <= 14, few
