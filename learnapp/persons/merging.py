"""Two accounts turn out to be one person: joining them, and taking that back, as entries of both streams.

Each side is a transaction of its own. The first one ends the account that is given up and is the decision; what
follows is found in committed rows and can be repeated until it is complete, so it may be broken off anywhere. What
the given-up stream gets afterwards (a corrected key, a mark, a voiding) is carried on the same way. Undoing voids
the copies and brings the account back: its own entries were never touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, update

from learnapp import accounts, audit, branches, catalogue, declarations, ledger, plans, study
from learnapp.clock import local_date
from learnapp.db import db, new_id, table_of
from learnapp.errors import N_, Conflict, Forbidden, Invalid, NotFound
from learnapp.persons import rules
from learnapp.persons.models import Carried, GivenUp
from learnapp.persons.queries import Merge, blockers, carried_of, merge_of
from learnapp.persons.rules import Copy, Fall

_given, _carried = table_of(GivenUp), table_of(Carried)
SOURCE = "merge"


def merge(given_id: str, kept_id: str, *, reason: str, actor_id: str, at: datetime, zone: str) -> str:
    """Decides that `given_id` is the same person as `kept_id`, which goes on; returns the merge's id.

    Sign-in, memberships and roles of the given-up account end now. `carry` does the rest, in the next
    transaction. Both locks are held, so that neither of two opposite decisions goes through beside the other,
    but only rows of the given-up account are written. Raises Forbidden for oneself, Conflict for one of
    `rules.BLOCKERS`, Invalid without a reason.
    """
    if actor_id in (given_id, kept_id):
        raise Forbidden(
            "own-merge", N_("Nobody joins their own account with another one. Ask somebody else.")
        )
    words = _sentence(reason)
    ledger.hold([given_id, kept_id])
    today = local_date(at, zone)
    found = blockers(given_id, kept_id, today)
    if found:
        raise Conflict(f"merge-{found[0]}", rules.BLOCKERS[found[0]])
    merge_id = new_id()
    home = branches.person(given_id, today)
    note, (seq, head) = ledger.note(given_id, words), ledger.lock(kept_id)
    ended = branches.end_everything(given_id, today, actor_id=actor_id, at=at)
    ours = accounts.close(given_id, "merged", at=at)
    before = {
        "ended": ended,
        "closed": ours,
        "home": [home.branch_id, home.member_class, home.post] if home and home.branch_id else None,
    }
    row = {
        "member_id": given_id,
        "id": merge_id,
        "kept_id": kept_id,
        "state": "standing",
        "decided_by": actor_id,
        "decided_at": at,
        "decided_on": today,
        "kept_seq": seq,
        "kept_hash": head,
        "note": note,
        "before": json.dumps(before),
    }
    db.session.execute(insert(_given), row)
    event = ledger.Merged(merge_id, "given-up", kept_id, seq, head, note)
    _record(event, given_id, f"merged/{merge_id}", actor_id, at, at)
    audit.write("accounts-merged", member_id=given_id, actor_id=actor_id, at=at, subject=f"merge/{merge_id}")
    return merge_id


def _sentence(reason: str) -> str:
    words = " ".join(reason.split())
    if not 0 < len(words) <= rules.REASON_LENGTH:
        message = N_("Give the reason in at most %(most)s characters.")
        raise Invalid("merge-reason", message, most=rules.REASON_LENGTH)
    return words


def _record(
    event: ledger.Event, member_id: str, uid: str, actor: str, occurred: datetime, at: datetime
) -> int:
    return ledger.record(
        event, member_id=member_id, uid=uid, occurred_at=occurred, at=at, recorder=actor, source=SOURCE
    )


def carry(given_id: str, merge_id: str, *, at: datetime, zone: str) -> int:
    """Brings the stream that goes on up to what the given-up one holds; returns how many entries it got. In a
    transaction of its own, as often as one likes. Does nothing for a merge that was undone."""
    found = merge_of(given_id, merge_id)
    ledger.lock(found.kept_id)
    side = carried_of(found.kept_id, merge_id)
    if found.state != "standing" or (side is not None and side.state != "standing"):
        return 0
    given = ledger.entries_after(given_id, 0)
    seq = 0
    if side is None:
        _begin(found, given, at)
    known = _copies(found)
    kept = ledger.entries_after(found.kept_id, 0)
    plan = rules.carry(
        given,
        kept,
        known,
        hour_rules=hour_rules(),
        usual=plans.hour_rule(),
        zone=zone,
        next_seq=(kept[-1].seq if kept else 0) + 1,
        single=singles(given),
    )
    for step in plan.steps:
        seq = _take(found, step, at)
        if isinstance(step, Copy):
            known[step.of] = seq
    if any(step.kind.startswith("act-") for step in plan.copies) or len(plan.copies) < len(plan.steps):
        declarations.settle(found.kept_id)
    if side is None:
        _bring_study(found, given, known, at)
    reached = given[-1].seq if given else 0
    _change(found.kept_id, merge_id, seq=reached)
    return len(plan.steps)


def _begin(found: Merge, given: list[ledger.Entry], at: datetime) -> None:
    """The first entry on the side that goes on, and the home, where only the given-up account had one."""
    kept_id = found.kept_id
    note = ledger.note(kept_id, ledger.note_text(found.given_id, found.note))
    mine = next(one for one in given if one.kind == ledger.Merged.kind and one.data["merge"] == found.id)
    event = ledger.Merged(found.id, "kept", found.given_id, mine.seq, mine.hash, note)
    _record(event, kept_id, f"merged/{found.id}", found.decided_by, found.decided_at, at)
    home_id = None
    person, home = branches.person(kept_id, found.decided_on), found.before.get("home")
    if home and person is not None and person.branch_id is None:
        home_id = _home(kept_id, home, found, at)
    row = {
        "member_id": kept_id,
        "merge_id": found.id,
        "other_id": found.given_id,
        "state": "standing",
        "seq": 0,
        "home_id": home_id,
        "brought": "{}",
        "undo_note": "",
    }
    db.session.execute(insert(_carried), row)
    audit.write(
        "accounts-merged",
        member_id=kept_id,
        actor_id=found.decided_by,
        at=found.decided_at,
        subject=f"merge/{found.id}",
    )


def _home(kept_id: str, home: list[str | None], found: Merge, at: datetime) -> str | None:
    branch_id, member_class, post = home
    assert branch_id is not None and member_class is not None
    if any(stay.kind == "home" and stay.valid_to is None for stay in branches.history(kept_id)):
        return None  # a home from a later day on stands already
    return branches.join(
        kept_id,
        branch_id,
        member_class=member_class,
        post=post,
        valid_from=found.decided_on,
        actor_id=found.decided_by,
        at=at,
    )


def _copies(found: Merge) -> dict[int, int]:
    """Which entry of the given-up stream stands as which in the other one, whether or not it still counts."""
    under = ledger.uids_under(found.kept_id, f"merge/{found.id}/")
    return {int(rest): seq for rest, seq in under.items() if rest.isdecimal()}


def _take(found: Merge, step: Copy | Fall, at: datetime) -> int:
    if isinstance(step, Fall):
        ledger.void(
            found.kept_id,
            step.seq,
            reason=step.reason,
            actor_id=found.decided_by,
            at=at,
            trace=step.trace,
        )
        return step.seq
    if step.data.get("note"):
        ledger.copy_note(found.given_id, found.kept_id, step.data["note"])
    event = ledger.event_of(step.kind, step.data)
    uid = f"merge/{found.id}/{step.of}"
    return _record(event, found.kept_id, uid, found.decided_by, step.occurred_at, at)


def _bring_study(found: Merge, given: list[ledger.Entry], known: Mapping[int, int], at: datetime) -> None:
    """The progress in lessons, and the courses that only both accounts together have completed."""
    mine, other = study.completed(found.kept_id), study.completed(found.given_id)
    copied = {entry.seq: entry for entry in ledger.entries_after(found.kept_id, 0)}
    completions = {
        f"{entry.data['course']}/{entry.data['module']}": study.Completion(
            known[entry.seq], int(copied[known[entry.seq]].data["hours"])
        )
        for entry in given
        if entry.kind == ledger.ModuleCompleted.kind and entry.seq in known
    }
    brought = study.take_over(found.kept_id, found.given_id, completions, at=at)
    _change(found.kept_id, found.id, brought=json.dumps(brought))
    entries = ledger.effective(list(copied.values()))
    done = {entry.data["course"] for entry in entries if entry.kind == ledger.CourseCompleted.kind}
    courses = {one.slug: one for one in catalogue.courses()}
    modules = {slug: [module.id for module in one.modules] for slug, one in courses.items()}
    for slug in rules.joined_courses(mine, other, modules, done):
        last = max(
            (entry.occurred_at for entry in entries if entry.subject.startswith(f"module/{slug}/")),
            default=at,
        )
        event = ledger.CourseCompleted(slug, courses[slug].hash)
        uid = f"merge/{found.id}/course/{slug}"
        _record(event, found.kept_id, uid, found.decided_by, last, at)


def _change(kept_id: str, merge_id: str, **values: object) -> None:
    mine = (_carried.c.member_id == kept_id, _carried.c.merge_id == merge_id)
    db.session.execute(update(_carried).where(*mine).values(**values))


def hour_rules() -> dict[str, plans.HourRule]:
    """The rules under which entries were credited, by the versions that they name."""
    return {version: one.hour for version, one in plans.known_rules().items()}


def singles(entries: list[ledger.Entry]) -> frozenset[str]:
    """The quizzes among these entries of which one attempt counts, the first or the last."""
    versions = {entry.data["version"] for entry in entries if entry.kind == ledger.QuizEnded.kind}
    found = set()
    for version in versions:
        try:
            quiz = catalogue.quiz_version(version)
        except NotFound:
            continue
        if quiz.settings.counts != "best":
            found.add(quiz.slug)
    return frozenset(found)


# Taking it back -----------------------------------------------------------------------------------------


def undo(given_id: str, merge_id: str, *, reason: str, actor_id: str, at: datetime, zone: str) -> None:
    """Takes a merge back on the side that goes on, after `carry`: the copies are voided, and study progress and a
    home that came over go. `give_back` does the rest, in the next transaction. Doing it again changes nothing.

    Raises Forbidden for oneself, Conflict where one of both was erased since or nothing was carried yet, Invalid
    without a reason.
    """
    found = merge_of(given_id, merge_id)
    if actor_id in (given_id, found.kept_id):
        raise Forbidden(
            "own-merge", N_("Nobody joins their own account with another one. Ask somebody else.")
        )
    words = _sentence(reason)
    ledger.lock(found.kept_id)
    side = carried_of(found.kept_id, merge_id)
    if side is None:
        raise Conflict("merge-unfinished", N_("This joining is not complete yet. Try again in a moment."))
    if side.state != "standing":
        return
    if "erased" in (accounts.closed_for(given_id), accounts.closed_for(found.kept_id)):
        raise Conflict("merge-erased", N_("This person was erased, so the joining cannot be undone."))
    note = ledger.note(found.kept_id, words)
    _void_copies(found, note, actor_id, at)
    study.give_back(found.kept_id, side.brought)
    declarations.settle(found.kept_id)
    if side.home_id is not None:
        branches.end_membership(found.kept_id, side.home_id, local_date(at, zone), actor_id=actor_id, at=at)
    event = ledger.MergeUndone(merge_id, "kept", note)
    _record(event, found.kept_id, f"merge-undone/{merge_id}", actor_id, at, at)
    _change(found.kept_id, merge_id, state="undone", undone_by=actor_id, undone_at=at, undo_note=note)
    audit.write(
        "merge-undone", member_id=found.kept_id, actor_id=actor_id, at=at, subject=f"merge/{merge_id}"
    )


def _void_copies(found: Merge, note: str, actor_id: str, at: datetime) -> None:
    entries = {entry.seq: entry for entry in ledger.entries_after(found.kept_id, 0)}
    void = ledger.voided_seqs(entries.values())
    copies = sorted(ledger.uids_under(found.kept_id, f"merge/{found.id}/").values())
    for seq in copies:
        if seq not in void:
            ledger.void(found.kept_id, seq, reason="unmerged", actor_id=actor_id, at=at, trace=found.id)
    ledger.drop_notes(found.kept_id, {entries[seq].data.get("note", "") for seq in copies} - {"", note})


def give_back(given_id: str, merge_id: str, *, at: datetime) -> bool:
    """The given-up account comes back as it was: sign-in, memberships and roles. Returns whether there was
    anything to do."""
    ledger.lock(given_id)
    found = merge_of(given_id, merge_id)
    side = carried_of(found.kept_id, merge_id)
    if found.state != "standing" or side is None or side.state != "undone":
        return False
    assert side.undone_by is not None and side.undone_at is not None
    branches.bring_back(given_id, found.before["ended"], actor_id=side.undone_by, at=at)
    if found.before["closed"]:
        accounts.open_again(given_id)
    note = ledger.note(given_id, ledger.note_text(found.kept_id, side.undo_note))
    event = ledger.MergeUndone(merge_id, "given-up", note)
    _record(event, given_id, f"merge-undone/{merge_id}", side.undone_by, side.undone_at, at)
    mine = (_given.c.member_id == given_id, _given.c.id == merge_id)
    db.session.execute(update(_given).where(*mine).values(state="undone"))
    audit.write(
        "merge-undone",
        member_id=given_id,
        actor_id=side.undone_by,
        at=side.undone_at,
        subject=f"merge/{merge_id}",
    )
    return True
