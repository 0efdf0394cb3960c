"""Drafts of rule sets: rows and TOML are the same thing twice; two tabs lose nothing; adopting leaves a history."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from learnapp import audit, points
from learnapp.db import transaction
from learnapp.errors import Conflict, Invalid, NotFound
from learnapp.points import drafting
from learnapp.points.drafting import rows, wording
from learnapp.points.rules import WORKS
from tests.conftest import AT
from tests.world import World, build

SHIPPED = sorted(points.shipped())
_TYPED = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="\\"), max_size=12).map(
    rows.typed
)
_AMOUNT = st.one_of(st.sampled_from(["", "0", "3", "0.5", "12.25", "abc", "1e3", "007"]), _TYPED)
_WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=0, max_size=30)
_SLUG = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)


def _pick(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


@st.composite
def _rule(draw: st.DrawFn) -> drafting.Row:
    """A row of a rule as somebody may have typed it, without what does not fit its choice."""
    what = draw(_pick(*drafting.SYSTEM, *drafting.ACTS, *drafting.WORK))
    effect = draw(_pick("adds", "deducts", "veto"))
    window = draw(_pick("once", "day", "month", "quarter", "cycle"))
    limits = effect != "veto"
    worth = draw(_AMOUNT).lstrip("-") if limits else ""
    return {
        "what": what,
        "effect": effect if worth or effect != "deducts" else "adds",
        "worth": worth,
        "category": draw(_SLUG),
        "window": window,
        "cap": draw(_AMOUNT) if limits else "",
        "limit": draw(_AMOUNT) if limits else "",
        "once": draw(_pick("", "1")) if window != "once" else "",
        "hours_at_least": draw(_AMOUNT) if what == "module" else "",
        "only": " ".join(sorted(draw(st.sets(_SLUG, max_size=3)))) if what in drafting.SYSTEM else "",
        "evidence": draw(_pick("none", "file-optional")) if what in drafting.ACTS else "none",
        "text": draw(_WORDS),
        "text_en": draw(_WORDS),
        "id": draw(_SLUG),
        "act": draw(_SLUG) if what in drafting.ACTS else "",
    }


_HEAD = st.fixed_dictionaries(
    {
        "title": _WORDS,
        "title_en": _WORDS,
        "id": _SLUG,
        "people": _pick("members", "workers"),
        "base": _AMOUNT,
        "floor": _AMOUNT,
        "bonus_cap": _AMOUNT,
        "exempt": _pick("no-deduction", "not-scored", "scored"),
    }
)
_CATEGORY = st.fixed_dictionaries({"title": _WORDS, "title_en": _WORDS, "id": _SLUG, "cap": _AMOUNT})
_CLASS = st.fixed_dictionaries(
    {"id": _SLUG, "title": _WORDS, "title_en": _WORDS, "base": _AMOUNT, "scored": _pick("", "1")}
)
_GRADE = st.fixed_dictionaries(
    {"title": _WORDS, "title_en": _WORDS, "id": _SLUG, "at_least": _AMOUNT, "share_at_most": _AMOUNT}
)


@given(
    _HEAD,
    st.lists(_CATEGORY, max_size=3),
    st.lists(_rule(), max_size=4),
    st.lists(_CLASS, max_size=2),
    st.lists(_GRADE, max_size=3),
)
def test_what_was_typed_comes_back(
    head: drafting.Row,
    categories: list[drafting.Row],
    rules: list[drafting.Row],
    classes: list[drafting.Row],
    grades: list[drafting.Row],
) -> None:
    """Form → TOML → form is identity, whatever was typed, right or wrong; and every fault has its row."""
    lists: dict[drafting.Kind, list[drafting.Row]] = {
        "category": categories,
        "rule": rules,
        "class": classes,
        "grade": grades,
    }
    data: dict[str, Any] = drafting.write("head", head)
    data |= {kind: [drafting.write(kind, row) for row in listed] for kind, listed in lists.items() if listed}
    again = drafting.load(drafting.emit(data))
    assert drafting.read("head", drafting.rows_of(again, "head")[0]) == head
    for kind, listed in lists.items():
        assert [drafting.read(kind, table) for table in drafting.rows_of(again, kind)] == listed
    checked = drafting.check(again)
    assert (checked.rules is None) == bool(checked.faults)
    for fault in checked.faults:
        assert fault.number < max(1, len(drafting.rows_of(again, fault.kind))), fault


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_rule_set_goes_through_the_form_unchanged(name: str) -> None:
    source = points.shipped()[name]
    data = drafting.load(source)
    for kind in ("head", *drafting.LISTS):
        tables = [drafting.write(kind, drafting.read(kind, one), one) for one in drafting.rows_of(data, kind)]
        data = (
            {**tables[0], **{k: data[k] for k in drafting.LISTS if k in data}}
            if kind == "head"
            else ({**data, kind: tables} if tables else data)
        )
    before, after = points.parse(source).rules, points.parse(drafting.emit(data)).rules
    assert before is not None and after is not None
    assert replace(before, hash="") == replace(after, hash="")
    assert not drafting.differences(before, after)
    for kind in ("head", *drafting.LISTS):
        for number in range(len(drafting.rows_of(data, kind))):
            alone = drafting.alone(data, kind, number)
            assert alone is not None and all(wording.one_of(alone, kind)), (kind, number)


def test_every_work_can_be_chosen() -> None:
    assert {f"work-{work}" for work in WORKS} == set(drafting.WORK)
    assert set(drafting.WORK) < set(drafting.whats_for("workers"))


def test_a_change_of_the_choice_takes_its_conditions_along() -> None:
    lesson = {"id": "a", "source": "system", "on": "module-completed", "when": {"hours_at_least": "0.5"}}
    row = {**drafting.read("rule", lesson), "what": "quiz"}
    assert drafting.write("rule", row, lesson)["when"] == {"passed": True}
    row |= {"what": "organised", "effect": "deducts", "worth": "3"}
    written = drafting.write("rule", row, lesson)
    assert (written["source"], written["worth"]) == ("organised", -3) and "when" not in written


def _checked(**rule: Any) -> drafting.Checked:
    data = drafting.load(points.shipped()["municipal-2026"])
    data["rule"][2] |= rule
    return drafting.check(data)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"cap": "many"}, "cap"),
        ({"worth": "0.123"}, "worth"),
        ({"category": "nowhere"}, "category"),
        ({"on": "daily-login"}, "what"),
        ({"source": "declared", "on": "act-confirmed", "text": "每日签到一次"}, "text"),
        ({"source": "declared", "on": "act-confirmed", "act": "sign-in", "when": {}}, "act"),
        ({"worth": -2}, "worth"),
        ({"text_en": ""}, "text_en"),
        ({"limit": "often"}, "limit"),
        ({"photos": True}, ""),
    ],
)
def test_a_fault_stands_at_its_field(rule: dict[str, Any], field: str) -> None:
    found = _checked(**rule)
    assert found.rules is None
    assert ("rule", 2, field) in {(one.kind, one.number, one.field) for one in found.faults}, found.faults


def test_differences_say_what_is_added_removed_and_changed() -> None:
    source = points.shipped()["municipal-2026"]
    data = drafting.load(source)
    old = points.parse(source).rules
    data["base"] = 70
    data["rule"] = [{**data["rule"][0], "cap": 9}, *data["rule"][2:]]
    data["category"] = [*data["category"], {"id": "more", "title": "其他", "title_en": "Other"}]
    new = points.parse(drafting.emit(data)).rules
    assert old is not None and new is not None
    found = {(one.kind, one.id): one for one in drafting.differences(old, new)}
    removed = old.rules[1].id
    assert {key: one.change for key, one in found.items()} == {
        ("head", ""): "changed",
        ("rule", old.rules[0].id): "changed",
        ("category", "more"): "added",
        ("rule", removed): "removed",
    }
    head = found["head", ""]
    assert head.before is not None and head.after is not None
    assert "60" in head.before[0] and "70" in head.after[0] and "70" in head.after[1]


def _begun(world: World, name: str = "municipal-2026") -> str:
    with transaction():
        return drafting.begin(
            world.general[0], points.shipped()[name], actor_id=world.people["committee"], at=AT
        )


def _row(draft_id: str, kind: drafting.Kind, number: int) -> tuple[drafting.Row, str]:
    table = drafting.rows_of(drafting.draft(draft_id).data, kind)[number]
    return drafting.read(kind, table), drafting.digest(table)


def test_two_tabs_lose_nothing(app: Flask) -> None:
    """Another row may be saved meanwhile; the same one may not, and neither may be lost."""
    world = build()
    draft_id = _begun(world)
    by = {"actor_id": world.people["committee"], "at": AT}
    row, base = _row(draft_id, "rule", 0)
    other, other_base = _row(draft_id, "rule", 1)
    with transaction():
        first = drafting.save_row(draft_id, "rule", 0, {**row, "worth": "4"}, base=base, **by)
    with transaction():
        second = drafting.save_row(draft_id, "rule", 1, {**other, "worth": "5"}, base=other_base, **by)
    assert (first.revision, second.revision) == (2, 3)
    with pytest.raises(Conflict) as refused, transaction():
        drafting.save_row(draft_id, "rule", 0, {**row, "worth": "6"}, base=base, **by)
    assert refused.value.code == "row-changed"
    with transaction():  # the same once more, as after a double tap
        again = drafting.save_row(draft_id, "rule", 0, {**row, "worth": "4"}, base=base, **by)
    assert again.revision == 3
    assert [_row(draft_id, "rule", number)[0]["worth"] for number in (0, 1)] == ["4", "5"]


def test_rows_are_added_moved_and_removed(app: Flask) -> None:
    world = build()
    draft_id = _begun(world)
    by = {"actor_id": world.people["committee"], "at": AT}
    with transaction():
        number = drafting.add_row(draft_id, "rule", **by)
    row, base = _row(draft_id, "rule", number)
    assert drafting.check(drafting.draft(draft_id).data).of("rule", number), "a new rule has no wording yet"
    with transaction():
        drafting.move_row(draft_id, "rule", number, base=base, **by)
    assert _row(draft_id, "rule", number - 1)[0] == row
    with pytest.raises(Conflict), transaction():
        drafting.remove_row(draft_id, "rule", number, base=base, **by)
    with transaction():
        drafting.remove_row(draft_id, "rule", number - 1, base=base, **by)
    assert drafting.check(drafting.draft(draft_id).data).rules is not None
    with pytest.raises(Conflict), transaction():
        drafting.save_row(draft_id, "rule", 99, row, base=base, **by)


def test_rules_go_along_with_the_new_name_of_their_category(app: Flask) -> None:
    world = build()
    draft_id = _begun(world)
    row, base = _row(draft_id, "category", 0)
    with transaction():
        saved = drafting.save_row(
            draft_id, "category", 0, {**row, "id": "renamed"}, base=base, actor_id=world.committee, at=AT
        )
    assert drafting.check(saved.data).rules is not None


def test_a_file_with_faults_is_taken_in_and_one_that_is_none_is_not(app: Flask) -> None:
    world = build()
    with transaction():
        draft_id = drafting.begin(
            world.general[0],
            'id = "x"\nbase = "sixty"\n[[rule]]\non = "daily-login"\nphotos = 3\n',
            actor_id=world.committee,
            at=AT,
        )
    checked = drafting.check(drafting.draft(draft_id).data)
    assert {one.problem.code for one in checked.faults} >= {"amount", "refused-login", "refused-photos"}
    for text in ("base = = 3", "rule = 5", "x" * (drafting.MAX_SOURCE + 1)):
        with pytest.raises(Invalid), transaction():
            drafting.begin(world.general[0], text, actor_id=world.committee, at=AT)


def _adopt(
    draft_id: str, world: World, *, note: str = "试行一年", revision: int = 1, without: bool = True
) -> Any:
    with transaction():
        return drafting.adopt(
            draft_id,
            note=note,
            revision=revision,
            without_run=without,
            actor_id=world.people["committee"],
            at=AT,
        )


def test_adopting_leaves_a_version_with_who_when_and_why(app: Flask) -> None:
    world = build()
    draft_id = _begun(world)
    for refused in ({"note": " "}, {"without": False}):
        with pytest.raises(Invalid):
            _adopt(draft_id, world, **refused)
    with pytest.raises(Conflict):
        _adopt(draft_id, world, revision=7)
    made = _adopt(draft_id, world)
    assert (made.number, made.note, made.made_by, made.made_at) == (
        1,
        "试行一年",
        world.people["committee"],
        AT,
    )
    assert points.rules_of(made.hash).id == "municipal-2026"
    events = audit.events([world.people["committee"]], limit=1)
    assert [event.action for event in events] == ["rule-set-adopted"]
    with pytest.raises(NotFound):
        drafting.draft(draft_id)
    again = _begun(world)
    with pytest.raises(Conflict):
        _adopt(again, world)
    row, base = _row(again, "head", 0)
    with transaction():
        drafting.save_row(again, "head", 0, {**row, "base": "70"}, base=base, actor_id=world.committee, at=AT)
    second = _adopt(again, world, revision=2)
    assert second.number == 2 and drafting.before(second) == made
    assert [one.number for one in drafting.versions_for([world.general[0]])] == [2, 1]
    assert not drafting.versions_for([world.general[1]])


def test_faults_keep_a_draft_from_being_adopted(app: Flask) -> None:
    world = build()
    draft_id = _begun(world)
    with transaction():
        drafting.add_row(draft_id, "rule", actor_id=world.committee, at=AT)
    with pytest.raises(Invalid):
        _adopt(draft_id, world, revision=2)


def test_throwing_away_what_somebody_else_saved_is_refused(app: Flask) -> None:
    world = build()
    draft_id = _begun(world)
    with pytest.raises(Conflict), transaction():
        drafting.discard(draft_id, revision=0)
    with transaction():
        drafting.discard(draft_id, revision=1)
    with pytest.raises(NotFound):
        drafting.draft(draft_id)
