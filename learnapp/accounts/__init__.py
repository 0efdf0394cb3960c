"""People and their ways to sign in: passwords, one-time codes, locks, sessions that can all be ended."""

from learnapp.accounts.models import Account
from learnapp.accounts.service import create, set_password

__all__ = ["Account", "create", "set_password"]
