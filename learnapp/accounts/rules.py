"""What is true of sign-in names and passwords. Pure."""

from __future__ import annotations

import re
import unicodedata

from learnapp.errors import N_, Invalid

_SIGN_IN = re.compile(
    r"[a-z0-9\u3400-\u9fff\U00020000-\U0003ffff][a-z0-9._\-\u3400-\u9fff\U00020000-\U0003ffff]{1,39}"
)
PASSWORD_LENGTH = (8, 128)


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
    """Raises Invalid for a password that is too short, too long, one repeated character or the sign-in name."""
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
