"""A phone whose network goes for the last minutes, whose browser is killed, and which is back after the end."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from learnapp import accounts, clock, ledger, quiz
from learnapp.db import db
from learnapp.quiz import lateness, rehearsal
from tests import world
from tests.conftest import FLAGS
from tests.processes import Instance
from tests.quiz.phone_journal import journal
from tests.quiz.quizzes import publish
from tests.quiz.test_browser import PHONE, answer, end_in, following, mine, phone, saved, start

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee, and two timed quizzes of all kinds."""
    made = Instance(tmp_path_factory.mktemp("late-browser"))

    def fill() -> None:
        world.build()
        publish(made.folder)
        publish(made.folder, "another")

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def own_browser(chromium: Browser, folder: Path) -> BrowserContext:
    """A browser of its own with a profile on disk, which can be killed and opened again."""
    return chromium.browser_type.launch_persistent_context(
        folder,
        executable_path="/usr/bin/chromium",
        args=FLAGS,
        viewport=PHONE,
        locale="zh-CN",
        has_touch=True,
    )


def kill(folder: Path) -> None:
    """Ends the browser with this profile as an empty battery would: nothing of it hears of it."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if (
                entry.name.isdigit()
                and f"--user-data-dir={folder}".encode() in (entry / "cmdline").read_bytes()
            ):
                os.kill(int(entry.name), signal.SIGKILL)
    time.sleep(0.5)


def sign_in(page: Page, instance: Instance, name: str, path: str = "/quiz/") -> None:
    """Opens a page, and signs in by the form on the way, unless the browser still is."""
    page.goto(f"{instance.address}{path}")
    if page.locator("[name=password]").count():
        page.fill("[name=name]", name)
        page.fill("[name=password]", world.PASSWORD)
        page.click("main button.btn-primary")


def cut_before_the_end(
    page: Page, context: BrowserContext, instance: Instance, name: str, seconds: int = 9
) -> None:
    """Two questions are answered and saved; then there is no network, and two more are answered in time. The
    page was opened anew meanwhile, so that it knows how little time is left."""
    answer(page)
    saved(page)
    end_in(instance, name, seconds)
    page.reload()
    page.wait_for_selector("[data-ready]")
    following(page)
    answer(page)
    saved(page)
    context.set_offline(True)
    for _ in range(2):
        following(page)
        answer(page)


def after_the_end(instance: Instance, name: str) -> None:
    """Waits until nothing that arrives is in time any more."""
    found, _ = mine(instance, name)
    assert found.deadline_at is not None
    time.sleep(max(0.0, (found.deadline_at + quiz.GRACE - clock.now()).total_seconds()) + 0.5)


def settled(instance: Instance, name: str, acts: int) -> tuple[quiz.Frozen, list[quiz.Tap]]:
    """The attempt and its acts as soon as so many questions are answered by acts that count."""
    for _ in range(300):
        found, taps = mine(instance, name)
        if not found.open and len({tap.question for tap in taps if tap.accepted}) >= acts:
            return found, taps
        time.sleep(0.1)
    raise AssertionError((found, taps))


def test_the_network_is_cut_the_browser_killed_and_nothing_lost(
    browser: Browser, instance: Instance, tmp_path: Path
) -> None:
    context = own_browser(browser, tmp_path)
    page = context.pages[0]
    sign_in(page, instance, "m00")
    start(context, instance)
    cut_before_the_end(page, context, instance, "m00")
    expect(page.locator("[data-notice]")).to_contain_text("已在本机交卷", timeout=15_000)
    expect(page.locator("section[data-question]:visible fieldset[disabled]")).to_be_visible()
    kept = journal(page)
    found, _ = mine(instance, "m00")
    assert {one["question"] for one in kept["acts"]} == {sheet.question for sheet in found.sheets[2:4]}
    (one,) = kept["attempts"]
    assert one["member"] == found.member_id and one["attempt"] == found.id
    assert one["url"].endswith(f"/quiz/attempts/{found.id}/acts") and len(one["token"]) == 64
    assert one["page"] == f"/quiz/attempts/{found.id}/"
    kill(tmp_path)
    with suppress(Exception):
        context.close()
    after_the_end(instance, "m00")

    # The phone is charged and opens some page about quizzes, with a network.
    context = own_browser(browser, tmp_path)
    page = context.pages[0]
    sign_in(page, instance, "m00")
    expect(page.locator("[data-controller=quiz-unsent] .message")).to_contain_text("刚刚传到")
    found, taps = settled(instance, "m00", 4)
    assert (found.ended_by, found.late_state, found.earned, found.passed) == (
        "deadline",
        "accepted",
        400,
        True,
    )
    late = [tap for tap in taps if tap.late]
    assert {tap.question for tap in late} == {sheet.question for sheet in found.sheets[2:4]}
    assert all(tap.accepted for tap in late)
    entries = instance.fill(lambda: ledger.entries_after(found.member_id, 0))
    assert [entry.kind for entry in entries] == ["quiz-ended", "voided", "quiz-ended"]
    assert journal(page) == {"acts": [], "attempts": []}
    page.click("[data-controller=quiz-unsent] a")
    expect(page.locator(".message-success")).to_contain_text("断网时作答，已计入：第3、4题")
    context.close()


def test_back_while_the_page_is_still_open(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m01")
    page = start(context, instance)
    cut_before_the_end(page, context, instance, "m01")
    expect(page.locator("[data-notice]")).to_contain_text("已在本机交卷", timeout=15_000)
    after_the_end(instance, "m01")
    context.set_offline(False)
    page.wait_for_url("**/review")
    expect(page.locator(".message-success")).to_contain_text("断网时作答，已计入：第3、4题")
    found, _ = settled(instance, "m01", 4)
    assert (found.ended_by, found.late_state, found.earned) == ("deadline", "accepted", 400)
    context.close()


# What WeChat's and WebKit's browsers do and do not do: no event ever tells a page that it goes.
_SILENT = """
  window.registered = [];
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...more) {
    window.registered.push(type);
    return add.call(this, type, ...more);
  };
  for (const type of ["pagehide", "visibilitychange", "freeze", "unload", "beforeunload", "blur"]) {
    add.call(window, type, event => event.stopImmediatePropagation(), true);
  }
"""


def test_a_page_that_is_frozen_and_thrown_away_without_a_word(
    browser: Browser, instance: Instance, tmp_path: Path
) -> None:
    context = own_browser(browser, tmp_path)
    context.add_init_script(_SILENT)
    sign_in(context.pages[0], instance, "m02")
    page = start(context, instance)
    cut_before_the_end(page, context, instance, "m02", seconds=30)
    registered = set(page.evaluate("window.registered"))
    assert {"pagehide", "visibilitychange", "online"} <= registered
    assert not registered & {"beforeunload", "unload"}
    assert page.evaluate("window.onbeforeunload") is None
    devtools = context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    another = context.new_page()
    # A page that is closing is not held up by the browser's own offline switch any more.
    instance.kill()
    page.close(run_before_unload=False)
    another.wait_for_timeout(300)
    instance.start()
    end_in(instance, "m02", 1)
    after_the_end(instance, "m02")
    context.set_offline(False)
    # A page of another quiz that runs brings it, and says nothing of it.
    another.goto(f"{instance.address}/quiz/another/")
    another.click("main .btn-primary")
    another.wait_for_selector("[data-ready]")
    found, taps = settled(instance, "m02", 4)
    assert (found.ended_by, found.late_state, found.earned) == ("deadline", "accepted", 400)
    assert sum(tap.late for tap in taps) >= 2
    context.close()


def test_a_frozen_page_that_thaws_goes_on(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m10")
    page = start(context, instance)
    answer(page)
    saved(page)
    devtools = context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(2)
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    following(page)
    answer(page)
    saved(page)
    assert len({tap.question for tap in mine(instance, "m10")[1]}) == 2
    context.close()


def test_the_rehearsal(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m11")
    page = context.pages[0]
    page.goto(f"{instance.address}/quiz/five-kinds/")
    page.click("text=先试一试：三道题，断网也不丢")
    page.click("main .btn-primary")
    page.wait_for_selector("[data-ready]")
    page.locator("section[data-question]:visible input").first.click()
    saved(page)
    following(page)
    context.set_offline(True)
    page.locator("section[data-question]:visible input").first.click()
    following(page)
    page.locator("section[data-question]:visible input.input").fill("7")
    page.locator("section[data-question]:visible input.input").blur()
    expect(page.locator("[data-saved]")).to_contain_text("等待网络，答案已存在本机")
    page.wait_for_timeout(6_000)
    context.set_offline(False)
    saved(page)
    following(page)
    page.click("[data-submit] .btn-primary")
    page.wait_for_url("**/rehearsal")
    expect(page.locator(".message-success")).to_contain_text(re.compile("一个也没有丢：断网期间有[23]次点击"))
    expect(page.locator("tbody tr")).to_have_count(3)
    page.click("main .btn-primary")
    page.wait_for_url("**/quiz/five-kinds/")

    def left() -> tuple[list[int], list[ledger.Entry]]:
        member = db.session.execute(
            select(accounts.Account.member_id).where(accounts.Account.sign_in == "m11")
        ).scalar_one()
        return [one.number for one in quiz.attempts(member, rehearsal.SLUG)], ledger.entries_after(member, 0)

    assert instance.fill(left) == ([-1], [])
    context.close()


def test_a_person_decides_about_what_nothing_ties_to_the_server(browser: Browser, instance: Instance) -> None:
    """A page that was reloaded just before the cut: nothing of it had arrived, so a person looks at it."""
    context = phone(browser, instance, "m12")
    page = start(context, instance)
    answer(page)
    saved(page)
    end_in(instance, "m12", 5)
    page.reload()
    page.wait_for_selector("[data-ready]")
    context.set_offline(True)
    following(page)
    answer(page)
    expect(page.locator("[data-notice]")).to_contain_text("已在本机交卷", timeout=15_000)
    after_the_end(instance, "m12")
    context.set_offline(False)
    page.wait_for_url("**/review")
    expect(page.locator(".message-info", has_text="是否计入由人决定")).to_be_visible()
    found, _ = mine(instance, "m12")
    assert (found.late_state, found.earned) == ("waiting", 100)
    context.close()

    context = phone(browser, instance, "trainer")
    page = context.pages[0]
    page.goto(f"{instance.address}/quiz/late")
    page.click("main .rows a")
    expect(page.locator("main")).to_contain_text("这个页面没有别的作答按时传到")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.fill("textarea", "与本人核实，当时停电")
    page.click("main .btn-primary")
    expect(page.locator(".message-success").first).to_contain_text("已采纳")
    found, _ = mine(instance, "m12")
    assert (found.late_state, found.earned) == ("accepted", 200)
    (delivery,) = instance.fill(lambda: lateness.deliveries(found.member_id, found.id))
    assert delivery.reason == "与本人核实，当时停电"
    context.close()


def test_receipt_and_fingerprint_for_everybody(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m20")
    page = start(context, instance)
    answer(page)
    saved(page)
    page.locator(".quiz-knots").click()
    page.click("[data-submit] .btn-primary")
    page.wait_for_url("**/review")
    page.click("text=回执")
    for _ in range(2):
        result = Axe().run(page)
        assert result.violations_count == 0, (page.url, result.generate_report())
        if page.locator("text=在台账里查").count():
            page.click("text=在台账里查")
    expect(page.locator(".message-success")).to_contain_text("有效")
    context.close()
