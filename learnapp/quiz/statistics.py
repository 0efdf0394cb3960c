"""Item analysis of a table of marks: how hard each question was, what it tells apart, how far to trust the sum.

The definitions are those that Moodle documents under "Quiz statistics calculations"
(https://docs.moodle.org/dev/Quiz_statistics_calculations) and "Quiz report statistics". Pure. Marks come in as
whole numbers, so that "everybody has the same" is exact; what comes out are floats, since nothing of it is
stored. What cannot be computed is None, and `missing` names the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import median
from types import MappingProxyType

from learnapp.errors import N_
from learnapp.quiz.marks import Marks, present, rests, sums

Sums = Sequence[tuple[int, int]]

SOURCE = "https://docs.moodle.org/dev/Quiz_statistics_calculations"

# Below this a covariance is what rounding leaves of nothing: relative to both spreads, far under any real one.
_NOTHING = 1e-12

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "few": N_("too few answers"),
        "same": N_("everybody earned the same"),
        "rest-same": N_("everybody earned the same on the other questions"),
        "alone": N_("there is only this question"),
        "negative": N_("who earned more here earned less in all"),
        "parts": N_("not everybody had the same questions"),
        "one": N_("it takes at least two questions"),
        "guess": N_("cannot be told for this kind of question"),
    }
)
"""Why a number is missing: code -> message id."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, by those `n` persons who had it. `mean`, `sd` and `maximum` are points, all else but
    the counts is on a scale of 100. `missing`: name of the field that is None -> a code of REASONS."""

    question: str
    n: int
    maximum: float
    mean: float | None
    facility: float | None
    sd: float | None
    sd_percent: float | None
    random_guess: float | None
    intended_weight: float
    effective_weight: float | None
    discrimination: float | None
    discriminative_efficiency: float | None
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Whole:
    """All questions together, by `n` persons. `possible`, `mean`, `median`, `sd` and `standard_error` are
    points; `internal_consistency` and `error_ratio` percent. `scaled`: not everybody's questions were worth
    the same, so that each sum was stretched to the highest sum that was possible for anybody."""

    n: int
    questions: int
    possible: float | None
    scaled: bool
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    internal_consistency: float | None
    error_ratio: float | None
    standard_error: float | None
    missing: Mapping[str, str]


def covariance(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """The sample covariance, over n - 1; None for fewer than two. Exactly 0 when either does not vary, or
    when what is left is rounding."""
    n = len(xs)
    if n < 2:
        return None
    if min(xs) == max(xs) or min(ys) == max(ys):
        return 0.0
    mean_x, mean_y = fsum(xs) / n, fsum(ys) / n
    pairs = [(x - mean_x, y - mean_y) for x, y in zip(xs, ys, strict=True)]
    found = fsum(x * y for x, y in pairs)
    spread = sqrt(fsum(x * x for x, _ in pairs) * fsum(y * y for _, y in pairs))
    return 0.0 if abs(found) <= _NOTHING * spread else found / (n - 1)


def variance(xs: Sequence[float]) -> float | None:
    """The sample variance, over n - 1; None for fewer than two."""
    return covariance(xs, xs)


# Questions -----------------------------------------------------------------------------------------------


def items(marks: Marks) -> tuple[Item, ...]:
    """Every question of the table:

    * facility: mean mark / maximum × 100
    * standard deviation of the marks, over n - 1
    * random guess: what guessing earns on average, in percent of the maximum
    * intended weight: maximum / sum of all maxima × 100
    * effective weight: √C(x, S) / Σ √C(x, S) × 100, x the mark, S the person's share of all that was
      possible, C the covariance; none for a question whose covariance is negative, which the sum leaves out
    * discrimination: the correlation of the mark with the rest score × 100
    * discriminative efficiency: C(x, X) / Cmax × 100, X the rest score, Cmax the covariance of both columns
      sorted, the highest that these marks allow
    """
    marks = present(marks)
    earned_of = sums(marks)
    weights = _root_covariances(marks, earned_of)
    together = fsum(weight for weight in weights if weight is not None and weight > 0)
    return tuple(
        _item(marks, place, earned_of, weights[place], together) for place in range(len(marks.questions))
    )


def _root_covariances(marks: Marks, earned_of: Sums) -> list[float | None]:
    """√C(x, S) of every question; -1 for a negative covariance, None with fewer than two persons."""
    shares = [earned / possible for earned, possible in earned_of]
    found: list[float | None] = []
    for place in range(len(marks.questions)):
        pairs = [(row[place], share) for row, share in zip(marks.rows, shares, strict=True)]
        had = [(mark, share) for mark, share in pairs if mark is not None]
        together = covariance([mark for mark, _ in had], [share for _, share in had])
        found.append(together if together is None else sqrt(together) if together >= 0 else -1.0)
    return found


def _item(marks: Marks, place: int, earned_of: Sums, weight: float | None, together: float) -> Item:
    column = [row[place] for row in marks.rows]
    had = [mark for mark in column if mark is not None]
    most, unit, name = marks.maxima[place], marks.unit, marks.questions[place]
    spread = variance(had)
    sd = None if spread is None else sqrt(spread)
    guess = marks.guesses.get(name)
    missing = {} if had else {"mean": "few", "facility": "few"}
    if sd is None:
        missing |= {"sd": "few", "sd_percent": "few"}
    if guess is None:
        missing["random_guess"] = "guess"
    effective = 100 * weight / together if weight is not None and weight >= 0 and together else None
    if effective is None:
        missing["effective_weight"] = "few" if weight is None else "negative" if weight < 0 else "same"
    discrimination, efficiency, reason = _discrimination(marks, place, earned_of)
    if reason:
        missing |= {"discrimination": reason, "discriminative_efficiency": reason}
    return Item(
        question=name,
        n=len(had),
        maximum=most / unit,
        mean=sum(had) / len(had) / unit if had else None,
        facility=100 * sum(had) / (most * len(had)) if had else None,
        sd=None if sd is None else sd / unit,
        sd_percent=None if sd is None else 100 * sd / most,
        random_guess=None if guess is None else float(100 * guess),
        intended_weight=100 * most / sum(marks.maxima),
        effective_weight=effective,
        discrimination=discrimination,
        discriminative_efficiency=efficiency,
        missing=missing,
    )


def _discrimination(marks: Marks, place: int, earned_of: Sums) -> tuple[float | None, float | None, str]:
    """Index and efficiency, or why there are none."""
    rest = rests(marks, place, earned_of)
    xs = [mark for person in rest if (mark := marks.rows[person][place]) is not None]
    ys = list(rest.values())
    if len(marks.questions) < 2:
        return None, None, "alone"
    together, most = covariance(xs, ys), covariance(sorted(xs), sorted(ys))
    x_spread, y_spread = variance(xs), variance(ys)
    if together is None or most is None or x_spread is None or y_spread is None:
        return None, None, "few"
    if not x_spread or not y_spread:
        return None, None, "rest-same" if x_spread else "same"
    return 100 * together / sqrt(x_spread * y_spread), 100 * together / most, ""


# The whole -----------------------------------------------------------------------------------------------


def whole(marks: Marks, places: Marks | None = None) -> Whole:
    """All questions together:

    * mean, median and standard deviation (over n - 1) of the sums
    * skewness k3 / k2^1.5 and kurtosis k4 / k2², k2 to k4 the k-statistics of the sums; 0 for a bell curve
    * internal consistency, Cronbach's alpha × 100: p / (p - 1) × (1 - Σ V(x) / V(S)) × 100, p questions,
      V their variances and that of the sum
    * error ratio √(1 - alpha) × 100; standard error = error ratio / 100 × standard deviation

    Alpha needs everybody's marks in every column. Of drawn questions that holds for the places on the paper,
    which Moodle takes as well: `places` is the same marks by them.
    """
    marks = present(marks)
    earned_of = sums(marks)
    top = max((possible for _, possible in earned_of), default=0)
    scaled = any(possible != top for _, possible in earned_of)
    totals = [earned * top / possible if scaled else float(earned) for earned, possible in earned_of]
    missing: dict[str, str] = {}
    spread = variance(totals)
    skewness, kurtosis = _shape(totals, spread, missing)
    alpha = _alpha(present(places) if places else marks, missing)
    ratio = None if alpha is None else sqrt(max(0.0, 1 - alpha))
    sd = None if spread is None else sqrt(spread) / marks.unit
    missing |= {name: "few" for name in ("mean", "median", "possible") if not totals}
    missing |= {"sd": "few"} if sd is None else {}
    return Whole(
        n=len(totals),
        questions=len((places or marks).questions),
        possible=top / marks.unit if totals else None,
        scaled=scaled,
        mean=fsum(totals) / len(totals) / marks.unit if totals else None,
        median=median(totals) / marks.unit if totals else None,
        sd=sd,
        skewness=skewness,
        kurtosis=kurtosis,
        internal_consistency=None if alpha is None else 100 * alpha,
        error_ratio=None if ratio is None else 100 * ratio,
        standard_error=None if ratio is None or sd is None else ratio * sd,
        missing=missing,
    )


def _shape(
    totals: Sequence[float], k2: float | None, missing: dict[str, str]
) -> tuple[float | None, float | None]:
    """Skewness from three sums on, kurtosis from four."""
    n = len(totals)
    missing |= {name: "few" for name, least in (("skewness", 3), ("kurtosis", 4)) if n < least}
    if not k2:
        missing |= {name: "same" for name in ("skewness", "kurtosis") if name not in missing}
    if n < 3 or not k2:
        return None, None
    mean = fsum(totals) / n
    m2, m3, m4 = (fsum((total - mean) ** power for total in totals) / n for power in (2, 3, 4))
    skewness = n * n * m3 / ((n - 1) * (n - 2)) / k2**1.5
    if n < 4:
        return skewness, None
    k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
    return skewness, k4 / (k2 * k2)


def _alpha(marks: Marks, missing: dict[str, str]) -> float | None:
    """Cronbach's alpha as a share, or None with the reason in `missing`."""
    columns = [[cell for cell in column if cell is not None] for column in zip(*marks.rows, strict=True)]
    p, n = len(marks.questions), len(marks.rows)
    spread = variance([earned for earned, _ in sums(marks)])
    reason = "one" if p < 2 else "few" if spread is None else "same" if not spread else ""
    if not reason and any(len(column) != n for column in columns):
        reason = "parts"
    if reason or not spread:
        missing |= dict.fromkeys(("internal_consistency", "error_ratio", "standard_error"), reason)
        return None
    return p / (p - 1) * (1 - fsum(variance(column) or 0.0 for column in columns) / spread)
