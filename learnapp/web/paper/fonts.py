"""The font of the paper: Noto Sans CJK in its simplified Chinese forms, cut down to the characters of one file.

The package carries one variable font of 33 MB for all weights. The outlines of the few hundred characters of a file
are taken out of it at two weights and written as plain TrueType, which takes about half a second and makes files of
some 50 KB. Latin letters are the font's own as well.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

_PACKAGE, _FILE = "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"
# Which of the regional forms of the collection: JP, KR, SC, TC, HK.
_SIMPLIFIED = 2
WEIGHTS = {"": 400, "B": 700}
_ASCENT, _DESCENT, _TOLERANCE = 880, -120, 1.0
# Reading moves about in one open file.
_one_at_a_time = threading.Lock()


@cache
def _source() -> tuple[Any, dict[int, str]]:
    """The open font and its characters: code point -> name of the outline."""
    font = TTFont(str(resources.files(_PACKAGE).joinpath(_FILE)), fontNumber=_SIMPLIFIED, lazy=True)
    return font, font.getBestCmap()


def lacks(text: Iterable[str]) -> list[str]:
    """The characters that the font does not have, each once, in their order."""
    with _one_at_a_time:
        _, known = _source()
    return sorted({one for one in text if ord(one) not in known and one not in "\r\n"})


def named(text: str) -> str:
    """The text with every character that the font lacks named by its number, like `[U+2B820]`."""
    absent = set(lacks(text))
    return "".join(f"[U+{ord(one):04X}]" if one in absent else one for one in text)


def cut(text: str, weight: int) -> bytes:
    """A TrueType font at this weight (100 to 900) that has the characters of the text, as far as there are such."""
    with _one_at_a_time:
        font, known = _source()
        used = {ord(one): known[ord(one)] for one in text if ord(one) in known}
        outlines = font.getGlyphSet(location={"wght": weight})
        order = [".notdef", *dict.fromkeys(used.values())]
        glyphs = {name: _plain(outlines[name]) for name in order}
        widths = {name: round(outlines[name].width) for name in order}
        units = font["head"].unitsPerEm
    return _built(units, used, glyphs, widths, weight)


def _plain(outline: Any) -> Any:
    """An outline of cubic curves as one of quadratic curves, which is what TrueType has."""
    pen = TTGlyphPen(None)
    outline.draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
    return pen.glyph()


def _built(
    units: int, used: dict[int, str], glyphs: dict[str, Any], widths: dict[str, int], weight: int
) -> bytes:
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(used)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (widths[name], getattr(table[name], "xMin", 0)) for name in glyphs})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable(
        {"familyName": "Noto Sans CJK SC", "styleName": "Bold" if weight > 400 else "Regular"}
    )
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWeightClass=weight)
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()
