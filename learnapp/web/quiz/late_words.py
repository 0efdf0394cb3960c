"""What came late, in words and as a picture: for the member, and for whoever decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from learnapp import accounts, catalogue, quiz
from learnapp.errors import N_
from learnapp.quiz import Frozen, Result, Tap
from learnapp.quiz.lateness import Delivery, Weighed
from learnapp.web.doors import settings

# By (state, which part of the rule, or "person"). All of them name the questions first.
_HEADS: Mapping[tuple[str, str], str] = {
    ("accepted", "in-time"): N_("Answered without a network, counted: question %(numbers)s."),
    ("accepted", "person"): N_("Arrived after the end and was accepted: an answer to question %(numbers)s."),
    ("waiting", "ask"): N_(
        "Arrived after the end; a person decides whether it counts: an answer to question %(numbers)s."
    ),
    ("refused", "refuse"): N_("Arrived after the end and does not count: an answer to question %(numbers)s."),
}
_WHYS: Mapping[str, str] = {
    "in-time": N_("By all that the server knows it was made in time."),
    "findings": N_("It claims to have been made in time, and something about that is unclear."),
    "ask": N_("In this quiz a person looks at everything that arrives after the end."),
    "refuse": N_("In this quiz nothing counts that arrives after the end."),
    "hours": N_("It came later than this quiz allows."),
    "not-in-time": N_("By the phone's own clocks it was made after the time was up."),
}
_KINDS = {"accepted": "success", "waiting": "info", "refused": "warning"}


def rule(policy: str, hours: int) -> str:
    """A quiz's rule for what arrives after the end, in one sentence."""
    if policy == "accept":
        return str(
            ngettext(
                "Answers made in time count even if they arrive up to %(num)s hour after the end; where it is not "
                "clear when they were made, a person decides.",
                "Answers made in time count even if they arrive up to %(num)s hours after the end; where it is not "
                "clear when they were made, a person decides.",
                hours,
            )
        )
    if policy == "ask":
        return str(
            ngettext(
                "For answers that arrive up to %(num)s hour after the end a person decides whether they count.",
                "For answers that arrive up to %(num)s hours after the end a person decides whether they count.",
                hours,
            )
        )
    return str(gettext("Answers that arrive after the end do not count, even if they were made in time."))


@dataclass(frozen=True)
class Story:
    """What came late together, for the member: a message of this kind with its head, and the sentences below."""

    kind: str
    head: str
    lines: tuple[str, ...]


def stories(found: Frozen, taps: Sequence[Tap]) -> list[Story]:
    """Everything that came late for an attempt that is over: what the rule said, and what happened."""
    if not any(tap.late for tap in taps):
        return []
    held = quiz.lateness.deliveries(found.member_id, found.id)
    told = {(act.session, act.number) for one in held for act in one.evidence.acts}
    rest = [tap.question for tap in taps if tap.late and (tap.session, tap.number) not in told]
    made = [story(found, one) for one in held]
    if rest:
        words = _HEADS["refused", "refuse"]
        head = gettext(words, numbers=_numbers(found, rest))
        made.append(Story("warning", head, (gettext("The attempt had been handed in when it arrived."),)))
    return made


def story(found: Frozen, one: Delivery) -> Story:
    """One delivery."""
    why = "person" if one.decided_by else one.evidence.acts[0].why
    head = (
        _HEADS.get((one.state, why))
        or _HEADS[next(key for key in _HEADS if key[0] == one.state and key[1] != "person")]
    )
    evidence = one.evidence
    lines = [
        gettext(
            "The time was up at %(end)s; it arrived at %(arrival)s.",
            end=precise(evidence.deadline, None),
            arrival=precise(one.received_at, evidence.deadline),
        ),
        *dict.fromkeys(gettext(_WHYS[act.why]) for act in evidence.acts),
        *findings(found, evidence.acts),
    ]
    if one.decided_by:
        lines.append(_decided(one))
    return Story(_KINDS[one.state], gettext(head, numbers=_numbers(found, evidence.questions)), tuple(lines))


def _decided(one: Delivery) -> str:
    assert one.decided_by is not None and one.decided_at is not None
    name = accounts.names([one.decided_by]).get(one.decided_by, gettext("unknown"))
    when = precise(one.decided_at, None)
    if one.state == "accepted":
        return str(
            gettext("Accepted by %(name)s on %(when)s: “%(reason)s”", name=name, when=when, reason=one.reason)
        )
    return str(
        gettext("Refused by %(name)s on %(when)s: “%(reason)s”", name=name, when=when, reason=one.reason)
    )


def findings(found: Frozen, acts: Iterable[Weighed]) -> list[str]:
    """What speaks against the claims or leaves them open, each sentence once with the questions concerned."""
    said: dict[str, list[str]] = {}
    for act in acts:
        for finding in act.findings:
            sentence = gettext(quiz.lateness.FINDINGS[finding.code], **finding.params)
            said.setdefault(sentence, []).append(act.question)
    return [
        gettext("Question %(numbers)s: %(text)s", numbers=_numbers(found, concerned), text=sentence)
        for sentence, concerned in said.items()
    ]


def _numbers(found: Frozen, concerned: Iterable[str]) -> str:
    places = {sheet.question: number for number, sheet in enumerate(found.sheets, 1)}
    # The act that enters a section answers no question.
    numbers = sorted({places[one] for one in concerned if one in places})
    return str(gettext(", ")).join(str(number) for number in numbers) or "–"


def precise(moment: datetime, near: datetime | None) -> str:
    """A moment to the second in the instance's zone; the day is left out where it is that of `near`."""
    zone = ZoneInfo(settings().zone)
    here = moment.astimezone(zone)
    if near is not None and near.astimezone(zone).date() == here.date():
        return f"{here:%H:%M:%S}"
    return f"{here:%Y-%m-%d %H:%M:%S}"


def length(span: timedelta) -> str:
    """A span of time in minutes and seconds, or hours and minutes."""
    seconds = max(0, round(span.total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
    if minutes:
        return str(gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=seconds % 60))
    return str(gettext("%(seconds)s s", seconds=seconds))


# For whoever decides ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """A moment of the timeline: its number in the picture, where it lies there, and in words. What lies `above`
    the line was claimed, what lies on it the server saw."""

    number: int
    x: float
    words: str
    above: bool = False


@dataclass(frozen=True)
class Bar:
    """The span in which a late answer may have been made, from left to right in the picture."""

    x: float
    width: float


@dataclass(frozen=True)
class Timeline:
    """The picture and its words. The gap is what nothing was heard in before the end."""

    marks: tuple[Mark, ...]
    heard: Bar
    gap: Bar
    claims: tuple[Bar, ...]


@dataclass(frozen=True)
class Case:
    """A delivery for whoever decides: the timeline, what is unclear, what would change; or what came of it."""

    attempt: Frozen
    quiz: catalogue.Quiz
    delivery: Delivery
    story: Story
    rule: str
    timeline: Timeline
    findings: tuple[str, ...]
    before: Result
    after: Result
    outcome: str


def case(found: Frozen, one: Delivery) -> Case:
    """The delivery with everything that the server knows of it."""
    before, after = quiz.lateness.would_be(found, one)
    return Case(
        attempt=found,
        quiz=catalogue.quiz_version(found.quiz_version),
        delivery=one,
        story=story(found, one),
        rule=rule(one.evidence.policy, one.evidence.hours),
        timeline=_timeline(one),
        findings=tuple(findings(found, one.evidence.acts)),
        before=before,
        after=after,
        outcome=_decided(one) if one.decided_by else str(gettext(_WHYS[one.evidence.acts[0].why])),
    )


# The picture is 340 wide. Between start and end it is to scale; arrival lies behind a break.
_LEFT, _END, _AFTER, _ARRIVAL = 10.0, 236.0, 284.0, 328.0


def _timeline(one: Delivery) -> Timeline:
    about = one.evidence
    whole = max((about.deadline - about.started).total_seconds(), 1.0)

    def x(moment: datetime) -> float:
        place = _LEFT + (_END - _LEFT) * (moment - about.started).total_seconds() / whole
        return round(min(max(place, _LEFT), _AFTER), 1)

    contact = about.contact or about.started
    heard, end = x(contact), x(about.deadline)
    claims = []
    for act in about.acts:
        first = x(act.earliest)
        claims.append(Bar(first, max(2.0, round(x(act.latest or act.arrived) - first, 1))))
    return Timeline(
        marks=tuple(_marks(one, x, claims)),
        heard=Bar(_LEFT, round(heard - _LEFT, 1)),
        gap=Bar(heard, round(end - heard, 1)),
        claims=tuple(claims),
    )


def _marks(one: Delivery, x: Callable[[datetime], float], claims: Sequence[Bar]) -> Iterable[Mark]:
    about = one.evidence
    near = about.started
    yield Mark(1, _LEFT, gettext("%(time)s begun", time=precise(near, None)))
    if about.contact is None:
        yield Mark(2, _LEFT, gettext("Nothing arrived before the end"))
    else:
        words = gettext(
            "%(time)s last heard from in time; then nothing for %(length)s before the end",
            time=precise(about.contact, near),
            length=length(about.deadline - about.contact),
        )
        yield Mark(2, x(about.contact), words)
    left, right = min(bar.x for bar in claims), max(bar.x + bar.width for bar in claims)
    yield Mark(3, round((left + right) / 2, 1), _claimed(one), above=True)
    yield Mark(4, _END, gettext("%(time)s the time was up", time=precise(about.deadline, near)))
    words = gettext(
        "%(time)s arrived, %(length)s after the end",
        time=precise(one.received_at, near),
        length=length(one.received_at - about.deadline),
    )
    yield Mark(5, _ARRIVAL, words)


def _claimed(one: Delivery) -> str:
    """When the answers were made, as the phone claims and as far as the server can bound it."""
    acts, near = one.evidence.acts, one.evidence.started
    known = [act.latest for act in acts if act.latest is not None]
    first = precise(min(act.earliest for act in acts), near)
    if len(known) < len(acts):
        return str(
            ngettext(
                "%(num)s answer, made at %(first)s at the earliest; how late, nothing shows",
                "%(num)s answers, made at %(first)s at the earliest; how late, nothing shows",
                len(acts),
                first=first,
            )
        )
    return str(
        ngettext(
            "%(num)s answer, made between %(first)s and %(last)s if the phone's clocks are right",
            "%(num)s answers, made between %(first)s and %(last)s if the phone's clocks are right",
            len(acts),
            first=first,
            last=precise(max(known), near),
        )
    )
