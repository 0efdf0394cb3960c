"""Declaring, recording, deciding and signing on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from learnapp import audit, branches, declarations, follow, ledger
from learnapp.db import db, transaction
from learnapp.errors import Conflict, Forbidden, Invalid, NotFound
from tests.conftest import AT, ZONE
from tests.declarations import acting
from tests.queries import count_queries
from tests.world import World, build

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
def town(app: Flask) -> World:
    """A small committee on each engine."""
    return build()


def _kinds(member_id: str) -> list[str]:
    return [entry.kind for entry in ledger.entries_after(member_id, 0)]


def test_declared_and_confirmed_by_a_second_person(town: World) -> None:
    member, secretary = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member)
    assert acting.state(member, act_id) == "declared"
    seq = acting.confirm(member, act_id, secretary)
    info = declarations.act(member, act_id)
    assert (info.standing.state, info.standing.decided_by, info.text) == (
        "confirmed",
        secretary,
        "周末到社区清扫楼道",
    )
    assert info.branch_id == town.branch[0]
    event = ledger.entry(member, seq).event
    assert event == ledger.ActConfirmed("volunteering", act_id, "2026-11-24", "declared", 1, member)
    assert declarations.check(member) == []
    assert ledger.verify().ok
    (logged,) = (one for one in audit.events([member], limit=5) if one.action == "act-confirmed")
    assert (logged.actor_id, logged.subject) == (secretary, f"entry/{seq}")


def test_no_word_of_the_sentence_is_in_the_chain(town: World) -> None:
    member = town.people["member"]
    acting.declare(member, text="照顾住院的邻居")
    rows = db.session.execute(select(ledger.LedgerEntry.data)).scalars()
    assert not any("邻居" in data for data in rows)


def test_nobody_confirms_their_own(town: World) -> None:
    secretary, recorder, member = (town.people[who] for who in ("secretary", "recorder", "member"))
    own = acting.declare(secretary)
    with pytest.raises(Forbidden) as refused:
        acting.confirm(secretary, own, secretary)
    assert refused.value.code == "own-act"
    with pytest.raises(Forbidden) as refused:
        acting.decline(secretary, own, secretary)
    assert refused.value.code == "own-act"
    recorded = acting.record(member, recorder)
    with pytest.raises(Forbidden) as refused:
        acting.confirm(member, recorded, recorder)
    assert refused.value.code == "own-proposal"
    with pytest.raises(Forbidden):
        acting.record(recorder, recorder)
    with pytest.raises(Forbidden):
        acting.confirm(member, recorded, member)
    assert acting.state(member, recorded) == "recorded" and acting.state(secretary, own) == "declared"


def test_nobody_confirms_their_own_through_a_second_account(town: World) -> None:
    """Where two accounts were merged, the other one is the same person."""
    member, other = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member)
    with transaction():
        for one, two, side in ((member, other, "kept"), (other, member, "given-up")):
            event = ledger.Merged(merge="m1", side=side, other=two, seq=0, hash=ledger.GENESIS, note="")
            ledger.record(
                event,
                member_id=one,
                uid="merge/m1",
                occurred_at=AT,
                at=AT,
                recorder=town.people["operator"],
                source="merge",
            )
    with pytest.raises(Forbidden):
        acting.confirm(member, act_id, other)


def test_sending_twice_is_once(town: World) -> None:
    member = town.people["member"]
    uid = acting.fresh()
    first = acting.declare(member, uid=uid)
    assert acting.declare(member, uid=uid) == first
    assert _kinds(member) == ["act-declared"]
    with pytest.raises(Conflict) as other:
        acting.declare(member, uid=uid, text="别的事")
    assert other.value.code == "sent-before" and other.value.params["said"] == "周末到社区清扫楼道"
    acting.confirm(member, first, town.people["secretary"])
    assert acting.declare(member, uid=uid) == first
    assert len(declarations.acts_of(member)) == 1


def test_the_same_uid_of_two_people_is_two_acts(town: World) -> None:
    uid = acting.fresh()
    assert acting.declare(town.people["member"], uid=uid) != acting.declare(town.people["mobile"], uid=uid)


def test_deciding_twice_is_once_and_the_first_holds(town: World) -> None:
    member, secretary, recorder = (town.people[who] for who in ("member", "secretary", "recorder"))
    act_id = acting.declare(member)
    seq = acting.confirm(member, act_id, secretary)
    assert acting.confirm(member, act_id, secretary) == seq
    assert acting.confirm(member, act_id, recorder) == seq
    with pytest.raises(Conflict):
        acting.decline(member, act_id, recorder)
    with pytest.raises(Conflict):
        acting.withdraw(member, act_id)
    assert _kinds(member) == ["act-declared", "act-confirmed"]


def test_declined_with_reason_and_words_then_declared_again(town: World) -> None:
    member, secretary = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member, text="做了好事")
    seq = acting.decline(member, act_id, secretary, "too-short", "请写明在哪里做了什么")
    assert acting.decline(member, act_id, secretary, "too-short") == seq
    info = declarations.act(member, act_id)
    assert (info.standing.state, info.standing.reason, info.reply) == (
        "declined",
        "too-short",
        "请写明在哪里做了什么",
    )
    again = acting.declare(member, text="到社区食堂帮厨半天")
    assert again != act_id
    acting.confirm(member, again, secretary)
    with pytest.raises(Invalid):
        acting.decline(member, again, secretary, "bad-mood")
    assert declarations.check(member) == []


def test_taking_back_while_nobody_has_decided(town: World) -> None:
    member, secretary = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member, file=PNG)
    acting.withdraw(member, act_id)
    acting.withdraw(member, act_id)
    assert acting.state(member, act_id) == "withdrawn"
    with pytest.raises(NotFound):
        declarations.file_of(member, act_id)
    with pytest.raises(Conflict):
        acting.confirm(member, act_id, secretary)
    recorded = acting.record(member, town.people["recorder"])
    with pytest.raises(Forbidden):
        acting.withdraw(member, recorded)
    assert declarations.check(member) == []


def test_a_voided_confirmation_is_found_by_following(town: World) -> None:
    member, secretary = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member)
    seq = acting.confirm(member, act_id, secretary)
    with transaction():
        ledger.void(member, seq, reason="entered-in-error", actor_id=secretary, at=AT)
    assert declarations.check(member) == [act_id]
    with pytest.raises(Conflict):
        acting.confirm(member, act_id, secretary)
    with transaction():
        follow.member(member, at=AT, zone=ZONE)
    assert acting.state(member, act_id) == "voided"
    assert declarations.check(member) == []


def test_a_voided_refusal_lets_it_wait_again(town: World) -> None:
    member, secretary = town.people["member"], town.people["secretary"]
    act_id = acting.declare(member)
    seq = acting.decline(member, act_id, secretary)
    with transaction():
        ledger.void(member, seq, reason="entered-in-error", actor_id=secretary, at=AT)
        declarations.settle(member)
    assert acting.state(member, act_id) == "declared"
    second = acting.decline(member, act_id, secretary)
    assert second > seq
    with transaction():
        ledger.void(member, second, reason="entered-in-error", actor_id=secretary, at=AT)
    acting.confirm(member, act_id, secretary)
    assert acting.state(member, act_id) == "confirmed" and declarations.check(member) == []


@pytest.mark.parametrize(
    ("on", "act", "text", "code"),
    [
        (acting.TODAY + timedelta(days=1), "volunteering", "x", "future"),
        (acting.TODAY - timedelta(days=367), "volunteering", "x", "too-far-back"),
        (acting.TODAY, "login", "x", "no-such-act"),
        (acting.TODAY, "volunteering", "x" * 201, "too-long"),
    ],
)
def test_what_cannot_be_entered(town: World, on: date, act: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        acting.declare(town.people["member"], act, on=on, text=text)
    assert refused.value.code == code
    assert _kinds(town.people["member"]) == []


def test_files_are_looked_at_and_go_with_the_person(town: World) -> None:
    member = town.people["member"]
    act_id = acting.declare(member, file=PNG)
    assert declarations.file_of(member, act_id).media_type == "image/png"
    assert declarations.act(member, act_id).has_file
    pdf = acting.declare(member, file=b"%PDF-1.7\n")
    assert declarations.file_of(member, pdf).media_type == "application/pdf"
    for bad in (b"<svg onload='x'/>", b"MZ\x90\x00", b"PK\x03\x04"):
        with pytest.raises(Invalid):
            acting.declare(member, file=bad)
    with pytest.raises(Invalid):
        acting.declare(member, file=PNG + bytes(declarations.MOST_BYTES))
    with transaction():
        declarations.forget(member)
    for table in (declarations.ActFile, declarations.DeclaredAct):
        left = select(func.count()).select_from(table).where(table.member_id == member)
        assert db.session.execute(left).scalar_one() == 0
    assert ledger.verify().ok


def test_signing_once_again_only_when_something_changed(town: World) -> None:
    member = town.people["member"]

    def sign(digest: str) -> int:
        with transaction():
            return declarations.sign(member, period="p1", quarter="2026-Q3", digest=digest, at=AT)

    first = sign("a" * 64)
    assert sign("a" * 64) == first
    second = sign("b" * 64)
    assert second == first + 1
    assert sign("a" * 64) == second + 1
    assert declarations.signed(member)["p1", "2026-Q3"].digest == "a" * 64
    with pytest.raises(Invalid):
        sign("no digest")
    with pytest.raises(Invalid), transaction():
        declarations.sign(member, period="p1", quarter="2026-Q5", digest="a" * 64, at=AT)
    with transaction():
        ledger.void(member, second + 1, reason="entered-in-error", actor_id=member, at=AT)
        declarations.settle(member)
    assert declarations.signed(member)["p1", "2026-Q3"].digest == "b" * 64
    assert declarations.check(member) == []


def test_who_decides(town: World) -> None:
    """The secretary; the recorder for the secretary's own; the unit above where there is nobody else."""
    member, secretary, recorder = (town.people[who] for who in ("member", "secretary", "recorder"))
    cases = {
        acting.declare(member): (frozenset({secretary}), False),
        acting.record(member, recorder): (frozenset({secretary}), False),
        acting.record(member, secretary): (frozenset({recorder}), False),
    }
    about = {
        acting.declare(secretary): (frozenset({recorder}), False),
        acting.record(secretary, recorder): (frozenset(), True),
    }
    found = {one.info.standing.id: one for one in declarations.waiting_in([town.branch[0]], acting.TODAY)}
    for act_id, (people, above) in {**cases, **about}.items():
        assert (found[act_id].people, found[act_id].above) == (people, above)
    assert {act_id for act_id, one in found.items() if one.official} == {
        act_id for act_id, (people, _) in about.items() if people
    }


def test_a_branch_with_one_official(town: World) -> None:
    only = town.members[2][0]
    town.grant(only, "secretary", town.branch[2])
    other = town.members[2][1]
    mine, theirs, recorded = acting.declare(only), acting.declare(other), acting.record(other, only)
    found = {one.info.standing.id: one for one in declarations.waiting_in([town.branch[2]], acting.TODAY)}
    assert (found[theirs].people, found[theirs].above) == (frozenset({only}), False)
    assert (found[mine].people, found[mine].above) == (frozenset(), True)
    assert (found[recorded].people, found[recorded].above) == (frozenset(), True)


def test_rows_of_an_erased_person_do_not_come_back(town: World) -> None:
    member = town.people["member"]
    act_id = acting.declare(member)
    acting.confirm(member, act_id, town.people["secretary"])
    with transaction():
        declarations.forget(member)
        ledger.record(
            ledger.Erased(request="r1"),
            member_id=member,
            uid="erased/r1",
            occurred_at=AT,
            at=AT,
            recorder=town.people["operator"],
            source="persons",
        )
    with transaction():
        follow.fold(member, at=AT, zone=ZONE)
    assert declarations.acts_of(member) == [] and declarations.check(member) == []
    with pytest.raises(NotFound):
        acting.confirm(member, act_id, town.people["secretary"])


def test_what_comes_from_another_account_is_found_by_following(town: World) -> None:
    """As a merge records it: the same events in this stream, by whoever merged, under another source."""
    member, secretary = town.people["member"], town.people["secretary"]
    event = ledger.ActDeclared(act="lecture", act_id="e" * 32, on="2026-03-02", note="")
    with transaction():
        ledger.record(
            event,
            member_id=member,
            uid="merge/m1/4",
            occurred_at=AT,
            at=AT,
            recorder=town.people["operator"],
            source="merge",
        )
    with transaction():
        follow.member(member, at=AT, zone=ZONE)
    info = declarations.act(member, "e" * 32)
    assert (info.standing.state, info.standing.proposer) == ("declared", member)
    assert info.branch_id == town.branch[0]
    acting.confirm(member, "e" * 32, secretary)
    assert declarations.check(member) == []


def test_the_branch_of_a_group_decides_and_the_old_home_after_a_move(town: World) -> None:
    """Officials of a branch answer for its groups; an act stays with the branch in which it was entered."""
    with transaction():
        group = branches.found("group", "第一党小组", parent_id=town.branch[0], at=AT)
    member = town.person("孙丽", "sunli", group, password=False)
    acting.declare(member)
    (found,) = declarations.waiting_in([group], acting.TODAY)
    assert (found.people, found.above) == (frozenset({town.people["secretary"]}), False)
    move = update(branches.Membership).where(branches.Membership.member_id == member)
    with transaction():
        db.session.execute(move.values(branch_id=town.branch[2]))
        declarations.settle(member)
    assert [one.info.branch_id for one in declarations.waiting_in([group], acting.TODAY)] == [group]
    second = acting.declare(member, text="搬家以后")
    assert declarations.act(member, second).branch_id == town.branch[2]


def test_what_is_not_wanted_is_never_read_as_words(town: World) -> None:
    for number in range(7):
        acting.declare(town.people["member"], text=str(number))
    acting.declare(town.people["secretary"], text="书记的")
    with count_queries() as sent:
        found = declarations.waiting_in([town.branch[0]], acting.TODAY, lambda member, act, who: who.above)
    assert found == [] and not any("ledger_note" in one for one in sent)
    assert declarations.units_waiting(town.branch) == {town.branch[0]: 8}
