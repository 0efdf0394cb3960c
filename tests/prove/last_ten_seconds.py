"""Lets a thousand members save their last answer and hand in within the last ten seconds.

    python -m tests.prove.last_ten_seconds --members 1000 --engine sqlite

Everybody runs towards the same deadline, with a session of their own: answers now and then, asks for the clock
every four seconds, and at a random moment of the last ten seconds saves a last answer, hands in and reads the
review. Proved: every answer that was acknowledged is stored; every answer that was sent before the deadline
counts, whatever the queue; each attempt has one entry, with the digest of what it holds, and the result of the
answers that its phone sent. Prints the times of these seconds; ends with 1 if anything is lost or late.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.world import QUIZ
from learnapp import ledger, questions, quiz
from learnapp.db import db, transaction
from learnapp.quiz.rules import acts_digest, canonical
from tests.conftest import ZONE
from tests.prove import place
from tests.prove.phones import Log, Phone, moment
from tests.prove.place import Busy, Place

MINUTES = 60
PAUSE_SECONDS = 12.0


@dataclass
class Figures:
    """What a run showed. `window` is when the last seconds began, `carried` the most seconds between the sending
    and the receipt of an act."""

    members: int
    within: float
    log: Log
    window: float = 0.0
    acts: int = 0
    last_acts: int = 0
    by_member: int = 0
    by_clock: int = 0
    carried: float = 0.0
    busy: Busy = field(default_factory=Busy)
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is lost and nothing late."""
        return not self.faults and not self.log.errors and self.last_acts == self.members

    def text(self) -> str:
        """The figures in lines."""
        kinds = ("save", "hand in", "review", "clock")
        return "\n".join(
            (
                f"{self.members} members handed in within the last {self.within:g} seconds",
                *(self.log.line(kind, self.window) for kind in kinds),
                self.busy.line(),
                f"answers sent                    {self.acts}, the last of each member {self.last_acts}",
                f"from sending to receipt         at most {self.carried * 1000:.0f} ms",
                f"handed in by members            {self.by_member}; ended by the clock {self.by_clock}",
                f"lost, or late though in time    {len(self.faults)} {self.faults[:3] or ''}",
                f"answered wrongly or not at all  {len(self.log.errors)} {self.log.errors[:3] or ''}",
            )
        )


def begin(phones: Sequence[Phone], deadline: float) -> None:
    """Starts an attempt for everybody, so that all of them end at this moment."""
    at = moment(deadline) - timedelta(minutes=MINUTES)
    for phone in phones:
        with transaction():
            phone.attempt = quiz.start(phone.member, QUIZ, at=at, zone=ZONE).attempt_id


async def _member(phone: Phone, opens: float, ends: float) -> None:
    try:
        await asyncio.sleep(max(0.0, opens - time.time()))
        await phone.paper()
        await phone.answer_until(ends, PAUSE_SECONDS)
        await phone.save(ends)
        await phone.hand_in()
    except (OSError, ValueError, TimeoutError) as error:
        phone.log.errors.append(f"{type(error).__name__}: {error}")
    finally:
        phone.close()


async def _everybody(
    phones: Sequence[Phone], deadline: float, figures: Figures, made: Place, seed: int
) -> None:
    within = figures.within
    chance, now = random.Random(seed), time.time()
    opening = max(0.0, (deadline - within - now) * 0.6)
    all_of_them = asyncio.gather(
        *(
            _member(phone, now + opening * number / len(phones), deadline - chance.uniform(0.02, within))
            for number, phone in enumerate(phones)
        )
    )
    await asyncio.sleep(deadline - within - time.time())
    with place.busy(made, figures.busy):
        await all_of_them


def judge(phone: Phone, deadline: float, figures: Figures) -> None:
    """Compares what a phone sent and was told with what the database and the ledger hold."""
    found, taps = quiz.attempt(phone.member, phone.attempt), quiz.taps(phone.member, phone.attempt)
    kept = {tap.number: tap for tap in taps if tap.session == phone.label}
    bank, orders = quiz.bank(found.quiz_version), {sheet.question: sheet.order for sheet in found.sheets}
    figures.acts += len(phone.acts)
    figures.by_member += found.ended_by == "member"
    figures.by_clock += found.ended_by == "deadline"
    said = {}
    for number, act in sorted(phone.acts.items()):
        tap = kept.get(number)
        text = canonical(questions.read(bank[act.question], orders[act.question], act.answer))
        said[act.question] = text
        if tap is None or tap.answer != text:
            figures.faults.append(f"lost: act {number} of {found.id}, answered {act.code!r}")
        elif not tap.accepted or tap.late or act.code != "saved":
            figures.faults.append(
                f"{act.code}: act {number}, made {deadline - act.made_at:.2f} s before the end and sent "
                f"{act.sent_at - act.made_at:.2f} s later"
            )
        if tap is not None:
            figures.carried = max(figures.carried, tap.received_at.timestamp() - act.sent_at)
    figures.last_acts += bool(phone.acts) and phone.acts[max(phone.acts)].made_at <= deadline
    if {name: tap.answer for name, tap in quiz.winners(taps, found.sheets).items()} != said:
        figures.faults.append(f"other answers count in {found.id}")
    entries = [one for one in ledger.entries_after(phone.member, 0) if one.kind == "quiz-ended"]
    if found.open or [one.data["acts_digest"] for one in entries] != [acts_digest(taps)]:
        figures.faults.append(f"entry of {found.id}")


def prove(engine: str, members: int, within: float, lead: float, seed: int) -> Figures:
    """One run. `lead` are the seconds in which papers are opened and answered before the last ones."""
    log = Log()
    figures = Figures(members, within, log)
    with place.fresh(engine) as made:
        phones = place.crowd(made.instance, members, log, seed)
        made.instance.start()
        deadline = time.time() + lead + within + members * 0.01
        made.instance.fill(lambda: begin(phones, deadline))
        figures.window = deadline - within
        asyncio.run(_everybody(phones, deadline, figures, made, seed))
        with made.instance.inside():
            for phone in phones:
                judge(phone, deadline, figures)
            db.session.rollback()
            report = ledger.verify()
            figures.faults += [] if report.ok else [str(report.fault)]
    return figures


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--within", type=float, default=10.0, help="seconds before the deadline (10)")
    parser.add_argument("--lead", type=float, default=40.0, help="seconds of answering before (40)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    figures = prove(given.engine, given.members, given.within, given.lead, given.seed)
    print(figures.text())
    return 0 if figures.ok else 1


if __name__ == "__main__":
    sys.exit(main())
