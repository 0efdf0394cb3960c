"""PDF with Chinese: what is written can be read back, what the font lacks is named, lines break where they may."""

from __future__ import annotations

from datetime import UTC, datetime

import pypdfium2
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp.web.paper import Facts, Heading, Rows, Title, sheet, wrapped
from learnapp.web.paper.fonts import cut, lacks, named

AT = datetime(2026, 11, 24, tzinfo=UTC)


def _pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_rare_characters_of_names_are_there() -> None:
    assert lacks("㛃䶮龘犇堃喆 欧阳") == []


def test_what_the_font_lacks_is_named() -> None:
    assert lacks("王\U0002b820") == ["\U0002b820"]
    assert named("王\U0002b820芳") == "王[U+2B820]芳"


def test_only_what_is_used_goes_into_the_file() -> None:
    assert len(cut("学习", 400)) < 4_000


def test_a_sheet_is_read_back(site: Flask) -> None:
    blocks = [Title("学习档案：㛃䶮", "Study record"), Heading("年度"), Facts([("学时", "3.5")])]
    with site.test_request_context("/"):
        data = sheet(blocks, title="学习档案", foot="制作人", language="zh", at=AT)
    (page,) = _pages(data)
    for text in ("学习档案：㛃䶮", "Study record", "学时", "3.5", "制作人", "1 / 1"):
        assert text in page
    assert len(data) < 60_000


def test_a_lacking_character_is_said_at_the_end_too(site: Flask) -> None:
    with site.test_request_context("/", headers={"Accept-Language": "en"}):
        data = sheet([Title("王\U0002b820")], title="x", foot="", language="en", at=AT)
    (page,) = _pages(data)
    assert "王[U+2B820]" in page
    assert "Unicode" in page


def test_a_long_table_goes_on_under_its_heads(site: Flask) -> None:
    rows = [[str(number), "一个很长的名称" * 6] for number in range(80)]
    with site.test_request_context("/"):
        data = sheet([Rows(["序号", "名称"], rows, (1, 5))], title="x", foot="f", language="zh", at=AT)
    pages = _pages(data)
    assert len(pages) > 2
    assert all("序号" in page for page in pages)
    assert "79" in pages[-1]


def _width(text: str) -> float:
    return sum(1.0 if ord(one) > 0x2000 else 0.5 for one in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("学习，档案", ["学", "习，", "档案"]),
        ("（学习）", ["（学", "习）"]),
        ("ab cd efgh", ["ab", "cd", "efgh"]),
        ("abcdefghij", ["abcd", "efgh", "ij"]),
        ("", [""]),
        ("一\n二", ["一", "二"]),
    ],
)
def test_lines_break_where_they_may(text: str, lines: list[str]) -> None:
    assert wrapped(text, 2.0, _width) == lines


@given(st.text(alphabet="学习，。（）ab1 ", max_size=60), st.integers(2, 20))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = wrapped(text, width, _width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(_width(line) <= width for line in lines)
