"""The study record and the hours statement as PDF, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
from flask.testing import FlaskClient

from learnapp import accounts, ledger
from learnapp.db import db, new_id, transaction
from tests.conftest import AT
from tests.study.shelf import put
from tests.world import World, sign_in


@pytest.mark.parametrize(("language", "heading"), [("zh", "㛃䶮的学习档案"), ("en", "Study record of 㛃䶮")])
def test_the_record_on_paper(world: World, client: FlaskClient, language: str, heading: str) -> None:
    member, version = world.people["member"], put().hash
    for year in range(2):
        at = AT - timedelta(days=365 * year)
        event = ledger.ModuleCompleted("doors", "before", version, "b" * 64, 20, 50, "rule@1", "online")
        with transaction():
            ledger.record(
                event, member_id=member, uid=new_id(), occurred_at=at, at=at, recorder=member, source="study"
            )
    with transaction():
        db.session.get_one(accounts.Account, member).name = "㛃䶮"
    sign_in(client, member)
    client.set_cookie("lang", language)
    entry = ledger.entry(member, 1)
    for kind in ("pdf", "hours"):
        answer = client.get(f"/records/file/{kind}")
        assert answer.mimetype == "application/pdf"
        document = pypdfium2.PdfDocument(answer.get_data())
        text = "".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        assert "㛃䶮" in text
        assert "2025" in text
        assert "U+" not in text
        if kind == "pdf":
            assert heading in text
            assert entry.hash[:16] in text
