"""Certificates: what a member has earned and holds, taking one, revoking one, and the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as Answer

from learnapp import assessment, branches, guard, ledger, records
from learnapp.db import transaction
from learnapp.errors import N_, AppError, Conflict, Forbidden, Invalid
from learnapp.records import Issued, Standing
from learnapp.web.doors import in_language, language, may, me, now, settings, today
from learnapp.web.records.blueprint import bp
from learnapp.web.records.certificate_paper import certificate_pdf
from learnapp.web.records.shown import Told, day_words, item, told_of
from learnapp.web.records.verify import checked

STANDINGS: dict[Standing, str] = {
    "valid": N_("Valid"),
    "expired": N_("Expired"),
    "replaced": N_("Replaced by a newer one"),
    "revoked": N_("Revoked"),
    "void": N_("The entry behind it was voided"),
    "altered": N_("The ledger does not prove it"),
}


@dataclass(frozen=True)
class Held:
    """A certificate of the member, how it stands, and whether its paper may be printed."""

    issued: Issued
    stands: Standing
    title: str
    text: str

    @property
    def printable(self) -> bool:
        """A paper that would say what does not hold is not made."""
        return self.stands in ("valid", "expired")


@dataclass(frozen=True)
class Earned:
    """A certificate that can be issued: its kind, what it is for, and the entry that earned it."""

    template: str
    seq: int
    title: str
    thing: str


@dataclass(frozen=True)
class Certificates:
    """What a page shows of a member's certificates, and what the asker may do about them."""

    held: Sequence[Held]
    earned: Sequence[Earned]
    may_issue: bool
    may_revoke: bool


def certificates(person: branches.Person, told: Told) -> Certificates:
    """The member's certificates and what they have earned besides."""
    found = records.certificates_of(person.member_id)
    held = [
        Held(
            one,
            records.standing_of(one, today(), told.entries),
            in_language(one.title, one.title_en),
            in_language(one.text, one.text_en),
        )
        for one in found
    ]
    taken = {(one.issued.template, one.issued.entry_seq) for one in held}
    earned = [
        Earned(
            offer.template.id,
            offer.line.seq,
            in_language(offer.template.title, offer.template.title_en),
            item(offer.line).title,
        )
        for offer in records.offers(told.entries, settings().zone, told.hidden)
        if (offer.template.id, offer.line.seq) not in taken
    ]
    above = branches.ancestors(person.branch_id) if person.branch_id else ()
    member_id = person.member_id
    return Certificates(
        held[::-1],
        earned,
        may_issue=guard.permits(me(), "records.certify", member_id=member_id, ancestors=above),
        may_revoke=member_id != me().member_id
        and guard.permits(me(), "records.revoke", member_id=member_id, ancestors=above),
    )


def _back(member_id: str) -> Answer:
    own = member_id == me().member_id
    address = url_for("records.mine") if own else url_for("records.of", member_id=member_id)
    return redirect(f"{address}#certificates", 303)


def lists_of(member_id: str) -> dict[str, tuple[str, str]]:
    """The titles of the recognition lists that a member stands on, by id."""
    entries = ledger.entries_after(member_id, 0)
    return assessment.recognition.titles({one.data["listing"] for one in entries if one.kind == "recognised"})


@bp.post("/records/members/<member_id>/certificates")
@may("records.certify")
def issue(member_id: str) -> Answer:
    """Issues what an entry has earned; a second tap finds what the first one made. A branch secretary may issue
    anew what was revoked."""
    person = guard.member_for(me(), "records.certify", member_id, today())
    hidden = told_of(member_id).hidden
    try:
        with transaction():
            records.issue(
                member_id,
                request.form.get("template", ""),
                request.form.get("seq", 0, type=int),
                holder=person.name,
                unit=person.branch_name,
                actor_id=me().member_id,
                at=now(),
                zone=settings().zone,
                hidden=hidden,
                again=member_id != me().member_id,
                lists=lists_of(member_id),
            )
        flash(gettext("The certificate is issued."), "success")
    except Conflict as refused:
        flash(gettext(refused.message, **refused.params), "warning")
    return _back(member_id)


@bp.post("/records/certificates/<code>/revoke")
@may("records.revoke")
def revoke(code: str) -> Answer:
    """Revokes a certificate, with a reason that its member can read; never one's own."""
    found = records.certificate(records.normal(code))
    guard.member_for(me(), "records.revoke", found.member_id, today())
    if found.member_id == me().member_id:
        raise Forbidden("own-certificate", N_("Nobody revokes their own certificate. Ask another secretary."))
    try:
        with transaction():
            records.revoke(
                found.code, reason=request.form.get("reason", ""), actor_id=me().member_id, at=now()
            )
        flash(gettext("The certificate is revoked. Its code says so from now on."), "success")
    except (Conflict, Invalid) as refused:
        flash(gettext(refused.message, **refused.params), "warning")
    return _back(found.member_id)


@bp.get("/records/certificates/<code>/pdf")
@may("records.read")
def paper(code: str) -> Response:
    """The certificate as PDF, with a code that leads to the page which says whether it holds."""
    found = records.certificate(records.normal(code))
    guard.member_for(me(), "records.read", found.member_id, today())
    stands, proof = checked(found)
    if stands not in ("valid", "expired"):
        raise _no_paper(stands)
    address = url_for("records.verify", code=found.code, _external=True)
    data = certificate_pdf(found, address=address, proof=proof, language=language(), at=now(), day=day_words)
    headers = {
        "Content-Disposition": f'inline; filename="certificate-{found.code[:8]}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(data, mimetype="application/pdf", headers=headers)


def _no_paper(stands: Standing) -> AppError:
    message = N_("There is no paper of this certificate any more: %(state)s")
    return Conflict("no-paper", message, state=gettext(STANDINGS[stands]))
