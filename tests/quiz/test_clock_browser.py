"""A running clock that others move, seen on a phone; and sections, with and without a network."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from learnapp import accounts, branches, clock, quiz
from learnapp.db import db, transaction
from learnapp.quiz import measures
from tests import world
from tests.conftest import ZONE
from tests.processes import Instance
from tests.quiz import sectioned
from tests.quiz.quizzes import publish
from tests.quiz.test_browser import answer, mine, phone, saved, shown, start

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee, a timed quiz and one of two sections."""
    made = Instance(tmp_path_factory.mktemp("clock"))

    def fill() -> None:
        world.build()
        publish(made.folder)
        sectioned.publish(made.folder)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def measure(instance: Instance, kind: measures.ForAll, minutes: int = 0) -> None:
    """Sets a measure for the whole committee and lets the phones find it: nothing is written into attempts."""

    def work() -> None:
        at: datetime = clock.now()
        with transaction():
            measures.for_all(
                "five-kinds",
                branches.roots()[0].id,
                kind,
                minutes=minutes,
                reason="线路检修",
                actor_id="b" * 32,
                at=at,
                zone=ZONE,
            )

    instance.fill(work)


def within_five_seconds(check: Callable[[], None]) -> None:
    """The check holds, and it took no longer than five seconds."""
    began = time.monotonic()
    check()
    assert time.monotonic() - began < 5


def timer(page: Page, words: str) -> None:
    """Waits until the page says so about the time."""
    expect(page.locator("[data-time-left]")).to_have_text(re.compile(words), timeout=5_000)


def notice(page: Page, words: str) -> None:
    """Waits until the page says so above the question; with nothing, until it is silent."""
    place = page.locator("[data-notice]")
    if words:
        expect(place).to_contain_text(words, timeout=5_000)
    else:
        expect(place).to_have_text("", timeout=5_000)


def test_a_running_clock_follows_an_extension_and_a_pause(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m00")
    page = start(context, instance)
    timer(page, "剩1[45]分")
    measure(instance, "extend", 20)
    within_five_seconds(lambda: timer(page, "剩3[45]分"))
    notice(page, "时间已延长")

    field = page.locator("section[data-question]:visible input").first
    measure(instance, "pause")
    within_five_seconds(lambda: notice(page, "线路检修"))
    expect(field).to_be_disabled()
    assert Axe().run(page).violations_count == 0
    stood = page.locator("[data-time-left]").text_content()
    page.wait_for_timeout(1_500)
    assert page.locator("[data-time-left]").text_content() == stood

    # A page that is opened meanwhile says the same, and so it does without a script.
    page.reload()
    page.wait_for_selector("[data-ready]")
    notice(page, "线路检修")
    expect(field).to_be_disabled()
    plain = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain.add_cookies(context.cookies())  # type: ignore[arg-type]  # what it gave is what it takes
    still = plain.new_page()
    still.goto(page.url)
    expect(still.locator("[data-notice]")).to_contain_text("线路检修")
    expect(still.locator("section[data-question] input").first).to_be_disabled()
    plain.close()

    measure(instance, "resume")
    within_five_seconds(lambda: expect(field).to_be_enabled(timeout=5_000))
    notice(page, "")
    answer(page)
    saved(page)
    context.close()


def test_the_time_was_up_on_the_phone_and_the_server_knows_better(
    browser: Browser, instance: Instance
) -> None:
    """The page stops at its own deadline, asks, and goes on when it is told that time was added."""
    context = phone(browser, instance, "m01")
    page = start(context, instance)
    found, _ = mine(instance, "m01")

    def shorten() -> None:
        with transaction():
            db.session.execute(
                update(quiz.Attempt)
                .where(quiz.Attempt.member_id == found.member_id, quiz.Attempt.id == found.id)
                .values(deadline_at=clock.now())
            )

    page.route("**/clock", lambda route: route.abort())
    page.route("**/acts", lambda route: route.abort())
    instance.fill(shorten)
    page.reload()
    notice(page, "时间到")
    measure(instance, "extend", 10)
    page.unroute("**/clock")
    page.unroute("**/acts")
    within_five_seconds(lambda: timer(page, "分"))
    expect(page.locator("section[data-question]:visible input").first).to_be_enabled()
    answer(page)
    saved(page)
    assert mine(instance, "m01")[0].open
    context.close()


def in_two_parts(context: BrowserContext, instance: Instance) -> Page:
    """Starts the quiz of two sections and waits for the script."""
    page = context.pages[0]
    page.goto(f"{instance.address}/quiz/two-parts/")
    page.click("main .btn-primary")
    page.wait_for_selector("[data-ready]")
    return page


def choose(page: Page, value: str) -> None:
    """Taps an option of the question that is shown."""
    page.locator(f"section[data-question]:visible input[value='{value}']").click()


def onward(page: Page) -> None:
    """Presses the filled button below the question."""
    page.click("[data-answers] .actions .btn-primary")


def test_sections_close_behind_with_and_without_a_network(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m02")
    page = in_two_parts(context, instance)
    expect(page.locator("[data-stage-id]:visible")).to_have_text("第1部分（共2部分）：基础知识")
    choose(page, "a")
    saved(page)
    context.set_offline(True)
    onward(page)
    choose(page, "a")
    onward(page)
    expect(page.locator("[data-overview] .is-later")).to_have_count(2)
    expect(page.locator("[data-submit]")).to_be_hidden()
    page.click("[data-enter]:visible .btn-primary")
    assert shown(page) == "practice-1"
    expect(page.locator("[data-stage-id]:visible")).to_contain_text("工作实务")
    assert page.locator("[data-answers] .actions .btn").first.is_disabled()
    choose(page, "b")
    page.locator(".quiz-knots").click()
    expect(page.locator("[data-overview] .is-left")).to_have_count(2)
    expect(page.locator("[data-submit]")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    context.set_offline(False)
    page.click("[data-overview] [data-submit] .actions a")
    saved(page)

    # The page is opened again: it is in the second section, and the first one is not to be seen.
    page.goto(page.url.split("?")[0] + "?q=1")
    page.wait_for_selector("[data-ready]")
    assert shown(page) == "practice-1"
    page.locator(".quiz-knots").click()
    page.click("[data-submit] .btn-primary")
    page.wait_for_url("**/review")

    def earned() -> int | None:
        found = select(accounts.Account.member_id).where(accounts.Account.sign_in == "m02")
        return quiz.attempts(db.session.execute(found).scalar_one(), "two-parts")[-1].earned

    assert instance.fill(earned) == 200
    context.close()
