"""What happens inside a paragraph: the library's inline patterns, less those that differ from GitHub."""

from __future__ import annotations

import html
import re
import string
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import HtmlInlineProcessor, SubstituteTagInlineProcessor
from markdown.util import AtomicString

from learnapp.markup.emphasis import Emphasis
from learnapp.markup.pattern import Found, InlinePattern
from learnapp.markup.references import label_of

if TYPE_CHECKING:
    from learnapp.markup.engine import Engine

MAX_LABEL = 2000
"""Characters a link text may have, and MAX_BRACKETS how deep brackets may lie in it."""
MAX_BRACKETS = 32

_TARGET = re.compile(
    r"\([ \t]*+\n?[ \t]*+(<[^<>\n]*>|[^\s<>()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)"
    r"(?:[ \t\n]\s*+(\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*+\)"
)
_LABEL = re.compile(r"\[([^\[\]]{0,999})\]")
_BRACKET = re.compile(r"[\[\]]")
_BRACES = re.compile(r"\{[ \t]*:?([^{}\n]{0,2000})\}")
_ID = re.compile(r"\{#([\w.-]{1,100})[^{}\n]{0,200}\}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_URL = r"(?<![A-Za-z0-9@/.\-])(?:https?://|www\.)(?=[A-Za-z0-9\[])[!#$%&'()*+,\-./:;=?@\[\]_~A-Za-z0-9]+"
_ADDRESS = r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_MATH = r"(?<![\\$\w])(?:\$\$[^$]+\$\$|\$(?=[^\s$])[^$\n]*[^\s$]\$(?![\w$]))"
_BREAK = r"(?:(?<! ) {2,}|\\)\n"


def safe_address(target: str) -> bool:
    """Whether an address may be written: relative, or http, https, mailto, tel."""
    scheme = _SCHEME.match("".join(target.split()))
    return scheme is None or scheme[0].lower() in ("http:", "https:", "mailto:", "tel:")


class CodeSpan(InlinePattern):
    """Code between runs of backticks of equal length."""

    def found(self, m: re.Match[str], data: str) -> Found:
        closer = re.compile(f"(?<!`){m[1]}(?!`)").search(data, m.end())
        if closer is None:
            return None, m.start(), m.end()
        text = data[m.end() : closer.start()].replace("\n", " ")
        if text.strip() and text[0] == text[-1] == " ":
            text = text[1:-1]
        code = Element("code")
        code.text = AtomicString(text)
        return code, m.start(1), closer.end()


class Formula(InlinePattern):
    """A formula stays as it is; read as Markdown it would lose its underscores."""

    def found(self, m: re.Match[str], data: str) -> Found:
        return AtomicString(m[0]), m.start(), m.end()


class LinkOrImage(InlinePattern):
    """`[text](target "title")`, `[text][label]`, `[label]`, and the same with `!` for images.

    The library's own six patterns walk to the end of the text for every bracket; this one gives up early.
    """

    def __init__(self, pattern: str, md: Engine) -> None:
        super().__init__(pattern, md)
        self.engine = md

    def found(self, m: re.Match[str], data: str) -> Found:
        end = _closing(data, m.end())
        if end is None:
            return None, m.start(), m.end()
        text = data[m.end() : end]
        target, title, after = self._resolve(data, end + 1, text)
        if target is None:
            return self._span(m, data, end)
        target = html.unescape(self._plain(target)).strip()
        braces = _BRACES.match(data, after)
        after = braces.end() if braces else after
        element = self._element(m[0], text, target)
        if title:
            element.set("title", html.unescape(self._plain(title)))
        if braces and element.tag == "img":
            _take_attributes(element, self._plain(braces[1]))
        return element, m.start(), after

    def _span(self, m: re.Match[str], data: str, end: int) -> Found:
        """`[text]{#id}`, a place to link to in Pandoc's Markdown."""
        named = _ID.match(data, end + 1)
        if named is None or m[0] != "[":
            return None, m.start(), m.end()
        span = Element("span", {"id": named[1]})
        span.text = data[m.end() : end]
        return span, m.start(), named.end()

    def _resolve(self, data: str, start: int, text: str) -> tuple[str | None, str, int]:
        """Target, title and the index after the link."""
        if inline := _TARGET.match(data, start):
            target = inline[1]
            if target.startswith("<"):
                target = target[1:-1]
            return target, (inline[2] or "")[1:-1], inline.end()
        labelled = _LABEL.match(data, start)
        label = (labelled[1] if labelled else "") or text
        reference = self.engine.references.get(label_of(self._plain(label)))
        if reference is None:
            return None, "", start
        return reference[0], reference[1] or "", labelled.end() if labelled else start

    def _element(self, opener: str, text: str, target: str) -> Element:
        if not safe_address(target):
            self.engine.note_source("unsafe-link", target)
            target = ""
        if opener == "![":
            return Element("img", {"src": target, "alt": html.unescape(self._plain(text))})
        link = Element("a", {"href": target} if target else {})
        link.text = text
        return link

    def _plain(self, text: str) -> str:
        """The text with placeholders and escapes of the library resolved."""
        return self.engine.unescape(self.unescape(text))


def _closing(data: str, start: int) -> int | None:
    """The index of the bracket that closes the one before `start`."""
    depth = 1
    for match in _BRACKET.finditer(data, start, start + MAX_LABEL):
        depth += 1 if match[0] == "[" else -1
        if depth == 0:
            return match.start()
        if depth > MAX_BRACKETS:
            return None
    return None


def _take_attributes(image: Element, text: str) -> None:
    """Reads `{width=300 alt='…'}` behind an image; other keys go."""
    for key, double, single, bare in re.findall(r"([a-z-]+)=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", text):
        if key in ("width", "height", "alt", "title"):
            image.set(key, html.unescape(double or single or bare))


class BareLink(InlinePattern):
    """Addresses written without any marks. They end before Chinese text and before closing punctuation."""

    ANCESTOR_EXCLUDES = ("a",)

    def found(self, m: re.Match[str], data: str) -> Found:
        url = m[0]
        while True:
            shorter = url.rstrip("?!.,:*_~'\"")
            if shorter.endswith((")", "]")):
                opener = "(" if shorter.endswith(")") else "["
                if shorter.count(shorter[-1]) > shorter.count(opener):
                    shorter = shorter[:-1]
            elif shorter.endswith(";"):
                shorter = re.sub(r"(?:&[A-Za-z0-9]+)?;$", "", shorter)
            if shorter == url:
                break
            url = shorter
        if url.startswith("www.") and "." not in url[4:]:
            return None, m.start(), m.end()
        link = Element("a", {"href": f"http://{url}" if url.startswith("www.") else url})
        link.text = AtomicString(url)
        return link, m.start(), m.start() + len(url)


class BareMail(InlinePattern):
    """Mail addresses written without any marks, or between angle brackets."""

    ANCESTOR_EXCLUDES = ("a",)

    def found(self, m: re.Match[str], data: str) -> Found:
        address = m[0].strip("<>").rstrip("-_")
        link = Element("a", {"href": f"mailto:{address}"})
        link.text = AtomicString(address)
        return link, m.start(), m.end()


class RawTag(InlinePattern, HtmlInlineProcessor):
    """Inline HTML; what HTML does not know stays text."""

    def __init__(self, pattern: str, md: Engine) -> None:
        super().__init__(pattern, md)
        self.engine = md

    def found(self, m: re.Match[str], data: str) -> Found:
        source = self.backslash_unescape(self.unescape(m.group(1)))
        return self.engine.htmlStash.store(self.engine.defuse(source, 0)), m.start(), m.end()


def install(md: Engine) -> None:
    """Replaces the library's patterns; the numbers are priorities, the highest first."""
    md.ESCAPED_CHARS = list(string.punctuation)
    for name in ("reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref"):
        md.inlinePatterns.deregister(name)
    patterns = md.inlinePatterns
    raw_tag = patterns["html"].pattern
    patterns.register(CodeSpan(r"(?<![`\\])(?:\\\\)*+(`+)", md), "backtick", 190)
    patterns.register(Formula(_MATH, md), "math", 185)
    patterns.register(LinkOrImage(r"!?\[(?!\^)", md), "link", 165)
    patterns.register(LinkOrImage(r"!\[", md), "image in a link", 160)
    patterns.register(BareMail(f"<{_ADDRESS}>", md), "automail", 110)
    patterns.register(SubstituteTagInlineProcessor(_BREAK, "br"), "linebreak", 100)
    patterns.register(RawTag(raw_tag, md), "html", 90)
    patterns.register(BareLink(_URL, md), "url", 75)
    patterns.register(BareMail(rf"(?<![A-Za-z0-9._+\-/@]){_ADDRESS}", md), "mail", 70)
    patterns.register(Emphasis(r"[*_~]", md), "em_strong", 60)
    md.delimiters = None
