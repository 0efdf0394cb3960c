"""What people say about studying and serving that no system can see, and what the organisation answers.

A member declares an act, or somebody records one; a second person confirms it, and only then does a reader see
anything that may count. Waivers and equivalences are entries of this area too, from a controlled vocabulary.
Nobody confirms, waives or grants anything for themselves.
"""

from __future__ import annotations

from learnapp.declarations.corrections import correct, voided_by
from learnapp.declarations.granting import TEXT_LENGTH, Stands
from learnapp.declarations.models import ActFile, DeclaredAct, QuarterSignature
from learnapp.declarations.oneself import accounts_of, refuse_oneself
from learnapp.declarations.ordinary import WORRIES, Seen, Terms, worries
from learnapp.declarations.queries import (
    ActInfo,
    File,
    Waiting,
    act,
    acts_of,
    alongside,
    check,
    count_waiting,
    file_of,
    signed,
    units_waiting,
    waiting_in,
    waiting_one,
)
from learnapp.declarations.rules import (
    DECLINE_REASONS,
    KINDS,
    LONGEST,
    STATES,
    Deciders,
    Signed,
    Standing,
    quarter_days,
    quarter_of,
    unsettled,
)
from learnapp.declarations.service import (
    MOST_BYTES,
    confirm,
    declare,
    decline,
    drop_file,
    forget,
    id_of,
    record_act,
    settle,
    sign,
    withdraw,
)
from learnapp.declarations.vocabulary import EQUIVALENCE, REASONS, REPLACEABLE, WAIVER, Basis, remedy
from learnapp.declarations.waivers import credit, grant_equivalence, granted, standing, waive

__all__ = [
    "DECLINE_REASONS",
    "EQUIVALENCE",
    "KINDS",
    "LONGEST",
    "MOST_BYTES",
    "REASONS",
    "REPLACEABLE",
    "STATES",
    "TEXT_LENGTH",
    "WAIVER",
    "WORRIES",
    "ActFile",
    "ActInfo",
    "Basis",
    "Deciders",
    "DeclaredAct",
    "File",
    "QuarterSignature",
    "Seen",
    "Signed",
    "Standing",
    "Stands",
    "Terms",
    "Waiting",
    "accounts_of",
    "act",
    "acts_of",
    "alongside",
    "check",
    "confirm",
    "correct",
    "count_waiting",
    "credit",
    "declare",
    "decline",
    "drop_file",
    "file_of",
    "forget",
    "grant_equivalence",
    "granted",
    "id_of",
    "quarter_days",
    "quarter_of",
    "record_act",
    "refuse_oneself",
    "remedy",
    "settle",
    "sign",
    "signed",
    "standing",
    "units_waiting",
    "unsettled",
    "voided_by",
    "waiting_in",
    "waiting_one",
    "waive",
    "withdraw",
    "worries",
]
