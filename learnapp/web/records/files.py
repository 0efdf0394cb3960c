"""The study record as files. Whoever takes somebody else's along stands in the security log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, json, request
from flask_babel import gettext

from learnapp import audit, guard, plans
from learnapp.clock import iso
from learnapp.db import transaction
from learnapp.errors import N_, NotFound
from learnapp.web.coverage.sheet import written
from learnapp.web.doors import may, me, now, today
from learnapp.web.filters import hundredths
from learnapp.web.records.blueprint import bp
from learnapp.web.records.pages import myself
from learnapp.web.records.sheets import hours_pdf, record_pdf
from learnapp.web.records.shown import KINDS, Item, Record, YearShown, record_of

FORMAT = "learnapp-study-record/1"


def as_csv(record: Record) -> bytes:
    """All years as a table that a spreadsheet opens, with no cell that it would take for a formula."""
    return written(_rows(record))


def _rows(record: Record) -> Iterable[list[str | int]]:
    yield [gettext("Study record"), record.name, record.branch]
    yield [gettext("Made by"), me().name, iso(now())]
    yield []
    yield [
        gettext("Year"),
        gettext("Day"),
        gettext("Kind"),
        gettext("Title"),
        gettext("Course"),
        gettext("Version"),
        gettext("Study hours"),
        gettext("Mode"),
        gettext("Ledger entry"),
        gettext("Fingerprint"),
        gettext("Rule"),
    ]
    for year in record.years:
        yield from (_row(year, item) for item in year.items)
        for mode in year.modes:
            yield [year.year, "", gettext("Hours of the year"), mode.label, "", "", hundredths(mode.value)]
        for measure in year.measures:
            target = [] if measure.target is None else [hundredths(measure.target)]
            name = " · ".join([*target, measure.source] if measure.source else target)
            about = [gettext("Target: %(measure)s", measure=measure.label), name, "", ""]
            yield [year.year, "", *about, hundredths(measure.value), "", "", "", year.rules]
        share = gettext("Online study that counts as organised")
        yield [year.year, "", share, f"{year.percent}%", "", "", "", "", "", "", year.rules]
        for one in year.corrections:
            on, title = one.one.on.isoformat(), f"{one.what}: {one.reason}"
            yield [year.year, on, gettext("Correction"), title, "", "", "", "", one.one.of]


def _row(year: YearShown, item: Item) -> list[str | int]:
    line = item.line
    mode = gettext(plans.MODES[line.mode]) if line.mode else ""
    hours = hundredths(line.hours) if line.kind == "module" or line.hours else ""
    about = [
        gettext(KINDS[line.kind]),
        item.title,
        item.course,
        f"{item.version} ({line.version[:12]})" if line.version else "",
    ]
    return [year.year, line.on.isoformat(), *about, hours, mode, line.seq, line.hash, line.hour_rule]


def as_json(record: Record) -> bytes:
    """All years for programs; hours are hundredths."""
    document = {
        "format": FORMAT,
        "name": record.name,
        "branch": record.branch,
        "made_by": me().name,
        "made_at": iso(now()),
        "years": [_year(year) for year in record.years],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _year(year: YearShown) -> dict[str, Any]:
    return {
        "year": year.year,
        "hours": {mode.code: mode.value for mode in year.modes},
        "measures": [
            {
                "measure": one.measure,
                "hours": one.value,
                "target": one.target,
                "source": one.source,
                "years": [one.first, one.last],
            }
            for one in year.measures
        ],
        "hour_rules": list(year.hour_rules),
        "rules": year.rules,
        "online_counts_percent": year.percent,
        "lines": [_line(item) for item in year.items],
        "corrections": [
            {
                "entry": one.one.seq,
                "voided": one.one.of,
                "replaced_by": one.one.by,
                "on": one.one.on.isoformat(),
            }
            | {"title": one.what, "reason": one.reason}
            for one in year.corrections
        ],
    }


def _line(item: Item) -> dict[str, Any]:
    line = item.line
    found = {
        "kind": line.kind,
        "title": item.title,
        "slug": line.slug,
        "version": line.version,
        "version_number": item.number,
        "on": line.on.isoformat(),
        "entry": line.seq,
        "hash": line.hash,
    }
    if line.thing:
        found |= {"thing": line.thing, "basis": line.basis} | (
            {"until": line.until} if line.kind == "waiver" else {}
        )
    if line.kind == "module":
        found |= {"module": line.module, "course": item.course}
    if line.kind == "module" or line.hour_rule:
        found |= {"hours": line.hours, "mode": line.mode, "hour_rule": line.hour_rule}
    return found


# What can be taken along: how it is made, its type, and the end of its name.
KINDS_OF_FILE: Mapping[str, tuple[Callable[[Record], bytes], str, str]] = {
    "csv": (as_csv, "text/csv", "study-record.csv"),
    "json": (as_json, "application/json", "study-record.json"),
    "pdf": (record_pdf, "application/pdf", "study-record.pdf"),
    "hours": (hours_pdf, "application/pdf", "study-hours.pdf"),
}


def _file(record: Record, kind: str) -> Response:
    make, mimetype, name = KINDS_OF_FILE[kind]
    headers = {"Content-Disposition": f'attachment; filename="{today().isoformat()}-{name}"'}
    return Response(make(record), mimetype=mimetype, headers={**headers, "Cache-Control": "no-store"})


def _known(kind: str) -> None:
    if kind not in KINDS_OF_FILE:
        raise NotFound("no-file", N_("There is no such file."))


@bp.get("/records/file/<kind>")
@may("records.own")
def save(kind: str) -> Response:
    """The asker's own record as a file."""
    _known(kind)
    return _file(record_of(myself()), kind)


@bp.post("/records/members/<member_id>/file/<kind>")
@may("records.read")
def save_of(member_id: str, kind: str) -> Response:
    """A member's record as a file for whoever may read it, written into the security log."""
    _known(kind)
    person = guard.member_for(me(), "records.read", member_id, today())
    with transaction():
        audit.write(
            "exported",
            member_id=member_id,
            actor_id=me().member_id,
            at=now(),
            address=request.remote_addr,
            what=f"records/{kind}",
        )
    return _file(record_of(person), kind)
