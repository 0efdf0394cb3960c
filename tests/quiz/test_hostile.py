"""What a member might try who wants more time or more points than the quiz gives, and what bad programs send."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from learnapp.web.quiz import tokens
from tests.quiz.test_pages import (
    HERE,
    SESSION,
    Watch,
    me,
    question_of,
    shelf,
    started,
    taps_of,
    text_of,
    token_of,
    watch,
)

__all__ = ["me", "shelf", "watch"]


def _act(question: str, number: int = 1, **more: object) -> dict[str, object]:
    times = {"wall_ms": 1, "monotonic_ms": 1}
    return {"session": SESSION, "number": number, "question": question, "answer": "a", **times, **more}


class Trickle(io.BytesIO):
    """A body of which the end arrives long after the beginning."""

    def __init__(self, body: bytes, watch: Watch) -> None:
        super().__init__(body)
        self._watch = watch

    def readinto(self, buffer: Any) -> int:
        self._watch.at += timedelta(hours=1)
        return super().readinto(buffer)


def test_a_body_that_trickles_past_the_deadline_is_late(me: str, watch: Watch, client: FlaskClient) -> None:
    """A request counts from when all of it is here; whoever only opened it in time has not answered in time."""
    path = started(client)
    token, question = token_of(client, path), question_of(text_of(client.get(path)))
    body = json.dumps({"session": SESSION, "acts": [_act(question, answer="true")]}).encode()
    answer = client.post(
        path + "acts",
        input_stream=Trickle(body, watch),
        content_length=len(body),
        content_type="application/json",
        headers={**HERE, tokens.HEADER: token},
    )
    assert answer.status_code == 200
    assert answer.json is not None
    assert not answer.json["open"]
    assert [tap for tap in taps_of(me, path) if tap.accepted] == []


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"session":"phone0000001","acts":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"acts":' * 50_000,
        b"1" * 5_000,
        b"\xff\xfe\x00",
        b"NaN",
        b"",
    ],
    ids=["deep", "deep list", "deep object", "long number", "no text", "no number", "nothing"],
)
def test_json_that_no_page_writes_is_refused(me: str, client: FlaskClient, body: bytes) -> None:
    path = started(client)
    headers = {**HERE, tokens.HEADER: token_of(client, path)}
    answer = client.post(path + "acts", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "acts"


@pytest.mark.parametrize(
    "origin", ["http://[::1", "http://localhost.evil", "null", "", "localhost", "http://"]
)
def test_an_origin_that_is_not_this_site_is_refused(me: str, client: FlaskClient, origin: str) -> None:
    path = started(client)
    headers: dict[str, Any] = {**HERE, tokens.HEADER: token_of(client, path), "Origin": origin}
    answer = client.post(path + "acts", json={"session": SESSION, "acts": []}, headers=headers)
    assert answer.status_code == 403
