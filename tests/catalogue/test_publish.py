"""Publishing and reading back, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from learnapp import catalogue
from learnapp.db import db, new_id, transaction
from learnapp.errors import Conflict, NotFound
from learnapp.media import Store
from tests.catalogue.folders import BEFORE, PNG, QUIZ, course_files, tree
from tests.conftest import AT

ACTOR = new_id()


def put(
    files: dict[str, bytes], store: Store, *, loaded: bool = False, over: bool = False, note: str = ""
) -> catalogue.Published:
    """Publishes the course that these files are."""
    reading = catalogue.read_files("course", "doors", files)
    assert reading.definition is not None, [problem.text() for problem in reading.problems]
    with transaction():
        return catalogue.publish(
            reading.definition, actor_id=ACTOR, at=AT, store=store, loaded=loaded, over=over, note=note
        )


def put_quiz(text: str, store: Store) -> catalogue.Published:
    """Publishes the quiz of this text."""
    reading = catalogue.read_files("quiz", "doors-quiz", {"doors-quiz.toml": text.encode()})
    assert reading.definition is not None, [problem.text() for problem in reading.problems]
    with transaction():
        return catalogue.publish(reading.definition, actor_id=ACTOR, at=AT, store=store)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "media")


def test_what_was_published_is_read_back(app: Flask, store: Store) -> None:
    published = put(course_files(), store)
    course = catalogue.course("doors")
    assert (course.hash, course.number, course.title_en) == (published.hash, 1, "Visiting")
    assert [module.id for module in course.modules] == ["before", "at-the-door"]
    assert course.modules[0].section_ids == ("带什么", "问什么")
    assert (course.modules[0].title_en, course.modules[1].title_en) == ("Before you go", "")
    assert course.minutes == 65
    module = catalogue.module(course.hash, "before")
    assert module.text("en").title == "Before you go"
    assert [section.id for section in module.text("en").sections] == ["带什么", "问什么"]
    assert [section.anchor for section in module.text("en").sections] == ["what-to-take", "what-to-ask"]
    assert module.check is not None
    assert [question.id for question in module.check.questions] == ["what", "how-many"]
    assert catalogue.module(course.hash, "at-the-door").text("en").title == "在门口"


def test_links_and_pictures_lead_into_the_product(app: Flask, store: Store) -> None:
    put(course_files(), store)
    text = catalogue.module(catalogue.course("doors").hash, "before").text("zh")
    digest = "".join(path.name for path in (store.folder).glob("*/*"))
    assert f'src="/media/{digest}"' in text.sections[0].html
    assert 'href="/study/doors/at-the-door/#怎样开口"' in text.sections[0].html
    assert store.read(digest) == PNG


def test_publishing_the_same_again_changes_nothing(app: Flask, store: Store) -> None:
    first = put(course_files(), store)
    again = put(course_files(), store)
    assert (again.hash, again.number, again.created) == (first.hash, 1, False)
    assert len(catalogue.versions("course", "doors")) == 1


def test_an_old_version_stays_readable_beside_the_new_one(app: Flask, store: Store) -> None:
    first = put(course_files(), store)
    changed = course_files() | {"01-before.md": BEFORE.replace("问近况", "问困难").encode()}
    second = put(changed, store, note="更正")
    assert (second.number, second.created) == (2, True)
    old = catalogue.module(first.hash, "before")
    new = catalogue.module(second.hash, "before")
    assert "问近况" in old.text("zh").sections[1].html
    assert "问困难" in new.text("zh").sections[1].html
    assert old.info.source_hash != new.info.source_hash
    untouched = [catalogue.module(one.hash, "at-the-door").info.source_hash for one in (first, second)]
    assert untouched[0] == untouched[1]
    log = catalogue.versions("course", "doors")
    assert [(line.number, line.note, line.published_by) for line in log] == [
        (2, "更正", ACTOR),
        (1, "", ACTOR),
    ]
    assert catalogue.current_hash("course", "doors") == second.hash


def test_publishing_an_earlier_content_makes_it_current_again(app: Flask, store: Store) -> None:
    first = put(course_files(), store)
    put(course_files() | {"01-before.md": BEFORE.replace("问近况", "问困难").encode()}, store)
    back = put(course_files(), store)
    assert (back.number, back.created) == (1, False)
    assert catalogue.current_hash("course", "doors") == first.hash


def test_a_load_does_not_overwrite_what_the_browser_edited(app: Flask, store: Store) -> None:
    put(course_files(), store, loaded=True)
    edited = course_files() | {"01-before.md": BEFORE.replace("问近况", "问困难").encode()}
    browser = put(edited, store)
    for files in (course_files(), course_files() | {"01-before.md": BEFORE.replace("问近况", "x").encode()}):
        with pytest.raises(Conflict) as refused:
            put(files, store, loaded=True)
        assert "--over" in str(refused.value)
        assert catalogue.current_hash("course", "doors") == browser.hash
    assert put(edited, store, loaded=True).created is False  # the folder caught up: equal, so no conflict
    newer = put(
        course_files() | {"01-before.md": BEFORE.replace("问近况", "问收入").encode()}, store, loaded=True
    )
    assert newer.number == 3


def test_over_supersedes_and_keeps_the_edit_in_the_log(app: Flask, store: Store) -> None:
    put(course_files(), store, loaded=True)
    put(course_files() | {"01-before.md": BEFORE.replace("问近况", "问困难").encode()}, store)
    put(course_files(), store, loaded=True, over=True)
    assert catalogue.course("doors").number == 1
    assert [line.number for line in catalogue.versions("course", "doors")] == [2, 1]


def test_a_quiz_is_read_back(app: Flask, store: Store) -> None:
    published = put_quiz(QUIZ, store)
    quiz = catalogue.quiz("doors-quiz")
    assert (quiz.hash, quiz.minutes, quiz.attempts, quiz.pass_percent) == (published.hash, 10, 2, 60)
    assert quiz.draws == (catalogue.Draw("a", 1),)
    assert [question.id for question in quiz.questions] == ["one", "two"]
    assert catalogue.quizzes() == (quiz,)
    untimed = put_quiz(QUIZ.replace("minutes = 10\nattempts = 2\n", ""), store)
    assert (catalogue.quiz_version(untimed.hash).minutes, catalogue.quiz("doors-quiz").attempts) == (
        None,
    ) * 2


def test_files_are_the_bytes_that_were_read(app: Flask, store: Store) -> None:
    published = put(course_files(), store)
    assert dict(catalogue.files(published.hash, store=store)) == course_files()


def test_stored_html_can_be_made_again(app: Flask, store: Store) -> None:
    published = put(course_files(), store)
    before = catalogue.module(published.hash, "before")
    assert catalogue.render_again(store=store) == 0
    with transaction():
        db.session.execute(update(catalogue.Publication).values(renderer="older"))
        db.session.execute(update(catalogue.ModuleVersion).values(content="{}"))
    with transaction():
        assert catalogue.render_again(store=store) == 1
    after = catalogue.module(published.hash, "before")
    assert after == before and after is not before
    with transaction():
        assert catalogue.render_again(store=store, every=True) == 1
    assert catalogue.course("doors").number == 1


def test_what_does_not_exist_is_not_found(app: Flask, store: Store) -> None:
    published = put(course_files(), store)
    quiz = put_quiz(QUIZ, store)
    for ask in (
        lambda: catalogue.course("nothing"),
        lambda: catalogue.quiz("doors"),
        lambda: catalogue.course_version("0" * 64),
        lambda: catalogue.course_version(quiz.hash),
        lambda: catalogue.quiz_version(published.hash),
        lambda: catalogue.module(published.hash, "nothing"),
        lambda: catalogue.files("0" * 64, store=store),
    ):
        with pytest.raises(NotFound):
            ask()
    assert catalogue.current_hash("quiz", "nothing") is None


def test_export_writes_back_byte_for_byte(app: Flask, store: Store, tmp_path: Path) -> None:
    root = tree(tmp_path / "in")
    for reading in catalogue.read_tree(root):
        assert reading.definition is not None
        with transaction():
            catalogue.publish(reading.definition, actor_id=ACTOR, at=AT, store=store, loaded=True)
    out = tmp_path / "out"
    for kind, slug in (("course", "doors"), ("quiz", "doors-quiz")):
        current = catalogue.current_hash(kind, slug)  # type: ignore[arg-type]  # literals of the loop
        assert current is not None
        catalogue.export(kind, slug, current, out, store=store)  # type: ignore[arg-type]  # as above
    before = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    after = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert after == before


def test_an_edited_module_is_revised_and_exported(app: Flask, store: Store, tmp_path: Path) -> None:
    first = put(course_files(), store)
    text = BEFORE.replace("问近况", "问困难").encode()
    reading = catalogue.revise(first.hash, {"01-before.md": text}, store=store)
    assert reading.definition is not None
    with transaction():
        second = catalogue.publish(reading.definition, actor_id=ACTOR, at=AT, store=store)
    catalogue.export("course", "doors", second.hash, tmp_path / "out", store=store)
    folder = tmp_path / "out" / "courses" / "doors"
    assert (folder / "01-before.md").read_bytes() == text
    assert (folder / "images" / "form.png").read_bytes() == PNG
    assert catalogue.read_folder(folder).definition == reading.definition
