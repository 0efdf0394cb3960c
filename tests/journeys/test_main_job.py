"""The main job, end to end, at phone size in Chinese: content → study → timed quiz → ledger → points → coverage,
with a cut network on the way and a trainer who publishes a change in the end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from learnapp import catalogue
from learnapp.config import ROOT
from learnapp.questions import Question
from tests.journeys.conftest import Phone, answer_right
from tests.processes import Instance

pytestmark = pytest.mark.browser

COURSE = "study-duties"
QUIZ = "study-duties-quiz"


def lesson() -> tuple[catalogue.CourseDefinition, catalogue.ModuleDefinition]:
    reading = catalogue.read_folder(ROOT / "courses" / COURSE)
    assert isinstance(reading.definition, catalogue.CourseDefinition)
    return reading.definition, reading.definition.modules[-1]


def bank() -> dict[str, Question]:
    reading = catalogue.read_folder(ROOT / "quizzes" / f"{QUIZ}.toml")
    assert isinstance(reading.definition, catalogue.QuizDefinition)
    return {question.id: question for question in reading.definition.questions}


def covered(phone: Phone) -> int:
    """How many tasks of the secretary's branch are completed, as the sentence of the coverage page says."""
    phone.page.goto("/coverage/")
    row = phone.page.locator("main").inner_text()
    found = re.search(r"完成\s*(\d+)", row)
    assert found, row
    return int(found.group(1))


def study(phone: Phone) -> None:
    """From home in two taps into the lesson, through its sections and its check."""
    page = phone.page
    phone.check("home")
    page.get_by_role("link", name="继续").first.click()
    page.wait_for_url(re.compile(f"/study/{COURSE}/"))
    phone.check("lesson")
    while page.get_by_role("button", name="学完这节").count():
        page.get_by_role("button", name="学完这节").first.click()
        page.wait_for_load_state()
    check = lesson()[1].check
    assert check is not None
    for question in check.questions:
        answer_right(
            page.locator("fieldset, .question", has=page.locator(f"[name='{question.id}']")).last, question
        )
    phone.check("check-answered")
    page.get_by_role("button", name="交卷").click()
    page.wait_for_load_state()
    assert "您已完成" in page.locator("main").inner_text()
    phone.check("lesson-completed")


def take_quiz(phone: Phone) -> None:
    """Half of the quiz with a network, the other half without; a reload in between; then the hand-in."""
    page, known = phone.page, bank()
    page.goto(f"/quiz/{QUIZ}/")
    phone.check("quiz-intro")
    page.get_by_role("button", name="开始", exact=True).click()
    page.wait_for_url(re.compile("/quiz/attempts/"))
    page.locator("[data-controller=quiz-run][data-ready]").wait_for()
    here = page.url.partition("?")[0]  # the script writes the question into the address
    place = page.locator("section[data-question]:not([hidden])")
    given: list[str] = []
    for number in range(1, 11):
        if number == 5:
            phone.expected_offline = True
            phone.context.set_offline(True)
        question = known[place.get_attribute("data-question") or ""]
        given.append(question.id)
        answer_right(place, question)
        if number < 5:
            page.locator(".saved", has_text="已保存").first.wait_for()
        else:
            page.locator(".saved", has_text="等待网络").first.wait_for()
        if number == 2:
            phone.check("quiz-running")
        if number < 10:
            page.get_by_role("button", name="下一题").first.click()
            page.locator(f"section[data-number='{number + 1}']:not([hidden])").wait_for()
    phone.check("quiz-offline")
    phone.context.set_offline(False)
    page.goto(here + "?q=10")
    page.locator(".saved", has_text="已保存").first.wait_for()
    for number in (3, 7, 10):
        page.goto(f"{here}?q={number}")
        page.wait_for_selector(f"section[data-number='{number}']:not([hidden])")
        filled = page.evaluate(
            "Array.from(document.querySelectorAll('section[data-question]:not([hidden]) input'))"
            ".some(i => i.checked || (i.type === 'text' && i.value !== ''))"
        )
        assert filled, f"the answer to question {number} is gone"
    page.goto(f"{here}?q=10")
    page.get_by_role("button", name=re.compile("检查并交卷")).click()
    phone.check("quiz-overview")
    page.get_by_role("button", name="交卷", exact=True).click()
    page.wait_for_url(re.compile("/review"))
    assert "通过" in page.locator("main").inner_text()
    phone.check("quiz-review")


def publish_a_change(phone: Phone) -> None:
    """A trainer changes the lesson that the member has just completed."""
    page = phone.page
    page.goto(f"/authoring/{COURSE}/{lesson()[1].id}?language=zh")
    text = page.locator("#text")
    text.fill(text.input_value() + "\n这一句是培训员刚刚补充的。\n")
    page.locator("[data-preview]", has_text="刚刚补充").wait_for(state="attached")
    phone.check("editor")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_load_state()
    page.get_by_role("link", name=re.compile("^发布")).click()
    phone.check("publish")
    page.get_by_role("button", name="现在发布").click()
    page.wait_for_load_state()
    assert "这一句是培训员刚刚补充的" in page.locator("main").inner_text()


def test_the_main_job(phones: Callable[..., Phone], instance: Instance) -> None:
    secretary = phones()
    secretary.sign_in("secretary")
    before = covered(secretary)
    secretary.check("coverage")

    member = phones()
    member.sign_in("member")
    study(member)
    take_quiz(member)

    page = member.page
    page.goto("/ledger/")
    member.check("ledger")
    words = page.locator("main").inner_text()
    assert "通过测验" in words and "学完整门课程" in words
    page.goto("/points/")
    member.check("points")
    assert "测验" in page.locator("main").inner_text()

    # The roll-up job runs every second here; a page says as of when its figures are.
    for _ in range(20):
        if covered(secretary) > before:
            break
        secretary.page.wait_for_timeout(500)
    assert covered(secretary) > before, secretary.page.locator("main").inner_text()

    trainer = phones()
    trainer.sign_in("trainer")
    publish_a_change(trainer)

    page.goto("/ledger/")
    page.locator("summary", has_text=lesson()[1].texts["zh"].title).first.click()
    page.locator("details[open] .btn", has_text="查看当时学习的版本").first.click()
    page.wait_for_load_state()
    old = page.locator("main").inner_text()
    assert "这一句是培训员刚刚补充的" not in old
    member.check("old-version")
    page.goto(f"/study/{COURSE}/{lesson()[1].id}/")
    assert "这一句是培训员刚刚补充的" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="学完这节").count() == 0, "what was completed stays completed"

    done = instance.run("ledger", "verify")
    assert done.returncode == 0, done.stdout
