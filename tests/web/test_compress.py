"""What is sent compressed, to whom, and that it comes out the same."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from learnapp.web.compress import SMALLEST, accepts_gzip, gzip_page

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PAGE = "/accounts/sign-in"


@given(st.binary(max_size=4096))
def test_a_packed_page_unpacks_to_itself(body: bytes) -> None:
    assert gzip.decompress(gzip_page(body)) == body


def test_equal_pages_have_lengths_that_tell_nothing() -> None:
    lengths = {len(gzip_page(b"the same page" * 300)) for _ in range(300)}
    assert len(lengths) > 40
    assert max(lengths) - min(lengths) <= 100


@pytest.mark.parametrize(
    ("header", "expected"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("", False), ("br", False), ("gzip;q=0", False)],
)
def test_only_who_accepts_gzip_gets_it(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected


def test_a_page_is_packed_when_accepted(client: FlaskClient) -> None:
    packed = client.get(PAGE, headers=GZIP)
    plain = client.get(PAGE)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert b"<!doctype html>" in gzip.decompress(packed.data)
    assert len(packed.data) < len(plain.data) / 2


def test_a_small_answer_stays_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={**GZIP, "Accept": "application/json"})
    assert len(answer.data) <= SMALLEST
    assert "Content-Encoding" not in answer.headers


def test_a_stylesheet_is_the_same_packed_and_plain(client: FlaskClient) -> None:
    packed = client.get("/static/css/app.css?v=1", headers=GZIP)
    plain = client.get("/static/css/app.css?v=1")
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"] == "text/css; charset=utf-8"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "immutable" in packed.headers["Cache-Control"]


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/js/app.js", headers=GZIP)
    again = client.get("/static/js/app.js", headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["css", "nowhere.css", "css/app.css/x", "%2e%2e/app.py", "..%2fapp.py"])
def test_nothing_but_static_files_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404
