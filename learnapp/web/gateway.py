"""Between the server and the application: a request is handed to a thread once it has arrived whole.

A phone on a bad network may send half a form and fall silent. A WSGI server reads a form in the thread that
works on it, so twenty such phones stop a site of sixteen threads for as long as they stay silent. Here granian's
event loop waits for them, at most `PATIENCE` seconds each, and a few threads do the work of whoever is ready.

When a request was there is written down before it waits for a thread: a deadline is not missed in our own queue.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

import structlog

from learnapp import clock
from learnapp.web.doors import ARRIVED

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol as HTTPProtocol  # what granian.rsgi calls it, untyped
    from granian.rsgi import Scope

PATIENCE = 30.0
_TIDY = 0.02

_Headers = list[tuple[str, str]]
_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_Task = tuple["Scope", bytes, datetime, "HTTPProtocol", "asyncio.Future[None]"]
Rsgi = Callable[["Scope", "HTTPProtocol"], Awaitable[None]]

_COMMON: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}

_log = structlog.get_logger()


class TooLarge(Exception):
    """More was sent than may be sent."""


@lru_cache(maxsize=256)
def _variable(header: str) -> str:
    """The name of a header in a WSGI environment. One with an underscore would pass for another: no name."""
    if "_" in header:
        return ""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def environ(scope: Scope, body: bytes, arrived: datetime) -> dict[str, Any]:
    """The WSGI environment (PEP 3333) of a request whose body has been here since `arrived`."""
    host, _, port = scope.server.rpartition(":")
    made = {
        **_COMMON,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        ARRIVED: arrived,
    }
    for header, value in scope.headers.items():
        name = _variable(header)
        if name in made:
            made[name] += ("; " if name == "HTTP_COOKIE" else ",") + value
        elif name:
            made[name] = value
    if scope.authority and "HTTP_HOST" not in made:
        made["HTTP_HOST"] = scope.authority
    made["CONTENT_LENGTH"] = str(len(body))
    return made


async def read_body(scope: Scope, protocol: HTTPProtocol, limit: int) -> bytes:
    """All that is sent. Raises TooLarge beyond `limit` bytes, TimeoutError after `PATIENCE` seconds."""
    announced = scope.headers.get("content-length", "")
    async with asyncio.timeout(PATIENCE):
        if announced.isdecimal() and int(announced) <= limit:
            return await protocol()
        if announced:
            raise TooLarge
        body = bytearray()
        async for part in protocol:
            body += part
            if len(body) > limit:
                raise TooLarge
        return bytes(body)


def answer(wsgi: _Wsgi, scope: Scope, body: bytes, arrived: datetime) -> tuple[int, _Headers, bytes]:
    """Runs the application in this thread and gives back its whole answer."""
    head: list[tuple[int, _Headers]] = []

    def start(status: str, headers: _Headers, _error: object = None) -> None:
        head.append((int(status[:3]), headers))

    chunks = wsgi(environ(scope, body, arrived), start)
    try:
        content = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return *head[-1], content


class _Threads:
    """The threads that work, and the coroutines that have to stay until their request was answered.

    A thread sends its answer itself. Waking the event loop for every one of them would cost 0.1 ms a request;
    the coroutines of what was answered are ended together, every `_TIDY` seconds while there are any.
    """

    def __init__(self, wsgi: _Wsgi, count: int) -> None:
        self._wsgi = wsgi
        self._work: SimpleQueue[_Task] = SimpleQueue()
        self._answered: deque[asyncio.Future[None]] = deque()
        self._staying = 0
        for number in range(count):
            Thread(target=self._serve, name=f"request-{number}", daemon=True).start()

    async def answered(self, scope: Scope, body: bytes, protocol: HTTPProtocol) -> None:
        """Returns some time after the request was answered."""
        loop = asyncio.get_running_loop()
        if self._staying == 0:
            loop.call_later(_TIDY, self._tidy, loop)
        self._staying += 1
        stay: asyncio.Future[None] = loop.create_future()
        self._work.put((scope, body, clock.now(), protocol, stay))
        await stay

    def _tidy(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._answered:
            stay = self._answered.popleft()
            self._staying -= 1
            if not stay.done():
                stay.set_result(None)
        if self._staying:
            loop.call_later(_TIDY, self._tidy, loop)

    def _serve(self) -> None:
        while True:
            scope, body, arrived, protocol, stay = self._work.get()
            try:
                protocol.response_bytes(*answer(self._wsgi, scope, body, arrived))
            except Exception:
                _log.exception("the application failed outside its own error pages")
                protocol.response_empty(500, [])
            finally:
                self._answered.append(stay)


def rsgi(wsgi: _Wsgi, *, threads: int, limit: int) -> Rsgi:
    """The application as granian runs it: up to `threads` requests at once, bodies of up to `limit` bytes."""
    pool = _Threads(wsgi, threads)

    async def handle(scope: Scope, protocol: HTTPProtocol) -> None:
        body = b""
        if scope.method not in ("GET", "HEAD"):
            try:
                body = await read_body(scope, protocol, limit)
            except TooLarge:
                # One byte over the limit: the application says so in its own words.
                body = bytes(limit + 1)
            except TimeoutError:
                protocol.response_empty(408, [("Connection", "close")])
                return
        await pool.answered(scope, body, protocol)

    return handle


__all__ = ["PATIENCE", "Rsgi", "TooLarge", "answer", "environ", "read_body", "rsgi"]
