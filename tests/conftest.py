"""Fixtures: the database of every test is built by the migrations, on SQLite and on PostgreSQL.

Each test has a database of its own, on SQLite copied from one that was migrated once per worker, on PostgreSQL
emptied behind the test before: nothing leaks, and what commits in a test really commits.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect, sync_playwright

from learnapp.app import create_app
from learnapp.config import Config, load
from tests import databases
from tests.postgres import Server
from tests.world import World, build

FLAGS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking"]
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
ZONE = "Asia/Shanghai"

# What a page will say is waited for as long as a busy machine may take to say it.
expect.set_options(timeout=20_000)


class Browser(FlaskClient):
    """A client whose every request has a context of its own, as under a real server; within the test's
    application context `g`, and with it the person signed in and the time, would outlive the request."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


def settings_for(folder: Path, url: str) -> Config:
    """Test settings for a database."""
    return load(
        {
            "LEARNAPP_ENV": "test",
            "LEARNAPP_SECRET_KEY": "a secret that only tests know, forty characters",
            "LEARNAPP_DATA_DIR": str(folder),
            "LEARNAPP_DATABASE_URL": url,
        }
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    databases.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL of this worker's own, with a migrated template database."""
    with Server(tmp_path_factory.mktemp("postgres")) as server:
        databases.migrate(server.create("template", owner=True))
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Debian's Chromium; one for a whole run, since Playwright starts only once in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Both engines in turn."""
    return str(request.param)


@pytest.fixture
def app(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a fresh database of each engine, inside an application context."""
    if engine_name == "sqlite":
        yield from _running(tmp_path, _sqlite_url(tmp_path, request))
        return
    server: Server = request.getfixturevalue("postgres")
    yield from _running(tmp_path, server.empty("template"))


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application on a fresh SQLite database, for tests of pages."""
    yield from _running(tmp_path, _sqlite_url(tmp_path, request))


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    """A browser without JavaScript, not signed in."""
    return site.test_client()


@pytest.fixture
def world(site: Flask) -> World:
    """A small committee with people of every role in `site`'s database; see `tests/world.py`."""
    return build()


def _sqlite_url(folder: Path, request: pytest.FixtureRequest) -> str:
    path = folder / "learnapp.sqlite3"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


def _running(folder: Path, url: str) -> Iterator[Flask]:
    app = create_app(settings_for(folder, url))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    with app.app_context():
        yield app
        databases.close(app)
