"""Making a course of a folder of Markdown that others wrote: a proposed course.toml, and what gets lost.

Nothing is written and no file is changed. The proposal is read the way a finished course is read, so the
problems are the very ones that `content check` and publishing would name.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import tomlkit

from learnapp.catalogue.course_reader import MAX_TEXT_BYTES, MODULE_ID_LIMIT, SETTINGS, course_definition
from learnapp.catalogue.definition import Language, Reading
from learnapp.catalogue.order import Files, Lesson, language_of, lessons, yaml_table
from learnapp.catalogue.source import Folder
from learnapp.errors import N_, Invalid, Problem
from learnapp.markup import render

_READ = (".md", ".yaml", ".yml")
_GENERIC = frozenset(("lessons", "episodes", "docs", "src", "chapters", "content", "modules", "pages"))
_INTRODUCTION = re.compile(r"(?:^|/)(?:readme|index)$", re.IGNORECASE)
_NOT_ID = re.compile(r"[^a-z0-9]+")
_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PARAGRAPH = re.compile(r"^<p>(.*?)</p>", re.DOTALL | re.MULTILINE)
_ELEMENT = re.compile(r"<[^>]*>")
_SENTENCE = re.compile(r".{20,180}?(?:[。！？]|[.!?](?=\s|$))", re.DOTALL)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class AdoptedModule:
    """A module as proposed. `twin` is its text in the other language; `minutes` are planned study minutes."""

    id: str
    file: str
    twin: str | None
    minutes: int


@dataclass(frozen=True)
class Adoption:
    """A proposed course.toml, the modules in it, and what cannot be carried over."""

    course_toml: str
    modules: tuple[AdoptedModule, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _WithSettings:
    """A folder with a course.toml that is not on the disk."""

    folder: Folder
    settings: bytes

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def place(self) -> str:
        return self.folder.place

    @property
    def sizes(self) -> Mapping[str, int]:
        return {**self.folder.sizes, SETTINGS: len(self.settings)}

    def read(self, path: str) -> bytes:
        return self.settings if path == SETTINGS else self.folder.read(path)


def propose(root: Path) -> Adoption:
    """Proposes a course for the Markdown files below `root`. Raises Invalid when it is no folder.

    Ids of modules are made from paths alone, so the same folder always gives the same ids.
    """
    if not root.is_dir():
        raise Invalid("no-folder", N_("%(path)s is no folder."), path=str(root))
    folder = Folder(root, f"{root.as_posix()}/")
    texts = {
        path: folder.read(path).decode("utf-8", "replace")
        for path, size in folder.sizes.items()
        if path.lower().endswith(_READ) and size <= MAX_TEXT_BYTES
    }
    files = Files(texts)
    found = files.ordered(lessons([path for path in texts if path.lower().endswith(".md")]))
    language = _main_language(files, found)
    proposal = _Proposal(folder, files, language, files.in_sequence(found))
    modules, reading = proposal.read(found)
    empty = {
        problem.file.removeprefix(folder.place) for problem in reading.problems if problem.code == "empty"
    }
    if empty:
        found = [lesson for lesson in found if not empty.intersection(lesson.files.values())]
        proposal = _Proposal(folder, files, language, files.in_sequence(found))
        modules, reading = proposal.read(found)
    left = Counter(code for lesson in found for code in lesson.files if code not in ("", "zh", "en"))
    problems = [_other_language(folder.place, code, count) for code, count in sorted(left.items())]
    return Adoption(proposal.toml(modules), tuple(modules), (*problems, *reading.problems))


def _main_language(files: Files, found: list[Lesson]) -> Language:
    """The language of the files that name none; Chinese when all name theirs and some are Chinese."""
    plain = "".join(files.texts[lesson.files[""]][:4000] for lesson in found if "" in lesson.files)
    if plain.strip():
        return language_of(plain)
    return "en" if found and not any("zh" in lesson.files for lesson in found) else "zh"


def _other_language(place: str, code: str, count: int) -> Problem:
    return Problem(
        code="other-language",
        file=place,
        line=0,
        message=N_("%(count)s translations into another language (%(language)s) are left out."),
        remedy=N_("A course has Chinese and English texts."),
        params={"count": count, "language": code},
        severity="warning",
    )


@dataclass(frozen=True)
class _Proposal:
    """Puts a course.toml together."""

    folder: Folder
    files: Files
    language: Language
    in_sequence: bool

    def read(self, found: list[Lesson]) -> tuple[list[AdoptedModule], Reading]:
        """The modules for these lessons, and how the course reads with them."""
        modules = self._modules(found)
        return modules, course_definition(_WithSettings(self.folder, self.toml(modules).encode()))

    def _modules(self, found: list[Lesson]) -> list[AdoptedModule]:
        other = "zh" if self.language == "en" else "en"
        modules: list[AdoptedModule] = []
        for lesson in found:
            main = lesson.files.get("") or lesson.files.get(self.language) or lesson.files.get(other)
            if main is None:
                continue
            twin = lesson.files.get(other)
            beside = f"{main.removesuffix('.md')}.{other}.md"
            ident = _ident(lesson.base, {module.id for module in modules})
            minutes = _minutes(self.files.texts[main])
            modules.append(AdoptedModule(ident, main, None if twin in (main, beside) else twin, minutes))
        return modules

    def toml(self, modules: list[AdoptedModule]) -> str:
        """The text of course.toml."""
        document = tomlkit.document()
        slug = _NOT_ID.sub("-", self.folder.name.lower()).strip("-")[:48] or "course"
        document.add("id", tomlkit.item(slug))
        document.add("title", tomlkit.item(self._title()))
        if summary := self._summary(modules):
            document.add("summary", tomlkit.item(summary))
        document.add("language", tomlkit.item(self.language))
        document.add("audience", tomlkit.item([]))
        document.add("order", tomlkit.item("fixed" if self.in_sequence else "free"))
        tables = tomlkit.aot()
        for module in modules:
            table = tomlkit.table()
            table.add("id", module.id)
            table.add("file", module.file)
            if module.twin:
                table.add("twin", module.twin)
            table.add("minutes", module.minutes)
            tables.append(table)
        document.add("module", tables)
        return tomlkit.dumps(document)

    def _title(self) -> str:
        """The title the authors gave, or else the name of the folder."""
        config = self.files.settings("config.yaml", "config.yml", "_config.yml", "mkdocs.yml", "mkdocs.yaml")
        given = config.get("title") or config.get("site_name")
        if isinstance(given, str) and given.strip():
            return given.strip()[:200]
        for path in ("README.md", "index.md"):
            if path in self.files.texts and (title := render(self.files.texts[path]).title):
                return title[:200]
        words = self.folder.name.replace("-", " ").replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    def _summary(self, modules: list[AdoptedModule]) -> str:
        """The first sentence of the first modules, rather one from a paragraph without links."""
        linked = ""
        for module in modules[:3]:
            for paragraph in _PARAGRAPH.findall(render(self.files.texts[module.file]).html):
                text = " ".join(unescape(_ELEMENT.sub("", paragraph)).split())
                sentence = _SENTENCE.match(text)
                if sentence and "<a" not in paragraph:
                    return sentence[0]
                linked = linked or (sentence[0] if sentence else "")
        return linked


def _ident(base: str, taken: set[str]) -> str:
    """An id from a path: its names joined by hyphens. What ASCII cannot say is told apart by a hash."""
    stem = _INTRODUCTION.sub("", base.removesuffix(".md"))
    names = [name for name in stem.split("/") if name.lower() not in _GENERIC]
    ident = _NOT_ID.sub("-", "-".join(names).lower()).strip("-") or "start"
    if len(ident) > MODULE_ID_LIMIT or not stem.isascii() or ident in taken:
        digest = hashlib.sha256(base.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        ident = f"{ident[: MODULE_ID_LIMIT - 9].strip('-')}-{digest}"
    return ident


def _minutes(text: str) -> int:
    """Planned minutes: as the authors say, or 300 Chinese characters or 180 words a minute, in steps of five."""
    matter = _MATTER.match(text.replace("\r\n", "\n"))
    data = yaml_table(matter[1]) if matter else {}
    told = [data.get(key) for key in ("teaching", "exercises")]
    if minutes := sum(value for value in told if isinstance(value, int) and value > 0):
        return min(minutes, 600)
    reading = len(_CHINESE.findall(text)) / 300 + len(_WORD.findall(text)) / 180
    return min(600, max(5, math.ceil(reading / 5) * 5))
