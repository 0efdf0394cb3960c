"""The address to which the page of an exam says that it went out of sight, or came back. Only where the exam has
that written down does the page have the script that asks for it."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from learnapp import quiz
from learnapp.db import transaction
from learnapp.errors import N_, Invalid
from learnapp.web.doors import may, me, now
from learnapp.web.frame import csrf
from learnapp.web.quiz import tokens
from learnapp.web.quiz.blueprint import bp

_VERBS = {"left": quiz.leaves.left, "back": quiz.leaves.back}


@bp.post("/attempts/<attempt>/leaves")
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF has no types
@may("quiz.act")
def leaves(attempt: str) -> Response:
    """Notes `{"page": "left"}` or `{"page": "back"}` with the time of this request, and nothing else of it."""
    member_id = me().member_id
    tokens.check(member_id, attempt)
    body = request.get_json(silent=True)
    verb = _VERBS.get(str(body.get("page"))) if isinstance(body, dict) else None
    if verb is None:
        raise Invalid("leave", N_("This message cannot be read."))
    with transaction():
        verb(member_id, attempt, at=now())
    return Response(status=204)
