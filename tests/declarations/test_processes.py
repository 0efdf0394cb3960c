"""Confirming a whole month against the server as it runs: killed in the middle, and pressed by two at once."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from learnapp import clock, declarations, ledger
from learnapp.db import db
from tests import world
from tests.conftest import ZONE
from tests.declarations import acting
from tests.declarations.office import open_year
from tests.postgres import Server
from tests.processes import Instance, Reply, Visitor

pytestmark = pytest.mark.process
PEOPLE = 45  # fewer than stand on one page


@pytest.fixture(params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Instance, world.World, list[str]]]:
    """The product on each engine, with sixty members whose acts of today wait for two secretaries."""
    if request.param == "sqlite":
        made = Instance(tmp_path)
    else:
        server: Server = request.getfixturevalue("postgres")
        name = f"acts_{abs(hash(request.node.nodeid)):x}"
        owner = server.create(name, owner=True)
        made = Instance(tmp_path, server.url(name), owner=owner)

    def fill() -> tuple[world.World, list[str]]:
        built, now = world.build(), clock.now()
        today = clock.local_date(now, ZONE)
        open_year(built, year=today.year)
        second = built.person("第二书记", "second", built.branch[0])
        built.grant(second, "secretary", built.branch[0])
        members = []
        for number in range(PEOPLE):
            one = built.person(f"党员{number:02}", f"x{number}", built.branch[0], password=False)
            acting.declare(one, on=today, today=today, at=now, text=f"{number}号做的事")
            members.append(one)
        return built, members

    built, members = made.fill(fill)
    made.start()
    yield made, built, members
    made.stop()


@dataclass(frozen=True)
class Desk:
    """Somebody before the screen of the month: its address, and what its one button sends."""

    visitor: Visitor
    address: str
    keys: list[str]
    month: str

    def press(self) -> Reply:
        """Confirms all that the screen showed."""
        return self.visitor.post(self.address, {"act": self.keys, "month": self.month})


def _desk(instance: Instance, built: world.World, name: str, visitors: ExitStack) -> Desk:
    """Signs somebody in and opens the screen."""
    visitor = visitors.enter_context(closing(Visitor(instance.address)))
    visitor.sign_in(name, world.PASSWORD)
    address = f"/declarations/waiting/{built.branch[0]}"
    shown = visitor.get(address)
    assert shown.status == 200, shown.text
    keys = re.findall(r'name="act" value="([^"]+)"', shown.text)
    (month,) = set(re.findall(r'name="month" value="([^"]+)"', shown.text)) or {""}
    return Desk(visitor, address, keys, month)


def _confirmed(members: list[str]) -> int:
    """How many are confirmed, each exactly once, with rows that follow from the entries and a whole ledger."""
    count = 0
    for member_id in members:
        kinds = [entry.kind for entry in ledger.entries_after(member_id, 0)]
        assert kinds in (["act-declared"], ["act-declared", "act-confirmed"])
        assert declarations.check(member_id) == []
        count += len(kinds) - 1
    assert ledger.verify().ok
    return count


@pytest.fixture
def visitors() -> Iterator[ExitStack]:
    """Gives the connections back."""
    with ExitStack() as stack:
        yield stack


def test_killed_in_the_middle_and_pressed_again(
    running: tuple[Instance, world.World, list[str]], visitors: ExitStack
) -> None:
    instance, built, members = running
    desk = _desk(instance, built, "secretary", visitors)
    assert len(desk.keys) == PEOPLE

    def press() -> None:
        with suppress(OSError):
            desk.press()

    pressing = threading.Thread(target=press)
    with instance.inside():
        pressing.start()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not _some(members):
            time.sleep(0.002)
        instance.kill()
        pressing.join(20)
        done = _confirmed(members)
    assert 0 < done < PEOPLE, done
    instance.start()
    again = _desk(instance, built, "secretary", visitors)
    assert len(again.keys) == PEOPLE - done
    assert again.press().status == 303
    with instance.inside():
        assert _confirmed(members) == PEOPLE


def _some(members: list[str]) -> bool:
    found = any(declarations.acts_of(one)[0].standing.state == "confirmed" for one in members)
    db.session.rollback()
    return found


def test_two_press_at_once_and_twice(
    running: tuple[Instance, world.World, list[str]], visitors: ExitStack
) -> None:
    instance, built, members = running
    desks = [_desk(instance, built, name, visitors) for name in ("secretary", "second", "secretary")]
    start = threading.Barrier(len(desks))
    replies: list[Reply] = []

    def press(desk: Desk) -> None:
        start.wait(10)
        replies.append(desk.press())

    threads = [threading.Thread(target=press, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [reply.status for reply in replies] == [303] * len(desks)
    with instance.inside():
        assert _confirmed(members) == PEOPLE
