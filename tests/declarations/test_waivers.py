"""Waivers, equivalences and corrections: what is refused, what repeating does, and what a reader makes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from learnapp import coverage, declarations, follow, hours, ledger, plans, points
from learnapp.db import new_id, transaction
from learnapp.declarations.vocabulary import REMEDIES, VOIDABLE
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from learnapp.ledger.events import KINDS
from tests import acts, shelf
from tests.world import World, build

ZONE = "Asia/Shanghai"
AT = datetime(2026, 6, 1, 4, tzinfo=UTC)
TODAY = date(2026, 6, 1)
COURSE, QUIZ = "course/duties", "quiz/duties-quiz"
RULE = plans.HourRule("test@1", 45, 25, 800)


@pytest.fixture
def town(app: Flask) -> World:
    """The small committee, with a course and a quiz due at the end of June."""
    world = build()
    with transaction():
        shelf.put("course", "duties", AT)
        shelf.put("quiz", "duties-quiz", AT)
        plans.assign(
            world.general[0],
            "六月",
            [("course", "duties"), ("quiz", "duties-quiz")],
            starts_on=date(2026, 5, 1),
            due_on=date(2026, 6, 30),
            actor_id=world.people["committee"],
            at=AT,
        )
    return world


def waive(world: World, member_id: str, **changes: object) -> int:
    values: dict[str, object] = {
        "basis": "seconded",
        "until": date(2026, 12, 31),
        "text": "借调到县里",
        "actor_id": world.people["secretary"],
        "at": AT,
        "zone": ZONE,
        "act": new_id(),
    } | changes
    with transaction():
        return declarations.waive(member_id, str(values.pop("thing", COURSE)), **values)  # type: ignore[arg-type]


def accept(world: World, member_id: str, **changes: object) -> int:
    values: dict[str, object] = {
        "basis": "party-school",
        "on": TODAY,
        "text": "",
        "actor_id": world.people["secretary"],
        "at": AT,
        "zone": ZONE,
        "act": new_id(),
        "rule": RULE,
    } | changes
    with transaction():
        thing = str(values.pop("thing", COURSE))
        return declarations.grant_equivalence(member_id, thing, **values)  # type: ignore[arg-type]


def correct(world: World, member_id: str, seq: int, **changes: object) -> tuple[ledger.Entry, ...]:
    values: dict[str, object] = {
        "reason": "entered-in-error",
        "text": "看错了名单",
        "actor_id": world.people["secretary"],
        "at": AT,
        "act": new_id(),
    } | changes
    with transaction():
        return declarations.correct(member_id, seq, **values)  # type: ignore[arg-type]


def states(member_id: str) -> dict[str, str]:
    """State by thing, after folding what is new."""
    with transaction():
        follow.member(member_id, at=AT, zone=ZONE)
    known = coverage.states(member_id)
    return {f"{item.kind}/{item.slug}": known.get(item.item_id, "none") for item in plans.everything()}


def agrees(member_id: str) -> bool:
    """Whether a recount finds what is stored about the member."""
    return not [one for one in coverage.check(TODAY) if one.place == member_id]


def test_a_waived_course_is_not_due_and_is_due_again_when_voided(town: World) -> None:
    me = town.people["member"]
    seq = waive(town, me)
    assert states(me) == {COURSE: "out", QUIZ: "open"}
    correct(town, me, seq)
    assert states(me) == {COURSE: "open", QUIZ: "open"}
    assert ledger.verify().ok


@pytest.mark.parametrize(("until", "state"), [("2026-06-29", "open"), ("2026-06-30", "out"), (None, "out")])
def test_a_waiver_frees_from_what_falls_due_up_to_its_last_day(
    town: World, until: str | None, state: str
) -> None:
    me = town.people["member"]
    waive(town, me, basis="post-changed", until=date.fromisoformat(until) if until else None)
    assert states(me)[COURSE] == state
    assert agrees(me)


def test_what_was_done_though_it_was_waived_is_done(town: World) -> None:
    me = town.people["member"]
    waive(town, me)
    with transaction():
        acts.course(me, "duties", AT)
    assert states(me)[COURSE] == "done"
    assert agrees(me)


def test_an_equivalence_is_done_and_pays_nothing(town: World) -> None:
    me = town.people["member"]
    with transaction():
        rules = points.adopt(points.shipped()["municipal-2026"], actor_id=me, at=AT)
        points.open_period(
            town.committee,
            "考评",
            title_en="Period",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
            rule_set=rules,
        )
    accept(town, me, minutes=360, mode="concentrated")
    waive(town, me, thing=QUIZ)
    assert states(me) == {COURSE: "done", QUIZ: "out"}
    (period,) = points.periods_for([town.committee])
    assert points.lines(me, period) == []


def test_hours_stay_within_each_day(town: World) -> None:
    me = town.people["member"]
    with transaction():
        acts.module(me, "visits", "a", AT, hours=600)
    seq = accept(town, me, minutes=3 * 8 * 45, days=3, mode="concentrated")
    event = ledger.entry(me, seq).event
    assert isinstance(event, ledger.EquivalenceGranted)
    assert event.hours == 800 + 800 + 200, "two whole days, and what the third one had left"
    assert (event.minutes, event.days, event.hour_rule) == (1080, 3, "test@1")
    found = hours.hours_of(ledger.entries_after(me, 0), {"test@1": RULE}, ZONE)
    assert found[seq] == event.hours


Deed = Callable[[World, str], object]


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda w, m: waive(w, m, actor_id=m), Forbidden),
        (lambda w, m: accept(w, m, actor_id=m), Forbidden),
        (lambda w, m: waive(w, m, thing="course/nothing"), NotFound),
        (lambda w, m: waive(w, m, thing="module/duties/a"), NotFound),
        (lambda w, m: waive(w, m, basis="ill"), Invalid),
        (lambda w, m: waive(w, m, until=None), Invalid),
        (lambda w, m: waive(w, m, until=TODAY - timedelta(days=400)), Invalid),
        (lambda w, m: waive(w, m, until=TODAY + timedelta(days=4000)), Invalid),
        (lambda w, m: waive(w, m, text="长" * 301), Invalid),
        (lambda w, m: accept(w, m, on=TODAY + timedelta(days=1)), Invalid),
        (lambda w, m: accept(w, m, basis="seconded"), Invalid),
        (lambda w, m: accept(w, m, minutes=90), Invalid),
        (lambda w, m: accept(w, m, minutes=90, mode="asleep"), Invalid),
        (lambda w, m: accept(w, m, minutes=90, mode="group", basis="qualification"), Invalid),
        (lambda w, m: accept(w, m, minutes=90, mode="group", days=61), Invalid),
        (lambda w, m: accept(w, m, minutes=-1, mode="group"), Invalid),
    ],
)
def test_what_is_refused(town: World, deed: Deed, error: type[Exception]) -> None:
    me = town.people["member"]
    with pytest.raises(error):
        deed(town, me)
    assert ledger.entries_after(me, 0) == []


def test_saying_it_twice(town: World) -> None:
    me = town.people["member"]
    act = new_id()
    assert waive(town, me, act=act) == waive(town, me, act=act) == 1
    with pytest.raises(Conflict, match="waived"):
        waive(town, me, until=date(2026, 12, 1))
    assert waive(town, me, until=date(2027, 12, 1)) == 2, "a longer one says something new"
    assert accept(town, me, act=act) == accept(town, me, act=act) == 3, "an equivalence has names of its own"
    with pytest.raises(Conflict, match="accepted"):
        accept(town, me)
    with pytest.raises(Conflict, match="accepted"):
        waive(town, me, until=date(2028, 12, 1))


def test_nothing_is_granted_for_what_is_done(town: World) -> None:
    me = town.people["member"]
    with transaction():
        acts.quiz(me, "duties-quiz", AT)
    with pytest.raises(Conflict, match="completed"):
        waive(town, me, thing=QUIZ)
    with pytest.raises(Conflict, match="completed"):
        accept(town, me, thing=QUIZ)


def test_a_lesson_takes_the_course_along_and_a_course_its_lessons(town: World) -> None:
    me = town.people["member"]
    with transaction():
        acts.begin(me, "duties", AT)
        first = acts.module(me, "duties", "a", AT)
        acts.module(me, "duties", "b", AT)
        whole = acts.course(me, "duties", AT)
        acts.module(me, "visits", "a", AT)
    act = new_id()
    assert [one.seq for one in correct(town, me, first, act=act)] == [first, whole]
    assert [one.seq for one in correct(town, me, first, act=act)] == [first, whole], "done once, said twice"
    assert ledger.stream(me).seq == 7
    with pytest.raises(Conflict, match="voided before"):
        correct(town, me, first)
    with pytest.raises(Conflict, match="another entry"):
        correct(town, me, 3, act=act)
    with transaction():
        again = acts.course(me, "duties", AT)
    assert [one.kind for one in correct(town, me, again)] == ["module-completed", "course-completed"]
    assert states(me)[COURSE] == "under", "it was begun"


@pytest.mark.parametrize("kind", sorted(REMEDIES))
def test_what_is_not_voided_by_hand_says_what_helps(kind: str) -> None:
    assert declarations.remedy(kind)


def test_every_kind_is_voidable_or_has_a_remedy() -> None:
    known = {*VOIDABLE, *REMEDIES}
    assert known == set(KINDS)


def test_no_word_is_about_health() -> None:
    for basis in (*declarations.WAIVER.values(), *declarations.EQUIVALENCE.values()):
        assert not {"ill", "sick", "health", "hospital", "medical", "pregnan"} & set(
            basis.words.lower().split()
        )


def test_a_reason_is_a_persons_own(town: World) -> None:
    me = town.people["member"]
    seq = waive(town, me)
    for reason in ("regraded", "unmerged", "", "because"):
        with pytest.raises(Invalid):
            correct(town, me, seq, reason=reason)
    with pytest.raises(Invalid, match="right instead"):
        correct(town, me, seq, reason="corrected")
    with pytest.raises(Forbidden):
        correct(town, me, seq, actor_id=me)
    with transaction():
        begun = acts.begin(me, "duties", AT)
    with pytest.raises(Conflict, match="lesson"):
        correct(town, me, begun)


def test_nobody_decides_about_themselves_by_another_account(town: World) -> None:
    """The secretary's second account was given up for the first, or the other way round: either is the secretary."""
    secretary, second, third = town.people["secretary"], town.members[0][2], town.members[1][0]
    _merged(secretary, second, "a" * 32)
    _merged(second, third, "b" * 32)
    assert declarations.accounts_of(third) == {secretary, second, third}
    for other in (second, third):
        with pytest.raises(Forbidden):
            waive(town, other)
        with pytest.raises(Forbidden):
            correct(town, other, 1)
    with transaction():
        for one, name in ((secretary, "a" * 32), (second, "a" * 32)):
            event = ledger.MergeUndone(merge=name, side="kept", note="")
            ledger.record(
                event,
                member_id=one,
                uid=f"undone/{name}",
                occurred_at=AT,
                at=AT,
                recorder=third,
                source="persons",
            )
    assert waive(town, second) > 0, "two people after all"


def _merged(one: str, other: str, name: str) -> None:
    with transaction():
        for member_id, side, twin in ((one, "kept", other), (other, "given-up", one)):
            event = ledger.Merged(merge=name, side=side, other=twin, seq=0, hash="0" * 64, note="")
            ledger.record(
                event,
                member_id=member_id,
                uid=f"merged/{name}",
                occurred_at=AT,
                at=AT,
                recorder="9" * 32,
                source="persons",
            )
