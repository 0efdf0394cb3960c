"""One instance under watch: its browser, what was sent to it, and what its other people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from learnapp import catalogue, follow, questions, quiz
from learnapp.db import transaction
from learnapp.jobs import regrading
from learnapp.media import Store
from learnapp.quiz import marking
from tests.conftest import ZONE
from tests.prove.traffic_quiz import Made, Secret
from tests.prove.traffic_rules import Judge
from tests.prove.traffic_search import Answer, marks
from tests.world import World


@dataclass
class Side:
    """One instance, the browser of the member who is driven, and what was sent to it."""

    app: Flask
    folder: Path
    world: World
    made: Made | None = None
    judge: Judge | None = None
    client: FlaskClient | None = None
    member: str = ""
    ids: list[str] = field(default_factory=list)
    answers: int = 0
    bytes: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Ready for the next attempt."""
        self.ids, self.seen, self.leaks, self.answers, self.bytes = [], {}, [], 0, 0

    def send(self, at: datetime, method: str, path: str, headers: Mapping[str, str], **body: Any) -> Answer:
        """One request, whose answer is searched for marks that may not be in it."""
        assert self.client is not None and self.judge is not None and self.made is not None
        path = path.format(slug=self.made.slug, attempt=self.ids[-1] if self.ids else "none")
        sent = self.client.open(path, method=method, headers=dict(headers), **body)
        packed = sent.headers.get("Content-Encoding") == "gzip"
        answer = Answer(f"{method} {path}", sent.status_code, str(sent.headers).encode(), sent.data, packed)
        sent.close()
        self.answers, self.bytes = self.answers + 1, self.bytes + len(answer.body)
        self._look(answer, at)
        return answer

    def _look(self, answer: Answer, at: datetime) -> None:
        assert self.judge is not None and self.made is not None
        for mark in marks(answer):
            secret = self.made.secrets.get(mark)
            if secret is None:
                continue
            if self.judge.allows(mark, secret, at, book=" /drill/" in answer.request):
                self.seen[secret.need] = self.seen.get(secret.need, 0) + 1
            else:
                self.leaks.append(f"{at:%d %H:%M} {answer.request}: {secret.need} of {secret.question}")


def publish(side: Side, text: str, at: datetime) -> catalogue.Quiz:
    """Publishes a version of the quiz."""
    assert side.made is not None
    reading = catalogue.read_files("quiz", side.made.slug, {f"{side.made.slug}.toml": text.encode()})
    assert reading.definition is not None, [one.text() for one in reading.problems]
    with transaction():
        published = catalogue.publish(
            reading.definition,
            actor_id=side.world.people["trainer"],
            at=at,
            store=Store(side.folder / "media"),
        )
    return catalogue.quiz_version(published.hash)


def mark(side: Side, step: int, at: datetime) -> None:
    """Somebody marks everything that waits of this quiz: all of the first criterion, this step of the second."""
    assert side.made is not None and side.judge is not None
    marker = side.world.people["reviewer"]
    for number, name in enumerate(sorted(side.judge.held[0].paper)):
        comment = f"qzkcomment{'abcdefghijklmn'[number]}22"
        side.made.secrets[comment] = Secret(name, "comment")
        while (lot := marking.next_lot(side.made.slug, name, marker)) is not None:
            sheaf = marking.sheaf(lot, marker)
            criteria = questions.to_mark(sheaf.question, sheaf.answer)
            given_ = {}
            for one in criteria:
                level = one.levels[step] if one.levels else None
                given_[one.id] = level.points_hundredths if level else one.points_hundredths
                if level:
                    side.judge.held[0].levels.add(level.text.split()[1])
            with transaction():
                marking.mark(lot, marker, given_, comment, number=0, at=at)
    side.judge.held[0].marked = True
    with transaction():
        follow.member(side.member, at=at, zone=ZONE)


def correct(side: Side, at: datetime) -> None:
    """A trainer turns the key of the paper's true-false question round, and results are corrected."""
    assert side.made is not None and side.judge is not None
    name = next(one for one in side.judge.held[0].paper if one.startswith("true-false"))
    head, start, rest = side.made.text.partition(f'id = "{name}"')
    turned = {"answer = true": "answer = false", "answer = false": "answer = true"}
    place = min(n for key in turned if (n := rest.find(key)) >= 0)
    key = next(one for one in turned if rest.startswith(one, place))
    text = head + start + rest[:place] + turned[key] + rest[place + len(key) :]
    before = catalogue.quiz(side.made.slug)
    after = publish(side, text, at)
    plan = quiz.regrade.dry_run(before.hash, after.hash)
    if not plan.changed:
        return
    reason = "qzkreasonaa22"
    side.made.secrets[reason] = Secret(name, "reason")
    with transaction():
        quiz.regrade.confirm(
            plan, digest=plan.digest, actor_id=side.world.people["trainer"], reason=f"改 {reason}", at=at
        )
    regrading.go_on(at)
    with transaction():
        follow.member(side.member, at=at, zone=ZONE)
