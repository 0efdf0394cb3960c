"""What certificates there are: templates as data, and what they say. Pure."""

from __future__ import annotations

import calendar
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.records.rules import Line

FIELDS = ("name", "unit", "thing", "version", "day")
# What earns a certificate, and the kind of line in the record that says so.
EARNED_BY: Mapping[str, str] = {
    "course-completed": "course",
    "quiz-passed": "quiz",
    "recognised": "recognition",
}
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Template:
    """A kind of certificate. `version` names the file by its hash; `months` None is without end."""

    id: str
    version: str
    earned_by: str
    title: str
    title_en: str
    text: str
    text_en: str
    subjects: tuple[str, ...]
    only_exams: bool
    months: int | None

    def fits(self, line: Line, *, exam: bool) -> bool:
        """Whether this line of a record earns it; `exam` says that the line's quiz is one."""
        return (
            EARNED_BY[self.earned_by] == line.kind
            and (not self.subjects or line.slug in self.subjects)
            and (exam or not self.only_exams)
        )

    def expires(self, earned_on: date) -> date | None:
        """The last day on which it is valid."""
        if self.months is None:
            return None
        years, month = divmod(earned_on.month - 1 + self.months, 12)
        year = earned_on.year + years
        return date(year, month + 1, min(earned_on.day, calendar.monthrange(year, month + 1)[1]))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in. Raises KeyError for a field that has no value."""
    return _FIELD.sub(lambda found: values[found[1]], text)


def parse(text: str) -> tuple[Template, ...]:
    """The templates in a TOML text. Raises Invalid naming what cannot be used, tomllib.TOMLDecodeError for
    broken TOML."""
    data = tomllib.loads(text)
    version = f"{data.get('name', '')}@{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    found = tuple(_template(entry, version) for entry in data.get("certificate", ()))
    if len({one.id for one in found}) < len(found):
        raise Invalid("certificate-twice", N_("Two certificates have the same id."))
    return found


def _template(entry: Mapping[str, Any], version: str) -> Template:
    ident = str(entry.get("id", ""))
    for field in ("id", "title", "title_en", "text", "text_en"):
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise _unusable(ident, field)
    for field in ("text", "text_en"):
        if set(_FIELD.findall(entry[field])) - set(FIELDS):
            raise _unusable(ident, field)
    months = entry.get("months")
    if months is not None and (isinstance(months, bool) or not isinstance(months, int) or months < 1):
        raise _unusable(ident, "months")
    if entry.get("earned_by") not in EARNED_BY:
        raise _unusable(ident, "earned_by")
    return Template(
        id=ident,
        version=version,
        earned_by=entry["earned_by"],
        title=entry["title"],
        title_en=entry["title_en"],
        text=entry["text"],
        text_en=entry["text_en"],
        subjects=tuple(entry.get("subjects", ())),
        only_exams=bool(entry.get("only_exams", False)),
        months=months,
    )


def _unusable(ident: str, field: str) -> Invalid:
    message = N_("Certificate “%(id)s”: %(field)s is missing or cannot be used.")
    return Invalid("certificate", message, id=ident, field=field)
