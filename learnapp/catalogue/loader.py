"""Reading definitions from disk, and writing published versions back to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from learnapp.catalogue.course_reader import SETTINGS, course_definition
from learnapp.catalogue.definition import Kind, Reading
from learnapp.catalogue.queries import course_version, files
from learnapp.catalogue.quiz_reader import quiz_definition
from learnapp.catalogue.source import Files, Folder
from learnapp.errors import N_, Invalid
from learnapp.media import Store

COURSES, QUIZZES = "courses", "quizzes"


def read_folder(path: Path) -> Reading:
    """The course in a folder, or the quiz in a .toml file with the folder of its pictures beside it. Raises
    Invalid when the path is neither."""
    if path.is_file() and path.suffix == ".toml":
        place, beside = f"{path.parent.as_posix()}/", path.with_suffix("")
        folder = Folder(beside, f"{beside.as_posix()}/") if beside.is_dir() else None
        return quiz_definition(path.stem, path.read_bytes(), place, folder)
    if path.is_dir():
        return course_definition(Folder(path, f"{path.as_posix()}/"))
    raise Invalid(
        "no-content",
        N_("%(path)s is neither the folder of a course nor the .toml file of a quiz."),
        path=str(path),
    )


def read_tree(root: Path) -> list[Reading]:
    """Everything below a root with courses/ and quizzes/; or the one course or quiz at this place.

    Raises Invalid when there is nothing of the kind.
    """
    courses, quizzes = root / COURSES, root / QUIZZES
    if root.name in (COURSES, QUIZZES) and root.is_dir() and not (root / SETTINGS).is_file():
        courses, quizzes = root, root
    elif not courses.is_dir() and not quizzes.is_dir():
        return [read_folder(root)]
    found = [read_folder(folder) for folder in sorted(courses.glob("*/")) if (folder / SETTINGS).is_file()]
    found += [read_folder(file) for file in sorted(quizzes.glob("*.toml"))]
    if not found:
        raise Invalid("no-content", N_("There are no courses and no quizzes in %(path)s."), path=str(root))
    return found


def read_files(kind: Kind, name: str, data: Mapping[str, bytes]) -> Reading:
    """The definition behind files in memory: those of a course by path, or the one file of a quiz and its
    pictures as `name`/path."""
    if kind == "course":
        return course_definition(Files(name, data))
    start = f"{name}/"
    beside = {path[len(start) :]: content for path, content in data.items() if path.startswith(start)}
    return quiz_definition(name, data[f"{name}.toml"], folder=Files(name, beside))


def revise(name: str, changes: Mapping[str, bytes], *, store: Store) -> Reading:
    """The definition that this version of a course becomes when some of its files are replaced or added.

    Raises NotFound for an unknown version.
    """
    slug = course_version(name).slug
    return read_files("course", slug, {**dict(files(name, store=store)), **changes})


def export(kind: Kind, slug: str, name: str, folder: Path, *, store: Store) -> list[Path]:
    """Writes the files of a version below `folder` as they were read, byte for byte, and returns their paths.

    A course lands in courses/<id>/, a quiz in quizzes/ with its pictures in quizzes/<id>/. Raises NotFound for
    an unknown version.
    """
    base = folder / COURSES / slug if kind == "course" else folder / QUIZZES
    written = []
    for path, data in files(name, store=store):
        target = base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written.append(target)
    return written
