"""Rubrics: what a person looks for in an answer, point by point, as an author writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from learnapp.errors import N_
from learnapp.questions.contract import Criterion, Json, Level
from learnapp.questions.numbers import decimal_text, in_points
from learnapp.questions.trail import Trail

MOST = 12
MOST_LEVELS = 8
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_KEYS = frozenset({"id", "text", "text_en", "points", "levels"})
_LEVEL_KEYS = frozenset({"text", "text_en", "points"})


def parse(table: Mapping[str, object], trail: Trail) -> tuple[Criterion, ...] | None:
    """The criteria under `rubric`, whose points are those of the question; None when wrong (noted)."""
    raw = table.get("rubric")
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
        trail.error(
            "rubric_count",
            N_("Question %(question)s needs a rubric of 1 to %(most)s criteria for whoever marks it."),
            N_("Begin each with a line [[question.rubric]], with id, text and points."),
            "rubric",
            most=MOST,
        )
        return None
    found = [_criterion(one, place, trail) for place, one in enumerate(raw, 1)]
    good = tuple(one for one in found if one is not None)
    if len(good) < len(raw):
        return None
    if len({one.id for one in good}) < len(good):
        trail.error(
            "criteria_alike",
            N_("Question %(question)s: two criteria of the rubric have the same id."),
            N_("Give each an id of its own."),
            "rubric",
        )
    _check_sum(table, good, trail)
    return good


def _check_sum(table: Mapping[str, object], criteria: Sequence[Criterion], trail: Trail) -> None:
    points = table.get("points", 1)
    if isinstance(points, bool) or not isinstance(points, int | float | Decimal):
        return  # noted by whoever reads the points
    worth = Decimal(repr(points)) if isinstance(points, float) else Decimal(points)
    total = in_points(sum(one.points_hundredths for one in criteria))
    if worth != total:
        trail.error(
            "rubric_sum",
            N_(
                "Question %(question)s: the rubric adds up to %(sum)s points, the question is worth %(points)s."
            ),
            N_("Write points = %(sum)s in the question, or change the points in the rubric."),
            "points",
            sum=decimal_text(total),
            points=decimal_text(worth) if worth.is_finite() else str(worth),
        )


def _criterion(raw: object, place: int, trail: Trail) -> Criterion | None:
    data = raw if isinstance(raw, Mapping) else {}
    trail.known(data, _KEYS, "rubric")
    ident, text = trail.text(data, "id"), trail.text(data, "text")
    points = _hundredths(data, trail, least=1)
    if not _ID.fullmatch(ident) or not text.strip() or points is None:
        trail.error(
            "criterion",
            N_("Question %(question)s: criterion %(place)s of the rubric lacks an id, a text or its points."),
            N_("Write id with letters and digits, text, and points of more than 0 with up to two decimals."),
            "rubric",
            place=place,
        )
        return None
    levels = _levels(data, points, ident, trail)
    text_en = trail.text(data, "text_en")
    return None if levels is None else Criterion(ident, text, points, text_en, levels)


def _levels(data: Mapping[str, object], points: int, ident: str, trail: Trail) -> tuple[Level, ...] | None:
    """The steps of a criterion, the best one first. The best earns everything, so that everything can be
    earned; no two earn the same, so that a mark names its step."""
    raw = data.get("levels")
    if raw is None:
        return ()
    rows = raw if isinstance(raw, list) else []
    found = [level for one in rows if (level := _level(one, trail)) is not None]
    steps = sorted({level.points_hundredths for level in found})
    if (
        not 2 <= len(rows) <= MOST_LEVELS
        or len(found) < len(rows)
        or len(steps) < len(found)
        or steps[-1] != points
    ):
        trail.error(
            "levels",
            N_("Question %(question)s: the levels of “%(criterion)s” do not make steps up to its points."),
            N_(
                'Write 2 to %(most)s of { text = "…", points = 1 }, no two with the same points, the best with'
                " all of them."
            ),
            "rubric",
            criterion=ident,
            most=MOST_LEVELS,
        )
        return None
    return tuple(sorted(found, key=lambda level: -level.points_hundredths))


def _level(raw: object, trail: Trail) -> Level | None:
    data = raw if isinstance(raw, Mapping) else {}
    trail.known(data, _LEVEL_KEYS, "rubric")
    text, text_en = trail.text(data, "text"), trail.text(data, "text_en")
    points = _hundredths(data, trail, least=0)
    return None if points is None or not text.strip() else Level(text, points, text_en)


def _hundredths(data: Mapping[str, object], trail: Trail, least: int) -> int | None:
    points = trail.decimal(data, "points")
    if points is None:
        return None
    hundredths = points * 100
    whole = hundredths == hundredths.to_integral_value()
    return int(hundredths) if whole and least <= hundredths <= 100_000 else None


def dump(criteria: Sequence[Criterion]) -> list[Json]:
    """The criteria for storing and hashing, without what equals its default."""
    return [_dump(one) for one in criteria]


def _dump(one: Criterion) -> dict[str, Json]:
    dumped: dict[str, Json] = {"id": one.id, "text": one.text, "points_hundredths": one.points_hundredths}
    if one.text_en:
        dumped["text_en"] = one.text_en
    if one.levels:
        dumped["levels"] = [_dump_level(level) for level in one.levels]
    return dumped


def _dump_level(level: Level) -> dict[str, Json]:
    dumped: dict[str, Json] = {"text": level.text, "points_hundredths": level.points_hundredths}
    return {**dumped, "text_en": level.text_en} if level.text_en else dumped


def load(data: Sequence[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """The criteria that `dump` wrote."""
    return tuple(
        Criterion(**{**one, "levels": tuple(Level(**level) for level in one.get("levels", ()))})
        for one in data
    )
