"""What becomes of answers that arrive after the clock has ended an attempt: the quiz's rule, a person's
decision, and the correction of the result that follows.

Whoever calls holds the member's lock. Nothing here changes what was received: an act that is accepted later
keeps the mark that it came late, and the result is corrected by `grading.again` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import BindParameter, bindparam, insert, update

from learnapp import audit, catalogue, ledger
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound
from learnapp.quiz import grading, late, queries
from learnapp.quiz.grading import Changed
from learnapp.quiz.late import FINDINGS, Claim, Fate
from learnapp.quiz.late_records import (
    Delivery,
    Evidence,
    Waiting,
    Weighed,
    deliveries,
    waiting,
    waiting_count,
    written,
)
from learnapp.quiz.models import Act, Attempt, Late
from learnapp.quiz.queries import Frozen
from learnapp.quiz.rules import Result, Tap

__all__ = [
    "FINDINGS",
    "REASON_LIMIT",
    "Decided",
    "Delivery",
    "Evidence",
    "Key",
    "Standing",
    "Waiting",
    "Weighed",
    "arrived",
    "decide",
    "deliveries",
    "standings",
    "waiting",
    "waiting_count",
    "would_be",
]

Key = tuple[str, int]
Standing = Literal["saved", "late-accepted", "late-waiting", "late", "ended"]
REASON_LIMIT = 500

_attempt, _act, _late = table_of(Attempt), table_of(Act), table_of(Late)
_this_member: BindParameter[str] = bindparam("this_member")
_this_attempt: BindParameter[str] = bindparam("this_attempt")

_ACCEPT = (
    update(_act)
    .where(
        _act.c.member_id == _this_member,
        _act.c.attempt_id == _this_attempt,
        _act.c.session == bindparam("this_session"),
        _act.c.number == bindparam("this_number"),
    )
    .values(accepted=True)
)
_CHANGE = update(_late).where(
    _late.c.member_id == _this_member,
    _late.c.attempt_id == _this_attempt,
    _late.c.number == bindparam("this_number"),
)
_MARK = (
    update(_attempt)
    .where(_attempt.c.member_id == _this_member, _attempt.c.id == _this_attempt)
    .values(late_state=bindparam("new_state"))
)


# What arrives -------------------------------------------------------------------------------------------


def arrived(member_id: str, attempt_id: str, known: Sequence[Tap], at: datetime) -> Mapping[Key, Standing]:
    """Judges the acts that were kept after the end and are not among the `known` ones, by the quiz's rule,
    and corrects the result where it accepts some. Returns how every act of the attempt stands now; the same
    acts once more change nothing. Only what the clock ended is judged: whoever handed in had done so."""
    found = queries.locked(member_id, attempt_id)
    taps = queries.taps(member_id, attempt_id)
    before = {_key(tap) for tap in known}
    new = [tap for tap in taps if tap.late and _key(tap) not in before]
    if new and found.ended_by == "deadline" and found.deadline_at is not None:
        _judge(found, found.deadline_at, taps, new, at)
        taps = queries.taps(member_id, attempt_id)
    return standings(found, taps)


def _key(tap: Tap) -> Key:
    return tap.session, tap.number


def _judge(
    found: Frozen, deadline_at: datetime, taps: Sequence[Tap], new: Sequence[Tap], at: datetime
) -> None:
    settings = catalogue.quiz_version(found.quiz_version).settings
    in_time = [tap for tap in taps if tap.accepted and not tap.late]
    came_late = sorted((tap for tap in taps if tap.late), key=lambda tap: (tap.number, tap.session))
    claims = late.judge(
        found.started_at,
        deadline_at,
        in_time,
        came_late,
        seen_at=_seen_at(found, deadline_at),
        public_at=found.closes_at if "key" in settings.review["closed"] else None,
    )
    fresh = {_key(tap) for tap in new}
    sorted_out: dict[Fate, list[Weighed]] = {"accepted": [], "waiting": [], "refused": []}
    for claim in claims:
        if _key(claim.tap) in fresh:
            fate, why = _fate(found, settings, deadline_at, claim)
            sorted_out[fate].append(_weighed(claim, why))
    about = Evidence(
        settings.late_sync,
        settings.late_hours,
        found.started_at,
        deadline_at,
        late.last_contact(in_time),
        (),
    )
    for fate, acts in sorted_out.items():
        if acts:
            _keep(found, fate, replace(about, acts=tuple(acts)), at)
    if sorted_out["accepted"]:
        _accept(found, sorted_out["accepted"], actor_id=audit.INSTALLATION, at=at)
    _mark(found)


def _seen_at(found: Frozen, deadline_at: datetime) -> datetime | None:
    """When right answers of this quiz were first shown to the member after the end of this attempt: on its
    own review, or on that of another one, whose paper may have asked the same."""
    mine = queries.attempts(found.member_id, found.quiz)
    shown = [one.keys_seen_at for one in mine if one.keys_seen_at and one.keys_seen_at >= deadline_at]
    return min(shown, default=None)


def _fate(
    found: Frozen, settings: catalogue.QuizSettings, deadline_at: datetime, claim: Claim
) -> tuple[Fate, str]:
    """The quiz's rule. Practice is nobody's business but the member's, so no person is asked about it."""
    if found.practice:
        late_for_sure = claim.verdict == "not-in-time"
        return ("refused", "not-in-time") if late_for_sure else ("accepted", "in-time")
    return late.fate(settings.late_sync, settings.late_hours, deadline_at, claim)


def _weighed(claim: Claim, why: str) -> Weighed:
    tap = claim.tap
    return Weighed(
        tap.session,
        tap.number,
        tap.question,
        claim.earliest,
        claim.latest,
        tap.received_at,
        claim.verdict,
        why,
        claim.findings,
    )


def _keep(found: Frozen, state: Fate, evidence: Evidence, at: datetime) -> None:
    """Writes down what arrived; what waits already and what comes after it waits together."""
    held = deliveries(found.member_id, found.id)
    waiting = next((one for one in held if one.state == state == "waiting"), None)
    this = {"this_member": found.member_id, "this_attempt": found.id}
    if waiting is not None:
        both = replace(evidence, acts=(*waiting.evidence.acts, *evidence.acts))
        change = _CHANGE.values(evidence=written(both))
        db.session.execute(change, {**this, "this_number": waiting.number})
        return
    row = {
        "member_id": found.member_id,
        "attempt_id": found.id,
        "number": len(held) + 1,
        "state": state,
        "evidence": written(evidence),
        "received_at": at,
        "decided_at": None if state == "waiting" else at,
        "reason": "",
    }
    db.session.execute(insert(_late), row)


def _accept(
    found: Frozen, acts: Iterable[Weighed], *, actor_id: str, at: datetime, note: str = ""
) -> Changed | None:
    """Lets these acts count; None for an attempt that was opened again, whose result is still to come."""
    rows = [
        {
            "this_member": found.member_id,
            "this_attempt": found.id,
            "this_session": act.session,
            "this_number": act.number,
        }
        for act in acts
    ]
    db.session.execute(_ACCEPT, rows if len(rows) > 1 else rows[0])
    if found.open:
        return None
    return grading.again(found, cause="late", trace=new_id(), actor_id=actor_id, at=at, note=note)


def _mark(found: Frozen) -> None:
    """The late flag of the attempt: what is most urgent about it."""
    states = {one.state for one in deliveries(found.member_id, found.id)}
    state = next((name for name in ("waiting", "accepted", "refused") if name in states), None)
    values = {"this_member": found.member_id, "this_attempt": found.id, "new_state": state}
    db.session.execute(_MARK, values)


def standings(found: Frozen, taps: Iterable[Tap]) -> dict[Key, Standing]:
    """How each of an attempt's acts stands, by session and number."""
    waiting = {
        (act.session, act.number)
        for one in deliveries(found.member_id, found.id)
        if one.state == "waiting"
        for act in one.evidence.acts
    }
    otherwise: Standing = "late" if found.ended_by == "deadline" else "ended"

    def standing(tap: Tap) -> Standing:
        if tap.accepted:
            return "late-accepted" if tap.late else "saved"
        return "late-waiting" if _key(tap) in waiting else otherwise

    return {_key(tap): standing(tap) for tap in taps}


# A person decides ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: whether it is `new`, and what it changed in the result, None where there was none to change."""

    new: bool
    changed: Changed | None = None

    @property
    def moved(self) -> bool:
        """Whether the ledger tells another result now."""
        return self.changed is not None and self.changed.told


def decide(
    member_id: str,
    attempt_id: str,
    number: int,
    decision: Literal["accept", "refuse"],
    *,
    reason: str,
    actor_id: str,
    at: datetime,
) -> Decided:
    """Accepts or refuses a delivery that waits.

    The reason is kept beside the ledger and the decision is in the security log. The same decision by the same
    person once more changes nothing. Raises NotFound, Forbidden for one's own attempt, Invalid without a
    reason, and Conflict when somebody decided before.
    """
    if actor_id == member_id:
        raise Forbidden("own-late", N_("Nobody decides about their own answers."))
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise Invalid(
            "reason", N_("Please give a reason, in at most %(count)s characters."), count=REASON_LIMIT
        )
    found = queries.locked(member_id, attempt_id)
    delivery = _delivery(found, number)
    state = {"accept": "accepted", "refuse": "refused"}[decision]
    if delivery.state != "waiting":
        if (delivery.state, delivery.decided_by) == (state, actor_id):
            return Decided(False)
        raise Conflict("decided", N_("This was decided before. Reload the page to see how."))
    change = _CHANGE.values(state=state, decided_by=actor_id, decided_at=at, reason=reason)
    this = {"this_member": member_id, "this_attempt": attempt_id, "this_number": number}
    db.session.execute(change, this)
    changed = None
    if decision == "accept":
        note = ledger.note(member_id, reason)
        changed = _accept(found, delivery.evidence.acts, actor_id=actor_id, at=at, note=note)
    _mark(found)
    action = f"late-{state}"
    audit.write(action, member_id=member_id, actor_id=actor_id, at=at, subject=f"quiz/{found.quiz}")
    return Decided(True, changed)


def _delivery(found: Frozen, number: int) -> Delivery:
    for one in deliveries(found.member_id, found.id):
        if one.number == number:
            return one
    raise NotFound("no-late", N_("There is nothing here to decide."))


def would_be(found: Frozen, delivery: Delivery) -> tuple[Result, Result]:
    """The result as it stands, and as it would be if these acts counted."""
    keys = {(act.session, act.number) for act in delivery.evidence.acts}
    taps = queries.taps(found.member_id, found.id)
    counted = [replace(tap, accepted=True) if _key(tap) in keys else tap for tap in taps]
    return grading.graded(found, taps).result, grading.graded(found, counted).result
