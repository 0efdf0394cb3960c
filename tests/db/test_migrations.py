"""Migrations are product code: up, down and up again, and they say the same as the models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from learnapp.config import ROOT
from learnapp.db import Base, prepare_engine
from tests import databases


@pytest.fixture
def url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if engine_name == "sqlite":
        return f"sqlite:///{tmp_path / 'm.sqlite3'}"
    server = request.getfixturevalue("postgres")
    server.drop("migrating")
    return str(server.create("migrating", owner=True))


def test_up_down_up(url: str) -> None:
    databases.migrate(url)
    engine = create_engine(url)
    prepare_engine(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
        assert differences == []
    databases.migrate(url, "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    engine.dispose()
    databases.migrate(url)


def test_names_are_dated_and_the_ledger_is_never_rebuilt() -> None:
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    assert files
    for file in files:
        assert re.fullmatch(r"\d{8}_[a-z_]+\.py", file.name)
        # A batch migration copies the table and drops its triggers with the old one.
        assert not re.search(r"batch_alter_table\(\s*['\"]ledger_entry", file.read_text())
