"""In which order the Markdown files of a folder are meant to be read, and which are translations of which.

What the authors declared counts first: `config.yaml` of a Carpentries lesson, `SUMMARY.md` of a book,
`mkdocs.yml`. Otherwise README before the rest, then numbers, then the order in which the README links.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

import yaml

from learnapp.catalogue.definition import Language
from learnapp.markup import render

_LANGUAGES = re.compile(
    r"(?:ar|bn|cs|de|en|es|fa|fr|he|hi|hu|id|it|ja|ko|ms|nl|pl|pt|ro|ru|sv|th|tr|uk|vi|zh|cn)"
    r"(?:[-_][a-z]{2,4})?",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(.+)[._]((?:zh|en|cn)(?:[-_][A-Za-z]{2,4})?)\.md", re.IGNORECASE)
_TRANSLATED = re.compile(rf"(.+)\.({_LANGUAGES.pattern})\.md", re.IGNORECASE)
_TRANSLATIONS = ("translations", "i18n", "locales")
_TRADITIONAL = ("zh-tw", "zh-hk", "zh-hant")
_NOT_LESSONS = re.compile(
    r"(?:licen[cs]e|copying|notice|authors|contributing|contributors|code[_-]of[_-]conduct|security|support"
    r"|changelog|history|translations|summary|links|pull_request_template|issue_template|_sidebar|_navbar)"
    r"(?:[._-][\w.-]+)?\.md",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_NO_PLACE = 10**9


@dataclass
class Lesson:
    """One lesson: the path it would have without its language, and its file in each language."""

    base: str
    files: dict[str, str] = field(default_factory=dict)


def lessons(paths: Sequence[str]) -> list[Lesson]:
    """The lessons among the files; a file that names no language is under ""."""
    found: dict[str, Lesson] = {}
    for path in sorted(paths):
        if path.lower().endswith(".md") and not _NOT_LESSONS.fullmatch(posixpath.basename(path)):
            base, language = split_language(path)
            found.setdefault(base, Lesson(base)).files.setdefault(language, path)
    return list(found.values())


def split_language(path: str) -> tuple[str, str]:
    """The path without what names its language, and the language: zh, en, another code, or "".

    Known are translations/zh/a.md, translations/a.zh.md, zh/a.md, a.zh.md and a_zh.md.
    """
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        if part.lower() in _TRANSLATIONS:
            if index + 2 < len(parts) and _LANGUAGES.fullmatch(parts[index + 1]):
                return "/".join([*parts[:index], *parts[index + 2 :]]), _language(parts[index + 1])
            if match := _TRANSLATED.fullmatch(parts[-1]):
                return "/".join([*parts[:index], f"{match[1]}.md"]), _language(match[2])
        if _language(part) in ("zh", "en") and _LANGUAGES.fullmatch(part):
            return "/".join([*parts[:index], *parts[index + 1 :]]), _language(part)
    if match := _SUFFIX.fullmatch(parts[-1]):
        return "/".join([*parts[:-1], f"{match[1]}.md"]), _language(match[2])
    return path, ""


def _language(code: str) -> str:
    """Simplified Chinese is zh, any English en; other codes stay."""
    code = code.lower().replace("_", "-")
    if code in _TRADITIONAL:
        return code
    short = code.partition("-")[0]
    return "zh" if short == "cn" else short


def language_of(text: str) -> Language:
    """Chinese, when a tenth of the characters are."""
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if chinese * 10 > len("".join(text.split())) else "en"


@dataclass(frozen=True)
class Files:
    """The texts of a folder by path."""

    texts: Mapping[str, str]

    def settings(self, *names: str) -> Mapping[str, object]:
        """The first of these YAML files that holds a table; empty when none does."""
        found = (yaml_table(self.texts.get(name, "")) for name in names)
        return next((table for table in found if table), {})

    def declared(self) -> list[str]:
        """The paths in the order the authors wrote down; empty when they wrote none."""
        return [path for path in self._declared() if path in self.texts]

    def _declared(self) -> list[str]:
        config = self.settings("config.yaml", "config.yml", "_config.yml")
        if isinstance(config.get("episodes"), list):
            return ["README.md", "index.md", "learners/setup.md", *_carpentries(config)]
        for summary in ("SUMMARY.md", "src/SUMMARY.md", "docs/SUMMARY.md"):
            if summary in self.texts:
                folder = posixpath.dirname(summary)
                return ["README.md", *(posixpath.join(folder, one) for one in self._linked(summary))]
        nav = self.settings("mkdocs.yml", "mkdocs.yaml")
        folder = str(nav.get("docs_dir", "docs"))
        return (
            ["README.md", *(posixpath.join(folder, one) for one in _strings(nav.get("nav")))] if nav else []
        )

    def _linked(self, path: str) -> list[str]:
        """What a file links to, in order, without fragments."""
        links = render(self.texts[path]).links if path in self.texts else ()
        targets = [unquote(re.split(r"[?#]", link.target)[0]) for link in links if link.kind == "link"]
        return [posixpath.normpath(target) for target in targets if target and "://" not in target]

    def in_sequence(self, found: Sequence[Lesson]) -> bool:
        """Whether the lessons are meant to follow each other: by declaration, or because all have numbers."""
        names = [
            posixpath.basename(lesson.base) for lesson in found if not _first(posixpath.basename(lesson.base))
        ]
        return bool(self.declared()) or all(_NUMBER.match(name) for name in names)

    def ordered(self, found: Sequence[Lesson]) -> list[Lesson]:
        """The lessons in reading order."""
        places = {path: place for place, path in enumerate(self.declared())}
        tree = {base: place for place, base in enumerate(self._walk("", [one.base for one in found]))}

        def key(lesson: Lesson) -> tuple[int, int]:
            declared = [places[path] for path in (lesson.base, *lesson.files.values()) if path in places]
            return min(declared, default=_NO_PLACE), tree[lesson.base]

        return sorted(found, key=key)

    def _walk(self, folder: str, bases: Sequence[str]) -> Iterator[str]:
        """The paths below a folder, folder by folder."""
        inside = [base for base in bases if base.startswith(folder)]
        names = {base[len(folder) :].split("/")[0] for base in inside}
        readme = next((name for name in sorted(names) if _first(name)), "")
        linked: dict[str, int] = {}
        for place, target in enumerate(self._linked(folder + readme)):
            linked.setdefault(target.split("/")[0], place)

        def key(name: str) -> tuple[bool, int, int, str]:
            number = _NUMBER.match(name)
            value = int(number[0][:9]) if number else _NO_PLACE
            return not _first(name), value, linked.get(name, _NO_PLACE), _natural(name)

        for name in sorted(names, key=key):
            if folder + name in inside:
                yield folder + name
            else:
                yield from self._walk(f"{folder}{name}/", inside)


def yaml_table(text: str) -> Mapping[str, object]:
    """A YAML text as a table; empty when it is none, or no proper YAML."""
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):  # a date such as 2014-99-99 is a ValueError
        return {}
    return data if isinstance(data, dict) else {}


def _first(name: str) -> bool:
    """Whether a file introduces its folder."""
    return name.lower() in ("readme.md", "index.md")


def _natural(name: str) -> str:
    """A key that sorts numbers inside names by their value."""
    return _NUMBER.sub(lambda match: match[0].zfill(9), name.lower())


def _carpentries(config: Mapping[str, object]) -> Iterator[str]:
    """The pages of a Carpentries lesson, part by part."""
    for part in ("episodes", "learners", "instructors", "profiles"):
        names = config.get(part)
        for name in names if isinstance(names, list) else ():
            yield f"{part}/{name}"


def _strings(value: object) -> Iterator[str]:
    """The texts in a nested structure, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
