"""The tables, in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import visits
from benchmarks.measure import CORES, Phase
from benchmarks.product import ATTEMPTS, Product
from benchmarks.served import Shape

_HEAD = ("", "requests", "per second", "p50 ms", "p95 ms", "CPU ms each", "x bare", "errors")


@dataclass(frozen=True)
class Run:
    """Everything measured on one database. `fsyncs` is what the disk can do in a second, one after another."""

    engine: str
    shape: Shape
    clients: int
    bare_page: Phase
    bare_row: Phase
    product: Product
    fsyncs: float


def _row(phase: Phase, bare: Phase | None) -> tuple[str, ...]:
    return (
        phase.name,
        f"{phase.requests}",
        f"{phase.per_second():.0f}",
        f"{phase.percentile(50):.1f}",
        f"{phase.percentile(95):.1f}",
        f"{phase.cpu_ms():.2f}",
        f"{phase.cpu_ms() / bare.cpu_ms():.1f}" if bare else "1",
        f"{len(phase.errors)}",
    )


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines of equal columns, the first column to the left."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def table(run: Run) -> str:
    """The table of one database with the lines that sum it up."""
    phases = run.product.phases
    page, row = run.bare_page, run.bare_row
    rows = [
        _HEAD,
        _row(page, None),
        _row(phases[visits.MODULE_PAGE], page),
        _row(phases[visits.PAPER], page),
        _row(phases[visits.CLOCK], page),
        _row(phases[visits.REVIEW], page),
        _row(row, None),
        _row(phases[visits.START], row),
        _row(phases[visits.SAVE], row),
        _row(phases[visits.SUBMIT], row),
    ]
    title = (
        f"{run.engine} · {run.shape.server}, {run.shape.workers} workers x {run.shape.threads} threads · "
        f"{run.clients} members at once, keep-alive, no pause between requests"
    )
    lines = [title, *aligned(rows), *_attempts(run), *_bound(run)]
    return "\n".join(lines)


def _attempts(run: Run) -> list[str]:
    mixed = run.product.phases[ATTEMPTS]
    count = run.product.attempts
    saves = mixed.percentile(95, visits.SAVE)
    return [
        f"Whole attempt (start, paper, {visits.QUESTIONS} saves, submit, review; everybody in another step): "
        f"{mixed.cpu_ms(1) / count:.1f} CPU ms, {count / mixed.seconds * 60:.0f} attempts a minute, "
        f"p95 of a request {mixed.percentile(95):.0f} ms, of a save {saves:.0f} ms, "
        f"{len(mixed.errors)} errors"
    ]


def _bound(run: Run) -> list[str]:
    """What the machine was busy with while attempts were mixed, and what the disk could have done."""
    mixed = run.product.phases[ATTEMPTS]
    servers, load = mixed.busy()
    commits = (visits.REQUESTS - 1) / visits.REQUESTS * mixed.per_second()
    share = commits / run.fsyncs
    cause = "CPU" if servers + load > 0.85 else "waiting (disk, locks, or other work on this machine)"
    return [
        f"Bound by: {cause}. Servers and database used {servers:.0%} of {CORES} cores, the load generator "
        f"{load:.0%}; about {commits:.0f} commits a second, {share:.0%} of the {run.fsyncs:.0f} fsyncs a "
        f"second that the disk gave one writer in this run."
    ]


def summary(runs: Sequence[Run]) -> str:
    """First visit, memory and start."""
    lines = []
    for run in runs:
        visit = run.product.visit
        if visit is not None:
            lines.append(
                f"First visit of the module page in Chromium, without its pictures: {visit.sent / 1024:.1f} KB "
                f"sent in {visit.requests} requests"
            )
        lines.append(
            f"{run.engine}: {run.product.memory:.0f} MB (PSS of all server processes, warm); "
            f"start to first answer {run.product.first_answer:.2f} s"
        )
    return "\n".join(lines)
