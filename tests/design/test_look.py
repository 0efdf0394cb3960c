"""What the look promises: bytes, contrast, old browsers, no inline style, and icons that exist."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "learnapp" / "static"
CSS = (STATIC / "css" / "app.css").read_text("utf-8")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))

# What Safari on iOS 13.0 or Chromium 86 does not know, and would make a page unusable.
TOO_NEW_CSS = re.compile(
    r":is\(|:where\(|:has\(|aspect-ratio|[^-\w]inset\s*:|(?:clamp|min|max)\(|[^-]\bgap\s*:|@layer|@container"
    r"|(?:margin|padding)-(?:inline|block)|color-mix|place-items"
)
TOO_NEW_JS = re.compile(
    r"\?\.[a-zA-Z\[(]|\?\?|\|\|=|&&=|#[a-z]\w*\s*[=(;]"
    r"|\.replaceAll\(|\.at\(|structuredClone"
)


def _schemes() -> dict[str, dict[str, str]]:
    """The colours of both schemes by name; dark stands on top of light, as it does in the browser."""
    light_block, dark_block = re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
    colours = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6})\b")
    light = dict(colours.findall(light_block))
    return {"light": light, "dark": {**light, **dict(colours.findall(dark_block))}}


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    linear = []
    for start in (0, 2, 4):
        part = int(digits[start : start + 2], 16) / 255
        linear.append(part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds", "least"),
    [
        ("ink", ("paper", "card", "tint"), 7.0),
        ("muted", ("paper", "card", "tint"), 4.5),
        ("pine", ("paper", "card", "tint"), 4.5),
        ("link", ("paper", "card", "tint"), 4.5),
        ("due", ("due-paper", "paper", "card"), 4.5),
        ("cinnabar", ("paper", "card"), 4.5),
        ("on-pine", ("pine", "pine-deep"), 4.5),
        ("border", ("paper", "card"), 3.0),
    ],
)
def test_contrast(scheme: str, ink: str, grounds: tuple[str, ...], least: float) -> None:
    colours = _schemes()[scheme]
    for ground in grounds:
        assert _contrast(colours[ink], colours[ground]) >= least, f"{ink} on {ground}"


def test_bytes() -> None:
    assert len(gzip.compress(CSS.encode(), 9)) <= 9 * 1024
    assert len(gzip.compress((STATIC / "icons.svg").read_bytes(), 9)) <= 4 * 1024


def test_css_stays_within_the_floor() -> None:
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    rules = re.sub(r"minmax\(", "", rules)
    rules = re.sub(r"grid-gap", "", rules)
    assert TOO_NEW_CSS.findall(rules) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stay_within_the_floor(script: Path) -> None:
    code = re.sub(
        r"/\*.*?\*/|//[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", "", script.read_text("utf-8"), flags=re.S
    )
    assert TOO_NEW_JS.findall(code) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_inline(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_icons_that_templates_name_exist() -> None:
    have = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    for template in TEMPLATES:
        named = re.findall(r"\bicon\(\"([\w-]+)\"", template.read_text("utf-8"))
        assert set(named) <= have, template
