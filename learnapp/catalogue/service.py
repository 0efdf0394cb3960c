"""Publishing: the one door through which content becomes a version."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from learnapp.catalogue.definition import (
    CourseDefinition,
    Definition,
    Kind,
    ModuleDefinition,
    QuizDefinition,
    Text,
    file_hash,
)
from learnapp.catalogue.models import Blob, ModuleVersion, Publication, PublicationFile, Shelf
from learnapp.catalogue.quiz_draws import draw_json
from learnapp.catalogue.quiz_settings import settings_json
from learnapp.catalogue.versions import Published
from learnapp.db import db, dialect_name
from learnapp.errors import N_, Conflict
from learnapp.markup import RENDERER
from learnapp.media import Store
from learnapp.questions import to_canonical


def hold(kind: Kind, slug: str) -> None:
    """Takes the lock of a course or quiz until the transaction ends, so that what is current stays so.

    For whoever makes a new version out of the current one: without it, of two lessons published at once the
    course would keep one. Readers do not wait for it. A course that is not there is nobody's to hold.
    """
    db.session.execute(
        select(Shelf.slug).where(Shelf.kind == kind, Shelf.slug == slug).with_for_update()
    ).one_or_none()


def publish(
    definition: Definition,
    *,
    actor_id: str,
    at: datetime,
    store: Store,
    note: str = "",
    loaded: bool = False,
    over: bool = False,
    shelve: bool = True,
) -> Published:
    """Makes the definition the current version of its course or quiz.

    The version is named by the hash of its source, so publishing the same content again changes nothing.
    `loaded` says that it comes from a folder: then an edit made in the browser since the last load is not
    overwritten, which raises Conflict, unless `over` says to supersede it. `store` takes the pictures. Without
    `shelve` it becomes a version that no list shows and that does not become the current one.
    """
    kind, slug, name = definition.kind, definition.slug, definition.hash
    shelf = db.session.execute(
        select(Shelf.current_hash, Shelf.loaded_hash)
        .where(Shelf.kind == kind, Shelf.slug == slug)
        .with_for_update()
    ).one_or_none()
    if shelf is not None and loaded and not over:
        _check_not_edited(definition, shelf.current_hash, shelf.loaded_hash, name)
    number = db.session.execute(select(Publication.number).where(Publication.hash == name)).scalar()
    created = number is None
    if number is None:
        number = _add(definition, name, actor_id=actor_id, at=at, note=note, store=store)
    if shelve:
        _put_on_shelf(kind, slug, name, new=shelf is None, loaded=loaded)
    return Published(kind=kind, slug=slug, hash=name, number=number, created=created)


def _check_not_edited(definition: Definition, current: str, last_loaded: str | None, name: str) -> None:
    if current in (last_loaded, name):
        return
    raise Conflict(
        "edited-since",
        N_(
            "“%(title)s” (%(kind)s %(slug)s) was edited in the browser since it was last loaded from a "
            "folder. Export it to keep that edit in the folder, or load with --over to supersede it."
        ),
        title=definition.title,
        kind=definition.kind,
        slug=definition.slug,
    )


def _add(definition: Definition, name: str, *, actor_id: str, at: datetime, note: str, store: Store) -> int:
    """Writes the version with its files and modules; returns its number among those of its course or quiz."""
    last = db.session.execute(
        select(func.max(Publication.number)).where(
            Publication.kind == definition.kind, Publication.slug == definition.slug
        )
    ).scalar()
    number = (last or 0) + 1
    db.session.execute(
        insert(Publication).values(
            hash=name,
            kind=definition.kind,
            slug=definition.slug,
            number=number,
            title=definition.title,
            title_en=definition.title_en,
            definition=settings_text(definition),
            renderer=RENDERER,
            published_at=at,
            published_by=actor_id,
            note=note,
        )
    )
    _add_files(definition, name, at=at, store=store)
    if isinstance(definition, CourseDefinition):
        _add_modules(definition, name)
    return number


def _add_files(definition: Definition, name: str, *, at: datetime, store: Store) -> None:
    dialect = postgresql if dialect_name() == "postgresql" else sqlite
    rows = []
    for path, data in definition.files.items():
        digest = file_hash(data)
        if path in definition.media:
            store.keep(data, at=at)
        else:
            blob = dialect.insert(Blob).values(hash=digest, data=data)
            db.session.execute(blob.on_conflict_do_nothing())
        place = "media" if path in definition.media else "blob"
        rows.append({"publication_hash": name, "path": path, "file_hash": digest, "store": place})
    db.session.execute(insert(PublicationFile), rows)


def _add_modules(course: CourseDefinition, name: str) -> None:
    rows = [
        {
            "publication_hash": name,
            "module_id": module.id,
            "position": position,
            "source_hash": module.source_hash,
            "minutes": module.minutes,
            "content": text_of(module),
            "check_questions": _check_json(module),
        }
        for position, module in enumerate(course.modules, 1)
    ]
    db.session.execute(insert(ModuleVersion), rows)


def _put_on_shelf(kind: str, slug: str, name: str, *, new: bool, loaded: bool) -> None:
    values: dict[str, Any] = {"current_hash": name}
    if loaded:
        values["loaded_hash"] = name
    if new:
        last = db.session.execute(select(func.max(Shelf.position)).where(Shelf.kind == kind)).scalar()
        db.session.execute(insert(Shelf).values(kind=kind, slug=slug, position=(last or 0) + 1, **values))
    else:
        db.session.execute(update(Shelf).where(Shelf.kind == kind, Shelf.slug == slug).values(**values))


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def settings_text(definition: Definition) -> str:
    """The settings of a version as they are stored, and as `queries` reads them."""
    if isinstance(definition, CourseDefinition):
        return _dumped(_course_json(definition))
    return _dumped(_quiz_json(definition))


def text_of(module: ModuleDefinition) -> str:
    """The texts of a module as they are stored, and as `queries` reads them."""
    return _dumped({lang: _text_json(text) for lang, text in module.texts.items()})


def _course_json(course: CourseDefinition) -> dict[str, Any]:
    return {
        "title": course.title,
        "title_en": course.title_en,
        "summary": course.summary,
        "summary_en": course.summary_en,
        "audience": course.audience,
        "order": course.order,
        "language": course.language,
        "modules": [_module_json(course, module) for module in course.modules],
    }


def _module_json(course: CourseDefinition, module: ModuleDefinition) -> dict[str, Any]:
    main = module.texts[course.language]
    chinese, english = module.texts.get("zh"), module.texts.get("en")
    return {
        "id": module.id,
        "title": (chinese or main).title,
        "title_en": english.title if english else "",
        "minutes": module.minutes,
        "needs": module.needs,
        "source_hash": module.source_hash,
        "section_ids": [section.id for section in main.sections],
        "has_check": module.check is not None,
        "file": module.file,
    }


def _quiz_json(quiz: QuizDefinition) -> dict[str, Any]:
    settings = settings_json(quiz.settings, quiz.exam)
    return {
        "title": quiz.title,
        "title_en": quiz.title_en,
        "intro": quiz.intro,
        "intro_en": quiz.intro_en,
        "minutes": quiz.minutes,
        "attempts": quiz.attempts,
        "pass_percent": quiz.pass_percent,
        "exam": quiz.exam,
        "shuffle": quiz.shuffle,
        "draws": [draw_json(draw) for draw in quiz.draws],
        "questions": [to_canonical(question) for question in quiz.questions],
        **({"settings": settings} if settings else {}),
    }


def _text_json(text: Text) -> dict[str, Any]:
    return {
        "title": text.title,
        "lead": text.lead_html,
        "sections": [[section.id, section.title, section.html, section.anchor] for section in text.sections],
    }


def _check_json(module: ModuleDefinition) -> str | None:
    if module.check is None:
        return None
    questions = [to_canonical(question) for question in module.check.questions]
    return _dumped({"need": module.check.need, "questions": questions})
