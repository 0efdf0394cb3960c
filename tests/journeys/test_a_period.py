"""One period as five people live through it, on phones and in Chinese, until the next one shows the adjustment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from learnapp import clock, declarations, points
from learnapp.db import db, transaction
from tests import world
from tests.assessment.scene import RULES, Scene
from tests.conftest import ZONE
from tests.journeys.conftest import Phone
from tests.processes import Instance

pytestmark = [pytest.mark.browser, pytest.mark.process]

# What a branch records itself, for what was missing.
AWARD = """
[[rule]]
id = "award"
category = "deeds"
source = "organised"
on = "act-confirmed"
worth = 2
text = "受到上级表彰一次，得2分。"
text_en = "Commended once: 2 points."
"""


@dataclass
class Town:
    """A served instance with the period of a committee, which ended yesterday."""

    instance: Instance
    scene: Scene

    @property
    def done_on(self) -> date:
        """The day of what is declared: in the quarter before this one."""
        first, _ = declarations.quarter_days(declarations.quarter_of(self.scene.today))
        return first - timedelta(days=10)

    def hang_no_longer(self) -> None:
        """The last day of the posting is over."""

        def work() -> None:
            with transaction():
                over = self.scene.today - timedelta(days=1)
                mine = points.Period.id == self.scene.period_id
                db.session.execute(update(points.Period).where(mine).values(post_until=over))

        self.instance.fill(work)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Instance(tmp_path_factory.mktemp("period-journey"))

    def fill() -> Scene:
        now = clock.now()
        today = clock.local_date(now, ZONE)
        days = {"starts_on": today - timedelta(days=200), "ends_on": today - timedelta(days=1)}
        scene = Scene(at=now, rules=RULES + AWARD, **days)
        for place, member in enumerate(scene.world.members[0]):
            scene.module(member, place, today - timedelta(days=20 + place))
        return scene

    yield Town(made, made.fill(fill))
    made.stop()


@pytest.fixture
def phones(browser: Browser, town: Town, tmp_path: Path) -> Iterator[dict[str, Phone]]:
    """A phone for each of the five."""
    town.instance.start()
    folder = Path(os.environ.get("LEARNAPP_PICTURES") or tmp_path)
    names = {"member": "m00", "recorder": "recorder", "secretary": "secretary"}
    names |= {"reviewer": "reviewer", "committee": "committee"}
    made = {}
    for role, name in names.items():
        made[role] = Phone(browser, town.instance.address, folder, password=world.PASSWORD)
        made[role].sign_in(name)
    yield made
    for phone in made.values():
        phone.close()


def test_from_the_declaration_to_the_adjustment(town: Town, phones: dict[str, Phone]) -> None:
    opened(phones["committee"], town)
    declared(phones["member"], town.done_on, "到敬老院帮厨一天", "01")
    confirmed(phones["secretary"], town, "02")
    signed(phones["member"], town)
    posted(phones["committee"], town)
    objected(phones["member"])
    decided(phones["reviewer"])
    put_right(phones, town)
    town.hang_no_longer()
    graded(phones["secretary"], town)
    closed(phones["committee"], town)
    adjusted(phones, town)
    for command in (["ledger", "verify"], ["period", "verify", town.scene.period_id]):
        done = town.instance.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr


def opened(committee: Phone, town: Town) -> None:
    """The committee opens the period."""
    committee.page.goto(f"/assessment/periods/{town.scene.period_id}")
    committee.press("00-planned")
    expect(committee.page.locator("main")).to_contain_text("周期已开始")


def declared(member: Phone, on: date, words: str, number: str) -> None:
    """The member says in one sentence what they did, and when."""
    page = member.page
    page.goto("/declarations/new")
    page.locator("label:has([name=act][value=volunteering])").tap()
    page.fill("[name=text]", words)
    page.fill("[name=on]", on.isoformat())
    member.press(f"{number}-declare")
    expect(page.locator("main")).to_contain_text("待确认")
    member.check(f"{number}-declared")


def confirmed(official: Phone, town: Town, number: str) -> None:
    """A second person confirms what waits in the month."""
    page = official.page
    page.goto("/declarations/waiting")
    official.check(f"{number}-month")
    official.follow(page.get_by_role("button", name="确认").first)
    expect(page.locator("main")).to_contain_text("没有待确认的事项")
    official.check(f"{number}-confirmed")


def signed(member: Phone, town: Town) -> None:
    """The member signs the quarter that is over."""
    page = member.page
    page.goto("/declarations/")
    member.follow(page.locator(f"a[href$='{declarations.quarter_of(town.done_on)}']"))
    member.press("03-quarter")
    expect(page.locator("main")).to_contain_text("签字确认")
    member.check("03-signed")


def posted(committee: Phone, town: Town) -> None:
    """The committee posts it for five working days."""
    committee.page.goto(f"/assessment/periods/{town.scene.period_id}/posting")
    committee.press("04-posting")
    committee.check("04-posted")


def objected(member: Phone) -> None:
    """The member reads what hangs, and says that something is missing."""
    page = member.page
    page.goto("/")
    member.follow(page.get_by_role("link", name="支部公示").first)
    expect(page.locator("main")).to_contain_text("参加志愿服务")
    member.check("05-mine")
    member.follow(page.get_by_role("link", name="总分不对"))
    page.fill("[name=text]", "八月受到街道表彰，没有记上。")
    member.press("05-object")
    expect(page.locator("main")).to_contain_text("八月受到街道表彰")
    member.check("05-objected")


def decided(reviewer: Phone) -> None:
    """The secretary confirmed a line of the sum, so the reviewer of the unit above decides."""
    page = reviewer.page
    page.goto("/assessment/objections")
    reviewer.check("06-objections")
    reviewer.follow(page.locator("main a", has_text="八月受到街道表彰"))
    page.locator("label:has([value=upheld])").tap()
    page.fill("[name=reply]", "查实，由支部补记。")
    reviewer.press("06-objection")
    reviewer.follow(page.locator("main a", has_text="八月受到街道表彰"))
    reviewer.check("06-decided")


def put_right(phones: dict[str, Phone], town: Town) -> None:
    """One tap from the upheld objection to the form, filled in; somebody else confirms."""
    page = phones["secretary"].page
    page.goto(f"/assessment/periods/{town.scene.period_id}/branches/{town.scene.world.branch[0]}")
    phones["secretary"].check("07-branch")
    phones["secretary"].follow(page.get_by_role("link", name="补记"))
    expect(page.locator("[name=member]:checked")).to_have_value(town.scene.world.members[0][0])
    page.locator("label:has([name=act][value=award])").tap()
    page.fill("[name=on]", (town.scene.today - timedelta(days=12)).isoformat())
    phones["secretary"].press("07-record")
    expect(page.locator("main")).to_contain_text("已为1人记录")
    confirmed(phones["recorder"], town, "07")
    member = phones["member"]
    member.page.goto("/assessment/mine")
    expect(member.page.locator("main")).to_contain_text("70分")
    member.check("07-mine")


def graded(secretary: Phone, town: Town) -> None:
    """The branch writes down what its meeting decided."""
    page, branch = secretary.page, town.scene.world.branch[0]
    page.goto(f"/assessment/periods/{town.scene.period_id}/branches/{branch}/grades")
    page.fill("[name=minute]", "2026年第11次支委会")
    secretary.press("08-grades")
    secretary.check("08-graded")


def closed(committee: Phone, town: Town) -> None:
    """The committee closes it, and opens the next one."""
    page, scene = committee.page, town.scene
    page.goto(f"/assessment/periods/{scene.period_id}/closing")
    page.fill("[name=reason]", "其余支部另行议定。")
    committee.press("09-closing")
    for _ in range(60):
        if page.get_by_text("已结束").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    committee.check("09-closed")
    page.goto(f"/assessment/periods/{scene.next_id}")
    if page.get_by_role("button", name="开始").count():
        committee.press("09-next")


def adjusted(phones: dict[str, Phone], town: Town) -> None:
    """What is declared late about the closed period counts in the next, with its cause, one tap from its entry."""
    member = phones["member"]
    declared(member, town.done_on + timedelta(days=1), "国庆前清扫楼道一天", "10")
    confirmed(phones["secretary"], town, "10")
    page = member.page
    for _ in range(40):
        page.goto("/points/")
        if page.get_by_text("调整", exact=True).count():
            break
        page.wait_for_timeout(250)
    expect(page.locator("main")).to_contain_text("2027年度考评")
    expect(page.locator("main")).to_contain_text("周期关闭后才确认")
    page.locator("summary.why, details.why summary").first.tap()
    member.check("11-points")
    member.follow(page.get_by_role("link", name="查看第").first)
    expect(page.locator("main")).to_contain_text("参加志愿服务")
    member.check("11-entry")
    page.goto(f"/points/?period={town.scene.period_id}")
    expect(page.locator("main")).to_contain_text("70")
    member.check("11-closed-points")
    page.goto("/ledger/")
    member.check("11-ledger")
