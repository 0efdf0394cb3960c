"""Shows that every acknowledged save is on the disk before it is acknowledged.

    python -m tests.prove.fsync_trace [--saves 50]

Runs the server under strace on SQLite and saves acts one after the other. In the trace each response must be
preceded, since its request was read, by a write to the WAL and then by an fdatasync of the WAL that returned 0.
Prints its figures; ends with 1 if one acknowledgement came too early.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests import world
from tests.processes import Instance, Visitor
from tests.quiz.quizzes import publish

CALLS = "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync"
_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")


@dataclass
class Figures:
    """What the trace showed."""

    saves: int = 0
    in_order: int = 0
    syncs: int = 0
    early: int = 0

    @property
    def ok(self) -> bool:
        """Whether every acknowledgement followed its sync."""
        return self.saves > 0 and self.in_order == self.saves and not self.early

    def text(self) -> str:
        """The figures in lines."""
        return "\n".join(
            (
                f"saves acknowledged                       {self.saves}",
                f"WAL written, then synced, then answered  {self.in_order}",
                f"answered before the WAL was synced       {self.early}",
                f"syncs of the WAL in all                  {self.syncs}",
            )
        )


def finished(lines: list[str]) -> list[str]:
    """The calls in the order in which they returned; a call in two pieces is put together at its end."""
    begun: dict[str, str] = {}
    calls: list[str] = []
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        thread, text = match.groups()
        if text.endswith("<unfinished ...>"):
            begun[thread] = text.removesuffix("<unfinished ...>")
        elif resumed := _RESUMED.match(text):
            calls.append(begun.pop(thread, f"{resumed.group(1)}(") + resumed.group(2))
        else:
            calls.append(text)
    return calls


def judge(lines: list[str]) -> Figures:
    """Reads the trace: for each save request up to its response, whether the WAL was written and then synced."""
    figures = Figures()
    asked = written = synced = False
    for call in finished(lines):
        name = call.partition("(")[0]
        if (
            name in ("read", "readv", "recvfrom", "recvmsg")
            and "POST /quiz/attempts/" in call
            and "/acts" in call
        ):
            asked, written, synced = True, False, False
        elif name == "pwrite64" and "-wal>" in call:
            written, synced = True, False
        elif name in ("fsync", "fdatasync") and "-wal>" in call and call.endswith("= 0"):
            figures.syncs += 1
            synced = written
        elif asked and "HTTP/1.1 200" in call:
            figures.saves += 1
            figures.in_order += written and synced
            figures.early += not (written and synced)
            asked = False
    return figures


def prove(folder: Path, saves: int) -> Figures:
    """Runs a server under strace in `folder`, saves so many acts and judges the trace."""
    trace = folder / "trace"
    instance = Instance(folder, workers=1)

    def fill() -> None:
        world.build()
        publish(folder)

    instance.fill(fill)
    strace = [
        "strace",
        "-f",
        "-y",
        "-s",
        "160",
        "-e",
        f"trace={CALLS}",
        "-e",
        "signal=none",
        "-o",
        str(trace),
    ]
    serve = [str(Path(sys.executable).with_name("learnapp")), "serve"]
    instance.start([*strace, *serve], timeout=60)
    try:
        with closing(Visitor(instance.address)) as visitor:
            _save(visitor, saves)
    finally:
        instance.kill()
    return judge(trace.read_text(errors="replace").splitlines())


def _save(visitor: Visitor, saves: int) -> None:
    visitor.sign_in("m00", world.PASSWORD)
    visitor.get("/quiz/five-kinds/")
    path = visitor.post("/quiz/five-kinds/").location
    page = visitor.get(path).text
    token = re.findall(r'data-token="([0-9a-f]{64})"', page)[0]
    question = re.findall(r'data-question="(blank-\d)"', page)[0]
    for number in range(1, saves + 1):
        act = {
            "session": "tracedtraced",
            "number": number,
            "question": question,
            "answer": {"": [f"答 {number}"]},
        }
        body = {"session": "tracedtraced", "acts": [{**act, "wall_ms": number, "monotonic_ms": number}]}
        reply = visitor.post_json(f"{path}acts", body, **{"X-Attempt-Token": token})
        assert reply.status == 200 and reply.json["acts"][0][2] == "saved", reply.text


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--saves", type=int, default=50)
    given = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is not installed; on Debian: apt-get install strace", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="fsync-trace-") as folder:
        figures = prove(Path(folder), given.saves)
    print(figures.text())
    return 0 if figures.ok and figures.saves == given.saves else 1


if __name__ == "__main__":
    sys.exit(main())
