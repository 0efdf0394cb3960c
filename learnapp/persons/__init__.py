"""What happens to a person as a whole: two accounts that are one, an erasure, data whose time is over.

Each of these reaches into many rooms at once, so they stand above all of them. Everything is done one member
per transaction and can be repeated until it is complete; the ledger keeps its entries and verifies after each.
"""

from __future__ import annotations

__all__: list[str] = []
