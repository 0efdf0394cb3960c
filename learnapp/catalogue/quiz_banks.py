"""Banks: files of questions that several quizzes share.

A quiz includes the questions of the banks it uses, and their bytes are part of its version: what a version
asks does not change when a bank does. A new version of the bank becomes one of the quiz when the quiz is
loaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from learnapp.catalogue.question_tables import beside, questions_of
from learnapp.catalogue.source import Source
from learnapp.catalogue.tables import Problems, decoded, parsed
from learnapp.errors import N_
from learnapp.questions import Question

Find: TypeAlias = Callable[[str], tuple[bytes, Source] | None]
"""Name of a bank -> the bytes of its file and the folder of its pictures; None when there is none."""


def nowhere(name: str) -> None:
    """Where there are no other files."""


@dataclass(frozen=True, slots=True)
class Included:
    """What the banks give a quiz: questions, files by path, and which of them are pictures."""

    questions: tuple[Question, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    shown: tuple[str, ...] = ()


def include(
    uses: Sequence[str], own: Sequence[Question], find: Find, place: str, problems: Problems, line: int
) -> Included:
    """The questions of the banks in their order; those that are not asked any more belong to them too. What
    is wrong is noted at `line`; what is wrong within a bank is named where the bank itself is read."""
    where = dict.fromkeys((question.id for question in own), problems.file)
    questions: list[Question] = []
    files: dict[str, bytes] = {}
    shown: list[str] = []
    for name in uses:
        found = find(name)
        if found is None:
            problems.error(
                "no-bank",
                N_("There is no bank “%(bank)s” beside this file."),
                N_("Write %(bank)s.toml with bank = true, or remove it from “use”."),
                line,
                bank=name,
            )
            continue
        data, folder = found
        inner = Problems(f"{place}{name}.toml")
        held, pictures = _bank(name, data, folder, inner)
        _check_bank(name, inner, problems, line)
        _check_ids(held, where, inner.file, problems, line)
        questions += held
        files[f"{name}.toml"] = data
        files |= {f"{name}/{one}": folder.read(one) for one in pictures}
        shown += [f"{name}/{one}" for one in pictures]
    return Included(tuple(questions), files, tuple(shown))


def _bank(
    name: str, data: bytes, folder: Source, problems: Problems
) -> tuple[tuple[Question, ...], list[str]]:
    source = decoded(data, problems)
    tables = None if source is None else parsed(source, problems)
    if source is None or tables is None:
        return (), []
    if tables.get("bank") is not True or tables.get("use"):
        problems.error(
            "not-a-bank",
            N_("“%(bank)s” is no bank."),
            N_("Write bank = true in %(bank)s.toml, and no “use”."),
            bank=name,
        )
    return questions_of(tables, source, problems, beside(name, folder))


def _check_bank(name: str, inner: Problems, problems: Problems, line: int) -> None:
    errors = [one for one in inner.found if one.severity == "error"]
    wrong = next((one for one in errors if one.code == "not-a-bank"), None)
    if wrong is not None:
        problems.error(wrong.code, wrong.message, wrong.remedy, line, bank=name)
    elif errors:
        problems.error(
            "bank-broken",
            N_("The bank “%(bank)s” cannot be used: %(count)s errors."),
            N_("Correct %(file)s first."),
            line,
            bank=name,
            count=len(errors),
            file=inner.file,
        )


def _check_ids(
    questions: Sequence[Question], where: dict[str, str], file: str, problems: Problems, line: int
) -> None:
    """Notes ids that another file has as well, or that differ from one only after a dot; adds the others."""
    for question in questions:
        ident = question.id
        other = next(
            (
                one
                for one in where
                if one == ident or one.startswith(f"{ident}.") or ident.startswith(f"{one}.")
            ),
            None,
        )
        if other is not None and where[other] != file:
            problems.error(
                "same-id",
                N_("Two questions have the id “%(id)s”: one in %(file)s, one in %(other)s."),
                N_("Give one of them another id; keep the one that has been answered already."),
                line,
                id=ident,
                file=where[other],
                other=file,
            )
        where.setdefault(ident, file)
