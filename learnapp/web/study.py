"""The pages of study: courses, modules, and the acts that complete them."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import catalogue, study
from learnapp.db import transaction
from learnapp.errors import Conflict
from learnapp.web import lessons
from learnapp.web.doors import follow_now, language, may, me, now, settings, today

bp = Blueprint("study", __name__, url_prefix="/study")


@bp.get("/")
@may("study.read")
def courses() -> str:
    """All courses, each with the member's own progress."""
    standings = study.standings(me().member_id, today())
    return render_template("study/courses.html", lines=[lessons.course_line(one) for one in standings])


@bp.get("/<course>/")
@may("study.read")
def course(course: str) -> str:
    """One course: its modules on the cord, and what has to come first."""
    standing = study.standing(me().member_id, course, today())
    return render_template(
        "study/course.html",
        line=lessons.course_line(standing),
        modules=[lessons.module_line(standing, module) for module in standing.course.modules],
    )


@bp.get("/<course>/<module>/")
@may("study.read")
def module(course: str, module: str) -> str:
    """A module: what completes it, the text, the check, what is still missing."""
    standing = study.standing(me().member_id, course, today())
    return _module_page(lessons.lesson(standing, module))


def _module_page(lesson: lessons.Lesson, unanswered: int = 0) -> str:
    template = "study/waiting.html" if lesson.waits_for else "study/module.html"
    return render_template(template, lesson=lesson, unanswered=unanswered)


@bp.post("/<course>/<module>/sections/<section>")
@may("study.act")
def finish_section(course: str, module: str, section: str) -> Response:
    """Ties the knot of a section and goes on to the next unfinished one."""
    member_id = me().member_id
    try:
        with transaction():
            outcome = study.complete_section(
                member_id, course, module, section, at=now(), zone=settings().zone
            )
    except Conflict as refused:
        flash(gettext(refused.message, **refused.params), "warning")
        return redirect(url_for("study.module", course=course, module=module), 303)
    if outcome.recorded:
        follow_now(member_id)
    anchor = lessons.next_anchor(outcome.standing, module, section)
    return redirect(url_for("study.module", course=course, module=module, _anchor=anchor), 303)


@bp.post("/<course>/<module>/check")
@may("study.act")
def answer_check(course: str, module: str) -> Response | str | tuple[str, int]:
    """Grades the check at once and explains every question; a form with gaps comes back as it was."""
    member_id = me().member_id
    lesson = lessons.lesson(study.standing(member_id, course, today()), module)
    if lesson.check is None or lesson.waits_for or request.form.get("source") != lesson.info.source_hash:
        flash(gettext("The lesson was revised since you opened it. Please answer once more."), "warning")
        return redirect(url_for("study.module", course=course, module=module, _anchor="check"), 303)
    answers = study.read_form(lesson.check, lesson.seed, request.form.to_dict(flat=False))
    gaps = sum(1 for answer in answers.values() if answer is None)
    if gaps:
        return _module_page(lessons.with_answers(lesson, answers), unanswered=gaps), 422
    with transaction():
        graded, outcome = study.answer_check(
            member_id, course, module, answers, at=now(), zone=settings().zone, lang=language()
        )
    if outcome.recorded:
        follow_now(member_id)
    after = lessons.lesson(outcome.standing, module)
    shown = make_response(render_template("study/check.html", lesson=after, graded=graded))
    # The answers of a check are not stored, so the browser keeps this page for its back button.
    shown.headers["Cache-Control"] = "private, max-age=0"
    return shown


@bp.get("/<course>/<module>/check")
@may("study.read")
def check(course: str, module: str) -> Response:
    """The result of a check has no address of its own: back to where it is answered."""
    return redirect(url_for("study.module", course=course, module=module, _anchor="check"), 303)


@bp.get("/<course>/<module>/v/<version>")
@may("study.read")
def version(course: str, module: str, version: str) -> str:
    """A module exactly as it was in a version, to read only."""
    found = catalogue.course_version(version)
    lesson = lessons.old_lesson(found, course, module)
    return render_template("study/version.html", lesson=lesson)
