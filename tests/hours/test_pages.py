"""The pages of study hours: the member's own, and the settings of a committee."""

from __future__ import annotations

from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from learnapp import clock, ledger, plans
from learnapp.audit.models import AuditEvent
from learnapp.db import db, transaction
from tests.conftest import AT, ZONE
from tests.hours.forms import fields
from tests.queries import count_queries
from tests.study.shelf import put
from tests.study.test_service import finish_first
from tests.world import World, sign_in

NEW_YEAR = date(2026, 1, 1)


def fill(page: TestResponse) -> dict[str, object]:
    """The fields of the page's form with their values, as a browser would send them."""
    return fields(page.get_data(as_text=True), "/change")


def today() -> date:
    return clock.local_date(clock.now(), ZONE)


def test_a_member_reads_how_hours_are_counted(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["secretary"])
    page = client.get("/hours/").get_data(as_text=True)
    assert "45" in page and "56" in page and "2019" in page


def test_committee_staff_adopts_rules_for_tomorrow(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["committee"])
    unit = world.general[0]
    page = client.get(f"/hours/rules/{unit}/change?from=hours-30")
    assert page.status_code == 200
    sent = fill(page)
    tomorrow = today() + timedelta(days=1)
    sent |= {"on": tomorrow.isoformat(), "online_percent": "30", "do": "look"}
    looked = client.post(f"/hours/rules/{unit}/change?from=hours-30", data=sent)
    assert looked.status_code == 200 and "30%" in looked.get_data(as_text=True)
    assert plans.decisions([unit]) == []
    db.session.rollback()
    answer = client.post(f"/hours/rules/{unit}/change?from=hours-30", data=sent | {"do": "adopt"})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    db.session.rollback()
    (decision,) = plans.decisions([unit])
    assert decision.rules is not None and decision.adopted_by == world.people["committee"]
    shipped = plans.shipped()["hours-30"]
    assert decision.rules.targets == shipped.targets
    assert decision.rules.hour.brackets == shipped.hour.brackets
    assert (decision.rules.hour.test_credit, decision.rules.online_counts_percent) == (50, 30)
    member = world.people["member"]
    assert plans.rules_of(member, today()) == plans.study_rules()
    assert plans.rules_of(member, tomorrow) == decision.rules
    assert plans.rules_of(world.members[2][0], tomorrow) == plans.study_rules()
    written = db.session.execute(
        select(AuditEvent.actor_id).where(AuditEvent.action == "study-rules-adopted")
    )
    assert list(written.scalars()) == [world.people["committee"]]
    page_after = client.get(f"/hours/rules/{unit}").get_data(as_text=True)
    assert "Committee" in page_after


def test_what_cannot_be_is_said_beside_the_field(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["committee"])
    unit = world.branch[0]
    sent = fill(client.get(f"/hours/rules/{unit}/change"))
    address = f"/hours/rules/{unit}/change"
    yesterday = (today() - timedelta(days=1)).isoformat()
    bad: tuple[dict[str, str], ...] = (
        {"on": yesterday},
        {"daily_ceiling": "25"},
        {"daily_ceiling": "a lot"},
        {"minutes_per_hour": "0"},
        {"test_credit": "0.125"},
        {"online_percent": "101"},
        {"brackets-0-minutes": "15"},
        {
            "brackets-0-minutes": "30",
            "brackets-0-hours": "0.5",
            "brackets-1-minutes": "15",
            "brackets-1-hours": "1",
        },
        {"targets-1-source": " "},
        {"targets-1-hours": "0"},
        {"targets-1-years": "5"},
    )
    for change in bad:
        answer = client.post(address, data=sent | change | {"do": "adopt"})
        assert answer.status_code == 422, change
        assert 'class="error"' in answer.get_data(as_text=True), change
    assert plans.decisions([unit]) == []


def test_a_target_is_dropped_and_one_is_added(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["committee"])
    unit = world.branch[0]
    sent = fill(client.get(f"/hours/rules/{unit}/change"))
    last = len(plans.study_rules().targets)
    own = {"hours": "40", "measure": "organised", "source": "本单位规定"}
    sent |= {f"targets-{last}-{name}": value for name, value in own.items()}
    sent |= {"targets-0-free": [], "targets-1-hours": "", "targets-2-hours": "", "do": "adopt"}
    assert client.post(f"/hours/rules/{unit}/change", data=sent).status_code == 303
    db.session.rollback()
    duty = plans.duty_of(world.people["member"], today())
    assert [(one.measure, one.hours, one.source_en) for one in duty.targets] == [
        ("organised", 4000, "本单位规定")
    ]


def test_going_by_the_unit_above_again(world: World, client: FlaskClient) -> None:
    with transaction():
        for unit, minutes in ((world.general[0], 60), (world.branch[0], 30)):
            text = plans.write_study_rules("own", plans.shipped()[f"hours-{minutes}"])
            plans.adopt(unit, text, on=today(), today=today(), actor_id=world.people["committee"], at=AT)
    member = world.people["member"]
    assert plans.rules_of(member, today()).hour.minutes_per_hour == 30
    sign_in(client, world.people["committee"])
    assert client.post(f"/hours/rules/{world.branch[0]}/follow").status_code == 303
    db.session.rollback()
    assert plans.rules_of(member, today()).hour.minutes_per_hour == 60
    assert len(plans.decisions([world.branch[0]])) == 2


def _sent(client: FlaskClient, path: str) -> list[str]:
    client.get(path)  # fills the caches of immutable texts
    db.session.rollback()
    with count_queries() as sent:
        assert client.get(path).status_code == 200
    db.session.rollback()
    return sent


def test_adopted_rules_cost_no_page_a_query(world: World, client: FlaskClient) -> None:
    put()
    sign_in(client, world.people["member"])
    paths = ("/", "/study/", "/study/doors/", "/study/doors/before/")
    before = {path: len(_sent(client, path)) for path in paths}
    adopted(world.general[0], 60)
    after = {path: len(_sent(client, path)) for path in paths}
    assert after == before
    assert after["/study/doors/before/"] <= 2


def test_completing_asks_as_often_under_adopted_rules(world: World, client: FlaskClient) -> None:
    put()
    counts = []
    for number, name in enumerate(("recorder", "member", "mobile")):
        member = world.people[name]
        if number == 2:
            adopted(world.general[0], 30)
            plans.rules_of(member, AT.date())
        with count_queries() as sent:
            finish_first(member)
        counts.append(len(sent))
        (done,) = (one for one in ledger.entries_after(member, 0) if one.kind == "module-completed")
        assert done.data["hour_rule"].startswith("own@" if number == 2 else "hours-45@")
    assert counts[2] == counts[1], counts  # the first one filled the cache of immutable texts


def adopted(unit: str, minutes: int) -> None:
    """The unit adopted an example when the year began."""
    text = plans.write_study_rules("own", plans.shipped()[f"hours-{minutes}"])
    with transaction():
        plans.adopt(unit, text, on=NEW_YEAR, today=NEW_YEAR, actor_id="9" * 32, at=AT)
