"""Every table's place and the distribution rules of the plan, read off the metadata."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import DefaultClause, Identity, Table, UniqueConstraint

from learnapp.app import create_app  # noqa: F401 – importing the factory imports every area
from learnapp.db import Base

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
MEMBER = {table.name for table in TABLES if table.info.get("place") == "member"}
# Ids of people that small shared tables may hold, always without a foreign key.
PEOPLE = {
    "member_id",
    "actor_id",
    "recorded_by",
    "published_by",
    "issued_by",
    "saved_by",
    "created_by",
    "set_by",
    "made_by",
    "decided_by",
}


def test_there_are_tables() -> None:
    assert {"account", "ledger_entry", "attempt", "act", "coverage_status", "standing"} <= MEMBER
    assert len(TABLES) > 20


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_declares_its_place(table: Table) -> None:
    place = str(table.info.get("place", ""))
    assert place in ("member", "reference", "local") or place.startswith("key:")
    if place.startswith("key:"):
        assert next(iter(table.primary_key.columns)).name == place.removeprefix("key:")


@pytest.mark.parametrize("name", sorted(MEMBER))
def test_member_owned_tables_lead_with_the_member(name: str) -> None:
    table = Base.metadata.tables[name]
    assert next(iter(table.primary_key.columns)).name == "member_id"
    assert not table.c.member_id.nullable
    assert table.c.member_id.onupdate is None
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "member_id", constraint
    for index in table.indexes:
        assert not index.unique, index
    for key in table.foreign_key_constraints:
        target = key.referred_table
        if target.name in MEMBER:
            assert key.column_keys[0] == "member_id"
            assert key.elements[0].target_fullname == f"{target.name}.member_id"
        else:
            assert target.info["place"] == "reference"


@pytest.mark.parametrize("table", [t for t in TABLES if t.name not in MEMBER], ids=lambda table: table.name)
def test_shared_tables_hold_plain_ids_of_people(table: Table) -> None:
    for key in table.foreign_key_constraints:
        assert key.referred_table.name not in MEMBER
        assert not PEOPLE & set(key.column_keys)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_database_invents_nothing(table: Table) -> None:
    """No identity columns, no sequences, no defaults computed in SQL: ids and times are the application's. A
    constant is allowed, since a column that is added later needs a value in the rows that are there."""
    for column in table.columns:
        assert not isinstance(column.server_default, Identity)
        default = column.server_default
        if default is not None:
            assert isinstance(default, DefaultClause)
            # A plain text is sent as a literal in quotes; anything else could be computed.
            if not isinstance(default.arg, str):
                assert re.fullmatch(r"\d+|false|true", str(default.arg)), column
        assert column.autoincrement is not True
        if column.primary_key and column.type.python_type is int:
            assert column.autoincrement is False, f"{column} would get a sequence on PostgreSQL"


def test_postgresql_has_no_sequences(app: Flask, engine_name: str) -> None:
    """What the metadata promises, the migrated database keeps."""
    from sqlalchemy import inspect, text

    from learnapp.db import db

    assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
    if engine_name == "postgresql":
        count = db.session.execute(text("SELECT count(*) FROM pg_sequences")).scalar_one()
        assert count == 0
