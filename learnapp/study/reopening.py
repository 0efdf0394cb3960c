"""A lesson that counts as completed no longer, since its entry was voided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from learnapp.db import db, table_of
from learnapp.study.models import StudyProgress

_progress = table_of(StudyProgress)
# The version stays: it says that the lesson was completed once, so that the next completion is another entry.
_REOPEN = (
    update(_progress)
    .where(
        _progress.c.member_id == bindparam("of_member"),
        _progress.c.course == bindparam("of_course"),
        _progress.c.module_id == bindparam("of_module"),
        _progress.c.entry_seq == bindparam("of_seq"),
    )
    .values(
        sections="[]",
        check_passed_at=None,
        completed_at=None,
        completed_on=None,
        hours_hundredths=0,
        entry_seq=None,
        updated_at=bindparam("at"),
    )
)


def reopen(member_id: str, course: str, module_id: str, seq: int, *, at: datetime) -> None:
    """Takes back the completion that entry `seq` recorded, with its hours, sections and check: the member can study
    the lesson once more. Nothing happens where another entry completed it, or none did. Belongs to the
    transaction that voids the entry, under the member's lock."""
    named = {"of_member": member_id, "of_course": course, "of_module": module_id, "of_seq": seq, "at": at}
    db.session.execute(_REOPEN, named)
