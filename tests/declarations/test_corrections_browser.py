"""On a phone, in Chinese: a secretary waives, accepts, corrects and replaces; the member and the auditor read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from flask import current_app
from playwright.sync_api import Browser, Page

from learnapp import catalogue, clock, ledger, plans
from learnapp.config import Config
from learnapp.db import transaction
from learnapp.media import Store
from tests import world
from tests.processes import Instance
from tests.records.earned import complete
from tests.study.shelf import TRAINER, put

IDS: dict[str, str] = {}
pytestmark = [pytest.mark.browser, pytest.mark.process]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with three things due, one of them completed by the wrong person."""
    made = Instance(tmp_path_factory.mktemp("corrections"), workers=1)

    def fill() -> None:
        town, at = world.build(), clock.now()
        version, member = put().hash, town.people["member"]
        publish("charter", "党章学习")
        publish("duties", "学习任务与学时怎么算")
        IDS.update(member=member, other=town.members[0][2])
        day = clock.local_date(at, "Asia/Shanghai")
        with transaction():
            plans.assign(
                town.general[0],
                "本季度学习",
                [("course", "doors"), ("course", "charter"), ("course", "duties")],
                starts_on=day - timedelta(days=30),
                due_on=day + timedelta(days=20),
                actor_id=town.people["committee"],
                at=at,
            )
            complete(member, "doors", version, at)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def publish(slug: str, title: str) -> None:
    """A short course under this title."""
    files = {
        "course.toml": f'id = "{slug}"\ntitle = "{title}"\n'.encode()
        + b'[[module]]\nid = "a"\nfile = "a.md"\nminutes = 20\n',
        "a.md": "# 第一课\n\n## 一节\n\n正文。\n".encode(),
    }
    reading = catalogue.read_files("course", slug, files)
    assert reading.definition is not None, [problem.text() for problem in reading.problems]
    settings: Config = current_app.extensions["learnapp"]
    with transaction():
        catalogue.publish(
            reading.definition, actor_id=TRAINER, at=clock.now(), store=Store(Path(settings.media_dir))
        )


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


def elder(page: Page, instance: Instance, name: str) -> None:
    """The same in the size for elders."""
    page.context.add_cookies([{"name": "size", "value": "elder", "url": instance.address}])
    page.reload()
    look(page, instance, f"{name}-elder")
    page.context.clear_cookies(name="size")
    page.reload()


def look(page: Page, instance: Instance, name: str) -> None:
    """Nothing for axe, nothing wider than the screen."""
    page.screenshot(path=str(instance.folder / f"{name}.png"), full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_waived_accepted_voided_replaced(browser: Browser, instance: Instance) -> None:
    phone = _phone(browser, instance, "secretary")
    phone.get_by_role("link", name="工作", exact=True).click()
    phone.get_by_role("link", name="免修与更正").click()
    look(phone, instance, "1-index")
    phone.get_by_role("link", name="王芳").click()
    look(phone, instance, "2-person")
    elder(phone, instance, "2-person")

    phone.get_by_role("link", name="免修", exact=True).click()
    phone.select_option("[name=thing]", "course/charter")
    phone.check("[name=basis][value=seconded]")
    press(phone, "看看会有什么变化")
    assert "请填写最后一天" in phone.inner_text("main"), "the last day was left out"
    assert phone.is_checked("[name=basis][value=seconded]"), "and nothing was lost"
    phone.fill("[name=until]", "2028-12-31")
    phone.fill("[name=text]", "借调到县里工作")
    look(phone, instance, "3-waive")
    press(phone, "看看会有什么变化")
    assert "由“未开始”变为“不在应训范围”" in phone.inner_text("main")
    look(phone, instance, "4-waive-preview")
    press(phone, "免修")
    assert "“党章学习”已免修" in phone.inner_text("main")

    phone.get_by_role("link", name="等效认定", exact=True).click()
    phone.select_option("[name=thing]", "course/duties")
    phone.check("[name=basis][value=party-school]")
    phone.fill("[name=on]", clock.now().date().isoformat())
    phone.fill("[name=hours]", "2.5")
    look(phone, instance, "5-accept")
    press(phone, "看看会有什么变化")
    assert "变为“已完成”" in phone.inner_text("main") and "2.5 ·" in phone.inner_text("main")
    look(phone, instance, "6-accept-preview")
    press(phone, "认定")
    look(phone, instance, "7-person-after")

    phone.goto(f"/ledger/members/{IDS['member']}")
    phone.get_by_text("“党章学习”已免修").click()
    phone.get_by_role("link", name="更正这条记录").first.click()
    phone.check("[name=reason][value=corrected]")
    phone.fill("[name=words]", "期限写错了")
    phone.get_by_text("如果以更正后的记录代替").click()
    phone.fill("[name=until]", "2027-06-30")
    look(phone, instance, "8-correct")
    press(phone, "看看会有什么变化")
    look(phone, instance, "9-correct-preview")
    press(phone, "更正")
    phone.get_by_text("“党章学习”已免修").last.click()
    look(phone, instance, "10-ledger")

    whole = next(
        one.seq
        for one in instance.fill(lambda: ledger.entries_after(IDS["member"], 0))
        if one.kind == "course-completed"
    )
    phone.goto(f"/corrections/members/{IDS['member']}/entries/{whole}")
    phone.check("[name=reason][value=wrong-person]")
    phone.get_by_text("如果应当记在他人名下").click()
    phone.fill("[name=right]", "m02")
    look(phone, instance, "11-wrong-person")
    press(phone, "看看会有什么变化")
    look(phone, instance, "12-wrong-person-preview")
    press(phone, "更正")
    assert "不再计入" in phone.content()
    _the_member_and_the_auditor_read_it(browser, instance)


def _the_member_and_the_auditor_read_it(browser: Browser, instance: Instance) -> None:
    phone = _phone(browser, instance, "m00")
    assert "党章学习" not in phone.inner_text("main section + h2 + ul"), "waived: not to be done"
    look(phone, instance, "13-home")
    phone.goto("/notices/")
    assert "期限写错了" in phone.inner_text("main") and "由Secretary决定" in phone.inner_text("main")
    look(phone, instance, "14-notices")
    phone.goto("/ledger/")
    phone.get_by_text("条记录已作废").first.click()
    look(phone, instance, "15-own-ledger")
    elder(phone, instance, "15-own-ledger")
    phone.goto("/records/")
    assert "借调、挂职" in phone.inner_text("main") and "在党校" in phone.inner_text("main")
    look(phone, instance, "16-record")
    auditor = _phone(browser, instance, "auditor")
    auditor.goto("/audit/voided")
    assert "期限写错了" in auditor.content()
    look(auditor, instance, "17-voided")
    assert instance.fill(ledger.verify).ok
