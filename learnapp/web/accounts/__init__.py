"""Accounts: signing in and out, one-time codes, and the page about oneself."""

from learnapp.web.accounts import codes, issue, own, sign_in
from learnapp.web.accounts.blueprint import bp

__all__ = ["bp", "codes", "issue", "own", "sign_in"]
