"""What is written down, and how little of an address. Pure."""

from __future__ import annotations

import ipaddress

from learnapp.errors import N_

# Who did what the installation did by itself: loading content, settling the first people.
INSTALLATION = "0" * 32

ACTIONS = {
    "sign-in": N_("Signed in"),
    "sign-in-failed": N_("Sign-in failed"),
    "locked": N_("Locked after failed sign-ins"),
    "sign-out": N_("Signed out"),
    "sign-out-everywhere": N_("Signed out everywhere"),
    "code-issued": N_("A one-time code was issued"),
    "code-used": N_("A one-time code was used"),
    "password-set": N_("A password was chosen"),
    "role-granted": N_("A role was granted"),
    "role-ended": N_("A role was ended"),
    "published": N_("A version was published"),
    "exported": N_("Data was exported"),
    "late-accepted": N_("Late answers were accepted"),
    "late-refused": N_("Late answers were refused"),
    "quiz-extend": N_("A quiz was extended"),
    "quiz-pause": N_("A quiz was paused"),
    "quiz-resume": N_("A paused quiz went on"),
    "quiz-override": N_("A member got terms of their own at a quiz"),
    "quiz-reopen": N_("An attempt was opened again"),
    "quiz-allowance": N_("A member’s standing extra time was set"),
    "entry-voided": N_("A ledger entry was voided"),
    "quiz-regraded": N_("Results of a quiz were corrected"),
    "ledger-verified": N_("The ledger was verified"),
    "certificate-issued": N_("A certificate was issued"),
    "certificate-revoked": N_("A certificate was revoked"),
}


def truncate_address(address: str | None) -> str:
    """The network of an address, never the host: /24 of IPv4, /48 of IPv6; empty if it is no address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))
