"""The session cookie, verified once per process and not once per request.

Flask makes a signer, derives its key, checks the signature and reads the JSON anew each time, and asks the
settings for every property of the cookie even where none is set: a twelfth of a saved answer. What is kept here is
the text behind a cookie that was found to be signed by us, and when it was signed; how old it may be is asked
every time, and so is, in `guard`, whether the sign-in still holds.
"""

from __future__ import annotations

import time
from functools import lru_cache

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

_KEPT = 2048


class _AsText:
    """Leaves the JSON inside a cookie as it is."""

    loads = dumps = staticmethod(str)


class KeptSessions(SecureCookieSessionInterface):
    """Flask's own signed cookies, byte for byte, read by way of what was verified before."""

    def __init__(self, app: Flask) -> None:
        self._name = self.get_cookie_name(app)
        self._longest = app.permanent_session_lifetime.total_seconds()
        signer = self.get_signing_serializer(app)
        assert signer is not None, "an application without a secret key"
        signer.serializer = _AsText

        # What fails is raised and so not kept: nobody can fill this with cookies of their own making.
        @lru_cache(maxsize=_KEPT)
        def verified(cookie: str) -> tuple[str, float]:
            text, signed_at = signer.loads(cookie, return_timestamp=True)
            return text, signed_at.timestamp()

        self._verified = verified

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """The session of the request; a new one for a cookie that is missing, not ours or too old."""
        cookie = request.cookies.get(self._name)
        if not cookie:
            return self.session_class()
        try:
            text, signed_at = self._verified(cookie)
        except BadSignature:
            return self.session_class()
        if not 0 <= int(time.time()) - signed_at <= self._longest:
            return self.session_class()
        return self.session_class(self.serializer.loads(text))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Sends the cookie when the session changed, as Flask does with `SESSION_REFRESH_EACH_REQUEST` off."""
        if session.modified or not session:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_by(response, "Cookie")


def vary_by(response: Response, header: str) -> None:
    """Says that the answer depends on this header of the request, behind what it depends on already."""
    before = response.headers.get("Vary")
    response.headers["Vary"] = f"{before}, {header}" if before else header
