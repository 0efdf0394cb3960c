"""Whether an answer that arrived after the end was made in time: what the server can know of it. Pure.

A phone claims for each act how much time had passed since its page was opened, by two clocks. The server
knows when the attempt began, when each act arrived, and nothing else. What follows from that:

* A page was open before its first act arrived. So it was opened at the latest at `received - elapsed` of any
  act that arrived in time, and the earliest of these moments ties the page's clocks to the server's: a claimed
  moment is that plus the elapsed time. The network's delay makes this too late, never too early.
* A page was opened at the earliest when the attempt began, and its monotonic clock may stop while a phone
  sleeps but never runs ahead. So an act was made at the earliest at `started + monotonic`.
* Between the two bounds lies what cannot be told. An act is in time where the later bound is, not in time only
  where the earlier bound is late: an honest phone is never told that it was not in time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from learnapp.errors import N_
from learnapp.quiz.journal import FORM_SESSION
from learnapp.quiz.rules import Tap
from learnapp.quiz.timing import GRACE, MILLISECOND

Verdict = Literal["in-time", "claimed", "not-in-time"]
Fate = Literal["accepted", "waiting", "refused"]

# Two honest clocks of one phone, and the server's, drift apart by less than a thousandth (a network that
# slews a clock does so by half of that); a script may be held up between reading the two.
SLACK_MS = 3_000
DRIFT = 1_000

# Nobody reads and answers so many questions in so short a time; a program that makes up a journal does.
CLUSTER = 10
CLUSTER_MS = 10_000

FINDINGS: Mapping[str, str] = {
    "unanchored": N_(
        "No other answer of this page had arrived in time, so nothing shows when it was opened."
    ),
    "wall-behind": N_("By the phone's clock %(seconds)s seconds less had passed than by its stopwatch."),
    "set-back": N_("The phone's clock was set back by %(seconds)s seconds between two answers."),
    "order": N_("By the phone's stopwatch this answer came before one that has a lower number."),
    "overtaken": N_("A later answer of the same page had arrived in time, and this one had not."),
    "before-start": N_(
        "By the phone's clocks the page was opened %(seconds)s seconds before the attempt began."
    ),
    "after-deadline": N_("It may have been made up to %(seconds)s seconds after the time was up."),
    "seen": N_("The right answers had been shown before this arrived."),
    "public": N_("The quiz had closed when this arrived, and its right answers may have been public."),
    "cluster": N_("%(count)s questions were answered within %(seconds)s seconds."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks against a claim, or leaves it open: a code of `FINDINGS` with its numbers."""

    code: str
    params: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A late act with the bounds of the moment in which it was made, the later one None where nothing ties
    the page's clocks to the server's; and the verdict:

    * `in-time`: by all evidence; * `claimed`: by its own claim, with findings; * `not-in-time`: by no reading.
    """

    tap: Tap
    earliest: datetime
    latest: datetime | None
    verdict: Verdict
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """What is known of one page. `opened_wall` and `opened_monotonic` are the latest moments at which it may
    have been opened, by each of its clocks, None where nothing of it arrived in time; `claimed` is the same by
    whichever clock says more and by all its acts, `before` what the acts with lower numbers say."""

    opened_wall: datetime | None
    opened_monotonic: datetime | None
    claimed: datetime
    last_number: int
    last_monotonic: int
    before: Mapping[int, _Before]
    crowded: Mapping[int, Finding]


@dataclass(frozen=True, slots=True)
class _Before:
    """Of the acts with lower numbers: the most monotonic time, and by how much the wall clock was ahead at
    most; a page begins with both at 0."""

    monotonic: int
    ahead: int


def judge(
    started_at: datetime,
    deadline_at: datetime,
    received: Sequence[Tap],
    late: Sequence[Tap],
    *,
    seen_at: datetime | None = None,
    public_at: datetime | None = None,
) -> tuple[Claim, ...]:
    """What can be known of each of the `late` acts. `received` are the acts of the attempt that arrived in
    time, the only ones that tie a page's clocks to the server's: what came late is a claim, and a claim
    proves no other one. `seen_at` is when right answers were shown to this member after the end, `public_at`
    from when they may have been known to everybody: no clock says whether what came after that was copied.
    """
    kept: dict[str, tuple[list[Tap], list[Tap]]] = {tap.session: ([], []) for tap in late}
    for place, taps in enumerate((received, late)):
        for tap in taps:
            if tap.session in kept:
                kept[tap.session][place].append(tap)
    pages = {session: _page(*own) for session, own in kept.items()}
    claims = (_claim(tap, pages[tap.session], started_at, deadline_at) for tap in late)
    return tuple(_told(claim, seen_at, public_at) for claim in claims)


def _told(claim: Claim, seen_at: datetime | None, public_at: datetime | None) -> Claim:
    """The claim with what it means that right answers were to be had before it arrived."""
    arrived, more = claim.tap.received_at, []
    if seen_at is not None and arrived >= seen_at:
        more.append(Finding("seen"))
    elif public_at is not None and arrived >= public_at:
        more.append(Finding("public"))
    if not more:
        return claim
    verdict: Verdict = "claimed" if claim.verdict == "in-time" else claim.verdict
    return replace(claim, verdict=verdict, findings=(*more, *claim.findings))


def _claim(tap: Tap, page: _Page, started_at: datetime, deadline_at: datetime) -> Claim:
    last = deadline_at + GRACE
    if tap.session == FORM_SESSION:
        # The server itself timed it, when it arrived.
        verdict: Verdict = "in-time" if tap.received_at <= last else "not-in-time"
        return Claim(tap, tap.received_at, tap.received_at, verdict, ())
    earliest = started_at + _ms(tap.monotonic_ms)
    latest = _latest(tap, page, earliest)
    findings = list(_findings(tap, page, started_at))
    if earliest > last + _ms(tolerance(tap.monotonic_ms)):
        return Claim(tap, earliest, latest, "not-in-time", tuple(findings))
    if latest is not None and latest > last:
        findings.append(Finding("after-deadline", {"seconds": _seconds(latest - deadline_at)}))
    return Claim(tap, earliest, latest, "claimed" if findings else "in-time", tuple(findings))


def _latest(tap: Tap, page: _Page, earliest: datetime) -> datetime | None:
    """The later bound, by whichever clock gives the later one."""
    if page.opened_wall is None or page.opened_monotonic is None:
        return None
    return max(page.opened_wall + _ms(tap.wall_ms), page.opened_monotonic + _ms(tap.monotonic_ms), earliest)


def tolerance(elapsed_ms: int) -> int:
    """By how many milliseconds two honest clocks may differ after so many."""
    return SLACK_MS + elapsed_ms // DRIFT


def _page(received: Sequence[Tap], late: Sequence[Tap]) -> _Page:
    """What the acts of one page say together, those that arrived in time and the late ones."""
    before: dict[int, _Before] = {}
    monotonic = ahead = 0
    for tap in sorted((*received, *late), key=lambda tap: tap.number):
        before[tap.number] = _Before(monotonic, ahead)
        monotonic = max(monotonic, tap.monotonic_ms)
        ahead = max(ahead, tap.wall_ms - tap.monotonic_ms)
    return _Page(
        min((tap.received_at - _ms(tap.wall_ms) for tap in received), default=None),
        min((tap.received_at - _ms(tap.monotonic_ms) for tap in received), default=None),
        min(tap.received_at - _ms(max(tap.wall_ms, tap.monotonic_ms)) for tap in (*received, *late)),
        max((tap.number for tap in received), default=0),
        max((tap.monotonic_ms for tap in received), default=0),
        before,
        _clusters(late),
    )


def _findings(tap: Tap, page: _Page, started_at: datetime) -> Iterable[Finding]:
    """What the clocks and numbers of one page say against each other and against the server's clock."""
    slack = tolerance(max(tap.wall_ms, tap.monotonic_ms))
    before = page.before[tap.number]
    # A sleeping phone's monotonic clock stops, so the wall clock gains on it, never the other way round.
    ahead = tap.wall_ms - tap.monotonic_ms
    if -ahead > slack:
        yield Finding("wall-behind", {"seconds": -ahead // 1000})
    elif before.ahead - ahead > slack:
        yield Finding("set-back", {"seconds": (before.ahead - ahead) // 1000})
    if before.monotonic > tap.monotonic_ms + slack:
        yield Finding("order")
    if page.last_number > tap.number or page.last_monotonic > tap.monotonic_ms + slack:
        yield Finding("overtaken")
    if page.claimed < started_at - _ms(slack):
        yield Finding("before-start", {"seconds": _seconds(started_at - page.claimed)})
    if page.opened_wall is None:
        yield Finding("unanchored")
    if tap.number in page.crowded:
        yield page.crowded[tap.number]


def _clusters(late: Iterable[Tap]) -> dict[int, Finding]:
    """Those of a page's late acts, by number, that answer many questions at once by the page's stopwatch."""
    taps = sorted(late, key=lambda tap: tap.monotonic_ms)
    found: dict[int, Finding] = {}
    inside: Counter[str] = Counter()
    first = marked = 0
    for place, tap in enumerate(taps):
        inside[tap.question] += 1
        while tap.monotonic_ms - taps[first].monotonic_ms > CLUSTER_MS:
            inside[taps[first].question] -= 1
            first += 1
        inside += Counter()  # drops what is zero
        if len(inside) >= CLUSTER:
            finding = Finding("cluster", {"count": len(inside), "seconds": CLUSTER_MS // 1000})
            found.update({one.number: finding for one in taps[max(first, marked) : place + 1]})
            marked = place + 1
    return found


def fate(policy: str, hours: int, deadline_at: datetime, claim: Claim) -> tuple[Fate, str]:
    """What the quiz's rule makes of a claim, and which part of the rule: `in-time`, `findings`, `ask`,
    `refuse`, `hours`, `not-in-time`."""
    if policy == "refuse":
        return "refused", "refuse"
    if claim.tap.received_at > deadline_at + timedelta(hours=hours):
        return "refused", "hours"
    if claim.verdict == "not-in-time":
        return "refused", "not-in-time"
    if policy == "ask":
        return "waiting", "ask"
    return ("waiting", "findings") if claim.findings else ("accepted", "in-time")


def last_contact(received: Iterable[Tap]) -> datetime | None:
    """When the server last heard from the attempt in time."""
    return max((tap.received_at for tap in received), default=None)


def _ms(milliseconds: int) -> timedelta:
    return milliseconds * MILLISECOND


def _seconds(span: timedelta) -> int:
    return max(1, round(span.total_seconds()))
