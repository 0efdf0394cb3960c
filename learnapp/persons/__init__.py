"""What happens to a person as a whole: two accounts that are one, an erasure, data whose time is over.

Each of these reaches into many rooms at once, so they stand above all of them. Everything is done one member
per transaction and can be repeated until it is complete; the ledger keeps its entries and verifies after each.
"""

from __future__ import annotations

from learnapp.persons import retention
from learnapp.persons.erasing import (
    REPLY_LENGTH,
    Request,
    accounts_of,
    ask,
    carry_out,
    decide,
    erase,
    finish,
    left,
    open_requests,
    preview,
    refuse,
    request,
    requests_of,
    withdraw,
)
from learnapp.persons.holdings import HOLDINGS
from learnapp.persons.merging import carry, give_back, merge, undo
from learnapp.persons.models import Carried, ErasureRequest, GivenUp, RetentionRun
from learnapp.persons.own import own_data
from learnapp.persons.previewing import MergePreview, merge_preview
from learnapp.persons.queries import Merge, blockers, given_up_for, joined, merge_of, merges_of, unfinished
from learnapp.persons.rules import BLOCKERS

__all__ = [
    "BLOCKERS",
    "HOLDINGS",
    "REPLY_LENGTH",
    "Carried",
    "ErasureRequest",
    "GivenUp",
    "Merge",
    "MergePreview",
    "Request",
    "RetentionRun",
    "accounts_of",
    "ask",
    "blockers",
    "carry",
    "carry_out",
    "decide",
    "erase",
    "finish",
    "give_back",
    "given_up_for",
    "joined",
    "left",
    "merge",
    "merge_of",
    "merge_preview",
    "merges_of",
    "open_requests",
    "own_data",
    "preview",
    "refuse",
    "request",
    "requests_of",
    "retention",
    "undo",
    "unfinished",
    "withdraw",
]
