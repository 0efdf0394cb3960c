"""A quiz with every kind that has several places, and with the settings of the others. What must stay hidden
carries SECRET, or is one of the words in HIDDEN."""

from __future__ import annotations

from pathlib import Path

from learnapp import catalogue
from learnapp.db import transaction
from learnapp.media import Store
from tests.catalogue.folders import PNG
from tests.conftest import AT
from tests.quiz.quizzes import SECRET

SLUG = "every-kind"
HIDDEN = (SECRET, "right", "accept", "geheim", "73.19", "penalty_hundredths")

_BODIES = {
    "matching": """
kind = "matching"
stem = "下面的会议一般多长时间开一次？"
hint = "有两种会议开得一样勤。"
penalty = 0.25
pairs = [
  { left = "支部党员大会", right = "每季度1次" },
  { left = "党支部委员会会议", right = "每月1次" },
  { left = "党小组会", right = "每月1次" },
]
distractors = ["每年1次"]""",
    "listed": """
kind = "matching"
stem = "把做法和理由连起来。"
pairs = [
  { left = "名单不发到群里", right = "困难户的姓名、证件号码属于个人信息，只给经办的人看" },
  { left = "签到由另一人确认", right = "自己记的事情，不能自己确认" },
]
distractors = ["这样**更快**，可以少跑一趟"]""",
    "ordering": """
kind = "ordering"
partial = true
stem = "入户走访一般按什么顺序进行？"
items = ["查看名单和上次记录", "敲门，说明来意", "问近况，听困难，不催促", "当面说清下一步由谁办、什么时候回话"]""",
    "cloze": f"""
kind = "cloze"
stem = "把这句话补全。"
text = "{{{{1}}}}一般每月召开{{{{2}}}}次，每次不超过{{{{4}}}}，由{{{{3}}}}召集并**主持**。"
blanks = [
  {{ accept = ["{SECRET} 党小组会", "党小组会"] }},
  {{ value = 73.19, unit = "次" }},
  {{ options = [ {{ text = "党小组组长", right = true }}, {{ text = "支部书记" }}, {{ text = "组织委员" }} ] }},
  {{ value = 1, unit = "小时", units = [ {{ unit = "分钟", factor = "1/60" }} ] }},
]""",
    "measure": """
kind = "numeric"
stem = "一堂党课分 3 节，每节 40 分钟，一共多长时间？"
value = 73.19
tolerance = 0.01
unit = "小时"
units = [ { unit = "分钟", factor = "1/60" } ]""",
    "penalty": """
kind = "multiple"
stem = "看图：下面哪些可以发到居民群里？![一块公告板，上面贴着停水通知](board.png)"
partial = true
penalty = 0.5
options = [
  { text = "停水通知", right = true },
  { text = "志愿活动的时间和地点", right = true, feedback = "geheim feedback" },
  { text = "![一张带姓名的名单](list.png)", feedback = "geheim feedback" },
]""",
    "case": """
kind = "case"
points = 4
stem = "社区党支部周三晚上集中学习，19:00 开始，20:30 结束，实到 31 人。按每学时 45 分钟记录。"
hint = "先算一共多少分钟。"
[[question.parts]]
id = "hours"
kind = "numeric"
stem = "每人记多少学时？"
value = 73.19
unit = "学时"
[[question.parts]]
id = "who"
kind = "single"
stem = "谁来确认这次记录？"
options = [ { text = "记录员本人" }, { text = "另一名党员", right = true, feedback = "geheim feedback" } ]
explanation = "geheim 小题解析"
[[question.parts]]
id = "then"
kind = "ordering"
points = 2
stem = "记录员按什么顺序做？"
items = ["核对签到名单", "填写时间、内容和人数", "请另一人确认"]""",
}


def source() -> str:
    """The TOML file: every question once, in the order of the file."""
    head = f'id = "{SLUG}"\ntitle = "各种题型"\ntitle_en = "Every kind"\nminutes = 15\nshuffle = false\n'
    return head + "".join(
        f'\n[[question]]\nid = "{name}"\nexplanation = "{SECRET} 解析 {name}"{body}\n'
        for name, body in _BODIES.items()
    )


def publish(folder: Path, pictures: dict[str, bytes] | None = None) -> catalogue.Quiz:
    """Publishes the quiz in the present application's database and returns its version."""
    shown = pictures or {"board.png": PNG, "list.png": PNG + b"list"}
    files = {f"{SLUG}/{path}": data for path, data in shown.items()}
    reading = catalogue.read_files("quiz", SLUG, {f"{SLUG}.toml": source().encode(), **files})
    assert reading.definition is not None and not reading.problems, reading.problems
    with transaction():
        published = catalogue.publish(
            reading.definition, actor_id="0" * 32, at=AT, store=Store(folder / "media")
        )
    return catalogue.quiz_version(published.hash)
