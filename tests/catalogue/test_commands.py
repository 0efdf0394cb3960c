"""`learnapp content …` as an operator and their scripts call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from learnapp import catalogue, quiz
from learnapp.app import create_app
from learnapp.cli import main
from learnapp.db import db, new_id, transaction
from learnapp.media import Store
from tests.catalogue.folders import BEFORE, COURSE, course_files, tree, write
from tests.conftest import AT, ZONE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tree(tmp_path / "content")


@pytest.fixture
def run(site: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Calls the command line on the test's own database."""
    settings = site.extensions["learnapp"]
    monkeypatch.setenv("LEARNAPP_ENV", "test")
    monkeypatch.setenv("LEARNAPP_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("LEARNAPP_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("LEARNAPP_DATABASE_URL", settings.database_url)

    def call(*arguments: object, code: int = 0) -> Result:
        words = ["content", *(str(argument) for argument in arguments)]
        result = CliRunner().invoke(main, words, obj=create_app, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return call


def document(result: Result) -> dict[str, Any]:
    """The one JSON document on the standard output."""
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def test_check_counts_and_names(run: Any, root: Path) -> None:
    result = run("check", root)
    assert "course  doors: 2 modules" in result.output
    assert "quiz    doors-quiz: 2 questions" in result.output
    assert result.output.endswith("0 errors, 0 warnings.\n")
    found = document(run("check", root, "--json"))
    assert (found["ok"], found["problems"]) == (True, [])
    assert [(one["kind"], one["id"], one["modules"], one["questions"]) for one in found["items"]] == [
        ("course", "doors", 2, None),
        ("quiz", "doors-quiz", None, 2),
    ]


def test_check_fails_on_errors_and_not_on_warnings(run: Any, root: Path) -> None:
    (root / "courses" / "doors" / "images" / "form.png").unlink()
    warned = document(run("check", root, "--json"))
    assert warned["ok"] and {one["severity"] for one in warned["problems"]} == {"warning"}
    (root / "courses" / "doors" / "course.toml").write_text(COURSE.replace("order", "ordr"))
    failed = document(run("check", root, "--json", code=1))
    error = next(one for one in failed["problems"] if one["severity"] == "error")
    assert (error["code"], error["line"]) == ("unknown-key", 6)
    assert error["file"].endswith("courses/doors/course.toml") and "“order”" in error["remedy"]
    assert "error   " in run("check", root, code=1).output


def test_load_again_changes_nothing(run: Any, root: Path) -> None:
    assert "published course doors: version 1" in run("load", root).output
    again = document(run("load", root, "--json"))
    assert {(one["state"], one["number"]) for one in again["items"]} == {("unchanged", 1)}


def test_nothing_is_loaded_while_there_is_an_error(run: Any, root: Path) -> None:
    (root / "quizzes" / "doors-quiz.toml").write_text("id = 'doors-quiz'")
    assert not document(run("load", root, "--json", code=1))["ok"]
    (root / "quizzes" / "doors-quiz.toml").unlink()
    assert document(run("load", root, "--json"))["items"][0]["state"] == "published"


def test_what_was_edited_since_is_refused_and_over_supersedes(run: Any, root: Path, tmp_path: Path) -> None:
    run("load", root)
    changed = course_files() | {"01-before.md": BEFORE.replace("问近况", "问困难").encode()}
    edited = write(tmp_path / "browser" / "doors", changed)
    _publish_in_browser(edited)
    refused = document(run("load", root, "--json", code=1))
    states = {one["id"]: one["state"] for one in refused["items"]}
    assert states == {"doors": "refused", "doors-quiz": "unchanged"}
    assert "--over" in next(one["message"] for one in refused["items"] if one["id"] == "doors")
    run("export", tmp_path / "kept")
    assert "问困难" in (tmp_path / "kept" / "courses" / "doors" / "01-before.md").read_text()
    assert "published course doors: version 1" in run("load", root, "--over").output
    run("export", tmp_path / "after")
    assert "问近况" in (tmp_path / "after" / "courses" / "doors" / "01-before.md").read_text()


def _publish_in_browser(folder: Path) -> None:
    """Publishes the folder the way the editor does: without saying that it was loaded."""
    definition = catalogue.read_folder(folder).definition
    assert definition is not None
    with transaction():
        catalogue.publish(definition, actor_id=new_id(), at=AT, store=Store(folder / ".media"))


def test_export_is_what_was_loaded(run: Any, root: Path, tmp_path: Path) -> None:
    run("load", root)
    found = document(run("export", tmp_path / "out", "--json"))
    assert [(one["id"], one["number"], len(one["files"])) for one in found["items"]] == [
        ("doors", 1, 6),
        ("doors-quiz", 1, 1),
    ]
    for file in (path for path in root.rglob("*") if path.is_file()):
        assert (tmp_path / "out" / file.relative_to(root)).read_bytes() == file.read_bytes()


def test_adopt_proposes_and_writes_once(run: Any, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "theirs", {"01-a.md": b"# A\n\n## One\n\nx\n", "02-b.md": b"# B\n\n![x](y.png)\n"}
    )
    proposal = document(run("adopt", folder, "--json"))
    assert (proposal["ok"], proposal["written"], len(proposal["modules"])) == (True, None, 2)
    assert [one["code"] for one in proposal["problems"]] == ["missing-image"]
    assert not (folder / "course.toml").exists()
    assert "[[module]]" in run("adopt", folder).output
    run("adopt", folder, "--write")
    assert (folder / "course.toml").read_text() == proposal["course_toml"]
    (folder / "course.toml").write_text("mine")
    run("adopt", folder, "--write", code=1)
    assert (folder / "course.toml").read_text() == "mine"


def test_render_prints_harmless_html(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# 题\n\n<script>x</script>\n\n*重*\n\n## 节\n")
    result = run("render", file)
    assert "<h1>题</h1>" in result.stdout and "<em>重</em>" in result.stdout
    assert "<script" not in result.stdout and 'id="节"' in result.stdout
    assert document(run("render", file, "--json"))["title"] == "题"
    file.write_bytes(b"\xff\xfe")
    run("render", file, code=1)


def test_a_place_without_content_is_said_plainly(run: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# x")
    assert "neither" in run("check", tmp_path / "a.md", code=1).output


def test_a_question_that_was_asked_is_not_deleted(run: Any, root: Path) -> None:
    run("load", root)
    member_id, file = new_id(), root / "quizzes" / "doors-quiz.toml"
    with transaction():
        quiz.start(member_id, "doors-quiz", at=AT, zone=ZONE)
    text = file.read_text("utf-8")
    file.write_text(text.replace('id = "two"', 'id = "three"'), "utf-8")
    refused = run("load", root, code=1)
    assert f"{file}: The question “two” is missing, and version 1 with it has been taken." in refused.output
    assert "Put it back with status = “retired”" in refused.output
    assert catalogue.quiz("doors-quiz").number == 1
    (problem,) = document(run("load", root, "--json", code=1))["problems"]
    assert problem["code"] == "question-gone"
    retired = text.replace('id = "two"', 'id = "two"\nstatus = "retired"')
    file.write_text(retired, "utf-8")
    run("load", root)
    db.session.rollback()  # this test's own view of the database ends here
    assert catalogue.quiz("doors-quiz").number == 2
