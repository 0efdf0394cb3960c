"""Sealing the ledger once a local day."""

from __future__ import annotations

from datetime import datetime

import structlog
from flask import Flask

from learnapp import clock, ledger
from learnapp.config import Config
from learnapp.db import db, transaction
from learnapp.errors import AppError

_LOOKED = "learnapp-sealed-or-looked"
_log = structlog.get_logger()


def seal_daily(app: Flask, at: datetime) -> int:
    """Seals what was recorded since the last seal, at the first sweep of each day of the instance's zone, and
    keeps the anchor; returns 1 if a seal was made.

    Without a key nothing is done: making one is the operator's, who must keep a copy of it. The day on which
    it was last looked for growth is only remembered to spare the question; a restart asks again. An anchor
    that cannot be written is logged, and `learnapp ledger anchor` writes it later.
    """
    settings: Config = app.extensions["learnapp"]
    today = clock.local_date(at, settings.zone)
    if app.extensions.get(_LOOKED) == today:
        return 0
    last, ready = ledger.last_seal(), ledger.public_keys()
    db.session.rollback()
    if not ready:
        return 0
    app.extensions[_LOOKED] = today
    if last is not None and clock.local_date(last.made_at, settings.zone) >= today:
        return 0
    if not _grew():
        return 0
    try:
        with transaction():
            made = ledger.seal(folder=settings.ledger_keys_dir, at=at)
    except AppError as error:
        _log.error("not sealed", why=str(error))
        return 0
    if made is None:
        return 0
    _keep(made, settings)
    return 1


def _grew() -> bool:
    """Asked before a transaction: looking for nothing in a large ledger takes seconds, and nobody should wait."""
    try:
        return ledger.grown()
    finally:
        db.session.rollback()


def _keep(made: ledger.SealInfo, settings: Config) -> None:
    if settings.anchor_print:
        print(ledger.anchor_of(made), flush=True)
    try:
        ledger.keep_anchor(
            made, file=settings.anchor_file, mails=settings.outbox_dir, to=settings.anchor_mail
        )
    except OSError as error:
        _log.error("anchor not written", seal=made.number, why=str(error))
