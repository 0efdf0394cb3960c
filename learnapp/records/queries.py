"""Reading a member's record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from learnapp import ledger, plans
from learnapp.records.rules import Year, measured, study_record


@dataclass(frozen=True)
class Measure:
    """Hours by one of the measures (`organised`, `online`, `total`), in hundredths, with the target of the person's
    post and class where there is one, and what it rests on. The hours are those of the years `first` to `last`,
    of one year where the target is for one. `once` says of each mode that must occur whether it did."""

    measure: str
    hours: int
    target: plans.Target | None
    first: int
    last: int
    once: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Statement:
    """A year of the record with its measures: `rules` are the study rules that held for the person at its end, by
    which the targets and the percentage of online study that counts as organised are read."""

    year: Year
    measures: tuple[Measure, ...]
    rules: plans.StudyRules


def read(
    member_id: str,
    *,
    today: date,
    zone: str,
    hidden: Collection[str] = (),
    entries: Collection[ledger.Entry] | None = None,
) -> tuple[Statement, ...]:
    """The member's record, newest year first, with the targets of the post and class that the person had on the
    last day of the year (of this year: `today`). `hidden` are attempts whose result must not be said yet;
    `entries` the whole stream, where it was read already."""
    stream = ledger.entries_after(member_id, 0) if entries is None else entries
    years = study_record(stream, zone, hidden)
    return tuple(_statement(member_id, year, years, today) for year in years)


def _statement(member_id: str, year: Year, years: Sequence[Year], today: date) -> Statement:
    duty = plans.duty_of(member_id, min(today, date(year.year, 12, 31)))
    return Statement(year, measures(duty, year, years), duty.rules)


def measures(duty: plans.Duty, year: Year, years: Sequence[Year]) -> tuple[Measure, ...]:
    """The hours of a year by organised and online study, and of everything where a target asks for that; `years`
    is the whole record, since a target may be one for several years."""
    targets = {target.measure: target for target in duty.targets}
    names = [name for name in plans.MEASURES if name != "total" or name in targets]
    return tuple(_measure(name, targets.get(name), year, years, duty.rules) for name in names)


def _measure(
    name: str, target: plans.Target | None, year: Year, years: Sequence[Year], rules: plans.StudyRules
) -> Measure:
    first, last = target.span(year.year) if target else (year.year, year.year)
    inside = [one for one in years if first <= one.year <= min(last, year.year)]
    share = rules.online_counts_percent
    return Measure(
        measure=name,
        hours=sum(measured(name, one.hours, plans.ORGANISED, share) for one in inside),
        target=target,
        first=first,
        last=last,
        once=tuple((mode, any(one.hours.get(mode) for one in inside)) for mode in target.at_least_once)
        if target
        else (),
    )
