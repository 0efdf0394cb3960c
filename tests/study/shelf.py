"""The compact course on the shelf, for tests of study."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from learnapp import catalogue
from learnapp.config import Config
from learnapp.db import new_id, transaction
from learnapp.media import Store
from tests.catalogue.folders import course_files
from tests.conftest import AT

TRAINER = new_id()


def put(changes: dict[str, str] | None = None) -> catalogue.Published:
    """Publishes the course with some files replaced; an empty text takes the file away."""
    files = course_files()
    for path, text in (changes or {}).items():
        files[path] = text.encode()
        if not text:
            del files[path]
    reading = catalogue.read_files("course", "doors", files)
    assert reading.definition is not None, [problem.text() for problem in reading.problems]
    settings: Config = current_app.extensions["learnapp"]
    with transaction():
        return catalogue.publish(
            reading.definition, actor_id=TRAINER, at=AT, store=Store(Path(settings.media_dir))
        )
