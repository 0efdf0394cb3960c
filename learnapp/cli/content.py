"""`learnapp content`: courses and quizzes from folders, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

import click

from learnapp import audit, catalogue, clock, config, markup, quiz
from learnapp.cli.running import application, read_settings
from learnapp.db import transaction
from learnapp.errors import AppError, Conflict, Problem
from learnapp.media import Store

SETTINGS = "course.toml"

_folder = click.argument(
    "folder", metavar="DIR", required=False, type=click.Path(exists=True, path_type=Path), default=config.ROOT
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("content")
def group() -> None:
    """Courses and quizzes: check, load and export them.

    DIR is a folder that holds courses/ and quizzes/, the folder of one course, or the .toml file of one
    quiz. Without DIR it is the courses and quizzes that come with the product.
    """


def _read(folder: Path) -> list[catalogue.Reading]:
    """What the folder holds; ends the command in plain words when it holds nothing of the kind."""
    try:
        return catalogue.read_tree(folder)
    except AppError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": problem.file,
        "line": problem.line,
        "message": problem.message % problem.params,
        "remedy": problem.remedy % problem.params,
    }


def _item(reading: catalogue.Reading) -> dict[str, Any]:
    definition = reading.definition
    return {
        "kind": reading.kind,
        "id": reading.name,
        "title": definition.title if definition else None,
        "hash": definition.hash if definition else None,
        "modules": len(definition.modules) if isinstance(definition, catalogue.CourseDefinition) else None,
        "questions": len(definition.questions) if isinstance(definition, catalogue.QuizDefinition) else None,
        "files": len(definition.files) if definition else None,
        "errors": len(reading.errors),
        "warnings": len(reading.problems) - len(reading.errors),
    }


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(f"{problem.severity:<7} {problem.text()}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@group.command()
@_folder
@_json
def check(folder: Path, as_json: bool) -> None:
    """Name every problem of the content in DIR with file, line and remedy.

    Exit code 1 when something could not be published; warnings name what is lost on the way.
    """
    readings = _read(folder)
    problems = [problem for reading in readings for problem in reading.problems]
    errors = sum(len(reading.errors) for reading in readings)
    if as_json:
        items = [_item(reading) for reading in readings]
        document = {"ok": not errors, "items": items, "problems": [_problem(one) for one in problems]}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print_problems(problems)
        for item in map(_item, readings):
            size = item["modules"] if item["kind"] == "course" else item["questions"]
            parts = "module" if item["kind"] == "course" else "question"
            held = _count(size, parts) if size is not None else "cannot be read"
            click.echo(f"{item['kind']:<7} {item['id']}: {held}")
        click.echo(f"{_count(errors, 'error')}, {_count(len(problems) - errors, 'warning')}.")
    sys.exit(1 if errors else 0)


@group.command()
@_folder
@click.option("--over", is_flag=True, help="Supersede what was edited in the browser since the last load.")
@_json
def load(folder: Path, over: bool, as_json: bool) -> None:
    """Publish the content in DIR; loading the same again changes nothing.

    Nothing is loaded while there is an error. What was edited in the browser since the last load is left as
    it is and named; --over supersedes it, and the edit stays in the list of versions. A question that
    somebody was asked already cannot be deleted, only retired. Exit code 1 when anything was not loaded.
    """
    readings = _read(folder)
    _end_on([problem for reading in readings for problem in reading.errors], as_json)
    with application():
        _end_on([problem for reading in readings for problem in _deleted(reading)], as_json)
        items = [_load(reading, over=over) for reading in readings]
    ok = all(item["state"] != "refused" for item in items)
    if as_json:
        click.echo(json.dumps({"ok": ok, "items": items, "problems": []}, ensure_ascii=False))
    else:
        for item in items:
            detail = item["message"] or f"version {item['number']}"
            click.echo(f"{item['state']:<9} {item['kind']} {item['id']}: {detail}")
    sys.exit(0 if ok else 1)


def _end_on(errors: list[Problem], as_json: bool) -> None:
    """Names the errors and ends the command when there are any."""
    if not errors:
        return
    if as_json:
        document = {"ok": False, "items": [], "problems": [_problem(one) for one in errors]}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print_problems(errors)
        click.echo(f"Nothing was loaded: {_count(len(errors), 'error')}.", err=True)
    sys.exit(1)


def _deleted(reading: catalogue.Reading) -> list[Problem]:
    """The questions that were taken once and are missing now."""
    if isinstance(reading.definition, catalogue.QuizDefinition):
        return quiz.check_kept(reading.definition, reading.file)
    return []


def _load(reading: catalogue.Reading, *, over: bool) -> dict[str, Any]:
    """Publishes one reading in a transaction of its own and says what came of it."""
    definition = reading.definition
    assert definition is not None
    before = catalogue.current_hash(reading.kind, reading.name)
    item: dict[str, Any] = {"kind": reading.kind, "id": reading.name, "hash": definition.hash}
    try:
        with transaction():
            published = catalogue.publish(
                definition,
                actor_id=audit.INSTALLATION,
                at=clock.now(),
                store=Store(read_settings().media_dir),
                loaded=True,
                over=over,
            )
    except Conflict as refused:
        return {**item, "state": "refused", "number": None, "message": str(refused)}
    state = "unchanged" if before == published.hash else "published"
    return {**item, "state": state, "number": published.number, "message": None}


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@_json
def export(folder: Path, as_json: bool) -> None:
    """Write the current courses and quizzes to DIR/courses and DIR/quizzes, byte for byte as published."""
    items: list[dict[str, Any]] = []
    with application():
        store = Store(read_settings().media_dir)
        quizzes = [*catalogue.banks(), *catalogue.quizzes()]
        current: list[catalogue.Course | catalogue.Quiz] = [*catalogue.courses(), *quizzes]
        for one in current:
            kind: catalogue.Kind = "course" if isinstance(one, catalogue.Course) else "quiz"
            written = catalogue.export(kind, one.slug, one.hash, folder, store=store)
            items.append(
                {
                    "kind": kind,
                    "id": one.slug,
                    "hash": one.hash,
                    "number": one.number,
                    "files": [path.as_posix() for path in written],
                }
            )
    if as_json:
        click.echo(json.dumps({"ok": True, "items": items}, ensure_ascii=False))
        return
    for item in items:
        files = _count(len(item["files"]), "file")
        click.echo(f"{item['kind']} {item['id']}: version {item['number']}, {files}")


@group.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Write the proposal to DIR/course.toml.")
@_json
def adopt(folder: Path, write: bool, as_json: bool) -> None:
    """Propose a course.toml for a folder of Markdown that others wrote, and name what gets lost.

    No other file is touched, and a course.toml that is already there is not overwritten. Exit code 1 when
    the proposal could not be published as it is.
    """
    try:
        adoption = catalogue.propose(folder)
    except AppError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    target = folder / SETTINGS
    if write:
        _write_new(target, adoption.course_toml)
    errors = [problem for problem in adoption.problems if problem.severity == "error"]
    if as_json:
        document = {
            "ok": not errors,
            "written": target.as_posix() if write else None,
            "course_toml": adoption.course_toml,
            "modules": [asdict(module) for module in adoption.modules],
            "problems": [_problem(one) for one in adoption.problems],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"Written to {target}." if write else adoption.course_toml)
        _print_problems(adoption.problems)
        warnings = len(adoption.problems) - len(errors)
        found = _count(len(adoption.modules), "module")
        click.echo(f"{found}, {_count(len(errors), 'error')}, {_count(warnings, 'warning')}.")
    sys.exit(1 if errors else 0)


def _write_new(target: Path, text: str) -> None:
    """Writes a file that must not be there yet; ends the command when it is."""
    try:
        with target.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        click.echo(f"{target} is already there and was not changed.", err=True)
        sys.exit(1)


@group.command("render-again")
@click.option("--every", is_flag=True, help="Also what the present renderer made.")
@_json
def render_again(every: bool, as_json: bool) -> None:
    """Make the stored HTML again where another renderer made it; sources and versions stay.

    Processes that are running keep what they have read until they are started again.
    """
    with application(), transaction():
        changed = catalogue.render_again(store=Store(read_settings().media_dir), every=every)
    if as_json:
        click.echo(json.dumps({"ok": True, "changed": changed}))
    else:
        click.echo(f"{_count(changed, 'version')} rendered again.")


@group.command()
@click.argument("file", metavar="FILE.md", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="Language of the text.")
@_json
def render(file: Path, lang: catalogue.Language, as_json: bool) -> None:
    """Print the sanitised HTML of a Markdown file, as a learner would get it.

    Links and pictures are left as written. What cannot be carried over goes to the error output.
    """
    try:
        source = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        click.echo(f"{file} is not UTF-8 text. Save it again in the encoding UTF-8.", err=True)
        sys.exit(1)
    document = markup.render(source, lang=lang)
    if as_json:
        notices = [asdict(notice) for notice in document.notices]
        content = {"title": document.title, "html": document.html, "notices": notices}
        click.echo(json.dumps(content, ensure_ascii=False))
        return
    for notice in document.notices:
        click.echo(f"{file}:{notice.line}: {notice.code}: {notice.detail}", err=True)
    if document.title:
        click.echo(f"<h1>{escape(document.title)}</h1>")
    click.echo(document.html)
