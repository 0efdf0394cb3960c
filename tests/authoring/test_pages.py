"""Publishing in the browser: what was looked at is published, and nothing else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import authoring, catalogue, media
from learnapp.db import db, transaction
from tests.authoring.test_service import COURSE, HIVE, HONEY, ONE, TWO
from tests.conftest import AT
from tests.world import World, sign_in

PAGE = "/authoring/bees/hive/publish?language=zh"
EN = {"Accept-Language": "en"}


@pytest.fixture
def store(site: Flask, world: World, client: FlaskClient, tmp_path: Path) -> media.Store:
    """A course on the shelf and a trainer who is signed in."""
    store = media.Store(tmp_path / "media")
    files = {"course.toml": COURSE.encode(), "01-hive.md": HIVE.encode(), "02-honey.md": HONEY.encode()}
    reading = catalogue.read_files("course", "bees", files)
    assert reading.definition is not None
    with transaction():
        catalogue.publish(reading.definition, actor_id=ONE, at=AT, store=store)
    sign_in(client, world.people["trainer"])
    return store


def _save(text: str, revision: int, actor: str, language: str = "zh") -> None:
    with transaction():
        authoring.save(
            "bees", "hive", language, text,
            revision=revision, base=catalogue.course("bees").hash, actor_id=actor, at=AT,
        )  # fmt: skip


def _seen(client: FlaskClient) -> tuple[str, str]:
    """The page before publishing, and the drafts that its form carries."""
    page = html.unescape(client.get(PAGE, headers=EN).get_data(as_text=True))
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return page, found.group(1)


def _number() -> int:
    db.session.rollback()
    return catalogue.course("bees").number


def test_what_somebody_saved_since_is_not_published_unseen(store: media.Store, client: FlaskClient) -> None:
    _save(HIVE + "甲\n", 0, ONE)
    _, seen = _seen(client)
    _save(HIVE + "乙\n", 1, TWO)
    answer = client.post("/authoring/bees/hive/publish", data={"seen": seen, "language": "zh"}, headers=EN)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page, seen = _seen(client)
    assert "The text was changed since you opened this page" in page
    assert _number() == 1
    client.post("/authoring/bees/hive/publish", data={"seen": seen})
    assert _number() == 2


def test_a_draft_in_the_other_language_is_named_before_it_goes_along(
    store: media.Store, client: FlaskClient
) -> None:
    _save(HIVE + "甲\n", 0, ONE)
    assert "published along with it" not in _seen(client)[0]
    _, before = _seen(client)
    _save("# Hive\n\n## Place\n\nSunny.\n\n## Check\n\nWeekly.\n", 0, TWO, "en")
    assert "published along with it" in _seen(client)[0]
    client.post("/authoring/bees/hive/publish", data={"seen": before})
    assert _number() == 1


def test_pressing_twice_publishes_once_and_is_no_error(store: media.Store, client: FlaskClient) -> None:
    _save(HIVE + "甲\n", 0, ONE)
    _, seen = _seen(client)
    for _ in range(2):
        answer = client.post("/authoring/bees/hive/publish", data={"seen": seen, "language": "zh"})
        assert answer.status_code == 303
    assert _number() == 2
