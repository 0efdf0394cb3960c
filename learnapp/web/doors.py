"""What every page needs: its permission, who asks, the time, and the two-step of act and fold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar, cast

import structlog
from flask import current_app, g, request
from flask_login import current_user

from learnapp import clock, follow, guard
from learnapp.config import Config
from learnapp.db import transaction
from learnapp.errors import N_, AppError
from learnapp.web.links import local_path

PUBLIC = "public"
# Where the gateway writes down when a request was there as a whole.
ARRIVED = "learnapp.arrived"
View = TypeVar("View", bound=Callable[..., Any])

_log = structlog.get_logger()


def may(permission: str) -> Callable[[View], View]:
    """Names the permission of a page; `PUBLIC` for pages before sign-in. A page without one is refused."""
    if permission != PUBLIC and permission not in guard.PERMISSIONS:
        raise ValueError(f"{permission!r} is not in the permission table")

    def mark(view: View) -> View:
        view.learnapp_permission = permission  # type: ignore[attr-defined]  # read by the frame
        return view

    return mark


def settings() -> Config:
    """The instance's settings."""
    return cast(Config, current_app.extensions["learnapp"])


def now() -> datetime:
    """The time of this request, the same at every look, in UTC: when it was there, before it waited for a thread
    or for a lock. Under a server without our gateway it is when it was first asked for."""
    if "at" not in g:
        g.at = request.environ.get(ARRIVED) or clock.now()
    return cast(datetime, g.at)


def instant() -> datetime:
    """This very instant in UTC, for what begins or moves a clock and for what is said about one: since `now` the
    request may have waited."""
    return clock.now()


def today() -> date:
    """The calendar day of this request in the instance's zone."""
    return clock.local_date(now(), settings().zone)


def me() -> guard.Principal:
    """Who is asking; only in pages that are not public."""
    return cast(guard.Principal, current_user._get_current_object())


def language() -> str:
    """`zh` or `en`: the language of this request."""
    return cast(str, g.language)


def in_language(text: str, text_en: str) -> str:
    """A text that comes in both languages, in that of this request; the main one where there is no English."""
    return text_en if language() == "en" and text_en else text


def follow_now(member_id: str) -> None:
    """Folds the member's new entries into the readers, in a transaction of its own.

    The act is committed by then; a reader that fails is logged and caught up by the sweeper.
    """
    try:
        with transaction():
            follow.member(member_id, at=now(), zone=settings().zone)
    except Exception:
        _log.exception("follow failed", member=member_id)


class SignInNeeded(AppError):
    """The page needs somebody signed in, or a role with power needs a recent sign-in."""

    status = 401

    def __init__(self, again: bool) -> None:
        super().__init__("sign-in-needed", N_("Please sign in first."))
        self.again = again


def wanted_page() -> str:
    """The address to come back to after signing in: this one for a GET, else the page the form was on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = request.referrer or ""
    if not came_from.startswith(request.host_url):
        return "/"
    return local_path(came_from.removeprefix(request.host_url.rstrip("/")))
