"""Two tabs of one browser and a second device at one attempt: no answer is lost, and the rule is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from learnapp import quiz
from tests import world
from tests.processes import Instance
from tests.quiz.quizzes import publish
from tests.quiz.test_browser import answer, following, mine, phone, saved, shown, start

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee and a quiz of all kinds."""
    made = Instance(tmp_path_factory.mktemp("conflict"))

    def fill() -> None:
        world.build()
        publish(made.folder)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def second_tab(first: Page) -> Page:
    """The same page once more in the same browser."""
    tab = first.context.new_page()
    tab.goto(first.url)
    tab.wait_for_selector("[data-ready]")
    return tab


def go_to(page: Page, number: int) -> None:
    """Turns to a question by the filled button."""
    for _ in range(5):
        if page.locator(f"section[data-number='{number}']:visible").count():
            return
        following(page)
    raise AssertionError(f"question {number} is not reached")


def test_two_tabs_and_a_second_device_at_once(browser: Browser, instance: Instance) -> None:
    """Everybody answers everything, the tabs without a network; what was numbered highest counts."""
    one, other = phone(browser, instance, "m00"), phone(browser, instance, "m00")
    tab = start(one, instance)
    twin, device = second_tab(tab), start(other, instance)
    one.set_offline(True)
    asked = [sheet.question for sheet in mine(instance, "m00")[0].sheets]
    for number in range(1, 6):
        for page in (tab, twin, device):
            go_to(page, number)
            assert answer(page) == asked[number - 1]
    saved(device)
    expect(tab.locator("[data-saved]")).to_contain_text("等待网络")
    one.set_offline(False)
    for page in (tab, twin):
        saved(page)
    for page in (tab, twin):
        expect(page.locator("[data-notice]")).to_contain_text("以后面的作答为准")
    found, taps = mine(instance, "m00")
    assert len({tap.session for tap in taps}) >= 3 and all(tap.accepted for tap in taps)
    for question in asked:
        mine_of = [tap for tap in taps if tap.question == question]
        winner = quiz.winners(taps, found.sheets)[question]
        assert len(mine_of) >= 3 and winner.number == max(tap.number for tap in mine_of)
    one.close()
    other.close()


def test_the_rule_is_shown_where_another_page_went_ahead(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m01")
    tab = start(context, instance)
    twin = second_tab(tab)
    answer(tab)
    saved(tab)
    go_to(twin, 2)
    answer(twin)
    expect(twin.locator("[data-notice]")).to_contain_text("以后面的作答为准")
    saved(twin)
    # Whoever is shown the rule goes on, and is the later one then.
    go_to(tab, 2)
    answer(tab)
    expect(tab.locator("[data-notice]")).to_contain_text("以后面的作答为准")
    saved(tab)
    found, taps = mine(instance, "m01")
    question = shown(tab)
    last = max((tap for tap in taps if tap.question == question), key=lambda tap: tap.received_at)
    assert quiz.winners(taps, found.sheets)[question] == last
    context.close()


def test_what_a_closed_tab_left_is_handed_in_by_the_other_one(browser: Browser, instance: Instance) -> None:
    """The server cannot be reached. One tab is closed with an answer that was not sent; the other hands in when it
    can be reached again, and both answers count."""
    context = phone(browser, instance, "m02")
    tab = start(context, instance)
    twin = second_tab(tab)
    instance.kill()
    first = answer(twin)
    expect(twin.locator("[data-saved]")).to_contain_text("等待网络")
    # The page says so from the first tap of an answer on; the last one is written down a moment later.
    twin.wait_for_timeout(1000)
    twin.close()
    go_to(tab, 2)
    second = answer(tab)
    tab.locator(".quiz-knots").click()
    tab.click("[data-submit] .btn-primary")
    expect(tab.locator("[data-notice]")).to_contain_text("网络恢复、答案全部传到后就会交卷")
    instance.start()
    tab.wait_for_url("**/review")
    found, taps = mine(instance, "m02")
    assert (found.ended_by, found.earned) == ("member", 200)
    assert {tap.question for tap in taps if tap.accepted} == {first, second}
    context.close()
