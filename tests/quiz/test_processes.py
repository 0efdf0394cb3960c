"""Many people and many taps at once, against the server as it runs for them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from learnapp import ledger, quiz
from learnapp.db import transaction
from tests import world
from tests.conftest import AT, ZONE
from tests.postgres import Server
from tests.processes import Instance, Reply, Visitor
from tests.quiz.quizzes import publish

pytestmark = pytest.mark.process
TAPS = 50


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Instance, world.World]]:
    """The product on each engine, with two server processes."""
    folder: Path = tmp_path_factory.mktemp("processes")
    if request.param == "sqlite":
        made = Instance(folder)
    else:
        server: Server = request.getfixturevalue("postgres")
        owner = server.create("quiz_processes", owner=True)
        made = Instance(folder, server.url("quiz_processes"), owner=owner)

    def fill() -> world.World:
        built = world.build()
        publish(folder, attempts=2)
        with transaction():
            first = quiz.start(built.people["member"], "five-kinds", at=AT, zone=ZONE)
            quiz.submit(built.people["member"], first.attempt_id, at=AT)
        return built

    built = made.fill(fill)
    made.start()
    yield made, built
    made.stop()


Devices = Callable[[str, int], list[Visitor]]


@pytest.fixture
def devices(running: tuple[Instance, world.World]) -> Iterator[Devices]:
    """Makes so many devices of one member: signed in once, the session shared."""
    made: list[Visitor] = []

    def signed_in(name: str, count: int) -> list[Visitor]:
        first = Visitor(running[0].address)
        made.append(first)
        first.sign_in(name, world.PASSWORD)
        first.get("/quiz/five-kinds/")
        for _ in range(count - 1):
            other = Visitor(running[0].address)
            other.cookies, other.csrf = dict(first.cookies), first.csrf
            made.append(other)
        return made

    yield signed_in
    for one in made:
        one.close()


def at_once(work: list[Callable[[], Reply]]) -> list[Reply]:
    """Runs everything at the same moment and returns the replies."""
    gate, replies = threading.Barrier(len(work)), list[Reply]()

    def one(ask: Callable[[], Reply]) -> None:
        gate.wait(60)
        replies.append(ask())

    threads = [threading.Thread(target=one, args=(ask,)) for ask in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == len(work)
    return replies


def mine(instance: Instance, member: str) -> list[quiz.AttemptInfo]:
    """The member's attempts in the database."""
    return instance.fill(lambda: quiz.attempts(member, "five-kinds"))


def test_fifty_starts_of_the_last_attempt_make_one(
    running: tuple[Instance, world.World], devices: Devices
) -> None:
    instance, built = running
    everywhere = devices("m00", TAPS)
    replies = at_once([lambda device=device: device.post("/quiz/five-kinds/") for device in everywhere])  # type: ignore[misc]
    assert {reply.status for reply in replies} == {303}
    assert len({reply.location for reply in replies}) == 1
    assert [found.number for found in mine(instance, built.people["member"])] == [1, 2]
    assert everywhere[0].get(replies[0].location).status == 200


def test_starts_saves_and_hand_ins_at_once_end_in_one_result(
    running: tuple[Instance, world.World], devices: Devices
) -> None:
    """Every writer of an attempt takes its locks in one order: nothing waits in a circle, nothing is lost."""
    instance, built = running
    member, everywhere = built.people["mobile"], devices("m01", 24)
    path = everywhere[0].post("/quiz/five-kinds/").location
    page = everywhere[0].get(path).text
    token = re.findall(r'data-token="([0-9a-f]{64})"', page)[0]
    single = re.findall(r'data-question="(single-\d)"', page)[0]

    def save(device: Visitor, number: int) -> Reply:
        session = f"device{number:06d}"
        act: dict[str, Any] = {"session": session, "number": 1, "question": single, "answer": {"": ["b"]}}
        body = {"session": session, "acts": [{**act, "wall_ms": 1, "monotonic_ms": 1}]}
        return device.post_json(f"{path}acts", body, **{"X-Attempt-Token": token})

    work: list[Callable[[], Reply]] = []
    for number, device in enumerate(everywhere):
        if number % 6 == 5:
            work.append(lambda device=device: device.post(f"{path}submit"))  # type: ignore[misc]
        elif number % 6 == 4:
            work.append(lambda device=device: device.post("/quiz/five-kinds/"))  # type: ignore[misc]
        else:
            work.append(lambda device=device, number=number: save(device, number))  # type: ignore[misc]
    replies = at_once(work)
    assert {reply.status for reply in replies} <= {200, 303}
    told = [act[2] for reply in replies if reply.status == 200 for act in reply.json["acts"]]
    assert len(told) == 16 and set(told) <= {"saved", "ended"}
    attempts = mine(instance, member)
    first = attempts[0]
    taps = instance.fill(lambda: quiz.taps(member, first.id))
    assert len(taps) == 16 and sum(tap.accepted for tap in taps) == told.count("saved")
    assert (first.state, first.earned) == ("ended", 100 if "saved" in told else 0)
    entries = instance.fill(lambda: ledger.entries_after(member, 0))
    assert [entry.data["attempt"] for entry in entries].count(first.id) == 1
    assert instance.run("ledger", "verify").returncode == 0
