"""How the asker's study hours are counted, and what is expected of them."""

from __future__ import annotations

from flask import render_template

from learnapp import branches, plans
from learnapp.web.doors import may, me, today
from learnapp.web.hours import words
from learnapp.web.hours.blueprint import bp


@bp.get("/")
@may("records.own")
def mine() -> str:
    """The rules in force for the asker in plain sentences, their targets with the source, and who adopted them."""
    duty = plans.duty_of(me().member_id, today())
    above = branches.trail(duty.branch_id) if duty.branch_id else []
    decided = words.decided_by(above, today())
    return render_template(
        "hours/mine.html",
        sentences=words.rule_words(duty.rules),
        targets=[(words.amount_words(one), words.source_of(one)) for one in duty.targets],
        decided=decided,
        rules=duty.rules,
    )
