"""What a rule set may not pay for, and why. Pure.

The opinions on "formalism at the fingertips" (2023), the rules on reducing burdens (2024) and the measures
for government apps (国办函〔2026〕12号) bar these as forced functions or as a basis of appraisal. So a rule
that names one of them is refused when it is loaded, whatever else it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from learnapp.errors import N_


@dataclass(frozen=True)
class Refusal:
    """A kind of rule that is refused: the words that give it away, and the reason."""

    code: str
    words: frozenset[str]
    chinese: tuple[str, ...]
    reason: str


def _refusal(code: str, words: str, chinese: str, reason: str) -> Refusal:
    return Refusal(code, frozenset(words.split()), tuple(chinese.split()), reason)


REFUSALS = (
    _refusal(
        "login",
        "login logins logon signin checkin checkins streak streaks attendance-clock visit visits active",
        "登录 签到 打卡 活跃",
        N_("Signing in, checking in and streaks prove nothing and may not be appraised."),
    ),
    _refusal(
        "time",
        "minute minutes second seconds duration time online-time watched reading-time dwell",
        "时长 分钟 在线",
        N_("Time spent online may not be appraised; what counts is a completed lesson with its check."),
    ),
    _refusal(
        "likes",
        "like likes liked thumb thumbs vote votes voted comment comments reply replies",
        "点赞 投票 评论 留言",
        N_("Likes, votes and comments may not be appraised."),
    ),
    _refusal(
        "shares",
        "share shares shared forward forwards forwarded repost reposts retweet invite invites",
        "转发 分享 邀请",
        N_("Sharing and forwarding may not be appraised."),
    ),
    _refusal(
        "notes",
        "note notes essay-count copied handwriting word-count words",
        "笔记 心得篇数 抄写 字数",
        N_("Study notes are no proof of study and may not be counted."),
    ),
    _refusal(
        "photos",
        "photo photos picture pictures screenshot screenshots selfie track tracks location gps trace traces",
        "照片 截图 拍照 定位 轨迹 留痕",
        N_("Photos, screenshots and tracks are no proof of study and may not be asked for."),
    ),
    _refusal(
        "installs",
        "install installs installed download downloads register registered subscribe follow follows",
        "安装 下载 注册 关注",
        N_("Installing, registering and following may not be appraised."),
    ),
    _refusal(
        "score-band",
        "score scores earned percent percentage grade band bands marks rank ranking top",
        "分数 得分 分段 名次 排名",
        N_("A quiz is passed or not passed; a score, a band of scores or a rank never feeds points."),
    ),
    _refusal(
        "quota",
        "quota quotas ratio target targets elimination bottom ranked-last",
        "末位 淘汰 倒数 指标",
        N_("Quotas of participation, of points or of grades may not be set for anybody."),
    ),
    _refusal(
        "begun",
        "begun started start opened opening",
        "开始 打开",
        N_("Beginning proves nothing yet; what counts is what was completed."),
    ),
)

# A share of people who must get a bad grade is kept out wherever a grade is described.
BOTTOM = _refusal(
    "bottom-share",
    "share least bottom quota minimum min forced last",
    "",
    N_("A share of people who must get a lower grade cannot be set: people decide each grade by itself."),
)

# In the wording of an act these say that what is asked for is one of the refused kinds. Shorter than the lists
# above, since a sentence may well speak of active people or of opening a door.
_IN_WORDING: Mapping[str, tuple[str, ...]] = {
    "login": ("登录", "签到", "打卡", "log in", "logs in", "login", "sign in", "signing in", "check in"),
    "time": ("在线时长", "学习时长", "minutes online", "time online"),
    "likes": ("点赞", "投票", "likes", "upvote"),
    "shares": ("转发", "分享到", "forward", "repost"),
    "notes": ("笔记", "抄写", "study note", "handwritten"),
    "photos": ("照片", "截图", "拍照", "定位", "轨迹", "留痕", "photo", "screenshot"),
    "installs": ("安装", "下载", "注册账号", "install", "download"),
    "score-band": ("名次", "排名", "分数段", "score band", "ranking"),
}

_BY_WORD: Mapping[str, Refusal] = {word: refusal for refusal in REFUSALS for word in refusal.words}


def refusal_of(text: str) -> Refusal | None:
    """The refusal that a rule's kind, condition or evidence falls under, or None.

    Words are compared one by one and in pairs (`daily-login`, `sign_in`, `CheckIn`), Chinese ones wherever
    they stand.
    """
    parts = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower())
    pairs = [mark.join(pair) for pair in pairwise(parts) for mark in ("", "-")]
    for word in (*parts, *pairs):
        if word in _BY_WORD:
            return _BY_WORD[word]
    return next((refusal for refusal in REFUSALS if any(part in text for part in refusal.chinese)), None)


def refusal_in_wording(text: str) -> Refusal | None:
    """The refusal that the sentence of an act falls under, or None."""
    lower = text.lower()
    for refusal in REFUSALS:
        if any(part in lower for part in _IN_WORDING.get(refusal.code, ())):
            return refusal
    return None


def bottom_share(key: str) -> bool:
    """Whether a key of a grade would force somebody into it; `share_at_most` and `at_least` do not."""
    parts = re.findall(r"[a-z]+", key.lower())
    return key not in ("share_at_most", "at_least") and any(part in BOTTOM.words for part in parts)
