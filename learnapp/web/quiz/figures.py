"""Item analysis in words: numbers as they are written, what they say, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from learnapp import quiz
from learnapp.errors import N_
from learnapp.quiz import Analysed, Choices, Count, Finding, Item, Report, Whole
from learnapp.web.doors import in_language, language
from learnapp.web.filters import inline_markdown

# The bands of discrimination are Moodle's; those of facility are a coarser cut of Moodle's.
_FACILITY = (
    (20.0, N_("very hard")),
    (35.0, N_("hard")),
    (66.0, N_("about right to tell people apart")),
    (81.0, N_("fairly easy")),
    (95.0, N_("easy")),
)
_DISCRIMINATION = (
    (0.0, N_("negative: please check")),
    (20.0, N_("very weak")),
    (30.0, N_("weak")),
    (50.0, N_("adequate")),
)
_HINTS = {
    "key": N_(
        "Of those who did well on the rest, more chose “%(answer)s” than the right answer. Please check the key."
    ),
    "typed": N_(
        "Of those who did well on the rest, more wrote “%(answer)s” than a right answer. Please check whether "
        "it should be accepted."
    ),
    "also": N_(
        "Most of those who did well on the rest chose “%(answer)s”, which is not marked as right. Please check "
        "the key."
    ),
    "left-out": N_(
        "Most of those who did well on the rest left out “%(answer)s”, which is marked as right. Please check "
        "the key."
    ),
    "negative": N_("Those who did well on the rest did worse here. Please check the key and the wording."),
    "chance": N_(
        "Those who did well on the rest did slightly worse here. With this number of answers it may be chance."
    ),
}


@dataclass(frozen=True)
class Option:
    """One answer with how many gave it; `upper` and `lower` are shares of the halves in percent, None for an
    empty half."""

    text: str
    right: bool
    all: int
    upper: float | None
    lower: float | None


@dataclass(frozen=True)
class Card:
    """One question of the page."""

    number: int
    stem: str
    n: int
    facility: float | None
    facts: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    hints: tuple[str, ...]
    row: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A question that somebody should look at: where it is analysed, what it asks, and the first reason."""

    href: str
    stem: str
    hint: str


def figure(value: float | None, reason: str = "") -> str:
    """A number with at most one digit behind the point, or the reason why there is none, in words."""
    if value is None:
        return str(gettext(quiz.REASONS[reason])) if reason else "–"
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("-", "−")


def _banded(value: float | None, reason: str, bands: tuple[tuple[float, str], ...], top: str) -> str:
    if value is None:
        return figure(None, reason)
    word = next((word for limit, word in bands if value < limit), top)
    return str(gettext("%(number)s: %(words)s", number=figure(value), words=gettext(word)))


def card(one: Analysed) -> Card:
    """A question with its numbers in words; without numbers where fewer than five people had it."""
    stem = in_language(one.question.stem, one.question.stem_en)
    if one.item is None or one.choices is None:
        return Card(one.number, stem, one.n, None, (), (), (), ())
    return Card(
        number=one.number,
        stem=stem,
        n=one.n,
        facility=one.item.facility,
        facts=_facts(one.item),
        options=_options(one, one.choices),
        hints=hints(one),
        row=_row(one.number, one.item),
    )


def _facts(item: Item) -> tuple[tuple[str, str], ...]:
    why = item.missing.get
    guess = gettext("%(percent)s %% of its points", percent=figure(item.random_guess))
    return (
        (
            gettext("Facility"),
            _banded(item.facility, why("facility", ""), _FACILITY, N_("nearly everybody gets it right")),
        ),
        (
            gettext("Earned by guessing"),
            figure(None, "guess") if item.random_guess is None else guess,
        ),
        (
            gettext("Discrimination"),
            _banded(item.discrimination, why("discrimination", ""), _DISCRIMINATION, N_("very good")),
        ),
        (
            gettext("Discriminative efficiency"),
            figure(item.discriminative_efficiency, why("discriminative_efficiency", "")),
        ),
        (gettext("Standard deviation"), percent(item.sd_percent, why("sd_percent", ""))),
        (gettext("Intended weight"), percent(item.intended_weight, "")),
        (gettext("Effective weight"), percent(item.effective_weight, why("effective_weight", ""))),
    )


def percent(value: float | None, reason: str = "few") -> str:
    """A percentage, or the reason why there is none, in words."""
    return figure(None, reason) if value is None else str(gettext("%(number)s %%", number=figure(value)))


HEADERS = (
    N_("Question"),
    N_("Answers"),
    N_("Facility"),
    N_("Earned by guessing"),
    N_("Standard deviation"),
    N_("Discrimination"),
    N_("Discriminative efficiency"),
    N_("Intended weight"),
    N_("Effective weight"),
)


def _row(number: int, item: Item) -> tuple[str, ...]:
    numbers = (item.facility, item.random_guess, item.sd_percent, item.discrimination)
    weights = (item.discriminative_efficiency, item.intended_weight, item.effective_weight)
    return (str(number), str(item.n), *(figure(value) for value in (*numbers, *weights)))


def _options(one: Analysed, found: Choices) -> tuple[Option, ...]:
    texts = _texts(one)
    counts = [(count, _text(count, texts)) for count in found.counts]
    if not texts:
        counts.insert(0, (found.full, gettext("Right answers")))
    counts.append((found.unanswered, gettext("Not answered")))
    return tuple(
        Option(
            text, count.right, count.all, _share(count.upper, found.upper), _share(count.lower, found.lower)
        )
        for count, text in counts
    )


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _texts(one: Analysed) -> list[str]:
    texts = quiz.option_texts(one.question, language())
    return [gettext(text) for text in texts] if one.question.kind == "true-false" else texts


def _text(count: Count, texts: list[str]) -> str:
    """An author's option is markdown; what somebody typed is shown as it is."""
    return count.text if count.place is None else inline_markdown(texts[count.place])


def hints(one: Analysed) -> tuple[str, ...]:
    """What speaks against a question, in sentences, the heaviest first."""
    return tuple(_hint(one, finding) for finding in one.findings)


def _hint(one: Analysed, finding: Finding) -> str:
    code = finding.code
    if code == "negative":
        code, answer = "chance" if finding.chance else "negative", ""
    elif finding.place is None:
        code, answer = "typed", finding.text
    else:
        answer = _texts(one)[finding.place].replace("*", "")
    text: str = gettext(_HINTS[code], answer=answer)
    return text


def whole_facts(found: Whole) -> tuple[tuple[str, str], ...]:
    """The quiz as a whole; points are also percent of what was possible."""
    why = found.missing.get

    def points(name: str) -> str:
        value: float | None = getattr(found, name)
        if value is None or not found.possible:
            return figure(None, why(name, ""))
        share = figure(100 * value / found.possible)
        text: str = gettext("%(points)s points, %(percent)s %%", points=figure(value), percent=share)
        return text

    alpha = found.internal_consistency
    return (
        (gettext("Mean"), points("mean")),
        (gettext("Median"), points("median")),
        (gettext("Standard deviation"), points("sd")),
        (gettext("Skewness"), figure(found.skewness, why("skewness", ""))),
        (gettext("Kurtosis"), figure(found.kurtosis, why("kurtosis", ""))),
        (gettext("Cronbach’s alpha"), percent(alpha, why("internal_consistency", ""))),
        (gettext("Error ratio"), percent(found.error_ratio, why("error_ratio", ""))),
        (gettext("Standard error"), points("standard_error")),
    )


def checks(found: Report, page: str | None = None) -> list[Check]:
    """The questions of a report that somebody should look at, in the order of the quiz. `page` is where it
    is shown, empty for this page."""
    page = url_for("quiz.statistics", slug=found.quiz.slug) if page is None else page
    return [
        Check(f"{page}#q{one.number}", in_language(one.question.stem, one.question.stem_en), hints(one)[0])
        for one in found.doubtful
    ]
