"""What templates use most, without paying for it each time: texts, addresses, the form token, globals.

A module page says thirty things and names ten addresses. Flask-Babel, Jinja's wrapper and Flask look up the
request, the language, the domain and the URL map for each of them; here they are kept once found, by language
or by the path that the site is mounted on. What they return is the same. Together 0.6 ms of 2.0 for that page.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any, cast

import flask
import flask_babel
from flask import Flask, g, request
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

_KEPT = 4096


@lru_cache(maxsize=_KEPT)
def _pattern(language: str, message: str) -> Markup:
    """A translation as it is kept: safe itself, with places for values that are escaped when they are put in."""
    return Markup(flask_babel.gettext(message))  # noqa: S704 – our own translations


@lru_cache(maxsize=_KEPT)
def _plain(language: str, message: str) -> Markup:
    return _pattern(language, message) % {}


@lru_cache(maxsize=_KEPT)
def _plural(language: str, singular: str, plural: str, number: int) -> Markup:
    return Markup(flask_babel.get_translations().ungettext(singular, plural, number))  # noqa: S704 – our own


def _language() -> str:
    # Through the proxy once; by way of its `get` it would be eight times as much, a hundred times a page.
    return cast(str, g._get_current_object().get("language", ""))


def gettext(message: str, **values: Any) -> Markup:
    """The message in the language of the request, with escaped values put in."""
    return _pattern(_language(), message) % values if values else _plain(_language(), message)


def ngettext(singular: str, plural: str, number: int, **values: Any) -> Markup:
    """The message in the form that belongs to the number, which is also the value `num`."""
    values.setdefault("num", number)
    return _plural(_language(), singular, plural, number) % values


@lru_cache(maxsize=_KEPT)
def _address(mount: str, endpoint: str) -> str:
    return flask.url_for(endpoint)


def url_for(endpoint: str, **values: Any) -> str:
    """The address of a page; those without values are kept. Relative names are left to Flask."""
    if values or endpoint[0] == ".":
        return flask.url_for(endpoint, **values)
    return _address(request.script_root, endpoint)


def csrf_token() -> str:
    """The form token of this request, made once."""
    return cast(str, g._get_current_object().get("csrf_token") or generate_csrf())


class PlainEnvironment(Environment):
    """Gives a template its globals as one dictionary instead of a chain of two, which Jinja walks through key
    by key for each of the nine files of macros that a page imports. Globals have to be set before the first
    page is rendered, as they are here."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals with the template's own on top."""
        return {**self.globals, **(d or {})}


def _fixed_parts(app: Flask) -> Callable[..., Markup]:
    """Renders a template that depends on nothing but the language, the path that the site is mounted on and the
    values it is given, once for each; in development every time, so that an edit is seen."""
    kept: dict[tuple[object, ...], Markup] = {}

    def fixed(name: str, **values: str | int) -> Markup:
        key = (_language(), request.script_root, name, *values.items())
        if key not in kept or app.jinja_env.auto_reload:
            kept[key] = Markup(app.jinja_env.get_template(name).render(values))  # noqa: S704 – a template
        return kept[key]

    return fixed


def set_up(app: Flask) -> None:
    """Gives templates these functions; both as globals, which macros see, and over what Flask-WTF puts into
    every page's context. Called after Flask-Babel and Flask-WTF were hooked in."""
    app.jinja_env.globals.update(
        _=gettext, gettext=gettext, ngettext=ngettext, url_for=url_for, csrf_token=csrf_token
    )
    app.jinja_env.globals["fixed"] = _fixed_parts(app)
    app.context_processor(lambda: {"csrf_token": csrf_token})
