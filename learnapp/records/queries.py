"""Reading a member's record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from learnapp import branches, ledger, plans
from learnapp.records.rules import Year, organised, study_record


@dataclass(frozen=True)
class Measure:
    """Hours of a year by one measure (`organised` or `online`), against the target of the person's role where
    there is one; hundredths. `source` names what the target rests on."""

    measure: str
    hours: int
    target: int | None
    source: str = ""
    source_en: str = ""


@dataclass(frozen=True)
class Statement:
    """A year of the record with its measures."""

    year: Year
    measures: tuple[Measure, ...]


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
    return tuple(
        Statement(year, measures(member_id, year, today)) for year in study_record(stream, zone, hidden)
    )


def measures(member_id: str, year: Year, today: date) -> tuple[Measure, ...]:
    """The hours of a year by measure: organised and online study."""
    person = branches.person(member_id, min(today, date(year.year, 12, 31)))
    known = plans.targets(person.post, person.member_class) if person else ()
    targets = {target.measure: target for target in known}
    share = plans.study_rules().online_counts_percent
    values = {
        "organised": organised(year.hours, plans.ORGANISED, share),
        "online": year.hours.get("online", 0),
    }
    return tuple(
        Measure(name, value, one.hours, one.source, one.source_en)
        if (one := targets.get(name))
        else Measure(name, value, None)
        for name, value in values.items()
    )
