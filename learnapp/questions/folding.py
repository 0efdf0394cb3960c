"""How typed words are compared, and how typed text is cleaned before it is stored."""

from __future__ import annotations

import unicodedata

_TRAILING = ".,;:!?。、"
_INVISIBLE = ("Cc", "Cf", "Cs")


def fold(text: str) -> str:
    """The text as it is compared: two answers are alike when their folds are equal.

    Full and half width become one (Unicode NFKC), upper and lower case become one (casefold), all white
    space and invisible characters go, and so do stops, commas and other sentence marks at the end. A text
    of nothing but such marks is kept, so that it can be an answer too.
    """
    wide = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in wide if not c.isspace() and unicodedata.category(c) not in _INVISIBLE)
    joined = unicodedata.normalize("NFKC", seen)
    return joined.rstrip(_TRAILING) or joined


def tidy(text: str) -> str:
    """Typed text fit for storing: line breaks and tabs become spaces, control characters and halves of
    surrogate pairs go (JSON and PostgreSQL refuse them), ends are trimmed. Nothing else is changed."""
    spaced = "".join(" " if c.isspace() else c for c in text)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs")).strip()


def tidy_lines(text: str) -> str:
    """Typed text of several lines fit for storing: as `tidy`, but lines stay, however the device ends them.
    What stands blank at the end of a line and at both ends goes."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_line(line) for line in joined.split("\n")).strip()


def _line(line: str) -> str:
    spaced = "".join(" " if c.isspace() else c for c in line)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs")).rstrip()
