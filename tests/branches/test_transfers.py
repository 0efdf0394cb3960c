"""A home moves: asked for, received, confirmed, whoever presses twice or at once. Both engines."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from learnapp import audit, branches, coverage, follow, ledger, plans, points
from learnapp.branches.models import Membership, MembershipBefore
from learnapp.db import db, transaction
from learnapp.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from learnapp.web.branches import moving
from tests import acts, shelf
from tests.conftest import AT, ZONE
from tests.world import SINCE, World, build

TODAY = date(2026, 11, 24)
LATER = TODAY + timedelta(days=7)


@pytest.fixture
def built(app: Flask) -> World:
    """The small committee; branch[2] has a secretary too."""
    world = build()
    world.people["receiver"] = world.person("王海", "wang.hai", world.branch[2])
    world.grant(world.people["receiver"], "secretary", world.branch[2])
    return world


def _ask(world: World, member_id: str, on: date = LATER, to: int = 2, by: str = "secretary") -> str:
    with transaction():
        ledger.lock(member_id)
        return branches.ask_transfer(
            member_id, world.branch[to], on=on, actor_id=world.people[by], today=TODAY, at=AT
        )


def _receive(world: World, member_id: str, transfer_id: str, by: str = "receiver") -> bool:
    with transaction():
        return branches.receive_transfer(
            member_id, transfer_id, actor_id=world.people[by], today=TODAY, at=AT
        )


def _confirm(world: World, member_id: str, transfer_id: str, by: str = "secretary") -> bool:
    with transaction():
        return moving.confirm(member_id, transfer_id, actor_id=world.people[by], today=TODAY, at=AT)


def _moved(world: World, member_id: str, on: date) -> str:
    transfer_id = _ask(world, member_id, on)
    assert _receive(world, member_id, transfer_id)
    assert _confirm(world, member_id, transfer_id)
    return transfer_id


def _home(member_id: str, day: date) -> str | None:
    place = branches.place(member_id, day)
    return place.branch_id if place else None


def _state(member_id: str, transfer_id: str, day: date = TODAY) -> str:
    return branches.transfer(member_id, transfer_id, day).state


def test_the_whole_way_with_a_day_to_come(built: World) -> None:
    member_id = built.people["member"]
    with transaction():
        acts.course(member_id, "duties", AT)
    follow.sweep(AT, ZONE)
    transfer_id = _ask(built, member_id)
    assert _home(member_id, LATER) == built.branch[0], "asking changes nothing"
    _receive(built, member_id, transfer_id)
    assert _home(member_id, LATER) == built.branch[0], "nor does receiving"
    assert _confirm(built, member_id, transfer_id)
    assert [_home(member_id, LATER + timedelta(days=n)) for n in (-1, 0)] == [
        built.branch[0],
        built.branch[2],
    ]
    db.session.rollback()
    stream = ledger.entries_after(member_id, 0)
    assert [entry.kind for entry in stream] == ["course-completed", "moved"], "one stream"
    assert stream[1].data == {
        "transfer": transfer_id,
        "from_unit": built.branch[0],
        "to_unit": built.branch[2],
        "on": LATER.isoformat(),
    }
    assert ledger.verify().ok
    db.session.rollback()
    follow.sweep(AT, ZONE)
    assert member_id not in follow.behind(LATER - timedelta(days=1))
    assert follow.behind(LATER) == [member_id], "found on its day without anybody doing anything"
    place = branches.place(member_id, LATER)
    assert place is not None and place.joined_on == SINCE, "whoever moves is no newcomer"


def test_a_day_that_is_past_moves_since_then(built: World) -> None:
    member_id, past = built.members[0][1], TODAY - timedelta(days=100)
    with transaction():
        ledger.lock(member_id)
        branches.change(
            member_id,
            member_class="full",
            post=None,
            on=TODAY - timedelta(days=10),
            actor_id=built.people["secretary"],
            at=AT,
        )
    _moved(built, member_id, past)
    assert [(stay.branch_id, stay.member_class, stay.valid_from) for stay in branches.history(member_id)] == [
        (built.branch[0], "mobile", SINCE),
        (built.branch[2], "mobile", past),
        (built.branch[2], "full", TODAY - timedelta(days=10)),
    ]


def test_roles_and_post_of_the_old_branch_end_on_the_day(built: World) -> None:
    secretary = built.people["secretary"]
    built.grant(secretary, "reviewer", built.general[0])
    group = _group(built)
    built.grant(secretary, "recorder", group)
    told = branches.roles_left(secretary, built.branch[0], built.branch[2], LATER)
    transfer_id = _ask(built, secretary, by="secretary")
    _receive(built, secretary, transfer_id)
    _confirm(built, secretary, transfer_id, by="committee")
    ends = {(role.role, role.branch_id) for role in told}
    assert ends == {("secretary", built.branch[0]), ("recorder", group)}
    held = [
        {(role.role, role.branch_id) for role in branches.roles_of(secretary, LATER + timedelta(days=n))}
        for n in (-1, 0)
    ]
    assert held == [{*ends, ("reviewer", built.general[0])}, {("reviewer", built.general[0])}]
    stays = branches.history(secretary)
    assert [stay.post for stay in stays] == ["secretary", None]
    actions = [event.action for event in audit.events([secretary], limit=20)]
    assert actions.count("role-ended") == 2 and actions.count("transfer-confirmed") == 1


def _group(world: World) -> str:
    with transaction():
        return branches.found("group", "第一党小组", parent_id=world.branch[0], at=AT)


def test_roles_go_on_where_they_hold_for_the_new_home_too(built: World) -> None:
    """Into a group of the same branch: the branch's own roles stay."""
    secretary, group = built.people["secretary"], _group(built)
    assert branches.roles_left(secretary, built.branch[0], group, TODAY) == []
    assert {role.role for role in branches.roles_left(secretary, group, built.branch[1], TODAY)} == {
        "secretary"
    }


def test_a_role_that_ends_on_a_day_to_come_can_be_ended_now(built: World) -> None:
    secretary = built.people["secretary"]
    transfer_id = _ask(built, secretary)
    _receive(built, secretary, transfer_id)
    _confirm(built, secretary, transfer_id, by="committee")
    with transaction():
        assert branches.end_role(
            secretary,
            "secretary",
            built.branch[0],
            today=TODAY,
            actor_id=built.people["operator"],
            at=AT,
        )
    assert branches.roles_of(secretary, TODAY) == []


def test_a_second_one_is_refused_with_the_remedy_while_one_is_under_way(built: World) -> None:
    member_id = built.people["member"]
    transfer_id = _ask(built, member_id)
    assert _ask(built, member_id) == transfer_id, "the same once more is the same"
    with pytest.raises(Conflict, match="Confirm or withdraw"):
        _ask(built, member_id, to=1)
    with transaction():
        assert branches.withdraw_transfer(member_id, transfer_id, actor_id=member_id, today=TODAY, at=AT)
    assert _ask(built, member_id, to=1) != transfer_id
    other = built.people["mobile"]
    _moved(built, other, LATER)
    with pytest.raises(Conflict, match="ends on"):
        _ask(built, other, to=1)


def test_doing_a_step_twice_changes_nothing(built: World) -> None:
    member_id = built.people["member"]
    transfer_id = _moved(built, member_id, LATER)
    before = branches.history(member_id)
    assert not _confirm(built, member_id, transfer_id)
    with pytest.raises(Conflict, match="over"):
        _receive(built, member_id, transfer_id)
    assert branches.history(member_id) == before
    assert len(ledger.entries_after(member_id, 0)) == 1


def test_the_order_is_kept(built: World) -> None:
    member_id = built.people["member"]
    transfer_id = _ask(built, member_id)
    with pytest.raises(Conflict, match="not answered"):
        _confirm(built, member_id, transfer_id)
    assert _receive(built, member_id, transfer_id)
    assert not _receive(built, member_id, transfer_id)
    with transaction():
        assert branches.decline_transfer(
            member_id, transfer_id, actor_id=built.people["secretary"], today=TODAY, at=AT
        )
    with pytest.raises(Conflict, match="over"):
        _confirm(built, member_id, transfer_id)
    assert _home(member_id, LATER) == built.branch[0]
    assert ledger.entries_after(member_id, 0) == []


def test_nobody_decides_about_themselves(built: World) -> None:
    secretary = built.people["secretary"]
    transfer_id = _ask(built, secretary)
    with pytest.raises(Forbidden):
        _receive(built, secretary, transfer_id, by="secretary")
    _receive(built, secretary, transfer_id)
    with pytest.raises(Forbidden):
        _confirm(built, secretary, transfer_id)
    with pytest.raises(Forbidden), transaction():
        branches.change(secretary, member_class="full", post=None, on=TODAY, actor_id=secretary, at=AT)


def test_it_expires_by_itself_and_can_be_asked_for_anew(built: World) -> None:
    member_id = built.people["member"]
    transfer_id = _ask(built, member_id)
    end = branches.transfer(member_id, transfer_id, TODAY).expires_on
    assert _state(member_id, transfer_id, end - timedelta(days=1)) == "asked"
    assert _state(member_id, transfer_id, end) == "expired"
    assert branches.transfers_in(built.branch[2], end, running=True) == []
    with pytest.raises(Conflict, match="over"), transaction():
        branches.receive_transfer(member_id, transfer_id, actor_id=built.people["receiver"], today=end, at=AT)
    with transaction():
        again = branches.ask_transfer(
            member_id,
            built.branch[2],
            on=end,
            actor_id=built.people["secretary"],
            today=end,
            at=AT + (end - TODAY),
        )
    assert again != transfer_id and _state(member_id, transfer_id) == "expired"


@pytest.mark.parametrize(
    ("to", "on", "error"),
    [
        ("general", LATER, Invalid),
        ("home", LATER, Conflict),
        ("nowhere", LATER, NotFound),
        ("branch", SINCE, Invalid),
        ("branch", TODAY + timedelta(days=367), Invalid),
    ],
)
def test_what_cannot_be_asked_for(built: World, to: str, on: date, error: type[AppError]) -> None:
    units = {
        "general": built.general[1],
        "home": built.branch[0],
        "nowhere": "0" * 32,
        "branch": built.branch[2],
    }
    with pytest.raises(error), transaction():
        branches.ask_transfer(
            built.people["member"], units[to], on=on, actor_id=built.people["secretary"], today=TODAY, at=AT
        )
    assert branches.transfers_of(built.people["member"], TODAY) == []


def test_a_home_that_changed_meanwhile_is_not_moved(built: World) -> None:
    member_id = built.people["member"]
    transfer_id = _ask(built, member_id)
    _receive(built, member_id, transfer_id)
    with transaction():
        row = db.session.execute(select(Membership).where(Membership.member_id == member_id)).scalar_one()
        row.branch_id = built.branch[1]
    with pytest.raises(Conflict, match="changed since"):
        _confirm(built, member_id, transfer_id)


def test_what_was_known_before_is_kept_beside(built: World) -> None:
    member_id = built.people["member"]
    _moved(built, member_id, LATER)
    kept = db.session.execute(
        select(MembershipBefore).where(MembershipBefore.member_id == member_id)
    ).scalar_one()
    assert (kept.branch_id, kept.valid_from, kept.valid_to) == (built.branch[0], SINCE, None)
    assert (kept.replaced_by, kept.replaced_at) == (built.people["secretary"], AT)


def test_a_change_of_class_is_found_on_its_day_and_taken_back(built: World) -> None:
    member_id, secretary = built.people["member"], built.people["secretary"]
    follow.sweep(AT, ZONE)
    with transaction():
        moving.belong(
            member_id,
            lambda: branches.change(
                member_id,
                member_class="probationary",
                post="committee-member",
                on=LATER,
                actor_id=secretary,
                at=AT,
            ),
        )
    follow.sweep(AT, ZONE)
    assert follow.behind(LATER - timedelta(days=1)) == []
    assert follow.behind(LATER) == [member_id]
    assert [(s.member_class, s.post) for s in branches.history(member_id)] == [
        ("full", None),
        ("probationary", "committee-member"),
    ]
    with transaction():
        moving.belong(member_id, lambda: branches.take_back(member_id, on=LATER, actor_id=secretary, at=AT))
    assert [(s.member_class, s.valid_from, s.valid_to) for s in branches.history(member_id)] == [
        ("full", SINCE, None)
    ]
    assert follow.sweep(AT, ZONE) == 1 and follow.behind(LATER) == []
    actions = [event.action for event in audit.events([member_id], limit=9)]
    assert actions == ["class-change-undone", "class-changed"]


def test_a_guest_stays_at_home_and_is_one_units_guest_at_a_time(built: World) -> None:
    member_id, secretary = built.people["mobile"], built.people["secretary"]

    def host(unit: int, first: date, after: date | None) -> str:
        with transaction():
            return branches.host(
                member_id,
                built.branch[unit],
                valid_from=first,
                valid_to=after,
                actor_id=secretary,
                at=AT,
            )

    guest = host(3, TODAY, None)
    with pytest.raises(Conflict, match="End that first"):
        host(2, LATER, None)
    with pytest.raises(Invalid, match="home"):
        host(0, LATER, None)
    with pytest.raises(Invalid, match="before the first"):
        host(2, LATER, LATER)
    assert _home(member_id, LATER) == built.branch[0], "at home, and counted, in one place only"
    assert branches.counts([built.branch[3]], LATER) == {built.branch[3]: 3}
    assert [one.member_id for one in branches.guests_of(built.branch[3], TODAY)] == [member_id]
    with transaction():
        assert branches.end_host(member_id, guest, on=LATER, actor_id=secretary, at=AT)
    with transaction():
        assert not branches.end_host(member_id, guest, on=LATER, actor_id=secretary, at=AT)
    assert branches.guests_of(built.branch[3], LATER) == []
    wrong = host(2, LATER, None)
    with transaction():
        branches.end_host(member_id, wrong, on=LATER, actor_id=secretary, at=AT)
    assert [one.branch_id for one in branches.guests(member_id)] == [built.branch[3]], "that one never was"


def test_both_sides_and_two_tabs_at_once(app: Flask, built: World) -> None:
    """Six who confirm, withdraw and decline at the same moment: one of the ends, once, and whole."""
    member_id = built.people["member"]
    transfer_id = _ask(built, member_id)
    _receive(built, member_id, transfer_id)
    start, failures = threading.Barrier(6), []

    def act(number: int) -> None:
        with app.app_context():
            start.wait(20)
            try:
                with transaction():
                    if number < 4:
                        moving.confirm(
                            member_id, transfer_id, actor_id=built.people["secretary"], today=TODAY, at=AT
                        )
                    else:
                        ledger.lock(member_id)
                        verb = branches.withdraw_transfer if number == 4 else branches.decline_transfer
                        verb(member_id, transfer_id, actor_id=built.people["receiver"], today=TODAY, at=AT)
            except Conflict:
                pass
            except Exception as error:
                failures.append(error)
            db.session.remove()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    state = _state(member_id, transfer_id)
    moved = state == "confirmed"
    assert state in ("confirmed", "withdrawn", "declined")
    assert len(ledger.entries_after(member_id, 0)) == moved
    assert _home(member_id, LATER) == built.branch[2 if moved else 0]
    ends = select(func.count()).where(Membership.member_id == member_id)
    assert db.session.execute(ends).scalar_one() == 1 + moved


def test_six_who_ask_at_once_ask_once(app: Flask, built: World) -> None:
    member_id = built.people["member"]
    start, found, failures = threading.Barrier(6), [], []

    def act(number: int) -> None:
        with app.app_context():
            start.wait(20)
            try:
                found.append(_ask(built, member_id, to=1 + number % 2))
            except Conflict:
                pass
            except Exception as error:
                failures.append(error)
            db.session.remove()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(set(found)) == 1 and len(branches.transfers_of(member_id, TODAY)) == 1


@pytest.mark.parametrize("on", [LATER, TODAY - timedelta(days=7)])
def test_points_and_coverage_follow_the_home_by_date(built: World, on: date) -> None:
    """Both general branches have a plan and a period: what was done before the day stands in the old one's, what
    was done since in the new one's; the status row goes along on the day, with the entry that proves it."""
    member_id, everything = (
        built.people["member"],
        {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)},
    )
    periods = {}
    with transaction():
        for slug in ("duties", "visits"):
            shelf.put("course", slug, AT)
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=member_id, at=AT)
        for unit in built.general:
            periods[unit] = points.open_period(unit, "年度", title_en="", rule_set=rules, **everything)
            plans.assign(
                unit,
                "计划",
                [("course", "duties")],
                starts_on=everything["starts_on"],
                due_on=everything["ends_on"],
                actor_id=member_id,
                at=AT,
            )
    before, since = AT - timedelta(days=30), AT + (on - TODAY) + timedelta(days=1)
    for slug, when in (("duties", before), ("visits", since)):
        with transaction():
            acts.course(member_id, slug, when)
    follow.sweep(AT, ZONE)
    _moved(built, member_id, on)
    follow.sweep(AT + timedelta(days=8), ZONE)
    db.session.rollback()
    lines = [row for row in points.stored(member_id) if len(row) == 8]
    assert {(row[1], row[2]) for row in lines} == {
        (periods[built.general[0]], 1),
        (periods[built.general[1]], 2),
    }
    rows = coverage.known_rows(member_id)
    assert [(row.branch_id, row.state, row.entry_seq) for row in rows.values()] == [
        (built.branch[2], "done", 1)
    ]
