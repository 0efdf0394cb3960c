"""The one place where an inline pattern meets the library's way of calling it."""

from __future__ import annotations

import re
from typing import TypeAlias
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor

Found: TypeAlias = "tuple[Element | str | None, int | None, int | None]"
"""What stands in place of the text from one index to another; None: leave it and go on after it."""


class InlinePattern(InlineProcessor):
    """An inline pattern; `found` is called for every match that is still text."""

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override] # the library calls it so
        """Called by the library."""
        return self.found(m, data)

    def found(self, m: re.Match[str], data: str) -> Found:
        """What to put in place of a match."""
        raise NotImplementedError
