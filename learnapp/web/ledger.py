"""The learning ledger as a person sees it: acts on a cord, newest first, each with its proof."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext

from learnapp import branches, declarations, guard, hours, ledger
from learnapp.errors import Invalid
from learnapp.web import granted
from learnapp.web.doors import may, me, today
from learnapp.web.quiz.results import hidden_in
from learnapp.web.words import ActWords, act_words, by_month

bp = Blueprint("ledger", __name__, url_prefix="/ledger")


@dataclass(frozen=True)
class Row:
    """An entry with its words, and whether it still counts. Of a result that is not shown yet not even the
    fingerprint is: whoever knows everything else of the entry could try which result it fits."""

    entry: ledger.Entry
    words: ActWords
    voided: bool
    hidden: bool = False
    held: ledger.Held | None = None
    decided: granted.Decided | None = None
    void: ledger.Entry | None = None
    void_reason: str = ""
    correctable: bool = False


def _page(member_id: str, person: branches.Person | None) -> str:
    entries = ledger.entries_after(member_id, 0)
    void = {entry.data["seq"]: entry for entry in entries if entry.kind == "voided"}
    decided, power = granted.decided(entries, member_id), _may_correct(person)
    newest = sorted(entries, key=lambda entry: (entry.occurred_at, entry.seq), reverse=True)
    hidden, holding = hidden_in(member_id, entries), ledger.Holding(member_id)
    rows = [
        Row(
            entry,
            act_words(entry, hidden),
            entry.seq in void,
            _is_hidden(entry, hidden),
            holding.of(entry.seq),
            decided.get(entry.seq),
            by := void.get(entry.seq),
            ledger.VOID_REASONS[by.data["reason"]] if by else "",
            power and by is None and not declarations.remedy(entry.kind),
        )
        for entry in newest
    ]
    credited = sum(
        entry.data.get("hours", 0)
        for entry in ledger.effective(entries)
        if entry.kind in hours.CREDITED and not _is_hidden(entry, hidden)
    )
    months = by_month(rows, lambda row: row.entry.occurred_at)
    return render_template(
        "ledger/mine.html",
        months=months,
        hours=credited,
        person=person,
        receipt_line=ledger.receipt_line,
        may_prove=person is not None and me().can("audit.read"),
    )


def _may_correct(person: branches.Person | None) -> bool:
    """Whether the asker may correct entries of this person: nobody does in their own record."""
    if person is None or person.member_id == me().member_id or not person.branch_id:
        return False
    above = branches.ancestors(person.branch_id)
    return guard.permits(me(), "ledger.correct", member_id=person.member_id, ancestors=above)


def _is_hidden(entry: ledger.Entry, hidden: Collection[str]) -> bool:
    return entry.kind == ledger.QuizEnded.kind and entry.data["attempt"] in hidden


@bp.get("/")
@may("ledger.own")
def mine() -> str:
    """The asker's own ledger."""
    return _page(me().member_id, None)


@bp.get("/members/<member_id>")
@may("ledger.read")
def of(member_id: str) -> str:
    """A member's ledger for whoever may read it."""
    return _page(member_id, guard.member_for(me(), "ledger.read", member_id, today()))


def _found(member_id: str, person: branches.Person | None) -> str | tuple[str, int]:
    """Whether an entry with the fingerprint in `?hash=` is in this ledger, and whether it stands. A result that
    is not shown yet is not found: whoever knows the rest of its entry could try which result it is."""
    typed = request.args.get("hash", "")
    found, problem = None, ""
    if typed:
        try:
            found = ledger.find(member_id, typed)
        except Invalid as error:
            problem = gettext(error.message, **error.params)
    if found and found.entry.data.get("attempt") in hidden_in(member_id, [found.entry]):
        found = None
    page = render_template(
        "ledger/find.html",
        typed=typed,
        problem=problem,
        found=found,
        words=act_words(found.entry) if found else None,
        reason=ledger.VOID_REASONS[found.voided_by.data["reason"]] if found and found.voided_by else "",
        person=person,
    )
    return (page, 422) if problem else page


@bp.get("/find")
@may("ledger.own")
def find() -> str | tuple[str, int]:
    """Looks a fingerprint up in the asker's own ledger: is what the receipt says still what stands there?"""
    return _found(me().member_id, None)


@bp.get("/members/<member_id>/find")
@may("ledger.read")
def find_of(member_id: str) -> str | tuple[str, int]:
    """The same in a member's ledger for whoever may read it."""
    return _found(member_id, guard.member_for(me(), "ledger.read", member_id, today()))
