"""What may be seen when, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnapp.catalogue.quiz_settings import PHASES, SHOWS, QuizSettings, Review, defaults
from learnapp.questions import ALL, Show
from learnapp.quiz import phases
from learnapp.quiz.phases import AFTER, KEYS, Coming, Phase, Seen, phase, standing

END = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLOSING = "2026-12-02T18:00"

reviews: st.SearchStrategy[Review] = st.fixed_dictionaries(
    {name: st.frozensets(st.sampled_from(SHOWS)) for name in PHASES}
)


@pytest.mark.parametrize(
    ("ended_at", "closes_at", "done", "at", "expected"),
    [
        (None, None, False, END, "during"),
        (None, CLOSES, True, CLOSES + SECOND, "during"),
        (END, None, False, END, "after"),
        (END, None, False, END + AFTER - SECOND, "after"),
        (END, None, False, END + AFTER, "later"),
        (END, CLOSES, True, CLOSES - SECOND, "later"),
        (END, CLOSES, True, CLOSES, "closed"),
        (END, CLOSES, False, CLOSES + timedelta(days=9), "later"),
        (CLOSES, CLOSES, True, CLOSES, "closed"),
        (CLOSES, CLOSES, False, CLOSES, "after"),
        (END, None, True, END + timedelta(days=900), "later"),
    ],
)
def test_the_phase_of_an_attempt(
    ended_at: datetime | None, closes_at: datetime | None, done: bool, at: datetime, expected: Phase
) -> None:
    assert phase(ended_at, closes_at, done, at) == expected


@given(reviews, st.sampled_from(PHASES))
def test_no_author_shows_a_key_while_others_may_still_answer(review: Review, found: Phase) -> None:
    settings = QuizSettings(closes=CLOSING, review=review)
    told = phases.shows(found, settings)
    assert told <= review[found]
    assert told == review[found] if found == "closed" else not told & KEYS
    assert phases.shows(found, QuizSettings(review=review)) == review[found]


def test_what_holds_unless_the_author_says_otherwise() -> None:
    lesson, exam = defaults(exam=False), defaults(exam=True)
    assert [phases.shows(name, lesson) for name in PHASES] == [frozenset(), ALL, ALL, ALL]
    assert [sorted(phases.shows(name, exam)) for name in PHASES[:3]] == [[], ["answer"], ["answer", "mark"]]
    assert phases.shows("closed", exam) == ALL


@given(
    reviews,
    st.sampled_from([None, END + timedelta(minutes=5), CLOSES]),
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.booleans(),
)
def test_what_is_promised_for_later_comes_then(
    review: Review, closes_at: datetime | None, after: timedelta, done: bool
) -> None:
    settings = QuizSettings(closes=CLOSING if closes_at else None, review=review)
    at = END + after
    now = phases.seen(END, settings, closes_at, done, at)
    told = now.shows
    for step in now.coming:
        assert not step.shows & told
        then = phases.seen(END, settings, closes_at, True, max(step.at, at))
        assert step.shows <= then.shows
        told |= step.shows
    assert [step.at for step in now.coming] == sorted(step.at for step in now.coming)
    assert all(step.closing or step.at > at for step in now.coming)


def test_an_exam_names_both_of_its_times() -> None:
    seen = phases.seen(
        END, QuizSettings(closes=CLOSING, review=defaults(exam=True).review), CLOSES, False, END
    )
    assert seen == Seen(
        "after",
        frozenset({"answer"}),
        careful=True,
        coming=(
            Coming(frozenset({"mark"}), END + AFTER),
            Coming(frozenset({"correctness", "feedback", "key"}), CLOSES, closing=True),
        ),
    )


def test_correctness_of_others_does_not_give_away_what_is_hidden_of_one() -> None:
    shows: frozenset[Show] = frozenset({"answer", "mark", "correctness"})
    assert "correctness" not in phases.for_paper(Seen("later", shows, careful=True), [False, True])
    assert phases.for_paper(Seen("later", shows, careful=True), [False, False]) == shows
    assert phases.for_paper(Seen("closed", shows), [True]) == shows
    assert phases.for_paper(Seen("later", shows - {"mark"}, careful=True), [True]) == shows - {"mark"}


@pytest.mark.parametrize(
    ("open_", "passed", "pending", "mark", "expected"),
    [
        (True, None, 0, True, "open"),
        (False, True, 0, False, "received"),
        (False, False, 2, False, "received"),
        (False, True, 1, True, "pending"),
        (False, True, 0, True, "passed"),
        (False, False, 0, True, "short"),
    ],
)
def test_one_word_says_how_an_attempt_stands(
    open_: bool, passed: bool | None, pending: int, mark: bool, expected: str
) -> None:
    shows: frozenset[Show] = frozenset({"mark"}) if mark else frozenset()
    assert standing(open_, passed, pending, Seen("later", shows)) == expected
