"""What becomes old, after how long, and why: read from TOML, checked, and listed under a digest. Pure."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from learnapp.clock import iso
from learnapp.errors import N_, Invalid


@dataclass(frozen=True)
class Rule:
    """One rule: rows of `id` that are older than `days` days are listed, and not before `least`."""

    id: str
    days: int
    least: int
    what: str
    what_zh: str
    why: str
    why_zh: str


@dataclass(frozen=True)
class Listed:
    """What a rule finds: how many rows of how many members from before `before`, and when the oldest is from."""

    rule: Rule
    before: datetime
    rows: int
    members: int
    oldest: datetime | None


def parse(text: str) -> tuple[Rule, ...]:
    """The shipped rules in their order."""
    return tuple(
        Rule(name, *(table[field] for field in ("days", "least", "what", "what_zh", "why", "why_zh")))
        for name, table in tomllib.loads(text).items()
    )


def with_days(rules: Sequence[Rule], own: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rules with an instance's own numbers of days. Raises Invalid for an unknown rule, for what is no whole
    number, and for less than a rule's least."""
    known = {rule.id for rule in rules}
    for name, days in own.items():
        if name not in known:
            raise Invalid("retention-rule", N_("“%(name)s” is not a rule of keeping data."), name=name)
        least = next(rule.least for rule in rules if rule.id == name)
        if not isinstance(days, int) or isinstance(days, bool) or not least <= days <= 36_600:
            raise Invalid(
                "retention-days",
                N_("%(name)s must be a whole number of days, at least %(least)s."),
                name=name,
                least=least,
            )
    return tuple(replace(rule, days=int(str(own.get(rule.id, rule.days)))) for rule in rules)


def cutoff(rule: Rule, midnight: datetime) -> datetime:
    """The time before which something is old, `midnight` being the beginning of the local day: a list made twice on
    one day is the same list."""
    return midnight - timedelta(days=rule.days)


def digest(listed: Sequence[Listed]) -> str:
    """What a confirmation names: SHA-256 over the rules, their cutoffs and how many rows each found."""
    told = [[one.rule.id, one.rule.days, iso(one.before), one.rows, one.members] for one in listed]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
