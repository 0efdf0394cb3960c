"""The box for remarks on a running page: sent without leaving it, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, expect

from learnapp.quiz import faults
from tests import world
from tests.processes import Instance
from tests.quiz.quizzes import publish
from tests.quiz.test_browser import phone, shown, start

pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee and a quiz of all kinds."""
    made = Instance(tmp_path_factory.mktemp("faults"))

    def fill() -> None:
        world.build()
        publish(made.folder)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def test_a_remark_is_sent_from_a_running_page(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m00")
    page = start(context, instance)
    box = page.locator(".fault textarea")
    first = shown(page)
    page.locator(".fault summary").click()
    box.fill("这道题少一个字")
    page.locator("button[name=go][value=next]:visible").last.click()
    expect(box).to_have_value("")
    second = shown(page)
    assert second != first
    page.locator(".fault summary").click()
    box.fill("这道题没问题，提示有错")
    page.locator("button[name=go][value=previous]").click()
    expect(box).to_have_value("这道题少一个字")
    context.set_offline(True)
    page.locator(".fault [data-send]").click()
    expect(page.locator(".fault [data-state]")).to_contain_text("网络")
    expect(box).to_have_value("这道题少一个字")
    context.set_offline(False)
    assert not Axe().run(page).response["violations"]
    page.locator(".fault [data-send]").click()
    expect(box).to_have_value("")
    assert shown(page) == first and page.url.endswith("q=1")
    with instance.inside():
        (group,) = faults.groups()
        assert (group.question, group.reports[0].text) == (first, "这道题少一个字")
    context.close()
