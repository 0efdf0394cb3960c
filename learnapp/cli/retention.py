"""`learnapp retention`: what has become old, and the decision that it goes."""

from __future__ import annotations

import json
from typing import Any

import click

from learnapp import audit, clock
from learnapp.cli.running import application, read_settings
from learnapp.db import db, transaction
from learnapp.persons import retention as area


@click.command()
@click.option("--confirm", "digest", metavar="DIGEST", help="Delete what the list with this digest showed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def retention(digest: str | None, as_json: bool) -> None:
    """List what has become old, by rule and with the reason; delete it when the list is confirmed.

    Without --confirm nothing is changed. With it, exactly what that list showed is deleted, member by member. If it
    is broken off, giving the same command again goes on, and so does a running server. No member is named.
    """
    settings = read_settings()
    with application():
        at = clock.now()
        if digest is None:
            document = _listed(settings.data_dir, settings.zone)
        else:
            with transaction():
                found = area.confirm(
                    settings.data_dir, digest, actor_id=audit.INSTALLATION, at=at, zone=settings.zone
                )
            area.carry_out(found, at=at)
            done = area.run(digest)
            db.session.rollback()
            document = {"digest": digest, "removed": dict(done.removed) if done else {}}
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else _text(document))


def _listed(data_dir: Any, zone: str) -> dict[str, Any]:
    found, digest = area.list_old(data_dir, at=clock.now(), zone=zone)
    rules = [
        {
            "rule": one.rule.id,
            "what": one.rule.what,
            "why": one.rule.why,
            "days": one.rule.days,
            "before": clock.iso(one.before),
            "rows": one.rows,
            "members": one.members,
            "oldest": clock.iso(one.oldest) if one.oldest else None,
        }
        for one in found
    ]
    return {"digest": digest, "rules": rules}


def _text(document: dict[str, Any]) -> str:
    if "removed" in document:
        gone = [f"  {name}: {rows}" for name, rows in sorted(document["removed"].items())]
        return "\n".join([f"{sum(document['removed'].values())} rows were deleted.", *gone])
    lines = [
        f"{one['rule']}: {one['rows']} rows of {one['members']} members, older than {one['days']} days. "
        f"{one['what']}. {one['why']}"
        for one in document["rules"]
    ]
    if any(one["rows"] for one in document["rules"]):
        lines.append(f"Nothing was deleted. To delete exactly this, add: --confirm {document['digest']}")
    else:
        lines.append("Nothing is old enough to be deleted.")
    return "\n".join(lines)
