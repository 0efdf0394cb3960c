"""Reading the [[rule]] tables of a rule set. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from learnapp.errors import N_
from learnapp.points.reading import (
    SLUG,
    Payable,
    Reading,
    amount,
    count,
    known,
    one_of,
    slug,
    tables,
    truth,
    twice,
    words,
)
from learnapp.points.refusals import refusal_in_wording, refusal_of
from learnapp.points.rules import ACT, EVIDENCE, WINDOWS, WORKS, Rule, RuleSet

_RULE_KEYS = {
    *("id", "category", "source", "on", "when", "act", "worth", "veto", "window", "cap", "limit", "once"),
    *("second", "evidence", "text", "text_en"),
}


def rules_of(reading: Reading, data: Mapping[str, Any], rules: RuleSet) -> tuple[Rule, ...]:
    """The rules of a set whose categories and people are known; each id once, each act once a source."""
    found: dict[str, Rule] = {}
    acts: set[tuple[str, str]] = set()
    for number, entry in enumerate(tables(reading, data, "rule")):
        reading.place = ("rule", number)
        rule = _rule(reading, entry, rules)
        if rule.id in found:
            twice(reading, "id", rule.id)
        if rule.act and (rule.source, rule.act) in acts:
            twice(reading, "act", rule.act)
        found[rule.id] = rule
        acts.add((rule.source, rule.act))
    reading.place = ("", 0)
    if not found:
        reading.wrong("rule", "no-rules", N_("There is no rule."), N_("Add at least one [[rule]]."))
    return tuple(found.values())


def _rule(reading: Reading, entry: Mapping[str, Any], rules: RuleSet) -> Rule:
    known(reading, entry, _RULE_KEYS)
    when = entry.get("when", {})
    if not isinstance(when, dict):
        reading.wrong("when", "when", N_("“when” is a table of conditions."), N_("Write when = { … }."))
        when = {}
    source = str(entry.get("source"))
    on = str(entry.get("on", ACT if source in ("declared", "organised") else ""))
    kind = _kind(reading, on, source, rules.people)
    if kind is not None:
        _conditions(reading, when, kind)
    window = _window(reading, entry)
    if str(entry.get("category")) not in rules.categories:
        message, remedy = N_("The category “%(value)s” is not defined."), N_("Define it under [[category]].")
        reading.wrong("category", "category", message, remedy, value=entry.get("category"))
    veto = _veto(reading, entry, source)
    return Rule(
        id=slug(reading, entry),
        category=str(entry.get("category")),
        source=source,
        on=on,
        worth=0 if veto else _worth(reading, entry, kind, source),
        window=window,
        cap=amount(reading, entry, "cap", default=None),
        once=truth(reading, entry, "once") or window == "once",
        hours_at_least=amount(reading, when, "hours_at_least", default=0) or 0,
        passed=when.get("passed") is True,
        only=_only(reading, when),
        text=words(reading, entry, "text"),
        text_en=words(reading, entry, "text_en"),
        act=_act(reading, entry, on),
        work=str(when.get("work", "")),
        limit=count(reading, entry, "limit"),
        veto=veto,
        evidence=_evidence(reading, entry, on),
    )


def _window(reading: Reading, entry: Mapping[str, Any]) -> Any:
    window = entry.get("window", "cycle")
    if window not in WINDOWS:
        message, remedy = N_("“%(value)s” is not a window."), N_("Use once, day, month, quarter or cycle.")
        reading.wrong("window", "window", message, remedy, value=window)
    return window


def _kind(reading: Reading, on: str, source: str, people: str) -> Payable | None:
    """The kind of entry a rule speaks of, with its source checked; refused kinds first."""
    kind = reading.payable.get(on)
    if kind is None:
        if refusal := refusal_of(on):
            reading.wrong("on", f"refused-{refusal.code}", refusal.reason, N_("Remove the rule."))
        else:
            message = N_("“%(value)s” is no kind of entry that can pay.")
            listed = ", ".join(sorted(reading.payable))
            reading.wrong("on", "kind", message, N_("Use one of: %(known)s."), value=on, known=listed)
        return None
    if source not in kind.sources:
        message, remedy = N_("Entries of this kind come from “%(source)s”."), N_("Correct the source.")
        reading.wrong("source", "source", message, remedy, source=", ".join(kind.sources))
    if people not in kind.people:
        message = N_("A rule set for “%(people)s” may not pay for “%(value)s”: the two are kept apart.")
        remedy = N_("Remove the rule, or correct “people”.")
        reading.wrong("on", "people", message, remedy, people=people, value=on)
    return kind


def _conditions(reading: Reading, when: Mapping[str, Any], kind: Payable) -> None:
    for name in sorted(set(when) - kind.conditions):
        if refusal := refusal_of(name):
            reading.wrong("when", f"refused-{refusal.code}", refusal.reason, N_("Remove the condition."))
        else:
            message = N_("“%(value)s” is no condition for this kind of entry.")
            reading.wrong("when", "condition", message, N_("Remove the condition."), value=name)
    if "passed" in kind.needs and when.get("passed") is not True:
        message = N_("A quiz that was not passed may not pay.")
        reading.wrong("when", "passed", message, N_("Add when = { passed = true }."))
    if "work" in kind.needs and when.get("work") not in WORKS:
        message, remedy = N_("This names no work that was done."), N_("Add when = { work = … }: %(known)s.")
        reading.wrong("when", "work", message, remedy, known=", ".join(WORKS))


def _veto(reading: Reading, entry: Mapping[str, Any], source: str) -> bool:
    veto = truth(reading, entry, "veto")
    if veto and source != "organised":
        message = N_("Only what the organisation recorded and a second person confirmed may be a veto.")
        reading.wrong("veto", "veto", message, N_('Write source = "organised", or remove the veto.'))
    for key in ("worth", "cap", "limit"):
        if veto and key in entry:
            message, remedy = N_("A veto is worth nothing and has no limits."), N_("Remove “%(key)s”.")
            reading.wrong(key, "veto-worth", message, remedy)
    return veto


def _worth(reading: Reading, entry: Mapping[str, Any], kind: Payable | None, source: str) -> int:
    worth = amount(reading, entry, "worth", negative=True) or 0
    if worth < 0 and kind is not None and not (kind.confirmed and source == "organised"):
        message = N_("Only what somebody recorded and a second person confirmed may deduct.")
        reading.wrong("worth", "deduction", message, N_("Make the worth positive, or remove the rule."))
    if "worth" in entry and worth == 0:
        message, remedy = N_("A rule that is worth nothing says nothing."), N_("Correct the worth.")
        reading.wrong("worth", "nothing", message, remedy)
    return worth


def _act(reading: Reading, entry: Mapping[str, Any], on: str) -> str:
    """The code of an act, the rule's own id where it is left out. What may not pay may not be declared either,
    under whatever name; neither code nor wording may ask for it."""
    if on != ACT:
        if "act" in entry or entry.get("second") is not None:
            key = "act" if "act" in entry else "second"
            message = N_("Only what is declared or recorded is confirmed by a second person.")
            reading.wrong(key, "act", message, N_("Remove it."))
        return ""
    if not truth(reading, {"second": True, **entry}, "second"):
        message = N_("An act counts only when a second person has confirmed it.")
        reading.wrong("second", "second-person", message, N_("Remove “second = false”."))
    code = str(entry.get("act", entry.get("id", "")))
    if not SLUG.fullmatch(code):
        message = N_("“%(key)s” must be a short name of small letters, digits and hyphens.")
        reading.wrong("act", "act-code", message, N_("Choose another code."))
    if refusal := refusal_of(code):
        key = "act" if "act" in entry else "id"
        reading.wrong(key, f"refused-{refusal.code}", refusal.reason, N_("Remove the rule."))
    for key in ("text", "text_en"):
        if refusal := refusal_in_wording(str(entry.get(key, ""))):
            reading.wrong(key, f"refused-{refusal.code}", refusal.reason, N_("Remove the rule."))
    return code


def _evidence(reading: Reading, entry: Mapping[str, Any], on: str) -> str:
    """Evidence is none, or a file that may be added; whatever is demanded is refused with the reason."""
    value = str(entry.get("evidence", "none"))
    if value not in EVIDENCE and (refusal := refusal_of(value)):
        reading.wrong("evidence", f"refused-{refusal.code}", refusal.reason, N_("Remove it."))
        return "none"
    if value != "none" and on != ACT:
        message = N_("What the system recorded needs no evidence.")
        reading.wrong("evidence", "evidence", message, N_("Remove it."))
        return "none"
    return one_of(reading, entry, "evidence", EVIDENCE, "none")


def _only(reading: Reading, when: Mapping[str, Any]) -> frozenset[str]:
    """The slugs to which the rule is limited: one, or a list of them."""
    value = when.get("course", when.get("quiz", []))
    slugs = [value] if isinstance(value, str) else value
    if not isinstance(slugs, list) or not all(isinstance(slug, str) for slug in slugs):
        message, remedy = N_("This names no course or quiz."), N_("Write one id, or a list of ids.")
        reading.wrong("when", "only", message, remedy)
        return frozenset()
    return frozenset(slugs)
