"""Loading rule sets: everything wrong is collected with its line, and what may not pay is refused."""

from __future__ import annotations

import pytest

from learnapp import points
from learnapp.points.parsing import PAYABLE, parse
from learnapp.points.reading import Payable
from learnapp.points.refusals import refusal_of

GOOD = """\
id = "office"
title = "办法"
title_en = "Rules"
base = 60
bonus_cap = "30.5"

[[category]]
id = "study"
title = "学习"
title_en = "Study"
cap = 20

[[rule]]
id = "module"
category = "study"
source = "system"
on = "module-completed"
when = { hours_at_least = "0.5", course = ["duties", "visits"] }
worth = "2.25"
window = "month"
cap = 6
text = "学完模块"
text_en = "A module"

[[rule]]
id = "quiz"
category = "study"
source = "system"
on = "quiz-ended"
when = { passed = true }
worth = 2
window = "once"
text = "通过测验"
text_en = "A quiz passed"
"""


def _problems(old: str, new: str) -> list[tuple[str, int]]:
    assert old in GOOD
    return [(problem.code, problem.line) for problem in parse(GOOD.replace(old, new), "office.toml").problems]


def test_a_rule_set_is_read_whole() -> None:
    found = parse(GOOD)
    assert found.problems == ()
    assert found.rules is not None
    assert (found.rules.base, found.rules.floor, found.rules.bonus_cap) == (6000, 0, 3050)
    assert found.rules.categories["study"].cap == 2000
    module, quiz = found.rules.rules
    assert (module.worth, module.cap, module.window, module.once) == (225, 600, "month", False)
    assert (module.hours_at_least, module.only) == (50, {"duties", "visits"})
    assert (quiz.cap, quiz.once, quiz.passed) == (None, True, True)


def test_every_shipped_rule_set_can_be_used() -> None:
    sources = points.shipped()
    assert "municipal-2026" in sources
    for name, source in sources.items():
        parsed = parse(source, f"{name}.toml")
        assert parsed.problems == ()
        assert parsed.rules is not None and parsed.rules.id == name


def test_another_byte_is_another_rule_set() -> None:
    first, second = parse(GOOD).rules, parse(GOOD + "# a remark\n").rules
    assert first is not None and second is not None and first.hash != second.hash


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("base = 60", "base = 60\nlimit = 3", "key", 5),
        ("base = 60", "base = 0.1", "amount", 4),
        ("base = 60", "base = -1", "amount", 4),
        ('bonus_cap = "30.5"', 'bonus_cap = "0.125"', "amount", 5),
        ("base = 60", "base = 60\nfloor = 70", "floor", 5),
        ('title_en = "Rules"', "", "words", 0),
        ('id = "office"', 'id = "Büro"', "id", 1),
        ('window = "month"', 'window = "week"', "window", 20),
        ('window = "month"', 'window = ["month"]', "window", 20),
        ('"quiz"\ncategory = "study"', '"quiz"\ncategory = "x"', "category", 27),
        ('on = "module-completed"', 'on = "lecture-given"', "kind", 17),
        ('source = "system"\non = "quiz-ended"', 'source = "declared"\non = "quiz-ended"', "source", 28),
        ("when = { passed = true }", "when = { passed = false }", "passed", 30),
        ("when = { passed = true }", "", "passed", 25),
        ("when = { passed = true }", 'when = "passed"', "when", 30),
        ("when = { passed = true }", "when = { passed = true, quiz = 3 }", "only", 30),
        ("when = { passed = true }", "when = { passed = true, weather = 3 }", "condition", 30),
        ('worth = "2.25"', 'worth = "-2"', "deduction", 19),
        ('id = "quiz"', 'id = "module"', "twice", 26),
        ('text = "通过测验"', 'text = " "', "words", 33),
        ('window = "once"', 'window = "month"\nonce = 1', "once", 33),
        ("[[category]]", "[category]", "tables", 0),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert (code, line) in _problems(old, new)
    assert parse(GOOD.replace(old, new)).rules is None


def test_all_problems_are_collected() -> None:
    text = GOOD.replace("base = 60", "base = 0.1").replace('window = "month"', 'window = "week"')
    assert [problem.code for problem in parse(text).problems] == ["amount", "window"]


def test_broken_toml_is_one_problem_with_its_line() -> None:
    (problem,) = parse("id = 'x'\nbase = \n", "x.toml").problems
    assert (problem.code, problem.line) == ("toml", 2)
    assert problem.text().startswith("x.toml:2: This is not valid TOML")


def test_no_rules_at_all() -> None:
    assert [p.code for p in parse(GOOD.split("[[rule]]", maxsplit=1)[0]).problems] == ["no-rules"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("login", "login"),
        ("daily-login", "login"),
        ("check_in", "login"),
        ("CheckIn", "login"),
        ("签到", "login"),
        ("minutes-online", "time"),
        ("reading-time", "time"),
        ("在线时长", "time"),
        ("likes", "likes"),
        ("vote", "likes"),
        ("shared", "shares"),
        ("forwards", "shares"),
        ("notes-written", "notes"),
        ("学习笔记", "notes"),
        ("photo", "photos"),
        ("screenshots", "photos"),
        ("app-installed", "installs"),
        ("score-band", "score-band"),
        ("rank", "score-band"),
        ("study-begun", "begun"),
    ],
)
def test_kinds_that_may_not_pay_are_refused_with_the_reason(kind: str, code: str) -> None:
    found = parse(GOOD.replace('on = "module-completed"', f'on = "{kind}"')).problems
    assert [problem.code for problem in found if problem.code.startswith("refused")] == [f"refused-{code}"]
    refused = next(problem for problem in found if problem.code == f"refused-{code}")
    assert refused.line == 17 and len(refused.message) > 30


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("when = { passed = true }", "when = { passed = true, percent_at_least = 90 }", "score-band"),
        ("when = { passed = true }", "when = { passed = true, score = 90 }", "score-band"),
        ('hours_at_least = "0.5"', "minutes_at_least = 30", "time"),
        ('window = "month"', 'window = "month"\nevidence = "screenshot"', "photos"),
        ('window = "month"', 'window = "month"\nper_minute = true', "time"),
    ],
)
def test_conditions_and_evidence_that_may_not_be_asked_for(old: str, new: str, code: str) -> None:
    assert f"refused-{code}" in [problem.code for problem in parse(GOOD.replace(old, new)).problems]


def test_what_is_payable_is_not_refused() -> None:
    assert [refusal_of(kind) for kind in PAYABLE] == [None] * len(PAYABLE)
    assert refusal_of("hours_at_least") is None


def test_only_a_confirmed_entry_may_deduct() -> None:
    """The vocabulary is a parameter: with a kind that was recorded and confirmed by two persons, the same
    rule is taken."""
    text = GOOD.replace('worth = "2.25"', 'worth = "-2"').replace(
        'on = "module-completed"\nwhen = { hours_at_least = "0.5", course = ["duties", "visits"] }',
        'on = "duty-missed"',
    )
    text = text.replace('source = "system"\non = "duty', 'source = "organised"\non = "duty')
    confirmed = {**PAYABLE, "duty-missed": Payable(("organised",), frozenset(), confirmed=True)}
    assert parse(text, payable=confirmed).problems == ()
    doubtful = {**PAYABLE, "duty-missed": Payable(("organised",), frozenset())}
    assert [problem.code for problem in parse(text, payable=doubtful).problems] == ["deduction"]
