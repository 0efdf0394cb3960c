"""Kills the whole process group of the server at random moments while members answer a quiz.

    python -m tests.prove.kill_quiz --rounds 200 --seed 1 [--database-url URL]

Outside clients answer over HTTP and remember what was acknowledged: starts, acts, hand-ins. After every kill
the database is compared with their memory and the ledger is verified; then the server starts again and the
clients send what was not acknowledged once more, as a phone does. Prints its figures; ends with 1 if anything
that was acknowledged is missing.

A kill cannot show a missing fsync, since the system still holds what was written: see `fsync_trace`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from learnapp import ledger, questions, quiz
from learnapp.db import db
from learnapp.quiz.rules import acts_digest, canonical
from tests import world
from tests.processes import Instance, Reply, Visitor
from tests.quiz.quizzes import publish

QUIZ = "five-kinds"
ACTS = 12
LONGEST_SECONDS = 0.6


@dataclass
class Memory:
    """What one client was told, by attempt: acts as (session, number) -> (question, answer), and hand-ins."""

    attempts: dict[str, dict[tuple[str, int], tuple[str, Any]]] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    again: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def acts(self) -> int:
        """How many acts were acknowledged."""
        return sum(len(acts) for acts in self.attempts.values())


class Client(threading.Thread):
    """A member who answers, hands in and starts again; when the line breaks, sends the same again."""

    def __init__(self, instance: Instance, member: str, name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.instance, self.member, self.sign_in = instance, member, name
        self.random = random.Random(seed)
        self.memory = Memory()
        self.up, self.done = threading.Event(), threading.Event()
        self.visitor = Visitor(instance.address, timeout=10)

    def run(self) -> None:
        self._until_told(self._enter)
        while not self.done.is_set():
            self._attempt()
        self.visitor.close()

    def _enter(self) -> Reply:
        self.visitor.sign_in(self.sign_in, world.PASSWORD)
        return self.visitor.get("/quiz/")

    def _attempt(self) -> None:
        started = self._until_told(lambda: self.visitor.get(f"/quiz/{QUIZ}/"), {200})
        started = started and self._until_told(lambda: self.visitor.post(f"/quiz/{QUIZ}/"), {303})
        page = started and self._until_told(lambda: self.visitor.get(started.location), {200, 303})
        if page is None or started is None or page.status != 200:
            return
        path = started.location
        acts = self.memory.attempts.setdefault(path.split("/")[3], {})
        token = re.findall(r'data-token="([0-9a-f]{64})"', page.text)[0]
        asked = re.findall(r'data-question="([^"]+)"', page.text)
        session = f"s{self.random.getrandbits(60):015x}"
        for number in range(1, ACTS + 1):
            self._act(path, token, session, len(acts) + number, self.random.choice(asked), acts)
        if self._until_told(lambda: self.visitor.post(f"{path}submit"), {303}):
            self.memory.handed_in.add(path.split("/")[3])

    def _act(
        self, path: str, token: str, session: str, number: int, question: str, acts: dict[Any, Any]
    ) -> None:
        value = f"{number}.{self.random.getrandbits(20)}" if question[0] in "nb" else self.random.choice("ab")
        answer = {"": [{"a": "true", "b": "false"}[value] if question[0] == "t" else value]}
        act = {"session": session, "number": number, "question": question, "answer": answer}
        body = {"session": session, "acts": [{**act, "wall_ms": number, "monotonic_ms": number}]}
        reply = self._until_told(
            lambda: self.visitor.post_json(f"{path}acts", body, **{"X-Attempt-Token": token}), {200}
        )
        if reply is not None and reply.json["acts"][0][2] == "saved":
            acts[session, number] = (question, answer)

    def _until_told(self, ask: Any, wanted: set[int] | None = None) -> Reply | None:
        """Asks until there is an answer, however often the server is killed; None when the proof is over."""
        first = True
        while not self.done.is_set():
            self.up.wait(1)
            try:
                reply: Reply = ask()
            except (OSError, AssertionError) as error:
                if isinstance(error, AssertionError):
                    self.memory.errors.append(str(error)[:200])
                self.visitor.close()
                time.sleep(0.01)
                self.memory.again += first
                first = False
                continue
            if wanted and reply.status not in wanted:
                self.memory.errors.append(f"status {reply.status}")
            return reply
        return None


@dataclass
class Figures:
    """What a run showed."""

    rounds: int
    starts: int
    acts: int
    handed_in: int
    again: int
    entries: int
    lost: list[str]
    errors: list[str]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing acknowledged is missing and no request failed in another way than by the kill."""
        return not self.lost and not self.errors

    def text(self) -> str:
        """The figures in lines."""
        return "\n".join(
            (
                f"kills of the whole process group   {self.rounds}",
                f"starts acknowledged                {self.starts}",
                f"acts acknowledged                  {self.acts}",
                f"hand-ins acknowledged              {self.handed_in}",
                f"requests sent again after a kill   {self.again}",
                f"ledger entries verified            {self.entries}",
                f"acknowledged and lost              {len(self.lost)} {self.lost[:3] or ''}",
                f"requests failed in another way     {len(self.errors)} {self.errors[:3] or ''}",
                f"seconds                            {self.seconds:.0f}",
            )
        )


def missing(member: str, memory: Memory) -> list[str]:
    """What this client was told and the database does not hold."""
    lost: list[str] = []
    known = {found.id: found for found in quiz.attempts(member, QUIZ)}
    for attempt, acts in list(memory.attempts.items()):
        if attempt not in known:
            lost.append(f"attempt {attempt}")
            continue
        lost += _missing_acts(quiz.attempt(member, attempt), dict(acts))
    entries = {entry.data["attempt"]: entry for entry in ledger.entries_after(member, 0)}
    for attempt in set(memory.handed_in):
        if attempt not in known or known[attempt].open or attempt not in entries:
            lost.append(f"hand-in {attempt}")
        elif entries[attempt].data["acts_digest"] != acts_digest(quiz.taps(member, attempt)):
            lost.append(f"digest {attempt}")
    return lost


def _missing_acts(found: quiz.Frozen, acts: dict[tuple[str, int], tuple[str, Any]]) -> list[str]:
    bank, orders = quiz.bank(found.quiz_version), {sheet.question: sheet.order for sheet in found.sheets}
    kept = {
        (tap.session, tap.number): (tap.question, tap.answer)
        for tap in quiz.taps(found.member_id, found.id)
        if tap.accepted
    }
    return [
        f"act {key} of {found.id}"
        for key, (question, answer) in acts.items()
        if kept.get(key) != (question, canonical(questions.read(bank[question], orders[question], answer)))
    ]


def prove(instance: Instance, rounds: int, seed: int, members: int = 8) -> Figures:
    """Runs the rounds on a fresh instance and returns the figures. The same seed kills after the same waits."""
    began, chance = time.monotonic(), random.Random(seed)

    def fill() -> list[tuple[str, str]]:
        built = world.build()
        publish(instance.folder, attempts=None, per_kind=2)
        names = [f"k{number:02d}" for number in range(members)]
        return [(built.person("试验员", name, built.branch[0]), name) for name in names]

    people = instance.fill(fill)
    clients = [Client(instance, member, name, seed + n) for n, (member, name) in enumerate(people)]
    lost: list[str] = []
    entries = 0
    with instance.inside():
        for number in range(rounds):
            instance.start()
            for client in clients:
                client.up.set()
                if number == 0:
                    client.start()
            time.sleep(chance.uniform(0.02, LONGEST_SECONDS) + (2 if number == 0 else 0))
            for client in clients:
                client.up.clear()
            instance.kill()
            db.session.rollback()
            lost += [text for client in clients for text in missing(client.member, client.memory)]
            report = ledger.verify()
            entries = report.entries
            lost += [] if report.ok else [str(report.fault)]
    for client in clients:
        client.done.set()
    for client in clients:
        client.join(15)
    memories = [client.memory for client in clients]
    return Figures(
        rounds=rounds,
        starts=sum(len(memory.attempts) for memory in memories),
        acts=sum(memory.acts for memory in memories),
        handed_in=sum(len(memory.handed_in) for memory in memories),
        again=sum(memory.again for memory in memories),
        entries=entries,
        lost=sorted(set(lost)),
        errors=[error for memory in memories for error in memory.errors],
        seconds=time.monotonic() - began,
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default=None, help="an empty database; SQLite without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-quiz-") as folder:
        instance = Instance(Path(folder), given.database_url)
        try:
            figures = prove(instance, given.rounds, given.seed)
            verified = instance.run("ledger", "verify", "--json")
        finally:
            instance.stop()
    print(figures.text())
    print(f"ledger verify                      {json.dumps(json.loads(verified.stdout))}")
    return 0 if figures.ok and verified.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
