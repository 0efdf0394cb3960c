"""Something on the shelf for tests that care about plans and not about content."""

from __future__ import annotations

import hashlib
from datetime import datetime

from learnapp.catalogue import Publication, Shelf
from learnapp.db import db


def put(kind: str, slug: str, at: datetime, title: str = "") -> str:
    """A published, empty version of a course or quiz; returns its hash."""
    digest = hashlib.sha256(f"{kind}/{slug}".encode()).hexdigest()
    db.session.add(
        Publication(
            hash=digest,
            kind=kind,
            slug=slug,
            number=1,
            title=title or slug,
            definition="{}",
            renderer="test",
            published_at=at,
            published_by="0" * 32,
        )
    )
    db.session.flush()
    db.session.add(Shelf(kind=kind, slug=slug, current_hash=digest))
    db.session.flush()
    return digest
