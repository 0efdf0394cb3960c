"""What came late, as it is written down: what the server knew then, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, and_, bindparam, func, select

from learnapp.clock import iso, parse_iso
from learnapp.db import db, table_of
from learnapp.quiz import rules
from learnapp.quiz.late import Finding
from learnapp.quiz.models import Attempt, Late

_attempt, _late = table_of(Attempt), table_of(Late)
_this_member: BindParameter[str] = bindparam("this_member")
_this_attempt: BindParameter[str] = bindparam("this_attempt")

_HELD = (
    select(
        _late.c.number,
        _late.c.state,
        _late.c.evidence,
        _late.c.received_at,
        _late.c.decided_by,
        _late.c.decided_at,
        _late.c.reason,
    )
    .where(_late.c.member_id == _this_member, _late.c.attempt_id == _this_attempt)
    .order_by(_late.c.number)
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A late act as it was judged when it arrived. `why` is the part of the rule that applied, see
    `late.fate`."""

    session: str
    number: int
    question: str
    earliest: datetime
    latest: datetime | None
    arrived: datetime
    verdict: str
    why: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the server knew when acts came late: the quiz's rule, and the moments of the attempt. `contact` is
    when it had last heard from the phone in time."""

    policy: str
    hours: int
    started: datetime
    deadline: datetime
    contact: datetime | None
    acts: tuple[Weighed, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that they answer, each once."""
        return tuple(dict.fromkeys(act.question for act in self.acts))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Acts that came late together, and what became of them: `waiting` for a person, `accepted`, `refused`.
    `decided_by` is None where the quiz's rule decided."""

    number: int
    state: str
    evidence: Evidence
    received_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits for a person, for lists."""

    member_id: str
    attempt_id: str
    number: int
    quiz: str
    quiz_version: str
    attempt_number: int
    received_at: datetime


# Asking -------------------------------------------------------------------------------------------------


def deliveries(member_id: str, attempt_id: str) -> list[Delivery]:
    """Everything that came late for an attempt, in the order of arrival."""
    rows = db.session.execute(_HELD, {"this_member": member_id, "this_attempt": attempt_id})
    return [
        Delivery(
            row.number,
            row.state,
            _read(row.evidence),
            row.received_at,
            row.decided_by,
            row.decided_at,
            row.reason,
        )
        for row in rows
    ]


Members = Collection[str] | Select[Any] | CompoundSelect[Any]


def waiting(members: Members) -> list[Waiting]:
    """What waits for a person of these members (ids, or a SELECT of ids), the longest first."""
    rows = db.session.execute(
        _of(
            select(
                _late.c.member_id,
                _late.c.attempt_id,
                _late.c.number,
                _attempt.c.quiz,
                _attempt.c.quiz_version,
                _attempt.c.number,
                _late.c.received_at,
            ),
            members,
        ).order_by(_late.c.received_at, _late.c.member_id, _late.c.number)
    )
    return [Waiting(*row) for row in rows]


def waiting_count(members: Members) -> int:
    """How many deliveries of these members wait for a person."""
    statement = _of(select(func.count()).select_from(_late), members)
    return int(db.session.execute(statement).scalar_one())


def _of(statement: Select[Any], members: Members) -> Select[Any]:
    return statement.join(
        _attempt, and_(_attempt.c.member_id == _late.c.member_id, _attempt.c.id == _late.c.attempt_id)
    ).where(_late.c.state == "waiting", _late.c.member_id.in_(members))


# As it is stored ----------------------------------------------------------------------------------------


def written(evidence: Evidence) -> str:
    """The evidence as canonical JSON; findings are [code, numbers], times are UTC."""
    return rules.canonical(
        {
            "policy": evidence.policy,
            "hours": evidence.hours,
            "started": iso(evidence.started),
            "deadline": iso(evidence.deadline),
            "contact": _maybe(iso, evidence.contact),
            "acts": [
                {
                    "session": act.session,
                    "number": act.number,
                    "question": act.question,
                    "earliest": iso(act.earliest),
                    "latest": _maybe(iso, act.latest),
                    "arrived": iso(act.arrived),
                    "verdict": act.verdict,
                    "why": act.why,
                    "findings": [[finding.code, dict(finding.params)] for finding in act.findings],
                }
                for act in evidence.acts
            ],
        }
    )


def _read(text: str) -> Evidence:
    data = json.loads(text)
    return Evidence(
        data["policy"],
        data["hours"],
        parse_iso(data["started"]),
        parse_iso(data["deadline"]),
        _maybe(parse_iso, data["contact"]),
        tuple(
            Weighed(
                act["session"],
                act["number"],
                act["question"],
                parse_iso(act["earliest"]),
                _maybe(parse_iso, act["latest"]),
                parse_iso(act["arrived"]),
                act["verdict"],
                act["why"],
                tuple(Finding(code, params) for code, params in act["findings"]),
            )
            for act in data["acts"]
        ),
    )


def _maybe(how: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else how(value)
