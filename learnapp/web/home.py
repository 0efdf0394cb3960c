"""The first page, the work tab, and what the product leaves out on purpose."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask_babel import gettext, ngettext

from learnapp import assessment, drill, guard, notices, quiz, study
from learnapp.web import declarations, due
from learnapp.web import notices as told
from learnapp.web.branches import voices
from learnapp.web.doors import PUBLIC, may, me, now, settings, today
from learnapp.web.quiz import figures, late

bp = Blueprint("home", __name__)


@bp.get("/")
@may("home.read")
def index() -> str:
    """What to go on with, and what is due."""
    standings = study.standings(me().member_id)
    tasks = due.tasks(me())
    waiting = notices.waiting(me().member_id, most=told.ON_HOME + 1)
    return render_template(
        "home/index.html",
        heads=told.heads(waiting),
        more=len(waiting) > told.ON_HOME,
        quiet=declarations.quiet.line(),
        step=due.next_step(standings, tasks),
        tasks=[task for task in tasks if task.state != "done"],
        done=sum(task.state == "done" for task in tasks),
        posting_hangs=assessment.hangs_for(me().branch_id, today()),
        drill=drill.something_due(me().member_id, at=now(), zone=settings().zone),
        hours=due.hours_of(me().member_id),
    )


@bp.get("/work")
@may("work.read")
def work() -> str:
    """The doors that the asker's roles open."""
    doors = (
        (
            "branches.read",
            url_for("branches.index"),
            gettext("My units"),
            gettext("people, invitations, codes"),
        ),
        ("transfers.decide", url_for("branches.waiting_transfers"), gettext("Transfers"), _moving()),
        ("coverage.read", url_for("coverage.index"), gettext("Coverage"), gettext("how far a unit has come")),
        (
            "plans.hours",
            url_for("hours.units"),
            gettext("Study hours"),
            gettext("how long one is, and how many are expected of whom"),
        ),
        (
            "assessment.read",
            url_for("assessment.index"),
            gettext("Assessment periods"),
            gettext("posting, grades, closing"),
        ),
        ("assessment.review", url_for("assessment.review"), gettext("Objections"), _objections()),
        (
            "points.branch",
            url_for("points.units"),
            gettext("Points of a unit"),
            gettext("in name order, never ranked"),
        ),
        *declarations.quiet.work_doors(),
        (
            "authoring.read",
            url_for("authoring.index"),
            gettext("Writing"),
            gettext("change a lesson and publish it"),
        ),
        ("quiz.conduct", url_for("quiz.late_waiting"), gettext("Late answers"), late.door_words()),
        ("quiz.mark", url_for("quiz.marking_queue"), gettext("Marking"), _to_mark()),
        ("quiz.faults", url_for("quiz.faults"), gettext("Remarks about questions"), _to_answer()),
        (
            "quiz.statistics",
            url_for("quiz.all_statistics"),
            gettext("Quiz statistics"),
            gettext("which questions are too easy, too hard or doubtful"),
        ),
        (
            "quiz.conduct",
            url_for("quiz.conducting"),
            gettext("Running quizzes"),
            gettext("more time, a pause, opening again"),
        ),
        (
            "declarations.waive",
            url_for("corrections.index"),
            gettext("Waivers and corrections"),
            gettext("what need not be done, and entries that are wrong"),
        ),
        (
            "persons.merge",
            url_for("persons.index"),
            gettext("Persons"),
            gettext("join two accounts, requests for erasure, old data"),
        ),
        (
            "points.rules",
            url_for("rulesets.index"),
            gettext("Rule sets"),
            gettext("write, try and adopt the rules of points"),
        ),
        (
            "points.trial",
            url_for("rulesets.runs"),
            gettext("Dry runs"),
            gettext("what other rules would have made of a past period"),
        ),
        ("audit.read", url_for("audit.index"), gettext("Security log"), gettext("who used power, and when")),
        (
            "audit.read",
            url_for("audit.seals"),
            gettext("The ledger and its seals"),
            gettext("is it whole, and what was voided"),
        ),
    )
    reports = quiz.doubtful() if me().can("quiz.statistics") else ()
    checks = [check for report in reports for check in figures.checks(report)]
    return render_template("home/work.html", doors=doors, checks=checks)


def _moving() -> str:
    """How many transfers wait for the asker, in words."""
    if not me().can("transfers.decide"):
        return ""
    waiting = len(voices.waiting())
    return str(ngettext("%(num)s waits", "%(num)s wait", waiting) if waiting else gettext("nothing waits"))


def _objections() -> str:
    """How many objections wait in the asker's units, in words."""
    if not me().can("assessment.review"):
        return ""
    waiting = len(assessment.objections.addressed(guard.units(me(), "assessment.review")))
    return str(ngettext("%(num)s waits", "%(num)s wait", waiting) if waiting else gettext("nothing waits"))


def _to_answer() -> str:
    """How many remarks wait for an answer, in words."""
    waiting = quiz.faults.waiting() if me().can("quiz.faults") else 0
    return str(ngettext("%(num)s waits", "%(num)s wait", waiting) if waiting else gettext("nothing waits"))


def _to_mark() -> str:
    """How much waits for whoever marks, in words."""
    if not me().can("quiz.mark"):
        return ""
    answers, looks = quiz.marking.waiting(), quiz.appeals.waiting()
    found = [
        ngettext("%(num)s answer waits", "%(num)s answers wait", answers) if answers else "",
        ngettext("%(num)s second look is asked for", "%(num)s second looks are asked for", looks)
        if looks
        else "",
    ]
    return str(gettext(", ").join(one for one in found if one) or gettext("nothing waits"))


@bp.get("/off")
@may(PUBLIC)
def off() -> str:
    """What is off by design, and why."""
    points = (
        (
            gettext("No check-ins, no points for logging in"),
            gettext("Coming here proves nothing. Points are for study that was completed and checked."),
        ),
        (
            gettext("No reading time counted"),
            gettext("A time is shown as a hint for planning. How long a page stays open is not stored."),
        ),
        (
            gettext("No rankings of people or branches"),
            gettext("Lists stand in name order or in the order of the tree."),
        ),
        (
            gettext("No score bands"),
            gettext("A quiz is passed or not passed yet. The percentage earns nothing."),
        ),
        (
            gettext("No photos, places or screenshots as proof"),
            gettext("What was done together is entered once and confirmed by a second person."),
        ),
        (
            gettext("No likes, shares, streaks or pop-ups"),
            gettext("Nothing here asks for attention that the matter itself does not need."),
        ),
        (
            gettext("No identity numbers, no device identifiers"),
            gettext(
                "We keep name, sign-in name, branch, class and post, and a phone number if you give one."
            ),
        ),
        (
            gettext("Names stay in the branch"),
            gettext("Above the branch there are counts only, and small counts are hidden."),
        ),
    )
    return render_template("home/off.html", points=points)
