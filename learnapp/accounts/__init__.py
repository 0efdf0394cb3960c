"""People and their ways to sign in: passwords, one-time codes, locks, sessions that can all be ended.

A wrong password is remembered on the account it was meant for, never on an address, since a whole branch
may share one. Of a one-time code only the hash is kept; issuing one ends the person's older ones.
"""

from learnapp.accounts.closing import ERASED_NAME, close, closed_for, correct, erase, open_again
from learnapp.accounts.models import Account
from learnapp.accounts.queries import (
    STATES,
    Profile,
    find,
    names,
    profile,
    states,
)
from learnapp.accounts.rules import (
    LOCK_AFTER,
    LOCK_MINUTES,
    PASSWORD_LENGTH,
    TICKET_MINUTES,
    check_password,
    normal_code,
    readable_code,
)
from learnapp.accounts.service import (
    acknowledge_reset,
    create,
    set_password,
    sign_out,
    sign_out_everywhere,
)
from learnapp.accounts.sign_in import Outcome, Proof, change_password, prove, prove_member, settle
from learnapp.accounts.tickets import (
    Invitation,
    end_codes,
    invitation,
    issue_ticket,
    make_hash,
    redeem,
    used_just_now,
)

__all__ = [
    "ERASED_NAME",
    "LOCK_AFTER",
    "LOCK_MINUTES",
    "PASSWORD_LENGTH",
    "STATES",
    "TICKET_MINUTES",
    "Account",
    "Invitation",
    "Outcome",
    "Profile",
    "Proof",
    "acknowledge_reset",
    "change_password",
    "check_password",
    "close",
    "closed_for",
    "correct",
    "create",
    "end_codes",
    "erase",
    "find",
    "invitation",
    "issue_ticket",
    "make_hash",
    "names",
    "normal_code",
    "open_again",
    "profile",
    "prove",
    "prove_member",
    "readable_code",
    "redeem",
    "set_password",
    "settle",
    "sign_out",
    "sign_out_everywhere",
    "states",
    "used_just_now",
]
