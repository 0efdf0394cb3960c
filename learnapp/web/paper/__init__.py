"""Pages of paper as PDF, with Chinese on a machine that has no Chinese font.

The font comes with a package. Into a file go only the characters that it uses, and one that the font lacks is named
by its number in Unicode, never drawn as an empty box.
"""

from learnapp.web.paper.draw import Paper
from learnapp.web.paper.lines import wrapped
from learnapp.web.paper.sheet import Block, Facts, Heading, NewPage, Note, Rows, Title, sheet

__all__ = ["Block", "Facts", "Heading", "NewPage", "Note", "Paper", "Rows", "Title", "sheet", "wrapped"]
