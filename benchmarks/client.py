"""Fifty browsers in one cheap process: keep-alive sockets driven by a selector, each following its script.

A script is a generator: it yields what to ask and is sent the answer. The parsing is as small as HTTP/1.1
with Content-Length allows, so that the load takes little of the machine that it measures.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

FORM = "application/x-www-form-urlencoded"
_HEAD_END = b"\r\n\r\n"
_CHUNK = 1 << 18
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `kind` is the row of the table it counts for; `expect` the status that is no error."""

    kind: str
    path: str
    body: bytes | None = None
    content_type: str = FORM
    expect: int = 200
    accept: str = "text/html"
    headers: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: its status, the raw head and the raw body."""

    status: int
    head: bytes
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        wanted = name.lower().encode() + b":"
        for line in self.head.split(b"\r\n")[1:]:
            if line[: len(wanted)].lower() == wanted:
                return line[len(wanted) :].strip().decode()
        return ""


Script = Generator[Ask, Answer, None]


@dataclass
class Tally:
    """What came of a phase: seconds per answered request by kind, and every error in words."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def requests(self) -> int:
        """How many requests were answered."""
        return sum(map(len, self.taken.values()))


class Browser:
    """One member's browser: a connection that stays open, and its cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.ask: Ask | None = None
        self.sent_at = 0.0
        self.script: Script | None = None

    def send(self, ask: Ask) -> None:
        """Writes the request."""
        lines = [
            f"{'GET' if ask.body is None else 'POST'} {ask.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Accept-Encoding: gzip",
            "Accept-Language: zh-CN,zh;q=0.9",
            f"Accept: {ask.accept}",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if ask.body is not None:
            lines += [
                f"Origin: http://127.0.0.1:{self.port}",
                f"Content-Type: {ask.content_type}",
                f"Content-Length: {len(ask.body)}",
            ]
        head = "\r\n".join(lines) + ask.headers + "\r\n\r\n"
        self.ask = ask
        self.sent_at = time.perf_counter()
        self.socket.sendall(head.encode() + (ask.body or b""))

    def receive(self) -> Answer | None:
        """Reads what came; the answer once it is whole. Raises ConnectionError when the server hangs up."""
        data = self.socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        end = self.buffer.find(_HEAD_END)
        if end < 0:
            return None
        head = bytes(self.buffer[:end])
        low = head.lower()
        mark = low.find(b"\r\ncontent-length:")
        if mark < 0:
            raise ConnectionError(f"an answer without a length: {head[:80]!r}")
        stop = low.find(b"\r\n", mark + 2)
        length = int(low[mark + 17 : stop if stop > 0 else None])
        whole = end + 4 + length
        if len(self.buffer) < whole:
            return None
        answer = Answer(int(head[9:12]), head, bytes(self.buffer[end + 4 : whole]))
        del self.buffer[:whole]
        if b"\r\nset-cookie:" in low:
            self._keep_cookies(head)
        return answer

    def _keep_cookies(self, head: bytes) -> None:
        for line in head.split(b"\r\n"):
            if line[:11].lower() == b"set-cookie:":
                name, _, value = line[11:].split(b";")[0].decode().strip().partition("=")
                self.cookies[name] = value

    def close(self) -> None:
        """Closes the connection."""
        self.socket.close()


def run(browsers: Sequence[Browser], scripts: Sequence[Script]) -> Tally:
    """Lets every browser follow its script at once; returns when all are done."""
    tally = Tally()
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for browser, script in zip(browsers, scripts, strict=True):
            browser.script = script
            selector.register(browser.socket, selectors.EVENT_READ, browser)
            _advance(browser, None, selector, tally)
        while selector.get_map():
            ready = selector.select(_PATIENCE)
            if not ready:
                tally.errors.append(f"no answer within {_PATIENCE:.0f} s")
                break
            for key, _ in ready:
                _read(key.data, selector, tally)
    tally.seconds = time.perf_counter() - started
    return tally


def _read(browser: Browser, selector: selectors.BaseSelector, tally: Tally) -> None:
    try:
        answer = browser.receive()
    except (OSError, ConnectionError) as error:
        tally.errors.append(f"{browser.ask}: {error}")
        selector.unregister(browser.socket)
        return
    if answer is None or browser.ask is None:
        return
    tally.taken.setdefault(browser.ask.kind, []).append(time.perf_counter() - browser.sent_at)
    if answer.status != browser.ask.expect:
        tally.errors.append(f"{browser.ask.path} answered {answer.status}: {answer.text[:300]!r}")
    _advance(browser, answer, selector, tally)


def _advance(browser: Browser, answer: Answer | None, selector: selectors.BaseSelector, tally: Tally) -> None:
    """Sends what the script asks next; a script that ends or stumbles leaves the run."""
    assert browser.script is not None
    try:
        browser.send(next(browser.script) if answer is None else browser.script.send(answer))
    except StopIteration:
        selector.unregister(browser.socket)
    except Exception as error:
        tally.errors.append(f"{type(error).__name__}: {error}")
        selector.unregister(browser.socket)
