"""Nothing that runs gets out, nothing that comes in raises, and no text takes for ever."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from learnapp import markup

PIECES = (
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:x'>",
    "<math><mtext>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<iframe srcdoc='<p>'>",
    "<p style=x>", "[a](javascript:x)", "![a](data:text/html,x)", "[a]( &#106;avascript:x)", "<javascript:x>",
    "<details>", "`", "```", "~~~", "> ", "- ", "1. ", "    ", "\t", "\n", "\n\n", "|", "|--|--|", "# ", "## ",
    "---", "***", "**", "_", "~~", "[^1]", "[^1]: ", "[x]", "[x]: y", "![", "](", ")", "{#id}", ":::", "::: tip",
    "{width=1 onclick=x}", "[!NOTE]", "&amp;", "&#0;", "&lt;script&gt;", "<b title='\"><script>'>", "\\", "中文",
    "“", "。", "https://a.b/", "<", ">", '"', "$", "<table>", "<tr>", "<td>", "</p>", "<a name=x>", "<raw>",
    "<input type=text>", "<form action=x>", "<base href=//x>", "\x00", "\x02", "\x03", "\x0224\x03",
    "\x02wzxhzdk:0\x03", "<group>", "</div>", "<textarea>", "<noscript>",
)  # fmt: skip

texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
FORBIDDEN = frozenset((
    "script", "style", "iframe", "object", "embed", "form", "svg", "math", "base", "link", "meta", "textarea",
    "noscript", "video", "audio",
))  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def check(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not FORBIDDEN.intersection(reader.tags), html
    for tag, name, value in reader.attributes:
        assert not name.startswith("on"), html
        assert name not in ("style", "srcset", "srcdoc", "formaction"), html
        if name in ("href", "src", "cite"):
            scheme = "".join(value.split()).lower().partition(":")[0]
            assert scheme not in ("javascript", "data", "vbscript", "file"), html
        if tag == "input":
            assert ("input", "type", "checkbox") in reader.attributes, html
    ids = [value for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids)), html


@settings(max_examples=400, deadline=None)
@given(texts)
@example("[a](<javascript:x>)")
@example("<b><i><p>" * 50)
@example("> " * 200 + "x")
@example("- " * 200 + "x")
@example("*a **b " * 300 + "b** a*" * 300)
@example("<div>" * 300)
def test_any_text_renders_to_harmless_html(source: str) -> None:
    document = markup.render(source)
    check(document.html)
    check(document.lead_html)
    for notice in document.notices:
        assert 0 <= notice.line <= source.count("\n") + source.count("\r") + 1


@settings(max_examples=150, deadline=None)
@given(texts)
def test_short_texts_and_foreign_html_are_harmless_too(source: str) -> None:
    check(markup.render_inline(source))
    check(markup.clean(source))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60))
def test_code_comes_out_as_it_went_in(code: str) -> None:
    fence = "`" * 70
    html = markup.render(f"{fence}\n{code}\n{fence}\n").html
    collector = _Text()
    collector.feed(html)
    collector.close()
    assert collector.text == f"{code}\n"


class _Text(HTMLParser):
    text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


PATHOLOGICAL = {
    "brackets": "[" * 20_000,
    "images": "![" * 10_000,
    "open links": "[a](" * 5_000,
    "open titles": '[a](b "' * 3_000,
    "stars": "*a **b " * 3_000,
    "backticks": "".join("`" * count + " a " for count in range(1, 150)),
    "quotes": "> " * 10_000,
    "items": "- " * 10_000,
    "tags": "<a " * 7_000,
    "comments": "<!--" * 5_000,
    "spaces": "a" + " " * 20_000 + "b",
    "boxes": "::: a\n" * 4_000,
    "definitions": "[a]: b\n" * 3_000,
    "footnotes": "[^" * 10_000,
    "elements": "<div>" * 4_000,
    "bold": "".join(f"<b title={count}>" for count in range(1_000)) + "<p>x" * 1_000,
    "headings": "## a\n" * 4_000,
    "dollars": "$a" * 10_000,
    "mail": "a@" * 10_000,
    "scripts": "<script " * 2_500,
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_text_takes_for_ever(name: str) -> None:
    """20,000 characters made to be slow; what goes wrong here takes minutes, so the bound is wide."""
    start = time.process_time()
    check(markup.render(PATHOLOGICAL[name]).html)
    assert time.process_time() - start < 5
