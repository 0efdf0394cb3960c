"""Corrected keys for trainers: what would change, the decision, and how far it has come. Nobody is named."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, questions, quiz
from learnapp.db import transaction
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.questions import Question
from learnapp.quiz.regrade import WHAT, Correction, Decided, Plan, Progress, Shift
from learnapp.web.doors import in_language, language, may, me, now
from learnapp.web.filters import hundredths
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.plain import plain


@dataclass(frozen=True)
class Offer:
    """A version with results that are marked by other keys than those of the current one."""

    number: int
    attempts: int
    corrections: int
    kept: int


@dataclass(frozen=True)
class Line:
    """A correction in words: what differs, right answers and points before and after, whom it moves."""

    stem: str
    what: str
    keys: tuple[str, str] | None
    points: tuple[str, str] | None
    decision: str
    more: int
    less: int


@dataclass(frozen=True)
class Made:
    """A decision with the numbers of its versions, and how far it has come."""

    decided: Decided
    first: int
    last: int
    progress: Progress


_DECISIONS = {
    "": N_("It counts as usual again."),
    "full": N_("It turned out faulty: everybody gets its points."),
    "none": N_("It turned out faulty: it counts for nothing."),
}


def offers(current: catalogue.Quiz, numbers: dict[str, int]) -> list[Offer]:
    """Versions whose results the keys of the current one could change, the newest first. One statement, as long
    as versions are remembered; `numbers` are those of all versions of the quiz."""
    found = []
    for version, (attempts, _members) in quiz.regrade.unmarked_by(current.slug, current.hash).items():
        compared = quiz.regrade.compare(version, current.hash)
        if compared.corrections or version == current.hash:
            offer = Offer(numbers[version], attempts, len(compared.corrections), len(compared.kept))
            found.append(offer)
    return sorted(found, key=lambda one: one.number, reverse=True)


def words_for(found: quiz.AttemptInfo) -> dict[str, str]:
    """What was corrected about questions since an attempt was made, by their ids. Only where keys may be seen."""
    if found.key_version is None or found.key_version == found.quiz_version:
        return {}
    return {
        one.before.id: _since(one)
        for one in quiz.regrade.compare(found.quiz_version, found.key_version).corrections
    }


def _since(one: Correction) -> str:
    if "grading" in one.what and one.after.grading:
        return str(gettext(_DECISIONS[one.after.grading]))
    what = gettext(", ").join(gettext(WHAT[what]) for what in one.what)
    return str(gettext("Corrected since: %(what)s.", what=what))


@bp.get("/<slug>/regrade")
@may("quiz.regrade")
def regrade(slug: str) -> str:
    """What can be corrected and what was; with `?from=1` what the current version's keys would change there."""
    current = catalogue.quiz(slug)
    numbers = {one.hash: one.number for one in catalogue.versions("quiz", slug)}
    wanted = request.args.get("from")
    if wanted is not None:
        plan = quiz.regrade.dry_run(_version(numbers, wanted), current.hash)
        return _plan_page(current, plan, numbers)
    return render_template(
        "quiz/regrade.html",
        quiz=current,
        offers=offers(current, numbers),
        made=[_made(one, numbers) for one in quiz.regrade.decisions(slug)],
        titled=in_language,
    )


def _made(found: Decided, numbers: dict[str, int]) -> Made:
    first, last = numbers[found.from_version], numbers[found.to_version]
    return Made(found, first, last, quiz.regrade.progress(found))


@bp.post("/<slug>/regrade")
@may("quiz.regrade")
def confirm_regrade(slug: str) -> Response | tuple[str, int]:
    """Decides what the page showed. When results came in meanwhile, the new plan is shown instead."""
    numbers = {one.hash: one.number for one in catalogue.versions("quiz", slug)}
    first = _version(numbers, request.form.get("from", ""))
    last = _version(numbers, request.form.get("to", ""))
    digest, reason = request.form.get("digest", ""), request.form.get("reason", "")
    plan = quiz.regrade.dry_run(first, last)
    try:
        with transaction():
            quiz.regrade.confirm(plan, digest=digest, actor_id=me().member_id, reason=reason, at=now())
    except (Conflict, Invalid) as error:
        plan = quiz.regrade.dry_run(first, last)
        problem = gettext(error.message, **error.params)
        page = _plan_page(catalogue.quiz_version(last), plan, numbers, problem, reason)
        return page, error.status
    flash(gettext("Decided. The results are being corrected now; this goes on without you."), "success")
    return redirect(url_for("quiz.regrade", slug=slug), 303)


def _version(numbers: dict[str, int], wanted: str) -> str:
    found = [name for name, number in numbers.items() if str(number) == wanted]
    if not found:
        raise NotFound("no-version", N_("There is no such version."))
    return found[0]


def _plan_page(
    current: catalogue.Quiz, plan: Plan, numbers: dict[str, int], problem: str = "", reason: str = ""
) -> str:
    return render_template(
        "quiz/regrade_plan.html",
        quiz=current,
        plan=plan,
        first=numbers[plan.from_version],
        last=numbers[plan.to_version],
        lines=[_line(one, plan.shifts.get(one.before.id, Shift())) for one in plan.comparison.corrections],
        kept=[in_language(one.stem, one.stem_en) for one in plan.comparison.kept],
        bands=_bands(plan),
        most=quiz.regrade.REASON_LIMIT,
        problem=problem,
        reason=reason,
        titled=in_language,
    )


def _line(one: Correction, shift: Shift) -> Line:
    keys = (_key(one.before), _key(one.after)) if "key" in one.what else None
    points = (hundredths(one.before.points_hundredths), hundredths(one.after.points_hundredths))
    return Line(
        stem=in_language(one.before.stem, one.before.stem_en),
        what=gettext(", ").join(gettext(WHAT[what]) for what in one.what),
        keys=keys,
        points=points if "points" in one.what else None,
        decision=gettext(_DECISIONS[one.after.grading]) if "grading" in one.what else "",
        more=shift.more,
        less=shift.less,
    )


def _key(question: Question) -> str:
    order = questions.written_order(question)
    return plain(questions.review(question, order, None, language()))[1]


def _bands(plan: Plan) -> list[tuple[str, int, int, int]]:
    """The bars of the chart: which percentages, how many before and after, and the longest bar. With results of
    fewer than five members there is none, since each could be told."""
    if plan.members < quiz.LEAST:
        return []
    before, after = plan.bands
    longest = max(*before, *after)
    width = 100 // len(before)
    return [
        (
            f"{place * width}–{100 if place == len(before) - 1 else (place + 1) * width - 1} %",
            was,
            now_,
            longest,
        )
        for place, (was, now_) in enumerate(zip(before, after, strict=True))
        if was or now_
    ]
