"""What is new in a rule set, in sentences of both languages. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from learnapp.points.drafting.rows import Kind
from learnapp.points.drafting.wording import Pair, Part, every
from learnapp.points.rules import RuleSet


@dataclass(frozen=True)
class Difference:
    """Something that was added (nothing `before`), removed (nothing `after`) or changed, each as a sentence in
    Chinese and in English."""

    kind: Kind
    id: str
    before: Pair | None
    after: Pair | None

    @property
    def change(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def differences(old: RuleSet, new: RuleSet) -> tuple[Difference, ...]:
    """What differs, in the order of the new rule set, what was removed last. Where the order alone is another one
    nothing differs."""
    return tuple(_differences(every(old), every(new)))


def _differences(
    before: dict[tuple[Kind, str], Part], after: dict[tuple[Kind, str], Part]
) -> Iterable[Difference]:
    for key, part in after.items():
        if (was := before.get(key)) is None:
            yield Difference(*key, None, part.pair)
        elif was.value != part.value:
            yield Difference(*key, was.pair, part.pair)
    for key, part in before.items():
        if key not in after:
            yield Difference(*key, part.pair, None)
