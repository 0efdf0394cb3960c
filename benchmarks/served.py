"""Starting a server as an operator does, waiting for its first answer, and stopping it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PYTHON = sys.executable
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """A running server: its port, the process that was started, and seconds from start to first answer."""

    port: int
    pid: int
    first_answer: float


@dataclass(frozen=True)
class Shape:
    """How a server is run: `granian` is the product's own way, `wsgi` the same server without the gateway."""

    server: str = "granian"
    workers: int = 2
    threads: int = 8

    def command(self, target: str, port: int) -> list[str]:
        """The command that serves the WSGI factory `module:function` in this shape."""
        if self.server != "gunicorn":
            return [
                *(PYTHON, "-m", "granian", "--interface", "wsgi", "--factory", "--no-ws"),
                *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
                *("--workers", str(self.workers), "--blocking-threads", str(self.threads), target),
            ]
        return [
            *(PYTHON, "-m", "gunicorn", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(self.workers), "--threads", str(self.threads), "--log-level", "warning"),
            *("--keep-alive", "60", "--worker-tmp-dir", "/dev/shm", f"{target}()"),
        ]


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(command: list[str], port: int, env: dict[str, str], log: Path, path: str) -> Iterator[Served]:
    """Runs the command until the block ends. Raises RuntimeError with the log when it does not answer."""
    started = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            stdout=output,
            stderr=output,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        _wait_for(port, path, process, log)
        yield Served(port, process.pid, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, path: str, process: subprocess.Popen[bytes], log: Path) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
    for _ in range(3000):
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
                link.sendall(request)
                if link.recv(4096).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"no answer from the server:\n{log.read_text()[-3000:]}")
