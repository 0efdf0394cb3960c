"""A minute of wrong answers on a phone: every screen without a finding of axe, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page

from learnapp import clock
from tests import world
from tests.drill.books import attempt
from tests.processes import Instance
from tests.quiz.quizzes import publish

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a member who answered nothing right two days ago."""
    made = Instance(tmp_path_factory.mktemp("drill"), workers=1)

    def fill() -> None:
        people = world.build().people
        publish(made.folder, minutes=None, attempts=None)
        attempt(people["member"], at=clock.now() - timedelta(days=2))

    made.fill(fill)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def phone(browser: Browser, instance: Instance) -> Iterator[Page]:
    """A phone in Chinese on which the member is signed in. Errors of scripts fail the test."""
    context = browser.new_context(
        base_url=instance.address, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/accounts/sign-in")
    page.fill("[name=name]", "m00")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    yield page
    context.close()
    assert faults == []


def look(page: Page, instance: Instance, name: str) -> None:
    """Nothing for axe, nothing wider than the screen."""
    page.screenshot(path=str(instance.folder / f"{name}.png"), full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{name} is too wide"


def test_a_minute_from_home_to_the_end(instance: Instance, phone: Page) -> None:
    """The last two cards and the pages after them in the size for elders."""
    look(phone, instance, "home")
    phone.get_by_role("link", name="错题一分钟").click()
    look(phone, instance, "index")
    phone.get_by_role("link", name="错题一分钟").click()
    for step in range(1, 6):
        assert f"第{step}/5" in phone.inner_text("main")
        if step == 4:
            for _size in ("large", "elder"):
                phone.click(".bar-action[name=text_size]")
        look(phone, instance, f"ask-{step}")
        if phone.locator("input.option-input").count() and step % 2:
            phone.locator("input.option-input").first.check()
            phone.get_by_role("button", name="看看对不对").last.click()
        else:
            phone.get_by_role("button", name="不知道").click()
        look(phone, instance, f"answered-{step}")
        phone.get_by_role("button", name="不再出现").click()
        phone.get_by_role("button", name="撤销").click()
        phone.locator("main .btn-primary").click()
    phone.wait_for_url("**/drill/")
    look(phone, instance, "done")
    phone.get_by_role("link", name="整本错题").click()
    phone.get_by_role("button", name="不再出现").first.click()
    look(phone, instance, "book")
