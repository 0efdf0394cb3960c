"""Titles of boxes, in the language of the document they stand in.

They are part of the rendered text, which is stored, and not of the interface: a Chinese lesson keeps its
Chinese boxes when it is read by somebody who uses the English interface.
"""

from __future__ import annotations

from learnapp.markup.document import Language

CALLOUTS: dict[str, tuple[str, str]] = {
    "note": ("提示", "Note"),
    "tip": ("技巧", "Tip"),
    "important": ("重要", "Important"),
    "warning": ("注意", "Warning"),
    "caution": ("警告", "Caution"),
}

DIRECTIVES: dict[str, tuple[str, str]] = {
    **CALLOUTS,
    "info": ("提示", "Note"),
    "danger": ("警告", "Caution"),
    "callout": ("补充说明", "Callout"),
    "challenge": ("练习", "Challenge"),
    "checklist": ("检查清单", "Checklist"),
    "details": ("展开阅读", "Details"),
    "discussion": ("讨论", "Discussion"),
    "hint": ("小提示", "Hint"),
    "instructor": ("给培训员", "For the trainer"),
    "keypoints": ("要点", "Key points"),
    "objectives": ("学习目标", "Objectives"),
    "prereq": ("准备知识", "Prerequisites"),
    "questions": ("思考问题", "Questions"),
    "solution": ("参考答案", "Solution"),
    "spoiler": ("展开阅读", "Read more"),
    "testimonial": ("学员感受", "Testimonial"),
}

FOLDED = frozenset({"details", "hint", "solution", "spoiler"})
"""Directives whose content stays closed until the reader opens it."""

_PHRASES: dict[str, tuple[str, str]] = {
    "table": ("表格", "Table"),
    "done": ("已完成", "Done"),
    "to-do": ("未完成", "To do"),
    "footnotes": ("脚注", "Footnotes"),
    "back": ("回到正文的脚注 {}", "Back to footnote {} in the text"),
    "image": ("图片", "Image"),
}


def phrase(key: str, lang: Language) -> str:
    """A fixed phrase of the renderer."""
    return _PHRASES[key][lang == "en"]


def box_title(name: str, lang: Language) -> str | None:
    """The title of a callout or directive, or None when the name is unknown."""
    pair = DIRECTIVES.get(name)
    return pair[lang == "en"] if pair else None
