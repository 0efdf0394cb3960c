"""Rows of a rule set as plain sentences in both languages, made from the data. Pure.

The sentence that members read is the rule's own wording; this is what the product understood of its numbers, put
beside it, so that a wording that says something else is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from learnapp.points.drafting.rows import Kind
from learnapp.points.rules import Category, Grade, MemberClass, Rule, RuleSet
from learnapp.points.sentences import number, sentence

# A sentence in Chinese and in English.
Pair = tuple[str, str]

_EXEMPT: Mapping[str, Pair] = {
    "no-deduction": ("豁免期间不扣分", "while exempt nothing is taken off"),
    "not-scored": ("豁免期间不计分", "while exempt nothing counts"),
    "scored": ("豁免期间照常计分", "days of an exemption count like others"),
}


def _unit(hundredths: int) -> str:
    return "1 point" if hundredths == 100 else f"{number(hundredths)} points"


def _joined(parts: Iterable[Pair]) -> Pair:
    found = list(parts)
    english = "; ".join(part[1] for part in found)
    return "，".join(part[0] for part in found) + "。", english[:1].upper() + english[1:] + "."


def rule(one: Rule, rules: RuleSet) -> Pair:
    """What the engine does with a rule."""
    return sentence(one, rules, "zh"), sentence(one, rules, "en")


def head(rules: RuleSet) -> Pair:
    """What holds for the whole set."""
    parts = [
        (f"基础分{number(rules.base)}分", f"everybody begins with {_unit(rules.base)}"),
        (f"总分不低于{number(rules.floor)}分", f"never below {_unit(rules.floor)}"),
    ]
    if rules.bonus_cap is not None:
        cap = rules.bonus_cap
        parts.append((f"加分合计最多{number(cap)}分", f"all bonus together at most {_unit(cap)}"))
    who = (
        ("对象：党务工作者", "for party workers")
        if rules.people == "workers"
        else ("对象：党员", "for members")
    )
    return _joined([who, *parts, _EXEMPT[rules.exempt]])


def category(one: Category) -> Pair:
    """A category and what it may add at most."""
    if one.cap is None:
        return f"“{one.title}”类加分不封顶。", f"“{one.title_en}” has no cap of its own."
    cap = number(one.cap)
    return f"“{one.title}”类加分最多{cap}分。", f"“{one.title_en}” adds at most {_unit(one.cap)}."


def member_class(one: MemberClass, rules: RuleSet) -> Pair:
    """What holds for a class."""
    if not one.scored:
        return f"“{one.title}”的日子不计分。", f"Days as “{one.title_en}” are not scored."
    base = rules.base if one.base is None else one.base
    return (
        f"“{one.title}”的基础分是{number(base)}分。",
        f"Whoever counts as “{one.title_en}” begins with {_unit(base)}.",
    )


def grade(one: Grade) -> Pair:
    """From where on a grade is suggested."""
    least = number(one.at_least)
    chinese, english = (
        f"{least}分起建议“{one.title}”",
        f"From {_unit(one.at_least)} on “{one.title_en}” is suggested",
    )
    if one.share_at_most is None:
        return f"{chinese}，由会议评定。", f"{english}; a meeting decides."
    share = one.share_at_most
    return (
        f"{chinese}，由会议评定；一般不超过{share}，超过时只作提醒。",
        f"{english}; a meeting decides. Normally at most {share}; more is a warning and nothing else.",
    )


def one_of(rules: RuleSet, kind: Kind, place: int = 0) -> Pair:
    """The sentence of one row, by its place among those of its kind."""
    kinds: Mapping[str, Callable[[], Pair]] = {
        "head": lambda: head(rules),
        "category": lambda: category(list(rules.categories.values())[place]),
        "class": lambda: member_class(list(rules.classes.values())[place], rules),
        "grade": lambda: grade(rules.grades[place]),
        "rule": lambda: rule(rules.rules[place], rules),
    }
    return kinds[kind]()


@dataclass(frozen=True)
class Part:
    """A part of a rule set: what it says as a value, and as a sentence; of a rule its own wording comes first."""

    value: object
    pair: Pair


def every(rules: RuleSet) -> dict[tuple[Kind, str], Part]:
    """All of a rule set, by kind and id."""
    value = replace(rules, hash="", rules=(), categories={}, classes={}, grades=())
    found: dict[tuple[Kind, str], Part] = {
        ("head", ""): Part(value, _and((rules.title, rules.title_en), head(rules)))
    }
    for one in rules.rules:
        found["rule", one.id] = Part(one, _and((one.text, one.text_en), rule(one, rules)))
    for group in rules.categories.values():
        found["category", group.id] = Part(group, category(group))
    for line in rules.grades:
        found["grade", line.id] = Part(line, grade(line))
    for member in rules.classes.values():
        found["class", member.id] = Part(member, member_class(member, rules))
    return found


def _and(own: Pair, made: Pair) -> Pair:
    return f"{own[0]}（{made[0].rstrip('。')}）", f"{own[1]} ({made[1].rstrip('.')})"
