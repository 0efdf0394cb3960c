"""The shipped rule sets with cases computed by hand, each written out beside its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from learnapp import points
from learnapp.points.terms import ALWAYS, Home, Terms
from tests.points.entries import ZONE, Fact, act, course, module, on, quiz, rules, void, work

YEAR = points.Span(date(2026, 1, 1), date(2026, 12, 31))


def _set(name: str) -> points.rules.RuleSet:
    return rules(points.shipped()[name])


UNIVERSITY, MUNICIPAL = _set("university-college-2026"), _set("municipal-2026")
COUNTY, MACHINE = _set("county-rural-2026"), _set("machine-rules-2026")
WORKERS = _set("party-workers-2026")


def day(month: int, number: int) -> date:
    """A day of 2026."""
    return date(2026, month, number)


def _sum(
    stream: Sequence[Fact], found: points.rules.RuleSet, terms: Terms = ALWAYS
) -> tuple[int, int, int, int]:
    """Base, bonus, deduction, total in whole points."""
    one = points.evaluate(stream, found, YEAR, ZONE, terms=terms)
    assert all(value % 100 == 0 for value in (one.base, one.bonus, one.deduction, one.total))
    return one.base // 100, one.bonus // 100, one.deduction // 100, one.total // 100


def _grade(total: int, *, veto: bool = False) -> str:
    found = points.suggested(UNIVERSITY, total * 100, veto)
    return found.id if found else ""


def test_university_a_year_of_ninety_three() -> None:
    """Base 60. Four lessons in two months: 4 × 2 = 8. Two quizzes: 4. Three meetings of all members, two of them
    in one quarter: 3. Two awards of 5: 10; a third award is one too many: 0. Bonus 8 + 4 + 3 + 10 = 25, below
    its cap of 30. Review “very good”: 10. One absence: −2. 60 + 25 + 10 − 2 = 93, from 90 on excellent."""
    stream = [
        *[module(seq, on(3 + seq // 3, seq)) for seq in (1, 2, 3, 4)],
        quiz(5, on(5, 1), "a"),
        quiz(6, on(5, 2), "b"),
        *[act(7 + n, "members-meeting", day(*when)) for n, when in enumerate([(2, 1), (3, 1), (5, 1)])],
        *[act(10 + n, "teaching-award", day(6, 1 + n), "declared") for n in range(3)],
        act(13, "review-very-good", day(12, 20)),
        act(14, "absent-meeting", day(9, 1)),
    ]
    assert _sum(stream, UNIVERSITY) == (60, 35, 2, 93)
    assert _grade(93) == "excellent"
    last = next(line for line in points.evaluate(stream, UNIVERSITY, YEAR, ZONE).lines if line.seq == 12)
    assert (last.counted, last.reason) == (0, "full-times")


def test_university_the_bonus_is_full_at_thirty_and_the_review_at_ten() -> None:
    """Twelve months of lessons at their cap of 4: 48, of which 30 count. Two reviews, 10 and 8: 10 count.
    60 + 30 + 10 = 100."""
    stream = [module(seq, on(1 + seq // 2, 1 + seq % 2)) for seq in range(24)]
    stream += [act(30, "review-very-good", day(12, 1)), act(31, "review-good", day(12, 2))]
    assert _sum(stream, UNIVERSITY) == (60, 40, 0, 100)


@pytest.mark.parametrize(
    ("total", "grade"),
    [(90, "excellent"), (89, "qualified"), (80, "qualified"), (79, "basically"), (60, "basically")],
)
def test_university_grades_begin_where_the_notes_say(total: int, grade: str) -> None:
    assert _grade(total) == grade
    assert (_grade(59), _grade(95, veto=True)) == ("not-qualified", "not-qualified")
    best = UNIVERSITY.grades[0]
    assert best.share_at_most is not None and (
        best.share_at_most.numerator,
        best.share_at_most.denominator,
    ) == (1, 3)
    assert all(one.share_at_most is None for one in UNIVERSITY.grades[1:])


def test_university_a_veto_stands_and_takes_nothing_off() -> None:
    """Base 60, a breach that was established: 60 points, and a veto; voided, it is gone."""
    stream = [act(1, "ethics-breach", day(4, 1))]
    found = points.evaluate(stream, UNIVERSITY, YEAR, ZONE)
    assert (found.total, found.veto) == (6000, True)
    assert not points.evaluate([*stream, void(2, 1, on(5, 1))], UNIVERSITY, YEAR, ZONE).veto


def test_municipal_a_full_year_without_a_limit() -> None:
    """Base 60. Each of the five meetings once: 5 × 1 = 5. A training of two weeks: 2; of three months: 3. Two
    essays: 6. An award: 3. A short lecture: 3. Two invited lectures: 10. One lesson: 3. A course: 2. A quiz: 2.
    Bonus 5 + 2 + 3 + 6 + 3 + 3 + 10 + 3 + 2 + 2 = 39. 60 + 39 = 99."""
    meetings = ["members-meeting", "branch-committee", "group-meeting", "party-lecture", "organised-life"]
    declared = ["short-training", "long-training", "essay", "essay", "award", "micro-lecture"]
    stream = [act(1 + n, code, day(3, 1 + n)) for n, code in enumerate(meetings)]
    stream += [
        act(10 + n, code, day(5, 1), "declared")
        for n, code in enumerate([*declared, "invited-lecture", "invited-lecture"])
    ]
    stream += [module(20, on(6, 1)), course(21, on(6, 2)), quiz(22, on(6, 3))]
    assert _sum(stream, MUNICIPAL) == (60, 39, 0, 99)


def test_municipal_bonus_has_no_limit() -> None:
    """Forty meetings of a group: 60 + 40 = 100, and one more is 101."""
    stream = [act(seq, "group-meeting", day(1 + seq % 12, 1 + seq % 28)) for seq in range(1, 42)]
    assert _sum(stream[:40], MUNICIPAL) == (60, 40, 0, 100)
    assert _sum(stream, MUNICIPAL) == (60, 41, 0, 101)


def test_municipal_what_is_declared_cannot_be_recorded_and_the_other_way_round() -> None:
    stream = [act(1, "essay", day(3, 1), "recorded"), act(2, "group-meeting", day(3, 1), "declared")]
    assert points.evaluate(stream, MUNICIPAL, YEAR, ZONE).lines == ()


@pytest.mark.parametrize("kind", ["mobile", "retired"])
def test_municipal_retired_and_long_absent_members_are_not_scored(kind: str) -> None:
    """Two meetings before the first of July, two behind it, when the class began: 60 + 2 = 62; the later ones
    are lines that say why they count for nothing."""
    terms = Terms((Home("b", "full", date(2020, 1, 1), day(7, 1)), Home("b", kind, day(7, 1), None)), ())
    stream = [act(seq, "group-meeting", day(month, 1)) for seq, month in enumerate((5, 6, 7, 8), 1)]
    assert _sum(stream, MUNICIPAL, terms) == (60, 2, 0, 62)
    lines = points.evaluate(stream, MUNICIPAL, YEAR, ZONE, terms=terms).lines
    assert [line.reason for line in lines] == ["", "", "class", "class"]


def test_county_begins_with_a_hundred_and_takes_off_what_was_not_met() -> None:
    """100. Two meetings missed: −10. One themed day missed: −3. Volunteered six times, of which five count:
    5 × 2 = 10. A household helped twice in one quarter and once in the next: 4. 100 + 14 − 13 = 101."""
    stream = [
        act(1, "missed-meeting", day(2, 1)),
        act(2, "missed-meeting", day(5, 1)),
        act(3, "missed-themed-day", day(6, 1)),
        *[act(10 + n, "volunteer", day(1 + n, 10), "declared") for n in range(6)],
        *[
            act(20 + n, "household-help", day(*when), "declared")
            for n, when in enumerate([(1, 5), (3, 5), (4, 5)])
        ],
    ]
    assert _sum(stream, COUNTY) == (100, 14, 13, 101)


def test_county_has_ten_kinds_of_bonus_and_never_falls_below_nothing() -> None:
    """Ten kinds, each declared. Twenty-one meetings missed are 105 off: 100 − 105 would be −5; the sum is 0."""
    assert len(points.acts_in(COUNTY, "declared")) == 10
    stream = [act(seq, "missed-meeting", day(1 + seq % 12, 1 + seq % 28)) for seq in range(1, 22)]
    assert _sum(stream, COUNTY) == (100, 0, 105, 0)


def test_county_nothing_is_taken_off_in_an_exemption_and_the_frail_are_not_scored() -> None:
    """A meeting missed in May, within an exemption from April to June: 100. Outside of it, in July: 95. Somebody
    old or ill is not scored: 100."""
    stream = [act(1, "missed-meeting", day(5, 1)), act(2, "missed-meeting", day(7, 1))]
    home = Home("b", "full", date(2020, 1, 1), None)
    free = Terms((home,), ((day(4, 1), day(7, 1)),))
    assert _sum(stream[:1], COUNTY, free) == (100, 0, 0, 100)
    assert _sum(stream, COUNTY, free) == (100, 0, 5, 95)
    assert _sum(stream, COUNTY, Terms((Home("b", "special", date(2020, 1, 1), None),))) == (100, 0, 0, 100)
    # Good deeds count on exempt days as on others.
    assert _sum([act(3, "rescue", day(5, 2), "declared")], COUNTY, free) == (100, 5, 0, 105)


@pytest.mark.parametrize(
    ("code", "most"),
    [
        ("members-meeting", 20),
        ("branch-committee", 60),
        ("group-meeting", 60),
        ("party-lecture", 5),
        ("organised-life", 5),
        ("themed-day", 60),
    ],
)
def test_machine_rules_stop_at_their_yearly_limit(code: str, most: int) -> None:
    """5 points each: the limit is reached by limit ÷ 5 of them, and two more bring nothing."""
    stream = [act(seq, code, day(1 + seq % 12, 1 + seq % 28)) for seq in range(1, most // 5 + 3)]
    assert _sum(stream[: most // 5], MACHINE) == (0, most, 0, most)
    assert _sum(stream, MACHINE) == (0, most, 0, most)


def test_machine_rules_pay_for_modules_up_to_six_a_month() -> None:
    """Three modules in March: 3 + 3 + 0 = 6. One in April: 3. One of a quarter of an hour: nothing. 9."""
    stream = [module(seq, on(3, seq)) for seq in (1, 2, 3)]
    stream += [module(4, on(4, 1)), module(5, on(5, 1), hours=25)]
    assert _sum(stream, MACHINE) == (0, 9, 0, 9)


def test_machine_rules_a_full_year_is_two_hundred_and_eighty_two() -> None:
    """All meetings at their limits: 20 + 60 + 60 + 5 + 5 + 60 = 210. Two modules in each month: 12 × 6 = 72.
    210 + 72 = 282."""
    codes = [rule.act for rule in MACHINE.rules if rule.act]
    stream = [
        act(100 * n + seq, code, day(1 + seq % 12, 1 + seq % 28))
        for n, code in enumerate(codes)
        for seq in range(1, 14)
    ]
    stream += [module(1000 + n, on(1 + n // 2, 1 + n % 2)) for n in range(24)]
    assert _sum(stream, MACHINE) == (0, 282, 0, 282)


def test_workers_are_paid_for_work_done_each_piece_once() -> None:
    """Two lessons approved: 10. One of them approved once more: 0. Four sessions in a month, three count: 9.
    Two questions answered: 2. A need met: 2. A model lesson, recorded and confirmed: 3. 26 in all."""
    stream = [
        work(1, "lesson-approved", day(3, 1), "course/a"),
        work(2, "lesson-approved", day(3, 2), "course/b"),
        work(3, "lesson-approved", day(6, 2), "course/b"),
        *[work(4 + n, "session-held", day(4, 1 + n)) for n in range(4)],
        work(8, "question-answered", day(5, 1)),
        work(9, "question-answered", day(5, 1)),
        work(10, "need-met", day(5, 2)),
        act(11, "lesson-shown", day(5, 3)),
    ]
    assert _sum(stream, WORKERS) == (0, 26, 0, 26)
    assert WORKERS.people == "workers"
    assert points.evaluate([module(1, on(3, 1)), quiz(2, on(3, 1))], WORKERS, YEAR, ZONE).lines == ()
