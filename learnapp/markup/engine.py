"""Python-Markdown put together the way GitHub reads Markdown: one engine for one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Self, cast
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.extensions.footnotes import FootnoteExtension, FootnoteInlineProcessor
from markdown.postprocessors import RawHtmlPostprocessor
from markdown.treeprocessors import UnescapeTreeprocessor
from markdown.util import ETX, STX, AtomicString

from learnapp.markup import inline, tags, words
from learnapp.markup.blocks import GitHubBlocks
from learnapp.markup.document import Language, Notice
from learnapp.markup.emphasis import GROUP
from learnapp.markup.lines import Finder

MAX_DEPTH = 60
"""How deep elements may lie in each other in the output."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)(?=[\s/>]|$)")
_LOOKS_LIKE_TAG = re.compile(r"<(?=/?([A-Za-z][^\s/>]*))")


class Engine(markdown.Markdown):
    """Turns one text into HTML that still has to be sanitised, and notes what could not be carried over."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang
        self.footnote_lines: dict[str, int] = {}
        self._later: list[tuple[str, str, str]] = []
        super().__init__()
        self.stripTopLevelTags = True
        self._footnotes = _footnotes(self)
        inline.install(self)
        self.serializer = to_html
        for name in ("normalize_whitespace", "html_block"):
            self.preprocessors.deregister(name)
        self.treeprocessors.deregister("prettify")
        self.treeprocessors.register(_Unescape(self), "unescape", 0)
        self.postprocessors.register(_RawHtml(self), "raw_html", 30)

    def build_parser(self) -> Self:
        """Called by Markdown while it sets itself up."""
        super().build_parser()
        self.blocks = GitHubBlocks(self, self.lang)
        self.parser = self.blocks
        return self

    def html_of(self, lines: list[str]) -> str:
        """The text as HTML; to be called once."""
        return self.convert("\n".join(lines))

    def notices(self, finder: Finder) -> Iterator[Notice]:
        """What could not be carried over, once the text is read."""
        yield from self.blocks.notices
        for code, piece, detail in self._later:
            yield Notice(code, finder.line(piece), (detail or piece)[:200])

    def note_source(self, code: str, piece: str, detail: str = "") -> None:
        """Notes a piece of source whose line is looked up at the end; `detail` is shown in its place."""
        self._later.append((code, piece, detail))

    def set_footnote(self, label: str, text: str, line: int) -> None:
        """Sets the text of a footnote aside; the first one of a label counts."""
        if label not in self._footnotes.footnotes:
            self.footnote_lines[text] = line
            self._footnotes.setFootnote(label, text)

    def raw_block(self, parent: Element, source: str, line: int) -> None:
        """Puts a block of raw HTML aside; an element keeps its place until the postprocessor comes."""
        held = SubElement(parent, "raw")
        held.text = AtomicString(self.htmlStash.store(self.defuse(source, line)))

    def defuse(self, source: str, line: int) -> str:
        """Raw HTML in which what only looks like a tag is text; elements that will be removed are noted."""
        for match in _TAG.finditer(source):
            name = match[2].lower()
            if not match[1] and name in tags.KNOWN_TAGS - tags.ALLOWED_TAGS - tags.HARMLESS_TAGS:
                if line:
                    number = line + source.count("\n", 0, match.start())
                    self.blocks.notices.append(Notice("removed-html", number, name))
                else:
                    self.note_source("removed-html", f"<{match[2]}", name)
        return _LOOKS_LIKE_TAG.sub(lambda m: "<" if m[1].lower() in tags.KNOWN_TAGS else "&lt;", source)

    def unescape(self, text: str) -> str:
        """Backslash escapes back to the characters they protect."""
        return cast(UnescapeTreeprocessor, self.treeprocessors["unescape"]).unescape(text)


class _Unescape(UnescapeTreeprocessor):
    """As the library's, but code that holds something like an escape stays untouched."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not isinstance(element.text, AtomicString):
                element.text = self.unescape(element.text)
            if element.tail:
                element.tail = self.unescape(element.tail)
            for key, value in element.items():
                element.set(key, self.unescape(value))


class _RawHtml(RawHtmlPostprocessor):
    """Puts raw HTML back; no paragraph around it is taken away or added."""

    _HELD = re.compile(f"<raw>|</raw>|{STX}wzxhzdk:([0-9]+){ETX}")

    def run(self, text: str) -> str:
        blocks = self.md.htmlStash.rawHtmlBlocks
        return self._HELD.sub(lambda m: str(blocks[int(m[1])]) if m[1] else "", text)


def _footnotes(md: Engine) -> FootnoteExtension:
    """The footnotes of the library, with titles in the language of the document."""
    extension = FootnoteExtension(
        BACKLINK_TITLE=words.phrase("back", md.lang),
        BACKLINK_TEXT="↩",
        PLACE_MARKER=f"{STX}footnotes{ETX}",
        USE_DEFINITION_ORDER=False,
    )
    extension.extendMarkdown(md)
    pattern = r"\[\^([^\[\]\s]{1,100})\]"
    md.inlinePatterns.register(FootnoteInlineProcessor(pattern, extension), "footnote", 175)
    return extension


def to_html(root: Element) -> str:
    """Serialises without recursion; what lies deeper than MAX_DEPTH loses its element and keeps its text."""
    parts: list[str] = []
    stack: list[tuple[Element | str, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        shown = depth < MAX_DEPTH and node.tag != GROUP
        if shown:
            attributes = "".join(f' {key}="{escape(value)}"' for key, value in node.items())
            parts.append(f"<{node.tag}{attributes}>")
        parts.append(escape(node.text or "", quote=False))
        if shown and node.tag not in tags.VOID_TAGS:
            stack.append((f"</{node.tag}>", depth))
        for child in reversed(node):
            stack.append((escape(child.tail or "", quote=False), depth))
            stack.append((child, depth + 1))
    return "".join(parts)
