"""`learnapp quiz regrade`: what a corrected key changes, and the decision that it does."""

from __future__ import annotations

import json
from typing import Any

import click

from learnapp import audit, catalogue, clock, follow, quiz
from learnapp.cli.running import application, read_settings
from learnapp.db import db, transaction
from learnapp.errors import N_, NotFound
from learnapp.quiz.regrade import Decided, Plan


@click.command()
@click.argument("slug", metavar="QUIZ")
@click.option("--from", "first", type=int, required=True, help="The version that was answered.")
@click.option("--to", "last", type=int, required=True, help="The version whose keys are right.")
@click.option("--confirm", "digest", metavar="DIGEST", help="Do what the dry run with this digest showed.")
@click.option(
    "--reason", default="", help="What was corrected, in a sentence; the members concerned read it."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; amounts are hundredths.")
def regrade(slug: str, first: int, last: int, digest: str | None, reason: str, as_json: bool) -> None:
    """Mark the attempts at one version of QUIZ by the keys of another one.

    Without --confirm nothing is changed: it says how many results would change, and the digest that stands for
    exactly this. With it, every result is corrected, the ledger gets a correcting entry, points follow and each
    member finds a notice. If it is broken off, giving the same command again goes on, and so does a running
    server. No member is named.
    """
    with application():
        plan = quiz.regrade.dry_run(_version(slug, first), _version(slug, last))
        if digest is None:
            document = _planned(plan)
        else:
            db.session.rollback()
            with transaction():
                found = quiz.regrade.confirm(
                    plan, digest=digest, actor_id=audit.INSTALLATION, reason=reason, at=clock.now()
                )
            document = _carried_out(found)
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else _text(document))


def _version(slug: str, number: int) -> str:
    found = [one.hash for one in catalogue.versions("quiz", slug) if one.number == number]
    if not found:
        raise NotFound("no-version", N_("There is no such version."))
    return found[0]


def _planned(plan: Plan) -> dict[str, Any]:
    shifts = {name: plan.shifts[name] for name in plan.shifts}
    return {
        "quiz": plan.quiz,
        "from": plan.from_version,
        "to": plan.to_version,
        "digest": plan.digest,
        "attempts": plan.total,
        "members": plan.members,
        "open": plan.open,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "newly_passed": plan.newly_passed,
        "no_longer_passed": plan.no_longer_passed,
        "passed": list(plan.passed),
        "corrections": [
            {
                "question": one.before.id,
                "what": list(one.what),
                "more": shifts[one.before.id].more if one.before.id in shifts else 0,
                "less": shifts[one.before.id].less if one.before.id in shifts else 0,
            }
            for one in plan.comparison.corrections
        ],
        "kept": [one.id for one in plan.comparison.kept],
    }


def _carried_out(found: Decided) -> dict[str, Any]:
    """Corrects member after member; the points follow each at once."""
    at, zone, after = clock.now(), read_settings().zone, ""
    while members := quiz.regrade.members_left(found.id, after=after):
        db.session.rollback()
        for member_id in members:
            with transaction():
                quiz.regrade.correct(found.id, member_id, at=at)
            with transaction():
                follow.member(member_id, at=at, zone=zone)
        after = members[-1]
    db.session.rollback()
    with transaction():
        quiz.regrade.complete(found.id, at=at)
    done = quiz.regrade.progress(quiz.regrade.decided(found.id))
    return {"quiz": found.quiz, "trace": found.id, "changed": done.changed, "left": done.left}


def _text(document: dict[str, Any]) -> str:
    if "trace" in document:
        return f"{document['changed']} results changed, {document['left']} left. Trace {document['trace']}."
    lines = [
        f"{document['attempts']} ended attempts of {document['members']} members: {document['changed']} change, "
        f"{document['newly_passed']} newly passed, {document['no_longer_passed']} no longer passed.",
        f"{document['open']} running attempts end under the new keys.",
    ]
    lines += [
        f"  {one['question']}: {', '.join(one['what'])}; {one['more']} answers earn more, {one['less']} less"
        for one in document["corrections"]
    ]
    lines += [f"  {name}: asks something else now, so its old key stays" for name in document["kept"]]
    lines.append(f'Nothing was changed. To do it, add: --confirm {document["digest"]} --reason "…"')
    return "\n".join(lines)
