"""Whatever the order and the times in which acts arrive: one result."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from learnapp import catalogue, questions
from learnapp.questions import Draw, Part, Score
from learnapp.quiz import rules
from learnapp.quiz.rules import Tap
from tests.conftest import AT
from tests.quiz.quizzes import RIGHT, source

MS = timedelta(milliseconds=1)
DEFINITION = catalogue.read_files("quiz", "five-kinds", {"five-kinds.toml": source().encode()}).definition
assert isinstance(DEFINITION, catalogue.QuizDefinition)
QUESTIONS = DEFINITION.questions
BANK = {question.id: question for question in QUESTIONS}

seeds = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
taps = st.builds(
    Tap,
    session=st.sampled_from(["aaaaaaaa", "bbbbbbbb", "cccccccc"]),
    number=st.integers(1, 9),
    question=st.sampled_from(["q1", "q2", "q3"]),
    answer=st.sampled_from(['"1"', '"2"', '["1","2"]', "null"]),
    wall_ms=st.integers(0, 10**6),
    monotonic_ms=st.integers(0, 10**6),
    received_at=st.integers(0, 4).map(lambda ms: AT + ms * MS),
    accepted=st.booleans(),
)
journals = st.lists(taps, max_size=12, unique_by=lambda tap: (tap.session, tap.number))
marks = st.lists(
    st.integers(1, 500).flatmap(lambda most: st.tuples(st.integers(0, most), st.just(most))), min_size=1
)


def score(earned: int, most: int) -> Score:
    """A mark with one part."""
    return Score(earned, most, (Part("", earned, most),))


@given(seeds, st.booleans())
def test_a_paper_is_frozen_by_its_seed(seed: str, shuffle: bool) -> None:
    draws = [Draw("single", 2), Draw("blank", 1)]
    text = rules.draw_paper("v" * 64, QUESTIONS, draws, seed, shuffle)
    assert text == rules.draw_paper("v" * 64, tuple(reversed(QUESTIONS)), draws, seed, shuffle) or (
        not shuffle
    )
    assert text == rules.canonical(json.loads(text))
    sheets = rules.read_paper(text)
    assert sorted(BANK[sheet.question].kind for sheet in sheets) == ["blank", "single", "single"]
    assert len({sheet.question for sheet in sheets}) == 3
    assert all(sheet.order == questions.shuffle(BANK[sheet.question], seed) for sheet in sheets)


@given(journals, st.randoms())
def test_order_of_arrival_never_matters(journal: list[Tap], random: object) -> None:
    mixed = list(journal)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis's Random
    assert rules.latest(mixed, ()) == rules.latest(journal, ())
    assert rules.acts_digest(mixed) == rules.acts_digest(journal)
    assert rules.latest([*journal, *mixed], ()) == rules.latest(journal, ())


@given(journals)
def test_the_highest_number_wins_then_the_later_received(journal: list[Tap]) -> None:
    for question, won in rules.winners(journal, ()).items():
        rivals = [tap for tap in journal if tap.question == question and tap.accepted]
        assert won in rivals
        assert won.number == max(tap.number for tap in rivals)
        level = [tap for tap in rivals if tap.number == won.number]
        assert won.received_at == max(tap.received_at for tap in level)
    assert all(answer is not None for answer in rules.latest(journal, ()).values())


def test_a_tie_goes_to_the_later_received_and_a_cleared_answer_is_none() -> None:
    early = Tap("aaaaaaaa", 4, "q1", '"1"', 0, 0, AT)
    later = Tap("bbbbbbbb", 4, "q1", '"2"', 0, 0, AT + MS)
    cleared = Tap("aaaaaaaa", 5, "q1", "null", 0, 0, AT)
    for order in permutations([early, later]):
        assert rules.latest(order, ()) == {"q1": "2"}
    for order in permutations([early, later, cleared]):
        assert rules.latest(order, ()) == {}


@given(journals, taps)
def test_a_late_act_changes_neither_answers_nor_digest(journal: list[Tap], late: Tap) -> None:
    refused = Tap(**{name: getattr(late, name) for name in Tap.__slots__} | {"accepted": False})
    assert rules.latest([*journal, refused], ()) == rules.latest(journal, ())
    assert rules.acts_digest([*journal, refused]) == rules.acts_digest(journal)


@given(journals, st.data())
def test_any_change_of_an_accepted_act_shows_in_the_digest(journal: list[Tap], data: st.DataObject) -> None:
    counted = [tap for tap in journal if tap.accepted]
    if not counted:
        assert rules.acts_digest(journal) == rules.digest("[]")
        return
    one = data.draw(st.sampled_from(counted))
    changed = Tap(**{name: getattr(one, name) for name in Tap.__slots__} | {"answer": '"changed"'})
    assert rules.acts_digest([changed if tap is one else tap for tap in journal]) != rules.acts_digest(
        journal
    )


@given(marks, st.integers(0, 100))
def test_the_result_is_the_sum_and_the_mark_is_exact(pairs: list[tuple[int, int]], percent: int) -> None:
    found = rules.result([score(*pair) for pair in pairs], percent)
    assert (found.earned, found.possible) == (sum(e for e, _ in pairs), sum(m for _, m in pairs))
    assert found.passed == (found.earned * 100 >= found.possible * percent)
    assert found.passed == (found.short == 0)
    gaps = sorted((most - earned for earned, most in pairs), reverse=True)
    assert (found.earned + sum(gaps[: found.short])) * 100 >= found.possible * percent
    if found.short:
        assert (found.earned + sum(gaps[: found.short - 1])) * 100 < found.possible * percent


@given(st.sets(st.sampled_from(sorted(RIGHT))))
def test_grading_a_paper_of_all_kinds(known: set[str]) -> None:
    draws = [Draw(kind, 1) for kind in RIGHT]
    sheets = rules.read_paper(rules.draw_paper("v", QUESTIONS, draws, "5" * 64, True))
    answers = {
        sheet.question: questions.read(BANK[sheet.question], sheet.order, RIGHT[BANK[sheet.question].kind])
        for sheet in sheets
        if BANK[sheet.question].kind in known
    }
    found = rules.result(rules.scores(sheets, BANK, answers), 60)
    assert (found.earned, found.possible) == (100 * len(known), 500)
    assert (found.passed, found.short) == (len(known) >= 3, max(0, 3 - len(known)))
    assert found.possible == rules.possible(sheets, BANK)


def test_the_pass_mark() -> None:
    assert [rules.needed(10, 60), rules.needed(7, 60), rules.needed(1, 1), rules.needed(5, 0)] == [6, 5, 1, 0]


def test_what_blinds_a_result_differs_by_attempt_and_by_entry() -> None:
    made = {rules.blind(seed, number) for seed in ("a" * 64, "b" * 64) for number in (1, 2)}
    assert len(made) == 4 and all(len(one) == 32 for one in made)
    assert rules.blind("a" * 64, 1) == rules.blind("a" * 64, 1)
