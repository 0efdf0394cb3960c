"""Drafts and publishing, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import authoring, catalogue, ledger, media
from learnapp.authoring.rules import normal_text, path_for
from learnapp.db import db, transaction
from learnapp.errors import Conflict, Invalid, NotFound
from tests.conftest import AT

COURSE = """id = "bees"
title = "养蜂"
order = "free"
[[module]]
id = "hive"
file = "01-hive.md"
minutes = 20
[[module]]
id = "honey"
file = "02-honey.md"
minutes = 20
"""
HIVE = "# 蜂箱\n\n## 位置\n\n向阳。见[蜂蜜](02-honey.md)。\n\n## 检查\n\n每周一次。\n"
HONEY = "# 蜂蜜\n\n## 采收\n\n夏末。\n"
ONE, TWO = "1" * 32, "2" * 32


@pytest.fixture
def store(app: Flask, tmp_path: Path) -> media.Store:
    store = media.Store(tmp_path / "media")
    files = {"course.toml": COURSE.encode(), "01-hive.md": HIVE.encode(), "02-honey.md": HONEY.encode()}
    reading = catalogue.read_files("course", "bees", files)
    assert reading.definition is not None, reading.problems
    with transaction():
        catalogue.publish(reading.definition, actor_id=ONE, at=AT, store=store)
    return store


def save(text: str, revision: int, *, base: str | None = None, language: str = "zh", actor: str = ONE) -> int:
    with transaction():
        return authoring.save(
            "bees",
            "hive",
            language,
            text,
            revision=revision,
            base=catalogue.course("bees").hash if base is None else base,
            actor_id=actor,
            at=AT,
        )


def publish(store: media.Store, module: str = "hive", actor: str = ONE) -> catalogue.Published:
    with transaction():
        return authoring.publish(
            "bees", module, note="", actor_id=actor, at=AT, store=store, address=None, on=AT.date()
        )


def test_a_desk_begins_with_what_is_published(store: media.Store) -> None:
    desk = authoring.desk("bees", "hive", "zh", store=store)
    assert (desk.text, desk.revision, desk.moved_on) == (HIVE, 0, False)
    assert authoring.desk("bees", "hive", "en", store=store).text == ""
    for missing in (("bees", "wax", "zh"), ("ants", "hive", "zh"), ("bees", "hive", "fr")):
        with pytest.raises(NotFound):
            authoring.desk(*missing, store=store)


def test_saving_and_publishing(store: media.Store) -> None:
    old = catalogue.course("bees")
    changed = HIVE.replace("每周一次", "每十天一次")
    assert save(changed, 0) == 1
    assert catalogue.course("bees").hash == old.hash, "a draft is seen by nobody"
    published = publish(store)
    assert (published.number, published.created) == (2, True)
    assert authoring.drafts() == []
    new = catalogue.course("bees")
    shown = catalogue.module(new.hash, "hive").text("zh").sections[1].html
    assert "每十天一次" in shown
    assert "每周一次" in catalogue.module(old.hash, "hive").text("zh").sections[1].html
    assert new.find("honey") == old.find("honey"), "the other lesson is the same as before"
    with pytest.raises(Conflict):
        publish(store)


def test_a_language_that_no_lesson_has_is_refused(store: media.Store) -> None:
    """A draft in it could be neither published nor thrown away, and would stand in the way for good."""
    for language in ("fr", "", "zh-CN", "e" * 200):
        with pytest.raises(NotFound):
            save(HIVE, 0, language=language)
    assert authoring.drafts() == []


def test_a_newer_text_is_never_overwritten(store: media.Store) -> None:
    save(HIVE + "甲\n", 0)
    with pytest.raises(Conflict):
        save(HIVE + "乙\n", 0, actor=TWO)
    assert authoring.desk("bees", "hive", "zh", store=store).text.endswith("甲\n")
    assert save(HIVE + "甲乙\n", 1, actor=TWO) == 2


def test_saving_the_same_text_twice_is_harmless(store: media.Store) -> None:
    assert save(HIVE + "甲\n", 0) == 1
    assert save(HIVE + "甲\n", 0) == 1


def test_a_text_published_meanwhile_is_seen_before_publishing_over_it(store: media.Store) -> None:
    first = catalogue.course("bees").hash
    save(HIVE + "甲\n", 0)
    publish(store)
    assert save(HIVE + "乙\n", 0, base=first) == 1
    with transaction():
        draft = authoring.drafts()[0]
        draft.base_hash = first
    assert authoring.desk("bees", "hive", "zh", store=store).moved_on
    with pytest.raises(Conflict):
        publish(store)
    save(HIVE + "甲乙\n", 1)
    assert publish(store).number == 3


def test_another_lesson_published_meanwhile_is_no_conflict(store: media.Store) -> None:
    save(HIVE + "甲\n", 0)
    with transaction():
        authoring.save(
            "bees",
            "honey",
            "zh",
            HONEY + "甜\n",
            revision=0,
            base=catalogue.course("bees").hash,
            actor_id=TWO,
            at=AT,
        )
    publish(store, "honey")
    publish(store)
    files = dict(catalogue.files(catalogue.course("bees").hash, store=store))
    assert files["01-hive.md"].decode().endswith("甲\n")
    assert files["02-honey.md"].decode().endswith("甜\n")


def test_a_translation_can_be_added(store: media.Store) -> None:
    save("# The hive\n\n## Place\n\nSunny.\n\n## Looking\n\nWeekly.\n", 0, language="en")
    publish(store)
    module = catalogue.module(catalogue.course("bees").hash, "hive")
    assert module.text("en").title == "The hive"
    assert [section.id for section in module.text("en").sections] == [
        section.id for section in module.text("zh").sections
    ]


def test_preview_is_what_publishing_makes(store: media.Store) -> None:
    text = HIVE + "\n![没有](fig/none.png)\n"
    shown = authoring.preview("bees", "hive", "zh", text, store=store)
    assert shown.text is not None
    assert [problem.code for problem in shown.problems] == ["missing-image"]
    save(text, 0)
    publish(store)
    assert shown.text == catalogue.module(catalogue.course("bees").hash, "hive").text("zh")


def test_a_draft_can_be_thrown_away(store: media.Store) -> None:
    save(HIVE + "甲\n", 0)
    with pytest.raises(Conflict), transaction():
        authoring.discard("bees", "hive", "zh", revision=7)
    with transaction():
        authoring.discard("bees", "hive", "zh", revision=1)
    assert authoring.desk("bees", "hive", "zh", store=store).text == HIVE


@pytest.mark.parametrize("text", ["", "  \r\n ", "字" * 200_001])
def test_unusable_texts_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        normal_text(text)


@given(st.text(min_size=1, max_size=50).filter(lambda text: text.strip()))
def test_normal_text_is_stable(text: str) -> None:
    kept = normal_text(text)
    assert normal_text(kept) == kept == normal_text(kept.replace("\n", "\r\n"))


def test_where_a_language_lies() -> None:
    assert path_for("zh", "zh", "01-a.md", {}) == "01-a.md"
    assert path_for("en", "zh", "01-a.md", {}) == "01-a.en.md"
    assert path_for("zh", "en", "a/README.md", {"a/README.md": "t/zh/README.md"}) == "t/zh/README.md"


def test_a_text_that_somebody_else_publishes_is_work_done_by_its_author(store: media.Store) -> None:
    save(HIVE + "甲\n", 0, actor=TWO)
    made = publish(store, actor=ONE)
    db.session.rollback()
    (entry,) = ledger.entries_after(TWO, 0)
    assert entry.data == {"work": "lesson-approved", "ref": "module/bees/hive", "on": "2026-11-24"}
    assert entry.recorder == ONE and ledger.known_uids(TWO, [f"work/lesson-approved/hive/{made.hash}"])
    save(HIVE + "乙\n", 0, actor=ONE)
    publish(store, actor=ONE)
    db.session.rollback()
    assert ledger.entries_after(ONE, 0) == []
