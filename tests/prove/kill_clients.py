"""Outside clients of the killing proof: members who answer, and somebody who runs the quiz. Each remembers what
it was told, and sends what was not acknowledged once more, as a phone does."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import world
from tests.processes import Instance, Reply, Visitor

QUIZ, PARTS = "five-kinds", "two-parts"
COUNTING = ("saved", "late-accepted")
KEPT = ("late", "late-waiting", "ended", "locked")
ACTS = 8


@dataclass(frozen=True)
class Acknowledged:
    """What the server said of an act."""

    question: str
    answer: Any
    code: str


@dataclass
class Memory:
    """What one client was told: acts by attempt, session and number; hand-ins; measures by their reason.
    `touched` are the attempts of which something was heard since they were last compared."""

    acts: dict[str, dict[tuple[str, int], Acknowledged]] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    measures: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    again: int = 0
    errors: list[str] = field(default_factory=list)

    def count(self, *codes: str) -> int:
        """How many acts were answered so."""
        return sum(act.code in codes for acts in self.acts.values() for act in acts.values())


class Client(threading.Thread):
    """Somebody who is signed in. When the line breaks the same is sent again, until there is an answer."""

    def __init__(self, instance: Instance, member: str, name: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.instance, self.member, self.sign_in = instance, member, name
        self.random = random.Random(seed)
        self.memory = Memory()
        self.up, self.done = threading.Event(), threading.Event()
        self.visitor = Visitor(instance.address, timeout=10)

    def run(self) -> None:
        self.until_told(self._enter)
        while not self.done.is_set():
            self.turn()
        self.visitor.close()

    def _enter(self) -> Reply:
        self.visitor.sign_in(self.sign_in, world.PASSWORD)
        return self.visitor.get("/quiz/")

    def turn(self) -> None:
        """What is done again and again."""
        raise NotImplementedError

    def until_told(self, ask: Callable[[], Reply], wanted: set[int] | None = None) -> Reply | None:
        """Asks until there is an answer, however often a process is killed; None when the proof is over."""
        first = True
        while not self.done.is_set():
            self.up.wait(1)
            try:
                reply = ask()
            except (OSError, AssertionError) as error:
                if isinstance(error, AssertionError):
                    self.memory.errors.append(str(error)[:200])
                self.visitor.close()
                time.sleep(0.01)
                self.memory.again += first
                first = False
                continue
            if wanted and reply.status not in wanted:
                self.memory.errors.append(f"status {reply.status}: {reply.text[:100]}")
            return reply
        return None


class Member(Client):
    """Answers and hands in; and answers attempts that end soon, partly without a network."""

    def __init__(self, instance: Instance, member: str, name: str, seed: int) -> None:
        super().__init__(instance, member, name, seed)
        # Attempts that others began for this member: (id, when the clock ends it at the earliest).
        self.soon: deque[tuple[str, float]] = deque()
        # What waits for the network: (from when there is one, path, token, session, acts).
        self.held: list[tuple[float, str, str, str, list[dict[str, Any]]]] = []

    def turn(self) -> None:
        for one in [one for one in self.held if one[0] <= time.time()]:
            self.held.remove(one)
            self._send(*one[1:])
        attempt, ends = self.soon.popleft() if self.soon else ("", 0.0)
        if ends > time.time():
            self._short(attempt, ends)
        else:
            self._long()

    def _open(self, path: str) -> tuple[str, list[str]] | None:
        """The attempt's token and its questions; None for one that is over."""
        page = self.until_told(lambda: self.visitor.get(path), {200, 303})
        if page is None or page.status != 200:
            return None
        token = re.findall(r'data-token="([0-9a-f]{64})"', page.text)[0]
        return token, re.findall(r'data-question="([^"]+)"', page.text)

    def _long(self) -> None:
        started = self.until_told(lambda: self.visitor.get(f"/quiz/{QUIZ}/"), {200})
        started = started and self.until_told(lambda: self.visitor.post(f"/quiz/{QUIZ}/"), {303})
        if started is None or "/attempts/" not in started.location:
            return  # paused
        path, opened = started.location, self._open(started.location)
        if opened is None:
            return
        attempt, session = path.split("/")[3], self._label()
        self._heard(attempt)
        for number in range(1, ACTS + 1):
            self._send(path, opened[0], session, [self._act(session, number, opened[1], 0.0)])
        if self.until_told(lambda: self.visitor.post(f"{path}submit"), {303}):
            self.memory.handed_in.add(attempt)
            self._heard(attempt)

    def _short(self, attempt: str, ends: float) -> None:
        """Half of the answers are sent at once, the others when the network is back, as one message or as two, in
        time or seconds after the end; somewhere between, the second section is entered."""
        path, began = f"/quiz/attempts/{attempt}/", time.monotonic()
        opened = self._open(path)
        if opened is None:
            return
        session, held = self._label(), []
        self._heard(attempt)
        for number in range(1, ACTS + 1):
            asked = ["section:practice"] if number == ACTS // 2 else opened[1]
            act = self._act(session, number, asked, began)
            if number % 2 or self.random.random() < 0.3:
                self._send(path, opened[0], session, [act])
            else:
                held.append(act)
        back = ends + self.random.choice([self.random.uniform(-1, 0), self.random.uniform(5, 12)])
        middle = self.random.randrange(len(held) + 1)
        for some in (held[:middle], held[middle:]):
            if some:
                self.held.append((back, path, opened[0], session, some))

    def _label(self) -> str:
        return f"s{self.random.getrandbits(60):015x}"

    def _heard(self, attempt: str) -> None:
        self.memory.acts.setdefault(attempt, {})
        self.memory.touched.add(attempt)

    def _act(self, session: str, number: int, asked: list[str], began: float) -> dict[str, Any]:
        question = self.random.choice(asked)
        value = self.random.choice("ab")
        if question.startswith(("numeric", "blank")):
            value = f"{number}.{self.random.getrandbits(20)}"
        elif question.startswith("true"):
            value = {"a": "true", "b": "false"}[value]
        answer: Any = {} if question.startswith("section:") else {"": [value]}
        ms = int((time.monotonic() - began) * 1000) if began else number
        return {
            **{"session": session, "number": number, "question": question, "answer": answer},
            **{"wall_ms": ms, "monotonic_ms": ms},
        }

    def _send(self, path: str, token: str, session: str, acts: list[dict[str, Any]]) -> None:
        body = {"session": session, "acts": acts}
        reply = self.until_told(
            lambda: self.visitor.post_json(f"{path}acts", body, **{"X-Attempt-Token": token}), {200}
        )
        if reply is None or reply.status != 200:
            return
        attempt = path.split("/")[3]
        for act, told in zip(acts, reply.json["acts"], strict=True):
            if told[2] not in (*COUNTING, *KEPT):
                self.memory.errors.append(f"{told}")
            given = Acknowledged(act["question"], act["answer"], told[2])
            self.memory.acts[attempt][act["session"], act["number"]] = given
        self._heard(attempt)


class Conductor(Client):
    """Extends, pauses and lets go on, for everybody in a unit; each time with a reason of its own."""

    def __init__(self, instance: Instance, member: str, unit: str, seed: int) -> None:
        super().__init__(instance, member, "committee", seed)
        self.unit = unit
        self.given = 0
        self.paused: dict[str, bool] = {}

    def turn(self) -> None:
        slug = self.random.choice([QUIZ, PARTS, PARTS])
        path = f"/quiz/{slug}/conduct/{self.unit}"
        page = self.until_told(lambda: self.visitor.get(path), {200})
        if page is None or page.status != 200:
            return
        seen = re.findall(r'name="seen" value="(\d+)"', page.text)[0]
        paused = 'name="kind" value="resume"' in page.text
        kind = "resume" if paused else self.random.choice(["extend", "extend", "extend", "pause"])
        self.given += 1
        reason = "" if kind == "resume" else f"原因{self.given}"
        fields = {"kind": kind, "seen": seen, "minutes": "1" if kind == "extend" else "", "reason": reason}
        # 409: it was set the first time, and only the answer was lost.
        reply = self.until_told(lambda: self.visitor.post(path, fields), {303, 409})
        if reply is not None and reply.status == 303 and reason:
            self.memory.measures.add(reason)
        self.done.wait(0.2 if kind == "pause" else self.random.uniform(0.5, 2))
