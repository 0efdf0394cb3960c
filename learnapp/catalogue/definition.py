"""What a folder and the web editor both produce: a validated definition, ready to be published.

Settings are parsed, texts are rendered and questions are read; the source bytes travel along by path, since
they name the version and are written back by export.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from learnapp.catalogue.quiz_settings import QuizSettings
from learnapp.errors import Problem
from learnapp.questions import Draw, Question

Kind: TypeAlias = Literal["course", "quiz"]
Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Section:
    """The unit of completion. `id` is the same in all languages, `anchor` the heading's name in this one."""

    id: str
    title: str
    html: str
    anchor: str


@dataclass(frozen=True)
class Text:
    """A module in one language, rendered and sanitised."""

    title: str
    lead_html: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Check:
    """The questions at the end of a module, and how many right answers pass it."""

    need: int
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class ModuleDefinition:
    """One module of a course. `source_hash` covers what a learner sees of it: texts, pictures and check."""

    id: str
    file: str
    minutes: int
    needs: tuple[str, ...]
    source_hash: str
    texts: Mapping[Language, Text]
    check: Check | None


@dataclass(frozen=True)
class CourseDefinition:
    """A course as its author meant it. `language` is that of its main texts; `media` gives the type of each
    picture among `files`."""

    kind: ClassVar[Kind] = "course"
    slug: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    audience: tuple[str, ...]
    order: Literal["fixed", "free"]
    language: Language
    modules: tuple[ModuleDefinition, ...]
    files: Mapping[str, bytes] = field(repr=False)
    media: Mapping[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """The name of the version this becomes."""
        return content_hash(self.files)


@dataclass(frozen=True)
class QuizDefinition:
    """A quiz as its author meant it. `minutes` None is untimed, `attempts` None is without limit."""

    kind: ClassVar[Kind] = "quiz"
    slug: str
    title: str
    title_en: str
    intro: str
    intro_en: str
    minutes: int | None
    attempts: int | None
    pass_percent: int
    exam: bool
    shuffle: bool
    draws: tuple[Draw, ...]
    questions: tuple[Question, ...]
    files: Mapping[str, bytes] = field(repr=False)
    media: Mapping[str, str] = field(default_factory=dict)
    settings: QuizSettings = field(default_factory=QuizSettings)

    @property
    def hash(self) -> str:
        """The name of the version this becomes."""
        return content_hash(self.files)


Definition: TypeAlias = CourseDefinition | QuizDefinition


@dataclass(frozen=True)
class Reading:
    """What was found at a place: the definition, or None when a problem of severity "error" is among them;
    `file` is what its own problems are named with."""

    kind: Kind
    name: str
    definition: Definition | None
    problems: tuple[Problem, ...]
    file: str = ""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from being published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over path, length and bytes of every file, in the order of the paths.

    Both path and content stand behind their length, so that nothing can move between neighbours unnoticed.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode("utf-8", "surrogateescape"), files[path]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def file_hash(data: bytes) -> str:
    """The name of a single file: SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()
