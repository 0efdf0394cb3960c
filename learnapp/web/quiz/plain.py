"""A reviewed question as texts without any markup of a page, for tables and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from learnapp.questions import Json, Reviewed


def plain(review: Reviewed) -> tuple[str, str]:
    """What was given and what is right, as texts for a table; of a kind with places, place by place."""
    inner = [plain(one) for one in review.inner]
    rows = review.more.get("rows")
    rows = rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ()
    # The two answers of a true-false question are the product's own words, an author's options are not.
    words = gettext if review.kind == "true-false" else str
    chosen = [str(words(one.text)) for one in review.options if one.chosen]
    right = [str(words(one.text)) for one in review.options if one.right]
    given = [review.given] if review.given else chosen or [_cell(row, "given") for row in rows]
    key = list(review.key) or right or [_cell(row, "key") for row in rows]
    return (
        _joined([*given, *(one for one, _key in inner)]),
        _joined([*key, *(one for _given, one in inner)]),
    )


def _cell(row: Json, name: str) -> str:
    value = row.get(name) if isinstance(row, Mapping) else None
    return "" if value is None else str(value)


def _joined(texts: Sequence[str]) -> str:
    return " / ".join(" ".join(text.split()) or "–" for text in texts)
