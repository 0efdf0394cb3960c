"""`learnapp serve`: the production server with its sweeper."""

from __future__ import annotations

import ctypes
import gc
import resource
import socket
import sys

import click
import segno
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from learnapp.cli.running import read_settings
from learnapp.config import Config

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _reachable_host(host: str) -> str:
    """The address a phone in the same network can open: for 0.0.0.0 the machine's own outward address."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 – compared, not bound
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737); nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _greet(settings: Config) -> None:
    address = f"http://{_reachable_host(settings.host)}:{settings.port}/"
    click.echo(f"learnapp is at {address}   (Ctrl-C stops it)")
    if settings.host not in _LOOPBACK:
        click.echo("Open it on a phone in the same network:")
        segno.make(address, error="m").terminal(out=sys.stdout, compact=True)


def _refuse_taken_port(settings: Config) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            click.echo(
                f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
                "Stop what runs there, or choose another port: PORT=8080 make run",
                err=True,
            )
            sys.exit(1)


_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # malloc.h
_ARENAS, _BIG = 2, 1024 * 1024


def _spare_memory() -> None:
    """Keeps the server small; without this 2 workers of 8 threads grow from 200 to 530 MB.

    Comparing a password takes 19 MB for 30 ms. glibc would keep such a block in the arena of each thread that
    ever did it; a fixed threshold makes it give big blocks back. Elsewhere than on glibc nothing is done.
    Freezing what is imported keeps the collector from writing to the pages that the workers share.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
        mallopt(_M_MMAP_THRESHOLD, _BIG)
    gc.collect()
    gc.freeze()


# A phone keeps up to six connections open after a page, until they have been silent for so long.
_CONNECTIONS, _SILENT_MS = 4096, 30_000
_OTHER_FILES = 256


def _connections() -> int:
    """How many connections a worker holds at once; raises the process's limit of open files to fit.

    Granian's own limit is 1024 over all workers, and whoever comes then is not answered until somebody leaves: two
    hundred phones that open a quiz together would be enough.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return _CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(_CONNECTIONS, soft - _OTHER_FILES))


@click.command()
def serve() -> None:
    """Serve the site at HOST:PORT (default 127.0.0.1:8000) until stopped."""
    settings = read_settings()
    _refuse_taken_port(settings)
    _greet(settings)
    _spare_memory()
    Granian(
        "learnapp.app:create_gateway",
        factory=True,
        interface=Interfaces.RSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        websockets=False,
        http=HTTPModes.http1,  # with both, who never says which one may stay silent for ever
        http1_settings=HTTP1Settings(header_read_timeout=_SILENT_MS),
        backlog=_CONNECTIONS,
        backpressure=_connections(),
        respawn_failed_workers=True,
        workers_kill_timeout=5,  # whoever is silent in the middle of a form does not hold up a restart
        log_level="warning",  # type: ignore[arg-type]  # the enum is a str enum and takes its value
    ).serve()
