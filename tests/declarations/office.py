"""A committee whose rules know acts: what members declare, what a branch records, a deduction and a veto."""

from __future__ import annotations

from datetime import date

from learnapp import points
from learnapp.db import transaction
from tests.conftest import AT
from tests.world import World

RULES = """
id = "acts-2026"
title = "事项积分办法"
title_en = "Points for acts"
base = 60
floor = 0

[[category]]
id = "deeds"
title = "先锋作为"
title_en = "Deeds"

[[rule]]
id = "volunteering"
category = "deeds"
source = "declared"
on = "act-confirmed"
worth = 1
limit = 2
evidence = "file-optional"
text = "参加志愿服务一次，加1分，每年最多2次。"
text_en = "Volunteering once: 1 point, at most twice a year."

[[rule]]
id = "lecture"
category = "deeds"
source = "declared"
on = "act-confirmed"
worth = 3
text = "讲一次微党课，加3分。"
text_en = "A short lecture held: 3 points."

[[rule]]
id = "award"
category = "deeds"
source = "organised"
on = "act-confirmed"
worth = 2
text = "受到表彰一次，加2分。"
text_en = "Commended once: 2 points."

[[rule]]
id = "absence"
category = "deeds"
source = "organised"
on = "act-confirmed"
worth = -5
text = "无故缺席一次，扣5分。"
text_en = "Absent once without leave: 5 points off."
"""


def open_year(world: World, *, year: int = 2026) -> str:
    """Opens a year for the whole committee; returns the period's id."""
    with transaction():
        return points.open_period(
            world.committee,
            f"{year}年度",
            title_en=f"Year {year}",
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            rule_set=points.adopt(RULES, actor_id=world.committee, at=AT),
        )
