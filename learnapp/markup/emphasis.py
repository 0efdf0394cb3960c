"""Emphasis by CommonMark's delimiter rules, made friendly to Chinese.

By the letter of CommonMark `**“重点”**是` stays unmarked, because a closing mark after punctuation must not
be followed by a letter. Chinese has no spaces between words, so a Chinese neighbour counts as a gap here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from markdown.util import ETX, STX

from learnapp.markup.pattern import Found, InlinePattern

GROUP = "group"
"""An element that only holds others; the serialiser writes its content alone."""

MAX_DEPTH = 24
_RUN = re.compile(r"\*+|_+|~+")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass
class _Run:
    """A run of one mark. `closes` and `opens` hold tags in the order in which pairs were found."""

    number: int
    mark: str
    start: int
    end: int
    can_open: bool
    can_close: bool
    left: int = 0
    closes: list[str] = field(default_factory=list)
    opens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = self.end - self.start

    def fits(self, closer: _Run) -> bool:
        """Whether this run may be closed by another: same mark, and the rule of three."""
        if self.mark != closer.mark or not self.left:
            return False
        if self.mark == "~":
            return True
        sizes = (self.end - self.start, closer.end - closer.start)
        either = self.can_close or closer.can_open
        return not (either and sum(sizes) % 3 == 0 and any(size % 3 for size in sizes))


class Emphasis(InlinePattern):
    """Resolves all marks of a text at once: `*`, `_` and `~~`."""

    def found(self, m: re.Match[str], data: str) -> Found:
        """All that follows the first mark, as one group."""
        runs = list(_runs(data, m.start()))
        _pair(runs)
        return _build(data, m.start(), runs), m.start(), len(data)


def _runs(data: str, start: int) -> Iterator[_Run]:
    """The runs of marks, and on which side each has a word (CommonMark calls it flanking)."""
    for number, match in enumerate(_RUN.finditer(data, start)):
        before = data[match.start() - 1] if match.start() else " "
        after = data[match.end()] if match.end() < len(data) else " "
        opens = _flanks(after, before)
        closes = _flanks(before, after)
        mark = match[0][0]
        if mark == "_":
            opens, closes = opens and (not closes or _stop(before)), closes and (not opens or _stop(after))
        if mark == "~" and len(match[0]) != 2:
            opens = closes = False
        yield _Run(number, mark, match.start(), match.end(), opens, closes)


def _flanks(word: str, other: str) -> bool:
    """Whether a mark stands against the character `word`, seen from `other` on its far side."""
    if word.isspace():
        return False
    return not _stop(word) or other.isspace() or _stop(other) or bool(_CJK.match(other))


def _stop(character: str) -> bool:
    """Punctuation or a symbol that is not Chinese, or the end of a placeholder: code, a link, an escape."""
    if character in (STX, ETX):
        return True
    return unicodedata.category(character)[0] in "PS" and not _CJK.match(character)


def _pair(runs: list[_Run]) -> None:
    """Finds for every closing run the run it closes; remembering where none was found keeps it linear."""
    stack: list[_Run] = []
    bottom: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        key = (run.mark, run.can_open, (run.end - run.start) % 3)
        while run.can_close and run.left:
            index = len(stack) - 1
            while index >= 0 and stack[index].number > bottom.get(key, -1) and not stack[index].fits(run):
                index -= 1
            if index < 0 or stack[index].number <= bottom.get(key, -1):
                bottom[key] = stack[-1].number if stack else -1
                break
            del stack[index + 1 :]
            opener = stack[index]
            size = 2 if opener.left > 1 and run.left > 1 else 1
            tag = "del" if run.mark == "~" else ("em", "strong")[size - 1]
            opener.opens.append(tag)
            run.closes.append(tag)
            opener.left -= size
            run.left -= size
            if not opener.left:
                stack.pop()
        if run.can_open and run.left:
            stack.append(run)


def _build(data: str, start: int, runs: list[_Run]) -> Element:
    """The text from `start` as elements. Marks without a partner become escapes, not to be read again."""
    root = Element(GROUP)
    path: list[Element] = [root]
    skipped = 0
    position = start
    for run in runs:
        _text(path[-1], data[position : run.start])
        for _ in run.closes:
            if skipped:
                skipped -= 1
            else:
                path.pop()
        _text(path[-1], f"{STX}{ord(run.mark)}{ETX}" * run.left)
        for tag in reversed(run.opens):
            if skipped or len(path) > MAX_DEPTH:
                skipped += 1
                continue
            element = Element(tag)
            path[-1].append(element)
            path.append(element)
        position = run.end
    _text(root, data[position:])
    return root


def _text(parent: Element, text: str) -> None:
    """Appends text at the end of an element."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
