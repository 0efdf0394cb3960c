"""`learnapp db`: bringing the database to the newest shape."""

from __future__ import annotations

import click
from sqlalchemy import create_engine, make_url

from learnapp import config
from learnapp.db import grant_to, prepare_engine


@click.group("db")
def group() -> None:
    """The database."""


def upgrade_database(settings: config.Config) -> None:
    """Runs the migrations that are still missing, as the owner of the tables."""
    # Imported here, since Alembic takes 8 MB that `serve` would carry along and never use.
    from alembic import command
    from alembic.config import Config as AlembicConfig

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(settings.owner_database_url)
    prepare_engine(engine)
    alembic = AlembicConfig(str(config.ROOT / "migrations" / "alembic.ini"))
    with engine.connect() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")
        role = make_url(settings.database_url).username
        if settings.owner_database_url != settings.database_url and role:
            grant_to(connection, role)
        connection.commit()
    engine.dispose()


@group.command()
def upgrade() -> None:
    """Bring the database to the newest shape; safe to run again."""
    upgrade_database(config.load())
    click.echo("The database is up to date.")
