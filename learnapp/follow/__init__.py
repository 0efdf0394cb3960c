"""The only caller of the readers' folds.

An act is recorded and commits alone. Then the member's stream is folded into points, coverage and notices under
the member's lock, each reader keeping a mark: folding twice changes nothing, and a reader that fails undoes
neither the act nor another reader. Who is behind is found in committed rows, so nothing is lost with a
process: a sweep folds whoever has entries, a home or a plan that the marks do not know yet.
"""

from learnapp.follow.queries import behind
from learnapp.follow.service import Reader, fold, member, rebuild, stale, stale_member, sweep

__all__ = ["Reader", "behind", "fold", "member", "rebuild", "stale", "stale_member", "sweep"]
