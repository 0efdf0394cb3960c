"""A member's sum on a page: each number one tap from its lines, one more from the entry and the rule's sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from learnapp import accounts, branches, ledger, points
from learnapp.errors import N_
from learnapp.web.doors import in_language, settings
from learnapp.web.filters import hundredths
from learnapp.web.quiz.results import hidden_in
from learnapp.web.words import ActWords, Month, act_words, by_month

__all__ = [
    "Brought",
    "Row",
    "Stretch",
    "Sum",
    "Told",
    "brought",
    "months",
    "stretches",
    "sum_of",
]

# The title of the parts of a sum that are no line of an entry.
_FLOOR = N_("What the floor of that period leaves out")


@dataclass(frozen=True)
class Told:
    """One thing that happened to a line, in words: what, by whom and when, and why."""

    what: str
    who: str
    at: datetime | None
    seq: int
    because: str


@dataclass(frozen=True)
class Row:
    """One line of a sum: the act and the rule in words, what it brings, why less than it is worth, and what has
    happened to it since. `plain` is the sentence made from the rule's data."""

    words: ActWords
    number: str
    on: date
    sentence: str
    plain: str
    reason: str
    entry: ledger.Entry
    story: Sequence[Told]
    counted: int


@dataclass(frozen=True)
class Brought:
    """What a closed period brought into this one: by how much, from which period and entry, and why. `hash` is the
    fingerprint of the entry behind it; empty where there is none."""

    title: str
    number: str
    period: str
    period_id: str
    because: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Sum:
    """A member's sum with its lines, newest first. `waiting` results are left out of both, since they are not
    shown yet: the sum is what it would be without them."""

    total: points.Total
    lines: list[points.Line]
    entries: Mapping[int, ledger.Entry]
    adjusted: list[points.Adjusted]
    waiting: int


def signed(value: int) -> str:
    """`+3`, `－5`, `0`."""
    return f"+{hundredths(value)}" if value > 0 else hundredths(value).replace("-", "－")


def sum_of(member_id: str, period: points.PeriodInfo) -> Sum:
    """As it was folded, and computed anew where a result may not be told yet."""
    entries = ledger.entries_after(member_id, 0)
    by_seq = {entry.seq: entry for entry in entries}
    adjusted, stands = points.adjustments(member_id, period), points.total(member_id, period)
    hidden = hidden_in(member_id, entries)
    if not hidden or period.state == "closed":
        return Sum(stands, points.lines(member_id, period), by_seq, adjusted, 0)
    told = [entry for entry in entries if entry.data.get("attempt") not in hidden]
    kept = [one for one in adjusted if by_seq.get(one.seq) in (None, *told)]
    found = points.without(member_id, period, told, settings().zone)
    adjustment = sum(one.amount for one in kept)
    whole = max(period.rules.floor, found.base + found.bonus - found.deduction + adjustment)
    parts = found.base, found.bonus, found.deduction
    total = points.Total(*parts, whole, entries[-1].seq, adjustment, found.veto)
    lines = sorted(found.lines, key=lambda line: (line.on, line.seq), reverse=True)
    return Sum(total, lines, by_seq, kept, len(hidden))


def months(found: Sum, member_id: str, period: points.PeriodInfo) -> list[Month[Row]]:
    """The lines with their entries, newest first, month by month."""
    stories = points.stories(member_id, period, found.lines, found.entries)
    actors = {step.by for steps in stories.values() for step in steps if step.by}
    who = accounts.names(actors) if actors else {}
    titles = _titles(member_id, stories) if any(_later(stories)) else {}
    rows = []
    for line in found.lines:
        why, entry = points.explained(line, period), found.entries[line.seq]
        steps = [one for one in stories[line.seq] if one.rule in ("", line.rule)]
        rows.append(
            Row(
                words=act_words(entry),
                number=_number(why),
                on=line.on,
                sentence=in_language(why.text, why.text_en),
                plain=in_language(why.sentence, why.sentence_en),
                reason=_reason(why, period.rules),
                entry=entry,
                story=[_told(step, why, period, who, titles) for step in steps],
                counted=line.counted,
            )
        )
    return by_month(rows, lambda row: datetime(row.on.year, row.on.month, row.on.day, 12).astimezone())


def _later(stories: Mapping[int, Sequence[points.Step]]) -> list[str]:
    return [step.period_id for steps in stories.values() for step in steps if step.period_id]


def _titles(member_id: str, stories: Mapping[int, Sequence[points.Step]]) -> dict[str, str]:
    """The titles of the later periods in which something was adjusted."""
    found = {one.id: in_language(one.title, one.title_en) for one in points.periods_of(member_id)}
    return {period_id: found.get(period_id, "") for period_id in _later(stories)}


def _number(why: points.Why) -> str:
    """`+3`, or `+1 → 0` where the line counts for less than it is worth; words for a veto."""
    if why.rule.veto:
        return str(gettext("no veto") if why.line.reason else gettext("veto"))
    if why.line.counted == why.line.worth:
        return signed(why.line.worth)
    return f"{signed(why.line.worth)} → {signed(why.line.counted)}"


def _reason(why: points.Why, rules: points.rules.RuleSet) -> str:
    if not why.line.reason:
        return ""
    category = rules.categories[why.rule.category]
    text: str = gettext(
        points.REASONS[why.line.reason],
        cap=hundredths(why.cap or 0),
        times=why.times or 0,
        category=in_language(category.title, category.title_en),
    )
    return text


def _told(
    step: points.Step,
    why: points.Why,
    period: points.PeriodInfo,
    who: Mapping[str, str],
    titles: Mapping[str, str],
) -> Told:
    because = ""
    if step.code == "limited":
        because = _reason(why, period.rules)
    elif step.code == "voided":
        because = gettext(ledger.VOID_REASONS[step.reason])
    elif step.code == "adjusted":
        title = titles.get(step.period_id, "")
        because = gettext("%(amount)s in “%(title)s”", amount=signed(step.amount), title=title)
    seq = step.cause_seq if step.code == "adjusted" else step.seq
    return Told(gettext(points.STEPS[step.code]), who.get(step.by, ""), step.at, seq, because)


def brought(found: Sum, member_id: str) -> list[Brought]:
    """What closed periods brought, each with the act, its cause and the period that it came from."""
    if not found.adjusted:
        return []
    known = {one.id: one for one in points.periods_of(member_id)}
    rows = []
    for one in found.adjusted:
        origin = known.get(one.origin_period)
        title = gettext(_FLOOR) if one.rule == points.FLOOR else act_words(found.entries[one.seq]).title
        rows.append(
            Brought(
                title=title,
                number=signed(one.amount),
                period=in_language(origin.title, origin.title_en) if origin else "",
                period_id=one.origin_period,
                because=gettext(points.CAUSES[one.cause]),
                seq=one.cause_seq,
                hash=found.entries[one.cause_seq].hash if one.cause_seq in found.entries else "",
            )
        )
    return rows


@dataclass(frozen=True)
class Stretch:
    """Days in one branch and class, and what they brought; shown only where there are several."""

    branch: str
    member_class: str
    scored: bool
    first: date
    bonus: str
    deduction: str


def stretches(found: Sum, member_id: str, period: points.PeriodInfo) -> list[Stretch]:
    """The parts of a sum by branch and class, in order of time; empty for who stayed where and what they were."""
    parts = points.split(member_id, period, found.lines)
    if len(parts) < 2 and all(part.scored for part in parts):
        return []
    titles = period.rules.classes
    return [
        Stretch(
            branch=branches.unit(part.branch_id).name,
            member_class=in_language(titles[part.member_class].title, titles[part.member_class].title_en)
            if part.member_class in titles
            else gettext(branches.CLASSES.get(part.member_class, part.member_class)),
            scored=part.scored,
            first=part.valid_from,
            bonus=hundredths(part.bonus),
            deduction=hundredths(part.deduction),
        )
        for part in parts
    ]
