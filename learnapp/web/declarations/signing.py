"""Signing a quarter: the lines as they stand, one button. What is signed is a digest over these lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from learnapp import declarations, ledger, points
from learnapp.db import transaction
from learnapp.errors import N_, Conflict, NotFound
from learnapp.web import offers
from learnapp.web.declarations.blueprint import bp
from learnapp.web.doors import follow_now, in_language, may, me, now, today
from learnapp.web.filters import hundredths
from learnapp.web.quiz.results import hidden_in
from learnapp.web.words import ActWords, act_words


@dataclass(frozen=True)
class Quarter:
    """A quarter of a period that can be signed, and when it was, if it was. `changed` says that the lines are
    others by now."""

    period: points.PeriodInfo
    name: str
    title: str
    signed: declarations.Signed | None
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the quarter in words."""

    words: ActWords
    sentence: str
    number: str
    on: date


def names(period: points.PeriodInfo, day: date) -> list[str]:
    """The quarters of a period that are over on a day, or are its last one while it is posted; the newest first.
    None before it opens."""
    if period.state == "planned":
        return []
    found, first = [], period.starts_on
    while first <= period.ends_on:
        name = declarations.quarter_of(first)
        _, last = declarations.quarter_days(name)
        if last < day or period.ends_on < day or period.state in ("posted", "closed"):
            found.append(name)
        first = last + timedelta(days=1)
    return found[::-1]


def signable(period: points.PeriodInfo) -> bool:
    """Whether a quarter of it may still be signed: once it has closed its lines can only be looked at."""
    return period.state in ("open", "posted")


def title_of(name: str) -> str:
    """A quarter in words."""
    values = {"year": name[:4], "number": name[-1]}
    return str(gettext("Quarter %(number)s of %(year)s", **values))


def quarters(book: offers.Book) -> list[Quarter]:
    """The quarters that the asker can sign or has signed, the newest first."""
    signed = declarations.signed(me().member_id)
    shown = _shown() if signed else {}
    found = []
    for period in reversed(book.periods):
        for name in names(period, today()):
            if not signable(period) and (period.id, name) not in signed:
                continue
            known = signed.get((period.id, name))
            changed = known is not None and known.digest != digest_of(_lines(period, name, shown))
            found.append(Quarter(period, name, title_of(name), known, changed))
    return found


def waiting(book: offers.Book) -> Quarter | None:
    """The newest quarter that can be signed, if it was not signed yet."""
    newest = [(period, names(period, today())) for period in book.periods if signable(period)]
    found = [(name[0], period) for period, name in newest if name]
    if not found:
        return None
    name, period = max(found, key=lambda pair: pair[0])
    signed = declarations.signed(me().member_id)
    return None if (period.id, name) in signed else Quarter(period, name, title_of(name), None)


def digest_of(lines: Sequence[points.Line]) -> str:
    """SHA-256 over the lines in the order of day, entry and rule, as JSON without spaces: entry, rule, worth,
    what counts of it, why not all, day."""
    rows = [
        [line.seq, line.rule, line.worth, line.counted, line.reason, line.on.isoformat()]
        for line in sorted(lines, key=lambda line: (line.on, line.seq, line.rule))
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _shown() -> dict[int, ledger.Entry]:
    """The asker's entries by their seq; a result that is not shown yet is left out."""
    member_id = me().member_id
    entries = ledger.entries_after(member_id, 0)
    hidden = hidden_in(member_id, entries)
    return {entry.seq: entry for entry in entries if entry.data.get("attempt") not in hidden}


def _lines(period: points.PeriodInfo, name: str, shown: Mapping[int, ledger.Entry]) -> list[points.Line]:
    first, last = declarations.quarter_days(name)
    found = points.lines(me().member_id, period)
    return [line for line in found if first <= line.on <= last and line.seq in shown]


def _period(period_id: str, name: str) -> points.PeriodInfo:
    found = next((one for one in offers.own().periods if one.id == period_id), None)
    if found is None or name not in names(found, today()):
        raise NotFound("no-quarter", N_("This quarter cannot be signed."))
    return found


def _row(line: points.Line, period: points.PeriodInfo, entry: ledger.Entry) -> Row:
    rule = period.rules.rule(line.rule)
    number = hundredths(line.counted)
    return Row(
        act_words(entry),
        in_language(rule.text, rule.text_en),
        f"+{number}" if line.counted > 0 else number.replace("-", "－"),
        line.on,
    )


@bp.get("/quarter/<period_id>/<quarter>")
@may("declarations.own")
def quarter(period_id: str, quarter: str) -> str:
    """The lines of a quarter, and the button that signs them."""
    period = _period(period_id, quarter)
    entries = _shown()
    lines = _lines(period, quarter, entries)
    digest, signed = digest_of(lines), declarations.signed(me().member_id).get((period_id, quarter))
    return render_template(
        "declarations/quarter.html",
        quarter=Quarter(period, quarter, title_of(quarter), signed, bool(signed and signed.digest != digest)),
        title=in_language(period.title, period.title_en),
        rows=[_row(line, period, entries[line.seq]) for line in lines],
        total=hundredths(sum(line.counted for line in lines)),
        digest=digest,
        signable=signable(period),
    )


@bp.post("/quarter/<period_id>/<quarter>")
@may("declarations.own")
def sign(period_id: str, quarter: str) -> Response:
    """Signs what was shown. Where the lines have changed since, they are shown again instead."""
    period = _period(period_id, quarter)
    if not signable(period):
        raise Conflict("quarter-closed", N_("This period is closed. Nothing is left to sign."))
    lines = _lines(period, quarter, _shown())
    back = redirect(url_for("declarations.quarter", period_id=period_id, quarter=quarter), 303)
    if request.form.get("digest") != digest_of(lines):
        flash(gettext("Something was added meanwhile. Please look once more."), "warning")
        return back
    with transaction():
        declarations.sign(
            me().member_id, period=period_id, quarter=quarter, digest=digest_of(lines), at=now()
        )
    follow_now(me().member_id)
    flash(gettext("Signed. Thank you."), "success")
    return back


__all__ = ["Quarter", "digest_of", "names", "quarters", "title_of", "waiting"]
