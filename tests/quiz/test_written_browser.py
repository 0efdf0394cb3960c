"""Free text on a phone: counted while it is typed, by an input method too, and saved however long it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Select, select

from learnapp import quiz
from learnapp.accounts.models import SignInName
from learnapp.db import db
from tests import world
from tests.processes import Instance
from tests.quiz import written
from tests.quiz.test_browser import chromium, following, phone, saved

__all__ = ["chromium"]

pytestmark = [pytest.mark.browser, pytest.mark.process]

LONGEST = 20_000


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a small committee and a quiz whose essay may be as long as any."""
    made = Instance(tmp_path_factory.mktemp("written"))

    def fill() -> None:
        world.build()
        written.publish(made.folder, replaced=('kind = "essay"', f'kind = "essay"\nlimit = {LONGEST}'))

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def start(page: Page, instance: Instance, question: str) -> Locator:
    """Starts the quiz and goes to a question; its text field."""
    page.goto(f"{instance.address}/quiz/{written.SLUG}/")
    page.click("main .btn-primary")
    page.wait_for_selector("[data-ready]")
    while page.locator("section[data-question]:visible").get_attribute("data-question") != question:
        following(page)
    return page.locator("section[data-question]:visible textarea")


def stored(page: Page, instance: Instance, question: str) -> object:
    """The answer to a question as the database has it."""
    attempt_id = page.url.split("/")[5]
    member = page.locator("[data-member]").first.get_attribute("data-member") or ""

    def look() -> object:
        db.session.rollback()
        found = quiz.attempt(member, attempt_id)
        return quiz.latest(quiz.taps(member, attempt_id), found.sheets).get(question)

    return instance.fill(look)


def _member(name: str) -> Select[str]:
    return select(SignInName.member_id).where(SignInName.name == name)


def test_what_an_input_method_composes_is_counted_and_saved(chromium: Browser, instance: Instance) -> None:
    context = phone(chromium, instance, "m00")
    page = context.pages[0]
    field = start(page, instance, "visit")
    expect(field).to_have_attribute("maxlength", "200")
    field.focus()
    keys = context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "xian'kan", "selectionStart": 8, "selectionEnd": 8})
    keys.send("Input.insertText", {"text": "先看记录🌾"})
    page.keyboard.press("Enter")
    page.keyboard.type("2")
    expect(page.locator("section:visible [data-count]")).to_have_text(words(7, 200))
    saved(page)
    assert stored(page, instance, "visit") == "先看记录🌾\n2"
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(field).to_have_value("先看记录🌾\n2")
    expect(page.locator("section:visible [data-count]")).to_have_text(words(7, 200))
    assert Axe().run(page).violations_count == 0
    context.close()


def words(count: int, limit: int) -> str:
    """The count as the page words it."""
    return f"已写{count}字，最多{limit}字"


def test_the_longest_essay_written_without_network_arrives_whole(
    chromium: Browser, instance: Instance
) -> None:
    """Sixty drafts of sixty kilobytes are more than one message may hold."""
    context = phone(chromium, instance, "m01")
    page = context.pages[0]
    field = start(page, instance, "evening")
    context.set_offline(True)
    for number in range(60):
        text = f"{number:02d}" + "学" * (LONGEST - 2)
        field.evaluate(
            "(field, text) => { field.value = text;"
            " field.dispatchEvent(new Event('change', { bubbles: true })); }",
            text,
        )
    expect(page.locator("[data-saved]")).to_contain_text("等待网络")
    context.set_offline(False)
    saved(page)
    answer = stored(page, instance, "evening")
    assert isinstance(answer, dict)
    assert answer["why"] == text
    context.close()


def test_answers_are_marked_without_a_mouse(chromium: Browser, instance: Instance) -> None:
    def hand_in() -> None:
        for name in ("m10", "m11"):
            member_id = db.session.scalar(_member(name))
            assert member_id is not None
            written.take({"visit": written.ANSWERS["visit"]}, member_id)

    instance.fill(hand_in)
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{instance.address}/accounts/sign-in")
    page.fill("[name=name]", "trainer")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    page.goto(f"{instance.address}/quiz/marking/{written.SLUG}/visit")
    for done in (0, 1):
        expect(page.get_by_text(f"已阅 {done} / 2")).to_be_visible()
        expect(page.locator("[data-keys]")).to_be_visible()
        expect(page.locator("[name=c-prepared]")).to_be_focused()
        assert Axe().run(page).violations_count == 0
        page.keyboard.type("0.5")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("两点都提到了。")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**last=**")
    expect(page.get_by_text("没有要您阅的答案了")).to_be_visible()
    page.get_by_role("link", name="回看上一份").click()
    expect(page.locator("[name=c-prepared]")).to_have_value("0.5")
    expect(page.locator("[name=comment]")).to_have_value("两点都提到了。")
    context.close()
