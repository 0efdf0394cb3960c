"""On a phone, in Chinese: two accounts are joined and parted, a member asks to be erased and is, old data goes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page, expect

from learnapp import accounts, audit, clock, records
from learnapp.db import transaction
from tests import world
from tests.persons.people import course, module
from tests.processes import Instance
from tests.records.earned import certified
from tests.study.shelf import put

IDS: dict[str, str] = {}
SHOTS = os.environ.get("LEARNAPP_SHOTS", "")
pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with somebody who has two accounts, an operator of the whole, and old rows in the log."""
    made = Instance(tmp_path_factory.mktemp("persons"), workers=1)

    def fill() -> None:
        town, at = world.build(), clock.now()
        town.person("郑海燕", "boss", town.branch[1])
        town.grant(accounts.find("boss") or "", "operator", town.committee)
        kept, given = (town.person("刘晓梅", name, town.branch[0]) for name in ("liuxm", "liuxiaomei"))
        version = put().hash
        with transaction():
            for number in range(5):
                module(kept, "party-rules", f"k{number}", at - timedelta(days=30 - number), minutes=45)
            module(kept, "safety", "g0", at - timedelta(days=20), minutes=45)
        with transaction():
            for number in range(12):
                module(given, "safety", f"g{number}", at - timedelta(days=60 - number), minutes=45)
            course(given, "safety", at - timedelta(days=48))
            IDS["code"] = certified(given, "doors", version)
            audit.write(
                "sign-in", member_id=given, actor_id=given, at=at - timedelta(days=400), address="192.0.2.9"
            )
        leaving = town.person("司徒雨桐", "situ", town.branch[0])
        with transaction():
            IDS["gone"] = certified(leaving, "doors", version)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def _phone(browser: Browser, instance: Instance, name: str) -> Page:
    context = browser.new_context(
        base_url=instance.address, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    _sign_in(page, name)
    return page


def _sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", world.PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_load_state()


def _look(page: Page, name: str) -> None:
    """No fault that axe finds, nothing wider than the phone, no English on a Chinese page."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    text = re.sub(r"liuxm|liuxiaomei|situ|PDF|CSV|JSON|English|[0-9a-f]{12}", "", page.inner_text("main"))
    assert not re.findall(r"[A-Za-z]{4,}", text), text


def _pressed(page: Page, text: str) -> None:
    page.get_by_role("button", name=text, exact=True).click()
    page.wait_for_load_state()


def test_joined_and_parted(browser: Browser, instance: Instance) -> None:
    page = _phone(browser, instance, "boss")
    page.goto("/work")
    page.get_by_role("link", name="人员事务").click()
    _look(page, "persons")
    page.get_by_role("link", name="合并两个账号").click()
    _look(page, "pick")
    page.fill("[name=kept]", "liuxm")
    page.fill("[name=given]", "nobody-here")
    _pressed(page, "查看合并结果")
    _look(page, "pick-wrong")
    page.fill("[name=given]", "liuxiaomei")
    _pressed(page, "查看合并结果")
    expect(page.locator(".figure-big")).to_have_text("6 ＋ 13 ＝ 19")
    _look(page, "preview")
    page.fill("[name=reason]", "换单位时重复邀请")
    page.check("[name=sure]")
    _pressed(page, "合并账号")
    expect(page.get_by_text("两个账号已合并。")).to_be_visible()
    _look(page, "merged")
    where = page.url

    other = _phone(browser, instance, "liuxiaomei")
    expect(other.get_by_text("此账号已并入您的另一个账号")).to_be_visible()
    _look(other, "given-up-sign-in")
    _sign_in(other, "liuxm")
    other.goto("/ledger/")
    expect(other.get_by_text("同一人的另一个账号并入本账号")).to_be_visible()
    other.goto("/records/")
    assert other.content().count("safety") + other.content().count("party-rules") >= 18
    _look_only_wide(other)
    other.goto(f"/v/{IDS['code']}")
    expect(other.get_by_text("证书有效").or_(other.get_by_text("有效")).first).to_be_visible()

    page.goto(where)
    page.fill("[name=reason]", "其实是两个人")
    page.check("[name=sure]")
    _pressed(page, "撤销合并")
    expect(page.get_by_text("合并已撤销").first).to_be_visible()
    _look(page, "parted")
    other.context.clear_cookies()
    _sign_in(other, "liuxiaomei")
    assert "/accounts/sign-in" not in other.url
    other.context.close()
    page.context.close()


def _look_only_wide(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_asked_refused_asked_again_and_erased(browser: Browser, instance: Instance) -> None:
    member = _phone(browser, instance, "situ")
    member.goto("/accounts/me")
    member.get_by_role("link", name="我的数据").click()
    _look(member, "own")
    member.fill("[name=phone]", "010-1234")
    _pressed(member, "保存电话")
    with member.expect_download() as got:
        member.get_by_role("link", name="其他数据导出为文件").click()
    assert "司徒雨桐" in Path(got.value.path()).read_text(encoding="utf-8")
    _pressed(member, "申请删除我的个人信息")
    _look(member, "own-asked")

    boss = _phone(browser, instance, "boss")
    boss.goto("/persons/erasures")
    _look(boss, "erasures")
    boss.get_by_role("link", name="司徒雨桐").click()
    _look(boss, "erasure")
    boss.fill("[name=reply]", "考评周期尚未结束")
    _pressed(boss, "不予同意并答复")
    member.reload()
    expect(member.get_by_text("考评周期尚未结束")).to_be_visible()
    _look(member, "own-refused")
    _pressed(member, "申请删除我的个人信息")
    boss.goto("/persons/erasures")
    boss.get_by_role("link", name="司徒雨桐").click()
    boss.get_by_role("link", name="进入最后一步").click()
    boss.fill("[name=typed]", "liuxm")
    _pressed(boss, "删除个人信息")
    _look(boss, "erase-wrong")
    boss.fill("[name=typed]", "situ")
    _pressed(boss, "删除个人信息")
    expect(boss.get_by_text("个人信息已删除。台账条目保留，不再显示姓名。")).to_be_visible()
    _look(boss, "erased")

    member.goto("/")
    assert "/accounts/sign-in" in member.url
    member.goto(f"/v/{records.normal(IDS['gone'])}")
    expect(member.get_by_text("不再保存")).to_be_visible()
    _look_only_wide(member)
    member.context.close()
    boss.context.close()


def test_old_data_goes_when_confirmed(browser: Browser, instance: Instance) -> None:
    boss = _phone(browser, instance, "boss")
    boss.goto("/persons/old")
    _look(boss, "old")
    _pressed(boss, "删除清单所列数据")
    expect(boss.get_by_text("目前没有到期数据。")).to_be_visible()
    _look(boss, "old-done")
    boss.context.close()
