"""Errors that carry a code and parameters; doors map each once and translate.

An area raises one of these with an English message id; it never knows about HTTP, and a door never
invents its own words for what went wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal


def N_(message: str) -> str:
    """Marks a message id for extraction and returns it unchanged; the door translates it when shown."""
    return message


class AppError(Exception):
    """What an area could not do. `message` is an English message id with %(name)s parameters."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(AppError):
    """The thing does not exist, or the asker may not know that it does."""

    status = 404


class Forbidden(AppError):
    """The asker is known and may not do this."""

    status = 403


class Conflict(AppError):
    """The act does not fit the present state: somebody was faster, or it was done before."""

    status = 409


class Invalid(AppError):
    """The input cannot be accepted as it is; the message names the place and the remedy."""

    status = 422


class TooMany(AppError):
    """Too often in too short a time."""

    status = 429


@dataclass(frozen=True)
class Problem:
    """One thing wrong with content that somebody wrote: where it is, what it is, what to do about it.

    Problems of a folder are collected, not thrown one by one. `line` counts from 1; 0 is "the file as a whole".
    """

    code: str
    file: str
    line: int
    message: str
    remedy: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Literal["error", "warning"] = "error"

    def place(self) -> str:
        """`file:line`, or the file alone when the problem concerns all of it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def text(self) -> str:
        """The English sentence with its remedy, for the command line."""
        return f"{self.place()}: {self.message % self.params} {self.remedy % self.params}".rstrip()
