"""How often one network may ask: counted apart, anew after a while, and in bounded memory."""

from __future__ import annotations

from datetime import timedelta

from learnapp.web import limits
from tests.conftest import AT


def test_networks_are_counted_apart_and_anew_after_a_while() -> None:
    window = limits.Window(2, 60)
    assert [window.take("a", AT) for _ in range(3)] == [True, True, False]
    assert window.take("b", AT)
    assert not window.take("a", AT + timedelta(seconds=59))
    assert window.take("a", AT + timedelta(seconds=60))


def test_a_clock_that_goes_back_locks_nobody_out() -> None:
    window = limits.Window(1, 60)
    assert window.take("a", AT)
    assert window.take("a", AT - timedelta(hours=1))


def test_memory_is_bounded() -> None:
    window = limits.Window(1, 60)
    for number in range(limits.MOST_NETWORKS + 1):
        assert window.take(str(number), AT)
    assert not window.take(str(limits.MOST_NETWORKS), AT)
    assert window.take("0", AT)
