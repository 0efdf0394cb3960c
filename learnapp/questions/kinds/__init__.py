"""The question kinds, one module each. A module placed here is found by itself; no list names it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from learnapp.errors import N_, Invalid
from learnapp.questions.contract import Kind


@cache
def discover() -> dict[str, Kind[Any]]:
    """Every kind by its name, in the order of their names. Raises ValueError when two share a name."""
    found: dict[str, Kind[Any]] = {}
    for module in iter_modules(__path__):
        kind: Kind[Any] = import_module(f"{__name__}.{module.name}").KIND
        if kind.name in found:
            raise ValueError(f"two question kinds are named {kind.name!r}")
        found[kind.name] = kind
    return dict(sorted(found.items()))


def get(name: str) -> Kind[Any]:
    """The kind of this name. Raises Invalid when there is none."""
    kind = discover().get(name)
    if kind is None:
        raise Invalid("unknown_kind", N_("The question kind “%(kind)s” is not known."), kind=name)
    return kind


def told(kind: Kind[Any], body: object) -> bool:
    """Whether it tells the key of such a question to learn that an answer is right or wrong; of a kind that does
    not say, it is assumed."""
    says = getattr(kind, "told", None)
    return True if says is None else bool(says(body))
