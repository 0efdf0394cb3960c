"""Making databases for tests by running the migrations."""

from __future__ import annotations

from alembic import command
from alembic.config import Config as AlembicConfig
from flask import Flask
from sqlalchemy import create_engine

from learnapp.config import ROOT
from learnapp.db import db, grant_to, prepare_engine


def migrate(url: str, revision: str = "head") -> None:
    """Brings the database to a revision, up or down."""
    engine = create_engine(url)
    prepare_engine(engine)
    config = AlembicConfig(str(ROOT / "migrations" / "alembic.ini"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)
            if engine.dialect.name == "postgresql":
                grant_to(connection, "learnapp_app")
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def close(app: Flask) -> None:
    """Gives every connection back, so that no warning about an open one is left."""
    db.session.remove()
    with app.app_context():
        db.engine.dispose()
