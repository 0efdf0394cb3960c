"""A small committee with people of every role, built by the product's own services.

    committee                       operator, auditor, committee, reviewer, trainer hold their roles
    ├── general[0]                  on general[0], so that general[1] is foreign to them
    │   ├── branch[0]               recorder and secretary hold their roles here
    │   └── branch[1]               home of trainer, reviewer, committee, auditor, operator
    └── general[1]
        ├── branch[2]
        └── branch[3]

Every branch has three members without any role: `world.members[n]`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy import update

from learnapp import accounts, branches
from learnapp.db import db, transaction

PASSWORD = "结绳记事 2026"
SINCE = date(2020, 1, 1)
_AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
_NAMES = (
    "王芳",
    "李建国",
    "欧阳丽华",
    "张伟",
    "刘洋",
    "陈静",
    "杨帆",
    "赵敏",
    "黄磊",
    "周婷",
    "吴刚",
    "徐丽",
)

# role: (home branch, where the role is held)
_ROLES = {
    "recorder": ("branch", 0, "branch", 0),
    "secretary": ("branch", 0, "branch", 0),
    "trainer": ("branch", 1, "general", 0),
    "reviewer": ("branch", 1, "general", 0),
    "committee": ("branch", 1, "general", 0),
    "auditor": ("branch", 1, "general", 0),
    "operator": ("branch", 1, "general", 0),
}


@dataclass
class World:
    """Ids of everything. `people` has one person per role, and `member` and `mobile` of branch[0]."""

    committee: str = ""
    general: list[str] = field(default_factory=list)
    branch: list[str] = field(default_factory=list)
    members: list[list[str]] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    at: datetime = _AT
    _hash: str = ""

    def person(
        self,
        name: str,
        sign_in: str,
        branch_id: str,
        *,
        member_class: str = "full",
        post: str | None = None,
        password: bool = True,
    ) -> str:
        """One more person at home in a branch since 2020, who can sign in with `PASSWORD`."""
        with transaction():
            member_id = accounts.create(name, sign_in, at=self.at)
            branches.join(
                member_id,
                branch_id,
                member_class=member_class,
                post=post,
                valid_from=SINCE,
                actor_id=member_id,
                at=self.at,
            )
            if password:
                self._set_password(member_id)
        return member_id

    def grant(self, member_id: str, role: str, branch_id: str) -> str:
        """One more role, held since 2020."""
        with transaction():
            return branches.grant(
                member_id, role, branch_id, valid_from=SINCE, actor_id=member_id, at=self.at
            )

    def _set_password(self, member_id: str) -> None:
        """The first password is hashed, which takes its time; the others share that hash."""
        if self._hash:
            db.session.execute(
                update(accounts.Account)
                .where(accounts.Account.member_id == member_id)
                .values(password_hash=self._hash)
            )
            return
        accounts.set_password(member_id, PASSWORD)
        self._hash = db.session.get_one(accounts.Account, member_id).password_hash or ""


def build() -> World:
    """Builds the committee in the database of the present application context."""
    world = World()
    _units(world)
    for number, unit in enumerate(world.branch):
        world.members.append(
            [
                world.person(
                    _NAMES[number * 3 + place],
                    f"m{number}{place}",
                    unit,
                    member_class="mobile" if (number, place) == (0, 1) else "full",
                )
                for place in range(3)
            ]
        )
    world.people = {"member": world.members[0][0], "mobile": world.members[0][1]}
    for role, (home, number, kind, place) in _ROLES.items():
        post = "secretary" if role == "secretary" else None
        world.people[role] = world.person(f"{role.title()}", role, getattr(world, home)[number], post=post)
        world.grant(world.people[role], role, getattr(world, kind)[place])
    return world


def _units(world: World) -> None:
    with transaction():
        world.committee = branches.found("committee", "城东街道党工委", parent_id=None, at=world.at)
        for number, name in enumerate(("社区党总支", "企业党总支")):
            general = branches.found("general", name, parent_id=world.committee, at=world.at, position=number)
            world.general.append(general)
            for place in range(2):
                title = f"{name[:2]}第{'一二'[place]}党支部"
                world.branch.append(
                    branches.found("branch", title, parent_id=general, at=world.at, position=place)
                )


def sign_in(client: FlaskClient, member_id: str, password: str = PASSWORD) -> None:
    """Signs a person in as a browser does: by posting the form. A session before is ended first."""
    client.delete_cookie("learnapp")
    name = accounts.profile(member_id).sign_in
    answer = client.post("/accounts/sign-in", data={"name": name, "password": password})
    assert answer.status_code == 303, answer.get_data(as_text=True)
