"""Pictures in questions: found in the texts, put into the version, and pointed at by their hash.

The author's file keeps its paths; the questions that are stored name each picture by its address, so that
nothing has to be looked up when a question is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from learnapp import media
from learnapp.catalogue import links
from learnapp.catalogue.source import Source
from learnapp.catalogue.tables import Problems
from learnapp.errors import N_
from learnapp.markup import Link
from learnapp.questions import LineOf, Question, with_texts

Resolve = Callable[[Link], links.Target]

# A piece of code, in which nothing is a picture, or a picture.
_PICTURE = re.compile(
    r"(?P<code>`+).+?(?P=code)"
    r"|!\[(?P<words>[^\]]*)\]\(\s*(?P<target><[^>\n]*>|[^\s()]+)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.DOTALL,
)


def sorted_out(source: Source) -> tuple[dict[str, str], dict[str, str]]:
    """The pictures of a folder by path with their hash, and by path what is wrong with the others.
    Pictures are known by their bytes, whatever their names say."""
    good: dict[str, str] = {}
    bad: dict[str, str] = {}
    for path, size in source.sizes.items():
        if not path.lower().endswith(tuple(media.SUFFIXES)):
            continue
        if size > media.MAX_BYTES:
            bad[path] = "picture-size"
            continue
        data = source.read(path)
        if media.sniff(data) is None:
            bad[path] = "not-a-picture"
        else:
            good[path] = media.hash_of(data)
    return good, bad


def placed(
    questions: Sequence[Question], resolve: Resolve, line_of: LineOf, problems: Problems
) -> tuple[tuple[Question, ...], list[str]]:
    """The questions with every picture named by its address, and the paths of the pictures they show.

    Where a picture cannot be shown, its description stays and the problem is noted. Pictures on other sites
    are left to the renderer, which links to them.
    """
    placer = _Placer(resolve, problems)
    found = []
    for index, question in enumerate(questions):
        placer.line = line_of(index, "")
        found.append(with_texts(question, placer.text))
    return tuple(found), list(placer.used)


class _Placer:
    """Goes through texts; `line` is where the question begins that is being read."""

    def __init__(self, resolve: Resolve, problems: Problems) -> None:
        self.used: dict[str, None] = {}
        self.line = 0
        self._resolve = resolve
        self._problems = problems

    def text(self, source: str) -> str:
        """A text with its pictures named by their addresses."""
        return _PICTURE.sub(self._picture, source) if "](" in source else source

    def _picture(self, match: re.Match[str]) -> str:
        words, written = match["words"], match["target"]
        if written is None:
            return match[0]
        written = written.strip("<>")
        target = self._resolve(Link("image", written, self.line))
        if not words.strip():
            self._problems.warn(
                "no-description",
                N_("The picture “%(target)s” has no description, so whoever cannot see it learns nothing."),
                N_("Write what is to be seen between the square brackets."),
                self.line,
                target=written,
            )
        if target.problem:
            message, remedy = links.BROKEN[target.problem]
            self._problems.warn(target.problem, message, remedy, self.line, target=written)
        if target.picture:
            self.used[target.picture] = None
        return words if target.address is None else f"![{words}]({target.address})"
