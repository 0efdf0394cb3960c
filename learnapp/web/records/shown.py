"""A study record in words, in the language of the request: the same for the page, for files and for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, url_for
from flask_babel import gettext

from learnapp import assessment, branches, catalogue, ledger, plans, records
from learnapp.errors import N_, NotFound
from learnapp.records import Correction, Line
from learnapp.web import granted
from learnapp.web.doors import in_language, me, settings, today
from learnapp.web.hours import words
from learnapp.web.quiz.results import hidden_in

KINDS: Mapping[str, str] = {
    "course": N_("Course completed"),
    "module": N_("Lesson completed"),
    "quiz": N_("Quiz passed"),
    "equivalence": N_("Accepted in its place"),
    "waiver": N_("Waived"),
    "recognition": N_("Recognised"),
}


@dataclass(frozen=True)
class Item:
    """A line in words: what, of which course, in which version, and where that version opens as it was."""

    line: Line
    title: str
    course: str
    number: int | None
    href: str | None

    @property
    def version(self) -> str:
        """The version for a person: its number, or the beginning of its hash where the catalogue lost it."""
        if self.number is None:
            return self.line.version[:12]
        return str(gettext("version %(number)s", number=self.number))


@dataclass(frozen=True)
class Hours:
    """Hours by one measure, in hundredths, with the target and what it rests on, where there is one. `notes` are
    sentences that stand below, `made` how the number comes about where online study has a share in it. The hours are
    those of the years `first` to `last`."""

    measure: str
    label: str
    value: int
    target: int | None
    source: str
    notes: tuple[str, ...] = ()
    made: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class Mode:
    """What was studied in one way in a year: the hours, and the lines that they are the sum of."""

    code: str
    label: str
    value: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Corrected:
    """A correction in words."""

    one: Correction
    what: str
    reason: str


@dataclass(frozen=True)
class YearShown:
    """A year in words. `modes` are in the order of the regulations; `percent` is what counted of online study
    as organised and `rules` the version of the rules that said so and named the targets."""

    year: int
    courses: tuple[Item, ...]
    modules: tuple[Item, ...]
    quizzes: tuple[Item, ...]
    corrections: tuple[Corrected, ...]
    accepted: tuple[Item, ...]
    waived: tuple[Item, ...]
    recognised: tuple[Item, ...]
    modes: tuple[Mode, ...]
    measures: tuple[Hours, ...]
    total: int
    hour_rules: tuple[str, ...]
    percent: int
    rules: str

    @property
    def credited(self) -> tuple[Item, ...]:
        """The lines that the hours are the sum of, by day."""
        found = (item for mode in self.modes for item in mode.items)
        return tuple(sorted(found, key=lambda item: (item.line.on, item.line.seq)))

    @property
    def items(self) -> tuple[Item, ...]:
        """All lines by day."""
        every = (*self.courses, *self.modules, *self.quizzes, *self.accepted, *self.waived, *self.recognised)
        return tuple(sorted(every, key=lambda item: (item.line.on, item.line.seq)))


@dataclass(frozen=True)
class Record:
    """A member's whole record: whose it is, and the years, newest first."""

    member_id: str
    name: str
    branch: str
    on: date
    years: tuple[YearShown, ...]
    own: bool

    def year(self, wanted: int | None) -> YearShown | None:
        """This year of the record, or the newest one; None where there is nothing."""
        return next((one for one in self.years if one.year == wanted), self.years[0] if self.years else None)


@dataclass(frozen=True)
class Told:
    """A member's whole stream, and the attempts in it whose result must not be said yet."""

    entries: Sequence[ledger.Entry]
    hidden: frozenset[str]


def told_of(member_id: str) -> Told:
    """What a page needs of a member's ledger, read once."""
    entries = ledger.entries_after(member_id, 0)
    return Told(entries, hidden_in(member_id, entries))


def record_of(person: branches.Person, told: Told | None = None) -> Record:
    """The record of a person, with nothing that may not be said yet."""
    told = told or told_of(person.member_id)
    own = person.member_id == me().member_id
    found = records.read(
        person.member_id, today=today(), zone=settings().zone, hidden=told.hidden, entries=told.entries
    )
    years = tuple(_year(one, own) for one in found)
    return Record(person.member_id, person.name, person.branch_name, today(), years, own)


def day_words(day: date) -> str:
    """A day, or the day of an instant, in words with its year."""
    written: str = current_app.jinja_env.filters["day"](day, year=True)
    return written


def _year(statement: records.Statement, own: bool) -> YearShown:
    year = statement.year
    return YearShown(
        year=year.year,
        courses=tuple(item(line, own) for line in year.courses),
        modules=tuple(item(line, own) for line in year.modules),
        quizzes=tuple(item(line, own) for line in year.quizzes),
        corrections=tuple(_corrected(one, own) for one in year.corrections),
        accepted=tuple(item(line, own) for line in year.accepted),
        waived=tuple(item(line, own) for line in year.waived),
        recognised=tuple(item(line, own) for line in year.recognised),
        modes=tuple(
            Mode(
                mode,
                gettext(plans.MODES[mode]),
                year.hours[mode],
                tuple(item(line, own) for line in year.credited if line.mode == mode),
            )
            for mode in plans.MODES
            if mode in year.hours
        ),
        measures=tuple(measured(one, year.hours, statement.rules) for one in statement.measures),
        total=year.total,
        hour_rules=year.hour_rules,
        percent=statement.rules.online_counts_percent,
        rules=statement.rules.hour.version,
    )


def measured(measure: records.Measure, modes: Mapping[str, int], rules: plans.StudyRules) -> Hours:
    """A measure in words; `modes` are the hours of its year by mode."""
    target = measure.target
    return Hours(
        measure.measure,
        gettext(plans.MEASURES[measure.measure]),
        measure.hours,
        target.hours if target and target.required else None,
        words.source_of(target) if target else "",
        tuple(words.measure_notes(measure)),
        words.share_sum(measure, modes, rules.online_counts_percent),
        measure.first,
        measure.last,
    )


def item(line: Line, own: bool = True) -> Item:
    """A line in words. What an attempt was like only its member may open."""
    if line.kind == "quiz":
        return _quiz(line, own)
    if line.kind == "recognition":
        title, title_en = assessment.recognition.titles([line.slug]).get(line.slug, (line.slug, ""))
        return Item(line, in_language(title, title_en), "", None, None)
    if line.kind in ("equivalence", "waiver"):
        return _decided(line)
    try:
        course = catalogue.course_version(line.version)
    except NotFound:
        return Item(line, line.module or line.slug, line.slug, None, None)
    title = in_language(course.title, course.title_en)
    module = course.find(line.module) if line.kind == "module" else None
    opened = module or course.modules[0]
    href = url_for("study.version", course=line.slug, module=opened.id, version=line.version)
    if line.kind == "course":
        return Item(line, title, "", course.number, href)
    named = in_language(module.title, module.title_en) if module else line.module
    return Item(line, named, title, course.number, href if module else None)


def _quiz(line: Line, own: bool) -> Item:
    href = url_for("quiz.review", attempt=line.attempt) if own else None
    try:
        quiz = catalogue.quiz_version(line.version)
    except NotFound:
        return Item(line, line.slug, "", None, href)
    return Item(line, in_language(quiz.title, quiz.title_en), "", quiz.number, href)


def _decided(line: Line) -> Item:
    """What was accepted or waived, by the name that it has now, with what that rests on."""
    words = granted.basis_words(line.basis)
    if line.kind == "waiver":
        words = f"{words} · {granted.until_words(line.until)}"
    return Item(line, granted.thing_title(line.thing), words, None, None)


def _corrected(one: Correction, own: bool) -> Corrected:
    return Corrected(one, item(one.line, own).title, gettext(ledger.VOID_REASONS[one.reason]))
