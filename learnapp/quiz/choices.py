"""What people chose at a question, those who did well on the rest beside those who did not, and what of it
makes the key doubtful. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

# A hint needs this many people in the upper half; and what one person typed is never shown unless this many
# people typed the same, however often each.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Given:
    """One person's answer: the places of the chosen options in their written order, or the typed text.
    `full`: it earned everything."""

    answered: bool = True
    chosen: tuple[int, ...] = ()
    text: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many gave an answer: all, and those of the upper and of the lower half.

    `place` is that of the option, None for a typed answer, whose `text` it is.
    """

    place: int | None
    text: str
    right: bool
    all: int
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Choices:
    """Every option in its written order, or the frequent typed answers; `unanswered` like them. `upper` and
    `lower` are the sizes of the halves; `full` counts whose answer earned everything."""

    counts: tuple[Count, ...]
    unanswered: Count
    full: Count
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason to look at a question.

    * `negative`: who did well on the rest did worse here; `chance`: with so few answers it may be accident
    * `key`: more of the upper half gave this wrong answer than a right one
    * `also`: most of the upper half chose this option, which is not marked right, among others
    * `left-out`: most of the upper half left this option out, which is marked right, and less often chose it
      than the lower half
    """

    code: str
    place: int | None = None
    text: str = ""
    chance: bool = False


def halves(rests: Mapping[int, float]) -> tuple[frozenset[int], frozenset[int]]:
    """The persons whose rest score is above the median, and those below it. Those at the median are in
    neither half, so that nobody is put into one by accident."""
    if not rests:
        return frozenset(), frozenset()
    middle = median(rests.values())
    return (
        frozenset(person for person, rest in rests.items() if rest > middle),
        frozenset(person for person, rest in rests.items() if rest < middle),
    )


def choices(
    given: Mapping[int, Given],
    rights: Sequence[bool],
    rests: Mapping[int, float],
    owners: Sequence[str] | None = None,
) -> Choices:
    """The counts of a question. `given` are the answers of those who had it, by person; `rights` says of each
    option in its written order whether it is right, and is empty for typed answers. Where one member may stand
    there with several attempts, `owners` says of each number whose it is."""
    upper, lower = halves(rests)

    def count(place: int | None, text: str, right: bool, persons: Iterable[int]) -> Count:
        found = set(persons)
        return Count(place, text, right, len(found), len(found & upper), len(found & lower))

    counts = [
        count(place, "", right, (person for person, one in given.items() if place in one.chosen))
        for place, right in enumerate(rights)
    ]
    often = Counter((one.text, one.full) for one in given.values() if one.text and not rights)
    for (text, full), times in sorted(often.items(), key=lambda pair: (-pair[1], pair[0])):
        same = [person for person, one in given.items() if one.text == text and one.full is full]
        if (times if owners is None else len({owners[person] for person in same})) >= LEAST:
            counts.append(count(None, text, full, same))
    nothing = (person for person, one in given.items() if not one.answered)
    return Choices(
        counts=tuple(counts),
        unanswered=count(None, "", False, nothing),
        full=count(None, "", True, (person for person, one in given.items() if one.full)),
        upper=len(upper),
        lower=len(lower),
    )


def findings(found: Choices, discrimination: float | None, n: int) -> tuple[Finding, ...]:
    """What speaks against a question that `n` persons had, the heaviest first.

    A correlation of nothing is off zero by 1 / √(n - 1) often enough: within that it may be chance.
    """
    doubts = list(_doubts(found)) if found.upper >= LEAST else []
    if discrimination is not None and discrimination < 0:
        doubts.append(Finding("negative", chance=discrimination > -100 / sqrt(n - 1)))
    return tuple(doubts)


def _doubts(found: Choices) -> Iterable[Finding]:
    rights = [count for count in found.counts if count.right and count.place is not None]
    if len(rights) < 2:
        wrong = [count for count in found.counts if not count.right]
        first = max(wrong, key=lambda count: count.upper, default=None)
        if first is not None and first.upper > found.full.upper and _drawn_up(first, found):
            yield Finding("key", first.place, first.text)
        return
    for count in found.counts:
        most = 2 * count.upper > found.upper
        if not count.right and most and _drawn_up(count, found):
            yield Finding("also", count.place)
        if count.right and not most and count.upper * found.lower < count.lower * found.upper:
            yield Finding("left-out", count.place)


def _drawn_up(count: Count, found: Choices) -> bool:
    """Whether the upper half gave this answer at least as often as the lower half, in proportion."""
    return count.upper * found.lower >= count.lower * found.upper
