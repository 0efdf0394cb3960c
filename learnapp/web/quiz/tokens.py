"""What a save from a running page's script has to carry.

A form's CSRF token lives in the session and may be gone when a phone syncs late; this one is bound to the
member and the attempt, and lives as long as the instance's secret. Where the request came from is checked
as well, so a token that leaked is of no use to another site.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import request

from learnapp.errors import N_, Forbidden
from learnapp.web.doors import settings

HEADER = "X-Attempt-Token"


def attempt_token(member_id: str, attempt_id: str) -> str:
    """The token of one member's one attempt: HMAC-SHA-256 under the instance's secret, in hexadecimal."""
    text = f"quiz-acts|{member_id}|{attempt_id}"
    return hmac.digest(settings().secret_key.encode(), text.encode(), "sha256").hex()


def check(member_id: str, attempt_id: str) -> None:
    """Raises Forbidden unless the request carries the attempt's token and comes from this site's pages."""
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), attempt_token(member_id, attempt_id).encode()):
        raise Forbidden("token", N_("This page is not the one of the attempt. Reload it and go on."))
    if not _from_here():
        raise Forbidden("origin", N_("Answers are only accepted from this site's own pages."))


def _from_here() -> bool:
    """Whether the browser says so: Sec-Fetch-Site where it is known (Chromium 76, Safari 16.4), else Origin,
    which every browser sends with a POST from a script. A request that names neither is refused."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return site == "same-origin"
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False
