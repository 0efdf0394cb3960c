"""What a rendered text consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

RENDERER = "markup/1"
"""Name and version of the renderer, kept beside the HTML so that it can be made again."""

Language: TypeAlias = Literal["zh", "en"]
LinkKind: TypeAlias = Literal["image", "link"]
LinkRule: TypeAlias = Callable[[str, str], "str | None"]
"""(kind, target as written) -> the address to write, or None: keep the text, drop the link."""


@dataclass(frozen=True)
class Link:
    """An address the author wrote. `line` counts from 1; 0 is unknown."""

    kind: LinkKind
    target: str
    line: int


@dataclass(frozen=True)
class Notice:
    """Something that could not be carried over. `detail` is the piece of source it is about."""

    code: str
    line: int
    detail: str


@dataclass(frozen=True)
class Section:
    """The unit of completion. `html` is the text below the heading; the page writes the heading itself."""

    id: str
    title: str
    html: str


@dataclass(frozen=True)
class Document:
    """A rendered text: the title, what stands before the first section, and the sections."""

    title: str
    lead_html: str
    sections: tuple[Section, ...]
    notices: tuple[Notice, ...]
    links: tuple[Link, ...]
    renderer: str = RENDERER

    @property
    def html(self) -> str:
        """The whole body in one piece, headings included: for a preview, or the command line."""
        parts = [self.lead_html]
        for section in self.sections:
            if section.title:
                parts.append(f'<h2 id="{escape(section.id)}">{escape(section.title)}</h2>')
            parts.append(section.html)
        return "\n".join(part for part in parts if part)
