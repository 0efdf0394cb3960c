"""A compact course and quiz as an author would write them, and a PNG of one pixel."""

from __future__ import annotations

import base64
from pathlib import Path

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)

COURSE = """\
id = "doors"
title = "入户走访"
title_en = "Visiting"
summary = "三步走访。"
audience = ["member"]
order = "fixed"

[[module]]
id = "before"
file = "01-before.md"
minutes = 25

[[module]]
id = "at-the-door"
file = "02-at-the-door.md"
minutes = 40
"""

BEFORE = """\
# 出门之前

先看名单。

## 带什么

带[笔记本](02-at-the-door.md#怎样开口)和下面这张表。

![一张表](images/form.png)

## 问什么

问近况。
"""

BEFORE_EN = """\
# Before you go

Look at the list first.

## What to take

A notebook.

![A form](images/form.png)

## What to ask

How things are.
"""

CHECK = """\
need = 1

[[question]]
id = "what"
kind = "single"
stem = "出门带什么？"
stem_en = "What do you take?"
options = [ { text = "笔记本", text_en = "A notebook", right = true }, { text = "喇叭", text_en = "A loudspeaker" } ]
explanation = "记下来才算数。"
explanation_en = "What is written down counts."

[[question]]
id = "how-many"
kind = "numeric"
stem = "三步走访有几步？"
value = 3
explanation = "三步。"
"""

DOOR = """\
# 在门口

## 怎样开口

先问好。
"""

QUIZ = """\
id = "doors-quiz"
title = "走访测验"
minutes = 10
attempts = 2

[[draw]]
pool = "a"
count = 1

[[question]]
pool = "a"
id = "one"
kind = "true-false"
stem = "先问好。"
answer = true
explanation = "对。"

[[question]]
pool = "a"
id = "two"
kind = "true-false"
stem = "先拍照。"
answer = false
explanation = "不拍照。"
"""


def course_files() -> dict[str, bytes]:
    """The course by path: two modules, the first with a picture, an English twin and a check."""
    return {
        "course.toml": COURSE.encode(),
        "01-before.md": BEFORE.encode(),
        "01-before.en.md": BEFORE_EN.encode(),
        "01-before.check.toml": CHECK.encode(),
        "02-at-the-door.md": DOOR.encode(),
        "images/form.png": PNG,
    }


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Puts the files below the folder and returns it."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def tree(root: Path) -> Path:
    """A root with the course and the quiz."""
    write(root / "courses" / "doors", course_files())
    write(root / "quizzes", {"doors-quiz.toml": QUIZ.encode()})
    return root
