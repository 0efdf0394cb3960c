"""`python -m benchmarks.servers`: the product under different servers, workers and threads, taking turns.

Decision 0005 rests on this. Taking turns spreads what else runs on the machine over all of them.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import product, report, visits
from benchmarks.measure import Phase
from benchmarks.served import Shape, free_port, serve

_SHAPES = (
    Shape("granian", 2, 1),
    Shape("granian", 2, 2),
    Shape("granian", 2, 4),
    Shape("granian", 2, 8),
    Shape("granian", 1, 4),
    Shape("wsgi", 2, 2),
    Shape("wsgi", 2, 4),
    Shape("wsgi", 2, 8),
    Shape("gunicorn", 2, 4),
    Shape("gunicorn", 2, 8),
)
# What `learnapp serve` asks glibc for, so that the memory of another server can be compared.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1048576"}
_HALF = b"POST /accounts/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nname=a"
_PAGE = b"GET /accounts/sign-in HTTP/1.1\r\nHost: x\r\n\r\n"
_HEAD = ("server, workers x threads", "module CPU", "p95", "save CPU", "p95", "attempt CPU", "a minute", "p95", "MB",
         "busiest worker", "20 silent phones", "errors")  # fmt: skip


def _name(shape: Shape) -> str:
    return f"{shape.server} {shape.workers} x {shape.threads}"


def _answers_beside_silent_phones(shape: Shape, folder: Path) -> str:
    """Whether a page still comes while twenty phones have sent half a form each and fallen silent."""
    port = free_port()
    env = {**product.environment(folder / "data", shape, {}), "PORT": str(port)}
    command = product.command_for(shape, port)
    with serve(command, port, env, folder / "log", "/accounts/sign-in"), ExitStack() as stack:
        for half in [_HALF] * 20 + [_PAGE]:
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=3))
            link.sendall(half)
            time.sleep(0.05)
        try:
            return "answers" if link.recv(1) else "hangs up"
        except TimeoutError:
            return "stops"


def _row(shape: Shape, found: list[product.Product], silent: str) -> tuple[str, ...]:
    """The mean of the CPU times and the best of the waiting times, which noise can only lengthen."""

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    def phases(name: str) -> list[Phase]:
        return [one.phases[name] for one in found]

    module, save, mixed = phases(visits.MODULE_PAGE), phases(visits.SAVE), phases(product.ATTEMPTS)
    return (
        _name(shape),
        f"{mean([phase.cpu_ms() for phase in module]):.2f}",
        f"{min(phase.percentile(95) for phase in module):.0f}",
        f"{mean([phase.cpu_ms() for phase in save]):.2f}",
        f"{min(phase.percentile(95) for phase in save):.0f}",
        f"{mean([one.phases[product.ATTEMPTS].cpu_ms(1) / one.attempts for one in found]):.1f}",
        f"{max(one.attempts / one.phases[product.ATTEMPTS].seconds * 60 for one in found):.0f}",
        f"{min(phase.percentile(95) for phase in mixed):.0f}",
        f"{mean([one.memory for one in found]):.0f}",
        " ".join(f"{one.busiest:.0%}" for one in found),
        silent,
        f"{sum(len(one.errors) for one in found)}",
    )


def main() -> int:
    """Measures every shape `--turns` times on a copy of the same database; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.servers", description=__doc__)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", default="", help="for example: granian, or gunicorn 2 x 4")
    options = parser.parse_args()
    shapes = [shape for shape in _SHAPES if options.only in _name(shape)]
    results: dict[Shape, list[product.Product]] = {shape: [] for shape in shapes}
    silent: dict[Shape, str] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        product.fill(product.environment(folder / "world", _SHAPES[0], {}), 50)
        for _turn in range(options.turns):
            for shape in shapes:
                shutil.copytree(folder / "world", folder / "data")
                env = {**product.environment(folder / "data", shape, {}), **_ALLOCATOR}
                results[shape].append(product.measure(env, shape, 50, options.seconds, 2, folder / "log"))
                silent[shape] = silent.get(shape) or _answers_beside_silent_phones(shape, folder)
                shutil.rmtree(folder / "data")
    print(
        "\n".join(
            report.aligned([_HEAD, *(_row(shape, found, silent[shape]) for shape, found in results.items())])
        )
    )
    return int(any(one.errors for found in results.values() for one in found))


if __name__ == "__main__":
    sys.exit(main())
