"""Markdown as authors know it from GitHub, in; HTML that is safe under a strict content policy, out.

The only room that knows Markdown, its extensions and the sanitiser. Rendering is pure and never raises: what
a text asks for and cannot have becomes a notice with its line. It happens when something is published or
previewed, never while a page is viewed; the HTML is stored with `RENDERER`, so that it can be made again.
"""

from learnapp.markup.document import RENDERER, Document, Link, LinkRule, Notice, Section
from learnapp.markup.render import clean, render, render_inline

__all__ = [
    "RENDERER",
    "Document",
    "Link",
    "LinkRule",
    "Notice",
    "Section",
    "clean",
    "render",
    "render_inline",
]
