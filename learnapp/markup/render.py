"""From Markdown to a document of sections, and to short pieces of HTML."""

from __future__ import annotations

import re
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from learnapp.markup.document import Document, Language, LinkRule, Notice, Section
from learnapp.markup.engine import Engine
from learnapp.markup.finish import Finisher, numbered, slug
from learnapp.markup.lines import Finder, normalise
from learnapp.markup.sanitise import tree
from learnapp.markup.words import phrase

LIMIT = 120_000
"""Characters a text may have; a longer one is shown as it is."""

_MATTER_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$")


def render(source: str, *, link: LinkRule | None = None, lang: Language = "zh") -> Document:
    """Renders and sanitises a text. Never raises on any text; what is lost is listed in `notices`.

    `link` is asked for every address but those inside the text; None from it drops the link, not its words.
    `lang` is the language of the text: box titles and labels follow it.
    """
    if len(source) > LIMIT:
        return _too_long(source)
    lines, matter, matter_title = _without_matter(normalise(source))
    root, finisher, notices = _finished(lines, link, lang)
    notes = _footnotes(root)
    sections = _split(root, notes, lang)
    title = finisher.title or matter_title
    lead = sections.pop(0).html
    if not sections and lead:
        sections, lead = [Section(slug(title) or "text", "", lead)], ""
    found = {*matter, *notices}
    ordered = tuple(sorted(found, key=lambda notice: (notice.line, notice.code, notice.detail)))
    return Document(title, lead, tuple(sections), ordered, tuple(finisher.links))


def render_inline(source: str, *, link: LinkRule | None = None, lang: Language = "zh") -> str:
    """Renders a short text, such as a question; a single paragraph comes without its `<p>`."""
    if len(source) > LIMIT:
        return escape(source)
    root, _, _ = _finished(normalise(source), link, lang)
    blocks = list(root)
    if len(blocks) == 1 and blocks[0].tag == "p" and not blocks[0].attrib:
        return _inner(blocks[0]).strip()
    return _inner(root).strip()


def clean(html: str) -> str:
    """Sanitises HTML from elsewhere, a Word file say: nothing that runs, loads or restyles is left."""
    root = tree(html[:LIMIT])
    Finisher(None, "zh", Finder([], frozenset())).run(root)
    return _inner(root).strip()


def _finished(
    lines: list[str], link: LinkRule | None, lang: Language
) -> tuple[Element, Finisher, list[Notice]]:
    """The text as a finished tree, with the notices of all steps."""
    engine = Engine(lang)
    root = tree(engine.html_of(lines))
    finder = Finder(lines, frozenset(engine.blocks.code))
    finisher = Finisher(link, lang, finder)
    notices = list(engine.notices(finder))
    finisher.run(root)
    return root, finisher, notices + finisher.notices


def _without_matter(lines: list[str]) -> tuple[list[str], list[Notice], str]:
    """Blanks the YAML front matter, so that lines keep their numbers; its title stands in for a heading."""
    if not lines or lines[0].rstrip() != "---" or len(lines) < 3 or not lines[1].strip():
        return lines, [], ""
    for index, line in enumerate(lines[1:200], start=1):
        if line.rstrip() in ("---", "..."):
            titles = [found[1] for text in lines[1:index] if (found := _MATTER_TITLE.match(text))]
            title = titles[0].strip("\"'") if titles else ""
            detail = "; ".join(text.strip() for text in lines[1:index] if text.strip())
            return [""] * (index + 1) + lines[index + 1 :], [Notice("front-matter", 1, detail[:200])], title
    return lines, [], ""


def _split(root: Element, notes: dict[str, Element], lang: Language) -> list[Section]:
    """What stands before the first level-2 heading, as a section without name, and then the sections."""
    parts: list[tuple[str, str, Element]] = [("", "", Element("div"))]
    parts[0][2].text = root.text
    for child in list(root):
        if child.tag == "h2":
            body = Element("div")
            body.text, child.tail = child.tail, None
            parts.append((child.get("id", ""), " ".join("".join(child.itertext()).split()), body))
        else:
            parts[-1][2].append(child)
    count = 0
    for _, _, body in parts:
        count += _append_notes(body, notes, lang, count + 1)
    return [Section(name, title, _blocks(body)) for name, title, body in parts]


def _footnotes(root: Element) -> dict[str, Element]:
    """Takes the list of footnotes off the end of the text: id -> list item, numbered."""
    found: dict[str, Element] = {}
    for block in root.findall("div[@class='footnote']"):
        for item in block.iterfind("ol/li"):
            if item.get("id", "").startswith("fn:"):
                item.set("value", str(len(found) + 1))
                item.tail = None
                found[item.get("id", "")] = item
        if found:
            root.remove(block)
    return found


def _append_notes(body: Element, notes: dict[str, Element], lang: Language, count: int) -> bool:
    """Puts the footnotes below the section that refers to them first; unused ones go. Says whether there were
    any; they are then the document's group number `count`."""
    used: list[Element] = []
    waiting = [body]
    while waiting:
        for link in waiting.pop().iter("a"):
            item = notes.pop(link.get("href", "")[1:], None) if link.get("class") == "footnote-ref" else None
            if item is not None:
                used.append(item)
                waiting.insert(0, item)
    if used:
        section = SubElement(body, "section", {"class": "footnotes"})
        section.set("aria-label", numbered(phrase("footnotes", lang), count))
        SubElement(section, "ol").extend(sorted(used, key=lambda item: int(item.get("value", "0"))))
    return bool(used)


def _inner(element: Element) -> str:
    """The content of an element as HTML."""
    parts = [escape(element.text or "", quote=False)]
    parts += [tostring(child, encoding="unicode", method="html") for child in element]
    return "".join(parts)


def _blocks(element: Element) -> str:
    """The content of an element as HTML, a line for each block."""
    for child in element:
        child.tail = f"{child.tail or ''}".rstrip() + "\n"
    return _inner(element).strip()


def _too_long(source: str) -> Document:
    """A text over the limit, unread."""
    text = f'<pre tabindex="0">{escape(source[:LIMIT], quote=False)}</pre>'
    notice = Notice("too-long", 0, str(len(source)))
    return Document("", "", (Section("text", "", text),), (notice,), ())
