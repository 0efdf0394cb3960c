"""On a phone, in Chinese, counting the taps: declare, confirm a month, sign. And without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from learnapp import clock, declarations, follow
from learnapp.db import transaction
from tests import world
from tests.catalogue.folders import PNG
from tests.conftest import ZONE
from tests.declarations import acting
from tests.declarations.office import open_year
from tests.processes import Instance

pytestmark = [pytest.mark.browser, pytest.mark.process]
PHONE: Any = {"width": 390, "height": 844}
ORDINARY = 28


def today() -> date:
    """The day on which the server runs."""
    return clock.local_date(clock.now(), ZONE)


def quarter_before() -> date:
    """A day of the quarter before this one."""
    first, _ = declarations.quarter_days(declarations.quarter_of(today()))
    return first - timedelta(days=10)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Instance, world.World]]:
    """A branch with a month to confirm: 28 ordinary acts and two to look at; a member with a quarter to sign."""
    made = Instance(tmp_path_factory.mktemp("acts-browser"))

    def fill() -> world.World:
        built, now = world.build(), clock.now()
        for year in {today().year, quarter_before().year}:
            open_year(built, year=year)
        for number in range(ORDINARY + 2):
            one = built.person(f"党员{number:02}", f"y{number}", built.branch[3], password=False)
            words = "到社区清扫楼道" if number < 2 else f"到社区清扫第{number}号楼"
            acting.declare(one, on=today(), today=today(), at=now, text=words)
        built.grant(built.members[3][0], "secretary", built.branch[3])
        signer = built.members[1][0]
        day = quarter_before()
        built.grant(built.people["reviewer"], "secretary", built.branch[1])
        act_id = acting.declare(signer, on=day, today=today(), at=now, text="参加义务植树")
        with transaction():
            declarations.confirm(signer, act_id, confirmer=built.people["reviewer"], at=now)
        with transaction():
            follow.member(signer, at=now, zone=ZONE)
        return built

    built = made.fill(fill)
    made.start()
    yield made, built
    made.stop()


class Thumb:
    """A phone of somebody, signed in, that counts what is tapped and collects what goes wrong."""

    def __init__(self, browser: Browser, instance: Instance, name: str, folder: Path) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=instance.address, viewport=PHONE, locale="zh-CN", has_touch=True
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.taps = 0
        self.folder = folder
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto("/accounts/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", world.PASSWORD)
        self.page.click("main button.btn-primary")
        expect(self.page).to_have_url(f"{instance.address}/")

    def tap(self, where: str | Locator) -> None:
        """One tap on what is named or found."""
        self.taps += 1
        found = self.page.locator(where) if isinstance(where, str) else where
        found.tap()

    def look(self, name: str) -> None:
        """The page as it is: nothing for axe, nothing wider than the screen; a picture for a person."""
        self.page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
        assert not Axe().run(self.page).response["violations"], name
        assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), name


@pytest.fixture
def thumb(browser: Browser, town: tuple[Instance, world.World], tmp_path: Path) -> Iterator[Any]:
    """Makes phones, and asks each for its faults in the end."""
    made: list[Thumb] = []

    def of(name: str) -> Thumb:
        made.append(Thumb(browser, town[0], name, tmp_path))
        return made[-1]

    yield of
    for one in made:
        one.context.close()
        assert one.faults == []


def test_declare_in_five_taps(thumb: Any, town: tuple[Instance, world.World]) -> None:
    phone = thumb("m00")
    phone.tap(phone.page.get_by_role("link", name="申报事项"))
    phone.look("declare")
    phone.tap("label:has([name=act][value=volunteering])")
    phone.tap("[name=text]")
    phone.page.keyboard.type("周末到敬老院帮厨")
    phone.tap("main button.btn-primary")
    expect(phone.page.locator("main")).to_contain_text("待确认")
    assert phone.taps <= 5, phone.taps
    phone.look("declared")
    assert phone.page.evaluate("localStorage.length") == 0
    with town[0].inside():
        (info,) = declarations.acts_of(town[1].people["member"])
        assert (info.text, info.standing.done_on) == ("周末到敬老院帮厨", today())


def test_confirm_a_month_in_six_taps(thumb: Any, town: tuple[Instance, world.World]) -> None:
    phone = thumb("m30")
    phone.tap(phone.page.get_by_role("link", name="待确认").first)
    expect(phone.page.locator("main")).to_contain_text("2项需要看一看")
    phone.look("month")
    phone.tap("main button.btn-primary")
    expect(phone.page.locator("main")).to_contain_text("还有2项需要看一看")
    phone.look("month-left")
    phone.tap(phone.page.get_by_role("button", name="确认", exact=True).first)
    expect(phone.page.locator("main")).to_contain_text("1项需要看一看")
    expect(phone.page.get_by_role("button", name="确认", exact=True)).to_have_count(1)
    phone.tap(phone.page.get_by_role("button", name="确认", exact=True).first)
    expect(phone.page.locator("main")).to_contain_text("没有待确认的事项")
    assert phone.taps <= 6, phone.taps
    phone.look("month-done")
    with town[0].inside():
        assert declarations.waiting_in([town[1].branch[3]], today()) == []


def test_sign_a_quarter_in_two_taps(thumb: Any, town: tuple[Instance, world.World]) -> None:
    phone = thumb("m10")
    phone.page.screenshot(path=str(phone.folder / "home.png"), full_page=True)
    phone.tap(phone.page.get_by_role("link", name="可以核对签字"))
    phone.look("quarter")
    expect(phone.page.locator("main")).to_contain_text("参加志愿服务一次")
    phone.tap("main button.btn-primary")
    expect(phone.page.locator("main")).to_contain_text("签字确认，内容与此完全一致")
    assert phone.taps <= 2, phone.taps
    phone.look("signed")
    phone.page.goto("/")
    expect(phone.page.get_by_role("link", name="可以核对签字")).to_have_count(0)


def test_with_the_keyboard_alone(thumb: Any, town: tuple[Instance, world.World]) -> None:
    """Tab to the items, arrow and space to choose, Tab to the text, Enter on the button."""
    phone = thumb("m01")
    page = phone.page
    page.goto("/declarations/new")

    def reach(selector: str) -> None:
        for _ in range(40):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is out of reach")

    reach("[name=act]")
    page.keyboard.press("Space")
    reach("[name=text]")
    page.keyboard.type("给社区孩子讲党史")
    reach("main button.btn-primary")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("待确认")
    with town[0].inside():
        assert declarations.acts_of(town[1].members[0][1])[0].text == "给社区孩子讲党史"


def test_without_a_network_nothing_typed_is_lost_and_nothing_is_sent_twice(
    thumb: Any, town: tuple[Instance, world.World]
) -> None:
    phone = thumb("m02")
    page = phone.page
    page.goto("/declarations/new")
    page.locator("label:has([name=act][value=lecture])").tap()
    page.fill("[name=text]", "在山里讲了一课")
    phone.context.set_offline(True)
    page.click("main button.btn-primary")
    expect(page.locator("[data-state]")).to_contain_text("没有网络")
    phone.look("offline")
    phone.context.set_offline(False)
    expect(page).to_have_url(f"{town[0].address}/declarations/?got={_uid(page)}")
    expect(page.locator("[data-kept]")).to_be_hidden()
    with town[0].inside():
        member = town[1].members[0][2]
        assert [info.text for info in declarations.acts_of(member)] == ["在山里讲了一课"]
    page.go_back()
    page.wait_for_load_state()
    page.goto("/declarations/new")
    expect(page.locator("[name=text]")).to_have_value("")


def _uid(page: Page) -> str:
    return str(page.url.partition("got=")[2] or page.locator("[name=uid]").get_attribute("value"))


def test_a_closed_page_keeps_the_words_for_their_member_alone(
    thumb: Any, town: tuple[Instance, world.World]
) -> None:
    """Written, closed, opened again: there it is; signing out asks first; another member sees nothing of it."""
    phone = thumb("m11")
    page = phone.page
    page.goto("/declarations/new")
    page.locator("label:has([name=act][value=volunteering])").tap()
    page.fill("[name=text]", "还没写完的一句")
    page.goto("/")
    expect(page.get_by_role("link", name="本机有一条申报还没有发出")).to_be_visible()
    page.goto("/declarations/new")
    expect(page.locator("[name=text]")).to_have_value("还没写完的一句")
    expect(page.locator("[name=act][value=volunteering]")).to_be_checked()
    expect(page.locator("[data-state]")).to_contain_text("还没有发出")
    phone.look("found-again")
    page.goto("/accounts/me")
    leave = page.get_by_role("button", name="退出", exact=False).first
    leave.click()
    expect(page.get_by_role("alert")).to_contain_text("还没有发出")
    leave.click()
    page.wait_for_url(lambda url: "/accounts/me" not in url)
    page.goto("/accounts/sign-in")
    page.fill("[name=name]", "m12")
    page.fill("[name=password]", world.PASSWORD)
    page.click("main button.btn-primary")
    page.goto("/declarations/new")
    expect(page.locator("[name=text]")).to_have_value("")


def test_recording_and_declining_look_right(thumb: Any, town: tuple[Instance, world.World]) -> None:
    """The recorder's form, a refusal with its reason, and what the member reads."""
    recorder = thumb("recorder")
    recorder.page.goto("/declarations/record")
    recorder.look("record")
    recorder.page.locator("label:has([name=act][value=absence])").tap()
    recorder.page.locator("label:has([name=member])", has_text="李建国").tap()
    recorder.page.click("main button.btn-primary")
    expect(recorder.page.locator("main")).to_contain_text("已为1人记录")
    secretary = thumb("secretary")
    secretary.page.goto("/declarations/waiting")
    expect(secretary.page.locator("main")).to_contain_text("属于扣分")
    card = secretary.page.locator("section.card", has_text="属于扣分").first
    card.locator("summary").tap()
    secretary.look("decline")
    card.locator("label:has([value=other-day])").tap()
    card.locator("button[value=decline]").tap()
    expect(secretary.page.locator("main")).to_contain_text("未认定，已告知本人原因")


def test_a_file_that_is_too_large_is_not_sent_and_the_words_stay(
    thumb: Any, town: tuple[Instance, world.World]
) -> None:
    phone = thumb("m20")
    page = phone.page
    page.goto("/declarations/new")
    page.locator("label:has([name=act][value=volunteering])").tap()
    page.fill("[name=text]", "附上奖状")
    page.locator("summary").tap()
    large = {"name": "a.png", "mimeType": "image/png", "buffer": bytes(declarations.MOST_BYTES + 1)}
    page.set_input_files("[name=file]", large)
    page.click("main button.btn-primary")
    expect(page.get_by_role("alert")).to_contain_text("文件太大")
    expect(page.locator("[name=text]")).to_have_value("附上奖状")
    page.set_input_files("[name=file]", {"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    page.click("main button.btn-primary")
    expect(page.locator("main")).to_contain_text("待确认")
    page.locator("summary.why, details.why summary").first.click()
    expect(page.get_by_role("link", name="附件")).to_be_visible()


def test_largest_text(thumb: Any, town: tuple[Instance, world.World]) -> None:
    """The screens of this room in elder mode: nothing runs out of the page."""
    phone = thumb("recorder")
    phone.context.add_cookies([{"name": "size", "value": "elder", "url": town[0].address}])
    with town[0].inside():
        acting.declare(
            town[1].people["secretary"], on=today(), today=today(), at=clock.now(), text="讲党课一次"
        )
    for name in ("new", "", "waiting", "record"):
        phone.page.goto(f"/declarations/{name}")
        phone.look(f"elder-{name or 'mine'}")
