"""A waiver or an equivalence as a form gives it: read, recorded, and told before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext

from learnapp import declarations, ledger, plans
from learnapp.errors import N_, Invalid
from learnapp.web.doors import me, now, settings
from learnapp.web.filters import hundredths
from learnapp.web.granted import basis_words, done_words, thing_title, until_words

KINDS = (ledger.Waived.kind, ledger.EquivalenceGranted.kind)
MODES = ("concentrated", "group", "brought-home", "online", "private")


@dataclass(frozen=True)
class Waiver:
    """A course or quiz that a member need not do."""

    thing: str
    basis: str
    until: date | None
    text: str

    def record(self, member_id: str, act: str) -> int:
        """Records it about the member, as the asker's decision."""
        return declarations.waive(
            member_id,
            self.thing,
            basis=self.basis,
            until=self.until,
            text=self.text,
            actor_id=me().member_id,
            at=now(),
            zone=settings().zone,
            act=act,
        )

    def facts(self, member_id: str) -> list[tuple[str, str]]:
        """What is decided about a member, as pairs of words."""
        return [
            (gettext("Waived"), thing_title(self.thing)),
            (gettext("Basis"), basis_words(self.basis)),
            (gettext("Holds"), until_words(self.until.isoformat() if self.until else "")),
            *_words(self.text),
        ]


@dataclass(frozen=True)
class Equivalence:
    """Something done elsewhere that is accepted in place of a course or quiz; `minutes` of study in `mode`."""

    thing: str
    basis: str
    on: date
    days: int
    minutes: int
    mode: str
    text: str

    def record(self, member_id: str, act: str) -> int:
        """Records it about the member, as the asker's decision."""
        return declarations.grant_equivalence(
            member_id,
            self.thing,
            basis=self.basis,
            on=self.on,
            text=self.text,
            actor_id=me().member_id,
            at=now(),
            zone=settings().zone,
            act=act,
            rule=rule_of(member_id, self.on),
            minutes=self.minutes,
            days=self.days,
            mode=self.mode,
        )

    def facts(self, member_id: str) -> list[tuple[str, str]]:
        """What is decided, as pairs of words. What the hours come to after rounding and ceiling stands in what
        follows from it."""
        found = [
            (gettext("Accepted in place of"), thing_title(self.thing)),
            (gettext("Basis"), basis_words(self.basis)),
            (gettext("When"), done_words(self.on.isoformat(), self.days)),
        ]
        if self.minutes:
            mode = gettext(plans.MODES[self.mode]) if self.mode in plans.MODES else ""
            hours = hours_of(self.minutes, rule_of(member_id, self.on))
            found.append((gettext("Study hours on the paper"), f"{hours} · {mode}"))
        return [*found, *_words(self.text)]


def _words(text: str) -> list[tuple[str, str]]:
    return [(gettext("In words"), text)] if text else []


def rule_of(member_id: str, on: date) -> plans.HourRule:
    """The rule of the study hour that held for the member on that day."""
    return plans.rules_of(member_id, on).hour


def hours_of(minutes: int, rule: plans.HourRule) -> str:
    """Minutes as study hours of the rule, for a form; empty for none. Of the amounts that mean these whole minutes
    the roundest, so that a form that comes back says what was typed."""
    if not minutes:
        return ""
    return next(
        hundredths(amount)
        for step in (25, 10, 5, 1)
        if minutes_of(amount := round(minutes * 100 / rule.minutes_per_hour / step) * step, rule) == minutes
        or step == 1
    )


def minutes_of(amount: int, rule: plans.HourRule) -> int:
    """Hundredths of a study hour as whole minutes, half a minute up."""
    return (amount * rule.minutes_per_hour + 50) // 100


def read(kind: str, form: Mapping[str, str], member_id: str) -> Waiver | Equivalence:
    """What a form about this member says. Raises Invalid for a day, a number or a choice that cannot be read."""
    thing, basis, text = form.get("thing", ""), form.get("basis", ""), form.get("text", "")
    if kind == ledger.Waived.kind:
        return Waiver(thing, basis, _day(form.get("until", "")), text)
    on = _day(form.get("on", ""))
    if on is None:
        raise Invalid("on-needed", N_("Name the day on which it was done."))
    minutes = _minutes(form.get("hours", ""), rule_of(member_id, on))
    return Equivalence(thing, basis, on, _whole(form.get("days", "")), minutes, form.get("mode", ""), text)


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid("day", N_("“%(typed)s” is no day. Write it as 2026-11-30."), typed=typed) from None


def _whole(typed: str) -> int:
    text = typed.strip() or "1"
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise Invalid("days", N_("Write the number of days in figures."))
    return int(text)


def _minutes(typed: str, rule: plans.HourRule) -> int:
    if not typed.strip():
        return 0
    try:
        hours = Decimal(typed.strip())
    except InvalidOperation:
        hours = Decimal(-1)
    if not hours.is_finite() or not 0 <= hours < 1000:
        raise Invalid("hours", N_("Write the study hours in figures, such as 2.5."))
    return minutes_of(round(hours * 100), rule)


def fields_of(given: Waiver | Equivalence, member_id: str) -> dict[str, str]:
    """The fields of the form that gives this: for a form that is shown again."""
    found = {"thing": given.thing, "basis": given.basis, "text": given.text}
    if isinstance(given, Waiver):
        return found | {"until": given.until.isoformat() if given.until else ""}
    return found | {
        "on": given.on.isoformat(),
        "days": str(given.days),
        "hours": hours_of(given.minutes, rule_of(member_id, given.on)),
        "mode": given.mode,
    }


def given_by(entry: ledger.Entry) -> Waiver | Equivalence:
    """What an entry says, for a form that corrects it or for the right person."""
    event = entry.event
    if isinstance(event, ledger.Waived):
        until = date.fromisoformat(event.until) if event.until else None
        return Waiver(event.thing, event.basis, until, "")
    assert isinstance(event, ledger.EquivalenceGranted)
    on = date.fromisoformat(event.on)
    return Equivalence(event.thing, event.basis, on, event.days, event.minutes, event.mode, "")
