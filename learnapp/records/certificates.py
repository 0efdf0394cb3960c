"""Issuing, replacing and revoking certificates, and looking them up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from learnapp import audit, catalogue, ledger
from learnapp.db import db, table_of
from learnapp.errors import N_, Conflict, Invalid, NotFound
from learnapp.records.models import Certificate, CertificateCode
from learnapp.records.rules import Line, study_record
from learnapp.records.standing import Standing, new_code, standing
from learnapp.records.templates import Template, filled, parse

REASON_LENGTH = 200
_table, _codes = table_of(Certificate), table_of(CertificateCode)


@dataclass(frozen=True)
class Issued:
    """A certificate as it was issued. Times in UTC, days in the instance's zone."""

    member_id: str
    code: str
    template: str
    template_version: str
    entry_seq: int
    entry_hash: str
    subject: str
    subject_version: str
    holder: str
    unit: str
    title: str
    title_en: str
    text: str
    text_en: str
    earned_on: date
    expires_on: date | None
    issued_at: datetime
    issued_by: str
    replaced_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str

    @property
    def revoked(self) -> bool:
        """Whether somebody revoked it."""
        return self.revoked_at is not None


@dataclass(frozen=True)
class Offer:
    """A certificate that a line of the record has earned."""

    template: Template
    line: Line


_ALL = (
    select(*(_table.c[field.name] for field in fields(Issued)))
    .where(_table.c.member_id == bindparam("of_member"))
    .order_by(_table.c.issued_at, _table.c.code)
)
_ONE = _ALL.where(_table.c.code == bindparam("of_code"))
_WHOSE = select(_codes.c.member_id).where(_codes.c.code == bindparam("of_code"))


@cache
def templates() -> tuple[Template, ...]:
    """The templates that come with the product, read once."""
    return parse((Path(__file__).parent / "data" / "certificates.toml").read_text(encoding="utf-8"))


def certificates_of(member_id: str) -> list[Issued]:
    """All certificates of a member, the oldest first."""
    return [Issued(*row) for row in db.session.execute(_ALL, {"of_member": member_id})]


def certificate(code: str) -> Issued:
    """The certificate with this code, as `normal` makes it. Raises NotFound, with the code `certificate-not-kept`
    where there was one and its holder was erased."""
    member_id = db.session.execute(_WHOSE, {"of_code": code}).scalar_one_or_none()
    values = {"of_member": member_id, "of_code": code}
    row = db.session.execute(_ONE, values).one_or_none() if member_id else None
    if member_id is not None and row is None:
        raise NotFound("certificate-not-kept", N_("This certificate is no longer kept here."))
    if row is None:
        raise NotFound("no-certificate", N_("There is no certificate with this code."))
    return Issued(*row)


def standing_of(issued: Issued, today: date, entries: Sequence[ledger.Entry] | None = None) -> Standing:
    """The one word about a certificate; `entries` are its member's whole stream, where it was read already."""
    stream = ledger.entries_after(issued.member_id, 0) if entries is None else entries
    now = next((entry.hash for entry in stream if entry.seq == issued.entry_seq), None)
    return standing(issued, today, now, voided=issued.entry_seq in ledger.voided_seqs(stream))


def offers(entries: Collection[ledger.Entry], zone: str, hidden: Collection[str] = ()) -> list[Offer]:
    """What the member whose stream this is has earned, newest first; nothing by results that are `hidden`."""
    lines = [
        line
        for year in study_record(entries, zone, hidden)
        for line in (*year.courses, *year.quizzes, *year.recognised)
    ]
    newest = sorted(lines, key=lambda line: line.seq, reverse=True)
    return [Offer(one, line) for line in newest for one in templates() if one.fits(line, exam=_exam(line))]


def _exam(line: Line) -> bool:
    return line.kind == "quiz" and catalogue.quiz_version(line.version).exam


def issue(
    member_id: str,
    template: str,
    seq: int,
    *,
    holder: str,
    unit: str,
    actor_id: str,
    at: datetime,
    zone: str,
    hidden: Collection[str] = (),
    again: bool = False,
    lists: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> str:
    """Issues the certificate that entry `seq` has earned and returns its code; where the same one is in force, its
    code. With another name or unit on it, or from another template, it replaces the one before; so it does where
    that rests on an entry which was voided since. `again` lets it be issued anew after it was revoked. `lists` are the
    titles of recognition lists in both languages, by id.

    Raises Conflict where the entry does not earn it, or it was revoked.
    """
    ledger.lock(member_id)
    entries = ledger.entries_after(member_id, 0)
    offer = next(
        (one for one in offers(entries, zone, hidden) if one.template.id == template and one.line.seq == seq),
        None,
    )
    if offer is None:
        raise Conflict("not-earned", N_("Entry %(seq)s does not earn this certificate."), seq=seq)
    new = _written(member_id, offer, _thing(offer.line, lists), holder, unit, actor_id, at)
    before = [
        one
        for one in certificates_of(member_id)
        if one.template == template and one.subject == new["subject"]
    ]
    mine = [one for one in before if one.entry_seq == seq and one.replaced_by is None]
    if not again and any(one.revoked for one in mine):
        raise Conflict("certificate-revoked", N_("This certificate was revoked. Ask your branch secretary."))
    same = next((one for one in mine if not one.revoked and _same(one, new)), None)
    if same is not None:
        return same.code
    db.session.execute(insert(_codes), {"code": new["code"], "member_id": member_id})
    db.session.execute(insert(_table), new)
    void = ledger.voided_seqs(entries)
    for old in before:
        if not old.revoked and old.replaced_by is None and (old.entry_seq == seq or old.entry_seq in void):
            _change(old, replaced_by=new["code"])
    audit.write(
        "certificate-issued",
        member_id=member_id,
        actor_id=actor_id,
        at=at,
        subject=new["subject"],
        template=template,
    )
    return str(new["code"])


def _same(one: Issued, new: dict[str, Any]) -> bool:
    names = ("holder", "unit", "template_version", "entry_hash")
    return all(getattr(one, name) == new[name] for name in names)


@dataclass(frozen=True)
class _Thing:
    """What a certificate is for, in both languages, and the number of its version; empty where it has none."""

    title: str
    title_en: str
    number: str


def _thing(line: Line, lists: Mapping[str, tuple[str, str]]) -> _Thing:
    if line.kind == "recognition":
        title, title_en = lists[line.slug]
        return _Thing(title, title_en or title, "")
    found: catalogue.Course | catalogue.Quiz = (
        catalogue.course_version(line.version)
        if line.kind == "course"
        else catalogue.quiz_version(line.version)
    )
    return _Thing(found.title, found.title_en or found.title, str(found.number))


def _written(
    member_id: str, offer: Offer, thing: _Thing, holder: str, unit: str, actor_id: str, at: datetime
) -> dict[str, Any]:
    """The row of a new certificate, with the words as they stand on the paper."""
    template, line = offer.template, offer.line
    common = {"name": holder, "unit": unit, "version": thing.number}
    day, day_en = f"{line.on.year}年{line.on.month}月{line.on.day}日", f"{line.on.day} {line.on:%B %Y}"
    return {
        "member_id": member_id,
        "code": new_code(),
        "template": template.id,
        "template_version": template.version,
        "entry_seq": line.seq,
        "entry_hash": line.hash,
        "subject": f"{line.kind}/{line.slug}",
        "subject_version": line.version,
        "holder": holder,
        "unit": unit,
        "title": template.title,
        "title_en": template.title_en,
        "text": _without_unit(filled(template.text, {**common, "thing": thing.title, "day": day})),
        "text_en": _without_unit(
            filled(template.text_en, {**common, "thing": thing.title_en, "day": day_en})
        ),
        "earned_on": line.on,
        "expires_on": template.expires(line.on),
        "issued_at": at,
        "issued_by": actor_id,
        "revoke_reason": "",
    }


def _without_unit(text: str) -> str:
    """The text without the brackets around a unit, for somebody who is at home in none."""
    return text.replace("（）", "").replace(" ()", "")


def revoke(code: str, *, reason: str, actor_id: str, at: datetime) -> Issued:
    """Revokes a certificate and writes that into the security log; returns it as it was.

    Raises NotFound, Conflict where that was done before, Invalid without a reason or with one that is longer than
    200 characters.
    """
    ledger.lock(certificate(code).member_id)
    found, words = certificate(code), reason.strip()
    if not words or len(words) > REASON_LENGTH:
        message = N_("Give the reason in at most %(most)s characters.")
        raise Invalid("revoke-reason", message, most=REASON_LENGTH)
    if found.revoked:
        raise Conflict("revoked-before", N_("This certificate was revoked before."))
    _change(found, revoked_at=at, revoked_by=actor_id, revoke_reason=words)
    audit.write(
        "certificate-revoked",
        member_id=found.member_id,
        actor_id=actor_id,
        at=at,
        subject=found.subject,
        template=found.template,
        reason=words,
    )
    return found


def _change(issued: Issued, **values: Any) -> None:
    mine = (_table.c.member_id == issued.member_id, _table.c.code == issued.code)
    db.session.execute(update(_table).where(*mine).values(**values))


def forget_certificates(member_id: str) -> int:
    """Takes a person's certificates away, for whoever erases a person; returns how many. The codes stay: they are
    random and say nothing about anybody, and whoever checks one reads that it is no longer kept."""
    gone = delete(_table).where(_table.c.member_id == member_id).returning(_table.c.code)
    return len(db.session.execute(gone).all())
