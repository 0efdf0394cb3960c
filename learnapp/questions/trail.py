"""The way into one question while it is read: typed access to its keys, and the problems found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal, TypeAlias

from learnapp.errors import N_, Problem
from learnapp.questions.numbers import fits

LineOf: TypeAlias = Callable[[int, str], int]
"""(index of the question in the file, key or "") -> line counted from 1, or 0 if unknown."""


def no_lines(index: int, key: str) -> int:
    """For questions that come from no text file."""
    return 0


class Trail:
    """Collects the problems of one question; `question` is its id, or "#3" while it has none."""

    def __init__(self, file: str, index: int = 0, line_of: LineOf = no_lines) -> None:
        self.file = file
        self.index = index
        self.question = f"#{index + 1}"
        self.problems: list[Problem] = []
        self._line_of = line_of
        self._outer = ""

    def within(self, key: str, number: int) -> Trail:
        """The way into a table inside this question, the `number`-th under `key`: its problems have the line
        of `key`. They are kept apart, so whoever goes there adds them."""
        line = self._line_of(self.index, key) or self._line_of(self.index, "")
        inner = Trail(self.file, number - 1, lambda index, one: line)
        inner._outer = f"{self._outer}{self.question}/"
        return inner

    @property
    def failed(self) -> bool:
        """Whether an error was found; warnings do not count."""
        return any(problem.severity == "error" for problem in self.problems)

    def error(self, code: str, message: str, remedy: str, key: str = "", **params: object) -> None:
        """Notes what makes the question unusable. `key` is the TOML key it is about."""
        self._note("error", code, message, remedy, key, params)

    def warn(self, code: str, message: str, remedy: str, key: str = "", **params: object) -> None:
        """Notes what should be better but does not stop the question."""
        self._note("warning", code, message, remedy, key, params)

    def _note(
        self,
        severity: Literal["error", "warning"],
        code: str,
        message: str,
        remedy: str,
        key: str,
        params: Mapping[str, object],
    ) -> None:
        line = self._line_of(self.index, key) or self._line_of(self.index, "")
        named = {"question": f"{self._outer}{self.question}", "key": key, **params}
        self.problems.append(Problem(code, self.file, line, message, remedy, named, severity))

    def text(self, table: Mapping[str, object], key: str) -> str:
        """The text under key; "" when absent or of another type (noted)."""
        value = table.get(key, "")
        if isinstance(value, str):
            return value
        self.error(
            "not_text",
            N_("Question %(question)s: “%(key)s” must be text."),
            N_("Put the value between quotes."),
            key,
        )
        return ""

    def texts(self, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        """The list of non-blank texts under key; () when absent or wrong (noted)."""
        value = table.get(key, [])
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
            return tuple(value)
        self.error(
            "not_texts",
            N_("Question %(question)s: “%(key)s” must be a list of texts."),
            N_('Write it like ["first", "second"], with no empty text.'),
            key,
        )
        return ()

    def flag(self, table: Mapping[str, object], key: str, default: bool) -> bool:
        """The true or false under key; the default when absent or wrong (noted)."""
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.error(
            "not_flag",
            N_("Question %(question)s: “%(key)s” must be true or false."),
            N_("Write true or false, without quotes."),
            key,
        )
        return default

    def choice(self, table: Mapping[str, object], key: str, allowed: Sequence[str]) -> str:
        """One of the allowed words, the first of which is the default when absent or wrong (noted)."""
        value = table.get(key, allowed[0])
        if isinstance(value, str) and value in allowed:
            return value
        self.error(
            "not_allowed",
            N_("Question %(question)s: “%(key)s” is not one of the words allowed here."),
            N_("Use one of: %(allowed)s."),
            key,
            allowed=", ".join(one for one in allowed if one),
        )
        return allowed[0]

    def decimal(self, table: Mapping[str, object], key: str) -> Decimal | None:
        """The number under key, exact as written (a float by its shortest notation); None when absent or
        wrong (noted)."""
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            number = value if isinstance(value, Decimal) else Decimal(repr(value))
            if fits(number):
                return number
        self.error(
            "not_number",
            N_("Question %(question)s: “%(key)s” must be a number."),
            N_("Write a plain number without quotes, of at most 30 digits."),
            key,
        )
        return None

    def known(self, table: Mapping[str, object], keys: Iterable[str], inside: str = "") -> None:
        """Notes every key of the table that is not in `keys`; `inside` is the key that holds the table."""
        allowed = sorted(keys)
        for key in table:
            if key in allowed:
                continue
            close = get_close_matches(key, allowed, 1)
            remedy = (
                N_("Did you mean “%(guess)s”?") if close else N_("Remove it, or use one of: %(allowed)s.")
            )
            self.error(
                "unknown_key",
                N_("Question %(question)s has a key “%(unknown)s” that is not known."),
                remedy,
                inside or key,
                unknown=key,
                guess=close[0] if close else "",
                allowed=", ".join(allowed),
            )
