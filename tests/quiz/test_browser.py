"""A phone, a quiz and a network that comes and goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import select, update

from learnapp import accounts, clock, ledger, quiz
from learnapp.db import db, transaction
from tests import world
from tests.processes import Instance
from tests.quiz.phone_journal import journal
from tests.quiz.quizzes import RIGHT, publish

pytestmark = [pytest.mark.browser, pytest.mark.process]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee, a quiz of all kinds and one of a single minute."""
    made = Instance(tmp_path_factory.mktemp("browser"))

    def fill() -> None:
        world.build()
        publish(made.folder)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def chromium(browser: Browser) -> Browser:
    """A real browser, the one of the whole run."""
    return browser


def phone(chromium: Browser, instance: Instance, name: str) -> BrowserContext:
    """A phone in Chinese on which somebody is signed in. Errors of scripts fail the test."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    page = context.new_page()
    page.goto(f"{instance.address}/accounts/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    return context


def start(context: BrowserContext, instance: Instance) -> Page:
    """Starts the quiz, or goes on with it, and waits for the script."""
    page = context.pages[0]
    page.goto(f"{instance.address}/quiz/five-kinds/")
    page.click("main .btn-primary")
    page.wait_for_selector("[data-ready]")
    return page


def shown(page: Page) -> str:
    """The id of the question that is shown."""
    return page.locator("section[data-question]:visible").get_attribute("data-question") or ""


def answer(page: Page) -> str:
    """Gives the right answer to the question that is shown, as a thumb would; returns its id."""
    question = shown(page)
    section = page.locator("section[data-question]:visible")
    for value in RIGHT[question[:-2]]:
        if section.locator("input.option-input").count():
            section.locator(f'input[value="{value}"]').click()
        else:
            section.locator("input.input").fill(value)
            section.locator("input.input").blur()
    return question


def following(page: Page) -> None:
    """Presses the filled button."""
    page.click("[data-answers] .actions .btn-primary")


def saved(page: Page) -> None:
    """Waits until the page says that everything is saved, and its journal is empty."""
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    for _ in range(100):
        if not journal(page)["acts"]:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{journal(page)} is still in the journal")


def mine(instance: Instance, name: str) -> tuple[quiz.Frozen, list[quiz.Tap]]:
    """The member's last attempt and its acts, from the database."""

    def look() -> tuple[quiz.Frozen, list[quiz.Tap]]:
        member = db.session.execute(
            select(accounts.Account.member_id).where(accounts.Account.sign_in == name)
        ).scalar_one()
        last = quiz.attempts(member, "five-kinds")[-1]
        return quiz.attempt(member, last.id), quiz.taps(member, last.id)

    return instance.fill(look)


def away(page: Page, instance: Instance) -> None:
    """Closes the page with the server gone: what a closing page still sends is not held up by the browser's
    own offline switch."""
    instance.kill()
    page.goto("about:blank")
    page.wait_for_timeout(200)
    instance.start()


def test_network_cut_reload_and_hand_in(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m00")
    page = start(context, instance)
    answer(page)
    saved(page)
    before = len(mine(instance, "m00")[1])
    following(page)
    context.set_offline(True)
    for _ in range(3):
        answer(page)
        following(page)
    expect(page.locator("[data-saved]")).to_contain_text("等待网络，答案已存在本机")
    assert len(mine(instance, "m00")[1]) == before
    page.locator(".quiz-knots").click()
    expect(page.locator(".overview .is-waiting")).to_have_count(3)
    expect(page.locator("[data-missing]")).to_have_text("还没有作答：第5题。")

    # The page is thrown away while nothing can be reached, and opened again when it can.
    address = page.url
    away(page, instance)
    assert len(mine(instance, "m00")[1]) == before
    context.set_offline(False)
    page.goto(address)
    page.wait_for_selector("[data-ready]")
    saved(page)
    found, taps = mine(instance, "m00")
    answers = quiz.latest(taps, found.sheets)
    assert set(answers) == {sheet.question for sheet in found.sheets[:4]}
    for number in range(1, 5):
        page.goto(f"{address.partition('?')[0]}?q={number}")
        expect(page.locator("section[data-question]:visible input").first).to_be_visible()
        assert (
            page.locator("section[data-question]:visible input.option-input:checked").count()
            or page.locator("section[data-question]:visible input.input").input_value()
        )
    page.wait_for_selector("[data-ready]")
    following(page)
    answer(page)
    saved(page)
    following(page)
    expect(page.locator("[data-missing]")).to_have_text("所有题都已作答。")
    page.click("[data-submit] .btn-primary")
    page.wait_for_url("**/review")
    expect(page.locator(".sentence")).to_have_text("通过")
    found, taps = mine(instance, "m00")
    assert (found.earned, found.passed, found.ended_by) == (500, True, "member")
    assert len({tap.session for tap in taps}) >= 2
    entries = instance.fill(lambda: ledger.entries_after(found.member_id, 0))
    assert [entry.data["earned"] for entry in entries] == [500]
    context.close()


def test_hand_in_without_network_waits_and_can_be_taken_back(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m02")
    page = start(context, instance)
    context.set_offline(True)
    answer(page)
    page.locator(".quiz-knots").click()
    page.click("[data-submit] .btn-primary")
    expect(page.locator("[data-notice]")).to_contain_text("网络恢复、答案全部传到后就会交卷")
    page.click("[data-overview] .actions a")
    expect(page.locator("[data-notice]")).to_have_text("")
    context.set_offline(False)
    saved(page)
    assert mine(instance, "m02")[0].open
    context.set_offline(True)
    page.locator(".quiz-knots").click()
    page.click("[data-submit] .btn-primary")
    context.set_offline(False)
    page.wait_for_url("**/review")
    assert mine(instance, "m02")[0].earned == 100
    context.close()


def test_another_device_takes_over(chromium: Browser, instance: Instance) -> None:
    first, second = phone(chromium, instance, "m10"), phone(chromium, instance, "m10")
    here, there = start(first, instance), start(second, instance)
    assert shown(here) == shown(there)
    answer(here)
    saved(here)
    section = there.locator("section[data-question]:visible")
    if section.locator("input.option-input").count():
        section.locator("input").last.click()
    else:
        section.locator("input.input").fill("1")
        section.locator("input.input").blur()
    expect(there.locator("[data-notice]")).to_contain_text("以后面的作答为准")
    saved(there)
    following(here)
    answer(here)
    expect(here.locator("[data-notice]")).to_contain_text("以后面的作答为准")
    saved(here)
    _, taps = mine(instance, "m10")
    assert len({tap.session for tap in taps}) == 2
    first.close()
    second.close()


def test_typing_that_cannot_be_read_is_told_beside_the_field(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m11")
    page = start(context, instance)
    while not shown(page).startswith("numeric"):
        following(page)
    field = page.locator("section[data-question]:visible input.input")
    field.fill("很多")
    field.blur()
    expect(page.locator("section[data-question]:visible .error")).to_contain_text("这不是一个数")
    field.fill("73.19")
    page.keyboard.press("Enter")
    expect(page.locator("section[data-question]:visible .error")).to_have_count(0)
    saved(page)
    assert shown(page).startswith("numeric"), "the page turned by itself"
    assert list(quiz.latest(mine(instance, "m11")[1], ()).values()) == ["73.19"]
    context.close()


def end_in(instance: Instance, name: str, seconds: int) -> None:
    """Moves the deadline of the member's attempt to so many seconds from now."""
    found, _ = mine(instance, name)

    def move() -> None:
        with transaction():
            db.session.execute(
                update(quiz.Attempt)
                .where(quiz.Attempt.member_id == found.member_id, quiz.Attempt.id == found.id)
                .values(deadline_at=clock.now() + timedelta(seconds=seconds))
            )

    instance.fill(move)


def test_when_the_time_is_up_the_page_hands_in_by_itself(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m12")
    page = start(context, instance)
    end_in(instance, "m12", 4)
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("[data-time-left]")).to_have_text(re.compile("剩0:0[0-4]"))
    answer(page)
    page.wait_for_url("**/review")
    found, taps = mine(instance, "m12")
    assert (found.ended_by, found.earned, [tap.accepted for tap in taps[:1]]) == ("deadline", 100, [True])
    context.close()


def test_a_phone_whose_clock_runs_ahead_is_put_right_by_the_server(
    chromium: Browser, instance: Instance
) -> None:
    context = phone(chromium, instance, "m20")
    page = context.pages[0]
    page.clock.install()
    start(context, instance)
    page.clock.fast_forward("20:00")
    expect(page.locator("[data-time-left]")).to_have_text(re.compile("剩1[45]分"))
    expect(page.locator("section[data-question]:visible fieldset")).to_be_enabled()
    expect(page.locator("[data-notice]")).to_have_text("")
    assert mine(instance, "m20")[0].open
    context.close()


def test_what_came_too_late_is_sent_and_named(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m21")
    page = start(context, instance)
    context.set_offline(True)
    answer(page)
    expect(page.locator("[data-saved]")).to_contain_text("等待网络")
    end_in(instance, "m21", -60)
    context.set_offline(False)
    page.wait_for_url("**/review")
    expect(page.locator(".message-warning")).to_contain_text("未计入：第1题")
    found, taps = mine(instance, "m21")
    assert (found.ended_by, found.earned, {tap.accepted for tap in taps}) == ("deadline", 0, {False})
    context.close()


def test_signing_out_warns_of_what_is_not_sent(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m22")
    page = start(context, instance)
    context.set_offline(True)
    answer(page)
    expect(page.locator("[data-saved]")).to_contain_text("等待网络")
    away(page, instance)
    context.route("**/acts", lambda route: route.abort())
    context.set_offline(False)
    page.goto(f"{instance.address}/accounts/me")
    expect(page.locator("[data-unsent]")).to_be_visible()
    expect(page.locator("[data-unsent]")).to_contain_text(re.compile("还有 ?[12] ?条作答没有上传"))
    leave = page.locator("[data-controller~=unsent-guard] form button").first
    leave.click()
    expect(page.locator("[data-unsent]")).to_be_visible()
    assert page.url.endswith("/accounts/me")
    leave.click()
    page.wait_for_url("**/accounts/sign-in*")
    assert mine(instance, "m22")[1] == []
    context.unroute("**/acts")
    page.fill("[name=name]", "m22")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    with page.expect_response("**/acts"):
        page.goto(f"{instance.address}/quiz/")
    page.goto(f"{instance.address}/accounts/me")
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert len(mine(instance, "m22")[1]) >= 1
    context.close()


def test_every_page_can_be_used_by_everybody(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m30")
    page = context.pages[0]
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)

    def check(where: str) -> None:
        result = Axe().run(page)
        assert result.violations_count == 0, (where, result.generate_report())

    for path in ("/quiz/", "/quiz/five-kinds/"):
        page.goto(instance.address + path)
        check(path)
    start(context, instance)
    for number in range(1, 6):
        check(f"question {number}")
        answer(page)
        following(page)
    check("overview")
    page.click("[data-submit] .btn-primary")
    page.wait_for_url("**/review")
    check("review")
    assert troubles == []
    context.close()


def test_without_a_pointer(chromium: Browser, instance: Instance) -> None:
    """The whole quiz by keyboard: arrows choose, Tab and Enter go on, focus follows the question."""
    context = phone(chromium, instance, "m31")
    page = start(context, instance)
    seen = []
    for number in range(1, 6):
        seen.append(shown(page))
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('section[data-question] input')"):
                break
        if shown(page).startswith(("numeric", "blank")):
            page.keyboard.type("73.19")
        else:
            page.keyboard.press("Space")
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.classList.contains('btn-primary')"):
                break
        page.keyboard.press("Enter")
        if number < 5:
            expect(page.locator(f"section[data-number='{number + 1}']")).to_be_focused()
    assert len(set(seen)) == 5
    expect(page.locator("[data-heading]")).to_be_focused()
    expect(page.locator("[data-missing]")).to_have_text("所有题都已作答。")
    context.close()


def test_a_session_that_ended_meanwhile_is_told_and_loses_nothing(
    chromium: Browser, instance: Instance
) -> None:
    """Signed out everywhere, in the middle of a quiz: the page says what to do and goes on saying it, and after
    signing in the answer is there and arrives."""
    context = phone(chromium, instance, "m32")
    page = start(context, instance)
    context.clear_cookies()
    question = answer(page)
    expect(page.locator("[data-saved]")).to_contain_text("请重新登录")
    page.wait_for_timeout(6000)
    expect(page.locator("[data-saved]")).to_contain_text("请重新登录")
    assert mine(instance, "m32")[1] == []
    page.click("[data-saved] a")
    page.fill("[name=name]", "m32")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_selector("[data-ready]")
    assert shown(page) == question
    saved(page)
    assert {tap.question for tap in mine(instance, "m32")[1]} == {question}
    context.close()
