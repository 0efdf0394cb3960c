"""The study record and the hours statement (学时证明) on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from flask import current_app
from flask_babel import gettext

from learnapp.web.doors import language, me, now
from learnapp.web.filters import hundredths
from learnapp.web.paper import Block, Facts, Heading, Note, Rows, Title, sheet
from learnapp.web.records.shown import Item, Record, YearShown, day_words


def record_pdf(record: Record) -> bytes:
    """All years of the record."""
    title = gettext("Study record of %(name)s", name=record.name)
    blocks: list[Block] = [
        Title(title, gettext("%(branch)s, as of %(day)s", branch=record.branch, day=day_words(record.on)))
    ]
    for year in record.years:
        blocks += _year(year)
    if not record.years:
        blocks.append(Note(gettext("Nothing recorded yet")))
    return _sheet(blocks, title)


def hours_pdf(record: Record) -> bytes:
    """The hours of every year by mode, against the targets, with the rule under which they were credited."""
    title = gettext("Statement of study hours: %(name)s", name=record.name)
    blocks: list[Block] = [
        Title(title, gettext("%(branch)s, as of %(day)s", branch=record.branch, day=day_words(record.on)))
    ]
    for year in record.years:
        blocks += [Heading(gettext("Year %(year)s", year=year.year)), *_hours(year)]
        rows = [
            [
                item.line.on.isoformat(),
                item.title,
                item.course,
                hundredths(item.line.hours),
                str(item.line.seq),
            ]
            for item in year.credited
        ]
        heads = [
            gettext("Day"),
            gettext("What was studied"),
            gettext("Course"),
            gettext("Study hours"),
            gettext("Ledger entry"),
        ]
        blocks.append(Rows(heads, rows, (5, 11, 9, 4, 4), (3, 4)))
    if not record.years:
        blocks.append(Note(gettext("Nothing recorded yet")))
    return _sheet(blocks, title)


def _sheet(blocks: Sequence[Block], title: str) -> bytes:
    written = current_app.jinja_env.filters["moment"](now())
    foot = gettext("Made by %(name)s from the learning ledger, %(moment)s", name=me().name, moment=written)
    note = Note(
        gettext("Each line names its entry in the learning ledger; the fingerprint is that of the entry.")
    )
    spoken = cast(Literal["zh", "en"], language())
    return sheet([*blocks, note], title=title, foot=foot, language=spoken, at=now())


def _year(year: YearShown) -> Iterable[Block]:
    yield Heading(gettext("Year %(year)s", year=year.year))
    yield from _hours(year)
    for title, items in (
        (gettext("Courses completed"), year.courses),
        (gettext("Lessons completed"), year.modules),
        (gettext("Quizzes passed"), year.quizzes),
        (gettext("Accepted from elsewhere"), year.accepted),
        (gettext("Waived"), year.waived),
        (gettext("Recognised"), year.recognised),
    ):
        if items:
            yield _items(title, items)
    if year.corrections:
        rows = [
            [one.one.on.isoformat(), one.what, one.reason, str(one.one.of), str(one.one.by or "–")]
            for one in year.corrections
        ]
        heads = [
            gettext("Day"),
            gettext("Voided"),
            gettext("Reason"),
            gettext("Ledger entry"),
            gettext("Replaced by"),
        ]
        yield Rows([gettext("Corrections"), *heads[1:]], rows, (5, 10, 9, 4, 4), (3, 4))


def _hours(year: YearShown) -> Iterable[Block]:
    pairs = [(gettext("Study hours"), hundredths(year.total))]
    pairs += [(mode.label, hundredths(mode.value)) for mode in year.modes]
    for one in year.measures:
        if one.target is not None:
            target = gettext("Target: %(measure)s", measure=one.label)
            pairs.append((target, f"{hundredths(one.value)} / {hundredths(one.target)}"))
            pairs += [("", text) for text in one.notes]
        if one.made:
            pairs.append((one.label, one.made))
    pairs.append((gettext("Online study that counts as organised"), f"{year.percent}% · {year.rules}"))
    pairs += [(gettext("Rule"), rule) for rule in year.hour_rules]
    yield Facts(pairs)


def _items(title: str, items: Sequence[Item]) -> Rows:
    rows = [
        [
            item.line.on.isoformat(),
            item.title + (f" · {item.course}" if item.course else ""),
            item.version,
            hundredths(item.line.hours) if item.line.kind == "module" or item.line.hours else "",
            str(item.line.seq),
            item.line.hash[:16],
        ]
        for item in items
    ]
    heads = [
        title,
        "",
        gettext("Version"),
        gettext("Study hours"),
        gettext("Ledger entry"),
        gettext("Fingerprint"),
    ]
    return Rows(heads, rows, (6, 12, 4, 3, 4, 7), (3, 4))
