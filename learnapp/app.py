"""The factory. It wires rooms together and does nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from learnapp import (
    accounts,
    assessment,
    audit,
    authoring,
    branches,
    catalogue,
    config,
    coverage,
    guard,
    jobs,
    ledger,
    logs,
    media,
    notices,
    persons,
    plans,
    points,
    quiz,
    study,
    web,
)
from learnapp.db import db, prepare_serving_engine

# Alembic knows a table only when its area has been imported; these are not all reached by the doors.
AREAS = (
    accounts,
    assessment,
    audit,
    authoring,
    branches,
    catalogue,
    coverage,
    ledger,
    media,
    notices,
    persons,
    plans,
    points,
    quiz,
    study,
)


def create_app(settings: config.Config | None = None) -> Flask:
    """An application for these settings, by default those of the environment.

    Raises ConfigError when a setting is missing or cannot be used.
    """
    settings = settings or config.load()
    app = Flask(
        "learnapp",
        root_path=str(Path(__file__).parent),
        template_folder=str(config.ROOT / "templates"),
        static_folder="static",
    )
    app.config.update(_flask_config(settings))
    app.extensions["learnapp"] = settings
    logs.set_up(settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_serving_engine(db.engine)
    web.set_up(app, settings)
    return app


def create_served_app() -> Flask:
    """The application as a server's worker runs it: with the sweeper, of which one per data folder is awake."""
    app = create_app()
    jobs.start(app)
    return app


def create_gateway() -> web.Rsgi:
    """What granian runs in each worker: the served application behind a gateway that waits for slow phones."""
    app = create_served_app()
    settings: config.Config = app.extensions["learnapp"]
    return web.rsgi(app, threads=settings.threads, limit=app.config["MAX_CONTENT_LENGTH"])


def _flask_config(settings: config.Config) -> dict[str, Any]:
    sqlite = settings.database_url.startswith("sqlite")
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.threads + 2,
            "max_overflow": 8,
            # What a statement was about is no business of the log: names, answers, hashes of passwords.
            "hide_parameters": True,
            **({} if sqlite else {"pool_pre_ping": False}),
        },
        "SESSION_COOKIE_NAME": "learnapp",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=guard.SESSION_DAYS),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": settings.zone,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "TEMPLATES_AUTO_RELOAD": settings.environment == "development",
    }
