"""Block structure by GitHub's rules, as a block parser for Python-Markdown.

Python-Markdown's own parser cuts the text at blank lines and wants four columns of indentation; lists of two
columns flatten and fences in lists break. This parser reads line by line, the way CommonMark describes it,
and leaves everything inside a paragraph to the library's inline patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown.blockparser import BlockParser
from markdown.util import AtomicString

from learnapp.markup import containers, references, tables, words
from learnapp.markup.document import Language, Notice
from learnapp.markup.items import finish_item
from learnapp.markup.lines import (
    DIRECTIVE,
    FENCE,
    FOOTNOTE,
    HEADING,
    MAX_NESTING,
    QUOTE,
    SETEXT,
    Line,
    blank,
    html_end,
    indent,
    interrupts,
    rule,
    untab,
    whole_tag,
)

if TYPE_CHECKING:
    from learnapp.markup.engine import Engine

_HEADING_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_HEADING_ID = re.compile(r"[ \t]*\{[ \t]*:?[ \t]*(?:#([\w.-]+))?[^{}]*\}[ \t]*$")
_ATTRIBUTES = re.compile(r"^ {0,3}\{:[^{}]*\}[ \t]*$")
_FOREIGN = re.compile(r"^ {0,3}(?:\{%.*%\}|\{\{[<%].*[>%]\}\}|!!![ \t]*\w.*|\?\?\?\+?[ \t]*\w.*)[ \t]*$")
_NO_SPACE = re.compile(r"^ {0,3}(?:#{2,6}[^\s#]|#[^\s#\d!])")
_CALLOUT = re.compile(r"^[ \t]*\[!([\w-]{1,40})\][ \t]*$")
_INFO = re.compile(r"[\w+#.-]+")

Rule = Callable[[Element, list[Line], int], int | None]


class GitHubBlocks(BlockParser):
    """Reads blocks. A rule looks at one line and returns the index after what it has read, or None."""

    md: Engine

    def __init__(self, md: Engine, lang: Language) -> None:
        super().__init__(md)
        self.lang: Language = lang
        self.notices: list[Notice] = []
        self.code: set[int] = set()
        self._raw: list[str] = []
        self._depth = 0
        self._ends: dict[int, int] = {}
        self._rules: tuple[Rule, ...] = (
            self._indented, self._fence, self._directive, self._quote, self._heading, self._rule, self._list,
            self._footnote, self._html, self._table, self._grid, self._attributes, self._paragraph,
        )  # fmt: skip

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:
        """Reads the whole text; called once by Markdown."""
        self._raw = list(lines)
        self.root = Element(self.md.doc_tag)
        self._blocks(self.root, [Line(n, untab(text)) for n, text in enumerate(self._raw, start=1)])
        return ElementTree(self.root)

    def parseChunk(self, parent: Element, text: str) -> None:
        """Reads a piece that was set aside before: the text of a footnote."""
        number = self.md.footnote_lines.get(text, 0)
        self._blocks(parent, [Line(number, line) for line in text.split("\n")])
        if not len(parent):  # the library hangs its link back on the last block
            SubElement(parent, "p").text = ""

    def note(self, code: str, line: Line, detail: str = "") -> None:
        """Keeps what could not be carried over."""
        self.notices.append(Notice(code, line.number, (detail or line.text.strip())[:200]))

    def _blocks(self, parent: Element, lines: list[Line]) -> bool:
        """Appends the blocks of these lines; returns whether a blank line stands between two of them."""
        outer, self._ends = self._ends, containers.directive_ends(lines)
        self._depth += 1
        index, loose, gap = 0, False, False
        while index < len(lines):
            if blank(lines[index].text):
                gap, index = index > 0, index + 1
                continue
            loose, gap = loose or gap, False
            index = self._block(parent, lines, index)
        self._depth -= 1
        self._ends = outer
        return loose

    def _block(self, parent: Element, lines: list[Line], index: int) -> int:
        """Reads one block and returns the index after it."""
        plain = lines[index].lazy or self._depth >= MAX_NESTING
        rules: tuple[Rule, ...] = (self._paragraph,) if plain else self._rules
        for read in rules:
            end = read(parent, lines, index)
            if end is not None:
                return end
        raise AssertionError("a paragraph takes any line")

    def _indented(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """Code indented by four columns."""
        end = start
        for index in range(start, len(lines)):
            if indent(lines[index].text) > 3 and not blank(lines[index].text):
                end = index + 1
            elif not blank(lines[index].text):
                break
        if end == start:
            return None
        self._code(parent, [line.text[4:] for line in lines[start:end]], "", lines[start:end])
        return end

    def _fence(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """Code between fences; without a closing fence it goes on to the end of its container."""
        opener = FENCE.match(lines[start].text)
        if opener is None:
            return None
        shift, end = len(opener[1]), len(lines)
        for index in range(start + 1, len(lines)):
            closer = FENCE.match(lines[index].text)
            if closer and closer[2].startswith(opener[2]) and not closer[3]:
                end = index
                break
        body = lines[start + 1 : end]
        texts = [self._original(line) for line in body]
        info = _INFO.search(opener[3])
        self._code(parent, [_unindent(text, shift) for text in texts], info[0] if info else "", body)
        return end + 1

    def _original(self, line: Line) -> str:
        """The line with its own tabs, where no container has taken anything off it."""
        raw = self._raw[line.number - 1] if 0 < line.number <= len(self._raw) else line.text
        return raw if untab(raw) == line.text else line.text

    def _code(self, parent: Element, texts: list[str], language: str, lines: list[Line]) -> None:
        block = SubElement(parent, "pre", {"class": f"language-{language}"} if language else {})
        SubElement(block, "code").text = AtomicString("\n".join(texts) + "\n" if texts else "")
        self.code.update(line.number for line in lines)

    def _directive(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A box fenced by colons. Lines of colons that open or close nothing go, with a notice."""
        if not DIRECTIVE.match(lines[start].text):
            return None
        opened, end = containers.directive(lines[start].text), self._ends.get(start)
        if opened is None or end is None:
            self.note("stray-directive", lines[start])
            return start + 1
        title = words.box_title(opened.name, self.lang)
        if title is None:
            self.note("unknown-directive", lines[start], opened.name)
        box = self._box(parent, opened.name, opened.title or title or opened.name)
        self._blocks(box, lines[start + 1 : end])
        return end + 1

    def _box(self, parent: Element, kind: str, title: str) -> Element:
        """An empty box with its title."""
        folded = kind in words.FOLDED
        box = SubElement(parent, "details" if folded else "div")
        known = kind in words.DIRECTIVES
        box.set("class", f"callout callout-{kind}" if known else "callout")
        if known:
            box.set("data-kind", kind)
        head = SubElement(box, "summary" if folded else "p", {"class": "callout-title"})
        head.text = AtomicString(title)
        return box

    def _quote(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A block quote, or a callout: a quote whose first line is `[!NOTE]` or the like."""
        if not QUOTE.match(lines[start].text):
            return None
        content, end = containers.quote(lines, start)
        callout = _CALLOUT.match(content[0].text) if len(content) > 1 else None
        kind = callout[1].lower() if callout else ""
        if kind in words.CALLOUTS:
            box = self._box(parent, kind, words.box_title(kind, self.lang) or kind)
            self._blocks(box, content[1:])
            return end
        if kind:
            self.note("unknown-callout", lines[start])
        self._blocks(SubElement(parent, "blockquote"), content)
        return end

    def _heading(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A heading that starts with number signs."""
        match = HEADING.match(lines[start].text)
        if match is None:
            return None
        self._head(parent, len(match[1]), _HEADING_END.sub("", match[2] or "").strip())
        return start + 1

    def _head(self, parent: Element, level: int, text: str) -> None:
        named = _HEADING_ID.search(text) if text.endswith("}") else None
        heading = SubElement(parent, f"h{level if self._depth == 1 else max(level, 3)}")
        if named:
            text = text[: named.start()]
            if named[1]:
                heading.set("id", named[1])
        heading.text = text

    def _rule(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A horizontal rule."""
        if not rule(lines[start].text):
            return None
        SubElement(parent, "hr")
        return start + 1

    def _list(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A list: items of one kind, with or without blank lines between them."""
        item = containers.list_item(lines, start)
        if item is None:
            return None
        ordered = item.marker[0].isdigit()
        found = SubElement(parent, "ol" if ordered else "ul")
        if ordered and int(item.marker[:-1]) != 1:
            found.set("start", str(int(item.marker[:-1])))
        kind, loose, end = item.kind, False, start
        while item and item.kind == kind:
            loose = self._blocks(SubElement(found, "li"), item.lines) or loose
            end = following = item.end
            while following < len(lines) and blank(lines[following].text):
                following += 1
            item = containers.list_item(lines, following) if following < len(lines) else None
            loose = loose or (item is not None and item.kind == kind and following > end)
            end = following if item and item.kind == kind else end
        for entry in found:
            finish_item(found, entry, loose)
        return end

    def _footnote(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """The text of a footnote; it is set aside and comes back below the text."""
        match = FOOTNOTE.match(lines[start].text)
        if match is None:
            return None
        first = Line(lines[start].number, lines[start].text[match.end() :])
        content, end = containers.indented(lines, start + 1, 4, first)
        self.md.set_footnote(match[1], "\n".join(line.text for line in content), first.number)
        return end

    def _html(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A block of raw HTML."""
        ending = html_end(lines[start].text)
        if ending is None and not whole_tag(lines[start].text):
            return None
        end = start
        while end < len(lines):
            text = lines[end].text
            if blank(text) if not ending else ending in text.lower():
                break
            end += 1
        if ending and end < len(lines):
            end += 1
        elif ending:
            self.note("unclosed-html", lines[start])
        self.md.raw_block(parent, "\n".join(line.text for line in lines[start:end]), lines[start].number)
        return end

    def _table(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A table; one whose rows do not fit stays text, as on GitHub, and is reported."""
        found = tables.starts_table(lines, start)
        if found is None:
            self.note("broken-table", lines[start])
        if not found:
            return None
        table, end = tables.table(lines, start)
        parent.append(table)
        return end

    def _grid(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A grid table, which GitHub does not know: shown as it was typed."""
        end = tables.grid(lines, start)
        if end == start:
            return None
        self.note("grid-table", lines[start])
        self._code(parent, [line.text for line in lines[start:end]], "", lines[start:end])
        return end

    def _attributes(self, parent: Element, lines: list[Line], start: int) -> int | None:
        """A line that only sets attributes of the block above it (kramdown)."""
        if not _ATTRIBUTES.match(lines[start].text):
            return None
        self.note("attribute-list", lines[start])
        return start + 1

    def _paragraph(self, parent: Element, lines: list[Line], start: int) -> int:
        """A paragraph, a heading underlined by dashes, or definitions of link references."""
        end = start + 1
        while end < len(lines) and not blank(lines[end].text):
            underline = SETEXT.match(lines[end].text)
            if lines[end].lazy:
                end += 1
                continue
            if underline:
                text = self._references(lines[start:end])
                if text:
                    self._head(parent, 1 if underline[1][0] == "=" else 2, text)
                    return end + 1
            if interrupts(lines[end].text) or tables.starts_table(lines, end):
                break
            end += 1
        if _FOREIGN.match(lines[start].text):
            self.note("unknown-directive", lines[start])
        if _NO_SPACE.match(lines[start].text):
            self.note("heading-space", lines[start])
        text = self._references(lines[start:end])
        if text:
            SubElement(parent, "p").text = text
        return end

    def _references(self, lines: list[Line]) -> str:
        """The text of a paragraph after the definitions of link references at its start are taken off."""
        found, text = references.split("\n".join(line.text.lstrip(" ") for line in lines))
        for label, target in found.items():
            self.md.references.setdefault(label, target)
        return text


def _unindent(text: str, columns: int) -> str:
    """Takes off as many columns as the opening fence was indented by."""
    return text[min(columns, indent(text)) :]
