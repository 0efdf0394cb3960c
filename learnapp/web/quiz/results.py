"""Which results may be said already. Whoever prints one asks here: lists, the ledger, points, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext

from learnapp import catalogue, ledger, persons, questions, quiz
from learnapp.errors import N_
from learnapp.quiz import AttemptInfo
from learnapp.quiz.phases import Coming, Phase, Seen, Standing
from learnapp.web.doors import now, settings

WORDS: Mapping[Standing, str] = {
    "open": N_("Running"),
    "received": N_("Handed in, result not shown yet"),
    "pending": N_("Handed in, being marked"),
    "passed": N_("Passed"),
    "short": N_("Not passed yet"),
}
# What is shown, in the order in which it is named.
_SHOWN: Mapping[str, str] = {
    "answer": N_("your answers"),
    "mark": N_("the result"),
    "correctness": N_("which answers are right"),
    "feedback": N_("remarks on your answers"),
    "key": N_("the right answers and explanations"),
}


@dataclass(frozen=True)
class Results:
    """Attempts of one member with what may be seen of each. `fallen` are the ids of those whose entry is void."""

    attempts: tuple[AttemptInfo, ...]
    seen: Mapping[str, Seen]
    fallen: frozenset[str] = frozenset()

    def standing(self, found: AttemptInfo) -> Standing:
        """The one word about an attempt. What was passed and is void by now is passed no longer."""
        word = quiz.reviewing.standing_of(found, self.seen[found.id])
        return "short" if word == "passed" and found.id in self.fallen else word

    def void(self, found: AttemptInfo) -> bool:
        """Whether its result may be seen and does not count any more."""
        return found.id in self.fallen and self.seen[found.id].result

    @property
    def hidden(self) -> frozenset[str]:
        """The ids of attempts whose result is not shown yet: of one that was opened again not the earlier one."""
        return frozenset(one.id for one in self.attempts if not self.seen[one.id].result)

    @property
    def keyed(self) -> frozenset[str]:
        """The ids of attempts whose keys may be seen."""
        return frozenset(name for name, seen in self.seen.items() if "key" in seen.shows)

    def of(self, current: catalogue.Quiz) -> Standing | None:
        """How the member stands to a quiz by the attempts that count; None where there is none. What is shown
        as passed counts first, then what waits."""
        mine = [one for one in self.attempts if one.quiz == current.slug]
        words = [self.standing(one) for one in quiz.reviewing.counting(mine, current.settings.counts)]
        order: Sequence[Standing] = ("passed", "received", "pending", "short")
        return next((word for word in order if word in words), None)


def results(attempts: Sequence[AttemptInfo], current: Mapping[str, catalogue.Quiz] | None = None) -> Results:
    """The attempts with what may be seen of them now; `current` are their quizzes where they are known."""
    return Results(tuple(attempts), quiz.reviewing.phases_of(attempts, now(), settings().zone, current))


def fallen(attempts: Sequence[AttemptInfo]) -> frozenset[str]:
    """The ids of those attempts, all of one member, whose present entry in the ledger is void. One statement, none
    before an attempt has ended."""
    ended = {f"void/{one.entry_seq}": one.id for one in attempts if one.entry_seq is not None}
    if not ended:
        return frozenset()
    return frozenset(ended[uid] for uid in ledger.known_uids(attempts[0].member_id, ended.keys()))


def hidden_in(member_id: str, entries: Iterable[ledger.Entry]) -> frozenset[str]:
    """The ids of attempts among these entries whose result is not shown yet. Asks nothing where there are no
    quizzes among them."""
    named = {entry.data["attempt"] for entry in entries if entry.kind == ledger.QuizEnded.kind}
    if not named:
        return frozenset()
    mine = quiz.attempts(member_id)
    if not named <= {one.id for one in mine}:
        # Attempts that were made with an account which was joined with this one.
        mine = [one for account in (member_id, *persons.joined(member_id)) for one in quiz.attempts(account)]
    return results(mine).hidden & named


# In words -----------------------------------------------------------------------------------------------


def shown_words(shows: Iterable[str]) -> str:
    """What is shown, as a list in words."""
    held = set(shows)
    return str(gettext(", ")).join(gettext(text) for name, text in _SHOWN.items() if name in held)


def coming_words(seen: Seen) -> list[str]:
    """When the rest will be seen, or that it will not."""
    told = [_coming(step) for step in seen.coming]
    if seen.phase != "during" and not any(
        "key" in one for one in (seen.shows, *(c.shows for c in seen.coming))
    ):
        told.append(gettext("The right answers to this quiz are not shown."))
    return told


def _coming(step: Coming) -> str:
    what, when = shown_words(step.shows), _moment(step)
    if not step.closing:
        return str(gettext("Shown from %(when)s on: %(what)s.", when=when, what=what))
    if step.at <= now():
        return str(gettext("Shown as soon as everybody has handed in: %(what)s.", what=what))
    text = N_("Shown after the closing time, once everybody has handed in (expected on %(when)s): %(what)s.")
    return str(gettext(text, when=when, what=what))


def _moment(step: Coming) -> str:
    written: str = current_app.jinja_env.filters["moment"](step.at)
    return written


def review_words(found: catalogue.Quiz) -> list[str]:
    """What of an attempt at this quiz will be seen and when, for whoever is about to start."""
    review, closes = found.settings.review, found.settings.closes
    shows = {name: quiz.phases.shows(name, found.settings) for name in review}
    if not closes and shows["after"] == shows["later"] == questions.ALL:
        return [gettext("Afterwards every question is explained.")]
    told, known = [], frozenset[str]()
    texts: Mapping[Phase, str] = {
        "after": N_("Shown once you have handed in: %(what)s."),
        "later": N_("Shown ten minutes after that: %(what)s."),
        "closed": N_("Shown after the closing time, once everybody has handed in: %(what)s."),
    }
    for name, text in texts.items():
        more = frozenset(shows[name]) - known if name != "closed" or closes else frozenset[str]()
        if more:
            told.append(gettext(text, what=shown_words(more)))
            known |= more
    return told if "key" in known else [*told, gettext("The right answers to this quiz are not shown.")]
