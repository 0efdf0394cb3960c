"""After an attempt, and of parts that are locked during it: the result in words, and of every question what may
be seen now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from learnapp import catalogue, declarations, ledger, questions, quiz
from learnapp.db import transaction
from learnapp.errors import N_
from learnapp.quiz import AttemptInfo, Frozen, Sheet, Tap
from learnapp.quiz.appeals import Told
from learnapp.quiz.phases import Seen
from learnapp.web.doors import in_language, language, may, now, settings
from learnapp.web.quiz import late_words, regrade, results, shown
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.running import look_at

# Why a result was corrected, by the cause of its row.
CAUSES: Mapping[str, str] = {
    "late": N_("Answers that arrived later were accepted."),
    "marked": N_("All answers have been marked."),
    "regraded": N_("A question was corrected for everybody."),
    "appeal": N_("An answer was looked at again."),
    "reopened": N_("The attempt was opened again."),
    "credited": N_("Its study hours count now, since another attempt does not pass any more."),
}
# What a person's marks need to be shown, and with them the way to ask for a second look.
_JUDGED = frozenset({"mark", "correctness", "feedback"})
# What tells right answers, or lets them be inferred.
_TELLING = frozenset({"correctness", "feedback", "key"})


@dataclass(frozen=True)
class Reviewing:
    """A question as far as it may be seen. `told` is what its member sees of a person's marks."""

    number: int
    id: str
    verdict: str
    html: Markup
    told: Told | None = None

    @property
    def state(self) -> str:
        """Its knot."""
        return {"right": "done", "partly": "under", "waiting": "waiting"}.get(self.verdict, "open")


def reviewed(
    found: Frozen, taps: Sequence[Tap], seen: Seen, sheets: Sequence[Sheet] | None = None
) -> list[Reviewing]:
    """The questions (of a whole paper, or `sheets` of it) with what may be seen of them. Nothing where nothing
    but the result may be."""
    if not seen.shows - {"mark"}:
        return []
    bank, lang = quiz.reviewing.keys(found), language()
    answers = quiz.latest(taps, found.sheets)
    told = quiz.appeals.told(found, answers)
    shows = quiz.phases.for_paper(seen, (questions.tells(bank[sheet.question]) for sheet in found.sheets))
    made = []
    for number, sheet in enumerate(found.sheets, 1):
        if sheets is not None and sheet not in sheets:
            continue
        name = sheet.question
        mine = told.get(name)
        one = questions.review(
            bank[name],
            sheet.order,
            answers.get(name),
            lang,
            marked=mine.marked if mine else None,
            waits=not found.practice,
            shows=shows,
            careful=seen.careful,
        )
        html = shown.rendered("review", one.kind, r=one, number=number)
        made.append(Reviewing(number, name, one.verdict, html, mine if shows >= _JUDGED else None))
    return made


def knots(found: Sequence[Reviewing]) -> Mapping[str, Any] | None:
    """The row of knots and its counts; None where one of the verdicts may not be said."""
    words = [one.verdict for one in found]
    if not words or "untold" in words:
        return None
    states = [one.state for one in found]
    return {"states": states, "right": words.count("right"), "partly": words.count("partly")}


@bp.get("/attempts/<attempt>/review")
@may("quiz.read")
def review(attempt: str) -> str | Response:
    """The result in words, and every question as far as it may be seen; only once the attempt is over."""
    found = look_at(attempt)
    if found.open:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    if found.quiz == quiz.rehearsal.SLUG:
        return redirect(url_for("quiz.rehearsed", attempt=attempt), 303)
    return render_template("quiz/review.html", **values(found))


@bp.post("/attempts/<attempt>/review")
@may("quiz.read")
def show_answers(attempt: str) -> Response:
    """Shows right answers that were held back until what the member's devices still had was sent."""
    found = look_at(attempt)
    if not found.open:
        with transaction():
            mine = quiz.attempts(found.member_id, found.quiz)
            quiz.reviewing.note_keys_seen(found, mine, now())
    return redirect(url_for("quiz.review", attempt=attempt), 303)


def values(found: Frozen) -> dict[str, Any]:
    """What the page of an attempt that is over shows."""
    taps = quiz.taps(found.member_id, found.id)
    current = catalogue.quiz(found.quiz)
    mine = quiz.attempts(found.member_id, found.quiz)
    known = results.results(mine, {current.slug: current})
    seen = known.seen[found.id]
    held = bool(seen.shows & _TELLING) and quiz.reviewing.keys_held(found, mine, now())
    made = [] if held else reviewed(found, taps, seen)
    return {
        "attempt": found,
        "held": held,
        "quiz": catalogue.quiz_version(found.quiz_version),
        "seen": seen,
        "standing": known.standing(found),
        "coming": results.coming_words(seen),
        "reviewed": made,
        "knotted": knots(made),
        "short": quiz.reviewing.short(found, taps) if known.standing(found) == "short" else 0,
        "late_stories": late_words.stories(found, taps),
        "corrections": _corrections(found, seen),
        "fallen": _fallen(found, seen),
        "causes": CAUSES,
        "leaves": quiz.leaves.of(found),
        "corrected": regrade.words_for(found) if "key" in seen.shows else {},
        "own_faults": quiz.faults.own(found.member_id, found.id) if made else {},
        "left": _left(current, mine, found.member_id),
        "best": known.of(current),
        "titled": in_language,
    }


def _left(current: catalogue.Quiz, mine: Sequence[AttemptInfo], member_id: str) -> int | None:
    """How many more attempts there are; None without a limit, where nothing need be asked."""
    if current.attempts is None:
        return None
    stands = quiz.standing(member_id, current, mine, at=now(), zone=settings().zone)
    return quiz.attempts_left(stands.terms.attempts, stands.used)


def _corrections(found: Frozen, seen: Seen) -> Sequence[quiz.reviewing.Correction]:
    """What happened to the result since, as far as there is a result to be seen."""
    if not found.corrections or not seen.result:
        return ()
    return quiz.reviewing.corrections(found.member_id, found.id)


def _fallen(found: Frozen, seen: Seen) -> str:
    """Why the result counts no longer, where a person voided its entry; empty where it stands."""
    if found.entry_seq is None or not seen.result:
        return ""
    void = declarations.voided_by(found.member_id, found.entry_seq)
    by_hand = void is not None and void.data["reason"] in declarations.REASONS
    return ledger.VOID_REASONS[void.data["reason"]] if void and by_hand else ""


@bp.get("/attempts/<attempt>/parts/<section>")
@may("quiz.act")
def look_back(attempt: str, section: str) -> str | Response:
    """A part of a running attempt that was left and can be changed no more, as far as it may be seen."""
    found = look_at(attempt)
    if not found.open:
        return redirect(url_for("quiz.review", attempt=attempt), 303)
    taps = quiz.taps(found.member_id, found.id)
    seen = quiz.reviewing.phase_of(found, now(), settings().zone)
    sheets = [sheet for sheet in found.sheets if sheet.section == section]
    if section not in left_parts(found, taps, seen):
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    version = catalogue.quiz_version(found.quiz_version)
    part = next(one for one in version.settings.sections if one.id == section)
    return render_template(
        "quiz/look_back.html",
        attempt=found,
        quiz=version,
        part=part,
        reviewed=reviewed(found, taps, seen, sheets),
        titled=in_language,
    )


def left_parts(found: Frozen, taps: Sequence[Tap], seen: Seen) -> Sequence[str]:
    """The ids of the parts that were left for good, where something of them may be seen during the attempt."""
    if not seen.shows - {"mark"}:
        return ()
    parts, here = quiz.sections(found.sheets), quiz.entered(taps, found.sheets)
    return parts[: parts.index(here)] if here in parts else ()
