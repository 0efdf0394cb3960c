"""The blueprint, and what every page of this room begins with."""

from __future__ import annotations

import re

from flask import Blueprint, request
from flask_babel import gettext

from learnapp import branches, declarations, guard
from learnapp.db import new_id
from learnapp.errors import AppError
from learnapp.web.doors import me, today

bp = Blueprint("corrections", __name__, url_prefix="/corrections")

_ACT = re.compile(r"[0-9a-f]{32}")


def somebody(permission: str, member_id: str) -> branches.Person:
    """The person, if the asker may decide about them; never the asker, under whichever account. Raises NotFound
    or Forbidden."""
    person = guard.member_for(me(), permission, member_id, today())
    declarations.refuse_oneself(member_id, me().member_id)
    return person


def act_of_form() -> str:
    """The name of this one decision, which makes repeating it harmless: the one the form carries, else a new one."""
    typed = request.form.get("act", "")
    return typed if _ACT.fullmatch(typed) else new_id()


def told(error: AppError) -> str:
    """What an area refused, in the language of the request."""
    return str(gettext(error.message, **error.params))
