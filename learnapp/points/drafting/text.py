"""The TOML text of a draft: writing it, and finding the row that a line belongs to. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, cast

import tomlkit
from tomlkit.items import Table as TomlTable

from learnapp.errors import N_, Problem
from learnapp.points.drafting.rows import KEYS, LISTS, Kind, Table, rows_of

_ORDER: tuple[Kind, ...] = ("category", "class", "grade", "rule")


def emit(data: Mapping[str, Any]) -> str:
    """The TOML text of a rule set's data: the head, then its lists, keys in their usual order."""
    document = tomlkit.document()
    for key, value in _ordered("head", rows_of(data, "head")[0]):
        document.add(key, tomlkit.item(value))
    for kind in _ORDER:
        tables = rows_of(data, kind)
        if not tables:
            continue
        listed = tomlkit.aot()
        for table in tables:
            listed.append(_table(kind, table))
        document.add(kind, listed)
    return re.sub(r"\n+\[\[", "\n\n[[", tomlkit.dumps(document)).lstrip("\n")


def _table(kind: Kind, table: Mapping[str, Any]) -> TomlTable:
    found = tomlkit.table()
    for key, value in _ordered(kind, table):
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update(value)
            found.add(key, inline)
        else:
            found.add(key, tomlkit.item(value))
    return found


def _ordered(kind: str, table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    known = [key for key in KEYS[kind] if key in table]
    return [(key, table[key]) for key in (*known, *sorted(set(table) - set(known)))]


def load(text: str) -> dict[str, Any]:
    """The data of a draft's text."""
    return tomllib.loads(text)


def shape(text: str, file: str = "") -> list[Problem]:
    """Why a text cannot be shown as rows: it is no TOML, or a list is none. Whatever else is wrong with it is
    said beside the rows."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else 0
        message, remedy = N_("This is not valid TOML: %(error)s."), N_("Correct the line.")
        return [Problem("toml", file, line, message, remedy, {"error": str(error)})]
    problems = []
    for kind in LISTS:
        tables = data.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            message, remedy = N_("“%(key)s” must be a list of tables."), N_("Begin each with [[%(key)s]].")
            problems.append(Problem("tables", file, 0, message, remedy, {"key": kind}))
    return problems


def place_of(text: str, line: int) -> tuple[Kind, int]:
    """The row in which a line of the text stands: its kind and its number from 0."""
    kind, number, seen = "head", 0, dict.fromkeys(LISTS, 0)
    for row in text.splitlines()[: max(0, line)]:
        head = re.fullmatch(r"\s*\[\[\s*([a-z]+)\s*\]\]\s*(#.*)?", row)
        if head and head.group(1) in seen:
            kind, number = head.group(1), seen[cast(Kind, head.group(1))]
            seen[cast(Kind, kind)] += 1
    return cast(Kind, kind), number


def digest(table: Table) -> str:
    """What a row is told by when somebody saves it."""
    text = json.dumps(table, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
