"""Files by content hash: pictures of lessons, stored once, served unchanged.

The type of a picture is read off its bytes, never believed. The bytes lie in a `Store`, a folder that the
door names; a row remembers type and size.
"""

from learnapp.media.models import MediaFile
from learnapp.media.queries import Info, info
from learnapp.media.rules import MAX_BYTES, SUFFIXES, hash_of, is_hash, sniff, sniff_paper
from learnapp.media.store import Store
from learnapp.media.traces import without_traces

__all__ = [
    "MAX_BYTES",
    "SUFFIXES",
    "Info",
    "MediaFile",
    "Store",
    "hash_of",
    "info",
    "is_hash",
    "sniff",
    "sniff_paper",
    "without_traces",
]
