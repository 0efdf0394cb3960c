"""CPU time and memory of a process and everything it started, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 13, 14  # fields after the command's name, see proc(5)


def _fields(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat after the name, or None when the process is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def family(roots: Iterable[int]) -> set[int]:
    """The processes themselves and all their descendants."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children.setdefault(int(fields[_PARENT]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def busiest_share(root: int) -> float:
    """The share of the busiest worker in the CPU time of all of them: 0.5 when two are equally busy, 1 when
    one of them did everything."""
    used = [cpu_seconds([pid]) for pid in family([root]) - {root}]
    return max(used) / sum(used)


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system time in seconds that the processes and their descendants used, dead ones included.

    The scheduler's own count (nanoseconds, per thread) is used, since the ticks of `stat` are 10 ms long; what
    children used before they ended is known in ticks only.
    """
    total = 0.0
    for pid in family(roots):
        fields = _fields(pid)
        if fields is None:
            continue
        total += (int(fields[_CHILDREN_USER]) + int(fields[_CHILDREN_SYSTEM])) / _TICKS
        for task in (_PROC / str(pid) / "task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0]) / 1e9
            except OSError:
                continue
    return total


def memory_mb(roots: Iterable[int]) -> float:
    """Proportional set size in megabytes (10^6 bytes) of the processes and their descendants: shared pages
    are divided among those who share them."""
    kilobytes = 0
    for pid in family(roots):
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6
