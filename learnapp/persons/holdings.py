"""What is kept of a person, table by table, and what an erasure does with it. Pure data: nothing is erased that is
not decided here, and a test asks for a decision about every table that names a member.

`delete` takes the member's rows away, `blank` empties columns of them, `keep` leaves what says nothing about
anybody who could be named, `own` is done by the area itself. `group` is how a preview counts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from learnapp.errors import N_

GROUPS: Mapping[str, str] = {
    "account": N_("Name, sign-in name, phone, password and codes"),
    "places": N_("Roles, posts and exemptions"),
    "texts": N_("Sentences written by them and about them"),
    "answers": N_("Attempts at quizzes with every answer, mark and measure"),
    "study": N_("Progress in lessons and the wrong-answer book"),
    "acts": N_("Declared acts, files and signatures"),
    "certificates": N_("Certificates"),
    "notices": N_("Notices"),
    "ledger": N_("Entries of the learning ledger, which say nothing about anybody who could be named"),
    "points": N_("Points and grades of closed periods, as numbers"),
    "log": N_("Rows of the security log, as ids, for as long as the law asks"),
}


@dataclass(frozen=True)
class Holding:
    """What happens to the rows of one table. `column` names the person where it is not `member_id`; `why` is for
    the documentation of what stays."""

    action: Literal["delete", "blank", "keep", "own"]
    group: str
    why: str = ""
    blank: Mapping[str, str | None] = field(default_factory=dict)
    column: str = "member_id"


def _gone(group: str) -> Holding:
    return Holding("delete", group)


def _stays(group: str, why: str) -> Holding:
    return Holding("keep", group, why)


_CHAIN = "ids, versions and numbers only; other proofs rest on it"
_CLOSED = "numbers of a period that closed under a digest"
_MARK = "how far a reader has read"

HOLDINGS: Mapping[str, Holding] = {
    "account": Holding(
        "own", "account", "an empty row under the id, so that lists can say that somebody was erased"
    ),
    "sign_in_name": Holding("own", "account"),
    "ticket": Holding("own", "account"),
    "membership": Holding(
        "own", "", "unit, class and days of an id, for the sums of closed periods; no post"
    ),
    "membership_before": Holding("own", "", "the same, as it was known before"),
    "transfer": _stays("", "units and days of an id"),
    "role_grant": Holding("own", "places"),
    "exemption": Holding("own", "places"),
    "ledger_entry": _stays("ledger", _CHAIN),
    "ledger_head": _stays("", _CHAIN),
    "ledger_seal_leaf": _stays("", _CHAIN),
    "ledger_note": _gone("texts"),
    "objection": Holding("blank", "texts", "that there was one and how it ended", {"text": "", "reply": ""}),
    "attempt": _gone("answers"),
    "act": _gone(""),
    "quiz_grade": _gone(""),
    "quiz_grant": _gone("answers"),
    "quiz_allowance": _gone("answers"),
    "quiz_late": _gone(""),
    "quiz_leave": _gone(""),
    "quiz_script": _gone(""),
    "quiz_lot": _gone(""),
    "quiz_mark": _gone(""),
    "quiz_appeal": _gone("texts"),
    "quiz_fault": _gone("texts"),
    "study_progress": _gone("study"),
    "drill_card": _gone("study"),
    "drill_review": _gone(""),
    "drill_source": _gone(""),
    "declared_act": _gone("acts"),
    "act_file": _gone("acts"),
    "quarter_signature": _gone("acts"),
    "certificate": Holding("own", "certificates"),
    "certificate_code": _stays("", "a random code, so that checking it says “no longer kept”"),
    "notice": _gone("notices"),
    "notice_mark": _stays("", _MARK),
    "coverage_status": _stays("", "goes with the membership, when coverage follows"),
    "coverage_mark": _stays("", _MARK),
    "coverage_delta": _stays("", "counts on their way into the sums of units"),
    "points_mark": _stays("", _MARK),
    "points_line": _stays("points", _CLOSED),
    "standing": _stays("", _CLOSED),
    "points_adjustment": _stays("", _CLOSED),
    "points_frozen": _stays("", _CLOSED),
    "dry_run_move": _gone(""),
    "posted_line": _stays("", _CLOSED),
    "posted_total": _stays("", _CLOSED),
    "closed_member": _stays("", _CLOSED),
    "grade": Holding("blank", "points", "the grade, for the count of grades", {"reason": "", "minute": ""}),
    "recognised_member": Holding("blank", "texts", "that an id stood on a list", {"reason": ""}),
    "audit_event": Holding("own", "log", "ids and times for at least six months; words go at once"),
    "person_given_up": _stays("", "that two ids were one person"),
    "person_carried": _stays("", "that two ids were one person"),
    "erasure_request": Holding("blank", "", "that it was asked and done, with the dates", {"reply": ""}),
}

# Words of the person in rows that belong to somebody else.
ELSEWHERE: Mapping[str, Holding] = {
    "objection": Holding("blank", "texts", blank={"text": ""}, column="raised_by"),
}
