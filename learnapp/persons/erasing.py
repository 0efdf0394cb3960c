"""Erasing a person: asked for, answered by a day, decided by somebody else, and done account by account.

Everything about the person goes that `holdings` says; the stream of their acts stays as it is and verifies, about
nobody who could be named. It is decided in one transaction and carried out in one for each of their accounts, so
that it may be broken off and repeated until it is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from learnapp import accounts, audit, branches, declarations, ledger, records
from learnapp.clock import local_date
from learnapp.db import Base, db, new_id, table_of, transaction
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound
from learnapp.persons.holdings import ELSEWHERE, GROUPS, HOLDINGS, Holding
from learnapp.persons.models import ErasureRequest

_request = table_of(ErasureRequest)
REPLY_LENGTH = 500
WAYS = ("page", "paper")


@dataclass(frozen=True)
class Request:
    """A request for erasure. `state` is open, withdrawn, refused, decided (being carried out) or done."""

    member_id: str
    id: str
    way: str
    asked_by: str
    asked_at: datetime
    due_on: date
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reply: str


_REQUESTS = select(*(_request.c[name] for name in Request.__dataclass_fields__))


@dataclass(frozen=True)
class Preview:
    """What an erasure takes and what stays, as (words of `GROUPS`, how many rows), over `accounts` accounts."""

    accounts: tuple[str, ...]
    goes: tuple[tuple[str, int], ...]
    stays: tuple[tuple[str, int], ...]


def ask(member_id: str, *, way: str, asked_by: str, at: datetime, zone: str, days: int) -> str:
    """Asks for the erasure of a member, who gets a reply within `days` days; returns the request. While one is
    open, asking again gives that one. Raises Conflict for somebody who was erased."""
    ledger.lock(member_id)
    if accounts.closed_for(member_id) == "erased":
        raise Conflict("erased", N_("This person was erased before."))
    open_ = [one for one in requests_of(member_id) if one.state in ("open", "decided")]
    if open_:
        return open_[0].id
    row = {
        "member_id": member_id,
        "id": new_id(),
        "way": way if way in WAYS else "paper",
        "asked_by": asked_by,
        "asked_at": at,
        "due_on": local_date(at, zone) + timedelta(days=days),
        "state": "open",
        "reply": "",
    }
    db.session.execute(insert(_request), row)
    audit.write(
        "erasure-asked", member_id=member_id, actor_id=asked_by, at=at, subject=f"erasure/{row['id']}"
    )
    return str(row["id"])


def request(member_id: str, request_id: str) -> Request:
    """One request. Raises NotFound."""
    mine = (_request.c.member_id == member_id, _request.c.id == request_id)
    row = db.session.execute(_REQUESTS.where(*mine)).one_or_none()
    if row is None:
        raise NotFound("no-request", N_("There is no such request."))
    return Request(*row)


def requests_of(member_id: str) -> list[Request]:
    """A member's requests, the newest first."""
    mine = _REQUESTS.where(_request.c.member_id == member_id).order_by(_request.c.asked_at.desc())
    return [Request(*row) for row in db.session.execute(mine)]


def open_requests() -> list[Request]:
    """What waits for a decision or is being carried out, by the day of the reply."""
    rows = _REQUESTS.where(_request.c.state.in_(("open", "decided"))).order_by(
        _request.c.due_on, _request.c.member_id
    )
    return [Request(*row) for row in db.session.execute(rows)]


def withdraw(member_id: str, request_id: str, *, actor_id: str, at: datetime) -> None:
    """The member thought better of it; harmless when it is not open any more."""
    ledger.lock(member_id)
    if request(member_id, request_id).state == "open":
        _set(member_id, request_id, state="withdrawn", decided_by=actor_id, decided_at=at)
        _log("erasure-withdrawn", member_id, request_id, actor_id, at)


def refuse(member_id: str, request_id: str, *, reply: str, actor_id: str, at: datetime) -> None:
    """Refuses, with the reply that the member reads. Raises Forbidden for oneself, Invalid without a reply, Conflict
    for a request that is not open."""
    words = reply.strip()
    _decidable(member_id, request_id, actor_id)
    if not 0 < len(words) <= REPLY_LENGTH:
        raise Invalid("reply", N_("Give the reason in at most %(most)s characters."), most=REPLY_LENGTH)
    _set(member_id, request_id, state="refused", decided_by=actor_id, decided_at=at, reply=words)
    _log("erasure-refused", member_id, request_id, actor_id, at)


def decide(member_id: str, request_id: str, *, typed: str, actor_id: str, at: datetime) -> None:
    """Decides that the person is erased; `typed` is their sign-in name, by hand, so that nobody else is. Sign-in
    of every account of theirs ends with `erase`, in the next transactions. Raises Forbidden for oneself, Invalid
    for another name, Conflict for a request that is not open."""
    _decidable(member_id, request_id, actor_id)
    if accounts.find(typed) != member_id:
        raise Invalid("erase-name", N_("This is not the sign-in name of the person who would be erased."))
    _set(member_id, request_id, state="decided", decided_by=actor_id, decided_at=at)


def _decidable(member_id: str, request_id: str, actor_id: str) -> None:
    ledger.lock(member_id)
    if actor_id in accounts_of(member_id):
        raise Forbidden("own-erasure", N_("Nobody decides about their own erasure. Ask another operator."))
    if request(member_id, request_id).state != "open":
        raise Conflict("erasure-decided", N_("This request was decided before."))


def _set(member_id: str, request_id: str, **values: object) -> None:
    mine = (_request.c.member_id == member_id, _request.c.id == request_id)
    db.session.execute(update(_request).where(*mine).values(**values))


def _log(action: str, member_id: str, request_id: str, actor_id: str, at: datetime) -> None:
    audit.write(action, member_id=member_id, actor_id=actor_id, at=at, subject=f"erasure/{request_id}")


def accounts_of(member_id: str) -> tuple[str, ...]:
    """Every account of this person, joined in either direction, by id."""
    return tuple(sorted(declarations.accounts_of(member_id)))


def left(found: Request) -> list[str]:
    """The accounts of a decided request that are not erased yet."""
    return [one for one in accounts_of(found.member_id) if accounts.closed_for(one) != "erased"]


def erase(member_id: str, found: Request, *, at: datetime, zone: str) -> None:
    """Erases one account of the person in a transaction of its own; again changes nothing. Raises Conflict for a
    request that was not decided."""
    if found.state not in ("decided", "done") or found.decided_by is None:
        raise Conflict("erasure-undecided", N_("This erasure was not decided."))
    ledger.lock(member_id)
    if accounts.closed_for(member_id) == "erased":
        return
    actor_id = found.decided_by
    db.session.expunge_all()
    _take_away(member_id)
    records.forget_certificates(member_id)
    branches.forget(member_id, local_date(at, zone), actor_id=actor_id, at=at)
    audit.forget_words(member_id)
    accounts.erase(member_id, at=at)
    ledger.record(
        ledger.Erased(found.id),
        member_id=member_id,
        uid="erased",
        occurred_at=at,
        at=at,
        recorder=actor_id,
        source="persons",
    )
    _log("erased", member_id, found.id, actor_id, at)


def _take_away(member_id: str) -> None:
    """Rows that hang on others go before these."""
    for table in reversed(Base.metadata.sorted_tables):
        for holding in (HOLDINGS.get(table.name), ELSEWHERE.get(table.name)):
            if holding is None:
                continue
            mine = table.c[holding.column] == member_id
            if holding.action == "delete":
                db.session.execute(delete(table).where(mine))
            elif holding.action == "blank":
                db.session.execute(update(table).where(mine).values(**holding.blank))


def finish(member_id: str, request_id: str) -> bool:
    """Says that a decided erasure is complete, if it is; returns whether it is."""
    ledger.lock(member_id)
    found = request(member_id, request_id)
    if found.state == "decided" and not left(found):
        _set(member_id, request_id, state="done")
        return True
    return found.state == "done"


def carry_out(member_id: str, request_id: str, *, at: datetime, zone: str) -> list[str]:
    """Erases every account of the person of a decided request, each in a transaction of its own, and says that it
    is done; returns the accounts, for whoever has the readers follow. Called outside of any transaction."""
    found = request(member_id, request_id)
    every = left(found)
    db.session.rollback()
    for account in every:
        with transaction():
            erase(account, found, at=at, zone=zone)
    with transaction():
        finish(member_id, request_id)
    return every


def preview(member_id: str) -> Preview:
    """What an erasure of the person would take and what would stay."""
    every = accounts_of(member_id)
    goes: dict[str, int] = {}
    stays: dict[str, int] = {}
    for name, holding in HOLDINGS.items():
        side = stays if _stays(holding) else goes
        if holding.group:
            side[holding.group] = side.get(holding.group, 0) + _count(name, holding, every)
    return Preview(every, _worded(goes), _worded(stays))


def _stays(holding: Holding) -> bool:
    return holding.group in ("ledger", "points", "log")


def _count(name: str, holding: Holding, every: tuple[str, ...]) -> int:
    table = Base.metadata.tables[name]
    rows = select(func.count()).select_from(table).where(table.c[holding.column].in_(every))
    return int(db.session.execute(rows).scalar_one())


def _worded(found: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((words, found[group]) for group, words in GROUPS.items() if group in found)
