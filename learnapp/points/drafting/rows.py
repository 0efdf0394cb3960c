"""A rule set as rows of a form: from TOML to what one types, and back. Pure.

Every field of a row is text, so that a draft can hold what somebody typed although it is not a number yet; the
parser says what is wrong with it. Writing a row keeps only what fits its choice: a condition that belonged to
another kind of entry goes when the kind is changed. Reading what was written gives the same row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal, cast

from learnapp.points.rules import WORKS

Kind = Literal["head", "category", "rule", "class", "grade"]
Row = dict[str, str]
Table = dict[str, Any]

LISTS: tuple[Kind, ...] = ("category", "rule", "class", "grade")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "head": ("title", "title_en", "id", "people", "base", "floor", "bonus_cap", "exempt"),
    "category": ("title", "title_en", "id", "cap"),
    "class": ("id", "title", "title_en", "base", "scored"),
    "grade": ("title", "title_en", "id", "at_least", "share_at_most"),
    "rule": (
        *("what", "effect", "worth", "category", "window", "cap", "limit", "once", "hours_at_least", "only"),
        *("evidence", "text", "text_en", "id", "act"),
    ),
}
# The keys of a table in the order in which a file is written.
KEYS: Mapping[str, tuple[str, ...]] = {
    "head": ("id", "title", "title_en", "people", "base", "floor", "bonus_cap", "exempt"),
    "category": ("id", "title", "title_en", "cap"),
    "class": ("id", "title", "title_en", "base", "scored"),
    "grade": ("id", "title", "title_en", "at_least", "share_at_most"),
    "rule": (
        *("id", "category", "source", "on", "when", "act", "worth", "veto", "window", "cap", "limit", "once"),
        *("second", "evidence", "text", "text_en"),
    ),
}
_AMOUNTS = frozenset({"base", "floor", "bonus_cap", "cap", "at_least", "worth", "hours_at_least"})
_DEFAULTS: Mapping[str, str] = {"people": "members", "exempt": "no-deduction"}

# What a rule may pay for, in one choice: the kind of entry, or where the act comes from, or the work.
SYSTEM: Mapping[str, str] = {
    "module": "module-completed",
    "course": "course-completed",
    "quiz": "quiz-ended",
}
ACTS = ("declared", "organised")
WORK = tuple(f"work-{work}" for work in WORKS)
WHATS = (*SYSTEM, *ACTS, *WORK)
EFFECTS = ("adds", "deducts", "veto")
OTHER = "other"


def whats_for(people: str) -> tuple[str, ...]:
    """What the rules of these people's rule sets may pay for."""
    return (*ACTS, *WORK) if people == "workers" else (*SYSTEM, *ACTS)


def typed(text: str) -> str:
    """What was typed, without blanks around it and with the digits of any keyboard as usual ones."""
    return unicodedata.normalize("NFKC", text).strip()


def words(text: str) -> str:
    """A sentence as it was typed, on one line."""
    return re.sub(r"\s+", " ", text).strip()


def _amount(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", text) and text != "-0" else text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def read(kind: Kind, table: Mapping[str, Any]) -> Row:
    """The row of a table."""
    if kind == "rule":
        return _read_rule(table)
    row = {name: _shown(table.get(name, _DEFAULTS.get(name, ""))) for name in FIELDS[kind]}
    if kind == "class":
        row["scored"] = _shown(table.get("scored", True))
    return row


def write(kind: Kind, row: Mapping[str, str], table: Mapping[str, Any] | None = None) -> Table:
    """The table of a row. `table` is what was there: of a rule about something that the form does not know, what
    it speaks of is kept."""
    if kind == "rule":
        return _write_rule(row, table or {})
    found: Table = {}
    for name in KEYS[kind]:
        text = words(row.get(name, "")) if name.startswith("title") else typed(row.get(name, ""))
        if name == "scored":
            if not text:
                found[name] = False
        elif text and text != _DEFAULTS.get(name):
            found[name] = _amount(text) if name in _AMOUNTS else text
    return found


def _read_rule(table: Mapping[str, Any]) -> Row:
    when = table.get("when")
    when = when if isinstance(when, dict) else {}
    what = _what(table, when)
    worth = _shown(table.get("worth"))
    effect = "veto" if table.get("veto") is True else "deducts" if worth.startswith("-") else "adds"
    only = when.get("course", when.get("quiz", []))
    slugs = [only] if isinstance(only, str) else only if isinstance(only, list) else []
    window = _shown(table.get("window", "cycle"))
    return {
        "what": what,
        "effect": effect,
        "worth": "" if effect == "veto" else worth.removeprefix("-"),
        "category": _shown(table.get("category")),
        "window": window,
        "cap": "" if effect == "veto" else _shown(table.get("cap")),
        "limit": "" if effect == "veto" else _shown(table.get("limit")),
        "once": "" if window == "once" else _shown(table.get("once")),
        "hours_at_least": _shown(when.get("hours_at_least")),
        "only": " ".join(str(slug) for slug in slugs),
        "evidence": _shown(table.get("evidence", "none")),
        "text": _shown(table.get("text")),
        "text_en": _shown(table.get("text_en")),
        "id": _shown(table.get("id")),
        "act": _shown(table.get("act")),
    }


def _what(table: Mapping[str, Any], when: Mapping[str, Any]) -> str:
    source = table.get("source")
    if source in ACTS and table.get("on", "act-confirmed") == "act-confirmed":
        return str(source)
    if source == "system":
        if table.get("on") == "work-done" and when.get("work") in WORKS:
            return f"work-{when['work']}"
        for what, on in SYSTEM.items():
            if on == table.get("on"):
                return what
    return OTHER


def _write_rule(row: Mapping[str, str], before: Mapping[str, Any]) -> Table:
    what, effect = row.get("what", OTHER), row.get("effect", "adds")
    found: Table = {"id": typed(row.get("id", "")), "category": typed(row.get("category", ""))}
    found |= _spoken_of(what, row, before)
    if what in ACTS and (act := typed(row.get("act", ""))):
        found["act"] = act
    worth = typed(row.get("worth", ""))
    if effect == "veto":
        found["veto"] = True
    elif worth:
        found["worth"] = _amount(f"-{worth}" if effect == "deducts" and not worth.startswith("-") else worth)
    window = typed(row.get("window", "cycle")) or "cycle"
    if window != "cycle":
        found["window"] = window
    if effect != "veto":
        if cap := typed(row.get("cap", "")):
            found["cap"] = _amount(cap)
        if limit := typed(row.get("limit", "")):
            found["limit"] = _amount(limit)
    if row.get("once") and window != "once":
        found["once"] = True
    evidence = typed(row.get("evidence", "none")) or "none"
    if what in ACTS and evidence != "none":
        found["evidence"] = evidence
    found["text"], found["text_en"] = words(row.get("text", "")), words(row.get("text_en", ""))
    return {key: value for key, value in found.items() if value != ""}


def _spoken_of(what: str, row: Mapping[str, str], before: Mapping[str, Any]) -> Table:
    """Source, kind of entry and conditions."""
    if what in ACTS:
        return {"source": what}
    if what in WORK:
        return {"source": "system", "on": "work-done", "when": {"work": what.removeprefix("work-")}}
    if what not in SYSTEM:
        return {key: before[key] for key in ("source", "on", "when") if key in before}
    when: Table = {"passed": True} if what == "quiz" else {}
    hours = typed(row.get("hours_at_least", ""))
    if what == "module" and hours:
        when["hours_at_least"] = _amount(hours)
    if slugs := sorted(set(typed(row.get("only", "")).split())):
        when["quiz" if what == "quiz" else "course"] = slugs[0] if len(slugs) == 1 else slugs
    return {"source": "system", "on": SYSTEM[what], **({"when": when} if when else {})}


def strangers(kind: Kind, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of a table that the form does not know; writing the row leaves them out."""
    lists = LISTS if kind == "head" else ()
    return tuple(sorted(key for key in table if key not in KEYS[kind] and key not in lists))


def fresh(kind: Kind, existing: list[Table], categories: list[Table]) -> Table:
    """A new row to begin with, under an id that is not taken."""
    names = {str(table.get("id")) for table in existing}
    name = next(
        f"{kind}-{n}" for n in range(len(names) + 1, 2 * len(names) + 3) if f"{kind}-{n}" not in names
    )
    if kind == "rule":
        category = str(categories[0].get("id", "")) if categories else ""
        return {"id": name, "category": category, "source": "organised", "worth": 1}
    return {"id": name, **({"at_least": 0} if kind == "grade" else {})}


def rows_of(data: Mapping[str, Any], kind: Kind) -> list[Table]:
    """The tables of a kind in a rule set's data; the head is the only one of its kind."""
    if kind == "head":
        return [{key: value for key, value in data.items() if key not in LISTS}]
    return cast(list[Table], data.get(kind, []))
