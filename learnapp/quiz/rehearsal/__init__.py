"""The rehearsal: three questions that come with the product, with which anybody can see that nothing is lost
when the network goes. It is practice on the real engine, never on the shelf and never in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from learnapp import audit, catalogue
from learnapp.catalogue import QuizDefinition
from learnapp.db import db
from learnapp.errors import NotFound
from learnapp.media import Store
from learnapp.quiz import queries, starting
from learnapp.quiz.rules import Tap
from learnapp.quiz.timing import MILLISECOND

SLUG = "learnapp-rehearsal"
_FILE = Path(__file__).parent / "rehearsal.toml"

# What took longer than this was kept on the phone meanwhile; a slow network takes a second or two.
_KEPT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Step:
    """A tap as it was made and as it arrived. `claimed` is the moment that its page's clock gives, tied to the
    server's by the tap of that page that was under way for the shortest time."""

    number: int
    question: str
    claimed: datetime
    arrived: datetime

    @property
    def under_way(self) -> timedelta:
        """How long it was under way."""
        return self.arrived - self.claimed

    @property
    def kept(self) -> bool:
        """Whether the phone kept it for a while, since there was no network."""
        return self.under_way > _KEPT


@cache
def definition() -> QuizDefinition:
    """The three questions, read once."""
    found = catalogue.read_files("quiz", SLUG, {f"{SLUG}.toml": _FILE.read_bytes()}).definition
    assert isinstance(found, QuizDefinition)
    return found


def start(member_id: str, *, at: datetime, zone: str, store: Store) -> str:
    """Starts the rehearsal, or goes on with the one that runs; returns the attempt. The questions are published
    by the installation when somebody first asks for them."""
    version = _published(at, store)
    return starting.practise(member_id, version, at=at, zone=zone).attempt_id


def _published(at: datetime, store: Store) -> catalogue.Quiz:
    try:
        return catalogue.quiz_version(definition().hash)
    except NotFound:
        pass
    # Of two who are first at the same moment one waits for the other here, and then finds it published.
    with suppress(IntegrityError), db.session.begin_nested():
        catalogue.publish(definition(), actor_id=audit.INSTALLATION, at=at, store=store, shelve=False)
    return catalogue.quiz_version(definition().hash)


def steps(member_id: str, attempt_id: str) -> list[Step]:
    """Every tap in the order of its number. Raises NotFound."""
    queries.attempt(member_id, attempt_id)
    taps = queries.taps(member_id, attempt_id)
    opened = _opened(taps)
    return [
        Step(tap.number, tap.question, opened[tap.session] + tap.wall_ms * MILLISECOND, tap.received_at)
        for tap in sorted(taps, key=lambda tap: (tap.number, tap.received_at))
    ]


def _opened(taps: Sequence[Tap]) -> dict[str, datetime]:
    """When each page was opened at the latest, by its taps."""
    found: dict[str, datetime] = {}
    for tap in taps:
        here = tap.received_at - tap.wall_ms * MILLISECOND
        found[tap.session] = min(here, found.get(tap.session, here))
    return found
