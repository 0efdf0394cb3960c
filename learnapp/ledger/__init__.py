"""The waist of the house: an append-only stream of facts per member.

Writers call `record` in the transaction of their act; readers fold what `stream` gives them. An entry is never
changed: correcting is `void`, a new entry with reason and actor. `seal` signs where every stream ends, once
a day, into one log that only grows; an anchor elsewhere and the members' receipts hold even whoever has the
key. `verify` recomputes every hash from the stored bytes and names the first fault, here, on a copy, and by
itself on an `export`; `prove` shows one entry's way into the log.
"""

from learnapp.ledger.anchors import anchor_of, keep_anchor
from learnapp.ledger.copies import Extent, extent
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
from learnapp.ledger.export import export
from learnapp.ledger.finding import Fate, fate, find
from learnapp.ledger.keys import (
    KeyInfo,
    current_key,
    key_infos,
    new_key,
    private_key,
    public_keys,
    replace_lost_key,
    rotate_key,
)
from learnapp.ledger.models import LedgerEntry, LedgerHead
from learnapp.ledger.oversight import Held, Holding, Voiding, recorded, seals_before, voidings
from learnapp.ledger.proofs import find_entry, prove, prove_growth, seal_number, sealed_up_to
from learnapp.ledger.queries import (
    Entry,
    Stream,
    effective,
    entries_after,
    entry,
    known_uids,
    note_text,
    stream,
    void_reasons,
    voided_seqs,
)
from learnapp.ledger.rules import GENESIS, VOID_REASONS
from learnapp.ledger.sampling import Drawn, Sample, sample
from learnapp.ledger.sealing import SealInfo, grown, last_seal, seal, seal_info, stored_seals
from learnapp.ledger.seals import public_pem, receipt_line
from learnapp.ledger.service import hold, lock, note, open_stream, record, void
from learnapp.ledger.sources import verify, verify_elsewhere
from learnapp.ledger.verify import (
    Broken,
    Finding,
    Key,
    Known,
    Report,
    check_proof,
    document,
    read_known,
    tell,
    tell_proof,
)

__all__ = [
    "GENESIS",
    "VOID_REASONS",
    "Broken",
    "CourseCompleted",
    "Drawn",
    "Entry",
    "Event",
    "Extent",
    "Fate",
    "Finding",
    "Held",
    "Holding",
    "Key",
    "KeyInfo",
    "Known",
    "LedgerEntry",
    "LedgerHead",
    "ModuleCompleted",
    "QuizEnded",
    "QuizMeasured",
    "Report",
    "Sample",
    "SealInfo",
    "Stream",
    "StudyBegun",
    "Voided",
    "Voiding",
    "anchor_of",
    "check_proof",
    "current_key",
    "document",
    "effective",
    "entries_after",
    "entry",
    "event_of",
    "export",
    "extent",
    "fate",
    "find",
    "find_entry",
    "grown",
    "hold",
    "keep_anchor",
    "key_infos",
    "known_uids",
    "last_seal",
    "lock",
    "new_key",
    "note",
    "note_text",
    "open_stream",
    "private_key",
    "prove",
    "prove_growth",
    "public_keys",
    "public_pem",
    "read_known",
    "receipt_line",
    "record",
    "recorded",
    "replace_lost_key",
    "rotate_key",
    "sample",
    "seal",
    "seal_info",
    "seal_number",
    "sealed_up_to",
    "seals_before",
    "stored_seals",
    "stream",
    "tell",
    "tell_proof",
    "verify",
    "verify_elsewhere",
    "void",
    "void_reasons",
    "voided_seqs",
    "voidings",
]
