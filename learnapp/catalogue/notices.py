"""What the renderer could not carry over, in words for the author."""

from __future__ import annotations

from collections.abc import Mapping

from learnapp.catalogue.tables import Problems
from learnapp.errors import N_
from learnapp.markup import Notice

_KEPT = N_("Nothing is lost; change it if you like.")

# code -> (message, remedy)
WORDS: Mapping[str, tuple[str, str]] = {
    "attribute-list": (
        N_("The attributes “%(detail)s” are not used."),
        N_("Only width and height of a picture can be set like this."),
    ),
    "broken-table": (
        N_("This looks like a table and is shown as text: %(detail)s"),
        N_("Give the line below the header as many columns as the header has."),
    ),
    "external-image": (
        N_("The picture %(detail)s lies on another site and is shown as a link."),
        N_("Copy the picture into the folder."),
    ),
    "extra-title": (
        N_("A second title: “%(detail)s”. It begins a section."),
        N_("Use one # heading at the top and ## for sections."),
    ),
    "front-matter": (N_("The front matter is left out: %(detail)s"), N_("Put settings into course.toml.")),
    "grid-table": (
        N_("A table drawn with + and - is shown as it is: %(detail)s"),
        N_("Write it as a table with | between the columns."),
    ),
    "missing-anchor": (
        N_("The link %(detail)s leads to no heading of this text."),
        N_("Correct it to the name of a heading."),
    ),
    "removed-html": (
        N_("HTML that cannot be shown is taken out: %(detail)s"),
        N_("Write it in Markdown, or link to it."),
    ),
    "stray-directive": (
        N_("The end of a box without its beginning: %(detail)s"),
        N_("Remove the line, or begin the box."),
    ),
    "too-long": (
        N_("The text is too long to be laid out (%(detail)s characters) and is shown as it is."),
        N_("Split it into several modules."),
    ),
    "unclosed-html": (
        N_("An HTML element that is never closed: %(detail)s"),
        N_("Close it, or write it in Markdown."),
    ),
    "unknown-callout": (
        N_("A box of a kind that is not known: %(detail)s. It is shown as a quotation."),
        N_("Use NOTE, TIP, IMPORTANT, WARNING or CAUTION."),
    ),
    "unknown-directive": (
        N_("A directive that is not known: %(detail)s. Its text is shown without a box."),
        N_("Use a box such as > [!NOTE], or remove the directive."),
    ),
    "unsafe-link": (
        N_("The address “%(detail)s” is of a kind that is not linked."),
        N_("Use http, https, mailto or tel."),
    ),
}


def note(problems: Problems, notice: Notice) -> None:
    """Adds what the renderer noticed as a warning."""
    message, remedy = WORDS.get(notice.code, (N_("“%(detail)s” could not be carried over as it is."), _KEPT))
    problems.warn(notice.code, message, remedy, notice.line, detail=notice.detail)
