"""The pages of the wrong-answer book: what is due today, one card a screen, and the whole book on paper."""

from learnapp.web.drill import book, pages
from learnapp.web.drill.blueprint import bp

__all__ = ["book", "bp", "pages"]
