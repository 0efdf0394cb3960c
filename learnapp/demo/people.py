"""The demo's units, people and roles: one committee, 4 general branches, 24 branches, 400 people."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from learnapp import accounts, audit, branches
from learnapp.db import db, transaction
from learnapp.demo.names import names

SEED = 20260701
PEOPLE = 400
COMMITTEE = "青溪县直机关党委"
UNITS = {
    "党政综合党总支": "办公室 组织人事 宣传文化 政法 信访 档案",
    "农业农村党总支": "农技推广 水利 林业 石桥村 柳湾村 茶岭村",
    "教育卫生党总支": "第一中学 实验小学 幼教中心 县医院 中医院 疾控中心",
    "城乡社区党总支": "东街社区 西街社区 河滨社区 新城社区 物业行业 退休干部",
}
HOME = "东街社区党支部"
HOST = "石桥村党支部"

# sign-in → (role, unit of the role). The unit named "" is the committee.
SIGN_INS: dict[str, tuple[str, str] | None] = {
    "member": None,
    "mobile": None,
    "trainer": ("trainer", ""),
    "reviewer": ("reviewer", ""),
    "recorder": ("recorder", HOME),
    "secretary": ("secretary", HOME),
    "committee": ("committee", ""),
    "auditor": ("auditor", ""),
    "operator": ("operator", ""),
}
_POSTS = {"secretary": "secretary", "recorder": "committee-member"}
OPERATOR_ID = audit.INSTALLATION  # who records what the installation itself does


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, as planned; ids come from the services."""

    sign_in: str
    name: str
    unit: str
    member_class: str
    post: str | None
    joined: date
    exempt: bool = False


def units(at: datetime) -> dict[str, str]:
    """Founds the tree once; returns the ids by name."""
    known = _unit_ids()
    if COMMITTEE in known:
        return known
    with transaction():
        root = branches.found("committee", COMMITTEE, parent_id=None, at=at)
        for position, (general, below) in enumerate(UNITS.items()):
            parent = branches.found("general", general, parent_id=root, at=at, position=position)
            for place, name in enumerate(_branches(below)):
                branches.found("branch", name, parent_id=parent, at=at, position=place)
    return _unit_ids()


def _branches(short: str) -> list[str]:
    return [f"{name}党支部" for name in short.split()]


def _unit_ids() -> dict[str, str]:
    ids: dict[str, str] = {}
    waiting = branches.roots()
    while waiting:
        unit = waiting.pop()
        ids[unit.name] = unit.id
        waiting.extend(branches.children(unit.id))
    return ids


def planned(today: date, count: int = PEOPLE) -> list[Person]:
    """The same people for the same day: the nine sign-ins, a secretary of each branch, then everybody else."""
    draw = random.Random(SEED)  # noqa: S311 – people are invented, nothing is secret
    name = names(SEED)
    every = [unit for below in UNITS.values() for unit in _branches(below)]
    people: list[Person] = []
    for sign_in in SIGN_INS:
        member_class = "mobile" if sign_in == "mobile" else "full"
        people.append(
            Person(sign_in, next(name), HOME, member_class, _POSTS.get(sign_in), today - timedelta(days=900))
        )
    for unit in every:
        if unit != HOME:
            people.append(
                Person(
                    f"m{len(people):04d}", next(name), unit, "full", "secretary", today - timedelta(days=900)
                )
            )
    while len(people) < count:
        roll = draw.random()
        member_class = (
            "full"
            if roll < 0.84
            else "probationary"
            if roll < 0.9
            else "mobile"
            if roll < 0.95
            else "applicant"
        )
        newcomer = draw.random() < 0.02
        joined = today - timedelta(days=draw.randint(5, 20) if newcomer else draw.randint(200, 4000))
        unit = draw.choice(every)
        exempt = len(people) % 61 == 7
        people.append(Person(f"m{len(people):04d}", next(name), unit, member_class, None, joined, exempt))
    return people


def settle(
    people: list[Person], ids: dict[str, str], today: date, at: datetime, password: str
) -> dict[str, str]:
    """Makes the accounts that are missing, each with its branch, class, post and role; returns ids by sign-in."""
    rows = db.session.execute(select(accounts.Account.sign_in, accounts.Account.member_id))
    members = {row.sign_in: row.member_id for row in rows}
    for person in people:
        if person.sign_in not in members:
            with transaction():
                members[person.sign_in] = _settle_one(person, ids, today, at, password)
    return members


def _settle_one(person: Person, ids: dict[str, str], today: date, at: datetime, password: str) -> str:
    member_id = accounts.create(person.name, person.sign_in, at=at)
    branches.join(
        member_id,
        ids[person.unit],
        member_class=person.member_class,
        valid_from=person.joined,
        actor_id=OPERATOR_ID,
        at=at,
        post=person.post,
    )
    if person.sign_in in SIGN_INS:
        accounts.set_password(member_id, password)
        if role := SIGN_INS[person.sign_in]:
            unit = ids[role[1] or COMMITTEE]
            branches.grant(member_id, role[0], unit, valid_from=person.joined, actor_id=OPERATOR_ID, at=at)
    elif person.post == "secretary":
        branches.grant(
            member_id, "secretary", ids[person.unit], valid_from=person.joined, actor_id=OPERATOR_ID, at=at
        )
    if person.sign_in == "mobile":
        branches.join(
            member_id,
            ids[HOST],
            kind="host",
            member_class="mobile",
            valid_from=today - timedelta(days=240),
            actor_id=OPERATOR_ID,
            at=at,
        )
    elif person.exempt:
        branches.exempt(
            member_id,
            valid_from=today - timedelta(days=120),
            valid_to=today + timedelta(days=240),
            approved_by=OPERATOR_ID,
            at=at,
        )
    return member_id
