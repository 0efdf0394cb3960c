"""What is true of units, classes and roles. Pure."""

from __future__ import annotations

from learnapp.errors import N_

KINDS = {
    "committee": N_("Committee"),
    "general": N_("General branch"),
    "branch": N_("Branch"),
    "group": N_("Group"),
}

CLASSES = {
    "full": N_("Full member"),
    "probationary": N_("Probationary member"),
    "mobile": N_("Mobile member"),
    "applicant": N_("Applicant"),
    # Old age, illness and the like in one word, so that the reason is not stored.
    "special": N_("Special (age, health and the like)"),
}

POSTS = {
    "secretary": N_("Branch secretary"),
    "committee-member": N_("Branch committee member"),
    # 乡科级, 县处级: cadres whose training has targets of its own.
    "cadre-township": N_("Cadre of township or section level"),
    "cadre-county": N_("Cadre of county or division level and above"),
}
