"""The pages of study as a browser without JavaScript sees them."""

from __future__ import annotations

import gzip
import re
from html import unescape
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, ledger, study
from learnapp.db import db
from tests import world as worlds
from tests.catalogue.folders import BEFORE, CHECK, COURSE
from tests.queries import count_queries
from tests.study.shelf import put

HOME = "/study/doors/before/"


@pytest.fixture
def world(site: Flask) -> worlds.World:
    return worlds.build()


@pytest.fixture
def member(world: worlds.World, client: FlaskClient) -> str:
    """A member who is signed in and reads Chinese."""
    worlds.sign_in(client, world.people["member"])
    client.set_cookie("lang", "zh")
    return world.people["member"]


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


def source() -> str:
    return catalogue.module(catalogue.course("doors").hash, "before").info.source_hash


def kinds(member: str) -> list[str]:
    """The kinds of the member's entries, read behind whatever the browser's requests have committed."""
    db.session.rollback()
    return [entry.kind for entry in ledger.entries_after(member, 0)]


def option(html: str, text: str) -> str:
    """The key under which an option stands on this member's page."""
    found = re.search(rf'value="([a-z])"[^>]*>(?:(?!value=).)*?{text}', html, re.S)
    assert found, text
    return found[1]


def test_the_journey_through_a_module(client: FlaskClient, member: str) -> None:
    put()
    html = page(client, HOME)
    assert "出门之前" in html and "带什么" in html
    assert "记下来才算数" not in html  # the explanation
    posted = client.post(f"{HOME}sections/带什么")
    assert posted.status_code == 303
    assert unquote(posted.headers["Location"]) == f"{HOME}#问什么"
    posted = client.post(f"{HOME}sections/问什么")
    assert posted.headers["Location"] == f"{HOME}#check"
    html = page(client, HOME)
    wrong = {"source": source(), "what": option(html, "喇叭"), "how-many": "4"}
    answer = client.post(f"{HOME}check", data=wrong)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "记下来才算数" in text and f"{HOME}#check" in text
    assert "no-store" not in answer.headers["Cache-Control"], "the back button can show it again"
    assert kinds(member) == ["study-begun"]
    right = {"source": source(), "what": option(html, "笔记本"), "how-many": "３"}
    for _ in range(2):  # the second is a double tap
        answer = client.post(f"{HOME}check", data=right)
        assert answer.status_code in (200, 303)
    assert kinds(member) == ["study-begun", "module-completed"]
    assert client.get(f"{HOME}check").headers["Location"] == f"{HOME}#check"  # reloaded, or language changed
    html = page(client, HOME)
    assert "/study/doors/at-the-door/" in html and "check#check" not in html


def test_keys_and_explanations_stay_away_before_answering(client: FlaskClient, member: str) -> None:
    put({"01-before.check.toml": CHECK.replace("value = 3", "value = 317")})
    html = page(client, HOME)
    form = html[html.index('id="check"') :]
    assert "317" not in form and "记下来" not in form and "三步。" not in form
    assert "option-right" not in form and "option-review" not in form


def test_a_gap_comes_back_with_what_was_answered(client: FlaskClient, member: str) -> None:
    put()
    answer = client.post(f"{HOME}check", data={"source": source(), "how-many": "3"})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert 'value="3"' in html and "记下来才算数" not in html


def test_a_check_of_an_older_text_is_asked_again(client: FlaskClient, member: str) -> None:
    put()
    old = source()
    put({"01-before.check.toml": CHECK.replace("喇叭", "旗子")})
    answer = client.post(f"{HOME}check", data={"source": old, "what": "a", "how-many": "3"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}#check")


def test_double_posts_are_harmless(client: FlaskClient, member: str) -> None:
    put()
    for _ in range(3):
        assert client.post(f"{HOME}sections/带什么").status_code == 303
    assert kinds(member) == ["study-begun"]


def test_a_section_that_is_gone_is_explained(client: FlaskClient, member: str) -> None:
    put()
    answer = client.post(f"{HOME}sections/没有的")
    assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
    assert 'class="message message-warning"' in page(client, HOME)
    assert kinds(member) == []


def test_a_waiting_module_says_what_comes_first(client: FlaskClient, member: str) -> None:
    put()
    html = page(client, "/study/doors/at-the-door/")
    assert "先问好" not in html and f'href="{HOME}"' in html
    assert "出门之前" in page(client, "/study/doors/")
    answer = client.post("/study/doors/at-the-door/sections/怎样开口")
    assert answer.status_code == 303
    assert kinds(member) == []


def test_english_is_shown_where_there_is_a_twin(client: FlaskClient, member: str) -> None:
    put({"course.toml": COURSE.replace('"fixed"', '"free"')})
    client.set_cookie("lang", "en")
    html = page(client, HOME)
    assert "Before you go" in html and "What do you take?" in html and "出门之前" not in html
    assert "在门口" in page(client, "/study/doors/at-the-door/")
    assert client.post(f"{HOME}sections/带什么").status_code == 303
    client.set_cookie("lang", "zh")
    done = study.standing(member, "doors").of("before").sections
    assert done == ("带什么",)
    assert page(client, HOME).count('action="/study/doors/before/sections/') == 1


def test_the_lists_lead_to_the_first_unfinished_section(client: FlaskClient, member: str) -> None:
    put()
    assert f'href="{HOME}"' in page(client, "/study/doors/")
    client.post(f"{HOME}sections/带什么")
    for path in ("/study/", "/study/doors/"):
        assert f"{HOME}#问什么" in unquote(page(client, path))


def test_the_old_version_stays_as_it_was(client: FlaskClient, member: str) -> None:
    first = put()
    client.post(f"{HOME}sections/带什么")
    client.post(f"{HOME}sections/问什么")
    html = page(client, HOME)
    client.post(f"{HOME}check", data={"source": source(), "what": option(html, "笔记本"), "how-many": "3"})
    put({"01-before.md": BEFORE.replace("问近况", "问困难")})
    assert "问困难" in page(client, HOME)
    assert f"{HOME}v/{first.hash}" in page(client, HOME)
    old = page(client, f"{HOME}v/{first.hash}")
    assert "问近况" in old and "问困难" not in old and "sections/" not in old
    page(client, f"/study/doors/nothing/v/{first.hash}", 404)
    page(client, f"/study/other/before/v/{first.hash}", 404)
    page(client, f"{HOME}v/{'0' * 64}", 404)


def test_what_does_not_exist_is_not_found(client: FlaskClient, member: str) -> None:
    page(client, "/study/nothing/", 404)
    put()
    page(client, "/study/doors/nothing/", 404)
    assert client.post("/study/doors/nothing/sections/x").status_code == 404
    assert client.post("/study/nothing/before/check").status_code == 404


def test_an_empty_shelf_is_explained(client: FlaskClient, member: str) -> None:
    assert 'class="empty"' in page(client, "/study/")


def test_pages_ask_the_database_little(client: FlaskClient, member: str) -> None:
    put()
    for path, most in (("/study/", 2), ("/study/doors/", 2), (HOME, 2)):
        page(client, path)  # fills the cache of immutable versions
        db.session.rollback()
        with count_queries() as sent:
            page(client, path)
        assert len(sent) <= most, (path, sent)


def test_the_first_visit_is_small(client: FlaskClient, member: str) -> None:
    """The page itself; style, script and icons are weighed by the tests of the look."""
    put({"01-before.md": BEFORE + "\n为了更准，再问一问。" * 600})
    body = client.get(HOME, headers={"Accept-Encoding": "identity"}).data
    assert len(gzip.compress(body, 6)) < 12_000
    assert len(re.findall(rb"<(?:link|script)[^>]+(?:href|src)=", body)) <= 3


def test_a_picture_is_served_as_what_it_is(client: FlaskClient, member: str) -> None:
    put()
    address = re.search(r'src="(/media/[0-9a-f]{64})"', page(client, HOME))
    assert address
    answer = client.get(address[1])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()
    page(client, f"/media/{'0' * 64}", 404)
    page(client, "/media/nothing", 404)
