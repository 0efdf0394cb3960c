"""What every question kind has to offer, and the shapes that pass between a kind and the rest.

A kind is one module in `kinds/` that defines `KIND`, an object that fulfils `Kind`. It knows only its own
body (options, a value, accepted words); everything common is done once, in `rules` and `loader`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, get_args

if TYPE_CHECKING:
    from learnapp.questions.trail import Trail

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""A value that canonical JSON can hold: no floats, decimals travel as strings."""

Order: TypeAlias = tuple[str, ...]
"""Ids from the definition in the order shown to one person; frozen with the paper, stored as a list."""

Answer: TypeAlias = Json
"""An answer in the definition's own terms, independent of any order; never None (None is "unanswered")."""

Given: TypeAlias = Mapping[str, tuple[str, ...]]
"""An answer as a page sent it: part name -> values; the part "" is the answer where there is one place."""

Mix: TypeAlias = Callable[[Sequence[str]], Order]
"""Puts ids into the order that a seed dictates."""

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What names a question, and whatever in a question has to be told apart."""

Verdict = Literal["right", "partly", "wrong", "unanswered", "waiting", "unmarked", "untold"]
"""What became of an answer. `waiting`: a person will mark it; `unmarked`: it is one for a person, and nobody
will (practice); `untold`: it may not be said yet."""

Show: TypeAlias = Literal["answer", "mark", "correctness", "feedback", "key"]
"""What may be seen of a question after it was answered. `mark`: what was earned; `feedback`: what is said to
who chose an option, and what a marker wrote; `key`: what is right, and why."""

ALL: frozenset[Show] = frozenset(get_args(Show))

Status = Literal["draft", "active", "retired"]
"""Only active questions are asked; a retired one is kept for the records that name it."""

Grading = Literal["", "full", "none"]
"""For a fault found later: everybody gets its points, or it counts for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as its author wrote it. Texts are markdown source; `body` belongs to the kind."""

    id: str
    kind: str
    stem: str
    body: Any
    stem_en: str = ""
    topic: str = ""
    difficulty: int = 2
    points_hundredths: int = 100
    explanation: str = ""
    explanation_en: str = ""
    pool: str = ""
    hint: str = ""
    hint_en: str = ""
    status: Status = "active"
    grading: Grading = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Inner:
    """A question inside another one, with the order of what changes places in it."""

    question: Question
    order: Order


@dataclass(frozen=True, slots=True)
class PresentedOption:
    """One thing to choose. `key` is its place on this paper ("a", "b", …), not in the definition."""

    key: str
    text: str
    chosen: bool = False
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """All that may reach a browser before submission: no key, no feedback, no explanation.

    `rule` says how to answer (a message id), `hint` is the author's help for who asks for it. `answer` is
    what this person has saved so far, in the page's terms. `more` is what the kind's own template needs
    besides (a unit, a second column), `inner` the questions inside this one. The `html` fields are empty
    unless `present` was given a renderer.
    """

    id: str
    kind: str
    stem: str
    rule: str
    points_hundredths: int
    hint: str = ""
    options: tuple[PresentedOption, ...] = ()
    answer: Json = None
    more: Mapping[str, Json] = field(default_factory=dict)
    inner: tuple[Presented, ...] = ()
    stem_html: str = ""
    hint_html: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one separately graded place of a question earned, in hundredths of a point. What wrong answers
    cost is a part too: it earns less than 0 of at most 0."""

    id: str
    earned_hundredths: int
    max_hundredths: int


@dataclass(frozen=True, slots=True)
class Score:
    """What an answer earned, in hundredths of a point: 0 <= earned <= max, and the parts it is the sum of.

    `pending` says that some of it waits for a person, and counts as nothing until then.
    """

    earned_hundredths: int
    max_hundredths: int
    parts: tuple[Part, ...]
    pending: bool = False

    @property
    def full(self) -> bool:
        """Whether the answer counts as right: every hundredth was earned."""
        return self.earned_hundredths == self.max_hundredths


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a criterion: what an answer of this step is like, and what it earns in hundredths."""

    text: str
    points_hundredths: int
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a person looks for in an answer, and what it is worth in hundredths of a point.

    With levels it earns what one of them says, without them anything from 0 to its points. `place` is the id
    of the question inside a case that it belongs to; its own id then begins with it: "place.id".
    """

    id: str
    text: str
    points_hundredths: int
    text_en: str = ""
    levels: tuple[Level, ...] = ()
    place: str = ""

    def allows(self, hundredths: int) -> bool:
        """Whether this mark can be given."""
        steps = {level.points_hundredths for level in self.levels}
        return hundredths in steps if steps else 0 <= hundredths <= self.points_hundredths


@dataclass(frozen=True, slots=True)
class Marked:
    """What a person made of an answer: criterion -> hundredths, and a comment to who gave it."""

    marks: Mapping[str, int]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedCriterion:
    """A criterion after marking. `level` is the text of the step that was given, where there are steps."""

    text: str
    earned_hundredths: int
    max_hundredths: int
    level: str = ""


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """One option after submission, marked as chosen and as right."""

    key: str
    text: str
    chosen: bool
    right: bool
    feedback: str = ""
    html: str = ""
    feedback_html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A question after submission: what was given, what is right and why, as far as `shows` says. What is not to
    be seen is not in here at all, and `score` is then one out of 0.

    `given` is the typed answer as text ("" for kinds with options); `key` lists the accepted answers as text.
    `criteria` is what a person's marks gave, empty until then; `comment` is what they wrote.
    """

    id: str
    kind: str
    stem: str
    verdict: Verdict
    score: Score
    options: tuple[ReviewedOption, ...] = ()
    given: str = ""
    key: tuple[str, ...] = ()
    explanation: str = ""
    more: Mapping[str, Json] = field(default_factory=dict)
    inner: tuple[Reviewed, ...] = ()
    criteria: tuple[ReviewedCriterion, ...] = ()
    comment: str = ""
    stem_html: str = ""
    explanation_html: str = ""
    shows: frozenset[Show] = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A kind's share of `Presented`."""

    options: tuple[PresentedOption, ...] = ()
    more: Mapping[str, Json] = field(default_factory=dict)
    inner: tuple[Inner, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A kind's share of `Reviewed`, of which `questions.review` takes away what may not be seen.

    `more` is what neither the answer nor the key is part of. `rows` are places to answer, in an order that tells
    nothing: each a mapping of `title`, `given`, `key`, `right`, and where things have to be put in order `place`,
    where it belongs; templates find them as `more.rows`. `key_more` goes into `more` where the key is shown,
    `given_more` where the answer is.
    """

    options: tuple[ReviewedOption, ...] = ()
    given: str = ""
    key: tuple[str, ...] = ()
    more: Mapping[str, Json] = field(default_factory=dict)
    inner: tuple[Inner, ...] = ()
    rows: tuple[Mapping[str, Json], ...] = ()
    key_more: Mapping[str, Json] = field(default_factory=dict)
    given_more: Mapping[str, Json] = field(default_factory=dict)


Body = TypeVar("Body")
Held = TypeVar("Held", contravariant=True)


class Kind(Protocol[Body]):
    """The contract of a question kind. All methods are pure; `Body` is the kind's own frozen dataclass.

    A kind whose answers can be guessed by chance may also have `guess(body) -> Fraction`: the share of the
    points that a random guess earns on average, for item analysis. `told(body) -> bool` says whether it tells
    the key to learn that an answer is right or wrong, as with two options; of a kind without it that is assumed.
    A kind that is marked by a person, or may hold questions that are, also fulfils `Human`.
    """

    name: str
    """The word in `kind = "…"`; also the folder of its templates and the name of its docs page."""

    label: str
    """What people call it: a message id."""

    keys: frozenset[str]
    """The TOML keys that belong to this kind, besides those of every question."""

    def rule(self, body: Body) -> str:
        """One sentence on how to answer and what earns points: a message id without parameters."""
        ...

    def parse(self, table: Mapping[str, object], trail: Trail) -> Body | None:
        """The body as written, or None; everything wrong goes to the trail, nothing is raised."""
        ...

    def shuffle(self, body: Body, mix: Mix) -> Order:
        """Everything that has a place on the paper, with `mix` applied to what may change places."""
        ...

    def present(self, body: Body, order: Order, lang: str) -> Face:
        """What may be seen before submission."""
        ...

    def read(self, body: Body, order: Order, given: Given) -> Answer | None:
        """The answer in the definition's terms; None when empty. Raises Invalid for what cannot be read."""
        ...

    def shown(self, body: Body, order: Order, answer: Answer) -> Json:
        """The inverse of `read`: a stored answer in the page's terms."""
        ...

    def grade(self, body: Body, answer: Answer, points: int) -> tuple[Part, ...]:
        """The parts, together worth `points` hundredths. An answer that does not fit the body earns 0."""
        ...

    def right(self, body: Body) -> Answer:
        """An answer that earns everything."""
        ...

    def review(self, body: Body, order: Order, answer: Answer | None, lang: str) -> Findings:
        """What was given and what is right, each in its field of `Findings`."""
        ...

    def dump(self, body: Body) -> dict[str, Json]:
        """The body for storing and hashing; what equals its default is left out."""
        ...

    def load(self, data: Mapping[str, Any]) -> Body:
        """The body that `dump` wrote."""
        ...


class Human(Protocol[Held]):
    """What a kind has besides where a person marks its answers. Its `grade` gives 0 for what a person marks."""

    def criteria(self, body: Held) -> tuple[Criterion, ...]:
        """What a person looks for; empty where this body needs nobody."""
        ...

    def to_mark(self, body: Held, answer: Answer) -> tuple[Criterion, ...]:
        """Those of the criteria for which this answer gives something to look at."""
        ...

    def grade_marked(
        self, body: Held, answer: Answer, points: int, marks: Mapping[str, int]
    ) -> tuple[Part, ...]:
        """As `grade`, with a mark in hundredths for each criterion of `to_mark`."""
        ...


def pick(lang: str, text: str, text_en: str) -> str:
    """The text in the reader's language: English where it is asked for and there, else the main text."""
    return text_en if text_en and lang.lower().startswith("en") else text
