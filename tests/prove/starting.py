"""Lets a thousand members start a quiz within a minute.

    python -m tests.prove.starting --members 1000 --engine sqlite

Each opens the page with the rules, starts at a random moment of that minute (every tenth presses twice at once),
loads the paper with all files of the page over six connections as browsers do, and goes on answering and asking
for the clock. Proved: nobody is refused or left waiting, each has exactly one attempt, every answer counts, and the
clock that a page is told is the attempt's own. Prints times; ends with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.world import QUIZ
from learnapp import quiz
from tests.prove import place
from tests.prove.phones import Log, Phone
from tests.prove.place import Busy, Place

CONNECTIONS = 5  # beside the first
PAUSE_SECONDS = 12.0
AFTER_SECONDS = 5.0
# What a phone is told may be as old as the answer took to get there.
SLACK_MS = 2_000


@dataclass
class Figures:
    """What a run showed. `waited` is from the press of the button until the paper with everything was there."""

    members: int
    within: float
    log: Log
    waited: list[float] = field(default_factory=list)
    busy: Busy = field(default_factory=Busy)
    acts: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everybody could start, once."""
        return not self.faults and not self.log.errors and len(self.waited) == self.members

    def text(self) -> str:
        """The figures in lines."""
        self.log.taken["start to whole paper"] = [(0.0, seconds) for seconds in self.waited]
        kinds = (
            "start to whole paper",
            "start",
            "paper",
            "static file",
            "rules of the quiz",
            "save",
            "clock",
        )
        return "\n".join(
            (
                f"{self.members} members started within {self.within:g} seconds",
                *(self.log.line(kind) for kind in kinds),
                self.busy.line(),
                f"attempts                        {len(self.waited)}, answers {self.acts}",
                f"refused, doubled, or lost       {len(self.faults)} {self.faults[:3] or ''}",
                f"answered wrongly or not at all  {len(self.log.errors)} {self.log.errors[:3] or ''}",
            )
        )


async def _member(phone: Phone, presses: float, ends: float, twice: bool, figures: Figures) -> None:
    try:
        await asyncio.sleep(max(0.0, presses - phone.random.uniform(2, 6) - time.time()))
        await phone.intro(QUIZ)
        await asyncio.sleep(max(0.0, presses - time.time()))
        pressed = time.perf_counter()
        await phone.start(QUIZ, 2 if twice else 1)
        await phone.paper(CONNECTIONS)
        figures.waited.append(time.perf_counter() - pressed)
        told = await phone.poll()
        if abs(told["remaining_ms"] - (told["deadline_ms"] - time.time() * 1000)) > SLACK_MS:
            figures.faults.append(f"another clock: {told}")
        await phone.answer_until(ends, PAUSE_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        phone.log.errors.append(f"{type(error).__name__}: {error}")
    finally:
        phone.close()


async def _everybody(phones: Sequence[Phone], figures: Figures, made: Place, seed: int) -> None:
    chance, begins = random.Random(seed), time.time() + min(6.0, figures.within)
    ends = begins + figures.within + AFTER_SECONDS
    with place.busy(made, figures.busy):
        await asyncio.gather(
            *(
                _member(phone, begins + chance.uniform(0, figures.within), ends, number % 10 == 0, figures)
                for number, phone in enumerate(phones)
            )
        )


def judge(phone: Phone, figures: Figures) -> None:
    """Compares what a phone was told with what the database holds."""
    figures.acts += len(phone.acts)
    if [one.id for one in quiz.attempts(phone.member, QUIZ)] != [phone.attempt]:
        figures.faults.append(f"attempts of {phone.member}")
        return
    taps = {tap.number: tap for tap in quiz.taps(phone.member, phone.attempt) if tap.accepted}
    for number, act in phone.acts.items():
        if act.code != "saved" or number not in taps:
            figures.faults.append(f"act {number} of {phone.attempt}: {act.code!r}")


def prove(engine: str, members: int, within: float, seed: int) -> Figures:
    """One run."""
    log = Log()
    figures = Figures(members, within, log)
    with place.fresh(engine) as made:
        phones = place.crowd(made.instance, members, log, seed)
        made.instance.start()
        asyncio.run(_everybody(phones, figures, made, seed))
        with made.instance.inside():
            for phone in phones:
                judge(phone, figures)
    return figures


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--within", type=float, default=60.0, help="seconds (60)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    figures = prove(given.engine, given.members, given.within, given.seed)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
