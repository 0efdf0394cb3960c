"""The pages of the book without JavaScript."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from learnapp import clock, drill, guard, ledger
from learnapp.db import db
from tests.conftest import AT
from tests.drill.books import DAY, attempt, book, collect, named
from tests.queries import count_queries
from tests.quiz.quizzes import RIGHT, SECRET, publish
from tests.world import World, sign_in

ZH = {"Accept-Language": "zh"}


class Watch:
    """A clock that tests turn."""

    at: datetime = AT


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> type[Watch]:
    """The product's clock, standing at `AT` until a test turns it."""
    Watch.at = AT
    monkeypatch.setattr(clock, "now", lambda: Watch.at)
    return Watch


@pytest.fixture
def me(watch: Watch, site: Flask, world: World, client: FlaskClient, tmp_path: Path) -> str:
    """A member who is signed in, with a quiz of five kinds on the shelf."""
    publish(tmp_path, minutes=None, attempts=None)
    sign_in(client, world.people["member"])
    return world.people["member"]


def _page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers=ZH)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def _send(client: FlaskClient, card: drill.Card, **fields: object) -> TestResponse:
    data = {"number": card.reviews, "n": 1, "of": 5, **fields}
    return client.post(f"/drill/{card.quiz}/{card.question}/", data=data, headers=ZH)


def test_an_empty_book_says_where_cards_come_from(me: str, client: FlaskClient) -> None:
    page = _page(client, "/drill/")
    assert ("还没有错题" in page and "去做测验" in page) or "/quiz/" in page
    assert "错题一分钟" not in _page(client, "/"), "and home is silent"
    assert "还没有错题" in _page(client, "/drill/book")


def test_home_shows_the_row_only_when_something_is_due(me: str, client: FlaskClient, watch: Watch) -> None:
    attempt(me)
    assert "错题一分钟" not in _page(client, "/")
    watch.at = AT + DAY
    assert "错题一分钟" in _page(client, "/"), "also before anybody has opened the book"
    assert "今天5题" in _page(client, "/drill/")


def test_opening_the_book_collects_and_names_the_next_day(me: str, client: FlaskClient) -> None:
    attempt(me)
    page = _page(client, "/drill/")
    assert "今天没有要复习的题了" in page and "11月25日" in page
    assert len(book(me)) == 5


def test_a_minute_from_the_first_card_to_the_last(me: str, client: FlaskClient, watch: Watch) -> None:
    attempt(me)
    collect(me)
    watch.at = AT + DAY
    address = re.search(r'href="(/drill/next[^"]*)"', _page(client, "/drill/"))
    assert address is not None
    following = address[1].replace("&amp;", "&")
    seen = []
    for step in range(1, 6):
        page = _page(client, following)
        assert SECRET not in page, "no key and no explanation before the answer"
        assert f"第{step}/5" in page
        card = drill.due(book(me), AT.date() + DAY)[0]
        seen.append(card.question)
        kind = card.question.rsplit("-", 1)[0]
        answer = _send(client, card, n=step, a=RIGHT[kind])
        assert answer.status_code == 303
        page = _page(client, answer.headers["Location"])
        assert f"{SECRET} 解析 {card.question}" in page and "11月27日再出现" in page
        assert "来自测验“五种题型”" in page and f"/quiz/attempts/{card.attempt_id}/review" in page
        found = re.search(r'href="(/drill/[^"]*)">(下一题|完成)', page)
        assert found is not None
        following = found[1].replace("&amp;", "&")
    assert len(set(seen)) == 5 and following == "/drill/"
    assert "今天没有要复习的题了" in _page(client, "/drill/")
    assert client.get("/drill/next").headers["Location"] == "/drill/"


def test_no_answer_and_an_unreadable_one_come_back_with_words(me: str, client: FlaskClient) -> None:
    attempt(me)
    collect(me)
    answer = _send(client, named(me, "single"))
    assert answer.status_code == 422 and "请作答" in answer.get_data(as_text=True)
    answer = _send(client, named(me, "numeric"), a="七十多吧")
    assert answer.status_code == 422
    assert 'value="七十多吧"' in answer.get_data(as_text=True), "what was typed is still there"
    assert named(me, "numeric").reviews == 1


def test_a_double_tap_and_an_old_tab_count_once(me: str, client: FlaskClient) -> None:
    attempt(me)
    collect(me)
    card = named(me, "single")
    for fields in ({"a": "b"}, {"a": "b"}, {"know": "no"}, {}):
        assert _send(client, card, **fields).status_code == 303
    assert (named(me, "single").reviews, named(me, "single").last_right) == (2, True)


@pytest.mark.parametrize(
    "fields", [{"number": "x"}, {"n": "x", "of": "-3"}, {"n": "99", "of": "99"}, {"a": "zz"}]
)
def test_odd_fields_break_nothing(me: str, client: FlaskClient, fields: dict[str, str]) -> None:
    attempt(me)
    collect(me)
    assert _send(client, named(me, "single"), **{"know": "no", **fields}).status_code == 303
    assert client.get("/drill/next?n=x&of=9999999999999999999999").status_code in (200, 303)


def test_put_away_with_undo_in_the_minute_and_in_the_book(me: str, client: FlaskClient) -> None:
    attempt(me)
    collect(me)
    card = named(me, "single")
    _send(client, card, a="a")
    base = f"/drill/{card.quiz}/{card.question}/"
    answer = client.post(f"{base}retire", data={"n": 2, "of": 5})
    page = _page(client, answer.headers["Location"])
    assert "已收起" in page and "撤销" in page and "第2/5" in page
    answer = client.post(f"{base}restore", data={"n": 2, "of": 5})
    assert "不再出现" in _page(client, answer.headers["Location"])
    answer = client.post(f"{base}retire")
    assert answer.headers["Location"] == f"/drill/book#{card.quiz}.{card.question}"
    assert "放回错题本" in _page(client, "/drill/book")


def test_the_book_as_a_file(me: str, client: FlaskClient) -> None:
    attempt(me, ("blank",))
    collect(me)
    _send(client, named(me, "numeric"), a="5")
    answer = client.get("/drill/book.csv", headers=ZH)
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][:2] == ["错题本", "王芳"]
    assert rows[2][2:5] == ["题干", "您的答案", "正确答案"]
    by_kind = {row[2].split()[1].rsplit("-", 1)[0]: row for row in rows[3:]}
    assert set(by_kind) == {"single", "multiple", "true-false", "numeric"}
    assert by_kind["numeric"][3:5] == ["5", "73.19"]
    assert by_kind["multiple"][4] == "子 / 寅"
    assert by_kind["true-false"][4] == "正确"


def test_the_pages_ask_the_database_little(me: str, client: FlaskClient, watch: Watch) -> None:
    """However many cards there are: who asks, what waits, the book."""
    attempt(me)
    collect(me)
    watch.at = AT + DAY
    for address, most in (("/drill/", 3), ("/drill/next", 2), ("/drill/book", 3)):
        client.get(address)
        with count_queries() as sent:
            client.get(address)
        assert len(sent) <= most, (address, sent)


def test_nobody_reads_another_book(me: str, world: World, client: FlaskClient) -> None:
    """No permission reaches it, and for whoever else asks the member's cards do not exist."""
    assert [(rule.role, rule.relation) for rule in guard.PERMISSIONS["drill.own"]] == [("member", "anyone")]
    attempt(me)
    collect(me)
    card = named(me, "single")
    _send(client, card, a="a")
    for role in ("secretary", "auditor", "operator", "trainer"):
        sign_in(client, world.people[role])
        for address in ("", "retire", "restore"):
            path = f"/drill/{card.quiz}/{card.question}/{address}"
            answer = client.post(path, data={"number": 2}) if address else client.get(path)
            assert answer.status_code == 404
        assert "还没有错题" in _page(client, "/drill/book")
    assert not named(me, "single").retired


def test_nothing_reaches_the_ledger(me: str, client: FlaskClient) -> None:
    attempt(me)
    before = len(ledger.entries_after(me, 0))
    db.session.rollback()
    _page(client, "/drill/")
    _send(client, named(me, "single"), a="b")
    db.session.rollback()
    assert len(ledger.entries_after(me, 0)) == before
    assert db.session.scalar(select(func.count()).select_from(drill.DrillReview)) == 6
