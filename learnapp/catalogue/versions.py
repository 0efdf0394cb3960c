"""Published versions as values, and how they are kept: immutable, so each is read once and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from learnapp.catalogue.definition import Check, Kind, Language, Text
from learnapp.catalogue.quiz_settings import QuizSettings
from learnapp.questions import Draw, Question


@dataclass(frozen=True)
class ModuleInfo:
    """A module without its text. `section_ids` are those of the main language and count for all."""

    id: str
    position: int
    title: str
    title_en: str
    minutes: int
    needs: tuple[str, ...]
    source_hash: str
    section_ids: tuple[str, ...]
    has_check: bool
    file: str


@dataclass(frozen=True)
class Course:
    """One version of a course. `language` is that of its main texts."""

    hash: str
    slug: str
    number: int
    title: str
    title_en: str
    summary: str
    summary_en: str
    audience: tuple[str, ...]
    order: Literal["fixed", "free"]
    language: Language
    modules: tuple[ModuleInfo, ...]

    @property
    def minutes(self) -> int:
        """Planned minutes of study for all modules."""
        return sum(module.minutes for module in self.modules)

    def find(self, module_id: str) -> ModuleInfo | None:
        """The module of this id, or None when this version has none."""
        return next((module for module in self.modules if module.id == module_id), None)


@dataclass(frozen=True)
class Module:
    """One module of one version: its text in each language it has, and its check."""

    info: ModuleInfo
    texts: dict[Language, Text]
    main: Language
    check: Check | None

    def text(self, language: str) -> Text:
        """The text in this language where there is one, else in the main language."""
        found = self.texts.get("en" if language == "en" else "zh")
        return found or self.texts[self.main]


@dataclass(frozen=True)
class Quiz:
    """One version of a quiz. `minutes` None is untimed, `attempts` None is without limit."""

    hash: str
    slug: str
    number: int
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
    settings: QuizSettings = field(default_factory=QuizSettings)


@dataclass(frozen=True)
class PublicationInfo:
    """One line of the log of a course or quiz; times in UTC."""

    hash: str
    number: int
    title: str
    title_en: str
    published_at: datetime
    published_by: str
    note: str


@dataclass(frozen=True)
class Published:
    """What publishing did: the version, and whether it is new (`created` False: it was there before)."""

    kind: Kind
    slug: str
    hash: str
    number: int
    created: bool
