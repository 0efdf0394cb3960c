"""What stands already when something new is counted. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from learnapp.points.rules import Line


@dataclass(frozen=True)
class Earlier:
    """A line that stands already, with what of its entry decides about later ones."""

    line: Line
    subject: str
    occurred_at: datetime
