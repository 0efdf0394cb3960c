"""Published courses and quizzes: immutable versions."""

from learnapp.catalogue.models import Blob, ModuleVersion, Publication, PublicationFile, Shelf

__all__ = ["Blob", "ModuleVersion", "Publication", "PublicationFile", "Shelf"]
