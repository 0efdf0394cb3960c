"""Entries of assessments in plain words: a period that closed, a grade, a decided objection, a recognition."""

from __future__ import annotations

import json

from flask_babel import gettext

from learnapp import assessment, ledger, points
from learnapp.errors import NotFound
from learnapp.web.doors import in_language
from learnapp.web.filters import hundredths

Assessed = ledger.PeriodClosed | ledger.Graded | ledger.ObjectionDecided | ledger.Recognised


def assessed_words(event: Assessed, member_id: str) -> tuple[str, str]:
    """The sentence, and the note in smaller type. What was erased is left out."""
    period = _period(event.period)
    title = in_language(period.title, period.title_en) if period else ""
    if isinstance(event, ledger.PeriodClosed):
        text = gettext("The period “%(title)s” was closed", title=title)
        return str(text), str(gettext("%(total)s points, frozen for good", total=hundredths(event.total)))
    if isinstance(event, ledger.Recognised):
        listed = assessment.recognition.titles([event.listing]).get(event.listing, ("", ""))
        text = gettext("Placed on the recognition list “%(title)s”", title=in_language(*listed))
        return str(text), ledger.note_text(member_id, event.note)
    if isinstance(event, ledger.ObjectionDecided):
        outcome = gettext(assessment.OUTCOMES[event.outcome])
        text = gettext("An objection to the posting of “%(title)s” was decided", title=title)
        if reply := ledger.note_text(member_id, event.note):
            outcome = gettext("%(outcome)s: %(reply)s", outcome=outcome, reply=reply)
        return str(text), str(outcome)
    text = gettext("A meeting decided the grade of “%(title)s”", title=title)
    return str(text), _grade(event, member_id, period)


def _grade(event: ledger.Graded, member_id: str, period: points.PeriodInfo | None) -> str:
    kept = ledger.note_text(member_id, event.note)
    if not kept or period is None:
        return event.meeting_on
    code = json.loads(kept)["grade"]
    titles = {one.id: in_language(one.title, one.title_en) for one in period.rules.grades}
    return f"{titles.get(code) or gettext('No grade this time')} · {event.meeting_on}"


def _period(period_id: str) -> points.PeriodInfo | None:
    try:
        return points.period(period_id)
    except NotFound:
        return None
