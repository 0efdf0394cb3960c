"""A small sample of the ledger's slow proofs, and the judge against reports that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from learnapp.ledger.verify import Finding, Report
from tests.prove import ledger_scale, tamper


def test_every_kind_of_edit_is_found_and_named(tmp_path: Path) -> None:
    trials = 3 * (len(tamper.ROWS) + len(tamper.FILES))
    figures = tamper.prove(tmp_path, trials, seed=11)
    assert figures.ok, figures.text()
    assert len(figures.tried) == len(tamper.ROWS) + len(tamper.FILES) > 30
    assert set(figures.targets) == set(tamper.TARGETS) and figures.untouched == trials


@pytest.mark.parametrize(
    ("report", "good"),
    [
        (Report(), False),
        (
            Report(
                fault=Finding("gap", "Entry %(seq)s of %(member)s is missing.", {"member": "m", "seq": 2})
            ),
            True,
        ),
        (
            Report(
                fault=Finding("gap", "Entry %(seq)s of %(member)s is missing.", {"member": "m", "seq": 3})
            ),
            False,
        ),
        (
            Report(
                fault=Finding("cut", "Entry %(seq)s of %(member)s is missing.", {"member": "m", "seq": 2})
            ),
            False,
        ),
        (Report(fault=Finding("gap", "Oh.", {"member": "m", "seq": 2})), False),
    ],
)
def test_the_judge(report: Report, good: bool) -> None:
    assert (tamper.judge(report, tamper.due("gap", member="m", seq=2)) == "") is good


def test_a_miss_or_a_false_alarm_fails_the_proof() -> None:
    assert not tamper.Figures(missed=["trial 1"]).ok
    assert not tamper.Figures(false=["untouched 1"]).ok


def test_the_figures_of_a_small_ledger(tmp_path: Path) -> None:
    with ledger_scale.place(tmp_path / "large", 30, 20, 2, seed=1) as large:
        lines, rate = ledger_scale.verifying(large)
        assert "600 entries, 2 seals with 60 leaves" in lines[0] and rate > 1_000
        assert "bytes per entry" in ledger_scale.sizes(large)[0]
    assert "30 grown streams" in ledger_scale.sealing(tmp_path, 30)[0]
