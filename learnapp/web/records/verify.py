"""The page behind the code on a certificate: anybody may ask whether it holds, and what it rests on.

It says what stands on the paper and nothing more about the person. The proof is made and checked here at every
look, and only what it comes to is shown, since a proof itself shows other entries of its member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from learnapp import clock, ledger, records
from learnapp.db import snapshot
from learnapp.errors import AppError, NotFound
from learnapp.records import Issued, Standing
from learnapp.web.doors import PUBLIC, may, now, today
from learnapp.web.limits import limit
from learnapp.web.records.blueprint import bp

# A whole branch may look at its certificates from behind one address.
TIMES, SECONDS = 60, 60


@dataclass(frozen=True)
class Proof:
    """What proves an entry: a seal, when it was made, and the log of `size` seals that it is part of."""

    number: int
    made_at: datetime
    size: int
    root: str
    key_id: str


def proof_of(issued: Issued) -> Proof | None:
    """The proof that the ledger holds the certificate's entry, made and checked now; None where no seal holds it
    yet. Raises Broken where the ledger does not prove it."""
    if ledger.seal_number(issued.member_id, issued.entry_seq) is None:
        return None
    try:
        document = ledger.prove(issued.member_id, issued.entry_seq)
        told = ledger.check_proof(document).params
    except (AppError, LookupError, StopIteration) as error:
        raise ledger.Broken("unproved", "%(why)s", why=error) from None
    if document["entries"][0][-1] != issued.entry_hash:
        raise ledger.Broken("unproved", "the entry is another one")
    made_at = clock.parse_iso(str(told["made"]))
    return Proof(int(told["number"]), made_at, int(told["size"]), str(told["root"]), str(told["key"]))


def checked(issued: Issued) -> tuple[Standing, Proof | None]:
    """How the certificate stands now, and its proof. One that the ledger does not prove is `altered`, unless
    somebody revoked or replaced it before."""
    stands = records.standing_of(issued, today())
    try:
        return stands, proof_of(issued)
    except ledger.Broken:
        return (stands if stands in ("revoked", "replaced") else "altered"), None


def _page(status: int, **values: object) -> Response:
    answer = make_response(render_template("records/verify.html", at=now(), **values), status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/v/")
@may(PUBLIC)
def look_up() -> Response:
    """Where a code can be typed."""
    typed = records.normal(request.args.get("code", ""))
    if typed:
        return redirect(url_for("records.verify", code=typed), 303)
    return _page(200, code="", issued=None)


@bp.get("/v/<code>")
@may(PUBLIC)
def verify(code: str) -> Response:
    """Whether the certificate with this code holds, what it certifies, and what proves it."""
    limit("verify", now(), times=TIMES, seconds=SECONDS)
    wanted = records.normal(code)
    try:
        with snapshot():
            issued = records.certificate(wanted)
            stands, proof = checked(issued)
    except NotFound as error:
        if error.code == "certificate-not-kept":
            return _page(410, code=records.readable(wanted), issued=None, gone=True)
        return _page(404, code=code, issued=None)
    return _page(200, code=records.readable(wanted), issued=issued, stands=stands, proof=proof)
