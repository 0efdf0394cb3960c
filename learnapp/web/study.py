from __future__ import annotations

from flask import Blueprint, render_template

from learnapp.web.doors import may

bp = Blueprint("study", __name__, url_prefix="/study")


@bp.get("/")
@may("study.read")
def courses() -> str:
    return render_template("base.html")
