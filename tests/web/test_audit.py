"""The security log as the auditor sees it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import audit
from learnapp.db import transaction
from tests.conftest import AT
from tests.world import World, sign_in

EN = {"Accept-Language": "en"}


def _text(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def _write(world: World, member_id: str, action: str = "exported", number: int = 0) -> None:
    with transaction():
        at = AT - timedelta(days=1, minutes=number)
        audit.write(action, member_id=member_id, actor_id=world.people["secretary"], at=at)


def test_the_auditor_sees_the_subtree_and_nobody_else(world: World, client: FlaskClient) -> None:
    _write(world, world.members[0][0])
    _write(world, world.members[2][0])
    sign_in(client, world.people["auditor"])
    page = _text(client.get("/audit/?action=exported", headers=EN))
    assert "Data was exported · 王芳" in page
    assert "by Secretary" in page
    assert "周婷" not in page
    assert "黄磊" not in page


def test_rows_are_in_words(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["auditor"])
    page = _text(client.get("/audit/", headers=EN))
    assert "A role was granted · Secretary" in page
    assert "Branch secretary · 社区第一党支部" in page
    assert "127.0.0.0/24" in page
    assert "127.0.0.1" not in page


def test_what_the_installation_did_is_told_from_what_nobody_knows(world: World, client: FlaskClient) -> None:
    with transaction():
        for action, actor in (("published", audit.INSTALLATION), ("sign-in-failed", "")):
            audit.write(action, member_id=world.members[0][0], actor_id=actor, at=AT)
    sign_in(client, world.people["auditor"])
    loaded = _text(client.get("/audit/?action=published", headers=EN))
    failed = _text(client.get("/audit/?action=sign-in-failed", headers=EN))
    assert "by the system" in loaded
    assert (
        "Sign-in failed · 王芳" in failed and "unknown" not in failed and "by " not in failed.split("王芳")[1]
    )


def test_the_filter_leaves_other_rows_out(world: World, client: FlaskClient) -> None:
    _write(world, world.members[0][0])
    sign_in(client, world.people["auditor"])
    page = _text(client.get("/audit/?action=exported", headers=EN))
    assert page.count('<span class="row-main">') == 1
    assert "Nothing here" in _text(client.get("/audit/?action=entry-voided", headers=EN))
    assert "Signed in" in _text(client.get("/audit/?action=nonsense", headers=EN))


def test_pages_stand_behind_each_other(world: World, client: FlaskClient) -> None:
    for number in range(120):
        _write(world, world.members[0][number % 3], number=number)
    sign_in(client, world.people["auditor"])
    address, seen = "/audit/?action=exported", 0
    for expected in (50, 50, 20):
        page = _text(client.get(address, headers=EN))
        assert page.count('<span class="row-main">') == expected
        seen += expected
        following = re.search(r'href="([^"]+)">Older rows', page)
        address = following[1] if following else ""
    assert seen == 120
    assert not address


def test_a_nonsense_place_starts_from_the_top(world: World, client: FlaskClient) -> None:
    sign_in(client, world.people["auditor"])
    assert "Signed in" in _text(client.get("/audit/?behind=nonsense", headers=EN))
