"""An application context for commands, with plain words when it cannot be had."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from learnapp import config
from learnapp.db import db
from learnapp.errors import AppError


def read_settings() -> config.Config:
    """The settings; a wrong one ends the command with its remedy."""
    try:
        return config.load()
    except config.ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@contextmanager
def application() -> Iterator[Flask]:
    """An application context on the instance's database; AppErrors end the command in plain words."""
    create_app: Callable[[config.Config], Flask] = click.get_current_context().find_root().obj
    app = create_app(read_settings())
    with app.app_context():
        try:
            yield app
        except AppError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except (OperationalError, ProgrammingError) as error:
            click.echo(f"The database cannot be used: {error.orig}", err=True)
            click.echo(
                "Is it running, and up to date? Bring it up to date with: learnapp db upgrade", err=True
            )
            sys.exit(1)
        finally:
            db.session.remove()
            db.engine.dispose()
