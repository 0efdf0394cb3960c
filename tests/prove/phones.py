"""A thousand phones in one cheap process: kept connections, raw requests, and what each phone was told.

The load shares the machine with the server that it loads, so it does as little as HTTP/1.1 with Content-Length
allows. A phone does what the page's own script does: an answer is posted at once as an act with the attempt's
token, the clock is asked every four seconds, and whoever hands in is led to the review.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, session

from benchmarks.visits import form_token, paper_of
from learnapp.web import sessions

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
POLL_SECONDS = 4.0
_HEAD_END = b"\r\n\r\n"
_PATIENCE = 60.0
_COOKIE = re.compile(rb"(?i)\r\nset-cookie: *(learnapp=[^;\r]+)")
_STATIC = re.compile(r'(?:src|href)="(/static/[^"#]+)')


def cookie_of(app: Flask, member_id: str) -> str:
    """A session of the member's own, as signing in begins it; a thousand passwords would be compared for a
    minute before."""
    with app.test_request_context():
        sessions.begin(member_id, 1)
        answer = Response()
        app.session_interface.save_session(app, session._get_current_object(), answer)  # type: ignore[attr-defined]
        return answer.headers["Set-Cookie"].partition(";")[0]


@dataclass
class Log:
    """What all phones were told: by kind of request when each was sent and how many seconds its answer took;
    and everything that went wrong, in words."""

    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def percentile(self, kind: str, share: int, since: float = 0.0) -> float:
        """The milliseconds that `share` percent of the requests of a kind sent since then did not exceed."""
        times = sorted(seconds for sent_at, seconds in self.taken.get(kind, ()) if sent_at >= since)
        if len(times) < 2:
            return times[0] * 1000 if times else 0.0
        return statistics.quantiles(times, n=100, method="inclusive")[share - 1] * 1000

    def line(self, kind: str, since: float = 0.0) -> str:
        """A kind of request as a line of figures."""
        times = [seconds for sent_at, seconds in self.taken.get(kind, ()) if sent_at >= since]
        if not times:
            return f"{kind:<22} none"
        p50, p95 = self.percentile(kind, 50, since), self.percentile(kind, 95, since)
        most = max(times) * 1000
        return f"{kind:<22}{len(times):>6}   p50 {p50:>5.0f} ms   p95 {p95:>5.0f} ms   most {most:>5.0f} ms"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, and when the request for it was written (seconds since 1970)."""

    status: int
    head: bytes
    raw: bytes
    sent_at: float

    @property
    def body(self) -> bytes:
        """The body as it was before it was compressed."""
        return gzip.decompress(self.raw) if b"content-encoding: gzip" in self.head.lower() else self.raw

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        found = re.search(rb"(?i)\r\nlocation: *([^\r]+)", self.head)
        return found[1].decode() if found else ""


class _Line(asyncio.Protocol):
    """One connection that is kept; one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = bytearray()
        self.answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # of a connection it is one

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(_HEAD_END)
        if end < 0 or self.answer is None:
            return
        head = bytes(self.buffer[:end])
        mark = head.lower().find(b"content-length:")
        length = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark > 0 else 0
        if len(self.buffer) < end + 4 + length:
            return
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        del self.buffer[: end + 4 + length]
        if not self.answer.done():
            self.answer.set_result((int(head[9:12]), head, body))


@dataclass
class Sent:
    """An act of this phone: when it was made and sent, and what the server said of it."""

    question: str
    answer: Mapping[str, Sequence[str]]
    made_at: float
    sent_at: float = 0.0
    code: str = ""


class Phone:
    """One member's phone with a session of its own."""

    def __init__(self, port: int, member: str, cookie: str, log: Log, seed: int) -> None:
        self.port, self.member, self.cookie, self.log = port, member, cookie, log
        self.random = random.Random(seed)
        self.label = f"p{seed:015d}"
        self.attempt = ""
        self.csrf = ""
        self.token = ""
        self.choices: list[tuple[str, dict[str, list[str]]]] = []
        self.acts: dict[int, Sent] = {}
        self.submitted_at = 0.0
        self.reviewed = False
        self._lines: list[_Line] = []
        self._watching = False
        self._opened = time.monotonic()

    async def ask(
        self,
        kind: str,
        path: str,
        body: bytes | None = None,
        *,
        type_: str = FORM,
        more: str = "",
        line: int = 0,
    ) -> Told:
        """One request on one of the phone's connections. A connection that the server had closed meanwhile is
        opened again, as browsers do. Raises ConnectionError and TimeoutError."""
        data = self._request(path, body, type_, more)
        for last in (False, True):
            kept = await self._line(line)
            kept.answer = asyncio.get_running_loop().create_future()
            sent_at, began = time.time(), time.perf_counter()
            assert kept.transport is not None
            kept.transport.write(data)
            try:
                status, head, raw = await asyncio.wait_for(kept.answer, _PATIENCE)
            except ConnectionError:
                if last:
                    raise
                continue
            self.log.taken.setdefault(kind, []).append((sent_at, time.perf_counter() - began))
            if found := _COOKIE.search(head):
                self.cookie = found[1].decode()
            return Told(status, head, raw, sent_at)
        raise AssertionError("unreachable")

    async def _line(self, number: int) -> _Line:
        while len(self._lines) <= number:
            self._lines.append(_Line())
        if self._lines[number].transport is None:
            loop = asyncio.get_running_loop()
            _, made = await asyncio.wait_for(loop.create_connection(_Line, "127.0.0.1", self.port), _PATIENCE)
            self._lines[number] = made
        return self._lines[number]

    def _request(self, path: str, body: bytes | None, type_: str, more: str) -> bytes:
        lines = [
            f"{'GET' if body is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Accept-Encoding: gzip",
            "Accept-Language: zh-CN,zh;q=0.9",
            f"Accept: {'application/json' if type_ == JSON else 'text/html'}",
            f"Cookie: {self.cookie}",
        ]
        if body is not None:
            lines += [
                f"Origin: http://127.0.0.1:{self.port}",
                f"Content-Type: {type_}",
                f"Content-Length: {len(body)}",
            ]
        return ("\r\n".join(lines) + more + "\r\n\r\n").encode() + (body or b"")

    def close(self) -> None:
        """Closes every connection."""
        for line in self._lines:
            if line.transport is not None:
                line.transport.abort()

    # What a member does -------------------------------------------------------------------------------

    async def intro(self, slug: str) -> None:
        """Opens the page with the rules of the quiz."""
        told = await self.ask("rules of the quiz", f"/quiz/{slug}/")
        self.csrf = form_token(self._expect(told, 200).body.decode())

    async def start(self, slug: str, times: int = 1) -> None:
        """Presses the button that starts, so many times at once."""
        body = urlencode({"csrf_token": self.csrf}).encode()
        presses = [self.ask("start", f"/quiz/{slug}/", body, line=line) for line in range(times)]
        for told in await asyncio.gather(*presses):
            self.attempt = self._expect(told, 303).location.rstrip("/").rsplit("/", 1)[1]

    async def paper(self, connections: int = 0) -> None:
        """Opens the paper, and loads what belongs to the page over so many more connections."""
        told = await self.ask("paper", f"/quiz/attempts/{self.attempt}/")
        text = self._expect(told, 200).body.decode()
        self.token, self.choices = paper_of(text)
        self.csrf = form_token(text)
        files = sorted(set(_STATIC.findall(text)))
        await asyncio.gather(
            *(self._load(files[number::connections], number + 1) for number in range(connections))
        )

    async def _load(self, files: Sequence[str], line: int) -> None:
        for path in files:
            self._expect(await self.ask("static file", path, line=line), 200)

    async def save(self, made_at: float | None = None) -> None:
        """Answers a question at random and posts the act."""
        number = len(self.acts) + 1
        question, answer = self.random.choice(self.choices)
        given = self._another(answer)
        ms = int((time.monotonic() - self._opened) * 1000)
        act = {"session": self.label, "number": number, "question": question, "answer": given}
        body = {"session": self.label, "acts": [{**act, "wall_ms": ms, "monotonic_ms": ms}]}
        self.acts[number] = Sent(question, given, made_at or time.time())
        told = await self.ask(
            "save",
            f"/quiz/attempts/{self.attempt}/acts",
            json.dumps(body).encode(),
            type_=JSON,
            more=f"\r\nX-Attempt-Token: {self.token}\r\nSec-Fetch-Site: same-origin",
        )
        self.acts[number].sent_at = told.sent_at
        self.acts[number].code = str(json.loads(self._expect(told, 200).body)["acts"][0][2])

    def _another(self, answer: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Where something is typed, another number each time; else what can be chosen."""
        typed = {
            part: [str(self.random.randrange(100))] for part, values in answer.items() if values == ["3"]
        }
        return {part: typed.get(part, list(values)) for part, values in answer.items()}

    async def poll(self) -> dict[str, Any]:
        """Asks for the clock, as a running page does."""
        told = await self.ask("clock", f"/quiz/attempts/{self.attempt}/clock", type_=JSON, line=1)
        found: dict[str, Any] = json.loads(self._expect(told, 200).body)
        return found

    async def hand_in(self) -> None:
        """Hands in, and is led to the review."""
        body = urlencode({"csrf_token": self.csrf}).encode()
        told = await self.ask("hand in", f"/quiz/attempts/{self.attempt}/submit", body)
        self.submitted_at = told.sent_at
        review = self._expect(told, 303).location
        self.reviewed = self._expect(await self.ask("review", review), 200).status == 200

    async def answer_until(self, moment: float, pause: float) -> None:
        """Answers every `pause` seconds or so until this time of time.time(), and asks for the clock beside it."""
        self._watching = True
        asking = asyncio.create_task(self._watch())
        try:
            act = time.time() + self.random.uniform(0, pause)
            while act < moment:
                await asyncio.sleep(max(0.0, act - time.time()))
                await self.save(act)
                act = time.time() + self.random.uniform(0.5, 1.5) * pause
            await asyncio.sleep(max(0.0, moment - time.time()))
        finally:
            # Not only cancelled: a cancellation that comes together with an answer is lost (CPython #86296).
            self._watching = False
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _watch(self) -> None:
        """Asks for the clock every four seconds; what the server says of an act counts as well."""
        await asyncio.sleep(self.random.uniform(0, POLL_SECONDS))
        while self._watching:
            last = max((act.sent_at for act in self.acts.values() if act.code), default=0.0)
            if (left := last + POLL_SECONDS - time.time()) <= 0:
                await self.poll()
                left = POLL_SECONDS
            await asyncio.sleep(left)

    def _expect(self, told: Told, status: int) -> Told:
        if told.status != status:
            raise ValueError(f"{told.status} instead of {status}: {told.head[:60]!r} {told.body[:300]!r}")
        return told


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
