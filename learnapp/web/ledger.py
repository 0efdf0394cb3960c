from __future__ import annotations

from flask import Blueprint, render_template

from learnapp.web.doors import may

bp = Blueprint("ledger", __name__, url_prefix="/ledger")


@bp.get("/")
@may("ledger.read")
def mine() -> str:
    return render_template("base.html")
