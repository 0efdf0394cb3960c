from __future__ import annotations

from flask import Blueprint, render_template

from learnapp.web.doors import PUBLIC, may

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("/me")
@may("account.own")
def me() -> str:
    return render_template("base.html")


@bp.get("/sign-in")
@may(PUBLIC)
def sign_in() -> str:
    return render_template("base.html")
