"""Beginning and ending a session, and where to go after signing in."""

from __future__ import annotations

from flask import request, session
from flask_login import login_user, logout_user

from learnapp import guard
from learnapp.web.doors import now, today
from learnapp.web.links import local_path

# A cookie is small; a longer address is not worth remembering.
_LONGEST = 500


def begin(member_id: str, epoch: int) -> None:
    """Signs the member in on this device. What the session held before is gone, its CSRF token included."""
    session.clear()
    session.permanent = True
    text = f"{member_id}.{epoch}.{int(now().timestamp())}"
    login_user(guard.principal_for(text, now(), today()), remember=False)
    # Flask-Login's digest of address and browser: nothing asks for it, so it is not kept.
    session.pop("_id", None)


def end() -> None:
    """Signs out on this device."""
    logout_user()
    session.clear()


def remember_target() -> str:
    """The page that was asked for before signing in; kept in the session so that it also survives the way
    through an invitation."""
    if "next" in request.args:
        target = local_path(request.args["next"])
        session.pop("next", None)
        if target != "/" and len(target) <= _LONGEST:
            session["next"] = target
    return str(session.get("next", "/"))


def target_after(given: str | None) -> str:
    """Where to go now: the page named by the form, else the remembered one, else the start page."""
    return local_path(given or "", local_path(str(session.get("next", "/"))))
