"""Typed access to the tables of a TOML file; everything wrong is noted with its line and a remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from learnapp.errors import N_, Problem
from learnapp.questions import LineOf

ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_HEADER = re.compile(r"\s*\[")


class Problems:
    """The problems of one file, collected in order."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def error(self, code: str, message: str, remedy: str, line: int = 0, **params: object) -> None:
        """Notes what keeps the content from being published."""
        self.found.append(Problem(code, self.file, line, message, remedy, params))

    def warn(self, code: str, message: str, remedy: str, line: int = 0, **params: object) -> None:
        """Notes what cannot be carried over or should be better."""
        self.found.append(Problem(code, self.file, line, message, remedy, params, "warning"))


def decoded(data: bytes, problems: Problems) -> str | None:
    """The bytes as UTF-8 text without a byte order mark, or None (noted with the line)."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.error(
            "not-utf-8",
            N_("The file is not UTF-8 text."),
            N_("Save it again in the encoding UTF-8."),
            data.count(b"\n", 0, error.start) + 1,
        )
        return None


def parsed(source: str, problems: Problems) -> dict[str, Any] | None:
    """The TOML text as tables, numbers exact, or None (noted with the line)."""
    try:
        return tomllib.loads(source, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        problems.error(
            "toml",
            N_("This is no TOML: %(reason)s."),
            N_("Correct the line; texts stand in quotes, lists in square brackets."),
            int(at[1]) if at else source.count("\n") + 1,
            reason=_AT_LINE.sub("", str(error)).replace("(at end of document)", "").strip().lower(),
        )
        return None


def top_lines(source: str) -> LineOf:
    """A finder of the lines of keys before the first table header."""
    lines: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if _HEADER.match(line):
            break
        if key := _KEY.match(line):
            lines.setdefault(key[1], number)
    return lambda _index, key: lines.get(key, 0)


class Table:
    """One table while it is read."""

    def __init__(
        self, data: Mapping[str, object], problems: Problems, line_of: LineOf, index: int = 0
    ) -> None:
        self.data = data
        self.problems = problems
        self._line_of = line_of
        self._index = index

    def line(self, key: str = "") -> int:
        """The line of a key, else that of the table, else 0."""
        return self._line_of(self._index, key) or self._line_of(self._index, "")

    def error(self, code: str, message: str, remedy: str, key: str, **params: object) -> None:
        """Notes an error about a key."""
        self.problems.error(code, message, remedy, self.line(key), key=key, **params)

    def known(self, keys: Collection[str]) -> None:
        """Notes every key that is not one of these."""
        for key in self.data:
            if key in keys:
                continue
            guess = get_close_matches(key, keys, 1)
            remedy = (
                N_("Did you mean “%(guess)s”?") if guess else N_("Remove it, or use one of: %(allowed)s.")
            )
            self.error(
                "unknown-key",
                N_("The key “%(key)s” is not known."),
                remedy,
                key,
                guess=guess[0] if guess else "",
                allowed=", ".join(sorted(keys)),
            )

    def text(self, key: str, *, limit: int, needed: bool = False) -> str:
        """The text under key, at most `limit` characters; "" when absent or wrong (noted)."""
        value = self.data.get(key, "")
        if not isinstance(value, str):
            self.error("not-text", N_("“%(key)s” must be text."), N_("Put the value between quotes."), key)
            return ""
        if needed and not value.strip():
            self.error("missing", N_("“%(key)s” is missing."), N_('Add a line %(key)s = "…".'), key)
        if len(value) > limit:
            self.error(
                "too-long",
                N_("“%(key)s” is longer than %(limit)s characters."),
                N_("Shorten it."),
                key,
                limit=limit,
            )
        return value.strip()

    def ident(self, key: str, *, limit: int) -> str:
        """An id: lower case letters, digits, dot, hyphen, underscore; "" when absent or wrong (noted)."""
        value = self.data.get(key)
        if isinstance(value, str) and ID.fullmatch(value) and len(value) <= limit:
            return value
        self.error(
            "bad-id",
            N_("“%(key)s” is missing or cannot be used."),
            N_("Use small letters a-z, digits, hyphen, dot and underscore, at most %(limit)s characters."),
            key,
            limit=limit,
        )
        return ""

    def whole(self, key: str, low: int, high: int, default: int | None) -> int | None:
        """The whole number under key within the bounds; the default when absent or wrong (noted)."""
        value = self.data.get(key, default)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and low <= value <= high):
            return value
        self.error(
            "not-whole",
            N_("“%(key)s” must be a whole number from %(low)s to %(high)s."),
            N_("Write the number without quotes."),
            key,
            low=low,
            high=high,
        )
        return default

    def flag(self, key: str, default: bool) -> bool:
        """The true or false under key; the default when absent or wrong (noted)."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.error("not-flag", N_("“%(key)s” must be true or false."), N_("Write it without quotes."), key)
        return default

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of the allowed words; the default when absent or wrong (noted)."""
        value = self.data.get(key, default)
        if isinstance(value, str) and value in allowed:
            return value
        self.error(
            "not-allowed",
            N_("“%(key)s” is not one of the words allowed here."),
            N_("Use one of: %(allowed)s."),
            key,
            allowed=", ".join(allowed),
        )
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under key; () when absent or wrong (noted)."""
        value = self.data.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value):
            return tuple(value)
        self.error(
            "not-texts",
            N_("“%(key)s” must be a list of texts."),
            N_('Write it like ["first", "second"].'),
            key,
        )
        return ()


def subtables(data: Mapping[str, object], key: str, problems: Problems, line_of: LineOf) -> Iterable[Table]:
    """The `[[key]]` tables of a file; none when absent or of another shape (noted)."""
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [Table(one, problems, line_of, index) for index, one in enumerate(value)]
    problems.error(
        "not-tables",
        N_("“%(key)s” must be written as tables."),
        N_("Start each with a line [[%(key)s]]."),
        key=key,
    )
    return []
