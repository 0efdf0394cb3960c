"""The frame around every request: id, guard, language, headers, errors."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_babel import Babel, gettext
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from learnapp import clock, guard
from learnapp.config import Config
from learnapp.db import new_id
from learnapp.errors import N_, AppError, Forbidden, Invalid
from learnapp.web import compress, filters, texts
from learnapp.web.cookies import KeptSessions
from learnapp.web.doors import PUBLIC, SignInNeeded, me, now, wanted_page

LANGUAGES = ("zh", "en")
TEXT_SIZES = ("normal", "large", "elder")


class _Login(LoginManager):  # type: ignore[misc]  # Flask-Login has no types
    """Flask-Login without its digest of address and browser, which it makes at every request even when told
    that nobody asks for it."""

    def _session_protection_failed(self) -> bool:
        return False


csrf = CSRFProtect()
_babel = Babel()
_login = _Login()
_log = structlog.get_logger()

_CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


def set_up(app: Flask, settings: Config) -> None:
    """Hooks the frame into the application."""
    # Flask asks of every function that it calls whether it is a coroutine; there is none.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # Flask's own hook
    app.jinja_environment = texts.PlainEnvironment
    app.before_request(_begin)
    app.session_interface = KeptSessions(app)
    csrf.init_app(app)
    _babel.init_app(app, locale_selector=_locale)
    _login.init_app(app)
    _login.session_protection = None
    _login.user_loader(lambda text: guard.principal_for(text, now(), _today(settings)))
    app.before_request(_guard)
    app.after_request(_finish)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
    filters.register(app, settings)
    compress.set_up(app)
    texts.set_up(app)
    _templates(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]  # Flask's own idiom


def _today(settings: Config) -> Any:
    return clock.local_date(now(), settings.zone)


def _locale() -> str:
    return g.get("language") or "zh"


def _begin() -> None:
    g.request_id = new_id()
    chosen = request.cookies.get("lang")
    g.language = chosen if chosen in LANGUAGES else _best(request.headers.get("Accept-Language", ""))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
    _take_in()


@lru_cache(maxsize=256)
def _best(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES, default="zh")


def _take_in() -> None:
    """Reads the request to its end, before anything asks for the time: whoever opens a request before a
    deadline and sends its body an hour later is an hour late. Refuses what PostgreSQL cannot keep."""
    if "\0" in request.path or b"%00" in request.query_string:
        abort(404)
    if request.method in ("GET", "HEAD"):
        return
    if request.is_json:
        request.get_data()
        return
    request.get_data(parse_form_data=True)
    if any("\0" in text for _, texts in request.form.lists() for text in texts):
        raise Invalid(
            "null-character", N_("This holds a character that cannot be kept (U+0000). Take it out.")
        )


def _guard() -> None:
    """Refuses every page that names no permission, and whoever does not hold the one it names."""
    if request.endpoint is None or request.endpoint == "static":
        return
    view = current_app.view_functions[request.endpoint]
    permission = getattr(view, "learnapp_permission", None)
    if permission is None:
        _log.error("page without permission", endpoint=request.endpoint)
        raise AppError("no-permission-named", "This page is not open to anybody.")
    if permission == PUBLIC:
        return
    if not current_user.is_authenticated:
        raise SignInNeeded(again=False)
    principal = me()
    if not guard.may_somewhere(principal, permission):
        raise Forbidden("forbidden", N_("You may not do this. If you need it, ask your branch secretary."))
    if not principal.fresh and guard.needs_fresh(permission):
        raise SignInNeeded(again=True)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP)
    headers.extend(_HEADERS)
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint == "static" and "v" in request.args:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _templates(app: Flask, settings: Config) -> None:
    static = Path(app.static_folder or "")
    marks: dict[str, str] = {}

    def static_url(path: str) -> str:
        if path not in marks or settings.environment == "development":
            marks[path] = hashlib.sha256((static / path).read_bytes()).hexdigest()[:10]
        return f"/static/{path}?v={marks[path]}"

    scripts = sorted((static / "js").rglob("*.js"))
    build = hashlib.sha256(b"".join(file.read_bytes() for file in scripts)).hexdigest()[:10]

    # Globals, since macros are imported without the page's context.
    app.jinja_env.globals.update(
        static_url=static_url, script_build=build, development=not settings.production
    )

    @app.context_processor
    def _context() -> dict[str, Any]:
        size = request.cookies.get("size")
        user = current_user._get_current_object()
        return {
            "locale": g.get("language", "zh"),
            "text_size": size if size in TEXT_SIZES else "normal",
            "principal": user if user.is_authenticated else None,
            "now": now(),
        }


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json" or request.is_json


def _answer(code: str, status: int, text: str) -> BaseResponse | tuple[Any, int]:
    if _wants_json():
        return jsonify(code=code, error=text), status
    return render_template(
        "errors/error.html", code=status, text=text, request_id=g.get("request_id")
    ), status


def _app_error(error: AppError) -> BaseResponse | tuple[Any, int]:
    if isinstance(error, guard.SignInAgain):
        error = SignInNeeded(again=True)
    if isinstance(error, SignInNeeded) and not _wants_json():
        return redirect(url_for("accounts.sign_in", next=wanted_page(), again="1" if error.again else None))
    if error.status >= 500:
        _log.error("refused", code=error.code)
    return _answer(error.code, error.status, gettext(error.message, **error.params))


def _csrf_error(error: CSRFError) -> BaseResponse | tuple[Any, int]:
    text = gettext("This page was open for too long, or cookies are off. Go back, reload and try again.")
    return _answer("csrf", 400, text)


def _http_error(error: HTTPException) -> BaseResponse | tuple[Any, int]:
    status = error.code or 500
    texts = {
        404: gettext("This page does not exist. It may have moved."),
        405: gettext("This address cannot be opened this way."),
        413: gettext("This is too large. The limit is 2 MB."),
    }
    if status < 400:
        return error.get_response()
    return _answer(f"http-{status}", status, texts.get(status, gettext("This did not work.")))


def _unexpected(error: Exception) -> BaseResponse | tuple[Any, int]:
    _log.exception("unexpected")
    # SQLAlchemy's or a driver's own: all of them call it so, and only one of the drivers is loaded.
    if any(kind.__name__ == "OperationalError" for kind in type(error).__mro__):
        text = gettext("The database does not answer. Nothing was half saved; please try again in a moment.")
        return _answer("unavailable", 503, text)
    text = gettext("Something went wrong on our side. Nothing was half saved; please try again.")
    return _answer("unexpected", 500, text)
