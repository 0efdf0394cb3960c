"""The blueprint of a paper: which questions each draw may take, and one choice that meets all draws."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from learnapp.errors import N_, Invalid, Problem
from learnapp.questions.contract import Question
from learnapp.questions.seeds import mixed

ENOUGH = 30
"""How many answers a measured facility takes before papers are balanced on it."""

Facility: TypeAlias = Mapping[str, tuple[int, int]]
"""Question -> how many had it, and which share of the points they earned, in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Take `count` of the active questions of this pool, topic and difficulty; what is not set leaves the
    choice open. They are asked in this section."""

    pool: str
    count: int
    topic: str = ""
    difficulty: int | None = None
    section: str = ""

    @property
    def source(self) -> Source:
        """What it takes from, apart from how many and for which section."""
        return Source(self.pool, self.topic, self.difficulty or 0)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Pool, topic and difficulty; "" and 0 leave the choice open."""

    pool: str
    topic: str
    difficulty: int

    def has(self, question: Question) -> bool:
        """Whether the question may be taken from here."""
        return (
            question.status == "active"
            and self.pool in ("", question.pool)
            and self.topic in ("", question.topic)
            and self.difficulty in (0, question.difficulty)
        )

    @property
    def path(self) -> tuple[str, ...]:
        """What tells its order from those of others under a seed. A pool alone has its name only, as it was
        before draws had topics, so that the papers of then can be drawn again."""
        return (
            (self.pool, self.topic, str(self.difficulty)) if self.topic or self.difficulty else (self.pool,)
        )

    @property
    def text(self) -> str:
        """It as an author writes it."""
        parts = [f'{key} = "{value}"' for key, value in (("pool", self.pool), ("topic", self.topic)) if value]
        return ", ".join([*parts, *([f"difficulty = {self.difficulty}"] if self.difficulty else [])])


def wanted(draws: Iterable[Draw]) -> dict[Source, int]:
    """How many questions are taken from each source, in an order that does not depend on that of the draws."""
    found: Counter[Source] = Counter()
    for item in draws:
        found[item.source] += item.count
    return dict(sorted(found.items()))


def chosen(
    questions: Sequence[Question], draws: Sequence[Draw], seed: str, facility: Facility | None = None
) -> dict[str, str]:
    """The questions of one paper, each with its section: question -> section, the same for ever under the
    same seed and facilities; none comes twice, even where draws could take the same ones.

    Where every question of a source has `ENOUGH` answers, the source is cut by facility into as many bands
    as questions are taken from it, and one is taken from each band, so that papers are about equally hard.
    Raises Invalid when the draws cannot be met.
    """
    seats: list[tuple[str, tuple[str, ...]]] = []
    for source, count in wanted(draws).items():
        there = [question.id for question in questions if source.has(question)]
        if count > len(there):
            raise Invalid("pool_too_small", _too_small(source), **_numbers(source, count, len(there)))
        sections = [draw.section for draw in draws if draw.source == source for _ in range(draw.count)]
        seats += zip(sections, _preferences(source, count, there, seed, facility or {}), strict=True)
    taken = _seated([wishes for _, wishes in seats])
    if taken is None:
        raise Invalid("draws_overlap", _OVERLAP)
    return {question: seats[seat][0] for question, seat in taken.items()}


def _preferences(
    source: Source, count: int, there: Sequence[str], seed: str, facility: Facility
) -> list[tuple[str, ...]]:
    """For each question to be taken the candidates, the likeliest first."""
    order = mixed(there, seed, "draw", *source.path)
    if any(facility.get(name, (0, 0))[0] < ENOUGH for name in there):
        return [order] * count
    bands = _bands(sorted(there, key=lambda name: (facility[name][1], name)), count)
    places = mixed([str(number) for number in range(count)], seed, "bands", *source.path)
    return [_first(order, frozenset(bands[int(number)])) for number in places]


def _bands(ordered: Sequence[str], count: int) -> list[Sequence[str]]:
    """The sequence cut into pieces whose lengths differ by at most one."""
    size = len(ordered)
    return [ordered[size * at // count : size * (at + 1) // count] for at in range(count)]


def _first(order: tuple[str, ...], band: frozenset[str]) -> tuple[str, ...]:
    return (*(name for name in order if name in band), *(name for name in order if name not in band))


def _seated(wishes: Sequence[tuple[str, ...]]) -> dict[str, int] | None:
    """Gives each seat a question: question -> seat; None where no choice at all could fill every seat.

    Each takes the first of its wishes that is free; one that finds none has others move, by the shortest way
    (augmenting paths of a bipartite matching). A question once taken stays on the paper.
    """
    taken: dict[str, int] = {}
    for seat in range(len(wishes)):
        moves: dict[int, tuple[int, str]] = {}
        if (freed := _free(seat, wishes, taken, moves)) is None:
            return None
        while freed != seat:
            freed, name = moves[freed]
            taken[name] = freed
    return taken


def _free(
    seat: int, wishes: Sequence[tuple[str, ...]], taken: dict[str, int], moves: dict[int, tuple[int, str]]
) -> int | None:
    """The nearest seat that may take a free question, which it does; `moves` says of each seat on the way
    which other one takes its question."""
    queue = deque([seat])
    while queue:
        asked = queue.popleft()
        for name in wishes[asked]:
            if name not in taken:
                taken[name] = asked
                return asked
        for name in wishes[asked]:
            holder = taken[name]
            if holder != seat and holder not in moves:
                moves[holder] = (asked, name)
                queue.append(holder)
    return None


# What may be wrong with it ------------------------------------------------------------------------------

_TOO_SMALL = N_("The pool “%(pool)s” is too small: %(wanted)s to be drawn, %(there)s in it.")
_TOO_FEW = N_("Too few questions for %(source)s: %(wanted)s to be drawn, %(there)s there.")
_OVERLAP = N_("The draws cannot be met together: they take from the same questions.")


def _too_small(source: Source) -> str:
    return _TOO_SMALL if source == Source(source.pool, "", 0) else _TOO_FEW


def _numbers(source: Source, count: int, there: int) -> dict[str, object]:
    return {"pool": source.pool, "source": source.text, "wanted": count, "there": there}


def check_draws(
    questions: Sequence[Question],
    draws: Sequence[Draw],
    file: str,
    line: int = 0,
    lines: Sequence[int] = (),
    own: Collection[str] | None = None,
) -> list[Problem]:
    """What is wrong between the draws and the questions of a quiz: a draw that cannot be met (error), or
    active questions that no draw can reach (warning). `lines` are those of the draws, `line` is for what is
    about all of them. Only of the questions in `own` (by default all) it matters whether they are reached."""
    problems = _unmet(questions, draws, file, line, lines)
    reached = {one.id for one in questions if any(draw.source.has(one) for draw in draws)}
    left = [
        one
        for one in questions
        if draws and one.status == "active" and one.id not in reached and (own is None or one.id in own)
    ]
    pools = {one.pool for one in questions if one.id in reached}
    for pool in sorted({one.pool for one in left} - pools):
        problems.append(_warning("pool_not_drawn", file, line, _POOL_LEFT, {"pool": pool}))
    if names := [one.id for one in left if one.pool in pools]:
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        params = {"count": len(names), "questions": shown}
        problems.append(_warning("questions_not_drawn", file, line, _QUESTIONS_LEFT, params))
    return problems


_POOL_LEFT = N_("No draw takes from the pool “%(pool)s”, so its questions are never asked.")
_QUESTIONS_LEFT = N_("%(count)s questions are taken by no draw and never asked: %(questions)s.")


def _warning(code: str, file: str, line: int, message: str, params: Mapping[str, object]) -> Problem:
    remedy = N_("Add a draw for it, or give its questions a pool that is drawn.")
    return Problem(code, file, line, message, remedy, params, "warning")


def _unmet(
    questions: Sequence[Question], draws: Sequence[Draw], file: str, line: int, lines: Sequence[int]
) -> list[Problem]:
    """The sources that are too small; else that the draws are in each other's way."""
    found = []
    sources = wanted(draws)
    there = {source: [one.id for one in questions if source.has(one)] for source in sources}
    for source, count in sources.items():
        if count > len(there[source]):
            at = max(
                (number for draw, number in zip(draws, lines, strict=False) if draw.source == source),
                default=line,
            )
            message, params = _too_small(source), _numbers(source, count, len(there[source]))
            remedy = N_("Write more questions with this pool, or draw fewer.")
            if message is _TOO_FEW:
                remedy = N_("Write more active questions of this kind, or draw fewer.")
            found.append(Problem("pool_too_small", file, at, message, remedy, params))
    if not found:
        seats = [tuple(there[source]) for source, count in sources.items() for _ in range(count)]
        if _seated(seats) is None:
            remedy = N_("Draw fewer, or write more questions that only one of the draws takes.")
            found.append(Problem("draws_overlap", file, line, _OVERLAP, remedy))
    return found
