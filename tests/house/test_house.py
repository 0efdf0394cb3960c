"""The house keeps its own rules: imports, texts, settings, documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from learnapp.config import ROOT, Config, ConfigError, load
from learnapp.web.links import local_path

BIN = Path(sys.executable).parent


def test_import_contracts_are_kept() -> None:
    done = subprocess.run([BIN / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_text_has_a_chinese_wording(tmp_path: Path) -> None:
    """English is the message id itself; a text without Chinese, or a leftover one, fails."""
    template = tmp_path / "messages.pot"
    keywords = ["-k", "N_", "-k", "lazy_gettext"]
    command = [BIN / "pybabel", "-q", "extract", "-F", "babel.cfg", *keywords, "-o", template, "."]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with template.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    with (ROOT / "learnapp/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = {message.id: message for message in read_po(file) if message.id}
    assert wanted - set(catalogue) == set()
    assert set(catalogue) - wanted == set()
    for message in catalogue.values():
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert all(texts) and not message.fuzzy, message.id
        wanted_names = set(re.findall(r"%\((\w+)\)", str(message.id)))
        assert set(re.findall(r"%\((\w+)\)", str(texts[0]))) <= wanted_names, message.id


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    source = (ROOT / "learnapp" / "config.py").read_text()
    for name in sorted(set(re.findall(r'"(LEARNAPP_[A-Z_]+|HOST|PORT)"', source))):
        assert f"`{name}`" in text, name
    assert len(fields(Config)) > 10


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_production_needs_a_real_secret(secret: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LEARNAPP_SECRET_KEY"):
        load(
            {
                "LEARNAPP_ENV": "production",
                "LEARNAPP_SECRET_KEY": secret,
                "LEARNAPP_DATA_DIR": str(tmp_path),
            }
        )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("LEARNAPP_ENV", "staging"),
        ("LEARNAPP_TIMEZONE", "Mars/Base"),
        ("LEARNAPP_DATABASE_URL", "mysql://x"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=name):
        load({"LEARNAPP_DATA_DIR": str(tmp_path), name: value})


def test_development_keeps_one_secret(tmp_path: Path) -> None:
    env = {"LEARNAPP_DATA_DIR": str(tmp_path)}
    assert load(env).secret_key == load(env).secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/study/a/b/?q=1#s", True),
        ("", False),
        ("https://elsewhere.example/", False),
        ("//elsewhere.example/", False),
        ("/\\elsewhere.example", False),
        ("/a\r\nSet-Cookie: x", False),
        ("javascript:alert(1)", False),
    ],
)
def test_ways_out_are_closed(target: str, kept: bool) -> None:
    assert local_path(target) == (target if kept else "/")


def test_no_inline_script_or_style_in_templates() -> None:
    for file in (ROOT / "templates").rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), file
        assert not re.search(r"\sstyle\s*=", text), file
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), file
        assert not re.search(r"\|\s*safe\b", text), file
