"""Kinds with several places on a phone: tapped, by keyboard, without network, and put back after a reload."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from learnapp import quiz
from learnapp.db import db
from tests import world
from tests.processes import Instance
from tests.quiz import all_kinds
from tests.quiz.phone_journal import journal
from tests.quiz.test_browser import chromium, following, phone, saved

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee and the quiz of every kind."""
    made = Instance(tmp_path_factory.mktemp("kinds"))

    def fill() -> None:
        world.build()
        all_kinds.publish(made.folder)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def start(context: BrowserContext, instance: Instance) -> Page:
    """Starts the quiz and waits for the script."""
    page = context.pages[0]
    page.goto(f"{instance.address}/quiz/{all_kinds.SLUG}/")
    page.click("main .btn-primary")
    page.wait_for_selector("[data-ready]")
    return page


def section(page: Page) -> Locator:
    """The question that is shown."""
    return page.locator("section[data-question]:visible")


def go_to(page: Page, question: str) -> Locator:
    """Turns the pages until the question is shown."""
    while section(page).get_attribute("data-question") != question:
        following(page)
    return section(page)


def stored(page: Page, instance: Instance, question: str) -> object:
    """The answer to a question as the database has it, in the page's fields."""
    attempt_id = page.url.split("/")[5]
    member = page.locator("[data-member]").first.get_attribute("data-member") or ""

    def look() -> object:
        db.session.rollback()
        won = quiz.winners(quiz.taps(member, attempt_id), ())
        return json.loads(won[question].answer) if question in won else None

    return instance.fill(look)


def kept(page: Page, part: str) -> None:
    """Waits until the phone's journal holds an answer to this part."""
    for _ in range(100):
        if any(part in act["answer"] for act in journal(page)["acts"]):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{part} is not in {journal(page)}")


def places(shown: Locator, marks: list[str]) -> None:
    """Waits until the rows carry these marks, from top to bottom."""
    expect(shown.locator(".order-mark")).to_have_text(marks)


def test_rows_are_tapped_or_pressed_and_taken_back(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m00")
    page = start(context, instance)
    shown = go_to(page, "ordering")
    rows = shown.locator(".order-tap")
    expect(rows).to_have_count(4)
    expect(shown.locator("select:visible")).to_have_count(0)
    rows.nth(2).tap()
    rows.nth(0).focus()
    page.keyboard.press("Space")
    rows.nth(3).tap()
    places(shown, ["2", "", "1", "3"])
    expect(rows.nth(0)).to_have_attribute("aria-pressed", "true")
    assert "第2位" in (rows.nth(0).text_content() or "")
    rows.nth(0).tap()
    rows.nth(1).tap()
    places(shown, ["", "2", "1", "3"])
    saved(page)
    answer = stored(page, instance, "ordering")
    assert isinstance(answer, dict) and sorted(answer.values()) == [1, 2, 3]
    assert Axe().run(page).violations_count == 0
    context.close()


def test_without_network_every_place_is_kept_and_put_back(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m02")
    page = start(context, instance)
    page.wait_for_function(
        "() => Array.from(document.images).every(image => image.complete && image.naturalWidth)"
    )
    assert page.locator("section[data-question=penalty] img").count() == 2
    context.set_offline(True)
    section(page).locator("select").nth(1).select_option(label="每月1次")
    shown = go_to(page, "ordering")
    for row in (3, 1, 0, 2):
        shown.locator(".order-tap").nth(row).tap()
    shown = go_to(page, "cloze")
    shown.locator("[name='a-cloze.4.unit']").select_option(label="分钟")
    expect(page.locator(".quiz-knots .k-here")).to_have_class("k k-open k-here")
    shown.locator("[name='a-cloze.1']").fill("党小组会")
    shown.locator("[name='a-cloze.1']").blur()
    shown = go_to(page, "case")
    shown.locator("input").first.fill("2")
    shown.locator(".order-tap").nth(1).tap()
    expect(page.locator("[data-saved]")).to_contain_text("等待网络")
    kept(page, "then.b")
    address = page.url
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(address)
    page.wait_for_selector("[data-ready]")
    saved(page)
    assert stored(page, instance, "cloze") == {"1": "党小组会"}
    page.reload()
    page.wait_for_selector("[data-ready]")
    places(go_to(page, "case"), ["", "1", ""])
    page.goto(address.partition("?")[0])
    page.wait_for_selector("[data-ready]")
    expect(section(page).locator("select").nth(1).locator("option:checked")).to_have_text("每月1次")
    places(go_to(page, "ordering"), ["3", "2", "4", "1"])
    expect(go_to(page, "cloze").locator("[name='a-cloze.1']")).to_have_value("党小组会")
    context.close()


def test_a_hint_opens_without_any_script(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m10")
    page = start(context, instance)
    expect(section(page).get_by_text("有两种会议开得一样勤。")).to_be_hidden()
    section(page).locator("summary").tap()
    expect(section(page).get_by_text("有两种会议开得一样勤。")).to_be_visible()
    assert stored(page, instance, "matching") is None
    context.close()
