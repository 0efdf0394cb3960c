"""Quizzes whose every hidden text carries a mark of its own, in two versions that only differ in what is hidden."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Need = Literal["paper", "key", "feedback", "criterion", "level", "comment", "reason", "never"]
"""When a mark may be seen: on a paper, or after it with the key, feedback, marks, or a marker's comment."""

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PHASES = ("during", "after", "later", "closed")
SHOWS = ("answer", "mark", "correctness", "feedback", "key")


@dataclass(frozen=True)
class Secret:
    """Where a mark stands and what has to be shown before it may be seen. `option` is that of feedback."""

    question: str
    need: Need
    option: str = ""


@dataclass
class Made:
    """A quiz as a TOML file, and its marks. `review` is what the author lets be seen in each phase."""

    slug: str
    exam: bool
    closes: bool
    minutes: int | None
    practice: bool
    sections: tuple[str, ...]
    review: dict[str, frozenset[str]]
    text: str = ""
    secrets: dict[str, Secret] = field(default_factory=dict)


class Writer:
    """Writes the questions of one version. `open` chances decide what both versions share, `hidden` ones what
    only keys and what follows from them may depend on."""

    def __init__(self, open_: random.Random, hidden: random.Random) -> None:
        self.open, self.hidden = open_, hidden
        self.secrets: dict[str, Secret] = {}
        self.question = ""
        self.asked = True

    def mark(self, need: Need, option: str = "") -> str:
        """A new mark of the present question; letters and digits only, so that no escaping changes it."""
        source = self.open if need == "paper" else self.hidden
        made = "qzk" + "".join(source.choice(ALPHABET) for _ in range(10))
        self.secrets[made] = Secret(self.question, need if self.asked else "never", option)
        return made

    def number(self) -> int:
        """A number that is a mark."""
        made = 73519 * 10**6 + self.hidden.randrange(10**6)
        self.secrets[str(made)] = Secret(self.question, "key" if self.asked else "never")
        return made

    def options(self, count: int, rights: Sequence[int], feedback: bool = True) -> str:
        """A list of options as TOML; ids by place, so that both versions name them alike."""
        made = []
        for place in range(count):
            told = f', feedback = "再想 {self.mark("feedback", str(place + 1))}"' if feedback else ""
            right = ", right = true" if place in rights else ""
            made.append(f'{{ id = "{place + 1}", text = "选 {self.mark("paper")}"{right}{told} }}')
        return f"[ {', '.join(made)} ]"

    def rubric(self, table: str) -> str:
        """Two criteria, the second by steps."""
        levels = ", ".join(
            f'{{ text = "档 {self.mark("level")}", points = {points} }}' for points in ("1", "0.5", "0")
        )
        return (
            f'\n[[{table}.rubric]]\nid = "one"\ntext = "看 {self.mark("criterion")}"\npoints = 1\n'
            f'[[{table}.rubric]]\nid = "two"\ntext = "看 {self.mark("criterion")}"\npoints = 1\n'
            f"levels = [ {levels} ]"
        )


def _single(w: Writer) -> str:
    return f'kind = "single"\noptions = {w.options(4, [w.hidden.randrange(4)])}'


def _either(w: Writer) -> str:
    return f'kind = "single"\noptions = {w.options(2, [w.hidden.randrange(2)])}'


def _multiple(w: Writer) -> str:
    rights = w.hidden.sample(range(4), w.hidden.randint(1, 3))
    extra = w.open.choice(["", "\npartial = true", "\npartial = true\npenalty = 0.25"])
    return f'kind = "multiple"\noptions = {w.options(4, rights)}{extra}'


def _true_false(w: Writer) -> str:
    return f'kind = "true-false"\nanswer = {w.hidden.choice(["true", "false"])}'


def _numeric(w: Writer) -> str:
    return f'kind = "numeric"\nvalue = {w.number()}\ntolerance = {w.number() % 10**6 / 10**7}\nunit = "小时"'


def _blank(w: Writer) -> str:
    return f'kind = "blank"\naccept = ["{w.mark("key")}", "又 {w.mark("key")}"]'


def _cloze(w: Writer) -> str:
    three, two = w.options(3, [w.hidden.randrange(3)], False), w.options(2, [w.hidden.randrange(2)], False)
    blanks = [f'{{ accept = ["{w.mark("key")}"] }}', f"{{ value = {w.number()} }}"]
    blanks += [f"{{ options = {three} }}", f"{{ options = {two} }}"]
    text = f"甲{{{{1}}}}乙 {w.mark('paper')} {{{{2}}}}丙{{{{3}}}}丁{{{{4}}}}。"
    return f'kind = "cloze"\ntext = "{text}"\nblanks = [ {", ".join(blanks)} ]'


def _matching(w: Writer) -> str:
    lefts, rights = ([w.mark("paper") for _ in range(3)] for _ in range(2))
    other = w.mark("paper")
    w.hidden.shuffle(rights)
    pairs = ", ".join(f'{{ left = "左 {a}", right = "右 {b}" }}' for a, b in zip(lefts, rights, strict=True))
    return f'kind = "matching"\npairs = [ {pairs} ]\ndistractors = ["右 {other}"]'


def _ordering(w: Writer) -> str:
    items = [f'"步 {w.mark("paper")}"' for _ in range(w.open.choice([2, 3, 4]))]
    w.hidden.shuffle(items)
    return f'kind = "ordering"\npartial = {w.open.choice(["true", "false"])}\nitems = [ {", ".join(items)} ]'


def _written(kind: str) -> Callable[[Writer], str]:
    return lambda w: f'points = 2\nkind = "{kind}"\nmodel = "范文 {w.mark("key")}"{w.rubric("question")}'


def _case(w: Writer) -> str:
    def part(name: str, body: str) -> str:
        head = f'\n[[question.parts]]\nid = "{name}"\nstem = "小题 {w.mark("paper")}"'
        return f'{head}\nexplanation = "小解 {w.mark("key")}"\n{body}'

    written = f'points = 2\nkind = "short"\nmodel = "范 {w.mark("key")}"{w.rubric("question.parts")}'
    return 'kind = "case"' + part("n", _numeric(w)) + part("e", _either(w)) + part("w", written)


KINDS: dict[str, Callable[[Writer], str]] = {
    "single": _single,
    "either": _either,
    "multiple": _multiple,
    "true-false": _true_false,
    "numeric": _numeric,
    "blank": _blank,
    "cloze": _cloze,
    "matching": _matching,
    "ordering": _ordering,
    "short": _written("short"),
    "essay": _written("essay"),
    "case": _case,
}


def make(slug: str, seed: int, variant: int, closes: str) -> Made:
    """The quiz of this seed; variants look alike, and differ in keys and in what is said about them. `closes` is
    the local closing time, where it has one."""
    chances = random.Random(f"settings/{seed}")
    made = _settings(slug, chances)
    w = Writer(random.Random(f"open/{seed}"), random.Random(f"hidden/{seed}/{variant}"))
    head = [f'id = "{slug}"', f'title = "测验 {slug}"', f"exam = {str(made.exam).lower()}"]
    head += [f"minutes = {made.minutes}"] if made.minutes else []
    head += [f'closes = "{closes}"'] if made.closes else []
    head += [f"attempts = {chances.choice([1, 2, 3])}"] if made.exam else []
    head += [f"practice = {str(made.practice).lower()}", f"shuffle = {chances.choice(['true', 'false'])}"]
    head += [f'counts = "{chances.choice(["best", "first", "last"])}"']
    head += ["leaves = true"] if made.exam and chances.random() < 0.5 else []
    tables = [f'[[section]]\nid = "{name}"\ntitle = "部分{name}"' for name in made.sections]
    review = "".join(f"{phase} = {sorted(shows)}\n" for phase, shows in made.review.items())
    bodies, draws = _questions(w, chances, made.sections)
    made.text = "\n".join([*head, "[review]", review, *tables, *draws, *bodies])
    made.secrets = w.secrets
    return made


def _settings(slug: str, chances: random.Random) -> Made:
    exam, closes = chances.random() < 0.5, chances.random() < 0.6
    minutes = 30 if exam or chances.random() < 0.5 else None
    review = {phase: frozenset(SHOWS) for phase in PHASES} | {"during": frozenset[str]()}
    if exam:
        review |= {"after": frozenset({"answer"}), "later": frozenset({"answer", "mark"})}
    if chances.random() < 0.7:
        review = {phase: frozenset(one for one in SHOWS if chances.random() < 0.5) for phase in PHASES}
    if exam:
        review["during"] &= {"answer"}
    sections = ("a", "b") if chances.random() < 0.4 else ()
    return Made(slug, exam, closes, minutes, chances.random() < 0.5, sections, review)


def _questions(w: Writer, chances: random.Random, sections: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Two active questions of each kind, of which one is drawn, and one that is retired or a draft."""
    bodies, draws = [], []
    for place, (name, body) in enumerate(KINDS.items()):
        section = f'\nsection = "{sections[place % 2]}"' if sections else ""
        draws.append(f'[[draw]]\npool = "{name}"\ncount = 1{section}')
        for number, status in enumerate(("active", "active", chances.choice(["draft", "retired"]))):
            w.question, w.asked = f"{name}-{number}", status == "active"
            head = f'[[question]]\nid = "{w.question}"\npool = "{name}"\nstatus = "{status}"'
            texts = f'stem = "题 {w.mark("paper")}"\nhint = "想 {w.mark("paper")}"'
            texts += f'\nexplanation = "解 {w.mark("key")}"'
            bodies.append(f"{head}\n{texts}\n{body(w)}\n")
    return bodies, draws
