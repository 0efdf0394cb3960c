"""From a draft to an adopted rule set.

Committee staff write a rule set as rows of a form; a draft keeps what was typed, also while it is not right yet,
as TOML that the one parser reads. `check` puts what the parser says beside rows and fields, `differences` says in
sentences what is new, `adopt` makes the draft a version of its unit, with who, when and why.
"""

from learnapp.points.drafting.checking import Checked, Fault, alone, check
from learnapp.points.drafting.differences import Difference, differences
from learnapp.points.drafting.models import RuleDraft, RuleVersion
from learnapp.points.drafting.rows import (
    ACTS,
    EFFECTS,
    FIELDS,
    LISTS,
    OTHER,
    SYSTEM,
    WORK,
    Kind,
    Row,
    read,
    rows_of,
    strangers,
    whats_for,
    write,
)
from learnapp.points.drafting.service import (
    MAX_SOURCE,
    NOTE_LENGTH,
    Draft,
    add_row,
    adopt,
    begin,
    discard,
    draft,
    drafts_of,
    move_row,
    remove_row,
    save_row,
)
from learnapp.points.drafting.text import digest, emit, load, shape
from learnapp.points.drafting.versions import VersionInfo, before, version, versions_for

__all__ = [
    "ACTS",
    "EFFECTS",
    "FIELDS",
    "LISTS",
    "MAX_SOURCE",
    "NOTE_LENGTH",
    "OTHER",
    "SYSTEM",
    "WORK",
    "Checked",
    "Difference",
    "Draft",
    "Fault",
    "Kind",
    "Row",
    "RuleDraft",
    "RuleVersion",
    "VersionInfo",
    "add_row",
    "adopt",
    "alone",
    "before",
    "begin",
    "check",
    "differences",
    "digest",
    "discard",
    "draft",
    "drafts_of",
    "emit",
    "load",
    "move_row",
    "read",
    "remove_row",
    "rows_of",
    "save_row",
    "shape",
    "strangers",
    "version",
    "versions_for",
    "whats_for",
    "write",
]
