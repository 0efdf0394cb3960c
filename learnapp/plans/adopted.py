"""Study rules that committees adopted: which hold for whom on a day, and adopting others.

The nearest unit above a member that has decided on rules decides; where none has, the shipped rules hold. Texts
are immutable and kept in the process under their hash, so that asking for a member's rules costs one look, and
none where a statement asks for the hash on its way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)

from learnapp import audit, branches
from learnapp.db import db, table_of
from learnapp.errors import N_, Invalid
from learnapp.plans.models import StudyRuleText, StudyRuleUse
from learnapp.plans.parsing import digest_of, parse_study_rules
from learnapp.plans.rules import StudyRules, Target, Use, check_start, targets_for
from learnapp.plans.shipped import shipped, study_rules

_text, _use = table_of(StudyRuleText), table_of(StudyRuleUse)
_later = _use.alias()
_membership, _path = table_of(branches.Membership), table_of(branches.BranchPath)
_DAY: BindParameter[date] = bindparam("rules_on", type_=Date())

# A decision holds on a day while its unit has no later one that has begun by then.
_HOLDS = and_(
    _use.c.valid_from <= _DAY,
    _use.c.hash.is_not(None),
    ~exists(
        select(literal(1)).where(
            _later.c.branch_id == _use.c.branch_id,
            _later.c.valid_from <= _DAY,
            or_(
                _later.c.valid_from > _use.c.valid_from,
                and_(_later.c.valid_from == _use.c.valid_from, _later.c.number > _use.c.number),
            ),
        )
    ),
)
_AT_HOME = and_(
    _membership.c.member_id == bindparam("member_id"),
    _membership.c.kind == "home",
    _membership.c.valid_from <= _DAY,
    or_(_membership.c.valid_to.is_(None), _membership.c.valid_to > _DAY),
)


def hash_of_member() -> Select[Any]:
    """A SELECT of the hash of the rules that hold for a member (`member_id`) on a day (`rules_on`), nothing where
    the shipped ones do: to run, or to stand as a column in another statement about that member."""
    return (
        select(_use.c.hash)
        .join(_path, _path.c.ancestor_id == _use.c.branch_id)
        .join(_membership, _membership.c.branch_id == _path.c.branch_id)
        .where(_AT_HOME, _HOLDS)
        .order_by(_path.c.depth)
        .limit(1)
    )


_OF_MEMBER = hash_of_member()
_DUTY = (
    select(
        _membership.c.post,
        _membership.c.member_class,
        _membership.c.branch_id,
        hash_of_member().scalar_subquery().label("hash"),
    )
    .where(_AT_HOME)
    .limit(1)
)
_TEXT = select(_text.c.text).where(_text.c.hash == bindparam("hash"))
_BY_VERSION = select(_text.c.hash).where(_text.c.version == bindparam("version"))
_depth = _path.alias()
_NEAREST = (
    select(_use.c.hash)
    .where(_use.c.branch_id.in_(bindparam("units", expanding=True)), _HOLDS)
    .order_by(
        select(func.count()).where(_depth.c.branch_id == _use.c.branch_id).scalar_subquery().desc(),
    )
    .limit(1)
)


@dataclass(frozen=True)
class Duty:
    """As what a member stands somewhere on a day, and the study rules that hold for them there."""

    post: str | None
    member_class: str
    branch_id: str | None
    rules: StudyRules

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets that fit the member, at most one a measure; none for somebody at home nowhere."""
        return targets_for(self.rules.targets, self.post, self.member_class) if self.branch_id else ()


@dataclass(frozen=True)
class Decision:
    """One decision of a unit with the rules that it adopted, None for those of the unit above."""

    use: Use
    rules: StudyRules | None
    adopted_at: datetime
    adopted_by: str


@lru_cache(maxsize=512)
def _kept(digest: str) -> StudyRules:
    return parse_study_rules(db.session.execute(_TEXT, {"hash": digest}).scalar_one())


def rules_of_hash(digest: str | None) -> StudyRules:
    """The rules with this hash, None being the shipped ones; read once a process."""
    return study_rules() if digest is None else _kept(digest)


def rules_of_version(version: str) -> StudyRules | None:
    """The rules of a version that an entry keeps; None where nobody knows it."""
    found = next((rules for rules in shipped().values() if rules.hour.version == version), None)
    if found is not None:
        return found
    digest = db.session.execute(_BY_VERSION, {"version": version}).scalar_one_or_none()
    return None if digest is None else _kept(digest)


def rules_for(ancestors: Collection[str], on: date) -> StudyRules:
    """The rules that hold in a unit on a day, given with all its ancestors, itself included."""
    if not ancestors:
        return study_rules()
    found = db.session.execute(_NEAREST, {"units": sorted(ancestors), "rules_on": on})
    return rules_of_hash(found.scalar_one_or_none())


def rules_of(member_id: str, on: date) -> StudyRules:
    """The rules that hold for a member on a day, in one query."""
    found = db.session.execute(_OF_MEMBER, {"member_id": member_id, "rules_on": on})
    return rules_of_hash(found.scalar_one_or_none())


def duty_of(member_id: str, on: date) -> Duty:
    """Post, class and study rules of a member on a day, in one query."""
    row = db.session.execute(_DUTY, {"member_id": member_id, "rules_on": on}).one_or_none()
    if row is None:
        return Duty(None, "", None, study_rules())
    return Duty(row.post, row.member_class, row.branch_id, rules_of_hash(row.hash))


def known_rules() -> Mapping[str, StudyRules]:
    """Every text of rules under which hours may have been credited, by the version that entries keep."""
    found = {rules.hour.version: rules for rules in shipped().values()}
    for row in db.session.execute(select(_text.c.hash, _text.c.text)):
        rules = parse_study_rules(row.text)
        found[rules.hour.version] = rules
    return found


def decisions(branch_ids: Collection[str]) -> list[Decision]:
    """All decisions of these units, the earliest first day first."""
    rows = db.session.execute(
        select(_use)
        .where(_use.c.branch_id.in_(sorted(branch_ids)))
        .order_by(_use.c.valid_from, _use.c.branch_id, _use.c.number)
    ).all()
    return [
        Decision(
            Use(row.branch_id, row.number, row.valid_from, row.hash),
            rules_of_hash(row.hash) if row.hash else None,
            row.adopted_at,
            row.adopted_by,
        )
        for row in rows
    ]


def adopt(
    branch_id: str,
    text: str | None,
    *,
    on: date,
    today: date,
    actor_id: str,
    at: datetime,
    address: str | None = None,
) -> Use:
    """A unit's rules from a day on, which is today or later; None takes the unit's own away, so that those of the
    unit above hold. What holds already from that day is not adopted again.

    Raises NotFound for an unknown unit, Invalid for a day that is past or a text that cannot be used.
    """
    unit = branches.unit(branch_id)
    check_start(on, today)
    digest = _keep(text) if text is not None else None
    # Two who decide at once: the second waits here for the first, and counts behind it.
    own = and_(_path.c.branch_id == branch_id, _path.c.ancestor_id == branch_id)
    db.session.execute(select(_path.c.depth).where(own).with_for_update()).one()
    before = [one.use for one in decisions([branch_id])]
    last = max((use for use in before if use.valid_from == on), key=lambda use: use.number, default=None)
    if last is not None and last.hash == digest:
        return last
    use = Use(branch_id, len(before) + 1, on, digest)
    row = {"branch_id": branch_id, "number": use.number, "valid_from": on, "hash": digest}
    db.session.execute(insert(_use), {**row, "adopted_at": at, "adopted_by": actor_id})
    audit.write(
        "study-rules-adopted",
        member_id=actor_id,
        actor_id=actor_id,
        at=at,
        subject=f"branch/{unit.id}",
        address=address,
        rules=parse_study_rules(text).hour.version if text is not None else "",
        on=on.isoformat(),
    )
    return use


def _keep(text: str) -> str:
    """Keeps a text under its hash, once. Raises Invalid."""
    rules = parse_study_rules(text)
    for target in rules.targets:
        _known(target.posts, branches.POSTS)
        _known(target.classes, branches.CLASSES)
    digest = digest_of(text)
    if db.session.execute(_TEXT, {"hash": digest}).scalar_one_or_none() is None:
        db.session.execute(insert(_text), {"hash": digest, "version": rules.hour.version, "text": text})
    return digest


def _known(values: Collection[str], words: Mapping[str, str]) -> None:
    for value in values:
        if value not in words:
            raise Invalid("unknown-who", N_("“%(value)s” is no post or class."), value=value)
