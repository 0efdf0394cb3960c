"""The assessments of the demo: last year closed with grades and a recognition list, this year with acts that wait.

Last year's period is of one general branch, so that closing it takes a second and not ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from learnapp import assessment, branches, clock, config, declarations, follow, points, quiz
from learnapp.assessment import recognition
from learnapp.db import transaction
from learnapp.demo import people
from learnapp.demo.people import OPERATOR_ID as SYSTEM
from learnapp.errors import Conflict

RULES_LAST_YEAR = "county-rural-2026"
WORK_RULES = "party-workers-2026"
GENERAL = "城乡社区党总支"
ORDINARY = 28
_WORDS = {
    "micro-lecture": "在{place}讲了一堂微党课",
    "essay": "写了一篇关于{place}建设的学习体会",
    "short-training": "参加县委党校集中培训，回来在{place}作了交流",
    "award": "因在{place}志愿服务被评为先进个人",
}
_PLACES = ["文化广场", "社区礼堂", "老年活动室", "党群中心", "网格站", "小区花园", "物业会议室", "图书室"]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def last_year(ids: Mapping[str, str], members: Mapping[str, str], year: int, settings: config.Config) -> None:
    """The period of a year with grades of the sign-ins' branch, closed, and a small recognition list. Belongs
    before anything of the next year is recorded; where it is there, nothing is done."""
    unit, home = ids[GENERAL], ids[people.HOME]
    if any(one.starts_on.year == year for one in points.periods_for([unit])):
        return
    with transaction():
        opened = _noon(date(year, 1, 4))
        rules = points.adopt(points.shipped()[RULES_LAST_YEAR], actor_id=SYSTEM, at=opened)
        period_id = points.open_period(
            unit, f"{year}年度考评", rule_set=rules, title_en=f"Assessment period {year}",
            starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), at=opened,
        )  # fmt: skip
    _help_out(members, date(year, 12, 20), _noon(date(year, 12, 28)), settings.zone)
    posted, closed = date(year + 1, 1, 5), _noon(date(year + 1, 1, 20))
    everybody = list(points.people_in(points.period(period_id)))
    for member_id in everybody:
        with transaction():
            follow.member(member_id, at=_noon(posted), zone=settings.zone)
    with transaction():
        assessment.post(
            period_id, days=5, show_totals=False, today=posted, actor_id=members["committee"], at=_noon(posted),
            calendar=assessment.working_calendar(settings.data_dir / "calendar"),
        )  # fmt: skip
    _grade(points.period(period_id), home, members, closed)
    with transaction():
        why = "其他支部的等次按旧办法评定。"
        assessment.closing.begin(period_id, reason=why, obstacles=1, actor_id=members["committee"], at=closed)
    for member_id in everybody:
        with transaction():
            assessment.closing.close_member(member_id, points.period(period_id), at=closed)
    with transaction():
        assessment.closing.finish(points.period(period_id), today=closed.date(), at=closed)
    _recognise(points.period(period_id), home, members, closed + timedelta(days=3))
    late = {"act": "micro-lecture", "words": "给邻里讲了一堂微党课，年末漏报"}
    _help_out(members, date(year, 12, 27), closed + timedelta(days=20), settings.zone, ("member",), **late)


def _help_out(
    members: Mapping[str, str],
    on: date,
    at: datetime,
    zone: str,
    names: Sequence[str] = ("member", "trainer", "auditor"),
    *,
    act: str = "household-help",
    words: str = "帮助独居老人采买年货",
) -> None:
    """Some did something on a day, by default helped a household; the recorder confirms it."""
    for name in names:
        with transaction():
            act_id = declarations.declare(
                members[name], act, on=on, text=f"{words}（{on.month}月{on.day}日）",
                allowed={act}, at=at, today=clock.local_date(at, zone), uid=f"demo/{on}",
            )  # fmt: skip
            declarations.confirm(members[name], act_id, confirmer=members["recorder"], at=at)


def _grade(period: points.PeriodInfo, home: str, members: Mapping[str, str], at: datetime) -> None:
    """The secretary writes down what the meeting decided; the secretary's own is written down one up."""
    meeting = assessment.Meeting(at.date() - timedelta(days=2), "支部党员大会记录第1号")
    helped = {members[name] for name in ("member", "trainer", "auditor")}
    for member_id, total in points.branch_totals(home, period).items():
        found = points.suggested(period.rules, total.total, total.veto)
        by = "committee" if member_id == members["secretary"] else "secretary"
        with transaction():
            assessment.grades.decide(
                member_id, period, "excellent" if member_id in helped else "qualified", branch_id=home,
                seen=0, suggested=found.id if found else "", meeting=meeting, actor_id=members[by],
                today=at.date(), at=at,
            )  # fmt: skip


def _recognise(period: points.PeriodInfo, home: str, members: Mapping[str, str], at: datetime) -> None:
    with transaction():
        listed = recognition.begin(
            period, home, title=f"{period.starts_on.year}年度优秀党员", grades=["excellent"],
            title_en=f"Excellent members of {period.starts_on.year}", actor_id=members["secretary"], at=at,
        )  # fmt: skip
    for name, why in (
        ("member", "长年帮助独居老人，学习认真。"),
        ("trainer", "编写的课通俗易懂，党员爱学。"),
    ):
        with transaction():
            recognition.choose(listed, members[name], why, actor_id=members["secretary"])
    with transaction():
        recognition.hand_in(listed, actor_id=members["secretary"])
    with transaction():
        recognition.approve(listed, actor_id=members["committee"], at=at)
    for member_id in recognition.left(listed):
        with transaction():
            recognition.go_on(listed, member_id, at=at)
    with transaction():
        recognition.finish(listed)


def this_year(ids: Mapping[str, str], members: Mapping[str, str], at: datetime, zone: str) -> None:
    """Acts of the sign-ins' branch, some confirmed and thirty waiting, two of which deserve a look; and the
    period of the party workers, which comes last and says that all of it is there."""
    today = clock.local_date(at, zone)
    if any(one.people == "workers" for one in points.periods_for([ids[people.COMMITTEE]])):
        return
    here = sorted(one.member_id for one in branches.members_of(ids[people.HOME], today))
    officials = {members["secretary"], members["recorder"]}
    _meeting(here, members, today, at)
    _declared([one for one in here if one not in officials], today, at)
    _answers(members, today, at)
    with transaction():
        rules = points.adopt(points.shipped()[WORK_RULES], actor_id=SYSTEM, at=at)
        points.open_period(
            ids[people.COMMITTEE], f"{today.year}年度党务工作者考评", rule_set=rules,
            title_en=f"Assessment of party workers {today.year}", people="workers",
            starts_on=date(today.year, 1, 1), ends_on=date(today.year, 12, 31), at=at,
        )  # fmt: skip
    for member_id in sorted({*here, members["trainer"]}):
        with transaction():
            follow.member(member_id, at=at, zone=zone)


def _meeting(here: Sequence[str], members: Mapping[str, str], today: date, at: datetime) -> None:
    """The recorder enters who came to a meeting, the secretary confirms it."""
    on = today - timedelta(days=25)
    for member_id in here[:10]:
        if member_id in (members["secretary"], members["recorder"]):
            continue
        with transaction():
            act_id = declarations.record_act(
                member_id, "members-meeting", on=on, text="参加支部党员大会", recorder=members["recorder"],
                allowed={"members-meeting"}, at=at - timedelta(hours=3), today=today, uid="demo/meeting",
            )  # fmt: skip
            declarations.confirm(
                member_id, act_id, confirmer=members["secretary"], at=at - timedelta(hours=2)
            )


def _declared(here: Sequence[str], today: date, at: datetime) -> None:
    """Twenty-eight ordinary acts of one month, and one that was entered twice."""
    month = today if today.day > 4 else today.replace(day=1) - timedelta(days=1)
    days = [month.replace(day=day) for day in range(1, min(month.day, 29))]
    if month == today:
        days = days[: today.day - 1]
    for number in range(ORDINARY + 2):
        twice = number - ORDINARY if number >= ORDINARY else -1
        place = _PLACES[number % len(_PLACES)]
        act = list(_WORDS)[number // len(here) % len(_WORDS)]
        member_id = here[number % len(here)]
        on = days[number % len(days)]
        if twice >= 0:
            member_id, act, on = here[0], "award", days[-1]
        text = f"{on.month}月{on.day}日{_WORDS[act].format(place=place)}"
        with transaction():
            try:
                declarations.declare(
                    member_id, act, on=on, text=text, allowed=set(_WORDS), at=at - timedelta(hours=1),
                    today=today, uid=f"demo/{number}",
                )  # fmt: skip
            except Conflict:
                continue  # an interrupted demo that goes on another day


def _answers(members: Mapping[str, str], today: date, at: datetime) -> None:
    """Two remarks about questions that the trainer answered: work in the workers' period."""
    for name in ("secretary", "recorder"):
        taken = quiz.attempts(members[name])
        if not taken:
            continue
        found = quiz.attempt(members[name], taken[0].id)
        question = found.sheets[0].question
        with transaction():
            quiz.faults.report(
                members[name], found.id, question, "题干可以再说得明白些。", at=at - timedelta(hours=2)
            )
        for member_id, fault_id in quiz.faults.to_answer(taken[0].quiz, question, at):
            with transaction():
                quiz.faults.answer(
                    member_id, fault_id, reply="谢谢，题干已经改写。", state="answered",
                    actor_id=members["trainer"], at=at,
                )  # fmt: skip
            with transaction():
                quiz.faults.credit_answer(
                    members["trainer"], taken[0].quiz, question, fault_id, on=today, at=at
                )
