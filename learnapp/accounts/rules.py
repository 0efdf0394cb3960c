"""What is true of sign-in names, passwords, locks and one-time codes. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime, timedelta

from learnapp.errors import N_, Invalid

_SIGN_IN = re.compile(
    r"[a-z0-9\u3400-\u9fff\U00020000-\U0003ffff][a-z0-9._\-\u3400-\u9fff\U00020000-\U0003ffff]{1,39}"
)
PASSWORD_LENGTH = (8, 128)

# From the fifth failure in a row on, each one costs a wait; a day after the last wait the count starts anew.
LOCK_AFTER = 5
LOCK_MINUTES = (1, 5, 15, 60)
LOCK_FORGOTTEN = timedelta(days=1)

# Crockford's alphabet: 32 signs, none of them I, L, O or U; 16 signs are 80 bits.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_MISREAD = str.maketrans("OIL", "011")

# How long a one-time code can be used, in minutes, by its kind.
TICKET_MINUTES = {"invite": 30 * 24 * 60, "reset": 10}


def normal_sign_in(text: str) -> str:
    """A sign-in name as it is compared: NFKC, lower case, no spaces around.

    Raises Invalid unless it has 2 to 40 letters, digits, dots, hyphens or Chinese characters.
    """
    name = unicodedata.normalize("NFKC", text).strip().lower()
    if not _SIGN_IN.fullmatch(name):
        raise Invalid(
            "sign-in-name",
            N_("“%(name)s” cannot be a sign-in name. Use 2 to 40 letters, digits, dots or hyphens."),
            name=text,
        )
    return name


def check_password(password: str, sign_in: str) -> None:
    """Raises Invalid for a password that is too short, too long, of two characters or the sign-in name."""
    low, high = PASSWORD_LENGTH
    if not low <= len(password) <= high:
        raise Invalid(
            "password-length",
            N_("A password has at least %(low)s and at most %(high)s characters."),
            low=low,
            high=high,
        )
    if len(set(password)) < 3 or password.lower() == sign_in:
        raise Invalid("password-weak", N_("This password is too easy to guess. Choose another one."))


def lock_time(failures: int) -> timedelta | None:
    """How long an account waits after this many failures in a row; None while there is no wait yet."""
    if failures < LOCK_AFTER:
        return None
    step = min(failures - LOCK_AFTER, len(LOCK_MINUTES) - 1)
    return timedelta(minutes=LOCK_MINUTES[step])


def failures_after(failures: int, locked_until: datetime | None, at: datetime) -> int:
    """The count of failures in a row including one at `at`; a day after the last wait it starts at one."""
    if locked_until is not None and at - locked_until > LOCK_FORGOTTEN:
        return 1
    return failures + 1


def normal_code(text: str) -> str | None:
    """A one-time code as typed by hand, in its one spelling, or None if it cannot be one.

    Full-width signs, lower case, spaces and hyphens are accepted, and O, I and L are read as 0 and 1.
    """
    code = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    code = re.sub(r"[\s\-\u2010-\u2015]", "", code)
    if len(code) != CODE_LENGTH or any(sign not in CODE_ALPHABET for sign in code):
        return None
    return code


def readable_code(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_hash(code: str) -> str:
    """SHA-256 of a code in its one spelling; 80 random bits need no salt and no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()
