"""Freezing a member's lines under a digest, and showing at any later time that they still give the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import rfc8785
from sqlalchemy import insert

from learnapp import branches, ledger
from learnapp.clock import local_date
from learnapp.db import db, table_of
from learnapp.db import zone as zone_here
from learnapp.errors import N_, NotFound
from learnapp.points.engines import ENGINES
from learnapp.points.models import PointsFrozen
from learnapp.points.periods import PeriodInfo
from learnapp.points.queries import Adjusted, Total, adjustments, lines, total
from learnapp.points.rules import Line
from learnapp.points.service import folded
from learnapp.points.situation import Frozen, frozen_of, terms_text

_frozen = table_of(PointsFrozen)


def digest_of(
    member_id: str, period: PeriodInfo, sums: Total, found: Iterable[Line], adjusted: Iterable[Adjusted]
) -> str:
    """SHA-256, in hexadecimal, over what a member's sum in a period is made of.

    The text is canonical JSON (RFC 8785) of one object: member, period, rule_set (the hash of its source) and
    engine; base, bonus, deduction, adjustment, total and veto; lines as [entry, rule, worth, counted, reason,
    day] sorted by entry and rule; adjustments as [period, entry, rule, amount, cause, causing entry] sorted
    the same way. Amounts are hundredths, days ISO texts.
    """
    document = {
        "member": member_id,
        "period": period.id,
        "rule_set": period.rules.hash,
        "engine": period.engine,
        "base": sums.base,
        "bonus": sums.bonus,
        "deduction": sums.deduction,
        "adjustment": sums.adjustment,
        "total": sums.total,
        "veto": sums.veto,
        "lines": sorted(
            [line.seq, line.rule, line.worth, line.counted, line.reason, line.on.isoformat()]
            for line in found
        ),
        "adjustments": sorted(
            [one.origin_period, one.seq, one.rule, one.amount, one.cause, one.cause_seq] for one in adjusted
        ),
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()  # type: ignore[arg-type]  # nested lists are JSON


def lines_digest(member_id: str, period: PeriodInfo) -> str:
    """The digest over the member's lines as they are stored: what is signed, and what closing freezes."""
    return digest_of(
        member_id,
        period,
        total(member_id, period),
        lines(member_id, period),
        adjustments(member_id, period),
    )


def frozen(member_id: str, period: PeriodInfo) -> Frozen | None:
    """What closing froze for the member, or None where it has not."""
    return frozen_of(member_id).get(period.id)


def freeze(member_id: str, period: PeriodInfo, *, at: datetime) -> Frozen:
    """Folds the member's stream under their lock and freezes their lines, adjustments and sum of the period.

    From then on nothing folds into them; what is recorded later becomes an adjustment of a later period.
    Freezing again changes nothing and returns the same. Raises NotFound for somebody who is not in the period.
    """
    ledger.lock(member_id)
    if (known := frozen(member_id, period)) is not None:
        return known
    zone = zone_here()
    stream = ledger.stream(member_id)
    here = folded(member_id, stream, branches.place(member_id, local_date(at, zone)), zone)
    sums = total(member_id, period)
    if period.id not in here.terms or not sums.folded:
        raise NotFound("not-in-period", N_("This person is not in the period."))
    found = Frozen(
        lines_digest(member_id, period), sums.total, period.engine, stream.seq, here.terms[period.id]
    )
    db.session.execute(
        insert(_frozen),
        {
            "member_id": member_id,
            "period_id": period.id,
            "seq": found.seq,
            "engine": found.engine,
            "total": found.total,
            "digest": found.digest,
            "terms": terms_text(found.terms),
            "frozen_at": at,
        },
    )
    return found


def recheck(member_id: str, period: PeriodInfo) -> str:
    """The digest of a frozen period, evaluated once more from the entries that were there then, by the engine and
    under the terms that held. It is the frozen one, for ever. Raises NotFound where nothing is frozen."""
    known = frozen(member_id, period)
    if known is None:
        raise NotFound("not-frozen", N_("Nothing is frozen for this person in this period."))
    entries = [entry for entry in ledger.entries_after(member_id, 0) if entry.seq <= known.seq]
    evaluate = ENGINES[known.engine].evaluate
    found = evaluate(entries, period.rules, period.span, zone_here(), terms=known.terms)
    adjusted = adjustments(member_id, period)
    adjustment = sum(one.amount for one in adjusted)
    whole = max(period.rules.floor, found.base + found.bonus - found.deduction + adjustment)
    sums = Total(found.base, found.bonus, found.deduction, whole, known.seq, adjustment, found.veto)
    return digest_of(member_id, period, sums, found.lines, adjusted)
