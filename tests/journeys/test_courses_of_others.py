"""Courses that others wrote, adopted, loaded and walked in the browser.

A small folder in the manner of such courses is written here; real ones are taken along where the folder of samples
(LEARNAPP_SAMPLES, by default `shared/data` beside the checkout) is present.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from learnapp.config import ROOT
from tests.journeys.conftest import Phone
from tests.processes import Instance

pytestmark = pytest.mark.browser

SAMPLES = Path(os.environ.get("LEARNAPP_SAMPLES", ROOT.parent / "shared" / "data"))
REAL = [name for name in ("git-novice", "iot-for-beginners") if (SAMPLES / name).is_dir()]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f00038601805a34467b0000000049454e44ae426082"
)
LESSON = """---
title: Knots
---

::::::::::::::::: objectives

- Tie one knot.

:::::::::::::::::::::::::

Look at ![a knot](fig/knot.png){alt='One knot' width="40%"} and at ![nothing](fig/none.png).

## Tying

See [the next lesson](02-more.md) and [the source](../elsewhere.md).

::: glorious
An unknown box.
:::

## Untying

| a | b |
|:--|--:|
| 1 | 2 |
"""


def own_folder(folder: Path) -> Path:
    root = folder / "knots"
    (root / "fig").mkdir(parents=True)
    (root / "fig" / "knot.png").write_bytes(PIXEL)
    (root / "01-knots.md").write_text(LESSON, encoding="utf-8")
    (root / "02-more.md").write_text("# More knots\n\nText.\n", encoding="utf-8")
    return root


@pytest.fixture(params=["own", *REAL])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "own":
        return own_folder(tmp_path)
    copy = tmp_path / request.param
    shutil.copytree(SAMPLES / request.param, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def test_adopt_check_load_walk(folder: Path, instance: Instance, phones: Callable[..., Phone]) -> None:
    adopted = instance.run("content", "adopt", str(folder), "--write")
    assert adopted.returncode == 0, adopted.stderr
    # What is proposed is the trainer's to change: here every lesson may be opened at once.
    proposal = folder / "course.toml"
    proposal.write_text(proposal.read_text(encoding="utf-8").replace('"fixed"', '"free"'), encoding="utf-8")
    checked = instance.run("content", "check", str(folder), "--json")
    assert checked.returncode == 0, checked.stderr
    document = json.loads(checked.stdout)
    assert "missing-image" in json.dumps(document), "what is missing is named"
    loaded = instance.run("content", "load", str(folder))
    assert loaded.returncode == 0, loaded.stderr

    phone = phones()
    phone.sign_in("member")
    page = phone.page
    page.goto(f"/study/{folder.name}/")
    phone.check("course")
    links = page.locator(f"main a[href*='/study/{folder.name}/']").evaluate_all("all => all.map(a => a.href)")
    lessons = sorted({re.sub(r"#.*", "", link) for link in links if not link.endswith(f"/{folder.name}/")})
    assert len(lessons) >= 2 or folder.name != "knots"
    pictures = 0
    for lesson in lessons[:6]:
        page.goto(lesson)
        page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
        page.wait_for_load_state("networkidle")
        broken = page.evaluate(
            "Array.from(document.images).filter(i => !i.complete || !i.naturalWidth).map(i => i.src)"
        )
        assert broken == [], lesson
        pictures += page.locator("main img").count()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{lesson} is too wide"
    assert pictures > 0
    inside = page.evaluate(
        "Array.from(document.querySelectorAll('.prose a')).map(a => a.getAttribute('href'))"
    )
    assert all(not (href or "").endswith(".md") for href in inside), "relative links lead to lessons"
