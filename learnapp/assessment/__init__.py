"""An assessment period from planned to closed: posting, objections, grades, and the closing that stays closed.

What entries are worth is said by `points`; here it is posted to the own branch, objected to, decided by people,
and frozen. What comes after closing is an adjustment in the next period. There is no ranking.
"""

from __future__ import annotations

__all__: list[str] = []
