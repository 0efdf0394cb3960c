"""Running a quiz for a unit: who is answering, more time, a pause, going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import branches, catalogue, guard, quiz
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, Invalid
from learnapp.quiz.measures import ForAll
from learnapp.web.doors import in_language, instant, may, me, now, settings, today
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.conduct_words import Row, paused, said

PERMISSION = "quiz.conduct"

# So many running attempts are reached before the page answers. The others have the measure all the same, since
# whoever asks for a clock computes it; the sweeper writes it into their rows.
_AT_ONCE = 100

DONE = {
    "extend": N_("The time was extended. Running clocks follow within seconds."),
    "pause": N_("It is paused. Running clocks stand within seconds."),
    "resume": N_("It goes on. The pause does not count."),
}


def whole(name: str) -> int | None:
    """A whole number from a field of the form; None when it is empty, -1 for anything else."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1


def kind_asked() -> ForAll:
    """What the form asks for. Raises Invalid for anything but extend, pause and resume."""
    kind: ForAll | None = next((one for one in get_args(ForAll) if one == request.form.get("kind")), None)
    if kind is None:
        raise Invalid("kind", N_("Please choose what to do."))
    return kind


def told(error: AppError) -> str:
    """An area's refusal in the language of the request."""
    return str(gettext(error.message, **error.params))


@bp.get("/conduct")
@may(PERMISSION)
def conducting() -> str:
    """The asker's units, and for each the timed quizzes with how many are answering now."""
    units = branches.units(guard.units(me(), PERMISSION))
    timed = [one for one in catalogue.quizzes() if one.minutes or one.settings.closes]
    blocks = []
    for unit in units:
        running = quiz.conducting.running_by_quiz(branches.ids_below([unit.id], today()))
        order = sorted(timed, key=lambda one: (not running.get(one.slug), not one.exam))
        blocks.append((unit, [(one, running.get(one.slug, 0)) for one in order]))
    return render_template("quiz/conducting.html", blocks=blocks, titled=in_language)


@bp.get("/<slug>/conduct/<branch_id>")
@may(PERMISSION)
def conduct(slug: str, branch_id: str) -> str:
    """A quiz as it runs in one unit."""
    return _page(catalogue.quiz(slug), guard.unit_for(me(), PERMISSION, branch_id))


def _page(found: catalogue.Quiz, unit: branches.Unit, kind: str = "", problem: str = "") -> str:
    above = [one.id for one in branches.trail(unit.id)]
    below = branches.children(unit.id)
    set_here = quiz.conducting.settings_for_units(found.slug, above)
    counts = quiz.conducting.counts(found.slug, [unit.id, *(one.id for one in below)], today())
    whole_unit = counts.get(unit.id, quiz.conducting.Count())
    members = branches.counts([unit.id], today())[unit.id]
    return render_template(
        "quiz/conduct.html",
        quiz=found,
        unit=unit,
        count=whole_unit,
        waiting=max(0, members - whole_unit.running - whole_unit.ended),
        below=_units(found.slug, below, counts),
        people=_people(found.slug, unit),
        paused=paused(set_here, unit.id),
        paused_above=any(paused(set_here, one) for one in above if one != unit.id),
        said=said(set_here),
        seen=quiz.conducting.last_number(found.slug),
        wrong=kind,
        problem=problem,
        given=request.form,
        titled=in_language,
    )


def _units(
    slug: str, below: Sequence[branches.Unit], counts: Mapping[str, quiz.conducting.Count]
) -> list[Row]:
    found = []
    for one in below:
        count = counts.get(one.id, quiz.conducting.Count())
        note = gettext("%(running)s answering, %(ended)s handed in", running=count.running, ended=count.ended)
        found.append(Row(url_for("quiz.conduct", slug=slug, branch_id=one.id), one.name, note, ""))
    return found


def _people(slug: str, unit: branches.Unit) -> list[Row]:
    """The members of a branch or group by name; above it there are counts only."""
    if unit.kind not in guard.OWN_KINDS:
        return []
    people = branches.members_of(unit.id, today())
    states = quiz.conducting.states(slug, [one.member_id for one in people], now())
    words = quiz.conducting.STATES
    return [
        Row(
            url_for("quiz.conduct_one", member_id=one.member_id, slug=slug),
            one.name,
            "",
            str(gettext(words[states.get(one.member_id, "none")])),
        )
        for one in people
    ]


@bp.post("/<slug>/conduct/<branch_id>")
@may(PERMISSION)
def conduct_all(slug: str, branch_id: str) -> str | Response | tuple[str, int]:
    """Extends, pauses or lets go on for everybody at home in the unit or below it."""
    unit = guard.unit_for(me(), PERMISSION, branch_id)
    try:
        kind = kind_asked()
        with transaction():
            number = quiz.measures.for_all(
                slug,
                branch_id,
                kind,
                minutes=whole("minutes") or 0,
                reason=request.form.get("reason", ""),
                actor_id=me().member_id,
                at=instant(),
                zone=settings().zone,
                seen=whole("seen"),
            )
    except (Invalid, Conflict) as error:
        return _page(catalogue.quiz(slug), unit, request.form.get("kind", ""), told(error)), error.status
    quiz.measures.spread(slug, number, at=instant(), limit=_AT_ONCE)
    flash(gettext(DONE[kind]), "success")
    return redirect(url_for("quiz.conduct", slug=slug, branch_id=branch_id), 303)
