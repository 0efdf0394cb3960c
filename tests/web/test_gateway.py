"""The gateway between granian and the application: waits for bodies, hands whole requests to threads."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from learnapp.web import doors, gateway
from tests.conftest import AT
from tests.processes import Instance, Visitor

Result = TypeVar("Result")


def run(scene: Coroutine[Any, Any, Result]) -> Result:
    """Runs a scene on an event loop in a thread of its own: where a browser was started before, this thread has
    one that never stops."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, scene).result()


LIMIT = 100


class Phone:
    """The other side of one request: its scope, a body in parts, and what was answered."""

    def __init__(self, method: str = "POST", parts: tuple[bytes, ...] = (b"a=1",), **headers: str) -> None:
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        fields = SimpleNamespace(
            items=lambda: given, get=lambda name, default="": dict(given).get(name, default)
        )
        self.scope: Any = SimpleNamespace(
            method=method,
            path="/课/1",
            query_string="q=2",
            http_version="1.1",
            server="127.0.0.1:8000",
            client="[::1]:5000",
            scheme="http",
            authority=None,
            headers=fields,
        )
        self.parts = parts
        self.silent = False
        self.answered: tuple[int, list[tuple[str, str]], bytes] | None = None
        self.thread = ""

    async def __call__(self) -> bytes:
        if self.silent:
            await asyncio.sleep(60)
        return b"".join(self.parts)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.thread = threading.current_thread().name
        self.answered = (status, headers, body)

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answered = (status, headers, b"")


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Gives back what it was asked."""
    start("200 OK", [("Content-Type", "text/plain")])
    text = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].encode('latin-1').decode()} "
    return [text.encode(), environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


def ask(phone: Phone, wsgi: Any = echo) -> tuple[int, list[tuple[str, str]], bytes]:
    """One request through the gateway."""
    handle = gateway.rsgi(wsgi, threads=1, limit=LIMIT)
    run(cast(Any, handle(phone.scope, cast(Any, phone))))
    assert phone.answered is not None
    return phone.answered


def test_a_whole_request_is_answered_by_a_thread() -> None:
    phone = Phone(content_length="3")
    assert ask(phone) == (200, [("Content-Type", "text/plain")], "POST /课/1 a=1".encode())
    assert phone.thread == "request-0"


def test_a_body_without_length_is_put_together() -> None:
    assert ask(Phone(parts=(b"a", b"=", b"2")))[2].endswith(b"a=2")


@pytest.mark.parametrize("headers", [{"content_length": "101"}, {"content_length": "none"}, {}])
def test_too_much_reaches_the_application_as_too_much_and_no_more(headers: dict[str, str]) -> None:
    def size(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("413 Too Large", [])
        return [environ["CONTENT_LENGTH"].encode()]

    assert ask(Phone(parts=(b"x" * 60, b"y" * 60), **headers), size) == (413, [], b"101")


def test_who_falls_silent_is_told_so_and_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "PATIENCE", 0.01)
    phone = Phone(content_length="3")
    phone.silent = True
    assert ask(phone)[0] == 408


def test_silent_phones_do_not_keep_others_waiting() -> None:
    handle = gateway.rsgi(echo, threads=1, limit=LIMIT)
    silent = [Phone(content_length="3") for _ in range(20)]
    for phone in silent:
        phone.silent = True
    lively = Phone("GET")

    async def scene() -> None:
        waiting = [asyncio.ensure_future(cast(Any, handle(one.scope, cast(Any, one)))) for one in silent]
        await asyncio.wait_for(cast(Any, handle(lively.scope, cast(Any, lively))), 5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    run(scene())
    assert lively.answered is not None and lively.answered[0] == 200
    assert [phone.answered for phone in silent] == [None] * 20


def test_an_application_that_breaks_is_answered_and_the_thread_goes_on() -> None:
    def broken(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["QUERY_STRING"] == "break":
            raise RuntimeError("outside the error pages")
        return echo(environ, start)

    handle = gateway.rsgi(broken, threads=1, limit=LIMIT)
    first, second = Phone("GET"), Phone("GET")
    first.scope.query_string = "break"

    async def scene() -> None:
        for phone in (first, second):
            await cast(Any, handle(phone.scope, cast(Any, phone)))

    run(scene())
    assert first.answered == (500, [], b"")
    assert second.answered is not None and second.answered[0] == 200


def test_the_answer_is_closed_even_when_it_breaks() -> None:
    closed = []

    class Breaking:
        def __iter__(self) -> Any:
            raise RuntimeError("half way")

        def close(self) -> None:
            closed.append(True)

    def wsgi(_environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        start("200 OK", [])
        return Breaking()

    assert ask(Phone("GET"), wsgi)[0] == 500
    assert closed == [True]


def test_headers_become_variables_and_none_passes_for_another() -> None:
    phone = Phone(host="learn.example", cookie="a=1", accept_language="zh")
    phone.scope.headers.items().extend([("cookie", "b=2"), ("x_forwarded_for", "1.2.3.4")])
    made = gateway.environ(phone.scope, b"ab", AT)
    assert made["HTTP_HOST"] == "learn.example"
    assert made["HTTP_COOKIE"] == "a=1; b=2"
    assert made["HTTP_ACCEPT_LANGUAGE"] == "zh"
    assert "HTTP_X_FORWARDED_FOR" not in made
    assert (made["REMOTE_ADDR"], made["SERVER_NAME"], made["SERVER_PORT"]) == ("::1", "127.0.0.1", "8000")
    assert made["CONTENT_LENGTH"] == "2"


def test_a_request_is_as_old_as_its_arrival_and_not_as_its_turn(site: Flask) -> None:
    """One thread, kept busy by the first: what waited behind it was there in time."""
    seen: list[tuple[datetime, datetime]] = []

    def slow(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with site.app_context(), site.request_context(environ):
            seen.append((doors.now(), doors.instant()))
        time.sleep(0.2)
        return echo(environ, start)

    handle = gateway.rsgi(slow, threads=1, limit=LIMIT)
    phones = [Phone("GET"), Phone(content_length="3")]

    async def scene() -> None:
        await asyncio.gather(*(cast(Any, handle(one.scope, cast(Any, one))) for one in phones))

    run(scene())
    (first, _), (second, turn) = seen
    assert second - first < timedelta(seconds=0.1) < timedelta(seconds=0.15) < turn - second


@pytest.mark.process
def test_half_sent_forms_and_silent_phones_do_not_stop_the_site(tmp_path: Path) -> None:
    """Of the first there are more than threads, of the others more than a server of two workers holds by granian's
    own settings. Addresses in Chinese arrive as they were typed."""
    half = b"POST /accounts/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nname=a"
    instance = Instance(tmp_path)
    instance.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2000)), hard))
    try:
        with ExitStack() as stack:
            for _ in range(1200):
                stack.enter_context(socket.create_connection(("127.0.0.1", instance.port), 5))
            for _ in range(20):
                phone = stack.enter_context(socket.create_connection(("127.0.0.1", instance.port), 5))
                phone.sendall(half)
            time.sleep(0.3)
            visitor = stack.enter_context(closing(Visitor(instance.address, timeout=5)))
            assert visitor.get("/accounts/sign-in").status == 200
            reply = visitor.get("/study/%E8%AF%BE/?a=1")
            assert reply.status == 302
            target = {name.lower(): value for name, value in reply.headers.items()}["location"]
            assert parse_qs(urlsplit(target).query)["next"] == ["/study/课/?a=1"]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        instance.stop()
