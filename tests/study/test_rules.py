"""Progress rules, by properties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from learnapp.study import rules
from learnapp.study.rules import Progress

AT = datetime(2026, 11, 24, tzinfo=UTC)
DONE = Progress(completed_at=AT, completed_on=date(2026, 11, 24), completed_version="0" * 64)
names = st.text("abcdef", min_size=1, max_size=3)


@dataclass(frozen=True)
class Step:
    id: str
    needs: tuple[str, ...]
    section_ids: tuple[str, ...]
    has_check: bool


sections = st.lists(names, min_size=1, max_size=5, unique=True).map(tuple)
lone = st.builds(Step, id=names, needs=st.just(()), section_ids=sections, has_check=st.booleans())
some_progress = st.builds(
    Progress,
    sections=st.lists(names, max_size=6, unique=True).map(tuple),
    check_passed_at=st.none() | st.just(AT),
) | st.just(DONE)


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Step], dict[str, Progress]]:
    ids = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    steps = [
        Step(
            id=ident,
            needs=tuple(draw(st.lists(st.sampled_from(ids[:place]), unique=True))) if place else (),
            section_ids=draw(sections),
            has_check=draw(st.booleans()),
        )
        for place, ident in enumerate(ids)
    ]
    progress = draw(st.dictionaries(st.sampled_from(ids), some_progress))
    return steps, progress


@given(lone, some_progress)
def test_a_completed_module_misses_nothing(step: Step, progress: Progress) -> None:
    assert rules.missing_sections(step, DONE) == ()
    assert not rules.check_open(step, DONE)
    assert rules.state(step, DONE) == "done"
    missing = rules.missing_sections(step, progress)
    assert set(missing) <= set(step.section_ids) - set(progress.sections)
    assert rules.fulfilled(step, progress) == (not missing and not rules.check_open(step, progress))


@given(lone, st.permutations(range(5)))
def test_any_order_of_sections_fulfils(step: Step, order: list[int]) -> None:
    progress = Progress(check_passed_at=AT if step.has_check else None)
    for place in order:
        if place < len(step.section_ids):
            assert not rules.fulfilled(step, progress)
            section = step.section_ids[place]
            done = rules.with_section(progress.sections, section)
            assert rules.with_section(done, section) == done
            progress = Progress(sections=done, check_passed_at=progress.check_passed_at)
    assert rules.fulfilled(step, progress)


@given(lone, st.lists(names, max_size=6, unique=True))
def test_sections_that_are_gone_do_not_count(step: Step, done: list[str]) -> None:
    progress = Progress(sections=tuple(done))
    kept = Progress(sections=tuple(one for one in done if one in step.section_ids))
    assert rules.missing_sections(step, progress) == rules.missing_sections(step, kept)
    assert rules.state(step, progress) == rules.state(step, kept)


@given(courses(), st.sampled_from(["fixed", "free"]))
def test_what_is_next_is_open_and_not_completed(
    course: tuple[list[Step], dict[str, Progress]], order: str
) -> None:
    steps, progress = course
    for after in ("", *(step.id for step in steps)):
        found = rules.next_step(steps, after, order, progress)
        if found is None:
            continue
        step = next(one for one in steps if one.id == found)
        assert found != after
        assert not progress.get(found, Progress()).completed
        assert not rules.waits_for(steps, step, order, progress)


@given(courses(), st.sampled_from(["fixed", "free"]))
def test_there_is_always_a_way_to_the_end(course: tuple[list[Step], dict[str, Progress]], order: str) -> None:
    steps, progress = course
    progress = dict(progress)
    for _ in steps:
        if rules.course_completed(steps, progress):
            break
        found = rules.next_step(steps, "", order, progress)
        assert found is not None
        progress[found] = DONE
    assert rules.course_completed(steps, progress)
    assert rules.next_step(steps, "", order, progress) is None


@given(courses())
def test_what_was_begun_stays_open(course: tuple[list[Step], dict[str, Progress]]) -> None:
    steps, progress = course
    for step in steps:
        waits = rules.waits_for(steps, step, "fixed", progress)
        if rules.state(step, progress.get(step.id, Progress())) != "open":
            assert waits == ()
        assert all(not progress.get(one, Progress()).completed for one in waits)
        assert set(rules.waits_for(steps, step, "free", progress)) <= set(waits)
