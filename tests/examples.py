"""How many examples a property test tries: few in the suite, many when `make prove` asks for them."""

from __future__ import annotations

import os

FACTOR = "TEST_EXAMPLES"


def many(few: int) -> int:
    """So many examples, times what the environment says."""
    return few * int(os.environ.get(FACTOR, "1"))
