"""Believable invented names, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "尉迟", "夏侯")
_FIRST = "建志文国明晓春秀丽海永红玉小大新俊佳思雨子天学慧淑金立长振宏德世正光兴东庆云雪梅兰桂芳美静"
_SECOND = "华军平强伟芳英敏霞斌涛勇杰辉鹏刚超波宁峰磊琴萍婷娟玲艳洁莉颖倩瑶涵轩宇博凯瑞祥生林山成才良善"
# Characters outside the everyday range, as real rosters have them.
_RARE = ("喆", "翀", "犇", "燚", "堃", "玥", "旻", "䶮", "𬀩", "𣲗")


def names(seed: int) -> Iterator[str]:
    """An endless run of distinct names."""
    draw = random.Random(seed)  # noqa: S311 – people are invented, nothing is secret
    seen: set[str] = set()
    while True:
        surname = draw.choice(_COMPOUND) if draw.random() < 0.02 else draw.choice(_SURNAMES)
        roll = draw.random()
        if roll < 0.04:
            given = draw.choice(_RARE)
        elif roll < 0.2:
            given = draw.choice(_SECOND)
        else:
            given = draw.choice(_FIRST) + draw.choice(_SECOND)
        if surname + given not in seen:
            seen.add(surname + given)
            yield surname + given
