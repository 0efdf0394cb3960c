"""What a member should hear: a result that changed, and replies to what they asked or reported.

A changed result is read off the ledger: an entry that was voided and the one that replaced it, under one trace,
make one notice. So is what somebody else decided about the member's record: an entry voided by hand, a waiver, an
equivalence. Folding twice changes nothing, and making the notices again leaves alone what was seen. What is
not in the ledger is told by the door that brings it about. Nothing here is sent anywhere, counted or repeated.
"""

from learnapp.notices.models import Notice, NoticeMark
from learnapp.notices.queries import Told, all_of, waiting
from learnapp.notices.rules import REPLIES, Reply
from learnapp.notices.service import fold, forget, seen, tell

__all__ = [
    "REPLIES",
    "Notice",
    "NoticeMark",
    "Reply",
    "Told",
    "all_of",
    "fold",
    "forget",
    "seen",
    "tell",
    "waiting",
]
