"""Which entries of a ledger make a notice, and what it says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

# Why a result is replaced so that its member should hear of it; codes of the ledger's reasons for voiding.
CAUSES = frozenset({"late", "marked", "regraded", "appeal", "reopened"})

# Reasons that a person chose who corrected the member's record, and what people decide about a member's study.
BY_HAND = frozenset({"entered-in-error", "wrong-person", "duplicate", "corrected"})
GRANTS = frozenset({"waived", "equivalence-granted"})

Reply = Literal[
    "fault",
    "appeal",
    "time",
    "late",
    "act",
    "amended",
    "objection",
    "objection-new",
    "objection-late",
    "transfer-new",
]
REPLIES: Mapping[Reply, frozenset[str]] = {
    "fault": frozenset({"version", "attempt", "question", "state", "reply"}),
    "appeal": frozenset({"version", "attempt", "question", "state", "reply"}),
    "time": frozenset({"version", "attempt", "minutes", "reply"}),
    "late": frozenset({"version", "attempt", "state", "reply"}),
    "act": frozenset({"state", "reason", "on", "reply"}),
    "amended": frozenset({"period", "trace"}),
    "objection": frozenset({"period", "state", "reply"}),
    "objection-new": frozenset({"about"}),
    "objection-late": frozenset({"about"}),
    "transfer-new": frozenset({"about"}),
}
"""What is told though it is not in the ledger, and what each may say besides: a remark about a question or an
appeal was answered, a member got more time, late answers were not accepted, an act was
not recognised or counts against them; the rules of a period were amended, an objection was decided, one waits to be
decided by this person, or waits for longer than it should; somebody asks to be received in a unit of theirs."""


class Recorded(Protocol):
    """What is read of a ledger entry."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def subject_version(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def recorded_at(self) -> datetime: ...


@dataclass(frozen=True)
class Heard:
    """A notice as it must be. `changes` are the attempts concerned, by id: what was, what is."""

    key: str
    subject: str
    seq: int
    cause: str
    trace: str
    version: str
    at: datetime
    changes: Mapping[str, Mapping[str, Any]]


def replaced(entries: Iterable[Recorded]) -> list[int]:
    """The seqs of the entries that were voided in a way that makes notices: those that `heard` needs to know."""
    return [entry.data["seq"] for entry in entries if _tells(entry)]


def heard(entries: Iterable[Recorded], before: Mapping[int, Recorded]) -> list[Heard]:
    """The notices that follow from these entries, which hold each voiding together with what replaced it.
    `before` are the voided entries by their seqs. A result that was replaced by an equal one tells nothing."""
    ordered = sorted(entries, key=lambda entry: entry.seq)
    found: dict[str, Heard] = {}
    for void in ordered:
        old = before.get(void.data["seq"]) if _tells(void) else None
        if old is None or old.kind != "quiz-ended":
            continue
        new = next((one for one in ordered if _replaces(one, void, old)), None)
        if new is None and void.data["reason"] != "reopened":
            continue
        change = _change(old, new)
        if change["now"] == change["was"]:
            continue
        key = f"{void.data['trace']}/{old.subject}"
        earlier = found[key].changes if key in found else {}
        found[key] = Heard(
            key=key,
            subject=old.subject,
            seq=void.seq if new is None else new.seq,
            cause=void.data["reason"],
            trace=void.data["trace"],
            version=old.subject_version,
            at=void.recorded_at,
            changes={**earlier, old.data["attempt"]: change},
        )
    return list(found.values())


class Recorder(Recorded, Protocol):
    """What is read of an entry that somebody else may have made."""

    @property
    def member_id(self) -> str: ...
    @property
    def recorder(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class Decided:
    """A notice of what somebody decided about the member's record: `what` is `corrected`, with the reason and the
    entries that were voided together, or the kind of what was granted."""

    key: str
    subject: str
    seq: int
    at: datetime
    data: Mapping[str, Any]


def decided(entries: Iterable[Recorder]) -> list[Decided]:
    """The notices of decisions that these entries hold: entries voided by hand, one notice for each act, and what
    was waived or accepted. What the member did, and what came over from another account, tells nothing."""
    found: dict[str, Decided] = {}
    for entry in sorted(entries, key=lambda one: one.seq):
        if entry.recorder == entry.member_id or entry.source == "merge":
            continue
        if entry.kind in GRANTS:
            key = f"granted/{entry.seq}"
            found[key] = Decided(key, entry.subject, entry.seq, entry.recorded_at, {"what": entry.kind})
        elif entry.kind == "voided" and entry.data["reason"] in BY_HAND:
            key = f"corrected/{entry.data.get('trace') or entry.seq}"
            before = found[key].data["entries"] if key in found else []
            data = {
                "what": "corrected",
                "reason": entry.data["reason"],
                "entries": [*before, entry.data["seq"]],
            }
            found[key] = Decided(key, entry.subject, entry.seq, entry.recorded_at, data)
    return list(found.values())


def _tells(entry: Recorded) -> bool:
    return entry.kind == "voided" and entry.data["reason"] in CAUSES and bool(entry.data.get("trace"))


def _replaces(entry: Recorded, void: Recorded, old: Recorded) -> bool:
    return (
        entry.kind == "quiz-ended"
        and entry.seq > void.seq
        and entry.data.get("trace") == void.data["trace"]
        and entry.data["attempt"] == old.data["attempt"]
    )


def _change(old: Recorded, new: Recorded | None) -> dict[str, Any]:
    return {
        "number": old.data["number"],
        "was": _result(old),
        "now": None if new is None else _result(new),
    }


def _result(entry: Recorded) -> dict[str, Any]:
    return {
        "earned": entry.data["earned"],
        "possible": entry.data["possible"],
        "passed": entry.data["passed"],
        "pending": entry.data.get("pending", 0),
    }
