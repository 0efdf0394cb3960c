"""The constructs that decide what we support: Markdown as GitHub shows it, and what we make of it.

Named deviations, on purpose: emoji codes and formulas stay text (34, 35); single tildes strike nothing, because
3~5 is a range in Chinese (13); an address ends before Chinese text (15); emphasis works beside Chinese
punctuation (17); a line break between Chinese characters leaves no space (42); what only looks like a tag is
shown (44); unknown directives become boxes (37).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from learnapp import markup

CONSTRUCTS = sorted((Path(__file__).parent / "constructs").glob("*.md"))


def test_there_are_at_least_forty() -> None:
    assert len(CONSTRUCTS) >= 40


@pytest.mark.parametrize("path", CONSTRUCTS, ids=lambda path: path.stem)
def test_construct(path: Path) -> None:
    document = markup.render(path.read_text(encoding="utf-8"))
    assert document.html == path.with_suffix(".html").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("path", CONSTRUCTS, ids=lambda path: path.stem)
def test_needs_no_inline_style_or_script(path: Path) -> None:
    html = markup.render(path.read_text(encoding="utf-8")).html
    assert " style=" not in html
    assert "<script" not in html
    assert " onclick" not in html
