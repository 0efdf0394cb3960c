"""Three months of studying, done act by act through the services, with the time of each act as its parameter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from learnapp import catalogue, questions, quiz, study
from learnapp.db import transaction
from learnapp.demo.people import SEED, Person

DAYS = 92
# In the order in which most people take them.
COURSES = (
    "study-duties",
    "three-meetings",
    "data-safety",
    "resident-visits",
    "help-at-grassroots",
    "write-a-lesson",
)
QUIZZES = {
    "study-duties": "study-duties-quiz",
    "three-meetings": "three-meetings-quiz",
    "data-safety": "data-safety-quiz",
}


@dataclass(frozen=True)
class Habit:
    """How somebody studies: how many modules they take on, and how often they answer right."""

    modules: int
    care: float


class Calendar:
    """A person's acts in rising time: days before `midnight`, between seven in the morning and nine at night."""

    def __init__(self, draw: random.Random, midnight: datetime, sittings: int) -> None:
        days = sorted(draw.sample(range(1, DAYS), min(sittings, DAYS - 1)), reverse=True)
        self._sittings: Iterator[datetime] = iter(
            [
                midnight - timedelta(days=day) + timedelta(minutes=draw.randint(7 * 60, 21 * 60))
                for day in days
            ]
        )
        self._draw = draw
        self.at = midnight - timedelta(days=DAYS)

    def sit_down(self) -> datetime:
        """The beginning of the next sitting."""
        self.at = max(self.at, next(self._sittings, self.at + timedelta(minutes=30)))
        return self.at

    def later(self) -> datetime:
        """A few minutes on."""
        self.at += timedelta(seconds=self._draw.randint(40, 360))
        return self.at


def habit_of(person: Person, draw: random.Random) -> Habit:
    """A few take everything, most take what is due, some have only begun, some not yet."""
    if person.sign_in == "member":
        return Habit(3, 0.9)
    if person.post == "secretary":
        return Habit(draw.randint(8, 14), 0.92)
    roll = draw.random()
    modules = (
        0 if roll < 0.12 else draw.randint(1, 4) if roll < 0.4 else draw.randint(5, 12) if roll < 0.9 else 20
    )
    return Habit(modules, draw.uniform(0.55, 0.97))


def live(person: Person, member_id: str, midnight: datetime, zone: str) -> None:
    """Lets one person study on the days before `midnight`, in one transaction, so that an interrupted demo can
    be resumed."""
    draw = random.Random(f"{SEED}/{person.sign_in}")  # noqa: S311 – people are invented, nothing is secret
    habit = habit_of(person, draw)
    calendar = Calendar(draw, midnight, habit.modules + 6)
    left = habit.modules
    with transaction():
        for slug in COURSES:
            course = catalogue.course(slug)
            for module in course.modules[:left]:
                _study(member_id, course, module, habit, draw, calendar, zone)
            if left >= len(course.modules) and slug in QUIZZES:
                _take(member_id, QUIZZES[slug], habit, draw, calendar, zone)
            elif 0 < left < len(course.modules):
                # Stopped in the middle: the first section of the next lesson is done.
                following = course.modules[left]
                study.complete_section(
                    member_id, slug, following.id, following.section_ids[0], at=calendar.sit_down(), zone=zone
                )
            left -= len(course.modules)
            if left <= 0:
                break


def _study(
    member_id: str,
    course: catalogue.Course,
    module: catalogue.ModuleInfo,
    habit: Habit,
    draw: random.Random,
    calendar: Calendar,
    zone: str,
) -> None:
    calendar.sit_down()
    for section in module.section_ids:
        study.complete_section(member_id, course.slug, module.id, section, at=calendar.later(), zone=zone)
    check = catalogue.module(course.hash, module.id).check
    if check is None:
        return
    answers = study.right_answers(check)
    if draw.random() > habit.care:
        slip = {**answers, check.questions[0].id: None, check.questions[-1].id: None}
        study.answer_check(member_id, course.slug, module.id, slip, at=calendar.later(), zone=zone)
    study.answer_check(member_id, course.slug, module.id, answers, at=calendar.later(), zone=zone)


def _take(
    member_id: str, slug: str, habit: Habit, draw: random.Random, calendar: Calendar, zone: str
) -> None:
    """One or two attempts; a few run into the deadline."""
    for _ in range(2):
        at = calendar.sit_down()
        seed = f"{draw.getrandbits(256):064x}"
        started = quiz.start(member_id, slug, at=at, zone=zone, seed=seed)
        found = quiz.attempt(member_id, started.attempt_id)
        bank = quiz.bank(found.quiz_version)
        for sheet in found.sheets:
            if draw.random() < habit.care:
                answer = _right(bank[sheet.question], sheet.order)
                quiz.save_form(member_id, found.id, sheet.question, answer, at=at + timedelta(seconds=20))
        if draw.random() < 0.05 and found.deadline_at is not None:
            calendar.at = found.deadline_at + timedelta(seconds=30)
            quiz.close(member_id, found.id, at=calendar.at)
        else:
            calendar.at = at + timedelta(minutes=draw.randint(4, 9))
            quiz.submit(member_id, found.id, at=calendar.at)
        if quiz.attempt(member_id, found.id).passed:
            return


def _right(question: questions.Question, order: questions.Order) -> object:
    """The right answer as a page would send it."""
    found = questions.review(question, order, None, "zh")
    keys = [option.key for option in found.options if option.right]
    if question.kind == "multiple":
        return keys
    return keys[0] if keys else cast(object, found.key[0])
