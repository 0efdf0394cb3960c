"""On a phone, in Chinese: the home asks, the other side receives, the home confirms, the member reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page, expect

from learnapp import branches, clock, ledger
from tests import world
from tests.conftest import ZONE
from tests.processes import Instance

pytestmark = [pytest.mark.browser, pytest.mark.process]
PHONE: Any = {"width": 390, "height": 844}
TODAY = clock.local_date(clock.now(), ZONE)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[tuple[Instance, world.World]]:
    """Two branches of different general branches, with a secretary each; the member is a recorder too."""
    made = Instance(tmp_path)

    def fill() -> world.World:
        built = world.build()
        built.people["receiver"] = built.person("王海", "wang.hai", built.branch[2])
        built.grant(built.people["receiver"], "secretary", built.branch[2])
        built.grant(built.people["member"], "recorder", built.branch[0])
        return built

    built = made.fill(fill)
    made.start()
    yield made, built
    made.stop()


class Phones:
    """A phone per person, signed in; what goes wrong in a page is collected."""

    def __init__(self, browser: Browser, instance: Instance, folder: Path) -> None:
        self.browser, self.instance, self.folder = browser, instance, folder
        self.faults: list[str] = []

    def of(self, name: str) -> Page:
        """Somebody's phone, at their first page."""
        context = self.browser.new_context(
            base_url=self.instance.address, viewport=PHONE, locale="zh-CN", has_touch=True
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto("/accounts/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", world.PASSWORD)
        page.click("main button.btn-primary")
        expect(page).to_have_url(f"{self.instance.address}/")
        return page

    def look(self, page: Page, name: str) -> None:
        """Nothing for axe, nothing wider than the screen, no English word; a picture for a person."""
        page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
        assert not Axe().run(page).response["violations"], name
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


def test_asked_received_confirmed(
    browser: Browser, town: tuple[Instance, world.World], tmp_path: Path
) -> None:
    instance, built = town
    phones = Phones(browser, instance, tmp_path)
    secretary, receiver = phones.of("secretary"), phones.of("wang.hai")
    member = built.people["member"]
    path = f"/branches/people/{member}/transfer"

    secretary.goto(f"/branches/people/{member}")
    secretary.get_by_role("link", name="转到其他组织").tap()
    secretary.get_by_label("接收方名称").fill("企业第一")
    secretary.get_by_role("button", name="搜索").tap()
    day = TODAY + timedelta(days=7)
    secretary.get_by_label("转入第一天").fill(day.isoformat())
    phones.look(secretary, "1-ask")
    secretary.get_by_role("button", name="提出转接").tap()
    expect(secretary.locator("main")).to_contain_text("等待接收方答复")
    expect(secretary.locator("main")).to_contain_text("支部记录员")
    phones.look(secretary, "2-asked")

    receiver.goto(f"/branches/{built.branch[2]}/transfers")
    phones.look(receiver, "3-list")
    receiver.get_by_role("link", name="王芳").tap()
    expect(receiver.locator("main")).not_to_contain_text("支部记录员")
    phones.look(receiver, "4-receive")
    receiver.get_by_role("button", name="接收", exact=True).tap()
    expect(receiver.locator("main")).to_contain_text("等待转出方确认")

    other_tab = secretary.context.new_page()
    for page in (secretary, other_tab):
        page.goto(path)
    phones.look(secretary, "5-confirm")
    for page in (secretary, other_tab):
        page.get_by_role("button", name="确认转接").tap()
        expect(page.locator("main")).to_contain_text("到时自动生效")
    phones.look(secretary, "6-confirmed")

    own = phones.of("m00")
    own.goto("/accounts/me")
    own.get_by_role("link", name="组织关系转接").tap()
    phones.look(own, "7-own")
    own.goto("/ledger/")
    expect(own.locator("main")).to_contain_text("组织关系由“社区第一党支部”转到“企业第一党支部”")
    phones.look(own, "8-ledger")
    assert phones.faults == []
    with instance.inside():
        kinds = [entry.kind for entry in ledger.entries_after(member, 0)]
        homes = [branches.place(member, day - timedelta(days=n)) for n in (1, 0)]
        assert kinds == ["moved"], "two tabs, one move"
        assert [home and home.branch_id for home in homes] == [built.branch[0], built.branch[2]]


def test_class_from_a_day_on_and_a_guest(
    browser: Browser, town: tuple[Instance, world.World], tmp_path: Path
) -> None:
    instance, built = town
    phones = Phones(browser, instance, tmp_path)
    secretary, mobile = phones.of("secretary"), built.people["mobile"]
    secretary.goto(f"/branches/people/{mobile}")
    secretary.get_by_role("link", name="更改类别或职务").tap()
    secretary.get_by_label("类别").select_option("full")
    secretary.get_by_label("从这一天起").fill((TODAY + timedelta(days=30)).isoformat())
    secretary.get_by_role("button", name="保存").tap()
    expect(secretary.locator("main")).to_contain_text("录错了")
    secretary.get_by_label("流入地党组织名称").fill("企业")
    secretary.get_by_role("button", name="搜索").tap()
    expect(secretary.get_by_label("流入地党组织", exact=True)).to_be_visible()
    phones.look(secretary, "9-belonging")
    secretary.get_by_role("button", name="登记").tap()
    expect(secretary.locator("main")).to_contain_text("到此为止")
    secretary.get_by_role("button", name="录错了").tap()
    expect(secretary.locator("main")).not_to_contain_text("录错了")
    phones.look(secretary, "10-taken-back")
    assert phones.faults == []
    with instance.inside():
        stays = branches.history(mobile)
        assert [(stay.kind, stay.member_class) for stay in stays] == [("home", "mobile"), ("host", "mobile")]
