"""A rule set is written, tried and adopted on a phone in Chinese; in two tabs; with the keyboard; without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from learnapp.points import drafting
from tests import world
from tests.processes import Instance
from tests.rulesets.places import fill

pytestmark = [pytest.mark.browser, pytest.mark.process]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee and a period of last year."""
    made = Instance(tmp_path_factory.mktemp("rulesets"))
    made.fill(lambda: fill(world.build()))
    made.start()
    yield made
    made.stop()


def _staff(browser: Browser, instance: Instance, **options: object) -> BrowserContext:
    """A phone in Chinese on which committee staff is signed in; what goes wrong in a script fails the test."""
    context = browser.new_context(
        viewport=PHONE,
        locale="zh-CN",
        base_url=instance.address,
        **options,  # type: ignore[arg-type]  # Playwright's own options
    )
    page = context.new_page()
    page.goto("/accounts/sign-in")
    page.fill("[name=name]", "committee")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url(re.compile(r"/$"))
    return context


def _watched(page: Page) -> list[str]:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    return faults


def _fits(page: Page) -> None:
    """Nothing reaches over the edge of the phone, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]


def _begin(page: Page, name: str = "municipal-2026") -> str:
    page.goto("/rulesets/")
    page.select_option("[name=from]", f"shipped:{name}")
    page.click("main .card button.btn-primary")
    page.wait_for_url(re.compile("/rulesets/drafts/"))
    return page.url


def test_a_walk_on_a_phone(browser: Browser, instance: Instance) -> None:
    context = _staff(browser, instance)
    page = context.pages[0]
    faults = _watched(page)
    page.goto("/rulesets/")
    _fits(page)
    draft = _begin(page)
    _fits(page)
    page.click("text=学完不少于0.5学时的一课并通过小测，加3分")
    page.wait_for_url(re.compile("/rule/0"))
    _fits(page)
    page.fill("[name=cap]", "多")
    expect(page.locator("[data-errors=cap]")).to_contain_text("请填写数字")
    expect(page.locator("#f-cap")).to_have_attribute("aria-invalid", "true")
    _fits(page)
    page.fill("[name=cap]", "9")
    expect(page.locator("[data-sentence] [lang=zh]")).to_contain_text("每月最多9分")
    expect(page.locator("[data-sentence] [lang=en]")).to_contain_text("at most 9 points a month")
    expect(page.locator("[data-errors=cap]")).to_be_empty()
    expect(page.locator("[data-draft-state]")).to_contain_text("已自动保存")
    page.select_option("[name=what]", "organised")
    expect(page.locator("[name=hours_at_least]")).to_be_hidden()
    expect(page.locator("[name=evidence]")).to_be_visible()
    page.select_option("[name=what]", "module")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("#rule-0$"))
    expect(page.locator("#rule-0")).to_contain_text("每月最多9分")
    page.click("form[action$=trial] button")
    page.wait_for_url(re.compile("/rulesets/runs/"))
    _fits(page)
    expect(page.locator("main .sentence")).to_contain_text("共18名党员：9人会增加", timeout=60_000)
    _fits(page)
    page.goto(f"{draft}/adopt")
    _fits(page)
    page.fill("[name=note]", "党员大会讨论通过")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("/rulesets/versions/"))
    expect(page.locator("main")).to_contain_text("党员大会讨论通过")
    _fits(page)
    assert not faults
    context.close()


def test_two_tabs(browser: Browser, instance: Instance) -> None:
    """The tab that comes second does not save over the first; pressing the button shows both."""
    context = _staff(browser, instance)
    first = context.pages[0]
    draft = _begin(first, "university-college-2026")
    first.goto(f"{draft}/rule/0")
    second = context.new_page()
    second.goto(f"{draft}/rule/0")
    first.fill("[name=worth]", "4")
    expect(first.locator("[data-draft-state]")).to_contain_text("已自动保存")
    second.fill("[name=worth]", "5")
    expect(second.locator("[data-draft-state]")).to_contain_text("期间他人改动了本行")
    second.click("main form .btn-primary")
    expect(second.locator("main .card").first).to_contain_text("每次加4分")
    expect(second.locator("[name=worth]")).to_have_value("5")
    _fits(second)
    second.click("main form .btn-primary")
    second.wait_for_url(re.compile("#rule-0$"))
    expect(second.locator("#rule-0")).to_contain_text("每次加5分")
    context.close()


def test_with_the_keyboard_alone(browser: Browser, instance: Instance) -> None:
    """From the list of rows into one, through its fields and back, without a pointer."""
    context = _staff(browser, instance)
    page = context.pages[0]
    draft = _begin(page, "county-rural-2026")
    page.locator("#rule-0 a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/rule/0"))
    page.locator("[name=what]").focus()
    names = [page.evaluate("document.activeElement.name")]
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.name"))
        if names[-1] == "worth":
            break
    assert names == ["what", "effect", "worth"]
    page.keyboard.press("Control+A")
    page.keyboard.type("6")
    expect(page.locator("[data-sentence] [lang=zh]")).to_contain_text("每次扣6分")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#rule-0$"))
    with instance.inside():
        table = drafting.rows_of(drafting.draft(draft.rsplit("/", 1)[-1]).data, "rule")[0]
    assert table["worth"] == -6
    context.close()


def test_without_scripts(browser: Browser, instance: Instance) -> None:
    """The button shows the sentence, and what was typed stays; a run is looked at again by its link."""
    context = _staff(browser, instance, java_script_enabled=False)
    page = context.pages[0]
    draft = _begin(page)
    page.goto(f"{draft}/rule/0")
    page.fill("[name=cap]", "12")
    page.click("button[name=do][value=preview]")
    expect(page.locator("[data-sentence] [lang=zh]")).to_contain_text("每月最多12分")
    expect(page.locator("[name=cap]")).to_have_value("12")
    page.click("main form button.btn-primary")
    page.click("form[action$=trial] button")
    for _ in range(60):
        if "共18名党员" in page.content():
            break
        page.wait_for_timeout(500)
        page.click("main .actions a")
    expect(page.locator("main .sentence")).to_contain_text("共18名党员")
    context.close()
