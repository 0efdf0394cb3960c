"""How values are written on a page: days and times in the instance's zone, hundredths without trailing zeros."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask_babel import gettext
from markupsafe import Markup

from learnapp import markup
from learnapp.config import Config


def hundredths(value: int) -> str:
    """An amount kept in hundredths: 50 → 0.5, 300 → 3."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 100)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".")


def fingerprint(digest: str) -> str:
    """A hash in groups of eight, for the eye and for lines that are narrow."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


@lru_cache(maxsize=4096)
def inline_markdown(source: str) -> Markup:
    """A short text with markdown as sanitised HTML; kept, since question texts come back on every page."""
    return Markup(markup.render_inline(source))  # noqa: S704 – the renderer sanitises


def rendered(html: str) -> Markup:
    """HTML that was sanitised when it was published."""
    return Markup(html)  # noqa: S704 – written by the renderer, never by a request


def register(app: Flask, settings: Config) -> None:
    """Adds the filters to the templates."""
    zone = ZoneInfo(settings.zone)

    def local(value: date | datetime) -> date | datetime:
        return value.astimezone(zone) if isinstance(value, datetime) else value

    def day(value: date | datetime, year: bool = False) -> str:
        shown = local(value)
        if g.get("language") == "en":
            return f"{shown.day} {shown:%b}" + (f" {shown.year}" if year else "")
        return (f"{shown.year}年" if year else "") + f"{shown.month}月{shown.day}日"

    def clock(value: datetime) -> str:
        return value.astimezone(zone).strftime("%H:%M")

    def moment(value: datetime) -> str:
        return f"{day(value, year=True)} {clock(value)}"

    def month(value: date | datetime) -> str:
        shown = local(value)
        return f"{shown:%B} {shown.year}" if g.get("language") == "en" else f"{shown.year}年{shown.month}月"

    app.jinja_env.filters.update(
        day=day,
        month=month,
        fingerprint=fingerprint,
        clock=clock,
        moment=moment,
        hours=hundredths,
        points=hundredths,
        inline_markdown=inline_markdown,
        rendered=rendered,
        translated=gettext,
    )
