"""The blueprint that the pages of this package hang on, and what all of them need."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from learnapp import guard, points
from learnapp.points import drafting, trial
from learnapp.web.doors import in_language, me

bp = Blueprint("rulesets", __name__, url_prefix="/rulesets")

RULES, TRIAL = "points.rules", "points.trial"


def owned(draft_id: str) -> drafting.Draft:
    """A draft, if the asker may write rule sets for its unit."""
    found = drafting.draft(draft_id)
    guard.unit_for(me(), RULES, found.branch_id)
    return found


def version_for(version_id: str) -> drafting.VersionInfo:
    """A version, if the asker may write rule sets for its unit."""
    found = drafting.version(version_id)
    guard.unit_for(me(), RULES, found.branch_id)
    return found


def run_for(run_id: str) -> trial.Run:
    """A dry run, if the asker may write rule sets for the unit of its period."""
    found = trial.run(run_id)
    guard.unit_for(me(), RULES, found.branch_id)
    return found


def title_of(rules: points.rules.RuleSet | None) -> str:
    """A rule set's title in the language of the request."""
    return in_language(rules.title, rules.title_en) if rules else ""


def file_answer(name: str, source: str) -> Response:
    """A rule set as a file to keep."""
    answer = Response(source, mimetype="application/toml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def here(draft_id: str, anchor: str = "") -> str:
    """The address of a draft's page."""
    return url_for("rulesets.draft", draft_id=draft_id) + (f"#{anchor}" if anchor else "")
