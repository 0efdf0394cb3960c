"""Folders of Markdown that others wrote become courses; what cannot be carried over is named."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from learnapp import catalogue
from learnapp.catalogue.order import Files, language_of, lessons, split_language
from learnapp.errors import Invalid, Problem
from tests.catalogue.folders import PNG

CARPENTRIES = {
    "config.yaml": """\
title: 'Keeping records'
lang: en
episodes:
- 02-second.md
- 01-first.md
learners:
- glossary.md
""",
    "index.md": """\
---
site: x
---

Records help a branch to remember. See the [glossary](learners/glossary.md#minutes).
""",
    "episodes/01-first.md": """\
---
title: First
teaching: 12
exercises: 8
---

::: objectives
- Learn
:::

## One

![Form](fig/form.png){alt='A form'} ![Gone](fig/gone.png)

::: wibble
x
:::
""",
    "episodes/02-second.md": """\
---
title: Second
---

## One

Back to [first](01-first.md) or [setup](../learners/setup.md).
Not [out](../../other/x.md) nor [data](../data/rows.csv).
""",
    "learners/setup.md": "# Setup\n\nInstall nothing.\n",
    "learners/glossary.md": "# Glossary\n\n[Minutes]{#minutes}: what was said.\n",
    "learners/extra.md": "# Extra\n\nMore.\n",
    "data/rows.csv": "a,b\n",
    "LICENSE.md": "# Licence\n",
    "CONTRIBUTING.md": "# How\n",
}

TREE = {
    "1-start/README.md": "# Start\n\n[Lesson](lessons/1-intro/README.md)\n\n![Map](../images/map.png)\n",
    "1-start/lessons/1-intro/README.md": """\
# Intro

## A

First [by hand](hand.md), then [by tool](auto.md).

## B

[Assignment](assignment.md)
""",
    "1-start/lessons/1-intro/assignment.md": "# Assignment\n\nDo it.\n",
    "1-start/lessons/1-intro/auto.md": "# By tool\n\nRun it.\n",
    "1-start/lessons/1-intro/hand.md": "# By hand\n\nWrite it.\n",
    "1-start/lessons/2-more/README.md": "# More\n\nNext.\n",
    "1-start/lessons/10-last/README.md": "# Last\n\nEnd.\n",
    "translations/zh/1-start/README.md": "# 开始\n\n![图](../../../images/map.png)\n",
    "translations/zh/1-start/lessons/1-intro/README.md": "# 介绍\n\n## 甲\n\n[动手](hand.md)\n",
    "translations/zh/1-start/lessons/1-intro/hand.md": "# 动手\n\n写。\n",
    "translations/fr/1-start/README.md": "# Début\n\nTexte.\n",
    "translations/README.fr.md": "# Début\n\nTexte.\n",
}


def lay(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def carpentries(tmp_path: Path) -> Path:
    root = lay(tmp_path / "keeping-records", CARPENTRIES)
    (root / "episodes/fig").mkdir()
    (root / "episodes/fig/form.png").write_bytes(PNG)
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = lay(tmp_path / "tree-course", TREE)
    (root / "images").mkdir()
    (root / "images/map.png").write_bytes(PNG)
    return root


def proposed(root: Path) -> dict[str, Any]:
    return tomllib.loads(catalogue.propose(root).course_toml)


def places(problems: tuple[Problem, ...], root: Path) -> set[tuple[str, str, int]]:
    return {(one.code, one.file.removeprefix(f"{root.as_posix()}/"), one.line) for one in problems}


def test_a_carpentries_lesson_keeps_its_order_titles_and_times(carpentries: Path) -> None:
    course = proposed(carpentries)
    assert (course["id"], course["title"]) == ("keeping-records", "Keeping records")
    assert (course["language"], course["order"]) == ("en", "fixed")
    assert course["summary"] == "Records help a branch to remember."
    assert [one["file"] for one in course["module"]] == [
        "index.md",
        "learners/setup.md",
        "episodes/02-second.md",
        "episodes/01-first.md",
        "learners/glossary.md",
        "learners/extra.md",
    ]
    assert [one["minutes"] for one in course["module"]] == [5, 5, 5, 20, 5, 5]
    assert [one["id"] for one in course["module"]][:3] == ["start", "learners-setup", "02-second"]


def test_what_a_carpentries_lesson_loses_is_named_with_its_line(carpentries: Path) -> None:
    found = places(catalogue.propose(carpentries).problems, carpentries)
    assert {
        ("missing-image", "episodes/01-first.md", 13),
        ("unknown-directive", "episodes/01-first.md", 15),
        ("front-matter", "episodes/01-first.md", 1),
        ("link-outside", "episodes/02-second.md", 8),
        ("link-to-file", "episodes/02-second.md", 8),
    } <= found
    assert not [one for one in found if one[0] in ("missing-link", "missing-anchor", "link-to-module")]


def test_every_problem_has_words_and_a_remedy(carpentries: Path) -> None:
    for problem in catalogue.propose(carpentries).problems:
        assert problem.remedy
        assert "%(" not in problem.text()


def test_pictures_and_links_of_an_adopted_course_work(carpentries: Path) -> None:
    (carpentries / "course.toml").write_text(catalogue.propose(carpentries).course_toml, encoding="utf-8")
    reading = catalogue.read_folder(carpentries)
    assert reading.errors == ()
    assert isinstance(reading.definition, catalogue.CourseDefinition)
    texts = {module.id: module.texts["en"] for module in reading.definition.modules}
    first = texts["01-first"].sections[0].html
    assert '<img alt="A form" src="/media/' in first
    assert '<span class="missing-image">[Gone]</span>' in first
    assert 'href="/study/keeping-records/01-first/"' in texts["02-second"].sections[0].html
    assert 'href="/study/keeping-records/learners-glossary/#minutes"' in texts["start"].sections[0].html


def test_a_tree_reads_readme_first_then_numbers_then_as_it_links(tree: Path) -> None:
    assert [one["file"] for one in proposed(tree)["module"]] == [
        "1-start/README.md",
        "1-start/lessons/1-intro/README.md",
        "1-start/lessons/1-intro/hand.md",
        "1-start/lessons/1-intro/auto.md",
        "1-start/lessons/1-intro/assignment.md",
        "1-start/lessons/2-more/README.md",
        "1-start/lessons/10-last/README.md",
    ]


def test_translations_become_twins(tree: Path) -> None:
    adoption = catalogue.propose(tree)
    assert proposed(tree)["language"] == "en"
    assert {module.id: module.twin for module in adoption.modules if module.twin} == {
        "1-start": "translations/zh/1-start/README.md",
        "1-start-1-intro": "translations/zh/1-start/lessons/1-intro/README.md",
        "1-start-1-intro-hand": "translations/zh/1-start/lessons/1-intro/hand.md",
    }
    assert ("twin-sections", "translations/zh/1-start/lessons/1-intro/README.md", 0) in places(
        adoption.problems, tree
    )
    assert [one.params["count"] for one in adoption.problems if one.code == "other-language"] == [2]


def test_ids_come_from_paths_and_stay(tree: Path) -> None:
    before = [module.id for module in catalogue.propose(tree).modules]
    lay(
        tree,
        {"0-new/README.md": "# New\n\nText.\n", "1-start/lessons/1-intro/README.md": "# Other\n\nText.\n"},
    )
    after = [module.id for module in catalogue.propose(tree).modules]
    assert set(before) < set(after)


def test_ids_fit_whatever_the_paths_are_called(tmp_path: Path) -> None:
    deep = "/".join(["a-rather-long-name-for-a-folder"] * 4)
    root = lay(
        tmp_path / "c",
        {"第一课.md": "# 一\n\n文\n", "第二课.md": "# 二\n\n文\n", f"{deep}/x.md": "# X\n\nText\n"},
    )
    adoption = catalogue.propose(root)
    ids = [module.id for module in adoption.modules]
    assert len(set(ids)) == 3
    assert all(len(one) <= 64 and one.isascii() for one in ids)
    assert not [one for one in adoption.problems if one.severity == "error"]


def test_a_chinese_folder_with_english_beside_it(tmp_path: Path) -> None:
    root = lay(
        tmp_path / "duties",
        {
            "01-who.md": "# 谁要学\n\n每年集中学习培训时间一般不少于三十二学时，以原文为准，请先看清自己的类别。\n",
            "01-who.en.md": "# Who\n\nText.\n",
            "02-how.md": "# 怎么算\n\n文\n",
            "notes/empty.md": "<!-- nothing -->\n",
        },
    )
    adoption = catalogue.propose(root)
    course = proposed(root)
    assert (course["language"], course["order"]) == ("zh", "fixed")
    assert [(one.file, one.twin) for one in adoption.modules] == [("01-who.md", None), ("02-how.md", None)]
    assert course["summary"].startswith("每年集中学习")
    (root / "course.toml").write_text(adoption.course_toml, encoding="utf-8")
    definition = catalogue.read_folder(root).definition
    assert isinstance(definition, catalogue.CourseDefinition)
    assert set(definition.modules[0].texts) == {"zh", "en"}


def test_a_folder_without_markdown_and_no_folder(tmp_path: Path) -> None:
    assert [one.code for one in catalogue.propose(tmp_path).problems if one.severity == "error"]
    with pytest.raises(Invalid):
        catalogue.propose(tmp_path / "missing")


def test_nothing_is_written(tree: Path) -> None:
    before = sorted(tree.rglob("*"))
    catalogue.propose(tree)
    assert sorted(tree.rglob("*")) == before


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.md", ("a/b.md", "")),
        ("translations/zh/a/b.md", ("a/b.md", "zh")),
        ("x/translations/README.zh-cn.md", ("x/README.md", "zh")),
        ("translations/zh-TW/a.md", ("a.md", "zh-tw")),
        ("zh/a.md", ("a.md", "zh")),
        ("docs/en/a.md", ("docs/a.md", "en")),
        ("a.zh-CN.md", ("a.md", "zh")),
        ("a_en.md", ("a.md", "en")),
        ("de/a.md", ("de/a.md", "")),
        ("it/a.md", ("it/a.md", "")),
    ],
)
def test_how_a_path_names_its_language(path: str, expected: tuple[str, str]) -> None:
    assert split_language(path) == expected


def test_language_of_a_text() -> None:
    assert language_of("三会一课 means three meetings") == "zh"
    assert language_of("A text with one 字 in it") == "en"


def test_other_ways_to_declare_an_order() -> None:
    texts = {"a.md": "# A", "b.md": "# B", "README.md": "# R", "SUMMARY.md": "- [B](b.md)\n- [A](a.md#x)\n"}
    assert [one.base for one in Files(texts).ordered(lessons(list(texts)))] == ["README.md", "b.md", "a.md"]
    nav = {"docs/a.md": "# A", "docs/b.md": "# B", "mkdocs.yml": "nav:\n- Start: b.md\n- Rest:\n  - a.md\n"}
    assert [one.base for one in Files(nav).ordered(lessons(["docs/a.md", "docs/b.md"]))] == [
        "docs/b.md",
        "docs/a.md",
    ]


def test_broken_settings_declare_nothing() -> None:
    for text in ("episodes: [", "created: 2014-99-99", "- a", "episodes: no"):
        assert Files({"config.yaml": text, "a.md": "# A"}).declared() == []
