"""The texts of seals and keys: what they say, and that nothing else passes for them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from learnapp.errors import Invalid
from learnapp.ledger import seals
from learnapp.ledger.verify import (
    KEY,
    KEY_LINES,
    SEAL,
    SEAL_LINES,
    Broken,
    Key,
    Keyring,
    key_id_of,
    read_statement,
    signed,
    statement,
)

ONE, TWO, THREE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
SINCE = "2026-11-24T02:30:00.000Z"
FIRST = seals.first_key(ONE, SINCE)
NONE: frozenset[str] = frozenset()


def test_a_seal_reads_as_it_is_written() -> None:
    body = seals.seal_body(
        number=2,
        made_at=SINCE,
        entries=7,
        streams=3,
        leaf_root=b"\x01" * 32,
        log_root=b"\x02" * 32,
        key_id="k" * 32,
    )
    assert body == (
        f"learnapp-seal/1\nnumber 2\nmade-at {SINCE}\nentries 7\nstreams 3\nleaf-root {'01' * 32}\n"
        f"log-size 1\nlog-root {'02' * 32}\nkey {'k' * 32}\n"
    )
    assert read_statement(SEAL, SEAL_LINES, body)["entries"] == "7"


def test_ed25519_is_that_of_rfc_8032() -> None:
    """Section 7.1, test 1: the empty message."""
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert signed(public, signature, "")
    assert not signed(public, signature, "x")
    assert not signed(public, signature.upper(), "")
    assert not signed(public, "zz", "") and not signed("00", signature, "")


names = st.lists(st.text("abc-", min_size=1, max_size=4), min_size=1, max_size=4, unique=True)


@given(names, st.data())
def test_a_statement_has_one_reading(lines: list[str], draw: st.DataObject) -> None:
    line = st.text(max_size=8).filter(lambda text: "\n" not in text)
    values = {name: draw.draw(line) for name in lines}
    text = statement("title/1", values)
    assert read_statement("title/1", lines, text) == values
    for other in (text + "\n", text[:-1], "\n" + text, text.replace("title/1", "title/2", 1), text + "x y\n"):
        with pytest.raises(ValueError, match="not a text of"):
            read_statement("title/1", lines, other)


def test_a_rotated_key_is_vouched_for_by_the_one_before() -> None:
    second = seals.next_key(TWO, FIRST, ONE, SINCE, 5)
    ring = Keyring([FIRST, second], frozenset({FIRST.public_key}))
    assert ring.at(4) == (FIRST, True) and ring.at(5) == (second, True)
    assert ring.notices == []
    assert Keyring([FIRST, second], NONE).at(5) == (second, False)


def test_a_lost_key_is_a_break_for_ever() -> None:
    second = seals.next_key(TWO, FIRST, None, SINCE, 5, "the disk broke")
    third = seals.next_key(THREE, second, TWO, SINCE, 9)
    ring = Keyring([FIRST, second, third], frozenset({FIRST.public_key}))
    assert [found and found[1] for found in map(ring.at, (1, 5, 9))] == [True, False, False]
    (notice,) = ring.notices
    assert "seal 5" in notice.text and "the disk broke" in notice.text
    assert Keyring([FIRST, second, third], frozenset({second.public_key})).at(9) == (third, True)


@pytest.mark.parametrize("why", ["", "  ", "x" * 201, "two\nlines", "a\x00b"])
def test_a_loss_needs_words(why: str) -> None:
    with pytest.raises(Invalid):
        seals.next_key(TWO, FIRST, None, SINCE, 5, why)


def forged(**change: str | int) -> Key:
    lines = {**read_statement(KEY, KEY_LINES, FIRST.body), **{k: str(v) for k, v in change.items()}}
    body = statement(KEY, {name: lines[name] for name in KEY_LINES})
    return FIRST._replace(body=body, signature=seals.sign(ONE, body))


@pytest.mark.parametrize(
    "keys",
    [
        [FIRST._replace(number=2)],
        [FIRST._replace(key_id="0" * 32)],
        [FIRST._replace(public_key=seals.public_hex(TWO.public_key()))],
        [FIRST._replace(public_key="no key")],
        [FIRST._replace(signature="00" * 64)],
        [forged(number=2)],
        [forged(key="0" * 32)],
        [forged(previous="0" * 32)],
        [forged(reason="rotated")],
        [forged(reason="because")],
        [forged(**{"first-seal": "soon"})],
        [FIRST, seals.next_key(TWO, FIRST, THREE, SINCE, 5)],
        [FIRST, seals.next_key(TWO, FIRST, ONE, SINCE, 0)],
        [FIRST, FIRST],
    ],
)
def test_a_statement_that_does_not_hold(keys: list[Key]) -> None:
    with pytest.raises(Broken, match="statement"):
        Keyring(keys, NONE)


def test_the_name_of_a_key_follows_from_it() -> None:
    assert FIRST.key_id == key_id_of(FIRST.public_key)
    assert seals.public_pem(FIRST.public_key).startswith("-----BEGIN PUBLIC KEY-----")
