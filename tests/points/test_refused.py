"""Every kind of rule that may not be is refused when a set is loaded, with its line and its reason."""

from __future__ import annotations

import pytest

from learnapp import points
from learnapp.points.parsing import parse
from learnapp.points.refusals import BOTTOM, REFUSALS

HEAD = """\
id = "set"
title = "办法"
title_en = "Rules"
base = 60

[[category]]
id = "k"
title = "类"
title_en = "Category"

"""
ACT = """\
[[rule]]
id = "meeting"
category = "k"
source = "organised"
worth = 1
text = "参加会议"
text_en = "Took part in a meeting"
"""
GRADE = """\
[[grade]]
id = "best"
title = "优秀"
title_en = "Excellent"
at_least = 90
share_at_most = "1/3"

[[grade]]
id = "last"
title = "不合格"
title_en = "Not qualified"
at_least = 0

"""
# For each forbidden kind: an act by that name, and a wording that asks for it under a harmless name.
FORBIDDEN = {
    "login": ("daily-login", "每日登录平台，加1分"),
    "time": ("online-time", "在线时长每满一小时，加1分"),
    "likes": ("likes", "为文章点赞，加1分"),
    "shares": ("forward", "转发文章到群，加1分"),
    "notes": ("notes", "撰写学习笔记，每篇加1分"),
    "photos": ("photo", "上传活动照片，加1分"),
    "installs": ("installed", "下载并安装应用，加1分"),
    "score-band": ("score-band", "测验得分排名靠前，加1分"),
}


def codes(text: str) -> list[str]:
    """The codes of all problems."""
    return [problem.code for problem in parse(text, "set.toml").problems]


def test_the_examples_below_are_whole() -> None:
    assert codes(HEAD + GRADE + ACT) == []
    rule = parse(HEAD + ACT).rules
    assert rule is not None and rule.rules[0].act == "meeting" and rule.rules[0].second
    assert {refusal.code for refusal in REFUSALS} - {"quota", "begun"} == FORBIDDEN.keys()


@pytest.mark.parametrize("kind", sorted(FORBIDDEN))
def test_a_forbidden_kind_is_refused_under_its_name_and_under_another(kind: str) -> None:
    reason = next(refusal.reason for refusal in REFUSALS if refusal.code == kind)
    name, wording = FORBIDDEN[kind]
    as_entry = ACT.replace('source = "organised"', f'source = "system"\non = "{name}"')
    as_act = ACT.replace("worth", f'act = "{name}"\nworth')
    in_words = ACT.replace("参加会议", wording)
    for text in (as_entry, as_act, in_words):
        found = [problem for problem in parse(HEAD + text).problems if problem.code == f"refused-{kind}"]
        assert found and found[0].message == reason and found[0].line >= 11


@pytest.mark.parametrize("evidence", ["photo", "screenshots", "照片", "notes", "gps track"])
def test_evidence_that_may_not_be_asked_for(evidence: str) -> None:
    found = codes(HEAD + ACT.replace("worth", f'evidence = "{evidence}"\nworth'))
    assert found in (["refused-photos"], ["refused-notes"])


def test_a_file_may_be_added_and_never_demanded() -> None:
    assert codes(HEAD + ACT.replace("worth", 'evidence = "file-optional"\nworth')) == []
    assert codes(HEAD + ACT.replace("worth", 'evidence = "file"\nworth')) == ["evidence"]
    module = ACT.replace('source = "organised"', 'source = "system"\non = "course-completed"')
    assert codes(HEAD + module.replace("worth", 'evidence = "file-optional"\nworth')) == ["evidence"]


@pytest.mark.parametrize(
    "key",
    ["share_at_least = 0.1", 'bottom_share = "1/10"', "minimum = 2", 'forced_share = "1/3"', "quota = 1"],
)
def test_a_bottom_share_cannot_be_configured(key: str) -> None:
    text = HEAD + GRADE.replace("at_least = 0", f"at_least = 0\n{key}") + ACT
    problem = parse(text).problems[0]
    assert (problem.code, problem.message, problem.line) == ("refused-bottom-share", BOTTOM.reason, 23)


def test_only_the_best_grade_has_a_share_and_grades_go_down() -> None:
    second = HEAD + GRADE.replace("at_least = 0", 'at_least = 0\nshare_at_most = "1/3"') + ACT
    assert codes(second) == ["grade-share"]
    assert codes(HEAD + GRADE.replace("at_least = 0", "at_least = 95") + ACT) == ["grades"]
    assert codes(HEAD + GRADE.replace('"1/3"', '"4/3"') + ACT) == ["share"]
    assert codes(HEAD + GRADE.replace('"1/3"', "0.3") + ACT) == ["share"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("worth = 1", "worth = 0", "nothing"),
        ('source = "organised"', 'source = "hearsay"', "kind"),
        ('source = "organised"', 'source = "system"\non = "act-confirmed"', "source"),
        ("worth = 1", "worth = 1\nsecond = false", "second-person"),
        ("worth = 1", 'worth = 1\nact = "Party Day"', "act-code"),
        ("worth = 1", "worth = 1\nlimit = 0", "times"),
        ("worth = 1", "worth = 1\nlimit = true", "times"),
        ("worth = 1", "worth = 1\nveto = true", "veto-worth"),
        ("worth = 1", "worth = 1\nminimum_participation = 3", "key"),
        ("worth = 1", "worth = 1\nquota = 3", "refused-quota"),
        ("worth = 1", "worth = 1\ntarget = 3", "refused-quota"),
        ("worth = 1", "worth = 1\nper_minute = 1", "refused-time"),
        ("worth = 1", "worth = 1\nscore_band = 90", "refused-score-band"),
        ('source = "organised"\nworth = 1', 'source = "declared"\nworth = "-1"', "deduction"),
        ('source = "organised"\nworth = 1', 'source = "declared"\nveto = true', "veto"),
        ("worth = 1", "worth = 1\nwhen = { passed = true }", "condition"),
        ('id = "meeting"', 'id = "daily-login"', "refused-login"),
    ],
)
def test_what_an_act_may_not_say(old: str, new: str, code: str) -> None:
    assert old in ACT
    assert code in codes(HEAD + ACT.replace(old, new))


def test_a_veto_and_a_deduction_that_the_organisation_recorded_are_taken() -> None:
    assert codes(HEAD + ACT.replace("worth = 1", "veto = true")) == []
    assert codes(HEAD + ACT.replace("worth = 1", 'worth = "-2.5"')) == []


def test_one_act_has_one_rule_a_source() -> None:
    other = ACT.replace('id = "meeting"', 'id = "other"\nact = "meeting"')
    assert codes(HEAD + ACT + other) == ["twice"]
    assert codes(HEAD + ACT + other.replace("organised", "declared")) == []


def test_what_only_one_kind_of_people_is_paid_for() -> None:
    workers = HEAD.replace("base = 60", 'base = 60\npeople = "workers"')
    module = ACT.replace('source = "organised"', 'source = "system"\non = "module-completed"')
    work = ACT.replace(
        'source = "organised"', 'source = "system"\non = "work-done"\nwhen = { work = "need-met" }'
    )
    assert codes(workers + module) == ["people"] and codes(HEAD + module) == []
    assert codes(HEAD + work) == ["people"] and codes(workers + work) == []
    assert codes(workers + work.replace("need-met", "tea-made")) == ["work"]
    assert codes(HEAD.replace("base = 60", 'base = 60\npeople = "everybody"') + ACT) == ["people"]
    assert codes(HEAD.replace("base = 60", 'base = 60\nexempt = "half"') + ACT) == ["exempt"]


def test_a_class_has_words_and_only_what_is_known() -> None:
    kind = '[[class]]\nid = "mobile"\ntitle = "流动党员"\ntitle_en = "Mobile"\nbase = 50\nscored = false\n\n'
    found = parse(HEAD + kind + ACT).rules
    assert found is not None and not found.scored("mobile") and found.base_of("mobile") == 5000
    assert (found.scored("full"), found.base_of("full")) == (True, 6000)
    assert codes(HEAD + kind.replace("scored = false", "scored = 0") + ACT) == ["scored"]
    assert codes(HEAD + kind.replace('title_en = "Mobile"\n', "") + ACT) == ["words"]
    assert codes(HEAD + kind + kind + ACT) == ["twice"]


def test_what_may_be_declared_and_what_recorded() -> None:
    found = parse(points.shipped()["county-rural-2026"]).rules
    assert found is not None
    missed = next(act for act in points.acts_in(found, "organised") if act.code == "missed-meeting")
    assert (missed.worth, missed.deducts, missed.veto, missed.limit) == (500, True, False, None)
    helped = points.acts_in(found, "declared")[0]
    assert (helped.code, helped.worth, helped.deducts, helped.evidence) == (
        "volunteer",
        200,
        False,
        "file-optional",
    )
    assert helped.limit == 5
    assert [act.code for act in points.acts_in(found, "organised") if act.veto] == ["law-breach"]
