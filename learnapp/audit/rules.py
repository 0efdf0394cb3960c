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
    "act-recorded": N_("An act was recorded"),
    "act-confirmed": N_("An act was confirmed"),
    "act-declined": N_("An act was not recognised"),
    "entry-voided": N_("A ledger entry was voided"),
    "study-waived": N_("A course or quiz was waived"),
    "study-accepted": N_("Something was accepted in place of a course or quiz"),
    "quiz-regraded": N_("Results of a quiz were corrected"),
    "study-rules-adopted": N_("Study rules were adopted"),
    "ledger-verified": N_("The ledger was verified"),
    "certificate-issued": N_("A certificate was issued"),
    "certificate-revoked": N_("A certificate was revoked"),
    "class-changed": N_("Class or post was changed"),
    "class-change-undone": N_("A change of class or post was taken back"),
    "guest-begun": N_("A guest membership began"),
    "guest-ended": N_("A guest membership was ended"),
    "transfer-asked": N_("A transfer was asked for"),
    "transfer-received": N_("A transfer was received"),
    "transfer-confirmed": N_("A transfer was confirmed"),
    "transfer-declined": N_("A transfer was declined"),
    "transfer-withdrawn": N_("A transfer was withdrawn"),
    "accounts-merged": N_("Two accounts were joined"),
    "merge-undone": N_("The joining of two accounts was undone"),
    "erasure-asked": N_("Erasure was asked for"),
    "erasure-withdrawn": N_("A request for erasure was taken back"),
    "erasure-refused": N_("Erasure was refused"),
    "erased": N_("A person was erased"),
    "corrected": N_("Name or phone was corrected"),
    "retention-confirmed": N_("Deleting old data was confirmed"),
    "retention-done": N_("Old data was deleted"),
    "rule-set-adopted": N_("A rule set of points was adopted"),
    "period-planned": N_("An assessment period was planned"),
    "period-opened": N_("An assessment period was opened"),
    "period-amended": N_("The rules of an open period were amended"),
    "period-posted": N_("An assessment period was posted"),
    "grade-decided": N_("A grade was decided"),
    "objection-decided": N_("An objection was decided"),
    "period-closing": N_("Closing an assessment period began"),
    "period-closed": N_("An assessment period was closed"),
    "recognition-drawn-up": N_("A recognition list was drawn up"),
    "recognition-approved": N_("A recognition list was approved"),
    "recognition-returned": N_("A recognition list was given back"),
    "recognition-taken-back": N_("A recognition was taken back"),
    "points-exported": N_("Points of a branch were exported"),
    "summary-exported": N_("A yearly summary was taken along"),
}

# Details that are codes or numbers; every other one may be words about somebody.
CODES = ("role", "kind", "minutes", "template", "number", "percent", "entries", "seals")


def truncate_address(address: str | None) -> str:
    """The network of an address, never the host: /24 of IPv4, /48 of IPv6; empty if it is no address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))
