"""The waist of the house: an append-only stream of facts per member.

Writers call `record` in the transaction of their act; readers fold `entries_after`. An entry is never
changed: correcting is `void`, a new entry with reason and actor. `verify` recomputes every hash from the
stored bytes and names the first fault.
"""

from learnapp.ledger.events import (
    CourseCompleted,
    Event,
    ModuleCompleted,
    QuizEnded,
    QuizMeasured,
    StudyBegun,
    Voided,
    event_of,
)
from learnapp.ledger.export import export_lines
from learnapp.ledger.models import LedgerHead
from learnapp.ledger.queries import (
    Entry,
    effective,
    entries_after,
    entry,
    members_ahead,
    note_text,
    void_reasons,
    voided_seqs,
)
from learnapp.ledger.rules import GENESIS, VOID_REASONS
from learnapp.ledger.service import hold, lock, note, open_stream, record, void
from learnapp.ledger.verify import Fault, Report, verify

__all__ = [
    "GENESIS",
    "VOID_REASONS",
    "CourseCompleted",
    "Entry",
    "Event",
    "Fault",
    "LedgerHead",
    "ModuleCompleted",
    "QuizEnded",
    "QuizMeasured",
    "Report",
    "StudyBegun",
    "Voided",
    "effective",
    "entries_after",
    "entry",
    "event_of",
    "export_lines",
    "hold",
    "lock",
    "members_ahead",
    "note",
    "note_text",
    "open_stream",
    "record",
    "verify",
    "void",
    "void_reasons",
    "voided_seqs",
]
