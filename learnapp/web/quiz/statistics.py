"""Item analysis for trainers: which quizzes there are to look at, and one quiz question by question."""

from __future__ import annotations

from flask import render_template, request

from learnapp import catalogue, quiz
from learnapp.errors import N_, NotFound
from learnapp.web.doors import in_language, may
from learnapp.web.quiz import figures
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.regrade import offers


@bp.get("/statistics")
@may("quiz.statistics")
def all_statistics() -> str:
    """Every quiz with how many first attempts at its current version have ended, and what to look at."""
    counts = {run.version: run.attempts for run in quiz.runs()}
    return render_template(
        "quiz/all_statistics.html",
        lines=[(one, counts.get(one.hash, 0)) for one in catalogue.quizzes()],
        checks=[check for report in quiz.doubtful() for check in figures.checks(report)],
        banks=catalogue.banks(),
        least=quiz.LEAST,
        titled=in_language,
    )


@bp.get("/<slug>/statistics")
@may("quiz.statistics")
def statistics(slug: str) -> str:
    """A quiz question by question: `?version=2` an earlier version, `?attempts=all` not only the first ones."""
    every = request.args.get("attempts") == "all"
    current = catalogue.quiz(slug)
    numbers = {one.hash: one.number for one in catalogue.versions("quiz", slug)}
    wanted = request.args.get("version")
    found = quiz.report(_version(numbers, wanted) if wanted else current.hash, every=every)
    cards = [figures.card(one) for one in found.questions]
    return render_template(
        "quiz/statistics.html",
        report=found,
        every=every,
        wanted=wanted,
        cards=cards,
        checks=figures.checks(found, page=""),
        facts=figures.whole_facts(found.whole) if found.whole else (),
        headers=figures.HEADERS,
        others=_others(slug, found.quiz.hash, numbers),
        correctable=sum(one.attempts for one in offers(current, numbers)),
        figure=figures.figure,
        percent=figures.percent,
        least=quiz.LEAST,
        source=quiz.SOURCE,
        titled=in_language,
    )


def _version(numbers: dict[str, int], wanted: str) -> str:
    found = [name for name, number in numbers.items() if str(number) == wanted]
    if not found:
        raise NotFound("no-version", N_("There is no such version."))
    return found[0]


def _others(slug: str, shown_now: str, numbers: dict[str, int]) -> list[tuple[int, int]]:
    """Number and first attempts of the other versions that have any, the newest first."""
    found = [run for run in quiz.runs() if run.quiz == slug and run.version != shown_now]
    return sorted(((numbers[run.version], run.attempts) for run in found), reverse=True)
