"""What a rule does, as a plain sentence made from its data, in both languages. Pure.

The rule set's own wording is what its authors say; this is what the engine does. The two stand side by side, for
whoever edits a rule and for whoever asks why a number is what it is. Both languages are made here and not by the
catalogue of interface texts, since a rule set has both in any case and is shown in both to who edits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from learnapp.points.rules import Rule, RuleSet

Language = Literal["zh", "en"]

_THINGS: Mapping[str, tuple[str, str]] = {
    "module-completed": ("学完一课并通过小测", "a lesson completed with its check"),
    "course-completed": ("学完整门课程", "all lessons of a course completed"),
    "quiz-ended": ("通过一次测验", "a quiz passed"),
    "lesson-approved": ("编写的一课通过审核", "a lesson written and approved"),
    "session-held": ("组织一次集中学习", "a session held"),
    "question-answered": ("答复党员的一个问题", "a member's question answered"),
    "need-met": ("办结党员提出的一项学习需求", "a need met that a member had named"),
}
_SOURCES: Mapping[str, tuple[str, str]] = {
    "system": ("系统自动记录，无需申报", "recorded by the system, nothing to declare"),
    "declared": ("由党员申报，经另一人确认", "declared by the member and confirmed by somebody else"),
    "organised": (
        "由组织记录，经记录人以外的人确认",
        "recorded by the organisation and confirmed by somebody other than who recorded it",
    ),
}
_WINDOWS: Mapping[str, tuple[str, str]] = {
    "day": ("每天", "a day"),
    "month": ("每月", "a month"),
    "quarter": ("每季度", "a quarter"),
    "cycle": ("本周期", "in the period"),
    "once": ("本周期", "in the period"),
}


def number(hundredths: int) -> str:
    """An amount without trailing zeros: 50 is 0.5, 300 is 3."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def sentence(rule: Rule, rules: RuleSet, language: Language) -> str:
    """The whole rule as one sentence."""
    parts = list(_chinese(rule, rules) if language == "zh" else _english(rule, rules))
    if language == "zh":
        return "；".join(parts) + "。"
    text = "; ".join(parts) + "."
    return text[0].upper() + text[1:]


def _chinese(rule: Rule, rules: RuleSet) -> Iterator[str]:
    thing = _THINGS.get(rule.work or rule.on, ("", ""))[0]
    if rule.hours_at_least:
        thing = thing.replace("一课", f"不少于{number(rule.hours_at_least)}学时的一课")
    source = _SOURCES[rule.source][0]
    yield f"{thing}（{source}）" if thing else source
    if rule.only:
        yield "仅限：" + "、".join(sorted(rule.only))
    if rule.veto:
        yield "属一票否决项，不计分值，成立时供评定等次时参考"
    else:
        yield f"每次{'加' if rule.worth > 0 else '扣'}{number(abs(rule.worth))}分"
    if rule.once:
        yield "本周期只计一次" if rule.act else "同一内容本周期只计一次"
    if rule.limit is not None:
        yield f"本周期最多计{rule.limit}次"
    if rule.cap is not None:
        yield f"{_WINDOWS[rule.window][0]}最多{number(rule.cap)}分"
    yield from _chinese_frame(rule, rules)


def _chinese_frame(rule: Rule, rules: RuleSet) -> Iterator[str]:
    category = rules.categories[rule.category]
    if rule.worth > 0 and category.cap is not None:
        yield f"“{category.title}”合计最多{number(category.cap)}分"
    if rule.worth > 0 and rules.bonus_cap is not None:
        yield f"全部加分合计最多{number(rules.bonus_cap)}分"
    if rules.exempt == "not-scored":
        yield "豁免期间不计"
    elif rules.exempt == "no-deduction" and (rule.worth < 0 or rule.veto):
        yield "豁免期间不扣分、不否决"
    if away := "、".join(one.title for one in rules.classes.values() if not one.scored):
        yield f"{away}不计分"
    if rule.act:
        yield "不需要证明材料" if rule.evidence == "none" else "可附文件，但不作要求"


def _english(rule: Rule, rules: RuleSet) -> Iterator[str]:
    thing = _THINGS.get(rule.work or rule.on, ("", ""))[1]
    if rule.hours_at_least:
        thing = thing.replace("lesson", f"lesson of at least {number(rule.hours_at_least)} study hours", 1)
    source = _SOURCES[rule.source][1]
    yield f"{thing} ({source})" if thing else source
    if rule.only:
        yield "only for " + ", ".join(sorted(rule.only))
    if rule.veto:
        yield "a veto item: worth nothing, and before those who decide the grade as long as it stands"
    else:
        yield f"{number(abs(rule.worth))} {'points each' if rule.worth > 0 else 'points off each'}"
    if rule.once:
        yield "once in the period" if rule.act else "once in the period for the same thing"
    if rule.limit is not None:
        yield f"at most {rule.limit} {'time' if rule.limit == 1 else 'times'} in the period"
    if rule.cap is not None:
        yield f"at most {number(rule.cap)} points {_WINDOWS[rule.window][1]}"
    yield from _english_frame(rule, rules)


def _english_frame(rule: Rule, rules: RuleSet) -> Iterator[str]:
    category = rules.categories[rule.category]
    if rule.worth > 0 and category.cap is not None:
        yield f"“{category.title_en}” together at most {number(category.cap)} points"
    if rule.worth > 0 and rules.bonus_cap is not None:
        yield f"all bonus together at most {number(rules.bonus_cap)} points"
    if rules.exempt == "not-scored":
        yield "not counted during an exemption"
    elif rules.exempt == "no-deduction" and (rule.worth < 0 or rule.veto):
        yield "neither taken off nor a veto during an exemption"
    if away := ", ".join(one.title_en for one in rules.classes.values() if not one.scored):
        yield f"not scored: {away}"
    if rule.act:
        yield "no evidence is asked for" if rule.evidence == "none" else "a file may be added and need not be"
