"""The ledger for the auditor: seals, the last verification, what was voided, and the proof of an entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, render_template, request, url_for
from flask_babel import gettext, ngettext

from learnapp import accounts, audit, branches, guard, ledger
from learnapp.db import snapshot, transaction
from learnapp.errors import N_, Conflict
from learnapp.web.audit import bp
from learnapp.web.doors import may, me, now, today
from learnapp.web.quiz.results import hidden_in

_ROWS = 50
# What was changed since the last verification shows nowhere on these pages.
_FRESH = timedelta(days=2)

KIND_WORDS = {
    "study-begun": N_("Study begun"),
    "module-completed": N_("Module completed"),
    "course-completed": N_("Course completed"),
    "quiz-ended": N_("Result of a quiz"),
    "quiz-measured": N_("Conduct of a quiz"),
    "waived": N_("Waived"),
    "equivalence-granted": N_("Accepted in its place"),
    "act-declared": N_("Act declared"),
    "act-recorded": N_("Act recorded"),
    "act-confirmed": N_("Act confirmed"),
    "act-declined": N_("Act not recognised"),
    "quarter-signed": N_("Quarter signed"),
    "period-closed": N_("Period closed"),
    "graded": N_("Grade decided"),
    "objection-decided": N_("Objection decided"),
    "recognised": N_("Recognised"),
    "merged": N_("Accounts joined"),
    "merge-undone": N_("Joining of accounts undone"),
    "erased": N_("Person erased"),
    "moved": N_("Moved to another unit"),
    "work-done": N_("Work done"),
}


@dataclass(frozen=True)
class Outcome:
    """The last verification in words: how serious, when, the sentence, and how much came since."""

    level: str
    at: datetime | None
    text: str
    since: str = ""


@bp.get("/ledger")
@may("audit.read")
def seals() -> str:
    """How the ledger stands: the last verification, what no seal holds yet, the keys, and all seals by pages."""
    before = request.args.get("before", "")
    found = ledger.seals_before(int(before) if before.isdecimal() and len(before) < 10 else None, _ROWS + 1)
    shown, newest, recorded = found[:_ROWS], ledger.last_seal(), ledger.recorded()
    return render_template(
        "audit/ledger.html",
        outcome=_outcome(recorded),
        seals=shown,
        newest=newest,
        recorded=recorded,
        unsealed=recorded - (newest.entries if newest else 0),
        keys=ledger.key_infos(),
        older=url_for("audit.seals", before=shown[-1].number) if len(found) > _ROWS else None,
        first=url_for("audit.seals") if before else None,
    )


def _outcome(recorded: int) -> Outcome:
    events = audit.events([audit.INSTALLATION], limit=1, action="ledger-verified")
    if not events:
        return Outcome(
            "warning", None, gettext("This ledger was not verified yet, so nothing is known of it.")
        )
    at, detail = events[0].at, events[0].detail
    since = max(0, recorded - int(detail["entries"]))
    more = ngettext(
        "%(num)s entry was recorded since and is not covered by it.",
        "%(num)s entries were recorded since and are not covered by it.",
        since,
    )
    if not detail["ok"]:
        fault = json.loads(detail["fault"])
        message = fault["message"]
        return Outcome("error", at, gettext(message) % fault["params"])
    whole = gettext(
        "The ledger was whole: %(entries)s entries, %(seals)s seals, compared with %(anchors)s anchors.",
        **detail,
    )
    if now() - at > _FRESH:
        old = gettext("That is more than two days ago. What was changed since would not show here.")
        return Outcome("warning", at, f"{whole} {old}", more if since else "")
    return Outcome("success", at, whole, more if since else "")


@dataclass(frozen=True)
class VoidLine:
    """A voiding in words; `voided` is the entry that no longer counts."""

    at: datetime
    member_id: str
    name: str
    seq: int
    voided: int
    what: str
    who: str
    why: str
    words: str


@bp.get("/voided")
@may("audit.read")
def voided() -> str:
    """What was voided in the streams of the subtree, by whom and why, newest first. A result is not told: the
    quiz may not show it yet."""
    units = guard.units(me(), "audit.read")
    people = branches.people_below(units, today())
    found = ledger.voidings(people, limit=_ROWS + 1, behind=request.args.get("behind", ""))
    shown = found[:_ROWS]
    return render_template(
        "audit/voided.html",
        lines=_lines(shown),
        units=branches.units(units),
        older=url_for("audit.voided", behind=shown[-1].cursor) if len(found) > _ROWS else None,
        first=url_for("audit.voided") if "behind" in request.args else None,
    )


def _lines(found: list[ledger.Voiding]) -> list[VoidLine]:
    entries = [one.entry for one in found]
    names = accounts.names({entry.member_id for entry in entries} | {entry.recorder for entry in entries})
    return [
        VoidLine(
            at=one.entry.recorded_at,
            member_id=one.entry.member_id,
            name=names.get(one.entry.member_id, gettext("unknown")),
            seq=one.entry.seq,
            voided=int(one.entry.data["seq"]),
            what=_what(one.voided),
            who=_who(one.entry.recorder, names),
            why=_why(one.entry.data["reason"]),
            words=one.words,
        )
        for one in found
    ]


def _what(entry: ledger.Entry | None) -> str:
    if entry is None:
        return str(gettext("unknown"))
    return f"{gettext(KIND_WORDS.get(entry.kind, entry.kind))} · {entry.subject}"


def _why(reason: str) -> str:
    words = ledger.VOID_REASONS[reason]
    return str(gettext(words))


def _who(recorder: str, names: dict[str, str]) -> str:
    if recorder == audit.INSTALLATION:
        return str(gettext("by the system"))
    return str(gettext("by %(name)s", name=names.get(recorder, gettext("unknown"))))


@bp.get("/ledger/<member_id>/<int:seq>/proof")
@may("audit.read")
def proof(member_id: str, seq: int) -> Response:
    """The proof of one entry as a file that `verify.py --proof` checks; that it was taken along is in the
    security log. Raises Conflict while the entry is not sealed, or while it or one that the proof has to show is
    a result that its quiz does not show yet."""
    guard.member_for(me(), "audit.read", member_id, today())
    with snapshot():
        document = ledger.prove(member_id, seq)
        last = document["entries"][-1][1]
        entries = [entry for entry in ledger.entries_after(member_id, seq - 1) if entry.seq <= last]
        hidden = hidden_in(member_id, entries)
    if any(entry.data.get("attempt") in hidden for entry in entries):
        raise Conflict("proof-later", N_("This proof tells a result that the quiz does not show yet."))
    with transaction():
        audit.write(
            "exported", member_id=member_id, actor_id=me().member_id, at=now(), subject=f"proof/{seq}"
        )
    return Response(
        json.dumps(document, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{member_id[:8]}-{seq}.json"'},
    )
