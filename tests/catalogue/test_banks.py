"""Banks: questions that several quizzes share, as part of each quiz's version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from learnapp import catalogue
from learnapp.db import transaction
from learnapp.errors import NotFound
from learnapp.media import Store
from tests.catalogue.folders import PNG, write

AT = datetime(2026, 11, 24, tzinfo=UTC)

BANK = """\
id = "shared"
title = "公用题库"
bank = true

[[question]]
id = "b-one"
topic = "入户"
kind = "true-false"
stem = "先问好。![门牌](plate.png)"
answer = true
explanation = "对。"

[[question]]
id = "b-old"
topic = "入户"
status = "retired"
kind = "true-false"
stem = "先敲窗。"
answer = false
explanation = "敲门。"
"""

QUIZ = """\
id = "first"
title = "第一个测验"
use = ["shared"]

[[draw]]
topic = "入户"
count = 1

[[question]]
id = "own"
topic = "入户"
kind = "true-false"
stem = "先拍照。"
answer = false
explanation = "不拍照。"
"""

SECOND = 'id = "second"\ntitle = "第二个测验"\nuse = ["shared"]\n'

FILES = {
    "first.toml": QUIZ.encode(),
    "second.toml": SECOND.encode(),
    "shared.toml": BANK.encode(),
    "shared/plate.png": PNG,
}


def read(name: str, changes: dict[str, str] | None = None) -> catalogue.Reading:
    files = {**FILES, **{path: text.encode() for path, text in (changes or {}).items()}}
    return catalogue.read_files("quiz", name, files)


def quiz_of(reading: catalogue.Reading) -> catalogue.QuizDefinition:
    assert isinstance(reading.definition, catalogue.QuizDefinition), [one.text() for one in reading.problems]
    return reading.definition


def test_a_quiz_includes_its_banks() -> None:
    quiz, bank = quiz_of(read("first")), quiz_of(read("shared"))
    assert quiz.settings.uses == ("shared",) and bank.settings.bank
    assert [one.id for one in quiz.questions] == ["own", "b-one", "b-old"]
    assert set(quiz.files) == {"first.toml", "shared.toml", "shared/plate.png"}
    assert quiz.media == {"shared/plate.png": "image/png"} and quiz.questions[1] == bank.questions[0]
    assert [one.id for one in quiz_of(read("second")).questions] == ["b-one", "b-old"]
    assert read("first").problems == read("second").problems == read("shared").problems == ()


def test_a_changed_bank_makes_another_version_of_the_quiz() -> None:
    changed = {"shared.toml": BANK.replace("先问好", "要先问好")}
    assert quiz_of(read("first", changed)).hash != quiz_of(read("first")).hash


@pytest.mark.parametrize(
    ("name", "changes", "code", "line"),
    [
        ("first", {"first.toml": QUIZ.replace('"shared"', '"other"')}, "no-bank", 3),
        ("first", {"first.toml": QUIZ.replace('"shared"', '"second"')}, "not-a-bank", 3),
        ("first", {"first.toml": QUIZ.replace('"shared"', '"first"')}, "no-bank", 3),
        ("first", {"first.toml": QUIZ.replace('"shared"', '"shared", "shared"')}, "same-bank", 3),
        ("first", {"first.toml": QUIZ.replace('"own"', '"b-one"')}, "same-id", 3),
        ("first", {"first.toml": QUIZ.replace('"own"', '"b-old.x"')}, "same-id", 3),
        ("first", {"shared.toml": BANK.replace("answer = true", "")}, "bank-broken", 3),
        ("first", {"first.toml": QUIZ.replace("count = 1", "count = 3")}, "pool_too_small", 5),
        ("shared", {"shared.toml": BANK + '\n[[draw]]\npool = "a"\ncount = 1\n'}, "bank-blueprint", 22),
        ("shared", {"shared.toml": 'id = "shared"\ntitle = "空"\nbank = true\n'}, "no-questions", 0),
    ],
)
def test_what_is_wrong_is_named(name: str, changes: dict[str, str], code: str, line: int) -> None:
    found = read(name, changes)
    assert (code, line) in [(one.code, one.line) for one in found.errors], [
        one.text() for one in found.problems
    ]
    assert all(one.message % one.params and one.remedy % one.params for one in found.problems)


def test_a_clash_of_ids_names_both_files(tmp_path: Path) -> None:
    write(tmp_path / "quizzes", {**FILES, "first.toml": QUIZ.replace('"own"', '"b-one"').encode()})
    (problem,) = catalogue.read_folder(tmp_path / "quizzes" / "first.toml").errors
    assert f"one in {tmp_path}/quizzes/first.toml, one in {tmp_path}/quizzes/shared.toml" in problem.text()


def test_banks_are_read_first_listed_nowhere_and_exported_once(app: Flask, tmp_path: Path) -> None:
    root, store = write(tmp_path / "in" / "quizzes", FILES).parent, Store(tmp_path / "media")
    readings = catalogue.read_tree(root)
    assert [reading.name for reading in readings] == ["shared", "first", "second"]
    assert [reading.problems for reading in readings] == [(), (), ()]
    with transaction():
        for reading in readings:
            assert reading.definition is not None
            catalogue.publish(reading.definition, actor_id="a" * 32, at=AT, store=store)
    assert [one.slug for one in catalogue.quizzes()] == ["first", "second"]
    (bank,) = catalogue.banks()
    assert bank.slug == "shared"
    with pytest.raises(NotFound):
        catalogue.quiz("shared")
    written = [
        path.relative_to(tmp_path / "out" / "quizzes").as_posix()
        for one in (*catalogue.banks(), *catalogue.quizzes())
        for path in catalogue.export("quiz", one.slug, one.hash, tmp_path / "out", store=store)
    ]
    assert sorted(written) == sorted(FILES)
    assert all((tmp_path / "out" / "quizzes" / path).read_bytes() == data for path, data in FILES.items())
    assert [
        reading.definition and reading.definition.hash for reading in catalogue.read_tree(tmp_path / "out")
    ] == [reading.definition and reading.definition.hash for reading in readings]
    stored = dict(catalogue.files(catalogue.quiz("first").hash, store=store))
    assert quiz_of(catalogue.read_files("quiz", "first", stored)).hash == catalogue.quiz("first").hash
