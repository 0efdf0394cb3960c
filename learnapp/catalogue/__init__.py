"""Published courses and quizzes: immutable versions, named by the hash of their source.

A folder and the web editor are two ways to the same validated definition; `publish` is the one door for it.
Problems of a folder are collected with file, line and remedy, not thrown one by one. Texts are rendered when
they are published, never when they are read. What is published can be written back byte for byte.
"""

from learnapp.catalogue.adopt import AdoptedModule, Adoption, propose
from learnapp.catalogue.course_reader import course_definition
from learnapp.catalogue.definition import (
    Check,
    CourseDefinition,
    Definition,
    Kind,
    Language,
    ModuleDefinition,
    QuizDefinition,
    Reading,
    Section,
    Text,
    content_hash,
)
from learnapp.catalogue.loader import export, read_files, read_folder, read_tree, revise
from learnapp.catalogue.models import Blob, ModuleVersion, Publication, PublicationFile, Shelf
from learnapp.catalogue.queries import (
    banks,
    course,
    course_version,
    courses,
    current_hash,
    files,
    module,
    quiz,
    quiz_version,
    quizzes,
    versions,
)
from learnapp.catalogue.quiz_reader import quiz_definition
from learnapp.catalogue.quiz_settings import PHASES, SHOWS, Phase, QuizSection, QuizSettings, Review, Show
from learnapp.catalogue.renewal import render_again
from learnapp.catalogue.service import hold, publish
from learnapp.catalogue.versions import Course, Module, ModuleInfo, PublicationInfo, Published, Quiz
from learnapp.questions import Draw

__all__ = [
    "PHASES",
    "SHOWS",
    "AdoptedModule",
    "Adoption",
    "Blob",
    "Check",
    "Course",
    "CourseDefinition",
    "Definition",
    "Draw",
    "Kind",
    "Language",
    "Module",
    "ModuleDefinition",
    "ModuleInfo",
    "ModuleVersion",
    "Phase",
    "Publication",
    "PublicationFile",
    "PublicationInfo",
    "Published",
    "Quiz",
    "QuizDefinition",
    "QuizSection",
    "QuizSettings",
    "Reading",
    "Review",
    "Section",
    "Shelf",
    "Show",
    "Text",
    "banks",
    "content_hash",
    "course",
    "course_definition",
    "course_version",
    "courses",
    "current_hash",
    "export",
    "files",
    "hold",
    "module",
    "propose",
    "publish",
    "quiz",
    "quiz_definition",
    "quiz_version",
    "quizzes",
    "read_files",
    "read_folder",
    "read_tree",
    "render_again",
    "revise",
    "versions",
]
