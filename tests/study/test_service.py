"""Completing sections, checks, modules and courses, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from flask import Flask

from learnapp import catalogue, hours, ledger, plans, study
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, NotFound
from learnapp.questions import Answer
from tests.catalogue.folders import BEFORE, COURSE
from tests.conftest import AT
from tests.study.shelf import put

ZONE = "Asia/Shanghai"
ONE_SECTION = {"01-before.md": BEFORE.split("## 问什么")[0], "01-before.en.md": ""}


def press(member: str, section: str, module: str = "before", at: datetime = AT) -> study.Outcome:
    with transaction():
        return study.complete_section(member, "doors", module, section, at=at, zone=ZONE)


def answer(
    member: str, answers: dict[str, Answer | None], at: datetime = AT
) -> tuple[study.Graded, study.Outcome]:
    with transaction():
        return study.answer_check(member, "doors", "before", answers, at=at, zone=ZONE)


def right() -> dict[str, Answer | None]:
    check = catalogue.module(catalogue.course("doors").hash, "before").check
    assert check is not None
    return study.right_answers(check)


def kinds(member: str) -> list[str]:
    return [entry.kind for entry in ledger.entries_after(member, 0)]


def finish_first(member: str, at: datetime = AT) -> study.Outcome:
    press(member, "带什么", at=at)
    press(member, "问什么", at=at)
    return answer(member, right(), at)[1]


def test_the_whole_way_through_a_course(app: Flask) -> None:
    published = put()
    member = new_id()
    first = press(member, "带什么")
    assert first.recorded and not first.module_completed
    assert kinds(member) == ["study-begun"]
    second = press(member, "问什么")
    assert not second.recorded  # the check is still open
    graded, outcome = answer(member, right())
    assert graded.passed and graded.right == 2
    assert outcome.module_completed and not outcome.course_completed
    last = press(member, "怎样开口", "at-the-door")
    assert last.module_completed and last.course_completed
    assert kinds(member) == ["study-begun", "module-completed", "module-completed", "course-completed"]
    event = ledger.entries_after(member, 0)[1].event
    assert isinstance(event, ledger.ModuleCompleted)
    assert (event.version, event.mode, event.minutes) == (published.hash, "online", 25)
    assert event.hours == plans.credit(25, 0, plans.hour_rule())
    assert event.hour_rule == plans.hour_rule().version
    assert event.source == catalogue.module(published.hash, "before").info.source_hash
    standing = study.standing(member, "doors")
    assert (standing.done, standing.completed) == (2, True)
    assert standing.of("before").completed_version == published.hash
    assert ledger.verify().ok


def test_repeating_changes_nothing(app: Flask) -> None:
    put()
    member = new_id()
    for _ in range(3):
        press(member, "带什么")
    assert study.standing(member, "doors").of("before").sections == ("带什么",)
    finish_first(member)
    before = kinds(member)
    again = finish_first(member)
    assert not (again.recorded or again.module_completed)
    assert not press(member, "带什么").recorded
    assert kinds(member) == before == ["study-begun", "module-completed"]


def test_many_taps_at_once_count_once(app: Flask) -> None:
    put(ONE_SECTION)
    members = [new_id() for _ in range(3)]
    refused: list[BaseException] = []

    def tap(member: str) -> None:
        try:
            with app.app_context():
                press(member, "带什么")
                answer(member, right())
                db.session.remove()
        except BaseException as error:
            refused.append(error)

    threads = [Thread(target=tap, args=(member,)) for member in members for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    for member in members:
        assert kinds(member) == ["study-begun", "module-completed"]
    assert ledger.verify().ok


def test_a_wrong_check_completes_nothing_and_may_be_tried_again(app: Flask) -> None:
    put()
    member = new_id()
    press(member, "带什么")
    press(member, "问什么")
    graded, outcome = answer(member, {"what": "2", "how-many": "4"})
    assert not graded.passed and not outcome.recorded
    assert [review.verdict for review in graded.reviews] == ["wrong", "wrong"]
    assert all(review.explanation for review in graded.reviews)
    assert not study.standing(member, "doors").of("before").completed
    assert answer(member, right())[1].module_completed


def test_the_check_may_come_before_the_sections(app: Flask) -> None:
    put()
    member = new_id()
    assert not answer(member, right())[1].module_completed
    assert kinds(member) == []
    press(member, "问什么")
    assert press(member, "带什么").module_completed
    assert kinds(member) == ["study-begun", "module-completed"]


def test_a_later_module_waits_for_the_earlier_one(app: Flask) -> None:
    put()
    member = new_id()
    with pytest.raises(Conflict) as refused:
        press(member, "怎样开口", "at-the-door")
    assert "出门之前" in str(refused.value)
    put({"course.toml": COURSE.replace('"fixed"', '"free"')})
    assert press(member, "怎样开口", "at-the-door").module_completed


def test_needs_hold_in_a_free_order_too(app: Flask) -> None:
    put({"course.toml": COURSE.replace('"fixed"', '"free"') + 'needs = ["before"]\n'})
    member = new_id()
    with pytest.raises(Conflict):
        press(member, "怎样开口", "at-the-door")
    finish_first(member)
    assert press(member, "怎样开口", "at-the-door").course_completed


def test_a_new_version_keeps_what_was_completed(app: Flask) -> None:
    first = put()
    member = new_id()
    finish_first(member)
    second = put({"01-before.md": BEFORE.replace("## 问什么", "## 怎么问") + "\n## 带谁\n\n带组长。\n"})
    standing = study.standing(member, "doors")
    assert standing.course.hash == second.hash
    progress = standing.of("before")
    assert progress.completed and progress.completed_version == first.hash
    assert not press(member, "带谁").recorded
    assert kinds(member) == ["study-begun", "module-completed"]


def test_an_unfinished_module_keeps_the_sections_that_still_exist(app: Flask) -> None:
    put()
    member = new_id()
    press(member, "带什么")
    press(member, "问什么")
    put({"01-before.md": BEFORE.replace("## 问什么", "## 怎么问")})
    standing = study.standing(member, "doors")
    info = standing.course.modules[0]
    assert study.missing_sections(info, standing.of("before")) == ("怎么问",)
    with pytest.raises(Conflict):
        press(member, "带谁")
    answer(member, right())
    assert press(member, "怎么问").module_completed


def test_a_module_whose_last_open_section_went_away_is_completed_by_an_act(app: Flask) -> None:
    put()
    member = new_id()
    press(member, "带什么")
    answer(member, right())
    put(ONE_SECTION)
    assert not study.standing(member, "doors").of("before").completed
    assert press(member, "带什么").module_completed


def test_a_module_added_later_completes_the_course_again_under_its_version(app: Flask) -> None:
    put()
    member = new_id()
    finish_first(member)
    press(member, "怎样开口", "at-the-door")
    third = '\n[[module]]\nid = "after"\nfile = "03-after.md"\nminutes = 10\n'
    published = put({"course.toml": COURSE + third, "03-after.md": "# 回来以后\n\n记下来。\n"})
    assert not study.standing(member, "doors").completed
    assert press(member, "回来以后", "after").course_completed
    last = ledger.entries_after(member, 0)[-1].event
    assert last == ledger.CourseCompleted("doors", published.hash)


def test_the_day_has_a_ceiling(app: Flask) -> None:
    rule = plans.hour_rule()
    minutes = rule.daily_ceiling * rule.minutes_per_hour // 100
    put({"course.toml": COURSE.replace("minutes = 25", f"minutes = {minutes - 10}")})
    member, other = new_id(), new_id()
    finish_first(member)
    press(member, "怎样开口", "at-the-door")
    credited = [study.standing(member, "doors").of(name).hours for name in ("before", "at-the-door")]
    assert sum(credited) == rule.daily_ceiling
    assert hours.on(member, AT.astimezone(UTC).date(), ZONE) == rule.daily_ceiling
    finish_first(other)
    press(other, "怎样开口", "at-the-door", at=AT + timedelta(days=1))
    assert study.standing(other, "doors").of("at-the-door").hours == plans.credit(40, 0, rule)


def test_the_day_is_that_of_the_zone(app: Flask) -> None:
    put()
    member = new_id()
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # half past midnight of the 25th in Shanghai
    finish_first(member, late)
    progress = study.standing(member, "doors").of("before")
    assert progress.completed_on is not None
    assert progress.completed_on.isoformat() == "2026-11-25"
    assert progress.completed_at == late


def test_what_does_not_exist_is_not_found(app: Flask) -> None:
    put()
    member = new_id()
    with pytest.raises(NotFound):
        press(member, "x", "nothing")
    with pytest.raises(NotFound), transaction():
        study.complete_section(member, "nothing", "before", "x", at=AT, zone=ZONE)
    finish_first(member)
    with pytest.raises(NotFound), transaction():
        study.answer_check(member, "doors", "at-the-door", {}, at=AT, zone=ZONE)


def test_going_on_begins_with_what_is_under_way(app: Flask) -> None:
    put({"course.toml": COURSE.replace('"fixed"', '"free"')})
    member = new_id()
    standing = study.standing(member, "doors")
    first = standing.next_module()
    assert first is not None and first.id == "before" and standing.resume_at(first) == ""
    press(member, "带什么")
    standing = study.standing(member, "doors")
    under = standing.next_module()
    assert under is not None and (under.id, standing.resume_at(under)) == ("before", "问什么")
    press(member, "问什么")
    standing = study.standing(member, "doors")
    assert standing.resume_at(standing.course.modules[0]) == "check"
    assert [one.course.slug for one in study.standings(member)] == ["doors"]
