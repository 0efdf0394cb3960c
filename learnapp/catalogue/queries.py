"""Reading what is published.

Versions are immutable, so each is read from the database once per process and remembered under its hash;
which version is current is asked every time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, bindparam, select

from learnapp.catalogue.definition import Check, Kind, Language, Section, Text
from learnapp.catalogue.models import Blob, ModuleVersion, Publication, PublicationFile, Shelf
from learnapp.catalogue.quiz_draws import draw_of
from learnapp.catalogue.quiz_settings import settings_of
from learnapp.catalogue.versions import Course, Module, ModuleInfo, PublicationInfo, Quiz
from learnapp.db import db, table_of
from learnapp.errors import N_, NotFound
from learnapp.media import Store
from learnapp.questions import from_canonical

_shelf, _publication, _rendered = table_of(Shelf), table_of(Publication), table_of(ModuleVersion)

_CURRENT = select(_shelf.c.current_hash).where(
    _shelf.c.kind == bindparam("kind"), _shelf.c.slug == bindparam("slug")
)
_ALL = (
    select(_shelf.c.current_hash)
    .where(_shelf.c.kind == bindparam("kind"))
    .order_by(_shelf.c.position, _shelf.c.slug)
)
_VERSION = select(
    _publication.c.hash, _publication.c.slug, _publication.c.number, _publication.c.definition
).where(_publication.c.hash == bindparam("hash"), _publication.c.kind == bindparam("kind"))
_MODULE = select(_rendered.c.content, _rendered.c.check_questions).where(
    _rendered.c.publication_hash == bindparam("hash"), _rendered.c.module_id == bindparam("module")
)


def current_hash(kind: Kind, slug: str) -> str | None:
    """The hash of the current version, or None when there is no such course or quiz."""
    return db.session.execute(_CURRENT, {"kind": kind, "slug": slug}).scalar()


def course(slug: str) -> Course:
    """The current version of a course. Raises NotFound."""
    return course_version(_current("course", slug))


def courses() -> tuple[Course, ...]:
    """The current versions of all courses, in shelf order."""
    rows = db.session.execute(_ALL, {"kind": "course"})
    return tuple(course_version(row.current_hash) for row in rows)


def quiz(slug: str) -> Quiz:
    """The current version of a quiz. Raises NotFound, also for a bank, which nobody takes."""
    found = quiz_version(_current("quiz", slug))
    if found.settings.bank:
        raise NotFound("no-quiz", N_("There is no such quiz."))
    return found


def quizzes() -> tuple[Quiz, ...]:
    """The current versions of all quizzes, in shelf order; banks are none."""
    return tuple(one for one in _on_shelf() if not one.settings.bank)


def banks() -> tuple[Quiz, ...]:
    """The current versions of all banks, in shelf order."""
    return tuple(one for one in _on_shelf() if one.settings.bank)


def _on_shelf() -> list[Quiz]:
    rows = db.session.execute(_ALL, {"kind": "quiz"})
    return [quiz_version(row.current_hash) for row in rows]


def course_version(name: str) -> Course:
    """This version of a course. Raises NotFound."""
    return _course(db.engine, name)


def module(name: str, module_id: str) -> Module:
    """One module of this version of a course. Raises NotFound."""
    return _module(db.engine, name, module_id)


def quiz_version(name: str) -> Quiz:
    """This version of a quiz. Raises NotFound."""
    return _quiz(db.engine, name)


def versions(kind: Kind, slug: str) -> list[PublicationInfo]:
    """The log of a course or quiz, newest first; empty when there is none."""
    rows = db.session.execute(
        select(
            Publication.hash,
            Publication.number,
            Publication.title,
            Publication.title_en,
            Publication.published_at,
            Publication.published_by,
            Publication.note,
        )
        .where(Publication.kind == kind, Publication.slug == slug)
        .order_by(Publication.number.desc())
    )
    return [PublicationInfo(*row) for row in rows]


def files(name: str, *, store: Store) -> list[tuple[str, bytes]]:
    """Path and source bytes of every file of a version, by path. Raises NotFound."""
    rows = db.session.execute(
        select(PublicationFile.path, PublicationFile.file_hash, PublicationFile.store, Blob.data)
        .outerjoin(Blob, Blob.hash == PublicationFile.file_hash)
        .where(PublicationFile.publication_hash == name)
        .order_by(PublicationFile.path)
    ).all()
    if not rows:
        raise _no_version()
    return [(row.path, row.data if row.store == "blob" else store.read(row.file_hash)) for row in rows]


def _current(kind: Kind, slug: str) -> str:
    found = current_hash(kind, slug)
    if found is None:
        missing = N_("There is no such course.") if kind == "course" else N_("There is no such quiz.")
        raise NotFound(f"no-{kind}", missing)
    return found


def _no_version() -> NotFound:
    return NotFound("no-version", N_("There is no such version."))


def _definition(name: str, kind: Kind) -> tuple[str, int, dict[str, Any]]:
    row = db.session.execute(_VERSION, {"hash": name, "kind": kind}).one_or_none()
    if row is None:
        raise _no_version()
    return row.slug, row.number, json.loads(row.definition)


# The engine is part of the key, since tests and tools may open several databases in one process.
@lru_cache(maxsize=512)
def _course(engine: Engine, name: str) -> Course:
    slug, number, data = _definition(name, "course")
    modules = tuple(
        ModuleInfo(
            **{
                **one,
                "position": position,
                "needs": tuple(one["needs"]),
                "section_ids": tuple(one["section_ids"]),
            }
        )
        for position, one in enumerate(data.pop("modules"), 1)
    )
    audience = tuple(data.pop("audience"))
    return Course(hash=name, slug=slug, number=number, modules=modules, audience=audience, **data)


@lru_cache(maxsize=256)
def _module(engine: Engine, name: str, module_id: str) -> Module:
    course = _course(engine, name)
    info = course.find(module_id)
    row = db.session.execute(_MODULE, {"hash": name, "module": module_id}).one_or_none()
    if info is None or row is None:
        raise NotFound("no-module", N_("There is no such lesson."))
    content = json.loads(row.content)
    texts: dict[Language, Text] = {lang: _text(content[lang]) for lang in content}
    return Module(info=info, texts=texts, main=course.language, check=_check(row.check_questions))


@lru_cache(maxsize=256)
def _quiz(engine: Engine, name: str) -> Quiz:
    slug, number, data = _definition(name, "quiz")
    return Quiz(
        hash=name,
        slug=slug,
        number=number,
        draws=tuple(draw_of(draw) for draw in data.pop("draws")),
        questions=tuple(from_canonical(question) for question in data.pop("questions")),
        settings=settings_of(data.pop("settings", {}), data["exam"]),
        **data,
    )


def forget() -> None:
    """Drops what this process remembers of versions."""
    for remembered in (_course, _module, _quiz):
        remembered.cache_clear()


def _text(data: dict[str, Any]) -> Text:
    sections = tuple(Section(*section) for section in data["sections"])
    return Text(title=data["title"], lead_html=data["lead"], sections=sections)


def _check(text: str | None) -> Check | None:
    if text is None:
        return None
    data = json.loads(text)
    return Check(need=data["need"], questions=tuple(from_canonical(one) for one in data["questions"]))
