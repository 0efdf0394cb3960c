"""The fields of each row of a rule set: how they are called, what may be chosen, which belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext

from learnapp import branches, catalogue
from learnapp.errors import N_
from learnapp.points import drafting
from learnapp.web.doors import in_language

_ACTS = "declared organised"
_SYSTEM = "module course quiz"


@dataclass(frozen=True)
class Field:
    """A field: `kind` is text, area, amount, count, choice or tick; `fits` are the kinds of rule it is for, empty
    for all; `against` the effects for which it means nothing. `part` says which part of the form it stands in."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    fits: str = ""
    against: str = ""
    part: str = "main"
    choices: tuple[tuple[str, str], ...] = ()


_ID = Field(
    "id",
    N_("Short name"),
    hint=N_("Small letters, digits and hyphens. Lines keep it; members do not see it."),
    part="more",
)
_TITLE = Field("title", N_("Title in Chinese"))
_TITLE_EN = Field("title_en", N_("Title in English"))

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "head": (
        _TITLE,
        _TITLE_EN,
        Field("people", N_("For whom"), "choice"),
        Field("base", N_("Base: with how many points everybody begins"), "amount"),
        Field("floor", N_("Floor: the sum never falls below"), "amount"),
        Field("bonus_cap", N_("All bonus together at most"), "amount", N_("Leave empty for no limit.")),
        Field("exempt", N_("Days on which somebody is exempt"), "choice"),
        _ID,
    ),
    "category": (
        _TITLE,
        _TITLE_EN,
        Field("cap", N_("Adds at most"), "amount", N_("Leave empty for no limit.")),
        _ID,
    ),
    "class": (
        Field("id", N_("Class of the membership"), "choice"),
        _TITLE,
        _TITLE_EN,
        Field("scored", N_("Days in this class are scored"), "tick"),
        Field("base", N_("Another base"), "amount", N_("Leave empty for the base of the rule set.")),
    ),
    "grade": (
        _TITLE,
        _TITLE_EN,
        Field("at_least", N_("Suggested from this sum on"), "amount"),
        Field(
            "share_at_most",
            N_("Normally at most this part of a branch"),
            "share",
            N_(
                "Only for the best grade, such as 1/3. More is a warning to those who decide, and nothing else."
            ),
        ),
        _ID,
    ),
    "rule": (
        Field("what", N_("What it pays for"), "choice"),
        Field("effect", N_("What it does"), "choice"),
        Field("worth", N_("Points each time"), "amount", against="veto"),
        Field("category", N_("Category"), "choice"),
        Field("window", N_("The limit below holds"), "choice"),
        Field("cap", N_("At most so many points"), "amount", N_("Leave empty for no limit."), against="veto"),
        Field(
            "limit",
            N_("At most so many times in the period"),
            "count",
            N_("Leave empty for no limit."),
            against="veto",
        ),
        Field("once", N_("The same thing counts once in the period"), "tick"),
        Field("hours_at_least", N_("Only lessons of at least so many study hours"), "amount", fits="module"),
        Field("only", N_("Only these"), "ticks", N_("None ticked: all of them."), fits=_SYSTEM),
        Field(
            "evidence",
            N_("A file"),
            "choice",
            N_("Photos, screenshots and notes may not be asked for."),
            fits=_ACTS,
        ),
        Field("text", N_("In Chinese"), "area", part="words"),
        Field("text_en", N_("In English"), "area", part="words"),
        _ID,
        Field(
            "act",
            N_("Code of the act"),
            hint=N_(
                "Leave empty to use the short name. Two rule sets with the same code speak of the same act."
            ),
            fits=_ACTS,
            part="more",
        ),
    ),
}

WHATS: Mapping[str, str] = {
    "module": N_("A lesson completed with its check"),
    "course": N_("A whole course completed"),
    "quiz": N_("A quiz passed"),
    "declared": N_("Something that members declare and a second person confirms"),
    "organised": N_("Something that the organisation records and a second person confirms"),
    "work-lesson-approved": N_("Work done: a lesson approved"),
    "work-session-held": N_("Work done: a session held"),
    "work-question-answered": N_("Work done: a question answered"),
    "work-need-met": N_("Work done: a need met"),
    "other": N_("Something that the form does not know (see the remark)"),
}
EFFECTS = {
    "adds": N_("adds points"),
    "deducts": N_("takes points off"),
    "veto": N_("stands as a veto item, without points"),
}
WINDOWS = {
    "once": N_("in the whole period, and each thing counts once"),
    "day": N_("for each day"),
    "month": N_("for each month"),
    "quarter": N_("for each quarter"),
    "cycle": N_("for the whole period"),
}
EVIDENCE = {"none": N_("none"), "file-optional": N_("may be added and need not be")}
PEOPLE = {"members": N_("members"), "workers": N_("party workers")}
EXEMPT = {
    "no-deduction": N_("nothing is taken off, everything else counts"),
    "not-scored": N_("nothing counts"),
    "scored": N_("count like other days"),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "effect": EFFECTS,
    "window": WINDOWS,
    "evidence": EVIDENCE,
    "people": PEOPLE,
    "exempt": EXEMPT,
}
KIND_WORDS: Mapping[str, str] = {
    "head": N_("The whole"),
    "category": N_("A category"),
    "rule": N_("A rule"),
    "class": N_("A class of members"),
    "grade": N_("A grade"),
}


def fields_for(kind: drafting.Kind, row: drafting.Row, data: dict[str, object]) -> list[Field]:
    """The fields of a row with their choices in the language of the request."""
    return [_filled(field, kind, row, data) for field in FIELDS[kind]]


def _filled(field: Field, kind: drafting.Kind, row: drafting.Row, data: dict[str, object]) -> Field:
    if field.name in _CHOICES:
        found = {key: gettext(word) for key, word in _CHOICES[field.name].items()}
    elif field.name == "what":
        found = _whats(row, str(data.get("people", "members")))
    elif field.name == "category":
        found = {
            str(table.get("id", "")): in_language(str(table.get("title", "")), str(table.get("title_en", "")))
            for table in drafting.rows_of(data, "category")
        }
    elif field.name == "only":
        found = _things(row["what"])
    elif (kind, field.name) == ("class", "id"):
        found = {key: gettext(word) for key, word in branches.CLASSES.items()}
    else:
        return field
    chosen = row[field.name].split() if field.name == "only" else [row[field.name]]
    found |= {value: value for value in chosen if value and value not in found}
    return replace(field, choices=tuple(found.items()))


def _whats(row: drafting.Row, people: str) -> dict[str, str]:
    names = [*drafting.whats_for(people)]
    if row["what"] not in names:
        names.append(row["what"])
    return {name: gettext(WHATS[name]) for name in names}


def _things(what: str) -> dict[str, str]:
    """The published courses or quizzes, as a rule may be limited to some of them."""
    found = catalogue.quizzes() if what == "quiz" else catalogue.courses()
    return {one.slug: in_language(one.title, one.title_en) for one in found}


def typed(kind: drafting.Kind, form: Mapping[str, str], ticked: list[str]) -> drafting.Row:
    """What was sent, as a row; `ticked` are the things to which a rule is limited."""
    row = {name: form.get(name, "")[:1000] for name in drafting.FIELDS[kind]}
    if kind == "rule":
        row["only"] = " ".join(ticked)
        row["what"] = row["what"] if row["what"] in WHATS else drafting.OTHER
        row["effect"] = row["effect"] if row["effect"] in EFFECTS else "adds"
    return row
