"""What `learnapp doctor` must not overlook."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from learnapp.cli import doctor
from learnapp.db import db
from tests.postgres import Server


@pytest.mark.parametrize("how", ["DISABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_trigger_that_does_not_fire_is_no_trigger(app: Flask, postgres: Server, how: str) -> None:
    """A trigger for replicas only is there, and lets everything through."""
    assert doctor._triggers() == "three triggers guard the ledger"
    db.session.rollback()
    name = make_url(db.engine.url).database
    with psycopg.connect(host=str(postgres.folder), user="admin", dbname=name, autocommit=True) as link:
        link.execute(f"ALTER TABLE ledger_entry {how} ledger_entry_no_change")
    with pytest.raises(LookupError, match="2 of 3"):
        doctor._triggers()
