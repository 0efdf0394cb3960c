"""Language and text size: kept in a cookie, so that they hold before sign-in and without JavaScript."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from learnapp.web.doors import PUBLIC, may, settings
from learnapp.web.frame import LANGUAGES, TEXT_SIZES
from learnapp.web.links import local_path

bp = Blueprint("preferences", __name__, url_prefix="/preferences")

_YEAR = 365 * 24 * 3600


def _remember(cookie: str, value: str, allowed: tuple[str, ...]) -> Response:
    response = redirect(local_path(request.form.get("next", "")), 303)
    if value in allowed:
        response.set_cookie(
            cookie, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=settings().https
        )
    return response


@bp.post("/language")
@may(PUBLIC)
def language() -> Response:
    """Remembers the language and goes back."""
    return _remember("lang", request.form.get("locale", ""), LANGUAGES)


@bp.post("/text-size")
@may(PUBLIC)
def text_size() -> Response:
    """Remembers the text size and goes back."""
    return _remember("size", request.form.get("text_size", ""), TEXT_SIZES)
