"""Persons as a whole: joining two accounts, erasing, old data, and a member's rights over their own data."""

from learnapp.web.persons import erasures, merges, own, pages, retained
from learnapp.web.persons.blueprint import bp

__all__ = ["bp", "erasures", "merges", "own", "pages", "retained"]
