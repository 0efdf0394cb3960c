"""Study hours on a phone: a committee adopts rules with brackets, a member sees what they make of a lesson."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page

from learnapp import clock, ledger, plans
from learnapp.clock import local_date
from learnapp.db import transaction
from tests import world
from tests.conftest import ZONE
from tests.hours.test_recomputed import accepted
from tests.processes import Instance
from tests.study.shelf import put

IDS: dict[str, str] = {}
pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a committee, one course, and a member for whom a day of training was accepted."""
    made = Instance(tmp_path_factory.mktemp("hours"), workers=1)

    def fill() -> None:
        built, at = world.build(), clock.now()
        put()
        IDS.update(built.people, general=built.general[0])
        _earlier(built.people["secretary"], at)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def _earlier(member_id: str, at: datetime) -> None:
    """Before the committee decided anything: a day of training."""
    with transaction():
        ledger.lock(member_id)
        accepted(member_id, 270, 1, local_date(at, ZONE), at)
    assert plans.rules_of(member_id, local_date(at, ZONE)) == plans.study_rules()


def _phone(browser: Browser, instance: Instance, name: str) -> Page:
    context = browser.new_context(
        base_url=instance.address, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    page.goto("/accounts/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    return page


def look(page: Page, instance: Instance, name: str) -> None:
    """Nothing for axe, nothing wider than the screen, in both sizes."""
    for size in ("normal", "elder"):
        page.context.add_cookies([{"name": "size", "value": size, "url": instance.address}])
        page.reload()
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        page.screenshot(path=str(instance.folder / f"{name}-{size}.png"), full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name} {size}: {found.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{name} {size}"
    page.context.clear_cookies(name="size")
    page.reload()


def test_a_committee_adopts_and_a_member_sees(browser: Browser, instance: Instance) -> None:
    staff = _phone(browser, instance, "committee")
    staff.goto("/work")
    staff.get_by_role("link", name="学时").first.click()
    staff.get_by_role("link", name="社区党总支").click()
    look(staff, instance, "rules")
    staff.get_by_text("从示例开始").click()
    staff.get_by_role("link", name="每学时30分钟").click()
    look(staff, instance, "change")
    staff.fill("[name=online_percent]", "30")
    staff.fill("[name=brackets-0-hours]", "很多")
    staff.get_by_role("button", name="确定执行").click()
    assert "请填写学时" in staff.inner_text("main")
    staff.fill("[name=brackets-0-hours]", "0.25")
    staff.get_by_role("button", name="先看文字说明").click()
    assert "15分钟以内的课计0.25学时" in staff.inner_text("main")
    staff.screenshot(path=str(instance.folder / "looked.png"), full_page=True)
    staff.get_by_role("button", name="确定执行").click()
    assert "执行中" in staff.inner_text("main")
    staff.fill("[name=minutes]", "15")
    staff.get_by_role("button", name="计算").click()
    assert "15分钟的课计0.25学时" in staff.inner_text("main")
    look(staff, instance, "adopted")
    _seen(_phone(browser, instance, "secretary"), instance)


def _seen(phone: Page, instance: Instance) -> None:
    """The secretary completes the first lesson and opens what it counted."""
    phone.goto("/study/doors/")
    phone.screenshot(path=str(instance.folder / "course.png"), full_page=True)
    assert "0.5学时" in phone.inner_text("main")
    phone.goto("/hours/")
    assert "56学时" in phone.inner_text("main") and "以原文为准" in phone.inner_text("main")
    look(phone, instance, "mine")
    phone.goto("/")
    phone.get_by_role("link", name="今年学时").click()
    assert "至少参加一次集中培训：已完成" in phone.inner_text("main")
    phone.get_by_text("档案中1条").first.click()
    look(phone, instance, "record")
