"""Reading folders: everything an author may get wrong is named with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from learnapp import catalogue
from learnapp.config import ROOT
from learnapp.errors import Invalid, Problem
from tests.catalogue.folders import BEFORE, BEFORE_EN, CHECK, COURSE, PNG, QUIZ, course_files, tree, write


def read(changes: dict[str, str | bytes | None]) -> catalogue.Reading:
    """The course with some files replaced; None takes a file away."""
    files = course_files()
    for path, text in changes.items():
        if text is None:
            del files[path]
        else:
            files[path] = text if isinstance(text, bytes) else text.encode()
    return catalogue.read_files("course", "doors", files)


def found(reading: catalogue.Reading) -> list[tuple[str, str, int]]:
    return [(problem.code, problem.file, problem.line) for problem in reading.problems]


def test_the_content_of_this_repository_has_no_problem() -> None:
    readings = catalogue.read_tree(ROOT)
    assert [problem.text() for reading in readings for problem in reading.problems] == []
    courses = [one.definition for one in readings if isinstance(one.definition, catalogue.CourseDefinition)]
    quizzes = [one.definition for one in readings if isinstance(one.definition, catalogue.QuizDefinition)]
    assert len(courses) >= 5 and sum(len(course.modules) for course in courses) >= 16
    assert len(quizzes) >= 4 and sum(len(quiz.questions) for quiz in quizzes) >= 60
    twins = [course for course in courses if all("en" in module.texts for module in course.modules)]
    assert len(twins) >= 2


MARKED = """
[[question]]
id = "why"
kind = "short"
stem = "为什么？"
explanation = "。"

[[question.rubric]]
id = "reason"
text = "说出一条理由"
points = 1
"""


def test_a_good_course_has_no_problem() -> None:
    reading = read({})
    assert reading.problems == ()
    assert isinstance(reading.definition, catalogue.CourseDefinition)
    assert reading.definition.media == {"images/form.png": "image/png"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"course.toml": COURSE + "minuts = 3\n"}, ("unknown-key", "course.toml", 17)),
        ({"course.toml": COURSE.replace("order =", "ordr =")}, ("unknown-key", "course.toml", 6)),
        ({"course.toml": COURSE.replace('"fixed"', '"loose"')}, ("not-allowed", "course.toml", 6)),
        ({"course.toml": COURSE.replace('"at-the-door"', '"before"')}, ("same-id", "course.toml", 14)),
        ({"course.toml": COURSE.replace("02-at", "02-in")}, ("missing-file", "course.toml", 15)),
        ({"course.toml": COURSE.replace("02-at-the-door", "01-before")}, ("same-file", "course.toml", 15)),
        ({"course.toml": COURSE.replace("minutes = 40", 'minutes = "40"')}, ("not-whole", "course.toml", 16)),
        ({"course.toml": COURSE.replace("minutes = 40\n", "")}, ("missing", "course.toml", 13)),
        ({"course.toml": COURSE.replace('"doors"', '"windows"')}, ("id-and-name", "course.toml", 1)),
        ({"course.toml": COURSE.replace('id = "before"', 'id = "Be fore"')}, ("bad-id", "course.toml", 9)),
        ({"course.toml": COURSE + 'needs = ["later"]\n'}, ("needs", "course.toml", 17)),
        ({"course.toml": COURSE.replace("minutes = 25", "minutes = ")}, ("toml", "course.toml", 11)),
        ({"course.toml": COURSE.replace('"三步走访。"', "3")}, ("not-text", "course.toml", 4)),
        ({"course.toml": COURSE.replace('["member"]', '"member"')}, ("not-texts", "course.toml", 5)),
        ({"course.toml": COURSE.split("[[module]]")[0]}, ("no-modules", "course.toml", 0)),
        ({"course.toml": None}, ("missing-file", "course.toml", 0)),
        ({"02-at-the-door.md": ""}, ("empty", "02-at-the-door.md", 0)),
        ({"02-at-the-door.md": b"# T\n\n\xff\xfe"}, ("not-utf-8", "02-at-the-door.md", 3)),
        (
            {"01-before.check.toml": CHECK.replace("need = 1", "need = 3")},
            ("need", "01-before.check.toml", 1),
        ),
        (
            {"01-before.check.toml": CHECK.replace('"how-many"', '"what"')},
            ("same_id", "01-before.check.toml", 13),
        ),
        ({"01-before.check.toml": "need = 1\n"}, ("no-questions", "01-before.check.toml", 0)),
        ({"01-before.check.toml": CHECK + MARKED}, ("marked-in-check", "01-before.check.toml", 21)),
    ],
)
def test_an_error_is_named_with_its_place(
    changes: dict[str, str | bytes | None], expected: tuple[str, str, int]
) -> None:
    reading = read(changes)
    assert expected in [(one.code, one.file, one.line) for one in reading.errors], found(reading)
    assert reading.definition is None
    for problem in reading.problems:
        assert problem.message % problem.params and problem.remedy % problem.params


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"images/form.png": None}, ("missing-image", "01-before.md", 9)),
        ({"images/form.png": b"<html>"}, ("not-a-picture", "01-before.md", 9)),
        ({"images/form.png": PNG + b"\x00" * 5_300_000}, ("picture-size", "01-before.md", 9)),
        ({"01-before.md": BEFORE + "[x](../other/a.md)\n"}, ("link-outside", "01-before.md", 14)),
        ({"01-before.md": BEFORE + "![x](../other/a.png)\n"}, ("link-outside", "01-before.md", 14)),
        ({"01-before.md": BEFORE + "[x](form.xlsx)\n"}, ("missing-link", "01-before.md", 14)),
        (
            {"01-before.md": BEFORE + "[x](form.xlsx)\n", "form.xlsx": "x"},
            ("link-to-file", "01-before.md", 14),
        ),
        (
            {"01-before.md": BEFORE + "![x](https://a.example/b.png)\n"},
            ("external-image", "01-before.md", 14),
        ),
        (
            {"01-before.md": BEFORE + "\n::: strange\n\ntext\n\n:::\n"},
            ("unknown-directive", "01-before.md", 15),
        ),
        ({"01-before.en.md": BEFORE_EN + "\n## More\n\nx\n"}, ("twin-sections", "01-before.en.md", 0)),
        ({"01-before.en.md": BEFORE_EN.split("\n", 2)[2]}, ("no-title", "01-before.en.md", 0)),
        ({"notes.txt": "x"}, ("unused-files", "course.toml", 0)),
    ],
)
def test_what_is_lost_is_a_warning(
    changes: dict[str, str | bytes | None], expected: tuple[str, str, int]
) -> None:
    reading = read(changes)
    assert expected in found(reading), found(reading)
    assert reading.errors == () and reading.definition is not None
    assert all(problem.severity == "warning" and problem.text() for problem in reading.problems)


def test_all_problems_are_collected() -> None:
    reading = read(
        {
            "course.toml": COURSE.replace("order", "ordr").replace("02-at", "02-in"),
            "01-before.check.toml": CHECK.replace("right = true", "right = false"),
            "images/form.png": None,
        }
    )
    assert {problem.code for problem in reading.problems} >= {"unknown-key", "missing-file", "missing-image"}
    assert any(problem.file == "01-before.check.toml" for problem in reading.errors)


def test_a_slip_of_the_pen_is_guessed() -> None:
    (problem,) = read({"course.toml": COURSE.replace("order =", "ordr =")}).problems
    assert problem.text() == "course.toml:6: The key “ordr” is not known. Did you mean “order”?"


def test_a_twin_that_does_not_pair_is_left_out_and_kept_in_the_files() -> None:
    definition = read({"01-before.en.md": BEFORE_EN + "\n## More\n\nx\n"}).definition
    assert isinstance(definition, catalogue.CourseDefinition)
    assert list(definition.modules[0].texts) == ["zh"]
    assert "01-before.en.md" in definition.files


def test_english_may_be_the_main_language() -> None:
    course = COURSE.replace('order = "fixed"', 'order = "fixed"\nlanguage = "en"').replace(
        'file = "01-before.md"', 'file = "en/before.md"\ntwin = "01-before.md"'
    )
    reading = read(
        {
            "course.toml": course,
            "en/before.md": BEFORE_EN.replace("images/", "../images/"),
            "01-before.en.md": None,
        }
    )
    definition = reading.definition
    assert isinstance(definition, catalogue.CourseDefinition), found(reading)
    texts = definition.modules[0].texts
    assert [section.id for section in texts["en"].sections] == ["what-to-take", "what-to-ask"]
    assert [section.id for section in texts["zh"].sections] == ["what-to-take", "what-to-ask"]
    assert [section.anchor for section in texts["zh"].sections] == ["带什么", "问什么"]


def test_a_link_to_a_folder_leads_to_the_module_in_it() -> None:
    course = COURSE.replace("02-at-the-door.md", "door/README.md")
    files: dict[str, str | bytes | None] = {
        "course.toml": course,
        "02-at-the-door.md": None,
        "door/README.md": "# 在门口\n\n## 一\n\n[回](../01-before.md) [自己](/door#一)\n",
        "01-before.md": BEFORE.replace("02-at-the-door.md#怎样开口", "./door/#一"),
    }
    definition = read(files).definition
    assert isinstance(definition, catalogue.CourseDefinition)
    first, second = (module.texts["zh"].sections[0].html for module in definition.modules)
    assert 'href="/study/doors/at-the-door/#一"' in first
    assert 'href="/study/doors/before/"' in second and second.count("at-the-door/#一") == 1


def test_a_licence_travels_with_the_course() -> None:
    reading = read({"LICENSE.md": "MIT"})
    assert reading.problems == () and reading.definition is not None
    assert reading.definition.files["LICENSE.md"] == b"MIT"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (QUIZ.replace("count = 1", "count = 3"), "pool_too_small", 6),
        (QUIZ.replace('pool = "a"\ncount', 'pool = "b"\ncount'), "pool_not_drawn", 6),
        (QUIZ.replace("attempts", "atempts"), "unknown-key", 4),
        (QUIZ.replace("minutes = 10", "minutes = 0"), "not-whole", 3),
        (QUIZ.replace("count = 1\n", ""), "missing", 6),
        (QUIZ.replace('"two"', '"one"'), "same_id", 20),
        (QUIZ.replace('kind = "true-false"', 'kind = "poem"', 1), "unknown_kind", 13),
        (QUIZ.replace('"doors-quiz"', '"quiz"'), "id-and-name", 1),
        (QUIZ.replace('title = "走访测验"\n', ""), "missing", 0),
        ("id = 'doors-quiz'\ntitle = 'x'\n", "no-questions", 0),
        (QUIZ.replace("[[draw]]", "[draw"), "toml", 6),
    ],
)
def test_a_quiz_names_its_problems(text: str, code: str, line: int) -> None:
    reading = catalogue.read_files("quiz", "doors-quiz", {"doors-quiz.toml": text.encode()})
    assert (code, "doors-quiz.toml", line) in found(reading), found(reading)


def test_a_place_is_read_as_what_it_is(tmp_path: Path) -> None:
    root = tree(tmp_path)
    course, quiz = root / "courses" / "doors", root / "quizzes" / "doors-quiz.toml"
    for place, kinds in (
        (root, ["course", "quiz"]),
        (root / "courses", ["course"]),
        (root / "quizzes", ["quiz"]),
        (course, ["course"]),
        (quiz, ["quiz"]),
    ):
        readings = catalogue.read_tree(place)
        assert [reading.kind for reading in readings] == kinds
        assert all(reading.definition is not None for reading in readings)
    assert catalogue.read_folder(course).definition == catalogue.read_tree(root)[0].definition
    for nothing in (tmp_path / "nothing", course / "01-before.md"):
        with pytest.raises(Invalid):
            catalogue.read_tree(nothing)
    (tmp_path / "empty" / "courses").mkdir(parents=True)
    with pytest.raises(Invalid):
        catalogue.read_tree(tmp_path / "empty")


def test_problems_of_a_folder_carry_its_path(tmp_path: Path) -> None:
    folder = write(tmp_path / "doors", course_files())
    (folder / "images" / "form.png").unlink()
    problems: tuple[Problem, ...] = catalogue.read_folder(folder).problems
    assert {problem.file for problem in problems} == {
        f"{folder.as_posix()}/01-before.md",
        f"{folder.as_posix()}/01-before.en.md",
    }


def test_a_link_out_of_the_folder_is_not_followed_on_disk(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    folder = write(tmp_path / "doors", course_files())
    (folder / "images" / "form.png").unlink()
    (folder / "images" / "form.png").symlink_to(tmp_path / "secret.png")
    (folder / ".hidden.md").write_text("# x")
    reading = catalogue.read_folder(folder)
    assert {problem.code for problem in reading.problems} == {"missing-image"}
