"""Drives one attempt through the pages of two instances at once, and looks at every answer."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from learnapp import quiz
from learnapp.db import db, transaction
from learnapp.quiz import measures
from learnapp.web.quiz import tokens
from tests.conftest import ZONE
from tests.prove.traffic_quiz import Made, make
from tests.prove.traffic_rules import Held, Judge
from tests.prove.traffic_search import Answer, alike
from tests.prove.traffic_side import Side, correct, mark, publish
from tests.world import sign_in

MINUTE = timedelta(minutes=1)
HERE = {"Origin": "http://localhost", "Accept": "application/json"}
LISTS = (
    "/",
    "/quiz/",
    "/quiz/{slug}/",
    "/ledger/",
    "/points/",
    "/notices/",
    "/drill/",
    "/drill/book",
    "/drill/book.csv",
    "/drill/next",
    "/accounts/me",
)
AFTERWARDS = ("review", "receipt", "receipt.txt", "parts/a", "overview", "clock", "")


class Watch:
    """The clock of both instances."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Attempt:
    """The life of one random attempt, in both instances. What happens depends on `chances` alone."""

    def __init__(self, sides: tuple[Side, Side], watch: Watch, seed: int) -> None:
        self.sides, self.watch, self.seed = sides, watch, seed
        self.chances = random.Random(f"attempt/{seed}")
        self.slug = f"q{seed}"
        self.compared, self.loud = 0, False
        self.differences: list[str] = []
        closes = (watch.at + timedelta(hours=4)).astimezone(ZoneInfo(ZONE))
        self.closes = closes.replace(second=0)
        self.busy = self.chances.random() < 0.5
        for variant, side in enumerate(sides):
            made = make(self.slug, seed, variant, f"{closes:%Y-%m-%dT%H:%M}")
            late = timedelta(minutes=30) if self.busy else timedelta(0)
            side.made, side.judge = made, Judge(made, self.closes + late if made.closes else None)
            side.client = side.app.test_client()
            self._inside(side, self._prepare)

    def _inside(self, side: Side, work: Callable[[Side], Any]) -> Any:
        """Does something in an instance that no page does, as its people would."""
        with side.app.app_context():
            try:
                return work(side)
            finally:
                db.session.remove()

    def _prepare(self, side: Side) -> None:
        publish(side, side.made.text if side.made else "", self.watch.at)
        side.member = side.world.person("张三", f"p{self.seed}", side.world.branch[0])
        assert side.client is not None
        sign_in(side.client, side.member)

    @property
    def made(self) -> Made:
        assert self.sides[0].made is not None
        return self.sides[0].made

    # Requests in both -----------------------------------------------------------------------------------

    def both(self, method: str, path: str, **body: Any) -> list[Answer]:
        """The same request to both; where nothing that depends on a key may be seen, the same answer."""
        headers = {"Accept-Language": self.chances.choice(["zh", "en"])}
        if self.chances.random() < 0.3:
            headers["Accept-Encoding"] = "gzip"
        found = []
        for side in self.sides:
            extra, sent = dict(headers), dict(body)
            if sent.pop("scripted", False):
                extra |= {**HERE, tokens.HEADER: self._token(side)}
            found.append(side.send(self.watch.at, method, path, extra, **sent))
        self._compare(found)
        return found

    def _token(self, side: Side) -> str:
        with side.app.app_context():
            return tokens.attempt_token(side.member, side.ids[-1])

    def _compare(self, found: Sequence[Answer]) -> None:
        assert self.sides[0].judge is not None
        self.loud = self.loud or not self.sides[0].judge.quiet(self.watch.at)
        if self.loud:
            return
        self.compared += 1
        one, two = (alike(answer) for answer in found)
        if one != two:
            place = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
            told = f"{one[max(place - 60, 0) : place + 60]!r} ≠ {two[max(place - 60, 0) : place + 60]!r}"
            self.differences.append(f"{self.seed} {self.watch.at:%d %H:%M} {found[0].request}: {told}")

    # The story ------------------------------------------------------------------------------------------

    def run(self) -> None:
        """From before the start until everything has been shown that will be."""
        self.look()
        self.start()
        self.answer()
        self.end()
        self.watch.at += MINUTE
        self.look()
        if self.chances.random() < 0.7:
            self.mark()
            self.look()
        if self.chances.random() < 0.3:
            self.again("practice" if self.made.practice and not self.made.exam else "")
        self.watch.at += 11 * MINUTE
        self.look()
        if self.chances.random() < 0.3:
            self.correct()
            self.look()
        if not self.made.closes:
            return
        self.others()
        for minutes in (-1, 1, 31):
            self.watch.at = self.closes + minutes * MINUTE
            self.look()

    def look(self) -> None:
        """Every page that may speak of the quiz."""
        for path in LISTS:
            self.both("GET", path)
        if self.sides[0].ids:
            for name in AFTERWARDS:
                self.both("GET", f"/quiz/attempts/{{attempt}}/{name}")
            self.both("GET", "/drill/{slug}/true-false-0/")

    def start(self, **data: str) -> bool:
        """Begins; both papers are drawn from the same chances."""
        seed = f"{self.chances.getrandbits(256):064x}"
        with patch.object(secrets, "token_hex", lambda size=32: seed if size == 32 else "0" * size * 2):
            found = self.both("POST", "/quiz/{slug}/", data=data)
        for side, answer in zip(self.sides, found, strict=True):
            place = answer.headers.decode().partition("/quiz/attempts/")[2]
            if not place:
                return False
            side.ids.append(place.split("/")[0])
            assert side.judge is not None
            sheets = self._inside(side, _latest).sheets
            side.judge.held.append(Held({sheet.question: sheet.section for sheet in sheets}))
        self.sheets = sheets
        return True

    def answer(self) -> None:
        """Looks at every question and answers most of them, section by section."""
        chosen: dict[str, Sequence[str]] = {}
        for side in self.sides:
            assert side.judge is not None
            side.judge.held[-1].chosen = chosen
        for section in self.made.sections or ("",):
            if section and section != self.made.sections[0]:
                self._enter(section)
            for number, sheet in enumerate(self.sheets, 1):
                if sheet.section == section:
                    self.watch.at += timedelta(seconds=20)
                    self.both("GET", f"/quiz/attempts/{{attempt}}/?q={number}")
                    chosen[sheet.question] = self._answer(number, sheet)
        self.both("GET", "/quiz/attempts/{attempt}/overview")
        self.both("GET", "/quiz/attempts/{attempt}/clock")
        for page in ("left", "back"):
            self.both("POST", "/quiz/attempts/{attempt}/leaves", scripted=True, json={"page": page})
        self.look()

    def _enter(self, section: str) -> None:
        self.both("POST", "/quiz/attempts/{attempt}/section", data={"section": section})
        for side in self.sides:
            assert side.judge is not None
            side.judge.held[-1].entered = section
        self.both("GET", "/quiz/attempts/{attempt}/parts/a")

    def _answer(self, number: int, sheet: quiz.Sheet) -> Sequence[str]:
        """Sends an act for the question, and one that cannot be read; returns the ids of chosen options."""
        fields, chosen = given(self.chances, sheet)
        acts = [
            {"session": "phone0000001", "number": number * 10 + place, "question": sheet.question}
            | {"answer": answer, "wall_ms": number, "monotonic_ms": number}
            for place, answer in enumerate(({"nothing": ["?"], "": ["!", "?"]}, fields))
        ]
        if self.chances.random() < 0.15:
            acts, chosen = acts[:1], ()
        body = {"session": "phone0000001", "acts": acts}
        self.both("POST", "/quiz/attempts/{attempt}/acts", scripted=True, json=body)
        return chosen

    def end(self) -> None:
        """Hands in, or lets the clock do it."""
        if self.made.minutes and self.chances.random() < 0.3:
            self.watch.at += timedelta(minutes=self.made.minutes, hours=1)
        self.both("POST", "/quiz/attempts/{attempt}/submit")
        for side in self.sides:
            assert side.judge is not None
            found = self._inside(side, _latest)
            assert found.ended_at is not None
            side.judge.held[-1].ended = found.ended_at

    def again(self, practice: str) -> None:
        """A second attempt or practice, where there may be one, handed in as it is."""
        if self.start(**({"practice": "1"} if practice else {})):
            self.both("GET", "/quiz/attempts/{attempt}/")
            self.end()
            self.look()

    # What others do -------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Somebody marks what the member wrote."""
        step = self.chances.randrange(3)
        for side in self.sides:
            self._inside(side, partial(mark, step=step, at=self.watch.at))

    def correct(self) -> None:
        """A trainer turns the key of a true-false question round, and results are corrected."""
        for side in self.sides:
            self._inside(side, partial(correct, at=self.watch.at))

    def others(self) -> None:
        """Somebody else has until half an hour after the closing time."""
        if not self.busy:
            return
        for side in self.sides:
            self._inside(side, self._extra)

    def _extra(self, side: Side) -> None:
        with transaction():
            measures.override(
                side.world.members[1][0],
                self.slug,
                closes_at=self.closes + 30 * MINUTE,
                reason="Strom weg",
                actor_id=side.world.people["trainer"],
                at=self.watch.at,
            )


def _latest(side: Side) -> quiz.Frozen:
    return quiz.attempt(side.member, side.ids[-1])


def given(chances: random.Random, sheet: quiz.Sheet) -> tuple[dict[str, list[str]], Sequence[str]]:
    """An answer in the page's terms, and the options of the definition that it chooses."""
    kind, order = sheet.question.rsplit("-", 1)[0], sheet.order
    letter = "abcd"[chances.randrange(2)]
    places = {name: str(place) for place, name in enumerate(sorted(order), 1)}
    if kind in ("single", "either"):
        return {"": [letter]}, [order["abcd".index(letter)]]
    if kind == "multiple":
        letters = chances.sample("abcd", chances.randint(1, 4))
        return {"": letters}, [order["abcd".index(one)] for one in letters]
    made: dict[str, dict[str, list[str]]] = {
        "true-false": {"": [chances.choice(["true", "false"])]},
        "numeric": {"": ["12.5"]},
        "blank": {"": ["某某会"]},
        "cloze": {"1": ["某"], "2": ["7"], "3": [letter], "4": [letter]},
        "matching": {str(n): [chances.choice("abcd")] for n in (1, 2, 3)},
        "ordering": {one: [places[name]] for one, name in zip("abcd", order, strict=False)},
        "short": {"": ["我会先问近况。"]},
        "essay": {"": ["第一段。\n第二段。"]},
        "case": {"n": ["3"], "e": [letter], "w": ["我会再去一次。"]},
    }
    inner = [name.partition("/")[2] for name in order if name.startswith("e/")]
    return made[kind], [inner["ab".index(letter)]] if kind == "case" else ()
