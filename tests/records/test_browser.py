"""From the record tab to a certificate and the page that checks it, on a phone, also in the size for elders."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page

from learnapp import clock, ledger
from learnapp.db import transaction
from tests import world
from tests.processes import Instance
from tests.records.earned import complete
from tests.study.shelf import put

IDS: dict[str, str] = {}
pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with a member who completed a course, one lesson of it entered twice and voided."""
    made = Instance(tmp_path_factory.mktemp("records"), workers=1)

    def fill() -> None:
        people, version, at = world.build().people, put().hash, clock.now()
        member = IDS["member"] = people["member"]
        with transaction():
            for uid in ("a", "b"):
                event = ledger.ModuleCompleted(
                    "doors", "before", version, "b" * 64, 20, 50, "rule@1", "online"
                )
                ledger.record(
                    event, member_id=member, uid=uid, occurred_at=at, at=at, recorder=member, source="study"
                )
            ledger.void(member, 2, reason="duplicate", actor_id=people["secretary"], at=at)
            complete(member, "doors", version, at)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def _phone(browser: Browser, instance: Instance, name: str) -> Page:
    context = browser.new_context(
        base_url=instance.address, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    page = context.new_page()
    if name:
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
        page.screenshot(path=str(instance.folder / f"{name}-{size}.png"), full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name} {size}: {found.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{name} {size}"
    page.context.clear_cookies(name="size")
    page.reload()


def test_from_the_record_to_the_certificate_and_its_end(browser: Browser, instance: Instance) -> None:
    phone = _phone(browser, instance, "m00")
    phone.get_by_role("link", name="记录", exact=True).click()
    phone.get_by_role("link", name="按年查看学习档案").click()
    assert "已由第3号记录作废" in phone.inner_text("main")
    look(phone, instance, "record")
    phone.get_by_role("button", name="签发").click()
    assert "证书已签发" in phone.inner_text("main")
    look(phone, instance, "held")
    paper = phone.get_by_role("link", name="证书（PDF）").get_attribute("href")
    data = phone.context.request.get(instance.address + str(paper)).body()
    document = pypdfium2.PdfDocument(data)
    (read,) = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    document.close()
    address = read.text
    assert address.startswith(instance.address + "/v/")

    anybody = _phone(browser, instance, "")
    anybody.goto(address)
    assert "这份证书有效" in anybody.inner_text("main")
    assert "尚未封存" in anybody.inner_text("main")
    look(anybody, instance, "valid")

    secretary = _phone(browser, instance, "secretary")
    secretary.goto(f"/records/members/{IDS['member']}")
    secretary.locator("summary", has_text="撤销这份证书").click()
    look(secretary, instance, "of")
    secretary.locator("summary", has_text="撤销这份证书").click()
    secretary.fill("#reason-1", "发错了人")
    secretary.get_by_role("button", name="撤销", exact=True).click()
    assert "证书已撤销" in secretary.inner_text("main")

    anybody.reload()
    assert "撤销，不再有效" in anybody.inner_text("main")
    look(anybody, instance, "revoked")
    anybody.goto("/v/")
    anybody.fill("[name=code]", "7k7h1-t10sa-evk70-gn1dd-0d9cje")
    anybody.get_by_role("button", name="核验").click()
    assert "没有查到" in anybody.inner_text("main")
    look(anybody, instance, "not-found")
    for page in (phone, anybody, secretary):
        page.context.close()
