"""The summary of a year for 民主评议: one page a member, as one input among others; a booklet of a branch.

It holds what the member learned, did and was given, nothing about health, discipline or exemption, no reason of a
deduction, and nothing about anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from flask import Response, current_app, render_template
from flask_babel import gettext, ngettext

from learnapp import accounts, assessment, audit, branches, guard, points
from learnapp.db import transaction
from learnapp.errors import N_, NotFound
from learnapp.web import points_why
from learnapp.web.assessment.blueprint import STATE_WORDS, bp, grade_title, sentence_of, state_of, title_of
from learnapp.web.assessment.branch import within
from learnapp.web.doors import language, may, me, now, today
from learnapp.web.filters import hundredths
from learnapp.web.paper import Block, Facts, Heading, NewPage, Note, Rows, Title, sheet
from learnapp.web.records.shown import YearShown, day_words, record_of


@dataclass(frozen=True)
class Summary:
    """What the page says about a member; `year` is the study record of the period's last year, `acts` the
    recognised acts as (day, sentence of the rule, points), `parts` the sum as (name, value)."""

    name: str
    branch: str
    period: points.PeriodInfo
    title: str
    state: str
    year: YearShown | None
    acts: tuple[tuple[date, str, str], ...]
    parts: tuple[tuple[str, str], ...]
    grade: str
    meeting: str
    lists: tuple[str, ...]

    @property
    def study(self) -> list[tuple[str, str]]:
        """Courses, quizzes and hours of the year, hours by mode and against their targets."""
        if self.year is None:
            return [(gettext("Study"), gettext("Nothing recorded in this year"))]
        courses = ngettext("%(num)s course", "%(num)s courses", len(self.year.courses))
        quizzes = ngettext("%(num)s quiz", "%(num)s quizzes", len(self.year.quizzes))
        lessons = ngettext("%(num)s lesson", "%(num)s lessons", len(self.year.modules))
        pairs = [
            (gettext("Completed"), f"{courses} · {lessons} · {quizzes}"),
            (gettext("Study hours"), hundredths(self.year.total)),
        ]
        pairs += [(mode.label, hundredths(mode.value)) for mode in self.year.modes]
        for one in self.year.measures:
            if one.target is not None:
                value = f"{hundredths(one.value)} / {hundredths(one.target)}"
                pairs.append((gettext("Target: %(measure)s", measure=one.label), value))
        return pairs


def summary_of(person: branches.Person, period: points.PeriodInfo) -> Summary:
    """The summary of a person in a period."""
    record = record_of(person)
    found = points_why.sum_of(person.member_id, period)
    decided = assessment.grades.current(person.member_id, period.id)
    year = next((one for one in record.years if one.year == period.ends_on.year), None)
    return Summary(
        name=person.name,
        branch=person.branch_name,
        period=period,
        title=title_of(period),
        state=gettext(STATE_WORDS[state_of(period)]),
        year=year,
        acts=tuple(
            (line.on, sentence_of(period, line.rule), f"+{hundredths(line.counted)}")
            for line in reversed(found.lines)
            if line.counted > 0 and _is_act(period, line.rule)
        ),
        parts=tuple(_parts(found.total)),
        grade=grade_title(period, decided.grade) if decided else "",
        meeting=day_words(decided.meeting_on) if decided else "",
        lists=tuple(item.title for item in year.recognised) if year else (),
    )


def _is_act(period: points.PeriodInfo, rule: str) -> bool:
    try:
        return period.rules.rule(rule).source != "system" or period.people == "workers"
    except KeyError:
        return False


def _parts(total: points.Total) -> Iterable[tuple[str, str]]:
    yield gettext("Base"), hundredths(total.base)
    yield gettext("Bonus"), hundredths(total.bonus)
    yield gettext("Deduction"), hundredths(total.deduction)
    if total.adjustment:
        yield gettext("Adjustment"), hundredths(total.adjustment)
    yield gettext("Sum"), hundredths(total.total)


def purpose() -> str:
    """What the sheet is for, and what it is not."""
    return str(
        gettext(
            "One input among others for the democratic appraisal: the meeting hears the member and the branch and"
            " decides. This page compares nobody with anybody."
        )
    )


def _found(period_id: str, member_id: str) -> tuple[branches.Person, points.PeriodInfo]:
    """Raises NotFound for somebody who is not in the period, Forbidden."""
    person = guard.member_for(me(), "assessment.summary", member_id, today())
    for period in points.periods_of(member_id):
        if period.id == period_id:
            return person, period
    raise NotFound("not-in-period", N_("This person is not in the period."))


@bp.get("/periods/<period_id>/members/<member_id>/summary")
@may("assessment.summary")
def summary(period_id: str, member_id: str) -> str:
    """The page, for the member and the secretary of the own branch."""
    person, period = _found(period_id, member_id)
    own = member_id == me().member_id
    return render_template(
        "assessment/summary.html",
        one=summary_of(person, period),
        member_id=member_id,
        own=own,
        purpose=purpose(),
    )


@bp.post("/periods/<period_id>/members/<member_id>/summary")
@may("assessment.summary")
def summary_file(period_id: str, member_id: str) -> Response:
    """The page as PDF; whoever takes somebody else's along stands in the security log."""
    person, period = _found(period_id, member_id)
    if member_id != me().member_id:
        _log(member_id, f"period/{period_id}", 1)
    return _pdf([summary_of(person, period)], gettext("Summary of %(name)s", name=person.name))


@bp.post("/periods/<period_id>/branches/<branch_id>/summaries")
@may("assessment.names")
def summaries(period_id: str, branch_id: str) -> Response:
    """The booklet of a branch: one page a member, in name order."""
    period, unit = within(period_id, branch_id, "assessment.names")
    found = set(points.branch_totals(branch_id, period))
    if period.people == "members" and period.state != "closed":
        found |= {one.member_id for one in branches.members_of(branch_id, today())}
    names = accounts.names(found)
    ordered = sorted(found, key=lambda one: (names.get(one, ""), one))
    people = [branches.person(one, today()) for one in ordered]
    here = [person for person in people if person is not None and person.branch_id == branch_id]
    if not here:
        raise NotFound("nobody-in-period", N_("Nobody of this branch is in the period."))
    _log(me().member_id, f"branch/{branch_id}", len(here))
    title = gettext("Summaries: %(unit)s", unit=unit.name)
    return _pdf([summary_of(person, period) for person in here], title)


def _log(member_id: str, subject: str, entries: int) -> None:
    with transaction():
        audit.write(
            "summary-exported",
            member_id=member_id,
            actor_id=me().member_id,
            at=now(),
            subject=subject,
            entries=entries,
        )


def _pdf(found: Sequence[Summary], title: str) -> Response:
    blocks: list[Block] = []
    for number, one in enumerate(found):
        if number:
            blocks.append(NewPage())
        blocks += _blocks(one)
    written = current_app.jinja_env.filters["moment"](now())
    foot = gettext("Made by %(name)s from the learning ledger, %(moment)s", name=me().name, moment=written)
    data = sheet(blocks, title=title, foot=foot, language=cast(Literal["zh", "en"], language()), at=now())
    name = f"{today().isoformat()}-summary.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, mimetype="application/pdf", headers=headers)


def _blocks(one: Summary) -> Iterable[Block]:
    days = gettext(
        "%(first)s to %(last)s", first=day_words(one.period.starts_on), last=day_words(one.period.ends_on)
    )
    yield Title(
        gettext("Summary of %(name)s", name=one.name), f"{one.branch} · {one.title} · {days} · {one.state}"
    )
    yield Note(purpose())
    yield Heading(gettext("Study"))
    yield Facts(one.study)
    if one.year is not None and one.year.courses:
        rows = [[item.line.on.isoformat(), item.title] for item in one.year.courses]
        yield Rows([gettext("Day"), gettext("Courses completed")], rows, (1, 5))
    yield Heading(gettext("Recognised acts"))
    if one.acts:
        rows = [[on.isoformat(), text, value] for on, text, value in one.acts]
        yield Rows([gettext("Day"), gettext("Recognised as"), gettext("Points")], rows, (4, 16, 2), (2,))
    else:
        yield Note(gettext("None in this period"))
    yield Heading(gettext("Points"))
    yield Facts(one.parts)
    yield Heading(gettext("Decided by the meeting"))
    yield Facts(
        [(gettext("Grade"), f"{one.grade} · {one.meeting}" if one.grade else gettext("Not decided yet"))]
    )
    if one.lists:
        yield Facts([(gettext("Recognition lists"), "; ".join(one.lists))])
    yield Note(gettext("Remarks of the branch and signature:"))
