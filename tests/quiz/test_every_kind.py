"""Every kind with several places through the pages of a quiz: saved without a script, nothing given away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from learnapp import catalogue, media, questions, quiz
from learnapp.quiz import Frozen
from learnapp.web.doors import settings
from tests.catalogue.folders import PNG
from tests.quiz import all_kinds
from tests.quiz.quizzes import SECRET
from tests.quiz.test_pages import (
    EN,
    Watch,
    act,
    attempt_of,
    form_of,
    post_acts,
    seen_of,
    taps_of,
    text_of,
    watch,
)
from tests.world import World, sign_in

__all__ = ["watch"]


@pytest.fixture
def shelf(site: Flask) -> catalogue.Quiz:
    """The quiz of every kind, its pictures where the product looks for them."""
    return all_kinds.publish(settings().media_dir.parent)


@pytest.fixture
def me(watch: Watch, world: World, shelf: catalogue.Quiz, client: FlaskClient) -> str:
    """A member who is signed in."""
    sign_in(client, world.people["member"])
    return world.people["member"]


def started(client: FlaskClient) -> str:
    """The address of an attempt that was just started."""
    return str(client.post(f"/quiz/{all_kinds.SLUG}/").location)


def right_fields(found: Frozen) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Number, id and the fields of the right answer of each question of a paper."""
    bank = quiz.bank(found.quiz_version)
    for number, sheet in enumerate(found.sheets, 1):
        question = bank[sheet.question]
        page = questions.shown(question, sheet.order, questions.right_answer(question))
        yield number, sheet.question, quiz.page_fields(page)


def posted(
    client: FlaskClient, path: str, number: int, name: str, fields: dict[str, list[str]]
) -> TestResponse:
    """Fills in the form of a question and turns the page."""
    page = client.get(f"{path}?q={number}").get_data(as_text=True)
    hidden = {key: html.unescape(value) for key, value in form_of(page).items()}
    data = {f"a-{name}.{part}" if part else f"a-{name}": values for part, values in fields.items()}
    return client.post(path, data={**hidden, **data, "go": "next"})


def test_every_kind_is_answered_by_forms_alone(client: FlaskClient, me: str) -> None:
    path = started(client)
    found = attempt_of(me, path)
    for number, name, fields in right_fields(found):
        assert posted(client, path, number, name, fields).status_code == 303
        page = seen_of(text_of(client.get(f"{path}?q={number}")))
        for values in fields.values():
            assert all(f'value="{value}"' in page for value in values), (name, fields)
    before = len(taps_of(me, path))
    for number, name, fields in right_fields(found):
        posted(client, path, number, name, dict(reversed(fields.items())))
    assert len(taps_of(me, path)) == before, "turning a page that was not changed is no act"
    client.post(f"{path}submit")
    assert attempt_of(me, path).earned == found.possible
    review = text_of(client.get(f"{path}review", headers=EN))
    assert f"{len(found.sheets)} of {len(found.sheets)} right" in review


def test_fields_that_cannot_be_read_come_back_with_their_neighbours(client: FlaskClient, me: str) -> None:
    path = started(client)
    wanted = {
        "cloze": {"1": ["党小组会"], "2": ["很多"], "4": ["9"], "4.unit": ["1"]},
        "case": {"hours": ["多"], "who": ["b"]},
    }
    for number, name, _ in right_fields(attempt_of(me, path)):
        if name in wanted:
            answer = posted(client, path, number, name, wanted[name])
            assert answer.status_code == 422
            page = seen_of(text_of(answer))
            for part, (value,) in wanted[name].items():
                chosen = rf'<(?:input|option)[^>]* value="{value}"'
                assert re.search(rf"{chosen}[^>]* (?:selected|checked)", page) or re.search(chosen, page), (
                    part
                )
            assert 'class="error"' in page
    assert taps_of(me, path) == []


def test_nothing_of_a_key_is_in_any_byte_before_the_end(client: FlaskClient, me: str) -> None:
    path = started(client)
    found = attempt_of(me, path)
    seen = [
        text_of(client.get(address)) for address in ("/quiz/", f"/quiz/{all_kinds.SLUG}/", f"{path}overview")
    ]
    for number, name, fields in right_fields(found):
        seen.append(text_of(client.get(f"{path}?q={number}")))
        harmless = {
            part: [value for value in values if "73" not in value and SECRET not in value]
            for part, values in fields.items()
        }
        saved = post_acts(client, path, [act(number, name, harmless)])
        seen += [text_of(saved), str(saved.headers)]
        refused = post_acts(client, path, [act(number + 50, name, {"nothing": ["x"], "": ["?", "!"]})])
        assert refused.json is not None and refused.json["acts"][0][2] == "refused"
        seen.append(text_of(refused))
    traffic = "".join(seen)
    assert "看提示" in traffic or "Hint" in traffic
    for hidden in (SECRET, "73.19", *ids_of(found)):
        assert hidden not in traffic, hidden
    client.post(f"{path}submit")
    review = text_of(client.get(f"{path}review"))
    assert SECRET in review and "73.19" in review


def ids_of(found: Frozen) -> set[str]:
    """The ids by which answers and keys are stored; a page has letters and numbers of its own."""
    stored = str([questions.to_canonical(one) for one in quiz.bank(found.quiz_version).values()])
    ids = set(re.findall(r"'id': '([0-9a-f]{12})'", stored))
    assert len(ids) > 10
    return ids


def test_pictures_are_shown_and_can_be_fetched(client: FlaskClient, me: str) -> None:
    path = started(client)
    page = text_of(client.get(path))
    shown = re.findall(r'<img alt="([^"]+)" src="(/media/[0-9a-f]{64})"', page)
    assert [alt for alt, _ in shown if "公告板" in alt] and [alt for alt, _ in shown if "名单" in alt]
    for _, address in shown:
        with client.get(address) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert f"/media/{media.hash_of(PNG)}" in {address for _, address in shown}
