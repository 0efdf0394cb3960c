"""On a phone, in Chinese: committee, member, secretary, from opening to the next period with its adjustment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page, expect

from learnapp import clock, points
from tests import world
from tests.assessment.scene import Scene
from tests.conftest import ZONE
from tests.processes import Instance

pytestmark = [pytest.mark.browser, pytest.mark.process]
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, Scene]]:
    """A branch of forty-five, with what they did in the period."""
    made = Instance(tmp_path_factory.mktemp("assessment-browser"))

    def fill() -> Scene:
        now = clock.now()
        today = clock.local_date(now, ZONE)
        scene = Scene(at=now, starts_on=today - timedelta(days=200), ends_on=today)
        people, branch = scene.world.people, scene.world.branch[0]
        for number in range(40):
            scene.world.person(f"党员{number:02}", f"b{number}", branch, password=False)
        for place, member in enumerate(scene.world.members[0]):
            for lesson in range(place + 1):
                scene.module(member, lesson, today - timedelta(days=20 + lesson))
            scene.act(
                member,
                "volunteering",
                today - timedelta(days=9),
                proposer=member,
                confirmer=people["recorder"],
            )
        return scene

    scene = made.fill(fill)
    made.start()
    yield made, scene
    made.stop()


class Phone:
    """A phone of somebody who is signed in; every page is looked at."""

    def __init__(self, browser: Browser, instance: Instance, name: str, folder: Path) -> None:
        self.context = browser.new_context(
            base_url=instance.address, viewport=PHONE, locale="zh-CN", has_touch=True
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.folder, self.taps = folder, 0
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto("/accounts/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", world.PASSWORD)
        self.page.click("main button.btn-primary")
        expect(self.page).to_have_url(f"{instance.address}/")

    def tap(self, words: str, role: Any = "link") -> None:
        """One tap on a link or button with these words."""
        self.taps += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=words, exact=False).first.tap()

    def press(self) -> None:
        """One tap on the filled button of the page."""
        self.open("main .btn-primary")

    def open(self, where: str, text: str | None = None) -> None:
        """One tap on the first that is found, which leads to another page."""
        self.taps += 1
        with self.page.expect_navigation():
            self.page.locator(where, has_text=text).first.tap()

    def look(self, name: str) -> None:
        """The page as it is: nothing for axe, nothing wider than the screen; a picture for a person."""
        self.page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
        assert not Axe().run(self.page).response["violations"], name
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


@pytest.fixture
def phone(browser: Browser, town: tuple[Instance, Scene], tmp_path: Path) -> Iterator[Any]:
    """Makes phones, and asks each for its faults in the end."""
    folder = Path(os.environ.get("LEARNAPP_PICTURES") or tmp_path)
    made: list[Phone] = []

    def of(name: str) -> Phone:
        made.append(Phone(browser, town[0], name, folder))
        return made[-1]

    yield of
    for one in made:
        one.context.close()
        assert one.faults == []


def test_the_whole_way(phone: Any, town: tuple[Instance, Scene]) -> None:
    instance, scene = town
    committee = phone("committee")
    committee.page.goto("/work")
    committee.tap("考评周期")
    committee.look("01-periods")
    committee.tap("2026年度考评")
    committee.look("02-planned")
    committee.press()
    expect(committee.page.get_by_text("周期已开始")).to_be_visible()
    committee.look("03-open")
    committee.tap("调整办法")
    committee.look("04-amendment")
    committee.page.goto(f"/assessment/periods/{scene.period_id}/posting")
    _folded(instance, scene)
    committee.look("05-posting")
    committee.press()
    committee.look("06-posted")

    member = phone("m00")
    member.look("07-home")
    member.tap("支部公示")
    member.look("08-mine")
    member.open("main a", "这里不对")
    member.page.fill("[name=text]", "那次服务是两天，少记了一天。")
    member.look("09-object")
    member.press()
    member.look("10-objected")

    secretary = phone("secretary")
    secretary.page.goto("/work")
    secretary.tap("异议")
    secretary.look("11-objections")
    secretary.open("main a.row-link")
    secretary.page.locator("label:has([value=partly])").tap()
    secretary.page.fill("[name=reply]", "查实：第二天未签到，由记录员补录。")
    secretary.look("12-objection")
    secretary.press()
    secretary.look("13-decided")

    secretary.page.goto("/assessment/")
    secretary.open("main a.row-link")
    secretary.look("14-branch")
    secretary.press()
    secretary.look("15-sheet")
    secretary.page.go_back()
    before = secretary.taps
    secretary.open("main a", "等次")
    secretary.look("16-grades")
    secretary.page.fill("[name=minute]", "2026年第11次支委会")
    secretary.page.locator("select").first.select_option("basic")
    secretary.taps += 2
    secretary.press()
    expect(secretary.page.get_by_text("已登记44人的等次")).to_be_visible()
    secretary.look("17-graded")
    assert secretary.taps - before <= 6, "open, minutes, one changed, and all written down"

    member.page.goto("/notices/")
    member.look("18-reply")

    committee.page.goto(f"/assessment/periods/{scene.period_id}/closing")
    committee.look("19-closing")
    committee.page.fill("[name=reason]", "街道统一安排，提前结束。")
    committee.press()
    committee.look("20-being-closed")
    for _ in range(60):
        if committee.page.get_by_text("已结束").count():
            break
        committee.page.wait_for_timeout(500)
        committee.page.reload()
    committee.look("21-closed")
    committee.press()
    committee.look("22-next")

    someone = scene.world.members[0][0]
    instance.fill(lambda: scene.module(someone, 9, scene.today - timedelta(days=3)))
    _brought(instance, scene, someone)
    member.page.goto("/assessment/mine")
    member.look("23-mine-after")
    member.page.goto("/ledger/")
    member.look("24-ledger")


def _folded(instance: Instance, scene: Scene) -> None:
    instance.fill(scene.fold)


def _brought(instance: Instance, scene: Scene, member_id: str) -> None:
    def check() -> None:
        scene.fold()
        assert points.total(member_id, points.period(scene.next_id)).adjustment == 300

    instance.fill(check)
