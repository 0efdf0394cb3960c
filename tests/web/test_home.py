"""The first page: what is due with its date, the rest folded away, and words for whoever has nothing to do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from learnapp import catalogue, follow, plans
from learnapp.db import transaction
from learnapp.media import Store
from tests import acts
from tests.conftest import AT
from tests.world import World, sign_in

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 24)


@pytest.fixture
def world_today(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("learnapp.clock.now", lambda: AT)
    return world


def _assign(world: World, tmp_path: Path) -> None:
    """Four quizzes of our own: one past its date, one due within the week, two later."""
    store = Store(tmp_path)
    with transaction():
        for number, file in enumerate(sorted((ROOT / "quizzes").glob("*-quiz.toml"))):
            definition = catalogue.read_folder(file).definition
            assert definition is not None
            catalogue.publish(definition, actor_id=world.committee, at=AT, store=store)
            plans.assign(
                world.committee,
                file.stem,
                [("quiz", file.stem)],
                starts_on=date(2026, 9, 1),
                due_on=TODAY + timedelta(days=(-3, 5, 20, 30)[number]),
                actor_id=world.committee,
                at=AT,
            )
    follow.sweep(AT, "Asia/Shanghai")


def _page(client: FlaskClient) -> str:
    answer = client.get("/", headers={"Accept-Language": "zh"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_three_with_their_dates_and_the_rest_behind_a_link(
    world_today: World, client: FlaskClient, tmp_path: Path
) -> None:
    _assign(world_today, tmp_path)
    sign_in(client, world_today.people["member"])
    page = _page(client)
    rows, rest = page.split("<details>", 1)
    assert rows.count("测验 · 未开始") == 3
    assert '<span class="due">11月21日已到期</span>' in rows, "what is past its date is marked"
    assert '<span class="due">11月29日前</span>' in rows, "and what is due within the week"
    assert '<span class="due">12月14日前' not in rows and "12月14日前" in rows
    assert re.search(r"还有1项.*12月24日前", rest, re.S)


def test_with_nothing_due_the_courses_are_offered(world_today: World, client: FlaskClient) -> None:
    sign_in(client, world_today.people["member"])
    page = _page(client)
    assert "目前没有要完成的内容" in page
    assert page.count("btn-primary") == 1 and "去看课程" in page


def test_whoever_is_done_reads_so(world_today: World, client: FlaskClient, tmp_path: Path) -> None:
    _assign(world_today, tmp_path)
    member = world_today.people["member"]
    with transaction():
        for file in (ROOT / "quizzes").glob("*-quiz.toml"):
            acts.quiz(member, file.stem, AT)
    follow.sweep(AT, "Asia/Shanghai")
    sign_in(client, member)
    assert "要完成的都已完成" in _page(client)
