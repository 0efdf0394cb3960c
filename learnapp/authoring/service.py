"""Opening a module for writing, saving drafts, previewing, publishing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from learnapp import audit, catalogue, ledger
from learnapp.authoring.models import Draft
from learnapp.authoring.rules import check_revision, normal_text, path_for, seen_text
from learnapp.db import db
from learnapp.errors import N_, Conflict, Invalid, NotFound, Problem
from learnapp.media import Store

_REPLACED = b"# -\n\n-\n"


@dataclass(frozen=True)
class Desk:
    """A module open for writing. `revision` 0 means that there is no draft and `text` is what is published.

    `moved_on` says that this text was published anew by somebody since the draft was begun.
    """

    course: catalogue.Course
    module: catalogue.ModuleInfo
    language: str
    languages: tuple[str, ...]
    path: str
    text: str
    published_text: str
    revision: int
    saved_at: datetime | None
    saved_by: str | None
    moved_on: bool


@dataclass(frozen=True)
class Preview:
    """A text as it would be published, and what the renderer could not carry over."""

    text: catalogue.Text | None
    problems: tuple[Problem, ...]


def desk(slug: str, module_id: str, language: str, *, store: Store) -> Desk:
    """The draft of a module in a language, or its published text where there is none (empty for a language
    it does not have yet). Raises NotFound."""
    course, module = _module(slug, module_id)
    files = dict(catalogue.files(course.hash, store=store))
    path = _path(course, module, language, files)
    published = files.get(path, b"").decode()
    draft = db.session.get(Draft, (slug, module_id, language))
    moved_on = (
        draft is not None
        and draft.base_hash != course.hash
        and (dict(catalogue.files(draft.base_hash, store=store)).get(path, b"").decode() != published)
    )
    return Desk(
        course=course,
        module=module,
        language=language,
        languages=("zh", "en") if course.language == "zh" else ("en", "zh"),
        path=path,
        text=draft.text if draft else published,
        published_text=published,
        revision=draft.revision if draft else 0,
        saved_at=draft.saved_at if draft else None,
        saved_by=draft.saved_by if draft else None,
        moved_on=moved_on,
    )


def _module(slug: str, module_id: str) -> tuple[catalogue.Course, catalogue.ModuleInfo]:
    course = catalogue.course(slug)
    module = course.find(module_id)
    if module is None:
        raise NotFound("no-module", N_("There is no such lesson."))
    return course, module


def _path(
    course: catalogue.Course, module: catalogue.ModuleInfo, language: str, files: Mapping[str, bytes]
) -> str:
    _known(language)
    entries = tomllib.loads(files["course.toml"].decode())["module"]
    twins = {entry["file"]: entry["twin"] for entry in entries if "twin" in entry}
    return path_for(language, course.language, module.file, twins)


def _known(language: str) -> None:
    if language not in ("zh", "en"):
        raise NotFound("no-language", N_("There is no such language."))


def drafts() -> list[Draft]:
    """Every draft there is, newest first."""
    return list(db.session.execute(select(Draft).order_by(Draft.saved_at.desc())).scalars())


def drafted(slug: str, module_id: str) -> dict[str, int]:
    """The revision of each draft of a module, by language: what publishing would publish."""
    rows = db.session.execute(
        select(Draft.language, Draft.revision).where(Draft.course == slug, Draft.module_id == module_id)
    )
    return {row.language: row.revision for row in rows}


def save(
    slug: str,
    module_id: str,
    language: str,
    text: str,
    *,
    revision: int,
    base: str,
    actor_id: str,
    at: datetime,
) -> int:
    """Saves the draft and returns its new revision.

    `revision` is the draft's and `base` the course's version that the author had before them: whoever saves
    with the present version before them has seen what was published since, and the draft builds on that.
    Raises Conflict when there is a newer draft, Invalid for an unusable text, NotFound for a language that no
    lesson has.
    """
    _known(language)
    catalogue.hold("course", slug)
    course, _ = _module(slug, module_id)
    kept = normal_text(text)
    draft = db.session.get(Draft, (slug, module_id, language))
    present = draft.revision if draft else 0
    if draft is not None and draft.text == kept and draft.base_hash == course.hash:
        return present
    check_revision(revision, present)
    if draft is None:
        draft = Draft(course=slug, module_id=module_id, language=language, base_hash=course.hash, revision=0)
        db.session.add(draft)
    if base == course.hash:
        draft.base_hash = base
    draft.text = kept
    draft.revision = present + 1
    draft.saved_at = at
    draft.saved_by = actor_id
    db.session.flush()
    return draft.revision


def discard(slug: str, module_id: str, language: str, *, revision: int) -> None:
    """Throws a draft away, back to what is published. Raises Conflict when there is a newer one."""
    catalogue.hold("course", slug)
    draft = db.session.get(Draft, (slug, module_id, language))
    if draft is not None:
        check_revision(revision, draft.revision)
        db.session.delete(draft)
        db.session.flush()


def preview(slug: str, module_id: str, language: str, text: str, *, store: Store) -> Preview:
    """The text as publishing would render it. The other lessons are left unrendered, so that the time
    taken depends on this text alone."""
    course, module = _module(slug, module_id)
    files = dict(catalogue.files(course.hash, store=store))
    path = _path(course, module, language, files)
    changes = {name: _REPLACED for name in files if name.endswith(".md") and name != path}
    changes[path] = text.encode()
    reading = catalogue.revise(course.hash, changes, store=store)
    found = tuple(
        problem for problem in reading.problems if problem.file == path and problem.code != "twin-sections"
    )
    if reading.definition is None:
        return Preview(None, found)
    assert isinstance(reading.definition, catalogue.CourseDefinition)
    shown = next(one for one in reading.definition.modules if one.id == module_id)
    return Preview(next((t for lang, t in shown.texts.items() if lang == language), None), found)


def publish(
    slug: str,
    module_id: str,
    *,
    note: str,
    actor_id: str,
    at: datetime,
    store: Store,
    address: str | None,
    on: date,
    seen: str | None = None,
) -> catalogue.Published:
    """Publishes the drafts of a module, in every language that has one, as a new version of its course.

    `seen` (see `seen_text`) are the drafts that whoever publishes has looked at. Raises Conflict when they are
    not these any more, when there is no draft, or the text was published anew since it was begun; Invalid when
    a problem stands against it (the first one is named).

    A text that somebody else published than wrote it was approved: that is work done, in its author's stream.
    `on` is the local day.
    """
    catalogue.hold("course", slug)
    course, module = _module(slug, module_id)
    waiting = list(
        db.session.execute(select(Draft).where(Draft.course == slug, Draft.module_id == module_id)).scalars()
    )
    if not waiting:
        raise Conflict(
            "no-draft", N_("There is nothing to publish: the text is the same as the published one.")
        )
    if seen is not None and seen != seen_text({draft.language: draft.revision for draft in waiting}):
        raise Conflict(
            "draft-changed",
            N_("The text was changed since you opened this page. Please look at it once more, then publish."),
        )
    files = dict(catalogue.files(course.hash, store=store))
    changes: dict[str, bytes] = {}
    for draft in waiting:
        path = _path(course, module, draft.language, files)
        base = dict(catalogue.files(draft.base_hash, store=store)).get(path)
        if base != files.get(path):
            raise Conflict(
                "published-since",
                N_(
                    "This lesson was published anew since the draft was begun. Compare both texts and save again."
                ),
            )
        changes[path] = draft.text.encode()
    reading = catalogue.revise(course.hash, changes, store=store)
    for problem in reading.errors:
        raise Invalid(problem.code, problem.message, **problem.params)
    assert reading.definition is not None
    published = catalogue.publish(reading.definition, actor_id=actor_id, at=at, note=note, store=store)
    db.session.execute(delete(Draft).where(Draft.course == slug, Draft.module_id == module_id))
    authors = sorted({draft.saved_by for draft in waiting} - {actor_id})
    ledger.hold(authors)
    for author in authors:
        ledger.record(
            ledger.WorkDone(work="lesson-approved", ref=f"module/{slug}/{module_id}", on=on.isoformat()),
            member_id=author,
            uid=f"work/lesson-approved/{module_id}/{published.hash}",
            occurred_at=at,
            at=at,
            recorder=actor_id,
            source="authoring",
        )
    audit.write(
        "published",
        member_id=actor_id,
        actor_id=actor_id,
        at=at,
        subject=f"course/{slug}",
        address=address,
        module=module_id,
        version=published.hash,
    )
    return published
