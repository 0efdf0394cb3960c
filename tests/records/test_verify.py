"""From the paper to the page: the code is read back from the picture, and the page says what holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import text

from learnapp import accounts, clock, ledger, records
from learnapp.db import db, transaction
from tests.ledger.sealed import new_key, seal
from tests.records.earned import certified
from tests.study.shelf import put
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}


@pytest.fixture
def code(world: World) -> str:
    """A certificate of the member."""
    version = put().hash
    with transaction():
        return certified(world.people["member"], "doors", version)


def _sealed(folder: Path) -> None:
    new_key(folder)
    assert seal(folder) is not None


def test_not_yet_sealed_then_proved(code: str, client: FlaskClient, tmp_path: Path) -> None:
    page = client.get(f"/v/{code}", headers=EN)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "Not yet sealed" in page.text
    assert "This certificate is valid." in page.text
    _sealed(tmp_path)
    page = client.get(f"/v/{records.readable(code).upper()}", headers=EN)
    assert "Proved just now: seal 1" in page.text
    assert "Not yet sealed" not in page.text


def test_it_shows_no_more_of_the_person_than_the_paper(
    code: str, world: World, client: FlaskClient, tmp_path: Path
) -> None:
    _sealed(tmp_path)
    member = world.people["member"]
    page = client.get(f"/v/{code}", headers=EN).text
    found = records.certificate(code)
    assert str(escape(found.text_en)) in page
    assert ledger.entry(member, 1).hash[:8] in page
    assert member not in page
    assert accounts.profile(member).sign_in not in page


def test_what_does_not_hold_is_said(code: str, world: World, client: FlaskClient) -> None:
    assert client.get("/v/00000000000000000000000000").status_code == 404
    assert "Not found" in client.get("/v/nothing", headers=EN).text
    with transaction():
        ledger.void(world.people["member"], 1, reason="entered-in-error", actor_id="9" * 32, at=clock.now())
    assert "was voided" in client.get(f"/v/{code}", headers=EN).text
    with transaction():
        records.revoke(code, reason="secret reason", actor_id="9" * 32, at=clock.now())
    page = client.get(f"/v/{code}", headers=EN).text
    assert "was revoked" in page
    assert "secret reason" not in page


def test_expired_and_replaced(code: str, client: FlaskClient) -> None:
    with transaction():
        db.session.execute(text("UPDATE certificate SET expires_on = '2026-11-30'"))
    before = clock.parse_iso("2026-11-30T00:00:00.000Z")
    with patch.object(clock, "now", return_value=before):
        assert "is valid" in client.get(f"/v/{code}", headers=EN).text
    later = clock.parse_iso("2026-12-01T00:00:00.000Z")
    with patch.object(clock, "now", return_value=later):
        assert "has expired" in client.get(f"/v/{code}", headers=EN).text
    with transaction():
        db.session.execute(text("UPDATE certificate SET replaced_by = 'x'"))
    assert "was replaced" in client.get(f"/v/{code}", headers=EN).text


def test_a_rewritten_ledger_proves_nothing(
    code: str, world: World, client: FlaskClient, tmp_path: Path
) -> None:
    _sealed(tmp_path)
    with transaction():
        db.session.execute(text("DROP TRIGGER ledger_entry_no_update"))
        db.session.execute(text("UPDATE ledger_entry SET recorded_at = '2020-01-01T00:00:00.000Z'"))
    page = client.get(f"/v/{code}", headers=EN).text
    assert "does not prove this certificate" in page
    assert "Proved just now" not in page
    sign_in(client, world.people["member"])
    assert client.get(f"/records/certificates/{code}/pdf").status_code == 409


def test_too_often_is_refused_and_let_in_again(code: str, client: FlaskClient) -> None:
    start = clock.now()
    with patch.object(clock, "now", return_value=start):
        assert [client.get(f"/v/{code}").status_code for _ in range(61)] == [200] * 60 + [429]
    with patch.object(clock, "now", return_value=start + timedelta(seconds=60)):
        assert client.get(f"/v/{code}").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_code_on_the_paper_leads_to_the_page(
    site: Flask, code: str, world: World, client: FlaskClient, tmp_path: Path, language: str
) -> None:
    _sealed(tmp_path)
    sign_in(client, world.people["member"])
    client.set_cookie("lang", language)
    answer = client.get(f"/records/certificates/{code}/pdf")
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.get_data())
    page = document[0]
    words = page.get_textpage().get_text_range()
    picture = page.render(scale=2).to_pil()
    document.close()
    assert "结业证书" in words
    assert "Certificate of Completion" in words
    assert records.readable(code) in words
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == f"http://localhost/v/{code}"
    landed = client.get(read.text.removeprefix("http://localhost"), headers=EN)
    assert landed.status_code == 200
    assert ("第1号封存" if language == "zh" else "seal 1") in words


def test_a_member_takes_what_they_earned_and_the_secretary_revokes(world: World, client: FlaskClient) -> None:
    member, version = world.people["member"], put().hash
    with transaction():
        ledger.record(
            ledger.CourseCompleted("doors", version),
            member_id=member,
            uid="c",
            occurred_at=clock.now(),
            at=clock.now(),
            recorder=member,
            source="study",
        )
    sign_in(client, member)
    assert f"/records/members/{member}/certificates" in client.get("/records/").text
    for _ in range(2):
        answer = client.post(
            f"/records/members/{member}/certificates", data={"template": "course", "seq": "1"}
        )
        assert answer.status_code == 303
    db.session.rollback()
    (found,) = records.certificates_of(member)
    assert client.post(f"/records/certificates/{found.code}/revoke", data={"reason": "x"}).status_code == 403
    sign_in(client, world.people["secretary"])
    assert "revoke" in client.get(f"/records/members/{member}").text
    client.post(f"/records/certificates/{found.code}/revoke", data={"reason": "发错了人"})
    db.session.rollback()
    assert records.certificate(found.code).revoked
    assert client.get(f"/records/certificates/{found.code}/pdf").status_code == 409
    sign_in(client, member)
    assert "发错了人" in client.get("/records/").text
