"""The learning ledger as a person sees it: acts on a cord, newest first, each with its proof."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from learnapp import branches, guard, ledger
from learnapp.web.doors import may, me, today
from learnapp.web.words import ActWords, act_words, by_month

bp = Blueprint("ledger", __name__, url_prefix="/ledger")


@dataclass(frozen=True)
class Row:
    """An entry with its words, and whether it still counts."""

    entry: ledger.Entry
    words: ActWords
    voided: bool


def _page(member_id: str, person: branches.Person | None) -> str:
    entries = ledger.entries_after(member_id, 0)
    void = ledger.voided_seqs(entries)
    newest = sorted(entries, key=lambda entry: (entry.occurred_at, entry.seq), reverse=True)
    rows = [Row(entry, act_words(entry), entry.seq in void) for entry in newest]
    hours = sum(
        entry.data["hours"] for entry in ledger.effective(entries) if entry.kind == "module-completed"
    )
    months = by_month(rows, lambda row: row.entry.occurred_at)
    return render_template("ledger/mine.html", months=months, hours=hours, person=person)


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
