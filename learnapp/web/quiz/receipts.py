"""What a member can keep of an attempt: a sheet to print and a text, with a hash that the ledger knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as BaseResponse

from learnapp import catalogue, ledger, quiz
from learnapp.errors import N_, NotFound
from learnapp.quiz import Frozen
from learnapp.web.doors import in_language, may, me, now, settings
from learnapp.web.filters import fingerprint, hundredths
from learnapp.web.quiz import late_words
from learnapp.web.quiz.blueprint import bp
from learnapp.web.quiz.late_words import precise
from learnapp.web.quiz.running import look_at


@dataclass(frozen=True)
class Receipt:
    """A receipt: its lines as (what, value), what is said of the entry in sentences, and its own line in the form
    that `learnapp ledger verify --receipts` reads, empty while the result is not shown."""

    title: str
    entry: ledger.Entry
    facts: tuple[tuple[str, str], ...]
    late: tuple[str, ...]
    standing: str
    stands: bool
    line: str


def receipt_of(found: Frozen, entries: Sequence[ledger.Entry], seq: int) -> Receipt:
    """The receipt of entry `seq` of the member's whole ledger, which is a result of this attempt."""
    fate = ledger.fate(entries, seq)
    told = quiz.reviewing.phase_of(found, now(), settings().zone).result
    version = catalogue.quiz_version(found.quiz_version)
    return Receipt(
        title=in_language(version.title, version.title_en),
        entry=fate.entry,
        facts=tuple(_facts(found, version, fate.entry, told)),
        late=_late(found) if fate.replaced_by is None else (),
        standing=_standing(fate, told),
        stands=fate.stands,
        line=ledger.receipt_line(found.member_id, seq, fate.entry.hash) if told else "",
    )


def _facts(found: Frozen, version: catalogue.Quiz, entry: ledger.Entry, told: bool) -> list[tuple[str, str]]:
    """What the receipt says. While the result is not shown, neither is the entry's hash: whoever knows all the
    rest could try which result it fits. The digests hold what was asked and answered until then."""
    event = entry.event
    assert isinstance(event, ledger.QuizEnded)
    ended = gettext("when the time was up") if event.ended_by == "deadline" else gettext("handed in")
    return [
        (gettext("Member"), me().name),
        (gettext("Quiz"), f"{in_language(version.title, version.title_en)} ({found.quiz})"),
        (gettext("Version"), gettext("No. %(seq)s", seq=version.number) + f" · {fingerprint(version.hash)}"),
        (gettext("Attempt"), gettext("No. %(seq)s", seq=found.number) + f" · {found.id}"),
        (gettext("Begun"), precise(found.started_at, None)),
        (gettext("Ended"), f"{precise(entry.occurred_at, None)} · {ended}"),
        (gettext("Result"), _result(event) if told else gettext("not shown yet")),
        (gettext("Paper (digest)"), fingerprint(event.paper_digest)),
        (gettext("Answers (digest)"), fingerprint(event.acts_digest)),
        (gettext("Ledger entry"), gettext("No. %(seq)s", seq=entry.seq)),
        (gettext("Recorded"), precise(entry.recorded_at, None)),
        (gettext("Fingerprint"), fingerprint(entry.hash) if told else gettext("stands here with the result")),
    ]


def _result(event: ledger.QuizEnded) -> str:
    points = gettext(
        "%(earned)s of %(possible)s points",
        earned=hundredths(event.earned),
        possible=hundredths(event.possible),
    )
    if event.pending:
        waits = ngettext("%(num)s answer is still marked", "%(num)s answers are still marked", event.pending)
        return f"{points} · {waits}"
    return f"{points} · {gettext('passed') if event.passed else gettext('not passed')}"


def _late(found: Frozen) -> tuple[str, ...]:
    """What came late, as it stands now; a result that was replaced did not know of it yet."""
    taps = quiz.taps(found.member_id, found.id)
    return tuple(story.head for story in late_words.stories(found, taps))


def _standing(fate: ledger.Fate, told: bool) -> str:
    if fate.voided_by is None:
        return str(gettext("This entry stands."))
    code = fate.voided_by.data["reason"]
    reason = gettext(ledger.VOID_REASONS[code])
    when = precise(fate.voided_by.recorded_at, None)
    if fate.replaced_by is None:
        return str(gettext("This entry was voided on %(when)s: %(reason)s.", when=when, reason=reason))
    return str(
        gettext(
            "This result was replaced on %(when)s by entry %(seq)s with the fingerprint %(hash)s: %(reason)s.",
            when=when,
            seq=fate.replaced_by.seq,
            hash=fingerprint(fate.replaced_by.hash) if told else "–",
            reason=reason,
        )
    )


def _asked(attempt: str) -> tuple[Frozen, Receipt, list[int]] | None:
    """The attempt, the receipt of `?entry=12` or of the latest result, and all results; None while it runs.

    Raises NotFound for practice, which is nobody's business, and for an entry that is not of this attempt.
    """
    found = look_at(attempt)
    if found.open:
        return None
    entries = ledger.entries_after(found.member_id, 0)
    seqs = [one.seq for one in entries if one.kind == "quiz-ended" and one.data["attempt"] == found.id]
    wanted = request.args.get("entry", str(seqs[-1]) if seqs else "")
    seq = next((one for one in seqs if str(one) == wanted), None)
    if seq is None:
        raise NotFound("no-receipt", N_("There is no such receipt. Practice has none."))
    return found, receipt_of(found, entries, seq), seqs


@bp.get("/attempts/<attempt>/receipt")
@may("quiz.read")
def receipt(attempt: str) -> str | BaseResponse:
    """The receipt as a sheet to print."""
    asked = _asked(attempt)
    if asked is None:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    found, made, seqs = asked
    return render_template("quiz/receipt.html", attempt=found, receipt=made, seqs=seqs)


@bp.get("/attempts/<attempt>/receipt.txt")
@may("quiz.read")
def receipt_text(attempt: str) -> BaseResponse:
    """The same as a text to keep."""
    asked = _asked(attempt)
    if asked is None:
        return redirect(url_for("quiz.run", attempt=attempt), 303)
    _, made, _ = asked
    lines = [f"{gettext('Receipt')} · {made.title}", ""]
    lines += [f"{what}: {value}" for what, value in made.facts]
    lines += ["", *made.late] if made.late else []
    lines += ["", made.standing, "", *([made.line, ""] if made.line else [])]
    headers = {"Content-Disposition": f'attachment; filename="receipt-{made.entry.seq}.txt"'}
    return Response("\n".join(lines), mimetype="text/plain", headers=headers)
