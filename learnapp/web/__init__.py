"""The pages: one of the doors. Only doors know Flask's request, forms and the clock."""

from flask import Flask

from learnapp.config import Config
from learnapp.web import (
    accounts,
    assessment,
    audit_ledger,
    authoring,
    branches,
    corrections,
    coverage,
    declarations,
    design,
    drill,
    frame,
    home,
    hours,
    ledger,
    media,
    notices,
    persons,
    points,
    preferences,
    quiz,
    records,
    rulesets,
    study,
)
from learnapp.web.gateway import Rsgi, rsgi


def set_up(app: Flask, settings: Config) -> None:
    """Hooks the frame in and registers every page of the product."""
    frame.set_up(app, settings)
    for pages in (home, accounts, preferences, study, quiz, ledger, points, coverage, branches, authoring):
        app.register_blueprint(pages.bp)
    for pages in (
        assessment,
        audit_ledger,
        corrections,
        declarations,
        drill,
        hours,
        media,
        notices,
        persons,
        records,
        rulesets,
    ):
        app.register_blueprint(pages.bp)
    if settings.environment != "production":
        app.register_blueprint(design.bp)


__all__ = ["Rsgi", "rsgi", "set_up"]
