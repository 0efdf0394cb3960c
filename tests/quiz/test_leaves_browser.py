"""Page leaves in a real browser: written down where the exam says so, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from learnapp import quiz
from tests import world
from tests.processes import Instance
from tests.quiz.exams import publish
from tests.quiz.test_browser import answer, mine, phone, saved, start

pytestmark = [pytest.mark.browser, pytest.mark.process]

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(params=[True, False], ids=["written down", "not"])
def instance(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The product with an exam in which leaves are written down, or are not."""
    made = Instance(tmp_path_factory.mktemp("leaves"))
    head = "exam = true\n" + ("leaves = true\n" if request.param else "")

    def fill() -> None:
        world.build()
        publish(made.folder, head)

    made.fill(fill)
    made.start()
    yield made
    made.stop()


def leaves(instance: Instance) -> list[tuple[float, bool]]:
    """How long each leave was, in seconds, and whether the member came back."""
    found, _taps = mine(instance, "m00")
    kept = instance.fill(lambda: quiz.leaves.of(found))
    return [(one.length.total_seconds() if one.length else 0.0, one.back_at is not None) for one in kept]


def sent(page: Page) -> list[str]:
    """Collects what is posted about leaves from now on."""
    posted: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/leaves"):
            posted.append(request.post_data or "")

    page.on("request", note)
    return posted


def test_a_page_that_goes_out_of_sight(browser: Browser, instance: Instance) -> None:
    context = phone(browser, instance, "m00")
    posted = sent(context.pages[0])
    page = start(context, instance)
    watched = page.locator('[data-controller="quiz-leaves"]').count() == 1
    answer(page)
    saved(page)
    page.evaluate(HIDE, True)
    page.wait_for_timeout(3_500)
    page.evaluate(HIDE, False)
    page.wait_for_timeout(300)
    page.evaluate(HIDE, True)
    page.evaluate(HIDE, False)
    page.wait_for_timeout(300)
    page.click("[data-answers] button[value=overview]:visible")
    page.locator("[data-overview] [data-submit] .btn-primary").click()
    page.wait_for_url("**/review")
    kept = leaves(instance)
    if not watched:
        assert posted == [] and kept == []
        return
    assert len(kept) == 1 and kept[0][1] and 3.0 <= kept[0][0] < 6.0, kept
    assert posted and all(set(text) <= set('{"page":lftback }') for text in posted), "nothing but the word"
    expect(page.locator("details summary").first).to_contain_text("答题页面离开过")
