"""The blueprint that the pages of this package hang on, and what they share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint
from flask_babel import gettext

from learnapp import assessment, points
from learnapp.errors import N_, AppError
from learnapp.web.doors import in_language, settings, today

bp = Blueprint("assessment", __name__, url_prefix="/assessment")

STATE_WORDS = {
    "planned": N_("Planned"),
    "open": N_("Open"),
    "posted": N_("Posted"),
    "closing": N_("Being closed"),
    "closed": N_("Closed for good"),
}
PEOPLE_WORDS = {"members": N_("Party members"), "workers": N_("Party workers")}


def calendar() -> assessment.Calendar:
    """The working days of this instance."""
    return assessment.working_calendar(settings().data_dir / "calendar")


def state_of(period: points.PeriodInfo) -> str:
    """The code of the state as pages show it: closing that is under way is a state of its own."""
    return "closing" if period.state == "posted" and period.closing_at is not None else period.state


def title_of(period: points.PeriodInfo) -> str:
    """The title in the language of the request."""
    return in_language(period.title, period.title_en)


def rules_title(rules: points.rules.RuleSet | None) -> str:
    """The title of a rule set in the language of the request; empty for one that cannot be read."""
    return in_language(rules.title, rules.title_en) if rules else ""


def grade_title(period: points.PeriodInfo, grade: str) -> str:
    """A grade in words; empty for none."""
    if grade == assessment.NOT_GRADED:
        return str(gettext("No grade this time"))
    return next((in_language(one.title, one.title_en) for one in period.rules.grades if one.id == grade), "")


def sentence_of(period: points.PeriodInfo, rule_id: str) -> str:
    """The sentence of a rule; its id where an amendment took the rule away."""
    try:
        rule = period.rules.rule(rule_id)
    except KeyError:
        return rule_id
    return in_language(rule.text, rule.text_en)


def told(error: AppError) -> str:
    """What an area refused, in the language of the request."""
    return str(gettext(error.message, **error.params))


def day_of(text: str) -> date | None:
    """A day as a form sends it; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def unknown_years(until: date) -> str:
    """The years up to a day of which only weekends are known, as `2027, 2028`."""
    return ", ".join(str(year) for year in calendar().unknown(today(), until))
