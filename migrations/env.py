"""Runs migrations over the connection that the caller hands in, or over the instance's own database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from learnapp import config as settings
from learnapp.app import create_app
from learnapp.db import Base, prepare_engine


def _render(type_: str, thing: object, _context: object) -> str | bool:
    """Our own column types are written as what they are in the database."""
    if type_ == "type" and thing.__class__.__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_item=_render, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    loaded = settings.load()
    create_app(loaded)
    engine = create_engine(loaded.owner_database_url)
    prepare_engine(engine)
    with engine.connect() as own:
        _run(own)
        own.commit()
