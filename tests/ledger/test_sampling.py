"""A sample is the same whenever and wherever it is drawn, and any seed gives every entry the same chance."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from learnapp import ledger
from learnapp.db import db, snapshot, transaction
from learnapp.errors import NotFound
from learnapp.ledger.sampling import rank
from tests.conftest import AT
from tests.ledger.sealed import learn, new_key, seal

MEMBERS = [f"{number:032x}" for number in range(1, 6)]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """Twenty sealed entries of four members, and the folder of the keys."""
    new_key(tmp_path / "keys")
    for member in MEMBERS[:4]:
        learn(member, 5)
    seal(tmp_path / "keys")
    return tmp_path


def places(drawn: ledger.Sample) -> list[tuple[str, int]]:
    return [(one.entry.member_id, one.entry.seq) for one in drawn.drawn]


def test_what_is_recorded_later_changes_nothing(folder: Path) -> None:
    before = ledger.sample("spring", 6)
    assert (before.among, len(before.drawn)) == (20, 6) and before.seal is not None
    learn(MEMBERS[0], 3)
    learn(MEMBERS[4], 2)
    assert ledger.sample("spring", 6) == before
    seal(folder / "keys", 1)
    assert ledger.sample("spring", 6).among == 25
    assert ledger.sample("spring", 6, 1) == before
    assert places(ledger.sample("autumn", 6, 1)) != places(before)
    with pytest.raises(NotFound):
        ledger.sample("spring", 6, 3)


def test_anybody_can_draw_it_again_from_an_export(folder: Path) -> None:
    drawn = ledger.sample("spring", 7)
    target = folder / "export"
    target.mkdir()
    with snapshot():
        ledger.export(target, AT)
    rows = [json.loads(line) for line in (target / "entries.jsonl").read_text().splitlines()[1:]]
    ranked = sorted(
        rows, key=lambda row: hashlib.sha256(f"learnapp-sample/1 spring {row[12]}".encode()).digest()
    )
    assert places(drawn) == [(row[0], row[1]) for row in ranked[:7]]


def test_a_small_ledger_is_drawn_whole_and_voided_entries_are_marked(folder: Path) -> None:
    with transaction():
        ledger.void(MEMBERS[0], 2, reason="duplicate", actor_id=MEMBERS[1], at=AT)
    db.session.remove()
    drawn = ledger.sample("spring", 100)
    assert len(drawn.drawn) == 20
    void = {(one.entry.member_id, one.entry.seq): one.voided_by for one in drawn.drawn if one.voided_by}
    assert void == {(MEMBERS[0], 2): 6}


def test_every_entry_has_the_same_chance(folder: Path) -> None:
    """1,000 seeds draw 5 of 20: each entry 250 times, give or take five standard deviations of 13.7."""
    hashes = [entry.hash for member in MEMBERS[:4] for entry in ledger.entries_after(member, 0)]
    seen: Counter[str] = Counter()
    for seed in range(1_000):
        seen.update(sorted(hashes, key=lambda digest: rank(str(seed), digest))[:5])
    assert len(seen) == 20 and all(abs(count - 250) < 69 for count in seen.values()), seen
