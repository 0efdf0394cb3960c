"""The questions of a file with their pictures, whatever the file is: a check, a quiz, or a bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from learnapp.catalogue import links, pictures
from learnapp.catalogue.source import Source
from learnapp.catalogue.tables import Problems
from learnapp.errors import N_
from learnapp.markup import Link
from learnapp.questions import Question, lines_of, parse_questions


def questions_of(
    tables: Mapping[str, Any],
    source: str,
    problems: Problems,
    resolve: pictures.Resolve,
    *,
    needed: bool = True,
) -> tuple[tuple[Question, ...], list[str]]:
    """The usable questions of a file, and the paths of the pictures they show; `resolve` says where a picture
    leads. What is wrong is noted, also that there is none unless that is not `needed`."""
    raw = tables.get("question", [])
    items = raw if isinstance(raw, list) else [raw]
    line_of = lines_of(source)
    questions, found = parse_questions(items, problems.file, line_of)
    problems.found += found
    if needed and not items:
        problems.error(
            "no-questions",
            N_("There are no questions in this file."),
            N_("Add at least one [[question]]."),
        )
    places = {item.get("id"): index for index, item in enumerate(items) if isinstance(item, Mapping)}
    return pictures.placed(
        questions, resolve, lambda index, key: line_of(places.get(questions[index].id, 0), key), problems
    )


def beside(name: str, folder: Source) -> pictures.Resolve:
    """Where a picture of a quiz leads: seen from the folder with its name, or from the file beside it."""
    good, bad = pictures.sorted_out(folder)
    inside = links.Folder(name, {}, good, bad, frozenset(folder.sizes))

    def resolve(link: Link) -> links.Target:
        target = link.target.removeprefix("./")
        return inside.resolve(replace(link, target=target.removeprefix(f"{name}/")), "")

    return resolve
