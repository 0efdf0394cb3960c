"""Title, sections, links, notices: what the rest of the product reads from a rendered text."""

from __future__ import annotations

import pytest

from learnapp import markup
from learnapp.markup import Link, Notice


def notices(source: str) -> list[tuple[str, int]]:
    return [(notice.code, notice.line) for notice in markup.render(source).notices]


def test_title_lead_and_sections() -> None:
    document = markup.render("# 学时\n\n导语\n\n## 一 `代码`\n\n甲\n\n### 小节\n\n## 二\n\n乙\n")
    assert document.title == "学时"
    assert document.lead_html == "<p>导语</p>"
    assert [(one.id, one.title) for one in document.sections] == [("一-代码", "一 代码"), ("二", "二")]
    assert document.sections[0].html == '<p>甲</p>\n<h3 id="小节">小节</h3>'
    assert document.renderer == markup.RENDERER


def test_a_text_without_sections_is_one_section() -> None:
    document = markup.render("# Hours\n\nText\n", lang="en")
    assert document.lead_html == ""
    assert [(one.id, one.title, one.html) for one in document.sections] == [("hours", "", "<p>Text</p>")]


@pytest.mark.parametrize("source", ["", "\n\n", "# 只有题目\n", "<!-- x -->"])
def test_a_text_that_holds_nothing_has_no_sections(source: str) -> None:
    document = markup.render(source)
    assert document.sections == ()
    assert document.html == ""


def test_a_second_title_begins_a_section() -> None:
    document = markup.render("# 甲\n\n## 一\n\n# 乙\n\n文\n")
    assert [one.title for one in document.sections] == ["一", "乙"]
    assert notices("# 甲\n\n## 一\n\n# 乙\n\n文\n") == [("extra-title", 5)]


def test_a_title_in_centred_html_is_the_title() -> None:
    document = markup.render('<h1 align="center">题</h1>\n\n文\n')
    assert document.title == "题"
    assert document.sections[0].html == "<p>文</p>"


def test_headings_inside_boxes_begin_no_section() -> None:
    document = markup.render("## 一\n\n> ## 引\n\n- # 项\n\n::: tip\n## 盒\n:::\n")
    assert [one.title for one in document.sections] == ["一"]
    assert document.sections[0].html.count("<h3") == 3


def test_ids_are_unique_over_the_document() -> None:
    document = markup.render('## a\n\n## a\n\n## a-1\n\n<a name="a"></a>\n\n### a\n')
    assert [one.id for one in document.sections] == ["a", "a-1", "a-1-1"]
    assert 'id="a-2"' in document.html
    assert 'id="a-3"' in document.html


def test_front_matter_is_left_out_and_its_title_used() -> None:
    document = markup.render("---\ntitle: '版本'\n---\n\n见 [甲](a.md)。\n")
    assert document.title == "版本"
    assert document.links == (Link("link", "a.md", 5),)
    assert document.notices == (Notice("front-matter", 1, "title: '版本'"),)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert markup.render("---\n\n文\n\n---\n").sections[0].html == "<hr>\n<p>文</p>\n<hr>"


def test_links_with_their_lines() -> None:
    source = "[a](x.md)\n\n```\n[b](y.md)\n```\n\n![c](y.md) [d][r]\n<img src='z.png'>\n\n[r]: x.md\n"
    assert markup.render(source).links == (
        Link("link", "x.md", 1),
        Link("image", "y.md", 7),
        Link("link", "x.md", 10),
        Link("image", "z.png", 8),
    )


def test_the_caller_decides_where_links_go() -> None:
    asked: list[tuple[str, str]] = []

    def rule(kind: str, target: str) -> str | None:
        asked.append((kind, target))
        return {"a.md": "/study/a", "b.png": "/media/1"}.get(target)

    html = markup.render("[甲](a.md) [**乙**](c.md) ![丙](b.png) ![丁](d.png) [戊](#x)", link=rule).html
    assert asked == [("link", "a.md"), ("link", "c.md"), ("image", "b.png"), ("image", "d.png")]
    assert (
        '<a href="/study/a">甲</a> <strong>乙</strong> <img alt="丙" src="/media/1" loading="lazy">' in html
    )
    assert '<span class="missing-image">[丁]</span>' in html


def test_what_the_caller_answers_is_not_trusted_either() -> None:
    assert "javascript" not in markup.render("[a](b)", link=lambda kind, target: "javascript:alert(1)").html


def test_pictures_of_other_sites_become_links() -> None:
    document = markup.render("![图](https://example.org/a.png) [![影](//example.org/b.png)](c.md)")
    assert "<img" not in document.html
    assert (
        '<a class="outside-image" href="https://example.org/a.png" rel="noopener noreferrer">图</a>'
        in document.html
    )
    assert '<a href="c.md"><span class="outside-image">影</span></a>' in document.html
    assert {notice.code for notice in document.notices} == {"external-image"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("文\n\n::: odd\nx\n:::\n", [("unknown-directive", 3)]),
        ("::: tip\nx\n", [("stray-directive", 1)]),
        ("x\n\n:::\n", [("stray-directive", 3)]),
        ("> [!FOO]\n> x\n", [("unknown-callout", 1)]),
        ("a | b\n--|--|--\n", [("broken-table", 1)]),
        ("+---+---+\n| a | b |\n+---+---+\n", [("grid-table", 1)]),
        ("x\n\n{: .callout}\n", [("attribute-list", 3)]),
        ("{% include a.html %}\n", [("unknown-directive", 1)]),
        ("!!! note\n    x\n", [("unknown-directive", 1)]),
        ("<!-- open\n\nx\n", [("unclosed-html", 1)]),
        ("x\n\n文 <video src='a'></video>\n", [("removed-html", 3)]),
        ("[x](#there)\n\n## here\n", [("missing-anchor", 1)]),
        ("[x](vbscript:y)\n", [("unsafe-link", 1)]),
        ("##标题\n", [("heading-space", 1)]),
        ("`<video>` and [x](#here)\n\n## Here\n", []),
    ],
)
def test_what_cannot_be_carried_over_is_named(source: str, expected: list[tuple[str, int]]) -> None:
    assert notices(source) == expected


def test_links_to_headings_are_found_whatever_their_case() -> None:
    assert '<a href="#set-up">' in markup.render("# Top\n\n[x](#Set-Up)\n\n## Set up\n").html
    assert '<a href="#">' in markup.render("# Top\n\n[x](#top)\n\n## Set up\n").html


def test_footnotes_stand_below_the_section_that_uses_them() -> None:
    document = markup.render(
        "## 一\n\n甲[^a]\n\n## 二\n\n乙[^b] 丙[^a]\n\n[^a]: 注甲[^c]\n[^b]: 注乙\n[^c]: 注丙\n"
    )
    first, second = document.sections
    assert "注甲" in first.html
    assert "注丙" in first.html
    assert "注乙" not in first.html
    assert second.html.count("<li") == 1
    assert "注乙" in second.html


def test_titles_of_boxes_follow_the_language_of_the_text() -> None:
    source = "> [!TIP]\n> x\n\n- [x] y\n\na | b\n--|--\n1 | 2\n"
    chinese, english = markup.render(source).html, markup.render(source, lang="en").html
    assert "技巧" in chinese
    assert "已完成" in chinese
    assert 'aria-label="表格"' in chinese
    assert ">Tip<" in english
    assert 'aria-label="Done"' in english
    assert 'aria-label="Table"' in english


def test_inline_text_has_no_paragraph() -> None:
    assert markup.render_inline("**几**学时？") == "<strong>几</strong>学时？"
    assert markup.render_inline("甲\n\n乙") == "<p>甲</p><p>乙</p>"
    assert markup.render_inline("<script>x</script>") == ""


def test_clean_keeps_harmless_html() -> None:
    given = '<h2>题</h2><p style="color:red">文<b>粗</b><script>x</script></p><img src="a.png" onerror="x">'
    assert markup.clean(given) == (
        '<h2 id="题">题</h2><p>文<b>粗</b></p><img alt="" src="a.png" loading="lazy">'
    )


def test_a_text_over_the_limit_is_shown_as_it_is() -> None:
    document = markup.render("<b>" * 50_000)
    assert [notice.code for notice in document.notices] == ["too-long"]
    assert document.sections[0].html.startswith('<pre tabindex="0">&lt;b&gt;')
