"""Reading definitions from disk, and writing published versions back to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from learnapp.catalogue.course_reader import SETTINGS, course_definition
from learnapp.catalogue.definition import Kind, QuizDefinition, Reading
from learnapp.catalogue.queries import course_version, files
from learnapp.catalogue.quiz_banks import Find
from learnapp.catalogue.quiz_reader import quiz_definition
from learnapp.catalogue.source import Files, Folder, Source
from learnapp.catalogue.tables import ID
from learnapp.errors import N_, Invalid
from learnapp.media import Store

COURSES, QUIZZES = "courses", "quizzes"


def read_folder(path: Path) -> Reading:
    """The course in a folder, or the quiz in a .toml file with the folder of its pictures beside it. Raises
    Invalid when the path is neither."""
    if path.is_file() and path.suffix == ".toml":
        place, beside = f"{path.parent.as_posix()}/", path.with_suffix("")
        folder = Folder(beside, f"{beside.as_posix()}/") if beside.is_dir() else None
        return quiz_definition(path.stem, path.read_bytes(), place, folder, _banks_beside(path))
    if path.is_dir():
        return course_definition(Folder(path, f"{path.as_posix()}/"))
    raise Invalid(
        "no-content",
        N_("%(path)s is neither the folder of a course nor the .toml file of a quiz."),
        path=str(path),
    )


def _banks_beside(path: Path) -> Find:
    """Finds banks in the folder of a quiz."""

    def find(name: str) -> tuple[bytes, Source] | None:
        file = path.with_name(f"{name}.toml")
        if not ID.fullmatch(name) or file == path or not file.is_file():
            return None
        pictures = file.with_suffix("")
        folder: Source = Files(name, {})
        if pictures.is_dir():
            folder = Folder(pictures, f"{pictures.as_posix()}/")
        return file.read_bytes(), folder

    return find


def _banks_among(name: str, data: Mapping[str, bytes]) -> Find:
    """Finds banks among files in memory."""

    def find(bank: str) -> tuple[bytes, Source] | None:
        file = data.get(f"{bank}.toml")
        return None if file is None or bank == name else (file, _below(bank, data))

    return find


def _below(name: str, data: Mapping[str, bytes]) -> Files:
    start = f"{name}/"
    return Files(name, {path[len(start) :]: one for path, one in data.items() if path.startswith(start)})


def read_tree(root: Path) -> list[Reading]:
    """Everything below a root with courses/ and quizzes/, banks before the quizzes that use them; or the one
    course or quiz at this place.

    Raises Invalid when there is nothing of the kind.
    """
    courses, quizzes = root / COURSES, root / QUIZZES
    if root.name in (COURSES, QUIZZES) and root.is_dir() and not (root / SETTINGS).is_file():
        courses, quizzes = root, root
    elif not courses.is_dir() and not quizzes.is_dir():
        return [read_folder(root)]
    found = [read_folder(folder) for folder in sorted(courses.glob("*/")) if (folder / SETTINGS).is_file()]
    found += sorted((read_folder(file) for file in sorted(quizzes.glob("*.toml"))), key=_banks_first)
    if not found:
        raise Invalid("no-content", N_("There are no courses and no quizzes in %(path)s."), path=str(root))
    return found


def _banks_first(reading: Reading) -> bool:
    definition = reading.definition
    return not (isinstance(definition, QuizDefinition) and definition.settings.bank)


def read_files(kind: Kind, name: str, data: Mapping[str, bytes]) -> Reading:
    """The definition behind files in memory: those of a course by path, or the file of a quiz and its
    pictures as `name`/path, and the same of the banks it uses."""
    if kind == "course":
        return course_definition(Files(name, data))
    banks = _banks_among(name, data)
    return quiz_definition(name, data[f"{name}.toml"], folder=_below(name, data), banks=banks)


def revise(name: str, changes: Mapping[str, bytes], *, store: Store) -> Reading:
    """The definition that this version of a course becomes when some of its files are replaced or added.

    Raises NotFound for an unknown version.
    """
    slug = course_version(name).slug
    return read_files("course", slug, {**dict(files(name, store=store)), **changes})


def export(kind: Kind, slug: str, name: str, folder: Path, *, store: Store) -> list[Path]:
    """Writes the files of a version below `folder` as they were read, byte for byte, and returns their paths.

    A course lands in courses/<id>/, a quiz in quizzes/ with its pictures in quizzes/<id>/. The banks that a
    quiz uses are left out: each is exported as itself. Raises NotFound for an unknown version.
    """
    base = folder / COURSES / slug if kind == "course" else folder / QUIZZES
    written = []
    for path, data in files(name, store=store):
        if kind == "quiz" and path != f"{slug}.toml" and not path.startswith(f"{slug}/"):
            continue
        target = base / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written.append(target)
    return written
