"""What a member should hear, in words: results that changed, and replies. Nothing is sent, nothing flashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext, ngettext

from learnapp import assessment, declarations, ledger, notices, quiz
from learnapp.db import transaction
from learnapp.errors import N_
from learnapp.notices import Told
from learnapp.web import granted
from learnapp.web.doors import may, me, now
from learnapp.web.filters import hundredths
from learnapp.web.quiz import results
from learnapp.web.words import act_words, title_of

bp = Blueprint("notices", __name__, url_prefix="/notices")

ON_HOME = 3
_HEADS = {
    "reopened": N_("Your attempt at “%(quiz)s” was opened again"),
    "marked": N_("Your answers at “%(quiz)s” have been marked"),
    "fault": N_("A reply to your remark about a question of “%(quiz)s”"),
    "appeal": N_("A reply to your question about the marks at “%(quiz)s”"),
    "time": N_("You have more time at “%(quiz)s”"),
    "late": N_("About answers that arrived late at “%(quiz)s”"),
}
_CHANGED = N_("Your result at “%(quiz)s” changed")
_NOT_RECOGNISED = N_("What you declared for %(day)s was not recognised")
_AGAINST = N_("Something of %(day)s was confirmed that counts against you")
_DECIDED = {
    "corrected": N_("An entry of your learning ledger was corrected"),
    "waived": N_("“%(title)s” was waived for you"),
    "equivalence-granted": N_("Something else was accepted in place of “%(title)s”"),
}
_ASSESSED = {
    "amended": N_("The rules of points were amended in the middle of the period"),
    "objection": N_("A reply to your objection"),
    "objection-new": N_("An objection waits for you to decide"),
    "objection-late": N_("A reminder: an objection waits for longer than it should"),
}
_RECEIVE = N_("Somebody asks to be received in your unit")
_STATES = {
    "upheld": N_("Upheld"),
    "partly": N_("Upheld in part"),
    "rejected": N_("Not upheld"),
    "fixed": N_("The question was corrected."),
    "answered": "",
    "appeal-kept": N_("The marks stay as they are."),
    "appeal-changed": N_("The marks were changed."),
    "late-accept": N_("They count."),
    "late-refuse": N_("They do not count."),
}


@dataclass(frozen=True)
class Line:
    """A notice in words. `texts` are sentences, `quoted` what a person wrote, `links` addresses with words."""

    id: str
    head: str
    texts: tuple[str, ...]
    quoted: str
    links: tuple[tuple[str, str], ...]
    at: datetime
    new: bool


def heads(found: Sequence[Told]) -> list[tuple[str, str, str]]:
    """The newest notices as first lines for the first page: address, what, why. Asks nothing more; what may
    be said about a result is decided where it is shown."""
    return [(url_for("notices.index", _anchor=one.id), _head(one), _why(one)) for one in found[:ON_HOME]]


def _head(one: Told) -> str:
    if one.what in _ASSESSED:
        return str(gettext(_ASSESSED[one.what]))
    if one.what == "transfer-new":
        return str(gettext(_RECEIVE))
    if one.what == "act":
        against = one.data.get("state") == "against"
        day = date.fromisoformat(str(one.data["on"]))
        return str(gettext(_AGAINST if against else _NOT_RECOGNISED, day=day.isoformat()))
    if one.kind == "decision":
        return str(gettext(_DECIDED[one.what], title=granted.thing_title(one.subject)))
    slug = one.subject.removeprefix("quiz/")
    title = title_of("quiz", str(one.data.get("version", "")), slug)
    cause = "" if one.kind == "result" and one.what == "late" else one.what
    return str(gettext(_HEADS.get(cause, _CHANGED), quiz=title))


def _why(one: Told) -> str:
    if one.what == "corrected" and one.kind == "decision":
        reason = ledger.VOID_REASONS[one.data["reason"]]
        return str(gettext(reason))
    return str(gettext(ledger.VOID_REASONS[one.what])) if one.kind == "result" else ""


@bp.get("/")
@may("notices.own")
def index() -> str:
    """The asker's notices, the newest first. Those that are new have been seen with this."""
    member_id = me().member_id
    found = notices.all_of(member_id)
    lines = _lines(found)
    if unseen := [one.id for one in found if one.seen_at is None]:
        with transaction():
            notices.seen(member_id, unseen, at=now())
    return render_template("notices/index.html", lines=lines)


def _lines(found: Sequence[Told]) -> list[Line]:
    changed = [one for one in found if one.kind == "result"]
    known = results.results(quiz.attempts(me().member_id) if changed else ())
    reasons = quiz.regrade.reasons([str(one.data["trace"]) for one in changed if one.what == "regraded"])
    return [_line(one, known, reasons) for one in found]


def _assessed_line(one: Told) -> Line:
    """An amendment with its reason, an objection that was decided or that waits."""
    quoted, texts = str(one.data.get("reply") or ""), []
    link = (url_for("assessment.mine"), gettext("Posting and grades"))
    if one.what == "amended":
        found = assessment.amending.amendment(str(one.data["trace"]))
        quoted = found.reason if found else ""
        texts.append(gettext("They hold for the whole period; your points were computed anew."))
        link = (url_for("points.mine"), gettext("My points"))
    elif one.what == "objection":
        texts.append(gettext(_STATES[str(one.data["state"])]) + gettext("."))
    else:
        objection = one.subject.removeprefix("objection/")
        where = url_for("assessment.review_one", member_id=one.data["about"], objection_id=objection)
        link = (where, gettext("To the objection"))
    return Line(
        id=one.id,
        head=_head(one),
        texts=tuple(texts),
        quoted=quoted,
        links=(link,),
        at=one.made_at,
        new=one.seen_at is None,
    )


def _transfer_line(one: Told) -> Line:
    """Names stand on the page of the transfer, for whoever still has a part in it."""
    where = url_for("branches.transfer", member_id=one.data["about"])
    return Line(
        id=one.id,
        head=_head(one),
        texts=(
            gettext(
                "A transfer waits for the receiving unit. Nothing changes until both units have answered."
            ),
        ),
        quoted="",
        links=((where, gettext("To the transfer")),),
        at=one.made_at,
        new=one.seen_at is None,
    )


def _line(one: Told, known: results.Results, reasons: Mapping[str, str]) -> Line:
    if one.what in _ASSESSED:
        return _assessed_line(one)
    if one.what == "transfer-new":
        return _transfer_line(one)
    if one.kind == "decision":
        return _decision_line(one)
    return _result_line(one, known, reasons) if one.kind == "result" else _reply_line(one)


def _decision_line(one: Told) -> Line:
    """What somebody decided about the member's record: who, why, and in which words of theirs."""
    assert one.entry_seq is not None
    member_id = me().member_id
    entry = ledger.entry(member_id, one.entry_seq)
    who = granted.decided([entry], member_id)[entry.seq]
    if one.what == "corrected":
        fallen = [ledger.entry(member_id, seq) for seq in one.data["entries"]]
        hidden = results.hidden_in(member_id, fallen)
        texts = [
            gettext(
                "Entry %(seq)s (%(what)s) no longer counts: %(reason)s.",
                seq=old.seq,
                what=act_words(old, hidden).title,
                reason=_why(one),
            )
            for old in fallen
        ]
    else:
        texts = [granted.told(entry.event)[1]]
    return Line(
        id=one.id,
        head=_head(one),
        texts=(*texts, gettext("Decided by %(name)s.", name=who.who)),
        quoted=who.words,
        links=((url_for("ledger.mine"), gettext("To my learning ledger")),),
        at=one.made_at,
        new=one.seen_at is None,
    )


def _result_line(one: Told, known: results.Results, reasons: Mapping[str, str]) -> Line:
    """A changed result, as far as it is shown. What was said about a corrected key is quoted where the key is
    shown itself."""
    hidden = known.hidden
    changes: Mapping[str, Any] = one.data["changes"]
    ordered = sorted(changes, key=lambda name: changes[name]["number"])
    several = len(changes) > 1
    texts = [_why(one) + gettext(".")]
    texts += [
        _moved(changes[name], several) for name in ordered if name not in hidden and changes[name]["now"]
    ]
    if any(name in hidden and changes[name]["now"] for name in ordered):
        texts.append(gettext("The result itself is not shown yet."))
    links = tuple((url_for("quiz.review", attempt=name), _link(changes[name], several)) for name in ordered)
    return Line(
        id=one.id,
        head=_head(one),
        texts=tuple(texts),
        quoted=reasons.get(str(one.data["trace"]), "") if changes.keys() <= known.keyed else "",
        links=links,
        at=one.made_at,
        new=one.seen_at is None,
    )


def _link(change: Mapping[str, Any], several: bool) -> str:
    if several:
        return str(gettext("Attempt %(number)s", number=change["number"]))
    return str(gettext("To the attempt"))


def _moved(change: Mapping[str, Any], several: bool) -> str:
    was, new = change["was"], change["now"]
    values = {"number": change["number"], "was": _result(was), "now": _result(new)}
    if was["pending"]:
        return str(
            gettext("Attempt %(number)s: %(now)s.", **values)
            if several
            else gettext("It is %(now)s.", **values)
        )
    if several:
        return str(gettext("Attempt %(number)s: from %(was)s to %(now)s.", **values))
    return str(gettext("From %(was)s to %(now)s.", **values))


def _result(found: Mapping[str, Any]) -> str:
    values = {"earned": hundredths(found["earned"]), "possible": hundredths(found["possible"])}
    if found["pending"]:
        return str(gettext("%(earned)s of %(possible)s points so far, being marked", **values))
    if found["passed"]:
        return str(gettext("%(earned)s of %(possible)s points, passed", **values))
    return str(gettext("%(earned)s of %(possible)s points, not passed", **values))


def _reply_line(one: Told) -> Line:
    texts = []
    if told := _STATES.get(str(one.data.get("state")), ""):
        texts.append(gettext(told))
    if one.data.get("minutes"):
        minutes = int(one.data["minutes"])
        texts.append(ngettext("%(num)s minute more.", "%(num)s minutes more.", minutes))
    if reason := declarations.DECLINE_REASONS.get(str(one.data.get("reason"))):
        texts.append(gettext(reason) + gettext("."))
    attempt = one.data.get("attempt")
    links: tuple[tuple[str, str], ...] = (
        ((url_for("quiz.review", attempt=attempt), gettext("To the attempt")),) if attempt else ()
    )
    if one.what == "act":
        act_id = one.subject.removeprefix("act/")
        links = ((url_for("declarations.mine", _anchor=act_id), gettext("To the act")),)
    return Line(
        id=one.id,
        head=_head(one),
        texts=tuple(text for text in texts if text),
        quoted=str(one.data.get("reply") or ""),
        links=links,
        at=one.made_at,
        new=one.seen_at is None,
    )
