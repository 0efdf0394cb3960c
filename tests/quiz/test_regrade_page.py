"""Corrected keys for trainers: offered where there is something, counts without names, decided once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, follow, notices, quiz
from learnapp.db import db, transaction
from learnapp.jobs import sweeper
from tests.conftest import AT
from tests.queries import count_queries
from tests.quiz.keyed import RIGHT, SLUG, Keys, publish, take
from tests.world import World, sign_in

PAGE = f"/quiz/{SLUG}/regrade"
ANSWERS: tuple[dict[str, Any], ...] = (
    {**RIGHT, "single": "c"},
    {**RIGHT, "single": "c", "true": "false", "number": "1"},
    RIGHT,
    {"single": "a", "true": "true", "number": "32"},
    {},
)


@pytest.fixture
def trainer(world: World, client: FlaskClient, tmp_path: Path) -> FlaskClient:
    """Signed in as trainer; five members took the version with the wrong key, then it was corrected."""
    publish(tmp_path)
    people = [member_id for branch in world.members for member_id in branch]
    for member_id, answers in zip(people, ANSWERS, strict=False):
        take(answers, member_id)
    sign_in(client, world.people["trainer"])
    return client


def corrected(folder: Path) -> catalogue.Quiz:
    return publish(folder, Keys(single="c", stems=(("word", "另一个题干。"),)))


def form(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(from|to|digest)" value="([^"]+)">', text))


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_nothing_is_offered_where_nothing_was_corrected(trainer: FlaskClient, tmp_path: Path) -> None:
    assert "?from=" not in read(trainer, PAGE)
    publish(tmp_path, Keys(note="只改了说明"))
    assert "?from=" not in read(trainer, PAGE)


def test_offered_looked_at_decided_and_carried_out(
    trainer: FlaskClient, tmp_path: Path, site: Flask, world: World
) -> None:
    corrected(tmp_path)
    assert PAGE in read(trainer, f"/quiz/{SLUG}/statistics")
    assert f"{PAGE}?from=1" in read(trainer, PAGE)
    text = read(trainer, f"{PAGE}?from=1")
    assert "题干 single。" in text and "选项a" in text and "选项c" in text and "题干 word。" in text
    assert not [name for name in ("王芳", "李建国", world.members[0][0]) if name in text]
    values = form(text)
    assert values["from"] == "1" and values["to"] == "2"
    refused = trainer.post(PAGE, data={**values, "reason": ""})
    assert refused.status_code == 422 and form(refused.get_data(as_text=True)) == values
    reason = "第一题的答案应为丙。"
    for _ in range(2):
        assert trainer.post(PAGE, data={**values, "reason": reason}).status_code == 303
    assert reason in read(trainer, PAGE)
    db.session.rollback()
    assert len(quiz.regrade.decisions(SLUG)) == 1
    assert sweeper.run_once(site, AT).corrected == 5
    after = read(trainer, PAGE)
    assert reason in after and "?from=1" not in after
    _heard_by(world, trainer, reason)


def _heard_by(world: World, client: FlaskClient, reason: str) -> None:
    member_id = world.members[0][0]
    sign_in(client, member_id)
    home = client.get("/").get_data(as_text=True)
    assert "/notices/#" in home and reason not in home
    told = client.get("/notices/").get_data(as_text=True)
    assert reason in told and "4" in told and "5" in told
    attempt = quiz.attempts(member_id)[0].id
    client.set_cookie("lang", "en")
    assert "Corrected since: the key." in read(client, f"/quiz/attempts/{attempt}/review")
    sign_in(client, world.members[1][1])
    assert "/notices/#" not in client.get("/").get_data(as_text=True), "an unchanged result is no news"


def test_a_result_that_came_in_meanwhile_is_looked_at_first(
    trainer: FlaskClient, tmp_path: Path, world: World
) -> None:
    member_id, attempt_id = take(ANSWERS[0], world.members[2][0], submit=False)
    corrected(tmp_path)
    values = form(read(trainer, f"{PAGE}?from=1"))
    db.session.rollback()
    with transaction():
        quiz.submit(member_id, attempt_id, at=AT)
    answer = trainer.post(PAGE, data={**values, "reason": "丙才对"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "丙才对" in text
    again = form(text)
    assert again["digest"] != values["digest"]
    assert trainer.post(PAGE, data={**again, "reason": "丙才对"}).status_code == 303


def test_bars_need_five_members(world: World, client: FlaskClient, tmp_path: Path) -> None:
    publish(tmp_path)
    people = [*world.members[0], *world.members[1]]
    for member_id in people[:4]:
        take(ANSWERS[0], member_id)
    second = corrected(tmp_path)
    sign_in(client, world.people["trainer"])
    assert "90–100 %" not in read(client, f"{PAGE}?from=1")
    with patch.object(catalogue, "quiz", lambda _slug: catalogue.quiz_version(_first(second))):
        take(ANSWERS[0], people[4])
    assert "90–100 %" in read(client, f"{PAGE}?from=1")


def _first(second: catalogue.Quiz) -> str:
    return next(one.hash for one in catalogue.versions("quiz", second.slug) if one.number == 1)


def test_the_page_asks_the_same_however_many_there_are(trainer: FlaskClient, tmp_path: Path) -> None:
    corrected(tmp_path)
    trainer.get(f"{PAGE}?from=1")
    with count_queries() as sent:
        trainer.get(f"{PAGE}?from=1")
    assert len(sent) <= 12, sent
    with count_queries() as home:
        trainer.get("/")
    assert sum("notice" in statement for statement in home) == 1


def test_a_hidden_result_stays_hidden_in_a_notice(
    world: World, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(tmp_path)
    member_id = world.members[0][0]
    _member, attempt_id = take(ANSWERS[0], member_id)
    second = corrected(tmp_path)
    plan = quiz.regrade.dry_run(first.hash, second.hash)
    with transaction():
        found = quiz.regrade.confirm(plan, digest=plan.digest, actor_id="9" * 32, reason="丙才对", at=AT)
    with transaction():
        quiz.regrade.correct(found.id, member_id, at=AT)
    with transaction():
        follow.member(member_id, at=AT, zone="Asia/Shanghai")
    assert len(notices.waiting(member_id)) == 1
    hidden = type("Hidden", (), {"hidden": frozenset({attempt_id}), "keyed": frozenset()})()
    monkeypatch.setattr("learnapp.web.notices.results.results", lambda _attempts: hidden)
    sign_in(client, member_id)
    text = re.sub(r"<[^>]+>", "", client.get("/notices/").get_data(as_text=True))
    assert "丙才对" not in text and "5 分" not in text and "of 5 points" not in text and "4 / 5" not in text
