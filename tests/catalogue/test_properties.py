"""What always holds: of the name of a version, and of reading what was written back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from learnapp import catalogue
from learnapp.catalogue import content_hash
from tests.catalogue.folders import COURSE, course_files, write

paths = st.text("ab/.中", min_size=1, max_size=6)
contents = st.dictionaries(paths, st.binary(max_size=12), max_size=4)
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@given(contents, contents)
def test_the_hash_is_equal_exactly_when_the_bytes_are(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)
    assert content_hash(dict(reversed(one.items()))) == content_hash(one)


@given(st.binary(max_size=8), st.binary(max_size=8), st.integers(0, 8))
def test_nothing_moves_between_neighbours(first: bytes, second: bytes, cut: int) -> None:
    whole = first + second
    moved = {"a": whole[:cut], "b": whole[cut:]}
    assert (content_hash(moved) == content_hash({"a": first, "b": second})) == (moved["a"] == first)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(course_files())), st.binary(max_size=60))
def test_any_bytes_in_any_file_are_read_without_an_exception(path: str, data: bytes) -> None:
    reading = catalogue.read_files("course", "doors", course_files() | {path: data})
    assert (reading.definition is None) == bool(reading.errors)
    for problem in reading.problems:
        assert problem.text()


@settings(deadline=None, max_examples=60)
@given(st.lists(lines, min_size=1, max_size=6))
def test_any_text_is_a_lesson_or_named_as_empty(text: list[str]) -> None:
    reading = catalogue.read_files(
        "course", "doors", course_files() | {"02-at-the-door.md": "\n".join(text).encode()}
    )
    assert {problem.code for problem in reading.errors} <= {"empty"}
    if reading.definition is not None:
        assert isinstance(reading.definition, catalogue.CourseDefinition)
        module = reading.definition.modules[1]
        ids = [section.id for section in module.texts["zh"].sections]
        assert ids and len(set(ids)) == len(ids) and all(ids)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_any_settings_are_read_without_an_exception(tail: str) -> None:
    data = (COURSE + tail).encode("utf-8", "surrogatepass")
    reading = catalogue.read_files("course", "doors", course_files() | {"course.toml": data})
    assert (reading.definition is None) == bool(reading.errors)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.sampled_from(["01-before.md", "02-at-the-door.md"]), lines, max_size=2))
def test_reading_what_was_written_gives_the_same_definition(texts: dict[str, str]) -> None:
    files = course_files() | {path: f"# T\n\n{text}\n\n## S\n\nx\n".encode() for path, text in texts.items()}
    reading = catalogue.read_files("course", "doors", files)
    assert reading.definition is not None
    with tempfile.TemporaryDirectory() as folder:
        place = write(Path(folder) / "doors", dict(reading.definition.files))
        again = catalogue.read_folder(place).definition
    assert again == reading.definition
    assert again is not None and again.hash == content_hash(files)
