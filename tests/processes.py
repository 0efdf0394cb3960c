"""The product as it runs for people: its own server, in processes of its own that can be killed.

An `Instance` has a data folder and a process group; a `Visitor` speaks HTTP to it from outside.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import Flask

from learnapp.app import create_app
from learnapp.config import load
from tests import databases

Filled = TypeVar("Filled")
_PROGRAM = Path(sys.executable).with_name("learnapp")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Instance:
    """One instance on SQLite in `folder`, or on the database that `url` names; the tables are made here, by
    the role in `owner` where the application's own role does not own them."""

    def __init__(
        self, folder: Path, url: str | None = None, *, owner: str | None = None, workers: int = 2
    ) -> None:
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'learnapp.sqlite3'}"
        self.port = free_port()
        self.environment = {
            **os.environ,
            "LEARNAPP_ENV": "test",
            "LEARNAPP_SECRET_KEY": secrets.token_urlsafe(48),
            "LEARNAPP_DATA_DIR": str(folder),
            "LEARNAPP_DATABASE_URL": self.url,
            "LEARNAPP_WORKERS": str(workers),
            "LEARNAPP_SWEEP_SECONDS": "1",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        self._server: subprocess.Popen[bytes] | None = None
        if owner or url is None:
            databases.migrate(owner or self.url)
        else:
            made = self.run("db", "upgrade")
            assert made.returncode == 0, made.stderr

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the server was started and has not ended."""
        return self._server is not None and self._server.poll() is None

    @property
    def group(self) -> int:
        """The id of the server's process group."""
        assert self._server is not None
        return self._server.pid

    @contextmanager
    def inside(self) -> Iterator[Flask]:
        """An application context on the instance's database, in this process."""
        app = create_app(load(self.environment))
        with app.app_context():
            try:
                yield app
            finally:
                databases.close(app)

    def fill(self, work: Callable[[], Filled]) -> Filled:
        """Runs `work` in an application context and returns what it returns."""
        with self.inside():
            return work()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the product on this instance."""
        command = [str(_PROGRAM), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def start(self, command: Sequence[str] = (), timeout: float = 30.0) -> float:
        """Starts the server (`learnapp serve` unless `command` says otherwise) and waits until it answers;
        returns how many seconds that took."""
        began = time.monotonic()
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                list(command) or [str(_PROGRAM), "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers():
            if time.monotonic() - began > timeout or self._server.poll() is not None:
                raise RuntimeError(f"the server does not answer:\n{self.log()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        """Ends the whole process group at once, as a power cut would, and waits until nothing of it is left."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asks the server to stop, and makes sure that it did."""
        if self._server is None:
            return
        self._server.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._server.wait(10)
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]

    def _end(self, sign: signal.Signals) -> None:
        if self._server is None:
            return
        group, deadline = self._server.pid, time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                os.killpg(group, sign)
            except ProcessLookupError:
                break
            self._server.poll()
            time.sleep(0.005)
        self._server.wait(10)
        self._server = None

    def _answers(self) -> bool:
        with suppress(OSError), closing(Visitor(self.address, timeout=5)) as visitor:
            return visitor.get("/accounts/sign-in").status == 200
        return False


@dataclass(frozen=True)
class Reply:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, character references resolved."""
        return html.unescape(self.body.decode())

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads, as a path."""
        parts = urlsplit(self.headers.get("location", ""))
        return parts.path + (f"?{parts.query}" if parts.query else "")


class Visitor:
    """A browser without JavaScript: one connection that is kept, cookies, and the forms' CSRF token.

    Raises OSError when the connection breaks, as it does when the server is killed.
    """

    def __init__(self, address: str, timeout: float = 30.0) -> None:
        self.address = address
        self.host = urlsplit(address).netloc
        self.timeout = timeout
        self.cookies: dict[str, str] = {}
        self.csrf = ""
        self._line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Reply:
        """Opens a page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> Reply:
        """Posts a form, with the CSRF token of the page that was opened last."""
        body = urlencode({"csrf_token": self.csrf, **(fields or {})}, doseq=True)
        return self._ask("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, body: object, **headers: str) -> Reply:
        """Posts JSON as a script of the page does."""
        own = {"Content-Type": "application/json", "Accept": "application/json", "Origin": self.address}
        return self._ask("POST", path, json.dumps(body).encode(), {**own, **headers})

    def sign_in(self, name: str, password: str) -> None:
        """Signs in by the form."""
        self.get("/accounts/sign-in")
        reply = self.post("/accounts/sign-in", {"name": name, "password": password})
        assert reply.status == 303, reply.text

    def close(self) -> None:
        """Gives the connection back."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        if self._line is None:
            self._line = http.client.HTTPConnection(self.host, timeout=self.timeout)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self._line.request(method, path, body, {"Cookie": cookie, **headers})
            answer = self._line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionError(str(error)) from error
        for line in answer.msg.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        reply = Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, content)
        found = re.search(
            rb'name="csrf_token" type="hidden" value="([^"]+)"|name="csrf_token" value="([^"]+)"', content
        )
        if found:
            self.csrf = (found.group(1) or found.group(2)).decode()
        return reply
