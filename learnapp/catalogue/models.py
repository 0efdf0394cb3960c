"""Published courses and quizzes: immutable versions, and which of them is current."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from learnapp.db import HASH, ID, KEY, Base, UtcDateTime


class Publication(Base):
    """One immutable version of a course or quiz, named by the hash of its source and media."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("kind", "slug", "number"), {"info": {"place": "reference"}})

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    slug: Mapped[str] = mapped_column(KEY)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200), default="")
    definition: Mapped[str] = mapped_column(Text)
    renderer: Mapped[str] = mapped_column(KEY)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(ID)
    note: Mapped[str] = mapped_column(String(500), default="")


class Shelf(Base):
    """Which version is current. `loaded_hash` is the version last loaded from a folder: where it differs
    from the current one, somebody edited in the browser since, and loading again is a conflict."""

    __tablename__ = "shelf"
    __table_args__ = ({"info": {"place": "reference"}},)

    kind: Mapped[str] = mapped_column(KEY, primary_key=True)
    slug: Mapped[str] = mapped_column(KEY, primary_key=True)
    current_hash: Mapped[str] = mapped_column(ForeignKey("publication.hash"))
    loaded_hash: Mapped[str | None] = mapped_column(HASH, default=None)
    position: Mapped[int] = mapped_column(default=0)


class Blob(Base):
    """Source bytes as the author wrote them, by SHA-256."""

    __tablename__ = "blob"
    __table_args__ = ({"info": {"place": "reference"}},)

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PublicationFile(Base):
    """A file of a version. Text lies in `blob`, pictures lie in the media store under the same hash."""

    __tablename__ = "publication_file"
    __table_args__ = (Index("ix_publication_file_file_hash", "file_hash"), {"info": {"place": "reference"}})

    publication_hash: Mapped[str] = mapped_column(ForeignKey("publication.hash"), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    file_hash: Mapped[str] = mapped_column(HASH)
    store: Mapped[str] = mapped_column(KEY)


class ModuleVersion(Base):
    """A module as rendered for one version: titles, sections and check, in each of its languages.

    `source_hash` covers what a learner sees of this module alone, so that two versions of a course can
    tell which modules really changed.
    """

    __tablename__ = "module_version"
    __table_args__ = ({"info": {"place": "reference"}},)

    publication_hash: Mapped[str] = mapped_column(ForeignKey("publication.hash"), primary_key=True)
    module_id: Mapped[str] = mapped_column(KEY, primary_key=True)
    position: Mapped[int]
    source_hash: Mapped[str] = mapped_column(HASH)
    minutes: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    check_questions: Mapped[str | None] = mapped_column(Text, default=None)
