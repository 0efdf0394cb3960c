from __future__ import annotations

from flask import Blueprint, render_template

from learnapp.web.doors import may

bp = Blueprint("home", __name__, url_prefix="")


@bp.get("/")
@may("home.read")
def index() -> str:
    return render_template("base.html")


@bp.get("/work")
@may("work.read")
def work() -> str:
    return render_template("base.html")
