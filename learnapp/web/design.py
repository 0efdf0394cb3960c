"""The design system on one page, in development."""

from __future__ import annotations

from flask import Blueprint, render_template

from learnapp.web.doors import PUBLIC, may

bp = Blueprint("design", __name__, url_prefix="/design")


@bp.get("/")
@may(PUBLIC)
def index() -> str:
    """Every piece of the look with realistic text."""
    return render_template("design/index.html")
