"""A running instance with demo people, and phones that walk through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from learnapp.questions import Question
from tests.processes import Instance

PASSWORD = "结绳记事 2026"
PHONE = {"width": 390, "height": 844}
# Written before any page runs: what the policy refuses is counted where no page can hide it.
WATCH = """addEventListener('securitypolicyviolation',
    event => console.error('CSP ' + event.violatedDirective + ' ' + event.blockedURI))"""


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A served instance with the demo, small."""
    instance = Instance(tmp_path_factory.mktemp("journey"))
    instance.environment["LEARNAPP_DEMO_PASSWORD"] = PASSWORD
    done = instance.run("demo", "--people", "45")
    assert done.returncode == 0, done.stderr
    instance.start()
    yield instance
    instance.stop()


class Phone:
    """A browser of one person: what goes wrong in a page is collected, and looked at in the end."""

    def __init__(
        self, browser: Browser, address: str, folder: Path, password: str = PASSWORD, **options: Any
    ) -> None:
        options = {"viewport": PHONE, "locale": "zh-CN", "has_touch": True, **options}
        self.context: BrowserContext = browser.new_context(base_url=address, **options)
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults: list[str] = []
        self.folder, self.password = folder, password
        self.expected_offline = False
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        lost = "ERR_INTERNET_DISCONNECTED" in text or "ERR_FAILED" in text
        if kind == "error" and not (self.expected_offline and lost):
            self.faults.append(text)

    def sign_in(self, name: str) -> None:
        """Signs in by the form."""
        self.page.goto("/accounts/sign-in")
        self.page.get_by_label("登录名").fill(name)
        self.page.locator("input[type=password]").fill(self.password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def check(self, name: str) -> None:
        """The page that is open: nothing for axe, nothing wider than the screen, nothing inline."""
        page = self.page
        # The screenshot and axe put styles and scripts of their own into the page; it is looked at before them.
        if page.evaluate("window.axe === undefined"):
            inline = page.evaluate("document.querySelectorAll('script:not([src]), [style], style').length")
            assert inline == 0, f"{name} has inline script or style"
        page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{name} is too wide"

    def press(self, name: str) -> None:
        """Looks at the page, and taps its one filled button."""
        self.check(name)
        self.follow(self.page.locator("main .btn-primary"))

    def follow(self, found: Locator) -> None:
        """Taps what leads to another page, and waits for that."""
        with self.page.expect_navigation():
            found.tap()

    def close(self) -> None:
        """Ends it; fails when a page had an error or the policy refused something."""
        self.context.close()
        assert self.faults == []


@pytest.fixture
def phones(browser: Browser, instance: Instance, tmp_path: Path) -> Iterator[Any]:
    """Makes phones; each is closed and asked for its faults in the end."""
    made: list[Phone] = []

    def phone(**options: Any) -> Phone:
        made.append(Phone(browser, instance.address, tmp_path, **options))
        return made[-1]

    yield phone
    for one in made:
        one.close()


def answer_right(place: Locator, question: Question) -> None:
    """Answers a question as a person would who knows: taps the right options or types the answer."""
    body: Any = question.body
    if question.kind in ("single", "multiple"):
        for option in body.options:
            if option.right:
                name = option.text.replace("**", "").replace("`", "")
                place.locator("label", has_text=name).first.locator("xpath=..").locator("input").first.check()
    elif question.kind == "true-false":
        place.locator("input").nth(0 if body.answer else 1).check()
    elif question.kind == "numeric":
        place.locator("input").fill(format(body.value, "f"))
    else:
        place.locator("input").fill(body.accept[0])
    place.locator("input").first.blur()
