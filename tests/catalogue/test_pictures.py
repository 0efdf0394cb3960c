"""Pictures in questions: beside a check, in the folder of a quiz, and written back by export."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue, media, questions
from learnapp.catalogue import CourseDefinition, QuizDefinition, Reading
from learnapp.db import new_id, transaction
from learnapp.media import Store
from tests.catalogue.folders import CHECK, PNG, QUIZ, course_files, write
from tests.conftest import AT

ADDRESS = f"/media/{media.hash_of(PNG)}"
SHOWN = QUIZ.replace(
    'stem = "先问好。"',
    'stem = "先问好。![门牌](sign.png)"\nhint = "看 `![x](y)` ![灯](./doors-quiz/b/lamp.png)"',
)
OTHER = PNG + b"other"


def quiz_of(text: str, pictures: dict[str, bytes]) -> Reading:
    """The quiz with these files in its folder."""
    files = {f"doors-quiz/{path}": data for path, data in pictures.items()}
    return catalogue.read_files("quiz", "doors-quiz", {"doors-quiz.toml": text.encode(), **files})


def test_a_quiz_shows_the_pictures_of_its_folder() -> None:
    reading = quiz_of(SHOWN, {"sign.png": PNG, "b/lamp.png": OTHER})
    assert reading.problems == () and isinstance(reading.definition, QuizDefinition)
    one, two = reading.definition.questions
    assert one.stem == f"先问好。![门牌]({ADDRESS})"
    assert one.hint == f"看 `![x](y)` ![灯](/media/{media.hash_of(OTHER)})"
    assert two.stem == "先拍照。"
    assert reading.definition.media == {
        "doors-quiz/sign.png": "image/png",
        "doors-quiz/b/lamp.png": "image/png",
    }
    plain = quiz_of(QUIZ, {})
    assert plain.definition is not None
    assert plain.definition.hash == catalogue.content_hash({"doors-quiz.toml": QUIZ.encode()})


@pytest.mark.parametrize(
    ("written", "code", "shown"),
    [
        ("![门牌](gone.png)", "missing-image", "门牌"),
        ("![门牌](../other/sign.png)", "link-outside", "门牌"),
        ("![门牌](text.png)", "not-a-picture", "门牌"),
        ("![](sign.png)", "no-description", f"![]({ADDRESS})"),
        ("![门牌](sign.png 'title')", "", f"![门牌]({ADDRESS})"),
        ("![门牌](<sign.png>)", "", f"![门牌]({ADDRESS})"),
        ("![门牌](https://a.example/x.png)", "", "![门牌](https://a.example/x.png)"),
        ("`![门牌](sign.png)`", "", "`![门牌](sign.png)`"),
    ],
)
def test_what_cannot_be_shown_is_named_with_the_line_of_its_question(
    written: str, code: str, shown: str
) -> None:
    text = QUIZ.replace('stem = "先问好。"', f"stem = '''{written}'''")
    reading = quiz_of(text, {"sign.png": PNG, "text.png": b"no picture"})
    found = [problem for problem in reading.problems if problem.code != "unused-files"]
    assert [(problem.code, problem.line) for problem in found] == ([(code, 10)] if code else [])
    assert isinstance(reading.definition, QuizDefinition)
    assert reading.definition.questions[0].stem == shown


def test_files_that_no_question_shows_stay_out_and_are_named() -> None:
    reading = quiz_of(SHOWN, {"sign.png": PNG, "b/lamp.png": OTHER, "draft.png": PNG})
    (problem,) = reading.problems
    assert problem.code == "unused-files" and "draft.png" in problem.text()
    assert reading.definition is not None and "doors-quiz/draft.png" not in reading.definition.files


def test_a_check_shows_the_pictures_beside_it_in_every_text() -> None:
    text = CHECK.replace('text = "喇叭"', 'text = "![喇叭](images/form.png)"').replace(
        '"记下来才算数。"', '"![表](images/horn.png)"'
    )
    files = course_files() | {"01-before.check.toml": text.encode(), "images/horn.png": OTHER}
    reading = catalogue.read_files("course", "doors", files)
    assert reading.problems == () and isinstance(reading.definition, CourseDefinition)
    module = reading.definition.modules[0]
    assert module.check is not None
    question = module.check.questions[0]
    assert question.body.options[1].text == f"![喇叭]({ADDRESS})"
    assert question.explanation == f"![表](/media/{media.hash_of(OTHER)})"
    other = catalogue.read_files("course", "doors", files | {"images/horn.png": OTHER + b"!"}).definition
    assert isinstance(other, CourseDefinition)
    assert other.modules[0].source_hash != module.source_hash


def test_pictures_of_a_quiz_are_published_and_written_back(app: Flask, tmp_path: Path) -> None:
    store = Store(tmp_path / "media")
    before = {"doors-quiz.toml": SHOWN.encode(), "doors-quiz/sign.png": PNG, "doors-quiz/b/lamp.png": OTHER}
    folder = write(tmp_path / "quizzes", before)
    (reading,) = catalogue.read_tree(tmp_path)
    assert reading.definition is not None and reading.problems == ()
    with transaction():
        published = catalogue.publish(reading.definition, actor_id=new_id(), at=AT, store=store)
    assert store.read(media.hash_of(PNG)) == PNG
    written = catalogue.export("quiz", "doors-quiz", published.hash, tmp_path / "out", store=store)
    assert {
        path.relative_to(tmp_path / "out/quizzes").as_posix(): path.read_bytes() for path in written
    } == before
    again = catalogue.read_folder(tmp_path / "out/quizzes/doors-quiz.toml").definition
    assert again is not None and again.hash == published.hash
    question = catalogue.quiz_version(published.hash).questions[0]
    order = questions.shuffle(question, "")
    assert ADDRESS in questions.present(question, order, "zh").stem
    assert folder.is_dir()
