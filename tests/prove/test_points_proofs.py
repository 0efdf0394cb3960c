"""A small sample of the proof of what points cost, and that it fails where it must."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.prove import points_scale
from tests.prove.points_scale import Rebuilding


def test_the_figures_of_a_small_ledger(tmp_path: Path) -> None:
    folds = points_scale.folding(tmp_path, 60, 20, rounds=2, block=4)
    assert folds.small > 0 and folds.large > 0
    # Two blocks of four folds say nothing exact; ten times as dear would be another algorithm.
    assert folds.ratio < 10
    assert "at 1,200" in folds.text(1200)


def test_a_small_period_is_rebuilt_to_the_same(tmp_path: Path) -> None:
    found = points_scale.rebuilding(tmp_path, 50, 4)
    assert found.outcomes == Counter(same=50) and found.rate > 1
    assert "50 members" in found.text()


def test_growing_memory_or_another_result_fails_the_proof() -> None:
    assert Rebuilding(2, 1.0, 100, 105, Counter(same=2)).ok
    assert not Rebuilding(2, 1.0, 100, 120, Counter(same=2)).ok
    assert not Rebuilding(2, 1.0, 100, 100, Counter(same=1, changed=1)).ok
