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
}

POSTS = {
    "secretary": N_("Branch secretary"),
    "committee-member": N_("Branch committee member"),
}
