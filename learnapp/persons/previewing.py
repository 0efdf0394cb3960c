"""What joining two accounts would do, before anybody decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from learnapp import ledger, plans
from learnapp.persons import rules
from learnapp.persons.merging import hour_rules, singles
from learnapp.persons.queries import blockers


@dataclass(frozen=True)
class MergePreview:
    """What a merge would do. `given` and `kept` are how many achievements count in each stream, `carried` how many
    of them would come over, `both` those that the other account has as well, `steps` other entries on the way,
    `stays` entries that stay with the given-up account. Hours are hundredths: those that would come over, and those
    that the ceilings of days cut. `blockers` are codes of `rules.BLOCKERS`."""

    given: int
    kept: int
    carried: int
    both: tuple[ledger.Entry, ...]
    steps: int
    stays: int
    hours: int
    cut: int
    blockers: tuple[str, ...]

    @property
    def after(self) -> int:
        """How many achievements the account that goes on would have."""
        return self.kept + self.carried


def merge_preview(given_id: str, kept_id: str, *, today: date, zone: str) -> MergePreview:
    """What giving one account up for the other would do."""
    given, kept = ledger.entries_after(given_id, 0), ledger.entries_after(kept_id, 0)
    plan = rules.carry(
        given,
        kept,
        {},
        hour_rules=hour_rules(),
        usual=plans.hour_rule(),
        zone=zone,
        next_seq=len(kept) + 2,
        single=singles(given),
    )
    copies, counted = plan.copies, ledger.effective(given)
    carried = sum(rules.achieved(one.kind, one.data) for one in copies)
    by_seq = {entry.seq: entry for entry in given}
    both = tuple(by_seq[one.seq] for one in plan.both if rules.achieved(one.kind, one.data))
    return MergePreview(
        given=sum(rules.achieved(one.kind, one.data) for one in counted),
        kept=sum(rules.achieved(one.kind, one.data) for one in ledger.effective(kept)),
        carried=carried,
        both=both,
        steps=len(copies) - carried,
        stays=len(counted) - len(copies) - len(plan.both),
        hours=sum(int(one.data.get("hours", 0)) for one in copies),
        cut=plan.cut,
        blockers=tuple(blockers(given_id, kept_id, today)),
    )
