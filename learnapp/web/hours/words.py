"""Study rules and targets in plain sentences, in the language of the request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from learnapp import branches, plans, records
from learnapp.web.doors import in_language
from learnapp.web.filters import hundredths


def listed(values: Collection[str], words: Mapping[str, str]) -> str:
    """Codes as a list of their words."""
    return str(gettext(", ")).join(gettext(words[value]) for value in values)


def rule_words(rules: plans.StudyRules) -> list[str]:
    """How hours are credited, one sentence a line."""
    hour = rules.hour
    found = [
        gettext(
            "A lesson of up to %(minutes)s minutes counts %(hours)s study hours.",
            minutes=bracket.up_to_minutes,
            hours=hundredths(bracket.hours),
        )
        for bracket in hour.brackets
    ]
    values = {"minutes": hour.minutes_per_hour, "step": hundredths(hour.step)}
    if hour.brackets:
        longer = gettext(
            "For longer lessons %(minutes)s minutes are one study hour, counted in steps of %(step)s to the nearest.",
            **values,
        )
    else:
        longer = gettext(
            "One study hour is %(minutes)s minutes, counted in steps of %(step)s to the nearest.", **values
        )
    ceiling = gettext("On one day at most %(hours)s study hours count.", hours=hundredths(hour.daily_ceiling))
    return [*found, longer, ceiling, test_words(hour), share_words(rules)]


def test_words(hour: plans.HourRule) -> str:
    """What a passed test is worth."""
    if not hour.test_credit:
        return str(gettext("A passed test counts no study hours of its own."))
    return str(
        gettext(
            "A passed test counts %(hours)s study hours, once for each test in a calendar year.",
            hours=hundredths(hour.test_credit),
        )
    )


def share_words(rules: plans.StudyRules) -> str:
    """What of online study counts as organised."""
    if not rules.online_counts_percent:
        return str(gettext("Online self-study does not count toward organised study."))
    return str(
        gettext(
            "%(percent)s%% of online self-study counts toward organised study.",
            percent=rules.online_counts_percent,
        )
    )


def who_words(target: plans.Target) -> str:
    """For whom a target is meant."""
    posts, classes = listed(target.posts, branches.POSTS), listed(target.classes, branches.CLASSES)
    if posts and classes:
        return str(gettext("%(posts)s (%(classes)s)", posts=posts, classes=classes))
    return posts or classes or str(gettext("Everybody"))


def amount_words(target: plans.Target) -> str:
    """What is demanded, such as `56 study hours of organised study a year, with concentrated training`."""
    measure = gettext(plans.MEASURES[target.measure])
    if not target.required:
        return str(gettext("%(measure)s: nothing is demanded", measure=measure))
    values = {"measure": measure, "hours": hundredths(target.hours)}
    if target.years > 1:
        said = gettext("%(measure)s: %(hours)s study hours in %(years)s years", years=target.years, **values)
    else:
        said = gettext("%(measure)s: %(hours)s study hours a year", **values)
    return " · ".join([said, *beside(target)])


def beside(target: plans.Target) -> list[str]:
    """What a target says besides its hours."""
    found = []
    if target.days:
        found.append(ngettext("or %(num)s day", "or %(num)s days", target.days))
    if target.months:
        found.append(ngettext("or %(num)s month", "or %(num)s months", target.months))
    found += [
        gettext("of it at least once: %(mode)s", mode=gettext(plans.MODES[mode]))
        for mode in target.at_least_once
    ]
    return found


def source_of(target: plans.Target) -> str:
    """The text a target rests on, in the language of the request."""
    return in_language(target.source, target.source_en)


def measure_notes(measure: records.Measure) -> list[str]:
    """What stands below the bar of a measure: the span, what is said besides, and the source."""
    target = measure.target
    if target is None:
        return []
    found = []
    if target.years > 1:
        found.append(gettext("Counted from %(first)s to %(last)s", first=measure.first, last=measure.last))
    if not target.required:
        found.append(gettext("Nothing is demanded here; study can be brought home."))
    if target.days or target.months:
        found.append(gettext("The source asks for these hours or for %(instead)s.", instead=_instead(target)))
    for mode, happened in measure.once:
        said = gettext("done") if happened else gettext("not yet")
        found.append(gettext("At least once %(mode)s: %(said)s", mode=gettext(plans.MODES[mode]), said=said))
    source = source_of(target)
    return (
        [*found, gettext("Source: %(source)s. The original text holds.", source=source)] if source else found
    )


def _instead(target: plans.Target) -> str:
    if target.days:
        return str(ngettext("%(num)s day", "%(num)s days", target.days))
    return str(ngettext("%(num)s month", "%(num)s months", target.months))


def share_sum(measure: records.Measure, hours: Mapping[str, int], percent: int) -> str:
    """How the organised hours come about where online study has a share in them; empty otherwise."""
    online = hours.get("online", 0)
    if measure.measure != "organised" or measure.first != measure.last or not percent or not online:
        return ""
    counted = online * percent // 100
    return str(
        gettext(
            "%(organised)s organised + %(online)s online × %(percent)s%% = %(sum)s",
            organised=hundredths(measure.hours - counted),
            online=hundredths(online),
            percent=percent,
            sum=hundredths(measure.hours),
        )
    )


@dataclass(frozen=True)
class Decided:
    """Which unit's decision holds."""

    unit: branches.Unit
    decision: plans.Decision


def decided_by(trail: Sequence[branches.Unit], on: date) -> Decided | None:
    """The decision that holds on a day for the last of these units, given from the root down; None where the
    shipped rules hold."""
    by_unit: dict[str, list[plans.Decision]] = {}
    for one in plans.decisions([unit.id for unit in trail]):
        by_unit.setdefault(one.use.branch_id, []).append(one)
    for unit in reversed(trail):
        known = {one.use: one for one in by_unit.get(unit.id, [])}
        holds = plans.in_force(known, on)
        if holds is not None and holds.hash is not None:
            return Decided(unit, known[holds])
    return None
