"""The last pass over the sanitised tree: ids, addresses, pictures, tables, and what screen readers need.

It works on HTML the author typed and on HTML made from Markdown alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from learnapp.markup.document import Language, Link, LinkKind, LinkRule, Notice
from learnapp.markup.inline import safe_address
from learnapp.markup.lines import Finder
from learnapp.markup.words import phrase

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_RENAMED = {"center": "div", "strike": "del", "tt": "code"}
_EXTERNAL = re.compile(r"(?:https?:)?//", re.I)
_SIZE = re.compile(r"\s*([0-9]{1,4})(?:px)?\s*|\s*([0-9]{1,3}%)\s*")
_NOT_ID = re.compile(r"[^\w.:-]")
_NOT_SLUG = re.compile(r"[^\w\- ]")
_WIDE = "\u2e80-\u303f\u3041-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6"
_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}“”‘’—…])\n(?=[{_WIDE}“”‘’—…])")

Change = Callable[[Element, Element], None]


def slug(text: str) -> str:
    """The id GitHub gives a heading: lower case, without punctuation, hyphens for spaces; Chinese stays."""
    return _NOT_SLUG.sub("", text.strip().lower()).replace(" ", "-")


def plain(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def numbered(label: str, count: int) -> str:
    """A label that is unique in its document: the second and later ones carry their number."""
    return label if count == 1 else f"{label} {count}"


class Finisher:
    """Walks a tree once, in reading order, and changes it in place."""

    def __init__(self, link: LinkRule | None, lang: Language, finder: Finder) -> None:
        self.title: str | None = None
        self.links: list[Link] = []
        self.notices: list[Notice] = []
        self._rule = link
        self._lang: Language = lang
        self._finder = finder
        self._ids: set[str] = set()
        self._counts: dict[str, int] = {}
        self._aliases: dict[str, str] = {}
        self._fragments: list[tuple[Element, str]] = []
        self._path: list[str] = []
        self._tables = 0

    def run(self, root: Element) -> None:
        """Finishes everything below root."""
        self._walk(root)
        for link, fragment in self._fragments:
            self._point(link, fragment)

    def _walk(self, parent: Element) -> None:
        verbatim = "pre" in self._path or "code" in self._path
        if parent.text and not verbatim and parent.tag not in ("pre", "code"):
            parent.text = _BETWEEN_WIDE.sub("", parent.text)
        self._path.append(parent.tag)
        for child in list(parent):
            if child.tail and not verbatim:
                child.tail = _BETWEEN_WIDE.sub("", child.tail)
            change = self._enter(child)
            self._walk(child)
            if change:
                change(parent, child)
        self._path.pop()

    def _enter(self, element: Element) -> Change | None:
        """Sets the attributes of one element; returns what is to be done with it after its content."""
        element.tag = _RENAMED.get(element.tag, element.tag)
        self._align(element)
        if element.tag in _HEADINGS:
            return self._heading(element)
        self._anchor(element)
        match element.tag:
            case "a":
                return self._link(element)
            case "img":
                return self._image(element)
            case "input":
                return self._box(element)
            case "table":
                return self._wrap_table
            case "p":
                return _drop_empty
            case "pre":
                element.set("tabindex", "0")
                language = element.attrib.pop("class", "")
                if language and len(element) and element[0].tag == "code":
                    element[0].set("class", language)
        return None

    def _align(self, element: Element) -> None:
        """Alignment as a class; `center` was an element of its own once."""
        side = element.attrib.pop("align", "").lower()
        if side in ("left", "right", "center"):
            element.set("class", f"{element.get('class', '')} align-{side}".strip())

    def _claim(self, wanted: str) -> str:
        """An id nobody else has, as GitHub counts: the second is called -1."""
        name = wanted
        while name in self._ids:
            self._counts[wanted] = self._counts.get(wanted, 0) + 1
            name = f"{wanted}-{self._counts[wanted]}"
        self._ids.add(name)
        return name

    def _anchor(self, element: Element) -> None:
        wanted = element.attrib.pop("id", "") or element.attrib.pop("name", "")
        element.attrib.pop("name", None)
        name = _NOT_ID.sub("", wanted)
        if name:
            element.set("id", self._claim(name))

    def _heading(self, heading: Element) -> Change | None:
        text = plain(heading)
        name = _NOT_ID.sub("", heading.attrib.pop("id", "")) or slug(text) or "section"
        if heading.tag == "h1" and self.title is None and set(self._path) == {"div"}:
            self.title = text
            self._aliases[name] = ""
            return _drop
        if len(self._path) > 1:
            heading.tag = heading.tag if heading.tag > "h2" else "h3"
        elif heading.tag == "h1":
            heading.tag = "h2"
            self.notices.append(Notice("extra-title", self._finder.line(text), text[:200]))
        heading.set("id", self._claim(name))
        return None

    def _link(self, link: Element) -> Change | None:
        target = link.get("href", "")
        if target.startswith("#"):
            if link.get("class") == "footnote-backref":
                link.set("aria-label", link.get("title", ""))
            else:
                self._fragments.append((link, target[1:]))
            return None
        if not target:
            return None if link.get("id") else _unwrap
        address = self._address("link", target)
        if address is None:
            return _unwrap
        link.set("href", address)
        if _EXTERNAL.match(address):
            link.set("rel", "noopener noreferrer")
        return _drop_empty

    def _address(self, kind: LinkKind, target: str) -> str | None:
        """What to write for a target: the caller's answer, as long as it is harmless."""
        written = target.removeprefix("mailto:")
        line = self._finder.line(written) or self._finder.line(escape(written, quote=False))
        self.links.append(Link(kind, target, line))
        address = self._rule(kind, target) if self._rule else target
        return address.replace(" ", "%20") if address and safe_address(address) else None

    def _point(self, link: Element, fragment: str) -> None:
        """Checks a link inside the document, after all ids are known."""
        name = unquote(fragment)
        if name in self._ids or slug(name) in self._ids:
            link.set("href", f"#{name if name in self._ids else slug(name)}")
        elif name in self._aliases or slug(name) in self._aliases or name in ("", "top"):
            link.set("href", "#")
        else:
            self.notices.append(Notice("missing-anchor", self._finder.line(f"#{fragment}"), f"#{name}"[:200]))

    def _image(self, image: Element) -> Change | None:
        image.set("alt", image.get("alt", ""))
        for side in ("width", "height"):
            size = _SIZE.fullmatch(image.attrib.pop(side, ""))
            if size:
                image.set(side, size[1] or size[2])
        target = image.attrib.pop("src", "")
        address = self._address("image", target) if target else None
        if address is None:
            return self._missing_image
        if _EXTERNAL.match(address):
            self.notices.append(Notice("external-image", self.links[-1].line, target[:200]))
            image.set("src", address)
            return self._linked_image
        image.set("src", address)
        image.set("loading", "lazy")
        return None

    def _missing_image(self, parent: Element, image: Element) -> None:
        """The description in place of a picture that cannot be shown."""
        text = image.get("alt") or phrase("image", self._lang)
        image.attrib.clear()
        image.tag, image.text = "span", f"[{text}]"
        image.set("class", "missing-image")

    def _linked_image(self, parent: Element, image: Element) -> None:
        """A picture on another site becomes a link: loading it would tell that site who reads."""
        text, address = image.get("alt") or image.get("src", ""), image.get("src", "")
        image.attrib.clear()
        image.tag, image.text = "span", text
        image.set("class", "outside-image")
        if "a" not in self._path:
            image.tag = "a"
            image.set("href", address)
            image.set("rel", "noopener noreferrer")

    def _box(self, box: Element) -> Change | None:
        """The box of a task: shown, never to be changed, and named for those who do not see it."""
        if box.get("type", "").lower() != "checkbox":
            return _drop
        checked = "checked" in box.attrib
        box.attrib.clear()
        box.attrib.update({"type": "checkbox", "disabled": ""})
        if checked:
            box.set("checked", "")
        box.set("aria-label", phrase("done" if checked else "to-do", self._lang))
        return None

    def _wrap_table(self, parent: Element, table: Element) -> None:
        """A table scrolls in its own region, which the keyboard can reach."""
        region = Element("div", {"class": "table-scroll", "tabindex": "0", "role": "region"})
        self._tables += 1
        region.set("aria-label", numbered(phrase("table", self._lang), self._tables))
        region.tail, table.tail = table.tail, None
        parent[list(parent).index(table)] = region
        region.append(table)


def _text_before(parent: Element, index: int, text: str) -> None:
    """Adds text in front of the child at index."""
    if not text:
        return
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _drop(parent: Element, child: Element) -> None:
    """Takes an element out with its content; the text after it stays."""
    index = list(parent).index(child)
    parent.remove(child)
    _text_before(parent, index, child.tail or "")


def _drop_empty(parent: Element, child: Element) -> None:
    """Takes out an element that holds nothing."""
    if not len(child) and not (child.text or "").strip() and not child.get("id"):
        _drop(parent, child)


def _unwrap(parent: Element, child: Element) -> None:
    """Puts the content of an element in its place."""
    index = list(parent).index(child)
    parent.remove(child)
    inner = list(child)
    _text_before(parent, index, child.text or "")
    for offset, element in enumerate(inner):
        parent.insert(index + offset, element)
    _text_before(parent, index + len(inner), child.tail or "")
