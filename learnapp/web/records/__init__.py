"""The pages of the study record (学习档案): on screen, on paper, and as files."""

from learnapp.web.records import files, pages
from learnapp.web.records.blueprint import bp

__all__ = ["bp", "files", "pages"]
