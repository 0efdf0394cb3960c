"""Which HTML may reach a reader. Whatever comes in, nothing that runs, loads or restyles comes out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

from bleach.sanitizer import Cleaner

from learnapp.markup.tags import ALLOWED_TAGS, EMPTIED_TAGS, FORMATTING_TAGS, SHALLOW_TAGS, VOID_TAGS

MAX_DEPTH = 80
"""How deep elements may lie in each other; what lies deeper loses its element and keeps its text."""

PROTOCOLS = frozenset(("http", "https", "mailto", "tel"))
_EVERYWHERE = frozenset(("align", "dir", "id", "lang", "title"))
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset(("href", "name")),
    "blockquote": frozenset(("cite",)),
    "col": frozenset(("span",)),
    "colgroup": frozenset(("span",)),
    "details": frozenset(("open",)),
    "img": frozenset(("alt", "height", "src", "width")),
    "input": frozenset(("checked", "disabled", "type")),
    "li": frozenset(("value",)),
    "ol": frozenset(("reversed", "start")),
    "q": frozenset(("cite",)),
    "td": frozenset(("colspan", "rowspan")),
    "th": frozenset(("colspan", "rowspan", "scope")),
    "time": frozenset(("datetime",)),
}
_CLASS = re.compile(
    r"(?:callout(?:-[a-z]+)?|task-list(?:-item)?|align-(?:left|center|right)|footnote(?:-ref|-backref)?"
    r"|language-[\w+#.-]{1,40})"
)
_EMPTIED = re.compile(rf"<({'|'.join(sorted(EMPTIED_TAGS))})(?=[\s>/])[^<>]*>", re.I)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>")


def sanitise(source: str) -> str:
    """HTML with the allowed elements, attributes and protocols only; every element is closed."""
    cleaner = Cleaner(tags=ALLOWED_TAGS, attributes=_allowed, protocols=PROTOCOLS, strip=True)
    return cleaner.clean(_TAG.sub(_Nesting(), _without_emptied(source)))


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an element may keep an attribute."""
    if name == "class":
        return all(_CLASS.fullmatch(one) for one in value.split())
    if name == "data-kind":
        return value.isalnum() and tag in ("div", "details")
    return name in _EVERYWHERE or name in _ATTRIBUTES.get(tag, ())


def _without_emptied(source: str) -> str:
    """Takes out elements that go with their content; of one that is never closed only the tag."""
    parts: list[str] = []
    unclosed: set[str] = set()
    position = 0
    while match := _EMPTIED.search(source, position):
        name = match[1].lower()
        parts.append(source[position : match.start()])
        closer = None
        if name not in unclosed and not match[0].endswith("/>"):
            closer = re.compile(rf"</{name}\s*>", re.I).search(source, match.end())
        if closer is None:
            unclosed.add(name)
        position = closer.end() if closer else match.end()
    parts.append(source[position:])
    return "".join(parts)


class _Nesting:
    """Keeps unclosed elements from piling up, which costs the parser time that grows with their square.

    Opening tags beyond MAX_DEPTH go, and formatting elements lose their attributes: of equal ones HTML keeps
    three open at most.
    """

    def __init__(self) -> None:
        self._depth = 0

    def __call__(self, match: re.Match[str]) -> str:
        """The tag as it may stay."""
        name = match[2].lower()
        if name in SHALLOW_TAGS:
            return match[0]
        if match[1]:
            self._depth = max(0, self._depth - 1)
            return match[0]
        if self._depth >= MAX_DEPTH:
            return ""
        self._depth += 1
        return f"<{name}>" if name in FORMATTING_TAGS else match[0]


class _Tree(HTMLParser):
    """Builds a tree from what `sanitise` returned, which is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._builder = TreeBuilder()
        self._builder.start("div", {})
        self._open: list[tuple[str, bool]] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = self._depth < MAX_DEPTH
        if shown:
            self._builder.start(tag, {key: value or "" for key, value in attrs})
        if tag not in VOID_TAGS:
            self._open.append((tag, shown))
            self._depth += shown
        elif shown:
            self._builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID_TAGS or not self._open:
            return
        name, shown = self._open.pop()
        self._depth -= shown
        if shown:
            self._builder.end(name)

    def handle_data(self, data: str) -> None:
        self._builder.data(data)

    def finish(self) -> Element:
        """The tree below one `div`."""
        self.close()
        while self._open:
            self.handle_endtag(self._open[-1][0])
        self._builder.end("div")
        return self._builder.close()


def tree(source: str) -> Element:
    """Sanitised HTML as a tree below one `div`."""
    parser = _Tree()
    parser.feed(sanitise(source))
    return parser.finish()
