"""Item analysis against numpy on random tables, and against a table worked by hand."""

from __future__ import annotations

from fractions import Fraction
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learnapp.quiz import REASONS, Marks, items, whole
from learnapp.quiz.choices import LEAST, Given, choices, findings, halves

NAN = float("nan")


@st.composite
def tables(draw: st.DrawFn, *, holes: bool = False) -> Marks:
    """A table of up to 30 persons and 8 questions; with `holes` not everybody had every question."""
    count, persons = draw(st.integers(1, 8)), draw(st.integers(1, 30))
    maxima = [draw(st.sampled_from([1, 2, 100, 250])) for _ in range(count)]
    cells = [st.integers(0, most) | st.sampled_from([0, most]) for most in maxima]
    if holes:
        cells = [st.none() | cell for cell in cells]
    rows = [tuple(draw(cell) for cell in cells) for _ in range(persons)]
    return Marks(tuple(f"q{place}" for place in range(count)), tuple(maxima), tuple(rows), 100)


def close(ours: float | None, theirs: float, code: str | None) -> None:
    """Ours is the number of numpy to 1e-6, or missing where that is none, with a reason."""
    if ours is None:
        assert isnan(theirs) and code in REASONS
    else:
        assert code is None
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)


def spread(values: np.ndarray) -> float:
    """The sample variance; nan for fewer than two."""
    return float(np.var(values, ddof=1)) if len(values) > 1 else NAN


def independent(marks: Marks) -> tuple[list[dict[str, float]], dict[str, float]]:
    """The same by numpy on whole arrays, with nan for missing cells."""
    table = np.array([[NAN if cell is None else cell for cell in row] for row in marks.rows], dtype=float)
    maxima = np.array(marks.maxima, dtype=float)
    table = table[~np.isnan(table).all(axis=1)]
    had = ~np.isnan(table)
    earned, possible = np.nansum(table, axis=1), (had * maxima).sum(axis=1)
    columns = [_column(table, had, place, maxima, earned, possible) for place in range(len(maxima))]
    roots = np.array([column["root"] for column in columns])
    total = np.nansum(np.where(roots > 0, roots, 0))
    for column, root in zip(columns, roots, strict=True):
        column["effective_weight"] = 100 * root / total if root >= 0 and total else NAN
    return columns, _whole(table, earned, possible)


def _column(
    table: np.ndarray,
    had: np.ndarray,
    place: int,
    maxima: np.ndarray,
    earned: np.ndarray,
    possible: np.ndarray,
) -> dict[str, float]:
    mine = had[:, place]
    mark, most = table[mine, place], maxima[place]
    found = {"facility": NAN, "mean": NAN, "sd": NAN, "root": NAN}
    found |= {"discrimination": NAN, "discriminative_efficiency": NAN}
    if len(mark):
        found |= {"facility": mark.mean() / most * 100, "mean": mark.mean() / 100}
    if len(mark) > 1:
        found["sd"] = mark.std(ddof=1) / 100
        together = round(np.cov(mark, (earned / possible)[mine])[0, 1], 10)
        found["root"] = sqrt(together) if together >= 0 else -1.0
    rest_possible = (possible - most)[mine]
    mark, rest = mark[rest_possible > 0], (earned[mine] - mark)[rest_possible > 0]
    rest = rest / rest_possible[rest_possible > 0]
    if len(mark) > 1 and np.ptp(mark) > 0 and np.ptp(rest) > 0:
        found["discrimination"] = 100 * np.corrcoef(mark, rest)[0, 1]
        best = np.cov(np.sort(mark), np.sort(rest))[0, 1]
        found["discriminative_efficiency"] = 100 * np.cov(mark, rest)[0, 1] / best
    return found


def _whole(table: np.ndarray, earned: np.ndarray, possible: np.ndarray) -> dict[str, float]:
    names = ("mean", "median", "sd", "skewness", "kurtosis", "internal_consistency", "standard_error")
    found = dict.fromkeys(names, NAN)
    n, p = len(earned), table.shape[1]
    if not n:
        return found
    totals = earned / possible * possible.max()
    found |= {"mean": totals.mean() / 100, "median": float(np.median(totals)) / 100}
    if n > 1:
        found["sd"] = totals.std(ddof=1) / 100
    if n > 1 and np.ptp(totals) < 1e-9:
        return found
    around = totals - totals.mean()
    k2 = spread(totals)
    if n > 2:
        found["skewness"] = n / ((n - 1) * (n - 2)) * (around**3).sum() / k2**1.5
    if n > 3:
        fourth = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * (around**4).sum() / k2**2
        found["kurtosis"] = fourth - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    if n > 1 and p > 1 and not np.isnan(table).any():
        alpha = p / (p - 1) * (1 - np.trace(np.atleast_2d(np.cov(table.T))) / k2)
        found |= {
            "internal_consistency": 100 * alpha,
            "standard_error": found["sd"] * sqrt(max(0, 1 - alpha)),
        }
    return found


@pytest.mark.parametrize("holes", [False, True])
def test_agrees_with_numpy(holes: bool) -> None:
    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(tables(holes=holes))
    def agrees(marks: Marks) -> None:
        columns, together = independent(marks)
        for item, theirs in zip(items(marks), columns, strict=True):
            for name, value in theirs.items():
                if name != "root":
                    value = NAN if name == "effective_weight" and theirs["root"] < 0 else value
                    close(getattr(item, name), value, item.missing.get(name))
        ours = whole(marks)
        for name, value in together.items():
            close(getattr(ours, name), value, ours.missing.get(name))

    agrees()


def test_a_large_table_agrees() -> None:
    rng = np.random.default_rng(7)
    ability = rng.normal(size=(400, 1))
    table = (ability + rng.normal(size=(400, 20)) > rng.normal(size=20)).astype(int)
    names = tuple(f"q{place}" for place in range(20))
    marks = Marks(names, (1,) * 20, tuple(tuple(map(int, row)) for row in table), 1)
    rest = [np.delete(table, place, axis=1).sum(axis=1) for place in range(20)]
    for place, item in enumerate(items(marks)):
        theirs = 100 * np.corrcoef(table[:, place], rest[place])[0, 1]
        assert item.discrimination == pytest.approx(theirs, abs=1e-6)
    alpha = 20 / 19 * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))
    assert whole(marks).internal_consistency == pytest.approx(100 * alpha, abs=1e-6)


# Worked by hand: four persons, three questions worth 1, 1 and 2 points.
#   a 1 1 2 = 4    b 1 0 2 = 3    c 0 1 1 = 2    d 0 0 0 = 0
HAND = Marks(
    ("x", "y", "z"), (1, 1, 2), ((1, 1, 2), (1, 0, 2), (0, 1, 1), (0, 0, 0)), 1, {"x": Fraction(1, 4)}
)


def test_worked_by_hand() -> None:
    x, y, z = items(HAND)
    # z: mean 5/4, squares around it 9/16 + 9/16 + 1/16 + 25/16 = 44/16, over 3 → 11/12
    assert z.mean == pytest.approx(1.25) and z.facility == pytest.approx(62.5)
    assert z.sd == pytest.approx(sqrt(11 / 12)) and z.sd_percent == pytest.approx(50 * sqrt(11 / 12))
    assert (x.random_guess, y.random_guess) == (25.0, None)
    assert [item.intended_weight for item in (x, y, z)] == [25.0, 25.0, 50.0]
    # x with its rest 3, 2, 2, 0: C = 1/2·(5/4 + 1/4 − 1/4 + 7/4)/3 = 1/2; V(x) = 1/3, V(rest) = 19/12
    assert x.discrimination == pytest.approx(100 * 0.5 / sqrt(1 / 3 * 19 / 12))
    # Sorted, both ones meet the rests 2 and 3: the same covariance, so nothing better was possible.
    assert x.discriminative_efficiency == pytest.approx(100)
    # y with its rest 3, 3, 1, 0: C = 1/2·(5/4 − 5/4 − 3/4 + 7/4)/3 = 1/6, sorted 1/2·(7/4 + 3/4 + 5/4 + 5/4)/3 = 5/6
    assert y.discriminative_efficiency == pytest.approx(100 * (1 / 6) / (5 / 6))
    # C with the sums 4, 3, 2, 0: x 5/6, y 1/2, z 19/12
    roots = [sqrt(5 / 6), sqrt(1 / 2), sqrt(19 / 12)]
    assert [item.effective_weight for item in (x, y, z)] == pytest.approx(
        [100 * root / sum(roots) for root in roots]
    )
    found = whole(HAND)
    assert (found.n, found.possible, found.mean, found.median) == (4, 4.0, 2.25, 2.5)
    # Sums: squares around 9/4 are 49/16 + 9/16 + 1/16 + 81/16 = 35/4, over 3 → 35/12
    assert found.sd == pytest.approx(sqrt(35 / 12))
    alpha = 3 / 2 * (1 - (1 / 3 + 1 / 3 + 11 / 12) / (35 / 12))
    assert found.internal_consistency == pytest.approx(100 * alpha)
    assert found.error_ratio == pytest.approx(100 * sqrt(1 - alpha))
    assert found.standard_error == pytest.approx(sqrt(1 - alpha) * sqrt(35 / 12))
    # Deviations 7/4, 3/4, −1/4, −9/4: cubes add to (343 + 27 − 1 − 729)/64 = −45/8
    assert found.skewness == pytest.approx(4 / (3 * 2) * (-45 / 8) / (35 / 12) ** 1.5)


def test_one_person_has_a_facility_and_no_spread() -> None:
    (x, _) = items(Marks(("x", "y"), (1, 1), ((1, 0),), 1))
    assert (x.facility, x.sd, x.discrimination, x.effective_weight) == (100.0, None, None, None)
    assert {x.missing[name] for name in ("sd", "discrimination", "effective_weight")} == {"few"}
    found = whole(Marks(("x", "y"), (1, 1), ((1, 0),), 1))
    assert (found.mean, found.sd, found.skewness, found.internal_consistency) == (1.0, None, None, None)


def test_no_spread_says_so() -> None:
    marks = Marks(("x", "y", "z"), (1, 1, 1), ((1, 0, 1), (1, 1, 1), (1, 0, 1), (1, 1, 1)), 1)
    x, y, _ = items(marks)
    assert (x.sd, x.discrimination, x.missing["discrimination"]) == (0.0, None, "same")
    assert (y.discrimination, y.missing["discrimination"]) == (None, "rest-same")
    same = whole(Marks(("x", "y"), (1, 1), ((1, 0), (0, 1), (1, 0), (0, 1)), 1))
    assert (same.sd, same.skewness, same.missing["internal_consistency"]) == (0.0, None, "same")


def test_tenths_that_no_float_holds_are_equal_all_the_same() -> None:
    """0.1 + 0.2 is 0.3: the two sums are equal, so nothing can be told apart by them."""
    found = whole(Marks(("x", "y"), (3, 3), ((1, 2), (3, 0), (0, 3)), 10))
    assert (found.sd, found.missing["skewness"]) == (0.0, "same")


def test_one_question_alone() -> None:
    (x,) = items(Marks(("x",), (1,), ((1,), (0,), (1,)), 1))
    assert (x.facility, x.missing["discrimination"]) == (pytest.approx(200 / 3), "alone")
    assert whole(Marks(("x",), (1,), ((1,), (0,)), 1)).missing["internal_consistency"] == "one"


def test_a_negative_covariance_has_no_effective_weight() -> None:
    rows = ((0, 2, 2), (0, 2, 1), (1, 0, 0), (1, 0, 1))
    x, y, z = items(Marks(("x", "y", "z"), (1, 2, 2), rows, 1))
    assert x.discrimination is not None and x.discrimination < 0
    assert (x.effective_weight, x.missing["effective_weight"]) == (None, "negative")
    assert (y.effective_weight or 0) + (z.effective_weight or 0) == pytest.approx(100)


def test_whoever_had_no_question_is_not_counted() -> None:
    marks = Marks(("x", "y"), (1, 1), ((1, 1), (None, None), (0, 1)), 1)
    assert whole(marks).n == 2 and [item.n for item in items(marks)] == [2, 2]
    empty = whole(Marks(("x", "y"), (1, 1), ((None, None),), 1))
    assert (empty.n, empty.mean, empty.missing["mean"]) == (0, None, "few")
    assert items(Marks(("x",), (1,), ((None,),), 1))[0].missing["facility"] == "few"


def test_different_questions_are_compared_by_shares() -> None:
    """Two of three questions each: every question counts those who had it, sums are stretched."""
    rows = ((1, 2, None), (1, None, 3), (None, 1, 0), (0, 2, None), (None, 0, 3))
    marks = Marks(("x", "y", "z"), (1, 2, 3), rows, 1)
    x, y, _ = items(marks)
    assert (x.n, x.facility) == (3, pytest.approx(200 / 3))
    assert (y.n, y.facility) == (4, pytest.approx(62.5))
    found = whole(marks)
    assert found.scaled and found.possible == 5.0
    # 3/3, 4/4, 1/5, 2/3 and 3/5 of five points
    assert found.mean == pytest.approx(1 + 1 + 0.2 + 2 / 3 + 0.6)
    assert found.missing["internal_consistency"] == "parts"


def test_places_of_drawn_papers_have_an_alpha() -> None:
    marks = Marks(("x", "y", "z"), (1, 1, 1), ((1, 1, None), (0, None, 0), (1, 0, None), (1, None, 1)), 1)
    places = Marks(("1", "2"), (1, 1), ((1, 1), (0, 0), (1, 0), (1, 1)), 1)
    found = whole(marks, places)
    assert not found.scaled and found.questions == 2
    # V of the places 1/4 and 1/3, of the sums 2, 0, 1, 2: 11/12
    assert found.internal_consistency == pytest.approx(200 * (1 - (1 / 4 + 1 / 3) / (11 / 12)))


# What people chose ----------------------------------------------------------------------------------------


def test_halves_leave_the_median_out() -> None:
    assert halves({0: 0.1, 1: 0.5, 2: 0.5, 3: 0.9, 4: 0.7}) == ({3, 4}, {0})
    assert halves({0: 0.5, 1: 0.5}) == (frozenset(), frozenset())
    assert halves({}) == (frozenset(), frozenset())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=1, max_size=40))
def test_counts_add_up(persons: list[tuple[int, int]]) -> None:
    """Chosen option (3: none) and rest score in sixths."""
    given_ = {
        number: Given(chosen < 3, (chosen,) if chosen < 3 else (), "", chosen == 0)
        for number, (chosen, _) in enumerate(persons)
    }
    rests = {number: rest / 6 for number, (_, rest) in enumerate(persons)}
    found = choices(given_, (True, False, False), rests)
    scores = np.array([rest for _, rest in persons])
    chosen = np.array([option for option, _ in persons])
    high, low = scores > np.median(scores), scores < np.median(scores)
    assert (found.upper, found.lower) == (high.sum(), low.sum())
    for place, count in enumerate([*found.counts, found.unanswered]):
        mine = chosen == place
        assert (count.all, count.upper, count.lower) == (mine.sum(), (mine & high).sum(), (mine & low).sum())
    assert found.full.all == found.counts[0].all


def _asked(picks: list[int], rights: tuple[bool, ...]) -> dict[int, Given]:
    return {number: Given(True, (pick,), "", rights[pick]) for number, pick in enumerate(picks)}


RISING = {number: number / 20 for number in range(12)}


def test_a_key_that_the_upper_half_contradicts_is_doubtful() -> None:
    """The lower half chooses the key, the upper half another option."""
    found = choices(_asked([0] * 6 + [2] * 6, (True, False, False)), (True, False, False), RISING)
    (key, negative) = findings(found, -90.0, 12)
    assert (key.code, key.place) == ("key", 2)
    assert negative.code == "negative" and not negative.chance


def test_a_distractor_of_the_lower_half_is_not() -> None:
    found = choices(_asked([1] * 6 + [0] * 6, (True, False)), (True, False), RISING)
    assert findings(found, 80.0, 12) == ()


def test_a_slightly_negative_number_may_be_chance() -> None:
    found = choices(_asked([0, 1] * 6, (True, False)), (True, False), RISING)
    (only,) = findings(found, -10.0, 12)
    assert only.code == "negative" and only.chance


def test_several_right_options_are_looked_at_one_by_one() -> None:
    """The upper half also takes option 2, and leaves out option 1, which the lower half takes."""
    rights = (True, True, False)
    given_ = {number: Given(True, (0, 1) if number < 6 else (0, 2)) for number in range(12)}
    found = findings(choices(given_, rights, RISING), None, 12)
    assert {(one.code, one.place) for one in found} == {("left-out", 1), ("also", 2)}


def test_a_frequent_typed_answer_may_be_one_to_accept() -> None:
    given_ = {number: Given(True, (), "党员大会", True) for number in range(6)}
    given_ |= {number: Given(True, (), "支部大会", False) for number in range(6, 12)}
    found = choices(given_, (), RISING)
    assert [(count.text, count.all) for count in found.counts] == [("党员大会", 6), ("支部大会", 6)]
    (key,) = findings(found, None, 12)
    assert (key.code, key.text) == ("key", "支部大会")


def test_what_few_typed_is_not_shown() -> None:
    """A text that only a few wrote could tell who they are."""
    given_ = {number: Given(True, (), f"answer {number}", False) for number in range(8)}
    given_ |= {number: Given(True, (), "alike", False) for number in range(8, 7 + LEAST)}
    assert choices(given_, (), RISING).counts == ()


def test_a_small_upper_half_proves_nothing() -> None:
    picks = _asked([0] * 4 + [1] * 4, (True, False))
    found = choices(picks, (True, False), {number: number / 8 for number in range(8)})
    assert findings(found, None, 8) == ()
