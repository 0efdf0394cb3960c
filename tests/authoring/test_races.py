"""Two authors at the same moment: nothing that was published or saved is lost, and nobody meets a fault."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask

from learnapp import authoring, catalogue, media
from learnapp.db import db, transaction
from learnapp.errors import AppError, Conflict
from tests.authoring.test_service import HIVE, HONEY, ONE, TWO, store
from tests.conftest import AT

__all__ = ["store"]


def _both(app: Flask, *work: Callable[[], object]) -> list[AppError]:
    """Runs both at once, each in a transaction of its own; returns what was refused."""
    refused: list[AppError] = []
    faults: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        with app.app_context():
            try:
                with transaction():
                    one()
            except AppError as error:
                refused.append(error)
            except BaseException as error:
                faults.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert faults == []
    db.session.rollback()
    return refused


def _meeting() -> Callable[[], None]:
    """Both wait here for each other; whoever is alone, because the other waits for a lock, goes on."""
    barrier = threading.Barrier(2)

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(0.7)

    return meet


def _save(module: str, text: str, actor: str) -> int:
    base = catalogue.course("bees").hash
    return authoring.save("bees", module, "zh", text, revision=0, base=base, actor_id=actor, at=AT)


def test_two_lessons_published_at_once_are_both_in_the_course(
    app: Flask, store: media.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        _save("hive", HIVE + "甲\n", ONE)
        _save("honey", HONEY + "乙\n", TWO)
    meet, real = _meeting(), catalogue.revise

    def slow(*args: object, **named: object) -> object:
        meet()
        return real(*args, **named)  # type: ignore[arg-type]  # what revise was called with

    monkeypatch.setattr(catalogue, "revise", slow)

    def publish(module: str) -> Callable[[], object]:
        return lambda: authoring.publish(
            "bees", module, note="", actor_id=ONE, at=AT, store=store, address=None, on=AT.date()
        )

    assert _both(app, publish("hive"), publish("honey")) == []
    files = dict(catalogue.files(catalogue.course("bees").hash, store=store))
    assert files["01-hive.md"].decode().endswith("甲\n")
    assert files["02-honey.md"].decode().endswith("乙\n")


def test_of_two_first_drafts_at_once_one_is_told_of_the_other(
    app: Flask, store: media.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet, real = _meeting(), authoring.service.check_revision

    def slow(seen: int, present: int) -> None:
        meet()
        real(seen, present)

    monkeypatch.setattr("learnapp.authoring.service.check_revision", slow)
    refused = _both(app, lambda: _save("hive", HIVE + "甲\n", ONE), lambda: _save("hive", HIVE + "乙\n", TWO))
    assert [type(error) for error in refused] == [Conflict]
    assert len(authoring.drafts()) == 1


def test_a_draft_thrown_away_while_it_is_saved_does_not_take_the_newer_text_along(
    app: Flask, store: media.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        _save("hive", HIVE + "甲\n", ONE)
    base = catalogue.course("bees").hash
    db.session.rollback()
    meet, real = _meeting(), authoring.service.check_revision

    def slow(seen: int, present: int) -> None:
        real(seen, present)
        meet()

    monkeypatch.setattr("learnapp.authoring.service.check_revision", slow)
    refused = _both(
        app,
        lambda: authoring.discard("bees", "hive", "zh", revision=1),
        lambda: authoring.save(
            "bees", "hive", "zh", HIVE + "乙\n", revision=1, base=base, actor_id=TWO, at=AT
        ),
    )
    assert [type(error) for error in refused] == [Conflict], "whoever comes second is told"
