"""The study record on screen, one year a page; paper takes it as it is."""

from __future__ import annotations

from flask import render_template, request

from learnapp import branches, guard
from learnapp.errors import N_, NotFound
from learnapp.web.doors import may, me, now, today
from learnapp.web.records.blueprint import bp
from learnapp.web.records.certificates import STANDINGS, certificates
from learnapp.web.records.shown import record_of, told_of


def myself() -> branches.Person:
    """The asker as a person with a home branch. Raises NotFound."""
    person = branches.person(me().member_id, today())
    if person is None:
        raise NotFound("no-person", N_("There is no such person."))
    return person


def _page(person: branches.Person) -> str:
    told = told_of(person.member_id)
    record = record_of(person, told)
    year = record.year(request.args.get("year", type=int))
    return render_template(
        "records/record.html",
        record=record,
        year=year,
        certificates=certificates(person, told),
        standings=STANDINGS,
        own=record.own,
        at=now(),
    )


@bp.get("/records/")
@may("records.own")
def mine() -> str:
    """The asker's own record; `?year=` names the year."""
    return _page(myself())


@bp.get("/records/members/<member_id>")
@may("records.read")
def of(member_id: str) -> str:
    """A member's record for whoever may read it."""
    return _page(guard.member_for(me(), "records.read", member_id, today()))
