"""Making stored HTML again from the stored source, when the renderer has changed since."""

from __future__ import annotations

from sqlalchemy import select, update

from learnapp.catalogue.definition import CourseDefinition
from learnapp.catalogue.loader import read_files
from learnapp.catalogue.models import ModuleVersion, Publication
from learnapp.catalogue.queries import files, forget
from learnapp.catalogue.service import settings_text, text_of
from learnapp.db import db
from learnapp.markup import RENDERER
from learnapp.media import Store


def render_again(*, store: Store, every: bool = False) -> int:
    """Renders the courses that another renderer made, or every one; returns how many versions changed.

    Sources, hashes and numbers stay as they are. Processes that run keep what they have read until they
    are started again.
    """
    statement = select(Publication.hash, Publication.slug).where(Publication.kind == "course")
    if not every:
        statement = statement.where(Publication.renderer != RENDERER)
    changed = 0
    for name, slug in db.session.execute(statement.order_by(Publication.hash)).all():
        definition = read_files("course", slug, dict(files(name, store=store))).definition
        if isinstance(definition, CourseDefinition):
            _replace(name, definition)
            changed += 1
    forget()
    return changed


def _replace(name: str, course: CourseDefinition) -> None:
    for module in course.modules:
        db.session.execute(
            update(ModuleVersion)
            .where(ModuleVersion.publication_hash == name, ModuleVersion.module_id == module.id)
            .values(content=text_of(module))
        )
    db.session.execute(
        update(Publication)
        .where(Publication.hash == name)
        .values(renderer=RENDERER, definition=settings_text(course))
    )
