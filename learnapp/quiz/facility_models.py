"""How hard questions were found to be, as numbered tables that papers are balanced on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, Base, UtcDateTime


class QuizFacility(Base):
    """The facilities of a quiz's questions as they were measured once. A paper names the `number` of the
    table it was balanced on, so a row is never changed.

    `data` is JSON: question -> [how many had it, share of its points earned in hundredths of a percent].
    `attempts` is how many there were at the quiz, by which the next table is due.
    """

    __tablename__ = "quiz_facility"
    __table_args__ = ({"info": {"place": "reference"}},)

    version: Mapped[str] = mapped_column(HASH, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempts: Mapped[int]
    data: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
