"""Acts for tests: short ways to declare, record and decide, each in a transaction of its own."""

from __future__ import annotations

import itertools
from datetime import date, datetime

from learnapp import declarations
from learnapp.db import transaction
from tests.conftest import AT

TODAY = date(2026, 11, 24)
ALLOWED = frozenset({"volunteering", "absence", "lecture"})
_number = itertools.count(1)


def fresh() -> str:
    """A uid that no test has used."""
    return f"{next(_number):032x}"


def declare(
    member_id: str,
    act: str = "volunteering",
    *,
    on: date = TODAY,
    text: str = "周末到社区清扫楼道",
    uid: str | None = None,
    at: datetime = AT,
    today: date = TODAY,
    file: bytes = b"",
) -> str:
    """The member declares; returns the act's id."""
    with transaction():
        return declarations.declare(
            member_id,
            act,
            on=on,
            text=text,
            allowed=ALLOWED,
            at=at,
            today=today,
            uid=uid or fresh(),
            file=file,
        )


def record(
    member_id: str, recorder: str, act: str = "absence", *, on: date = TODAY, uid: str | None = None
) -> str:
    """Somebody records an act of the member; returns its id."""
    with transaction():
        return declarations.record_act(
            member_id,
            act,
            on=on,
            text="无故缺席支部党员大会",
            recorder=recorder,
            allowed=ALLOWED,
            at=AT,
            today=TODAY,
            uid=uid or fresh(),
        )


def confirm(member_id: str, act_id: str, confirmer: str) -> int:
    """Confirms; returns the entry's seq."""
    with transaction():
        return declarations.confirm(member_id, act_id, confirmer=confirmer, at=AT)


def decline(member_id: str, act_id: str, confirmer: str, reason: str = "too-short", text: str = "") -> int:
    """Declines; returns the entry's seq."""
    with transaction():
        return declarations.decline(member_id, act_id, confirmer=confirmer, reason=reason, text=text, at=AT)


def withdraw(member_id: str, act_id: str) -> None:
    """Takes a declaration back."""
    with transaction():
        declarations.withdraw(member_id, act_id, at=AT)


def state(member_id: str, act_id: str) -> str:
    """How an act stands, as stored."""
    return declarations.act(member_id, act_id).standing.state
