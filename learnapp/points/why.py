"""Why a number is what it is: its lines with their rules, and what has happened to each since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from learnapp import branches, ledger
from learnapp.db import db, table_of
from learnapp.errors import N_
from learnapp.ledger import Entry
from learnapp.points.engines import ENGINES
from learnapp.points.models import PointsAdjustment, PointsFrozen
from learnapp.points.periods import PeriodInfo
from learnapp.points.queries import lines
from learnapp.points.rules import ACT, Evaluation, Line, Rule, cap_of
from learnapp.points.sentences import sentence
from learnapp.points.situation import situation
from learnapp.points.terms import Home, Terms

_frozen, _adjustment = table_of(PointsFrozen), table_of(PointsAdjustment)
_CLOSED = select(_frozen.c.frozen_at, _frozen.c.seq).where(
    _frozen.c.member_id == bindparam("member_id"), _frozen.c.period_id == bindparam("period_id")
)
_SINCE = (
    select(
        _adjustment.c.period_id,
        _adjustment.c.entry_seq,
        _adjustment.c.rule,
        _adjustment.c.amount,
        _adjustment.c.cause,
        _adjustment.c.cause_seq,
    )
    .where(
        _adjustment.c.member_id == bindparam("member_id"),
        _adjustment.c.origin_period == bindparam("period_id"),
    )
    .order_by(_adjustment.c.period_id, _adjustment.c.entry_seq, _adjustment.c.rule)
)

# What can happen to a line, in words; the page fills in who, when and how much.
STEPS: Mapping[str, str] = {
    "entered": N_("recorded by the system"),
    "declared": N_("declared"),
    "recorded": N_("recorded by the organisation"),
    "confirmed": N_("confirmed"),
    "limited": N_("counts for less"),
    "voided": N_("voided"),
    "replaced": N_("replaced by another entry"),
    "closed": N_("the period closed"),
    "adjusted": N_("adjusted in a later period"),
}


@dataclass(frozen=True)
class Why:
    """A line with its rule: the wording of the rule set and the sentence made from its data, in both languages.
    `cap` is the amount (hundredths) at which it was cut, `times` how often the rule pays, where that is why."""

    line: Line
    rule: Rule
    text: str
    text_en: str
    sentence: str
    sentence_en: str
    cap: int | None
    times: int | None


@dataclass(frozen=True)
class Step:
    """One thing that happened to a line. `code` is one of `STEPS`; `seq` the entry in which it did, 0 where there
    is none; `by` who recorded that; `reason` a code of `points.REASONS`, `ledger.VOID_REASONS` or
    `points.CAUSES`, by the kind of step; `period_id` the later period and `amount` the hundredths of an
    adjustment."""

    code: str
    seq: int = 0
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    rule: str = ""
    period_id: str = ""
    amount: int = 0
    cause_seq: int = 0


def why(member_id: str, period: PeriodInfo) -> tuple[Why, ...]:
    """Every line behind the member's sum with its rule in words, newest first."""
    return tuple(explained(line, period) for line in lines(member_id, period))


def explained(line: Line, period: PeriodInfo) -> Why:
    """A line with its rule in words."""
    rules = period.rules
    rule = rules.rule(line.rule)
    return Why(
        line=line,
        rule=rule,
        text=rule.text,
        text_en=rule.text_en,
        sentence=sentence(rule, rules, "zh"),
        sentence_en=sentence(rule, rules, "en"),
        cap=cap_of(line, rules),
        times=rule.limit if line.reason == "full-times" else None,
    )


def stories(
    member_id: str, period: PeriodInfo, found: list[Line], entries: Mapping[int, Entry]
) -> dict[int, tuple[Step, ...]]:
    """What has happened to the lines of each entry since, by entry, in the order of time. At most two queries
    for all of them; `entries` are the member's by seq, as the page has read them."""
    keys = {"member_id": member_id, "period_id": period.id}
    over = period.state in ("posted", "closed")
    closed = db.session.execute(_CLOSED, keys).one_or_none() if over else None
    since = db.session.execute(_SINCE, keys).all() if closed is not None else []
    void_by = {one.data["seq"]: one for one in entries.values() if one.kind == "voided"}
    by_trace = {
        one.data["trace"]: one
        for one in entries.values()
        if one.kind not in ("voided", "quiz-measured") and one.data.get("trace")
    }
    told = {}
    for seq in {line.seq for line in found} | {row.entry_seq for row in since if row.entry_seq in entries}:
        steps = list(_origins(entries[seq], entries))
        steps += [_limited(line) for line in found if line.seq == seq and line.reason not in ("", "voided")]
        steps += _ended(_voidings(entries[seq], void_by, by_trace), closed)
        steps += [
            Step(
                "adjusted",
                seq,
                reason=row.cause,
                rule=row.rule,
                period_id=row.period_id,
                amount=row.amount,
                cause_seq=row.cause_seq,
            )
            for row in since
            if row.entry_seq == seq
        ]
        told[seq] = tuple(steps)
    return told


def story(member_id: str, period: PeriodInfo, seq: int) -> tuple[Step, ...]:
    """What has happened to an entry's lines in a period: from whom it came and who confirmed it, what it was
    limited by, whether it was voided, and where it was adjusted. Empty where it has no line there."""
    entries = {one.seq: one for one in ledger.entries_after(member_id, 0)}
    return stories(member_id, period, lines(member_id, period), entries).get(seq, ())


def _origins(entry: Entry, entries: Mapping[int, Entry]) -> Iterator[Step]:
    if entry.kind != ACT:
        yield Step("entered", entry.seq, entry.recorded_at, entry.recorder)
        return
    proposal = entries.get(entry.data["seq"])
    if proposal is not None and proposal.subject == entry.subject:
        yield Step(entry.data["origin"], proposal.seq, proposal.recorded_at, proposal.recorder)
    yield Step("confirmed", entry.seq, entry.recorded_at, entry.recorder)


def _ended(voidings: Iterator[Step], closed: Row[*tuple[Any, ...]] | None) -> Iterator[Step]:
    """Voidings and closing in the order in which they came."""
    found = list(voidings)
    if closed is not None:
        before = [step for step in found if step.seq <= closed.seq]
        yield from before
        yield Step("closed", at=closed.frozen_at)
        found = found[len(before) :]
    yield from found


def _limited(line: Line) -> Step:
    return Step("limited", line.seq, reason=line.reason, rule=line.rule, amount=line.counted)


def _voidings(entry: Entry, void_by: Mapping[int, Entry], by_trace: Mapping[str, Entry]) -> Iterator[Step]:
    voiding = void_by.get(entry.seq)
    if voiding is None:
        return
    yield Step("voided", voiding.seq, voiding.recorded_at, voiding.recorder, voiding.data["reason"])
    successor = by_trace.get(voiding.data.get("trace", ""))
    if successor is not None:
        yield Step("replaced", successor.seq, successor.recorded_at, successor.recorder)


@dataclass(frozen=True)
class Part:
    """Days of a period in one branch: what was gained and taken off in them, in hundredths. `valid_to` is the
    first day after, None while it goes on; `member_class` the class of those days and whether it is `scored`."""

    branch_id: str
    member_class: str
    scored: bool
    valid_from: date
    valid_to: date | None
    bonus: int
    deduction: int


def split(member_id: str, period: PeriodInfo, found: Sequence[Line] | None = None) -> tuple[Part, ...]:
    """The member's sum in the period without its base, by the homes and classes they had in it, in order of time.
    The parts add up to bonus and deduction. `found` are the lines, where the caller has them."""
    found = lines(member_id, period) if found is None else found
    parts = []
    for home in _homes_in(member_id, period):
        here = [line.counted for line in found if home.holds_on(line.on)]
        parts.append(
            Part(
                branch_id=home.branch_id,
                member_class=home.member_class,
                scored=period.rules.scored(home.member_class),
                valid_from=max(home.valid_from, period.starts_on),
                valid_to=home.valid_to,
                bonus=sum(one for one in here if one > 0),
                deduction=-sum(one for one in here if one < 0),
            )
        )
    return tuple(parts)


def _homes_in(member_id: str, period: PeriodInfo) -> tuple[Home, ...]:
    """The homes of the member in the period. One query for who stayed where and what they were, in a period that
    is open."""
    if period.state == "open":
        stays = [one for one in branches.history(member_id) if one.kind == "home"]
        if len(stays) == 1:
            one = stays[0]
            only = Terms((Home(one.branch_id, one.member_class, one.valid_from, one.valid_to),))
            return only.within(period.span)
    terms = situation(member_id, None).terms.get(period.id)
    return terms.within(period.span) if terms is not None else ()


def without(member_id: str, period: PeriodInfo, entries: list[Entry], zone: str) -> Evaluation:
    """What these entries of the member are worth in the period, under the terms that hold in it: for a sum that
    leaves out what may not be told yet."""
    terms = situation(member_id, None).terms.get(period.id)
    evaluate = ENGINES[period.engine].evaluate
    if terms is None:
        return evaluate([], period.rules, period.span, zone)
    return evaluate(entries, period.rules, period.span, zone, terms=terms)


def periods_of(member_id: str) -> tuple[PeriodInfo, ...]:
    """The periods in which the member has a day, or that closed for them, by first day; planned ones left out."""
    here = situation(member_id, None)
    return tuple(
        period
        for period in here.periods.values()
        if period.id in here.frozen or here.terms[period.id].within(period.span)
    )
