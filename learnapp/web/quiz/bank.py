"""The questions behind a quiz or in a bank, for trainers: what the blueprint takes, and each question's story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext, ngettext

from learnapp import catalogue, questions, quiz
from learnapp.catalogue import Quiz
from learnapp.errors import N_
from learnapp.quiz import Entry, Inventory, Taken, Use
from learnapp.web.doors import in_language, may
from learnapp.web.quiz import figures
from learnapp.web.quiz.blueprint import bp

LIMIT = 40
DIFFICULTIES = {1: N_("easy"), 2: N_("usual"), 3: N_("hard")}
STATUSES = {"active": N_("active"), "draft": N_("draft"), "retired": N_("retired")}


@dataclass(frozen=True)
class Filters:
    """What of all questions is wanted; "" leaves it open."""

    topic: str
    difficulty: str
    status: str

    def wants(self, entry: Entry) -> bool:
        """Whether the question is one of these."""
        one = entry.question
        return (
            self.topic in ("", one.topic)
            and self.difficulty in ("", str(one.difficulty))
            and self.status in ("", one.status)
        )


@bp.get("/<slug>/bank")
@may("quiz.statistics")
def bank(slug: str) -> str:
    """Every question with topic, difficulty, status, use and analysis; `?topic=&difficulty=&status=` some of
    them, `?page=2` the next ones."""
    found = quiz.inventory(slug)
    wanted = Filters(*(request.args.get(name, "") for name in ("topic", "difficulty", "status")))
    entries = [one for one in found.entries if wanted.wants(one)]
    page = min(max(request.args.get("page", 1, int), 1), _pages(entries))
    return render_template(
        "quiz/bank.html",
        found=found,
        wanted=wanted,
        title=in_language(found.quiz.title, found.quiz.title_en),
        plan=[_row(found.quiz, one) for one in found.plan],
        balanced=all(one.balanced for one in found.plan),
        cards=[card(one) for one in entries[(page - 1) * LIMIT : page * LIMIT]],
        count=len(entries),
        page=page,
        pages=_pages(entries),
        choices=_choices(found),
        banks=[(one.slug, title) for one, title in _banks() if one.slug in found.quiz.settings.uses],
        enough=questions.ENOUGH,
    )


def _banks() -> list[tuple[Quiz, str]]:
    """Every bank with its title in the reader's language."""
    return [(one, in_language(one.title, one.title_en)) for one in catalogue.banks()]


def _pages(entries: Sequence[Entry]) -> int:
    return max(1, -(-len(entries) // LIMIT))


def _choices(found: Inventory) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: value and words."""
    topics = sorted({one.question.topic for one in found.entries} - {""})
    return {
        "topic": [("", gettext("All topics")), *((topic, topic) for topic in topics)],
        "difficulty": [
            ("", gettext("All difficulties")),
            *((str(level), gettext(word)) for level, word in DIFFICULTIES.items()),
        ],
        "status": [
            ("", gettext("Every status")),
            *((status, gettext(word)) for status, word in STATUSES.items()),
        ],
    }


def _row(whole: Quiz, taken: Taken) -> tuple[str, str, str]:
    """A draw in words: what it takes from, how many of how many, and whether it is balanced."""
    draw = taken.draw
    parts = [gettext("pool “%(pool)s”", pool=draw.pool)] if draw.pool else []
    parts += [gettext("topic “%(topic)s”", topic=draw.topic)] if draw.topic else []
    parts += (
        [gettext("difficulty: %(word)s", word=gettext(DIFFICULTIES[draw.difficulty]))]
        if draw.difficulty
        else []
    )
    section = next((one for one in whole.settings.sections if one.id == draw.section), None)
    if section is not None:
        parts.append(gettext("section “%(title)s”", title=in_language(section.title, section.title_en)))
    words = str(gettext(", ")).join(parts)
    note = gettext("balanced on measured facility") if taken.balanced else ""
    return words, str(gettext("%(count)s of %(there)s", count=draw.count, there=taken.there)), str(note)


@dataclass(frozen=True)
class Card:
    """A question as the page shows it: no key."""

    stem: str
    tags: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def card(entry: Entry) -> Card:
    """One question in words."""
    one = entry.question
    tags = (one.topic, gettext(DIFFICULTIES[one.difficulty]), gettext(STATUSES[one.status]))
    since = gettext("unchanged since version %(number)s", number=entry.since)
    facts = [(gettext("Version"), since), (gettext("Used in"), _used(entry))]
    if entry.bank:
        title = next((title for one, title in _banks() if one.slug == entry.bank), entry.bank)
        facts.append((gettext("From the bank"), title))
    analysed = [use for use in entry.uses if use.analysed is not None]
    if not analysed:
        facts.append((gettext("Facility"), gettext("fewer than %(least)s people so far", least=quiz.LEAST)))
    else:
        facts.append((gettext("Facility"), _each(analysed, "facility")))
        facts.append((gettext("Discrimination"), _each(analysed, "discrimination")))
    return Card(in_language(one.stem, one.stem_en), tuple(tag for tag in tags if tag), tuple(facts))


def _used(entry: Entry) -> str:
    """The quizzes that have it, each with how many attempts had it."""
    words = [
        gettext(
            "%(quiz)s: %(attempts)s",
            quiz=in_language(use.quiz.title, use.quiz.title_en),
            attempts=ngettext("%(num)s attempt", "%(num)s attempts", use.attempts),
        )
        for use in entry.uses
    ]
    return str(gettext("; ")).join(words) or str(gettext("no quiz"))


def _each(uses: Sequence[Use], name: str) -> str:
    """A number of item analysis, for each quiz where there are several."""
    words = []
    for use in uses:
        item = use.analysed.item if use.analysed else None
        reason = item.missing.get(name, "few") if item else "few"
        value = getattr(item, name, None)
        number = figures.percent(value, reason) if name == "facility" else figures.figure(value, reason)
        title = in_language(use.quiz.title, use.quiz.title_en)
        words.append(number if len(uses) == 1 else gettext("%(quiz)s: %(number)s", quiz=title, number=number))
    return str(gettext("; ")).join(words)
