"""On what a waiver or an equivalence may rest, and what may be corrected by hand. Pure.

The vocabularies are closed: what a committee accepts is a code here with words in both languages, so that two
branches mean the same by it and a record can be read years later. No code says anything about health, nor do the
words: who cannot study for such a reason is exempt (an interval in `branches` that stores no reason).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from learnapp.errors import N_


@dataclass(frozen=True)
class Basis:
    """One reason that is accepted. `words` are for whoever decides and for the member; `ends` says that it holds
    only for some time, so that a last day must be named; `hours` that study hours may come with it."""

    words: str
    ends: bool = False
    hours: bool = False


WAIVER: Mapping[str, Basis] = {
    "studied-before-moving": Basis(N_("Newly transferred, studied the same in the unit before")),
    "long-mission": Basis(N_("Sent on a long mission"), ends=True),
    "seconded": Basis(N_("Seconded to another organisation, which arranges the study"), ends=True),
    "full-time-training": Basis(N_("In full-time training or at school"), ends=True),
    "parental-leave": Basis(N_("Maternity, paternity or parental leave"), ends=True),
    "unpaid-leave": Basis(N_("On leave from the post"), ends=True),
    "post-changed": Basis(N_("No longer holds the post that this was meant for")),
}

EQUIVALENCE: Mapping[str, Basis] = {
    "party-school": Basis(N_("The same course at a party school or cadre college"), hours=True),
    "other-platform": Basis(N_("The same course on another learning platform"), hours=True),
    "higher-unit": Basis(N_("Training of the same content held by a higher unit"), hours=True),
    "other-branch": Basis(N_("Studied with the host branch or another branch"), hours=True),
    "on-paper": Basis(N_("Studied on paper, brought home"), hours=True),
    "taught-it": Basis(N_("Taught this content to others"), hours=True),
    "exam-elsewhere": Basis(N_("Passed an examination of the same content elsewhere")),
    "qualification": Basis(N_("Holds a qualification that covers this content")),
    "other-account": Basis(N_("Studied by mistake under another person's account")),
}

# Reasons of the ledger (`VOID_REASONS`) that a person may choose. The others belong to procedures of their own.
REASONS = ("entered-in-error", "wrong-person", "duplicate", "corrected")

# Kinds that people record from a form, so that a corrected one can be recorded in the same act.
REPLACEABLE = ("waived", "equivalence-granted")

# Kinds that a person may void, if only with what rests on them.
VOIDABLE = (*REPLACEABLE, "module-completed", "course-completed", "quiz-ended", "act-confirmed", "work-done")

_DONE_OTHERWISE = N_("Entries of this kind are not voided by hand.")

# Why an entry of another kind is not voided by hand, and what helps instead.
REMEDIES: Mapping[str, str] = {
    "study-begun": N_(
        "That a course was begun proves and pays nothing. Correct the lesson that was completed by mistake."
    ),
    "quiz-measured": N_(
        "This tells what was done to a clock. Set the times anew on the page of the running quiz."
    ),
    "voided": N_("A voiding cannot be voided. Record the act again instead."),
    "act-declared": N_(
        "A declaration by itself is worth nothing. The member withdraws it, or the branch declines it."
    ),
    "act-recorded": N_(
        "A record is worth nothing until it is confirmed. Decline it on the page of what waits."
    ),
    "act-declined": N_("A declined act may be declared or recorded once more."),
    "quarter-signed": N_(
        "A signature tells what was signed on that day. Sign the quarter once more instead."
    ),
    "period-closed": N_(
        "A closed period stays as it was frozen. Correct the entry behind the line; the difference goes into the"
        " next period."
    ),
    "graded": N_("A grade is decided by a meeting. Let the meeting decide once more."),
    "recognised": N_("A recognition is taken back on the page of its list."),
    "objection-decided": N_("A reply to an objection stays. A new objection can be raised."),
    "moved": N_("A transfer is corrected by another transfer."),
    "merged": N_("Two accounts that were joined are parted on the page of the merge."),
    "merge-undone": N_("Join the two accounts once more instead."),
    "erased": N_("An erasure cannot be undone."),
}


def remedy(kind: str) -> str:
    """Why an entry of this kind is not voided by hand and what helps instead; empty for a kind that may be."""
    return "" if kind in VOIDABLE else REMEDIES.get(kind, _DONE_OTHERWISE)
