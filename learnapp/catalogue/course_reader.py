"""From the files of a course to its definition, with every problem named by file, line and remedy."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, cast

from learnapp import media
from learnapp.catalogue import links, pictures
from learnapp.catalogue.definition import (
    LANGUAGES,
    Check,
    CourseDefinition,
    Language,
    ModuleDefinition,
    Reading,
    Text,
    content_hash,
)
from learnapp.catalogue.quiz_reader import TEXT_LIMIT, TITLE_LIMIT, check_of, named
from learnapp.catalogue.source import Source
from learnapp.catalogue.tables import Problems, Table, decoded, parsed, subtables, top_lines
from learnapp.catalogue.texts import rendered
from learnapp.errors import N_
from learnapp.questions import lines_of

SETTINGS = "course.toml"
MODULE_ID_LIMIT = 64
MAX_TEXT_BYTES = 2 * 1024 * 1024

_COURSE_KEYS = ("id", "title", "title_en", "summary", "summary_en", "audience", "order", "language", "module")
_MODULE_KEYS = ("id", "file", "twin", "minutes", "needs")
_LICENCE = re.compile(r"(?:licen[cs]e|copying|notice|authors)(?:[.-][\w.-]+)?", re.IGNORECASE)


@dataclass(frozen=True)
class _Entry:
    """A [[module]] as written, its files known to be there."""

    id: str
    file: str
    twin: str | None
    check: str | None
    minutes: int
    needs: tuple[str, ...]


def course_definition(source: Source) -> Reading:
    """A course from its files. Nothing is raised for what an author wrote: it becomes a problem."""
    reader = _Reader(source)
    definition = reader.read()
    found = tuple(problem for file in reader.problems.values() for problem in file.found)
    failed = any(problem.severity == "error" for problem in found)
    return Reading("course", source.name, None if failed else definition, found)


class _Reader:
    """Reads one course; `problems` by file, in the order in which the files are read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: dict[str, Problems] = {}
        self.files: dict[str, bytes] = {}
        self.media: dict[str, str] = {}

    def note(self, path: str) -> Problems:
        """Where to write down what is wrong with a file."""
        return self.problems.setdefault(path, Problems(self.source.place + path))

    def read(self) -> CourseDefinition | None:
        """The definition, which holds only when no error was noted."""
        problems = self.note(SETTINGS)
        text = self._text(SETTINGS)
        tables = None if text is None else parsed(text, problems)
        if text is None or tables is None:
            return None
        table = Table(tables, problems, top_lines(text))
        table.known(_COURSE_KEYS)
        slug = named(table, self.source.name, N_("Write id = “%(name)s”, or rename the folder."))
        language = cast(Language, table.choice("language", LANGUAGES, "zh"))
        entries = self._entries(subtables(tables, "module", problems, lines_of(text, "module")), language)
        modules = self._modules(slug, language, entries)
        self._licences()
        self._unused()
        return CourseDefinition(
            slug=slug,
            title=table.text("title", limit=TITLE_LIMIT, needed=True),
            title_en=table.text("title_en", limit=TITLE_LIMIT),
            summary=table.text("summary", limit=TEXT_LIMIT),
            summary_en=table.text("summary_en", limit=TEXT_LIMIT),
            audience=table.texts("audience"),
            order=cast(Literal["fixed", "free"], table.choice("order", ("fixed", "free"), "fixed")),
            language=language,
            modules=modules,
            files=self.files,
            media=self.media,
        )

    def _text(self, path: str) -> str | None:
        """The text of a file, which then belongs to the version; None when it cannot be read (noted)."""
        problems = self.note(path)
        if path not in self.source.sizes:
            problems.error("missing-file", N_("The file is not there."), N_("Add it to the folder."))
            return None
        if self.source.sizes[path] > MAX_TEXT_BYTES:
            problems.error("file-size", N_("The file is larger than 2 MB."), N_("Split it into several."))
            return None
        self.files[path] = self.source.read(path)
        return decoded(self.files[path], problems)

    def _entries(self, tables: Iterable[Table], language: Language) -> list[_Entry]:
        entries: dict[str, _Entry] = {}
        for table in tables:
            table.known(_MODULE_KEYS)
            ident = table.ident("id", limit=MODULE_ID_LIMIT)
            if ident in entries:
                table.error(
                    "same-id",
                    N_("Two modules have the id “%(id)s”."),
                    N_("Give this one another id."),
                    "id",
                    id=ident,
                )
            self._check_needs(table, entries)
            entry = self._entry(table, ident, language)
            if entry is not None and ident:
                self._check_file(table, entry, entries.values())
                entries.setdefault(ident, entry)
        if not entries and not self.note(SETTINGS).found:
            self.note(SETTINGS).error(
                "no-modules", N_("The course has no modules."), N_("Add at least one [[module]].")
            )
        return list(entries.values())

    def _check_needs(self, table: Table, earlier: Iterable[str]) -> None:
        for need in table.texts("needs"):
            if need not in earlier:
                table.error(
                    "needs",
                    N_("“needs” names “%(need)s”, which is no module that stands earlier."),
                    N_("Name modules that come before this one."),
                    "needs",
                    need=need,
                )

    def _check_file(self, table: Table, entry: _Entry, earlier: Iterable[_Entry]) -> None:
        if any(other.file == entry.file for other in earlier):
            table.error(
                "same-file",
                N_("Two modules have the file “%(file)s”."),
                N_("Give this module a file of its own."),
                "file",
                file=entry.file,
            )

    def _entry(self, table: Table, ident: str, language: Language) -> _Entry | None:
        file = self._there(table, "file")
        minutes = table.whole("minutes", 1, 600, None)
        if minutes is None and "minutes" not in table.data:
            table.error(
                "missing", N_("“%(key)s” is missing."), N_("Add the planned minutes of study."), "minutes"
            )
        if file is None:
            return None
        stem = file.removesuffix(".md")
        twin = self._there(table, "twin") if "twin" in table.data else None
        beside = f"{stem}.{'zh' if language == 'en' else 'en'}.md"
        check = f"{stem}.check.toml"
        return _Entry(
            id=ident,
            file=file,
            twin=twin or (beside if beside in self.source.sizes else None),
            check=check if check in self.source.sizes else None,
            minutes=minutes or 1,
            needs=table.texts("needs"),
        )

    def _there(self, table: Table, key: str) -> str | None:
        """The path under key when it is a Markdown file of the folder; else None (noted)."""
        path = posixpath.normpath(table.text(key, limit=300, needed=True) or ".")
        if path in self.source.sizes and path.endswith(".md"):
            return path
        guess = get_close_matches(path, [one for one in self.source.sizes if one.endswith(".md")], 1)
        if path != ".":
            table.error(
                "missing-file",
                N_("The file “%(file)s” is no Markdown file of this folder."),
                N_("Did you mean “%(guess)s”?") if guess else N_("Add the file, or correct the path."),
                key,
                file=path,
                guess=guess[0] if guess else "",
            )
        return None

    def _modules(self, slug: str, language: Language, entries: list[_Entry]) -> tuple[ModuleDefinition, ...]:
        folder = self._folder(slug, entries)
        found = [self._module(entry, language, folder) for entry in entries]
        return tuple(module for module in found if module is not None)

    def _folder(self, slug: str, entries: list[_Entry]) -> links.Folder:
        """What the lessons may point at."""
        good, bad = pictures.sorted_out(self.source)
        modules = {path: one.id for one in entries for path in (one.twin, one.file) if path}
        return links.Folder(slug, modules, good, bad, frozenset(self.source.sizes))

    def _module(self, entry: _Entry, language: Language, folder: links.Folder) -> ModuleDefinition | None:
        texts: dict[Language, Text] = {}
        own = [entry.file]
        main = self._rendered(entry.file, language, folder, own)
        if main is None:
            return None
        texts[language] = main
        if entry.twin:
            other: Language = "zh" if language == "en" else "en"
            twin = self._rendered(entry.twin, other, folder, own, main)
            if twin is not None:
                texts[other] = twin
                own.append(entry.twin)
        check: Check | None = None
        if entry.check and self._text(entry.check) is not None:
            origin = entry.check
            check, shown = check_of(
                self.files[origin], self.note(origin), lambda link: folder.resolve(link, origin)
            )
            self._keep(shown)
            own += [origin, *shown]
        return ModuleDefinition(
            id=entry.id,
            file=entry.file,
            minutes=entry.minutes,
            needs=entry.needs,
            source_hash=content_hash({path: self.files[path] for path in own}),
            texts=texts,
            check=check,
        )

    def _rendered(
        self, path: str, lang: Language, folder: links.Folder, own: list[str], main: Text | None = None
    ) -> Text | None:
        """A text rendered, its pictures added to the version and to the module's own files."""
        source = self._text(path)
        if source is None:
            return None
        text, shown = rendered(source, path, lang, folder, self.note(path), main)
        self._keep(shown)
        if text is not None:
            own += shown
        return text

    def _keep(self, shown: Iterable[str]) -> None:
        """Adds pictures to the version."""
        for picture in shown:
            self.files[picture] = self.source.read(picture)
            self.media[picture] = media.sniff(self.files[picture]) or ""

    def _licences(self) -> None:
        """The terms under which others may use the course travel with it."""
        for path, size in self.source.sizes.items():
            if _LICENCE.fullmatch(path) and size <= MAX_TEXT_BYTES:
                self.files[path] = self.source.read(path)

    def _unused(self) -> None:
        left = [path for path in self.source.sizes if path not in self.files]
        if left:
            self.note(SETTINGS).warn(
                "unused-files",
                N_("%(count)s files are used by no module and stay out of the version: %(files)s"),
                N_("Link to them or list them as modules, or remove them."),
                count=len(left),
                files=", ".join(left[:5]) + (" …" if len(left) > 5 else ""),
            )
