"""A short answer in free text, marked by a person: a sentence or a few."""

from __future__ import annotations

from learnapp.errors import N_
from learnapp.questions.contract import Kind
from learnapp.questions.written import Written, WrittenKind

KIND: Kind[Written] = WrittenKind("short", N_("Short answer"), usual=500, most=2000)
